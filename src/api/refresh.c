/* SPDX-License-Identifier: MIT */

/*
 * POST /auth/refresh: a new pair of tokens, for the refresh token of a
 * login, or for the session cookie.  Rotation: a token works once, and a
 * second use ends the whole family (RFC 9700 4.14.2).
 */

#include "api.h"

typedef struct {
    oauth2_str_t    refresh_token;
    oauth2_issue_t  issue;
} refresh_t;

static oauth2_next_e refresh_read(oauth2_flow_t *f);
static oauth2_next_e refresh_rotate(oauth2_flow_t *f);
static oauth2_next_e refresh_reply(oauth2_flow_t *f);
static oauth2_next_e refresh_by_token(oauth2_flow_t *f, refresh_t *refresh);
static oauth2_next_e refresh_by_session(oauth2_flow_t *f,
    refresh_t *refresh);

static const oauth2_field_t  refresh_fields[] = {
    { "refresh_token", OAUTH2_FIELD_STR, 512, 0,
      offsetof(refresh_t, refresh_token) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  refresh_steps[] = {
    { "reading body", refresh_read, &oauth2_err_invalid_json },
    { "rotating tokens", refresh_rotate, &oauth2_err_server_error },
    { "replying", refresh_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(refresh, refresh_steps, refresh_t);


static oauth2_next_e
refresh_read(oauth2_flow_t *f)
{
    return oauth2_read_json(f, refresh_fields, oauth2_state(f));
}


static oauth2_next_e
refresh_rotate(oauth2_flow_t *f)
{
    refresh_t  *refresh;

    refresh = oauth2_state(f);

    if (!oauth2_can_sign(f)) {
        return oauth2_fail(f, &oauth2_err_no_keys);
    }

    refresh->issue.client_id = OAUTH2_CLIENT_SELF;

    if (refresh->refresh_token.len > 0) {
        return refresh_by_token(f, refresh);
    }

    return refresh_by_session(f, refresh);
}


static oauth2_next_e
refresh_reply(oauth2_flow_t *f)
{
    refresh_t  *refresh;

    refresh = oauth2_state(f);

    if (oauth2_row_is(f, "reused")) {
        oauth2_log_warn(f, "refresh token reused, family revoked");
        return oauth2_fail(f, &oauth2_err_invalid_refresh);
    }

    if (!oauth2_row_is(f, "rotated") && !oauth2_row_is(f, "issued")) {
        return oauth2_fail(f, refresh->refresh_token.len > 0
                              ? &oauth2_err_invalid_refresh
                              : &oauth2_err_no_session);
    }

    oauth2_issue_row(f, &refresh->issue);
    refresh->issue.profile = oauth2_row(f, "profile");

    return oauth2_issue_reply(f, &refresh->issue);
}


static oauth2_next_e
refresh_by_token(oauth2_flow_t *f, refresh_t *refresh)
{
    oauth2_str_t              digest;
    oauth2_issue_t           *issue;
    const oauth2_settings_t  *settings;

    issue = &refresh->issue;
    settings = oauth2_settings(f);

    if (oauth2_sha256_hex(oauth2_pool(f), refresh->refresh_token, &digest)
        != OAUTH2_OK
        || oauth2_issue_succeed(f, issue, refresh->refresh_token)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_refresh_rotate, digest,
                       issue->client_id, oauth2_str_null, issue->token_id,
                       issue->refresh_digest,
                       oauth2_str_int(f, settings->access_lifetime),
                       oauth2_str_int(f, settings->refresh_lifetime),
                       oauth2_str_int(f, settings->refresh_grace),
                       oauth2_str_null);
}


static oauth2_next_e
refresh_by_session(oauth2_flow_t *f, refresh_t *refresh)
{
    oauth2_str_t              cookie, digest;
    oauth2_issue_t           *issue;
    const oauth2_settings_t  *settings;

    issue = &refresh->issue;
    settings = oauth2_settings(f);
    cookie = oauth2_session_cookie(f);

    if (cookie.data == NULL) {
        return oauth2_fail(f, &oauth2_err_no_session);
    }

    if (oauth2_origin_is_foreign(f)) {
        return oauth2_fail(f, &oauth2_err_cross_site);
    }

    if (oauth2_sha256_hex(oauth2_pool(f), cookie, &digest) != OAUTH2_OK
        || oauth2_issue_init(f, issue, true) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_session_refresh, digest,
                       issue->token_id, issue->refresh_digest,
                       OAUTH2_SCOPE_SELF,
                       oauth2_str_int(f, settings->access_lifetime),
                       oauth2_str_int(f, settings->refresh_lifetime));
}
