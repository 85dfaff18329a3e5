/* SPDX-License-Identifier: MIT */

/*
 * Sets of our own keys: which one signs, which one a token names, and the
 * public ones for everybody.
 */

#include "str.h"
#include "json.h"
#include "jwt_key.h"

#define KEYS_JWK_MAX  2048     /* bytes of an RSA key with 8192 bits */


oauth2_rc_e
oauth2_keys_add(oauth2_keys_t *keys, const oauth2_key_t *key,
    oauth2_key_state_e state)
{
    if (keys->count == OAUTH2_KEYS_MAX
        || oauth2_keys_find(keys, key->id) != NULL)
    {
        return OAUTH2_BAD;
    }

    keys->keys[keys->count] = key;
    keys->states[keys->count] = state;
    keys->count++;

    return OAUTH2_OK;
}


const oauth2_key_t *
oauth2_keys_signing(const oauth2_keys_t *keys)
{
    size_t  i;

    for (i = 0; i < keys->count; i++) {
        if (keys->states[i] == OAUTH2_KEY_SIGNING) {
            return keys->keys[i];
        }
    }

    return NULL;
}


const oauth2_key_t *
oauth2_keys_signing_alg(const oauth2_keys_t *keys, oauth2_alg_e alg)
{
    size_t  i;

    for (i = 0; i < keys->count; i++) {
        if (keys->states[i] == OAUTH2_KEY_SIGNING
            && keys->keys[i]->alg == alg)
        {
            return keys->keys[i];
        }
    }

    return NULL;
}


const oauth2_key_t *
oauth2_keys_find(const oauth2_keys_t *keys, oauth2_str_t kid)
{
    size_t  i;

    for (i = 0; i < keys->count; i++) {
        if (oauth2_str_same(keys->keys[i]->id, kid)) {
            return keys->keys[i];
        }
    }

    return NULL;
}


oauth2_rc_e
oauth2_keys_write(oauth2_pool_t *pool, const oauth2_keys_t *keys,
    oauth2_str_t *jwks)
{
    size_t         i;
    oauth2_json_t  j;

    oauth2_json_init(&j, pool, KEYS_JWK_MAX * (OAUTH2_KEYS_MAX + 1));
    oauth2_json_open(&j, NULL);
    oauth2_json_open_array(&j, "keys");

    for (i = 0; i < keys->count; i++) {
        if (keys->keys[i]->alg != OAUTH2_HS256) {
            oauth2_json_raw(&j, NULL, keys->keys[i]->jwk);
        }
    }

    oauth2_json_close_array(&j);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, jwks);
}
