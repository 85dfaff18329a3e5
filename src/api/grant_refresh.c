/* SPDX-License-Identifier: MIT */

/*
 * grant_type=refresh_token (RFC 6749 6): rotation (RFC 9700 4.14.2), but for
 * clients of FAPI 2.0, which keep theirs (5.3.2.1).
 */

#include "api.h"

static oauth2_next_e grant_refresh_rotate(oauth2_flow_t *f);
static oauth2_rc_e grant_refresh_issue(oauth2_flow_t *f,
    oauth2_grant_t *grant);
static oauth2_next_e grant_refresh_reply(oauth2_flow_t *f);

const oauth2_step_t  oauth2_grant_refresh_steps[] = {
    { "rotating refresh token", grant_refresh_rotate,
      &oauth2_err_server_error },
    { "replying", grant_refresh_reply, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
grant_refresh_rotate(oauth2_flow_t *f)
{
    oauth2_str_t              digest;
    oauth2_grant_t           *grant;
    oauth2_issue_t           *issue;
    const oauth2_error_t     *error;
    const oauth2_settings_t  *settings;

    grant = oauth2_state(f);
    issue = &grant->issue;
    settings = oauth2_settings(f);

    if (grant->refresh_token.data == NULL) {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    if (grant->scope.data != NULL && !oauth2_check_scope(grant->scope)) {
        return oauth2_fail(f, &oauth2_err_invalid_scope);
    }

    error = oauth2_resource_check(f, oauth2_client(f)->metadata,
                                  &grant->resource);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (oauth2_sha256_hex(oauth2_pool(f), grant->refresh_token, &digest)
        != OAUTH2_OK
        || oauth2_resource_parameters(f, grant->resource,
                                      &issue->parameters)
           != OAUTH2_OK
        || grant_refresh_issue(f, grant) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_refresh_rotate, digest,
                       issue->client_id, grant->scope, issue->token_id,
                       issue->refresh_digest,
                       oauth2_str_int(f, settings->access_lifetime),
                       oauth2_str_int(f, settings->refresh_lifetime),
                       oauth2_str_int(f, settings->refresh_grace),
                       issue->parameters);
}


static oauth2_rc_e
grant_refresh_issue(oauth2_flow_t *f, oauth2_grant_t *grant)
{
    return oauth2_client_is_fapi2(f, oauth2_client(f)->metadata)
           ? oauth2_issue_init(f, &grant->issue, false)
           : oauth2_issue_succeed(f, &grant->issue, grant->refresh_token);
}


static oauth2_next_e
grant_refresh_reply(oauth2_flow_t *f)
{
    oauth2_grant_t  *grant;

    grant = oauth2_state(f);

    if (oauth2_row_is(f, "reused")) {
        oauth2_log_warn(f, "refresh token reused, family revoked");
        return oauth2_fail(f, &oauth2_err_invalid_grant);
    }

    if (oauth2_row_is(f, "invalid_scope")) {
        return oauth2_fail(f, &oauth2_err_invalid_scope);
    }

    if (oauth2_row_is(f, "invalid_target")) {
        return oauth2_fail(f, &oauth2_err_invalid_target);
    }

    if (!oauth2_row_is(f, "rotated")) {
        return oauth2_fail(f, &oauth2_err_invalid_grant);
    }

    oauth2_issue_row(f, &grant->issue);

    return oauth2_issue_reply(f, &grant->issue);
}
