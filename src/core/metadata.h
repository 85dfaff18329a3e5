/* SPDX-License-Identifier: MIT */

/*
 * What a client says of itself when it is registered: RFC 7591 2, OpenID
 * Connect Registration 2 and the specifications that add to them.
 * metadata.def has each member that is read; the others are ignored.
 *
 * What may be asked for is what the discovery document offers, so that
 * whoever adds to the one has added to the other.
 */

#ifndef OAUTH2_METADATA_H
#define OAUTH2_METADATA_H

#include "pool.h"

/*
 * document is what is registered: a JSON object with the members that are
 * understood, and the defaults of those that were not given.  The other
 * fields are of a refusal: member and detail say why and never echo input;
 * redirect, that it is about redirect_uris (RFC 7591 3.2.2).
 */
typedef struct {
    oauth2_str_t   document;
    oauth2_str_t   auth_method;     /* token_endpoint_auth_method */
    bool           seals;           /* the secret itself is needed */
    const char    *member;
    const char    *detail;
    bool           redirect;
} oauth2_metadata_t;

/*
 * Checks the text of a request, a JSON object, against a discovery
 * document.  OAUTH2_BAD: refused, see above.  What is answered lives in
 * the pool; the texts stay the caller's.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_metadata_read(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_str_t discovery, oauth2_metadata_t *metadata);

#endif
