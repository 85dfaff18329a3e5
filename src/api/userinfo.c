/* SPDX-License-Identifier: MIT */

/*
 * GET, POST /oauth/userinfo (OpenID Connect Core 5.3): the claims that the
 * token's scope is for, and those that the request named; a claim without
 * a value is left out.
 */

#include "api.h"

static oauth2_next_e userinfo_find(oauth2_flow_t *f);
static oauth2_next_e userinfo_reply(oauth2_flow_t *f);
static oauth2_rc_e userinfo_write(oauth2_flow_t *f, oauth2_json_t *j);
static oauth2_next_e userinfo_sign(oauth2_flow_t *f, oauth2_json_t *j,
    oauth2_str_t alg);
static oauth2_rc_e userinfo_alg(oauth2_flow_t *f, oauth2_str_t *alg);

static const oauth2_step_t  userinfo_steps[] = {
    { "finding claims", userinfo_find, &oauth2_err_server_error },
    { "replying", userinfo_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(userinfo, userinfo_steps, u_char);


static oauth2_next_e
userinfo_find(oauth2_flow_t *f)
{
    const oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    if (identity->user_id.data == NULL
        || !oauth2_str_has_word(identity->scope, oauth2_str("openid")))
    {
        return oauth2_fail(f, &oauth2_err_insufficient_scope);
    }

    return oauth2_call(f, OAUTH2_STMT_claims_find, identity->user_id);
}


static oauth2_next_e
userinfo_reply(oauth2_flow_t *f)
{
    oauth2_str_t   alg;
    oauth2_json_t  j;

    if (!oauth2_row_is(f, "found")) {
        return oauth2_fail(f, &oauth2_err_invalid_token);
    }

    oauth2_json_init(&j, oauth2_pool(f), OAUTH2_CLAIMS_MAX);
    oauth2_json_open(&j, NULL);

    if (userinfo_write(f, &j) != OAUTH2_OK
        || userinfo_alg(f, &alg) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (alg.data != NULL) {
        return userinfo_sign(f, &j, alg);
    }

    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}


static oauth2_rc_e
userinfo_write(oauth2_flow_t *f, oauth2_json_t *j)
{
    oauth2_rc_e               rc;
    oauth2_str_t              sub, names;
    const oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    rc = oauth2_subject(f, identity->client, identity->user_id, &sub);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_user_claims_kept(f, identity->parameters, "userinfo", &names);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_str(j, "sub", sub);

    return oauth2_user_claims_write(j, oauth2_row(f, "claims"), identity->scope,
                               names);
}


/* OpenID Connect Core 5.3.2: with iss and aud, so that it cannot be passed
 * for one of another client or issuer. */

static oauth2_next_e
userinfo_sign(oauth2_flow_t *f, oauth2_json_t *j, oauth2_str_t alg)
{
    oauth2_str_t  claims, token;

    oauth2_json_str(j, "iss", oauth2_settings(f)->issuer);
    oauth2_json_str(j, "aud", oauth2_identity(f)->client_id);
    oauth2_json_close(j);

    if (oauth2_json_done(j, &claims) != OAUTH2_OK
        || oauth2_sign(f, alg, "JWT", claims, &token) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_reply_header(f, "Cache-Control", oauth2_str("no-store"));

    return oauth2_reply_text(f, 200, "application/jwt", token);
}


/* What the client is registered with; absent: it wants JSON. */

static oauth2_rc_e
userinfo_alg(oauth2_flow_t *f, oauth2_str_t *alg)
{
    oauth2_rc_e   rc;
    oauth2_str_t  metadata;

    *alg = oauth2_str_null;
    metadata = oauth2_identity(f)->client;

    if (metadata.data == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_json_find(oauth2_pool(f), metadata,
                          "userinfo_signed_response_alg", alg);

    return rc == OAUTH2_NONE ? OAUTH2_OK : rc;
}
