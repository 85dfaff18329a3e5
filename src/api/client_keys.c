/* SPDX-License-Identifier: MIT */

/*
 * What a client signs with: the keys of its metadata, or its secret where
 * that is kept sealed.
 */

#include "api.h"

static oauth2_rc_e client_keys_secret(oauth2_flow_t *f,
    const oauth2_jwt_t *jwt);


oauth2_rc_e
oauth2_client_signed(oauth2_flow_t *f, const oauth2_jwt_t *jwt)
{
    oauth2_rc_e   rc;
    oauth2_str_t  jwks;

    if (jwt->alg == OAUTH2_HS256) {
        return client_keys_secret(f, jwt);
    }

    rc = oauth2_json_find(oauth2_pool(f), oauth2_row(f, "metadata"), "jwks",
                          &jwks);

    return (rc == OAUTH2_OK)
           ? oauth2_jwks_check(oauth2_pool(f), jwks, jwt->alg, jwt) : rc;
}


oauth2_rc_e
oauth2_client_alg(oauth2_flow_t *f, const char *member, oauth2_alg_e alg)
{
    oauth2_rc_e   rc;
    oauth2_str_t  name;

    rc = oauth2_json_find(oauth2_pool(f), oauth2_row(f, "metadata"), member,
                          &name);

    if (rc != OAUTH2_OK) {
        return (rc == OAUTH2_NONE) ? OAUTH2_OK : rc;
    }

    return oauth2_str_same(name, oauth2_str_of(oauth2_alg_name(alg)))
           ? OAUTH2_OK : OAUTH2_NONE;
}


/* The key is the secret's UTF-8 (OpenID Connect Core 10.1). */

static oauth2_rc_e
client_keys_secret(oauth2_flow_t *f, const oauth2_jwt_t *jwt)
{
    oauth2_rc_e    rc;
    oauth2_str_t   sealed, secret;
    oauth2_key_t  *key;

    sealed = oauth2_row(f, "sealed_secret");

    if (sealed.data == NULL) {
        return OAUTH2_NONE;
    }

    rc = oauth2_secret_open(oauth2_pool(f), oauth2_settings(f)->token_key,
                            oauth2_row(f, "client_id"), sealed, &secret);

    if (rc == OAUTH2_BAD) {
        oauth2_log_warn(f, "the secret of a client cannot be opened");
        return OAUTH2_NONE;
    }

    if (rc == OAUTH2_OK) {
        rc = oauth2_key_init_secret(oauth2_pool(f), secret, &key);
    }

    return (rc == OAUTH2_OK) ? oauth2_jwt_check(key, jwt) : rc;
}
