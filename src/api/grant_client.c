/* SPDX-License-Identifier: MIT */

/*
 * grant_type=client_credentials (RFC 6749 4.4): a confidential client for
 * itself.  There is no user, hence none of the scopes that are about one,
 * and no refresh token.
 */

#include "api.h"

#define GRANT_USER_SCOPES                                                    \
    oauth2_str("openid profile email address phone offline_access")

static oauth2_next_e grant_client_issue(oauth2_flow_t *f);
static oauth2_next_e grant_client_reply(oauth2_flow_t *f);
static oauth2_rc_e grant_client_scope(oauth2_flow_t *f, oauth2_str_t *scope);

const oauth2_step_t  oauth2_grant_client_steps[] = {
    { "issuing token", grant_client_issue, &oauth2_err_server_error },
    { "replying", grant_client_reply, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
grant_client_issue(oauth2_flow_t *f)
{
    oauth2_str_t           allowed, lifetime;
    oauth2_grant_t        *grant;
    oauth2_issue_t        *issue;
    const oauth2_error_t  *error;

    grant = oauth2_state(f);
    issue = &grant->issue;

    if (oauth2_client(f)->is_public) {
        return oauth2_fail(f, &oauth2_err_unauthorized_client);
    }

    error = oauth2_resource_check(f, oauth2_client(f)->metadata,
                                  &grant->resource);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (grant_client_scope(f, &allowed) != OAUTH2_OK
        || oauth2_resource_parameters(f, grant->resource,
                                      &issue->parameters)
           != OAUTH2_OK
        || oauth2_issue_init(f, issue, false) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    issue->scope = allowed;

    if (grant->scope.data != NULL) {
        if (!oauth2_check_scope(grant->scope)
            || !oauth2_str_subset(grant->scope, allowed))
        {
            return oauth2_fail(f, &oauth2_err_invalid_scope);
        }

        issue->scope = grant->scope;
    }

    issue->subject = issue->client_id;
    lifetime = oauth2_str_int(f, oauth2_settings(f)->access_lifetime);

    return oauth2_call(f, OAUTH2_STMT_token_issue, issue->token_id,
                       issue->client_id, issue->scope, lifetime,
                       issue->parameters);
}


static oauth2_next_e
grant_client_reply(oauth2_flow_t *f)
{
    oauth2_grant_t  *grant;

    grant = oauth2_state(f);

    if (!oauth2_row_is(f, "issued")) {
        return oauth2_fail(f, &oauth2_err_invalid_client);
    }

    return oauth2_issue_reply(f, &grant->issue);
}


static oauth2_rc_e
grant_client_scope(oauth2_flow_t *f, oauth2_str_t *scope)
{
    oauth2_buf_t  buf;
    oauth2_str_t  rest, word;

    rest = oauth2_client(f)->scope;

    oauth2_buf_init(&buf, oauth2_pool(f), rest.len + 1);

    while (oauth2_str_word(&rest, ' ', &word)) {
        if (oauth2_str_has_word(GRANT_USER_SCOPES, word)) {
            continue;
        }

        if (buf.len > 0) {
            oauth2_buf_write_byte(&buf, ' ');
        }

        oauth2_buf_write(&buf, word);
    }

    return oauth2_buf_done(&buf, scope);
}
