/* SPDX-License-Identifier: MIT */

/*
 * Access tokens that tell nobody anything: 43 characters of base64url,
 * which are the token's id and a keyed digest of it.  So they are known by
 * the same id as those that are JWT, and nothing need keep them.
 */

#ifndef OAUTH2_OPAQUE_H
#define OAUTH2_OPAQUE_H

#include "digest.h"

#define OAUTH2_OPAQUE_LEN  43

/* OAUTH2_BAD: the id is no UUID. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_opaque_write(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, oauth2_str_t issuer,
    oauth2_str_t token_id, oauth2_str_t *token);

/* The id of a token that this issuer made, with this key or one of those
 * after it.  OAUTH2_BAD: it is none. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_opaque_parse(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, oauth2_str_t issuer, oauth2_str_t token,
    oauth2_str_t *token_id);

#endif
