/* SPDX-License-Identifier: MIT */

/*
 * URIs as OAuth needs them.
 */

#ifndef OAUTH2_URI_H
#define OAUTH2_URI_H

#include "buf.h"

#define OAUTH2_URI_MAX  4096     /* bytes of one that is normalized */

/*
 * Compares redirect URIs as RFC 6749 3.1.2.3 wants it: byte for byte,
 * except the port of a loopback address (RFC 8252 7.3).
 *
 * Both strings stay the caller's.  Never allocates.
 */
bool oauth2_uri_same_redirect(oauth2_str_t registered, oauth2_str_t given);

/*
 * May it be registered as a redirect URI?  Absolute, no fragment, no
 * user information, no wildcard, no javascript: or data:; http only for
 * loopback.  Answers NULL, or a sentence.
 */
const char *oauth2_uri_check_redirect(oauth2_str_t uri);

/* Is the host of an absolute http(s) URI a loopback name or address? */
bool oauth2_uri_loopback(oauth2_str_t uri);

/* Writes "?name=value" or "&name=value" as the text so far needs it;
 * writes nothing when the value is absent. */
void oauth2_uri_write_param(oauth2_buf_t *b, const char *name,
    oauth2_str_t value);

/* Is it an absolute URI without a fragment (RFC 8707 2)? */
bool oauth2_uri_is_resource(oauth2_str_t uri);

/* scheme://host[:port] of an absolute URI; null when it has none. */
oauth2_str_t oauth2_uri_origin(oauth2_str_t uri);

/* Its host, as it is written there, without port and with the brackets of
 * an IPv6 address; null when it has none, or has user information. */
oauth2_str_t oauth2_uri_host(oauth2_str_t uri);

/*
 * An http(s) URI without query and fragment in the form that RFC 3986 6.2.2
 * and 6.2.3 compare: lower-case scheme and host, no default port, no dot
 * segments, nothing percent-encoded that need not be.  OAUTH2_BAD: another
 * scheme, no host, user information, or longer than OAUTH2_URI_MAX.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_uri_normal(oauth2_pool_t *pool,
    oauth2_str_t uri, oauth2_str_t *normal);

#endif
