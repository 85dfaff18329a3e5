/* SPDX-License-Identifier: MIT */

/* ID tokens (OpenID Connect Core 2). */

#include "api.h"

static oauth2_rc_e issue_id_hash(oauth2_flow_t *f, oauth2_str_t alg,
    oauth2_str_t access, oauth2_str_t *hash);
static oauth2_rc_e issue_id_claims(oauth2_flow_t *f, oauth2_json_t *j,
    const oauth2_issue_t *issue);


oauth2_rc_e
oauth2_issue_id(oauth2_flow_t *f, const oauth2_issue_t *issue,
    oauth2_str_t access, oauth2_str_t *token)
{
    int64_t                   now;
    oauth2_rc_e               rc;
    oauth2_str_t              alg, claims, hash, sid;
    oauth2_json_t             j;
    const oauth2_settings_t  *settings;

    now = oauth2_now(f);
    settings = oauth2_settings(f);

    rc = oauth2_sign_id_alg(f, oauth2_client(f)->metadata, &alg);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = issue_id_hash(f, alg, access, &hash);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_sid(f, issue->client_id, issue->session_id, &sid);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, oauth2_pool(f), OAUTH2_CLAIMS_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "iss", settings->issuer);
    oauth2_json_str(&j, "sub", issue->subject);
    oauth2_json_str(&j, "aud", issue->client_id);
    oauth2_json_int(&j, "iat", now);
    oauth2_json_int(&j, "exp", now + settings->access_lifetime);
    oauth2_json_int(&j, "auth_time", issue->auth_time);
    oauth2_json_optional(&j, "nonce", issue->nonce);
    oauth2_json_optional(&j, "sid", sid);
    oauth2_json_str(&j, "at_hash", hash);
    oauth2_json_c(&j, "acr", OAUTH2_ACR_PASSWORD);
    oauth2_json_open_array(&j, "amr");
    oauth2_json_c(&j, NULL, OAUTH2_AMR_PASSWORD);
    oauth2_json_close_array(&j);

    rc = issue_id_claims(f, &j, issue);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_close(&j);

    rc = oauth2_json_done(&j, &claims);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_sign(f, alg, "JWT", claims, token);
}


static oauth2_rc_e
issue_id_hash(oauth2_flow_t *f, oauth2_str_t alg, oauth2_str_t access,
    oauth2_str_t *hash)
{
    const oauth2_key_t  *key;

    key = oauth2_sign_key(f, alg);

    if (key == NULL) {
        return OAUTH2_BAD;
    }

    return oauth2_jwt_half_hash(oauth2_pool(f), oauth2_key_alg(key), access,
                                hash);
}


/* Those that the request named (OpenID Connect Core 5.5); those of the
 * scopes are told by userinfo (5.4), unless the operator wants them here. */

static oauth2_rc_e
issue_id_claims(oauth2_flow_t *f, oauth2_json_t *j,
    const oauth2_issue_t *issue)
{
    oauth2_rc_e   rc;
    oauth2_str_t  names, scope;

    if (issue->claims.data == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_user_claims_kept(f, issue->parameters, "id_token", &names);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    scope = oauth2_client_flag(f, oauth2_client(f)->metadata,
                               "id_token_scope_claims")
            ? issue->scope : oauth2_str_null;

    return oauth2_user_claims_write(j, issue->claims, scope, names);
}
