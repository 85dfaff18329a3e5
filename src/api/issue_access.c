/* SPDX-License-Identifier: MIT */

/*
 * Access tokens as JWT (RFC 9068), or opaque for a client whose metadata
 * say "access_token_format": "opaque".
 */

#include "api.h"

static oauth2_rc_e issue_access_is_opaque(oauth2_flow_t *f, bool *opaque);
static oauth2_rc_e issue_access_jwt(oauth2_flow_t *f,
    const oauth2_issue_t *issue, oauth2_str_t *token);


oauth2_rc_e
oauth2_issue_access(oauth2_flow_t *f, const oauth2_issue_t *issue,
    oauth2_str_t *token)
{
    bool                      opaque;
    oauth2_rc_e               rc;
    const oauth2_settings_t  *settings;

    rc = issue_access_is_opaque(f, &opaque);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (!opaque) {
        return issue_access_jwt(f, issue, token);
    }

    settings = oauth2_settings(f);

    return oauth2_opaque_write(oauth2_pool(f), settings->token_key,
                               settings->issuer, issue->token_id, token);
}


static oauth2_rc_e
issue_access_is_opaque(oauth2_flow_t *f, bool *opaque)
{
    oauth2_rc_e   rc;
    oauth2_str_t  metadata, format;

    *opaque = false;
    metadata = oauth2_client(f)->metadata;

    if (metadata.data == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_json_find(oauth2_pool(f), metadata, "access_token_format",
                          &format);

    if (rc == OAUTH2_NONE) {
        return OAUTH2_OK;
    }

    *opaque = rc == OAUTH2_OK && oauth2_str_same(format,
                                                 oauth2_str("opaque"));

    return rc;
}


static oauth2_rc_e
issue_access_jwt(oauth2_flow_t *f, const oauth2_issue_t *issue,
    oauth2_str_t *token)
{
    int64_t                   now;
    oauth2_rc_e               rc;
    oauth2_str_t              claims, sid, cnf;
    oauth2_json_t             j;
    const oauth2_settings_t  *settings;

    now = oauth2_now(f);
    settings = oauth2_settings(f);

    rc = oauth2_sid(f, issue->client_id, issue->session_id, &sid);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, oauth2_pool(f), OAUTH2_CLAIMS_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "iss", settings->issuer);
    oauth2_json_str(&j, "sub", issue->subject);

    rc = oauth2_resource_write(f, &j, issue->parameters);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_str(&j, "client_id", issue->client_id);
    oauth2_json_str(&j, "scope", issue->scope);
    oauth2_json_int(&j, "iat", now);
    oauth2_json_int(&j, "exp", now + oauth2_issue_lifetime(f, issue));
    oauth2_json_str(&j, "jti", issue->token_id);

    /* RFC 9068 2.2.1, RFC 9470 6.1 */

    if (issue->auth_time > 0) {
        oauth2_json_int(&j, "auth_time", issue->auth_time);
        oauth2_json_c(&j, "acr", OAUTH2_ACR_PASSWORD);
    }

    oauth2_json_optional(&j, "sid", sid);
    rc = oauth2_pop_find(f, issue->parameters, &cnf);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (cnf.data != NULL) {
        oauth2_json_raw(&j, "cnf", cnf);
    }

    rc = oauth2_actor_write(f, &j, oauth2_client(f)->metadata,
                            issue->parameters);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_actor_write_may(f, &j);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_close(&j);

    rc = oauth2_json_done(&j, &claims);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_sign(f, oauth2_str_null, OAUTH2_TOKEN_TYP, claims, token);
}
