/* SPDX-License-Identifier: MIT */

/* Signing what we say, by the key of an algorithm, and reading it back. */

#include "api.h"


bool
oauth2_can_sign(oauth2_flow_t *f)
{
    return oauth2_keys_signing(oauth2_keys(f)) != NULL;
}


const oauth2_key_t *
oauth2_sign_key(oauth2_flow_t *f, oauth2_str_t alg)
{
    oauth2_alg_e          given;
    const oauth2_keys_t  *keys;

    keys = oauth2_keys(f);

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


oauth2_rc_e
oauth2_verify(oauth2_flow_t *f, const char *typ, oauth2_str_t token,
    int64_t now, oauth2_str_t *claims)
{
    const char   *why;
    oauth2_rc_e   rc;

    rc = oauth2_jwt_verify(oauth2_pool(f), oauth2_keys(f), typ,
                           oauth2_settings(f)->issuer, token, now, claims,
                           &why);

    if (rc == OAUTH2_BAD && strcmp(why, "key") == 0 && oauth2_keys_miss(f)) {
        return OAUTH2_NONE;
    }

    return rc;
}
