/* SPDX-License-Identifier: MIT */

/*
 * Private keys on their way to and from a place that is not trusted with
 * them: sealed under the server key (AES-256-GCM), together with their
 * names, so that one cannot be put in the place of another.
 */

#ifndef OAUTH2_JWT_SEALED_H
#define OAUTH2_JWT_SEALED_H

#include "digest.h"
#include "jwt.h"

/* sealed is hexadecimal; sealed_by the id of the key it is sealed with. */
typedef struct {
    oauth2_str_t  kid;
    oauth2_str_t  alg;
    oauth2_str_t  sealed;
    oauth2_str_t  sealed_by;
} oauth2_sealed_key_t;


/*
 * Makes a key, and nothing but its sealed form.  Takes as long as
 * oauth2_key_generate() does.  OAUTH2_BAD: HS256 has none.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_sealed_key_make(oauth2_pool_t *pool,
    const oauth2_token_key_t *by, oauth2_alg_e alg,
    oauth2_sealed_key_t *sealed);

/*
 * The key, in the pool, by the server keys that there are.  OAUTH2_BAD:
 * *why is a sentence.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_sealed_key_parse(oauth2_pool_t *pool,
    const oauth2_token_key_t *keys, const oauth2_sealed_key_t *sealed,
    oauth2_key_t **key, const char **why);

/*
 * The same key under the first of the server keys.  OAUTH2_NONE: it is
 * sealed so already, or by none of those.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_sealed_key_again(oauth2_pool_t *pool,
    const oauth2_token_key_t *keys, const oauth2_sealed_key_t *sealed,
    oauth2_sealed_key_t *again);

#endif
