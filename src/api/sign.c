/* SPDX-License-Identifier: MIT */

/* Signing what we say, by the key of an algorithm. */

#include "api.h"


const oauth2_key_t *
oauth2_sign_key(oauth2_flow_t *f, oauth2_str_t alg)
{
    oauth2_alg_e          given;
    const oauth2_keys_t  *keys;

    keys = oauth2_settings(f)->keys;

    if (alg.data == NULL) {
        return oauth2_keys_signing(keys);
    }

    if (oauth2_alg_parse(alg, &given) != OAUTH2_OK) {
        return NULL;
    }

    return oauth2_keys_signing_alg(keys, given);
}


oauth2_rc_e
oauth2_sign(oauth2_flow_t *f, oauth2_str_t alg, const char *typ,
    oauth2_str_t claims, oauth2_str_t *token)
{
    const oauth2_key_t  *key;

    key = oauth2_sign_key(f, alg);

    if (key == NULL) {
        oauth2_log_warn(f, "no key signs with the algorithm of this client");
        return OAUTH2_BAD;
    }

    return oauth2_jwt_sign(oauth2_pool(f), key, typ, claims, token);
}
