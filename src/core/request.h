/* SPDX-License-Identifier: MIT */

/*
 * Request objects (RFC 9101 4, OpenID Connect Core 6.1): the parameters of
 * an authorization request as claims of a JWT.  The signature is not the
 * business of this file.
 */

#ifndef OAUTH2_REQUEST_H
#define OAUTH2_REQUEST_H

#include "claims.h"


/*
 * What a request object must say of itself to a server of this issuer.
 * client_id is whose key has signed it.  strict: as FAPI 2.0 Message
 * Signing 5.3.1 has it, with iss, aud, exp and nbf, for an hour at most;
 * else what of these is there must be right.  NULL, or a word for the log.
 * Without memory "memory".
 */
const char *oauth2_request_check(oauth2_pool_t *pool,
    const oauth2_claims_t *claims, oauth2_str_t issuer,
    oauth2_str_t client_id, bool strict, int64_t now);

/*
 * Writes its parameters as a JSON object of strings, as a form would have
 * brought them: numbers, flags and objects as their text, the array of
 * "resource" joined by blanks; what is null or empty is left out, and so is
 * what belongs to the JWT.  OAUTH2_BAD: no JSON object, or one with
 * "request" or "request_uri" in it.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_request_read(oauth2_pool_t *pool,
    oauth2_str_t claims, oauth2_str_t *parameters);

#endif
