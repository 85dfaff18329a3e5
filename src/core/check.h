/* SPDX-License-Identifier: MIT */

/*
 * What users and clients may write.  Each check answers NULL when the
 * value is fine, else a sentence for the caller, which never echoes it.
 * Nothing here allocates unless it takes a pool, or waits.
 */

#ifndef OAUTH2_CHECK_H
#define OAUTH2_CHECK_H

#include "pool.h"

#define OAUTH2_EMAIL_MAX     254     /* bytes, RFC 5321 4.5.3.1.3 */
#define OAUTH2_NAME_MAX      50      /* characters, the seed's columns */
#define OAUTH2_PASSWORD_MAX  72      /* bytes; bcrypt would cut the rest */

/* RFC 5321 mailbox without quoting and comments: local@domain.tld. */
const char *oauth2_check_email(oauth2_str_t email);

/* The form that is compared: lower-case ASCII, without blanks around. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_check_email_write(oauth2_pool_t *pool,
    oauth2_str_t email, oauth2_str_t *normal);

/* 3 to 50 of letters, digits, '.', '_', '-'; begins with a letter or
 * digit; no '@', so that it cannot pass for an e-mail address. */
const char *oauth2_check_username(oauth2_str_t username);

/* A person's name: no control characters, no '<' or '>', 50 characters. */
const char *oauth2_check_name(oauth2_str_t name);

/* min in characters; no composition rules (OWASP ASVS 6.2.5). */
const char *oauth2_check_password(oauth2_str_t password, size_t min);

/* RFC 7636 4.1 and 4.2: 43 to 128 unreserved characters. */
bool oauth2_check_verifier(oauth2_str_t verifier);

/* S256: the challenge of a verifier is this one (RFC 7636 4.6). */
bool oauth2_check_challenge(oauth2_str_t verifier, oauth2_str_t challenge);

/* scope-token *( SP scope-token ), RFC 6749 3.3. */
bool oauth2_check_scope(oauth2_str_t scope);

/* A caller's X-Request-ID that is sane: 1 to 64 of [A-Za-z0-9._-]. */
bool oauth2_check_request_id(oauth2_str_t id);

/*
 * A path to come back to: begins with one '/', no "//", no backslash, no
 * control character, no scheme.  Guards against open redirects.
 */
bool oauth2_check_return_path(oauth2_str_t path);

#endif
