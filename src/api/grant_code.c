/* SPDX-License-Identifier: MIT */

/*
 * grant_type=authorization_code (RFC 6749 4.1.3, 7636 4.6).  Whatever is
 * wrong, the code is burnt; a second use ends what the first one gave.
 */

#include "api.h"

/* No digest looks like it: a verifier that is not well-formed must fail
 * even when the client made its challenge of it. */
#define GRANT_NO_CHALLENGE  oauth2_str("-")

static oauth2_next_e grant_code_redeem(oauth2_flow_t *f);
static oauth2_next_e grant_code_reply(oauth2_flow_t *f);
static oauth2_rc_e grant_code_challenge(oauth2_flow_t *f,
    oauth2_str_t verifier, oauth2_str_t *challenge);

const oauth2_step_t  oauth2_grant_code_steps[] = {
    { "redeeming code", grant_code_redeem, &oauth2_err_server_error },
    { "replying", grant_code_reply, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
grant_code_redeem(oauth2_flow_t *f)
{
    bool                      refresh;
    oauth2_str_t              digest, challenge, redirect_uri;
    oauth2_grant_t           *grant;
    oauth2_issue_t           *issue;
    const oauth2_error_t     *error;
    const oauth2_settings_t  *settings;

    grant = oauth2_state(f);
    issue = &grant->issue;
    settings = oauth2_settings(f);

    if (grant->code.data == NULL) {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    error = oauth2_resource_check(f, oauth2_client(f)->metadata,
                                  &grant->resource);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    refresh = oauth2_list_has(oauth2_pool(f), oauth2_client(f)->grant_types,
                              oauth2_str("refresh_token"));

    if (oauth2_sha256_hex(oauth2_pool(f), grant->code, &digest) != OAUTH2_OK
        || grant_code_challenge(f, grant->code_verifier, &challenge)
           != OAUTH2_OK
        || oauth2_resource_parameters(f, grant->resource,
                                      &issue->parameters)
           != OAUTH2_OK
        || oauth2_issue_init(f, issue, refresh) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    redirect_uri = grant->redirect_uri;

    if (redirect_uri.data == NULL) {
        redirect_uri = oauth2_str("");
    }

    return oauth2_call(f, OAUTH2_STMT_code_redeem, digest, issue->client_id,
                       redirect_uri, challenge, issue->token_id,
                       issue->refresh_digest,
                       oauth2_str_int(f, settings->access_lifetime),
                       oauth2_str_int(f, settings->refresh_lifetime),
                       issue->parameters);
}


static oauth2_next_e
grant_code_reply(oauth2_flow_t *f)
{
    oauth2_grant_t  *grant;

    grant = oauth2_state(f);

    if (oauth2_row_is(f, "reused")) {
        oauth2_log_warn(f, "authorization code reused, tokens revoked");
        return oauth2_fail(f, &oauth2_err_invalid_grant);
    }

    if (oauth2_row_is(f, "invalid_target")) {
        return oauth2_fail(f, &oauth2_err_invalid_target);
    }

    if (!oauth2_row_is(f, "redeemed")) {
        return oauth2_fail(f, &oauth2_err_invalid_grant);
    }

    oauth2_issue_row(f, &grant->issue);
    grant->issue.nonce = oauth2_row(f, "nonce");

    return oauth2_issue_reply(f, &grant->issue);
}


static oauth2_rc_e
grant_code_challenge(oauth2_flow_t *f, oauth2_str_t verifier,
    oauth2_str_t *challenge)
{
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  bytes;

    if (verifier.data == NULL) {
        *challenge = oauth2_str_null;
        return OAUTH2_OK;
    }

    if (!oauth2_check_verifier(verifier)) {
        *challenge = GRANT_NO_CHALLENGE;
        return OAUTH2_OK;
    }

    rc = oauth2_sha256(verifier, digest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    bytes.data = digest;
    bytes.len = sizeof(digest);

    oauth2_buf_init(&buf, oauth2_pool(f), 64);
    oauth2_buf_write_base64url(&buf, bytes);

    return oauth2_buf_done(&buf, challenge);
}
