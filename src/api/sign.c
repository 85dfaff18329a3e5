/* SPDX-License-Identifier: MIT */

/* Signing what we say, by the key of an algorithm, and reading it back. */

#include "api.h"

static const oauth2_key_t *sign_secret(oauth2_flow_t *f);
static oauth2_rc_e sign_hint_verify(oauth2_flow_t *f,
    const oauth2_jwt_t *jwt);


bool
oauth2_can_sign(oauth2_flow_t *f)
{
    return oauth2_keys_signing(oauth2_keys(f)) != NULL;
}


const oauth2_key_t *
oauth2_sign_key(oauth2_flow_t *f, oauth2_str_t alg)
{
    oauth2_alg_e          given;
    const oauth2_key_t   *key;
    const oauth2_keys_t  *keys;

    keys = oauth2_keys(f);

    if (alg.data == NULL) {
        return oauth2_keys_signing(keys);
    }

    if (oauth2_alg_parse(alg, &given) != OAUTH2_OK) {
        return NULL;
    }

    key = (given == OAUTH2_HS256) ? sign_secret(f) : NULL;

    return (key != NULL) ? key : oauth2_keys_signing_alg(keys, given);
}


oauth2_rc_e
oauth2_sign_id_alg(oauth2_flow_t *f, oauth2_str_t metadata,
    oauth2_str_t *alg)
{
    oauth2_rc_e  rc;

    rc = oauth2_json_find(oauth2_pool(f), metadata,
                          "id_token_signed_response_alg", alg);

    if (rc == OAUTH2_NONE) {
        *alg = oauth2_str_null;
        rc = OAUTH2_OK;
    }

    return rc;
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


oauth2_rc_e
oauth2_hint_client(oauth2_flow_t *f, oauth2_str_t hint,
    oauth2_str_t *client_id)
{
    oauth2_rc_e      rc;
    oauth2_jwt_t     jwt;
    oauth2_claims_t  claims;

    rc = oauth2_jwt_parse(oauth2_pool(f), hint, &jwt);

    if (rc == OAUTH2_OK && (jwt.alg != OAUTH2_HS256 || jwt.kid.data != NULL))
    {
        return OAUTH2_NONE;
    }

    if (rc == OAUTH2_OK) {
        rc = oauth2_claims_read(oauth2_pool(f), jwt.claims, &claims);
    }

    if (rc != OAUTH2_OK) {
        return (rc == OAUTH2_NOMEM) ? rc : OAUTH2_NONE;
    }

    if (claims.aud.data == NULL || claims.aud_list) {
        return OAUTH2_NONE;
    }

    *client_id = claims.aud;

    return OAUTH2_OK;
}


oauth2_rc_e
oauth2_hint_verify(oauth2_flow_t *f, oauth2_str_t hint,
    oauth2_str_t *claims)
{
    oauth2_rc_e   rc;
    oauth2_str_t  client_id;
    oauth2_jwt_t  jwt;

    rc = oauth2_hint_client(f, hint, &client_id);

    if (rc == OAUTH2_NONE) {
        return oauth2_verify(f, "JWT", hint, 0, claims);
    }

    if (rc == OAUTH2_OK) {
        rc = oauth2_str_same(client_id, oauth2_row(f, "client_id"))
             ? oauth2_jwt_parse(oauth2_pool(f), hint, &jwt) : OAUTH2_BAD;
    }

    if (rc == OAUTH2_OK) {
        rc = sign_hint_verify(f, &jwt);
    }

    if (rc == OAUTH2_OK) {
        *claims = jwt.claims;
    }

    return rc;
}


/* For a client that has authenticated; NULL: its secret is not kept. */

static const oauth2_key_t *
sign_secret(oauth2_flow_t *f)
{
    void          *row;
    oauth2_rc_e    rc;
    oauth2_key_t  *key;

    if (oauth2_client(f)->row == NULL) {
        return NULL;
    }

    row = oauth2_row_keep(f);
    oauth2_row_back(f, oauth2_client(f)->row);
    rc = oauth2_client_secret_key(f, &key);
    oauth2_row_back(f, row);

    return (rc == OAUTH2_OK) ? key : NULL;
}


static oauth2_rc_e
sign_hint_verify(oauth2_flow_t *f, const oauth2_jwt_t *jwt)
{
    oauth2_rc_e      rc;
    oauth2_key_t    *key;
    oauth2_claims_t  claims;

    rc = oauth2_client_secret_key(f, &key);

    if (rc == OAUTH2_OK) {
        rc = oauth2_jwt_check(key, jwt);
    }

    if (rc == OAUTH2_OK) {
        rc = oauth2_claims_read(oauth2_pool(f), jwt->claims, &claims);
    }

    if (rc != OAUTH2_OK) {
        return (rc == OAUTH2_NOMEM) ? rc : OAUTH2_BAD;
    }

    /* what the client itself signs by its secret has another issuer */

    return (!jwt->names_key && oauth2_claims_check_type(jwt->typ, "JWT")
            && oauth2_str_same(claims.iss, oauth2_settings(f)->issuer))
           ? OAUTH2_OK : OAUTH2_BAD;
}
