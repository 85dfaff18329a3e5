/* SPDX-License-Identifier: MIT */

/*
 * Signing in by password.  An unknown user and a wrong password cost the
 * same time and get the same answer; what else is wrong is told only to who
 * knows the password.
 */

#include "api.h"

#define LOGIN_AGENT_MAX  255

static oauth2_next_e login_find(oauth2_flow_t *f);
static oauth2_next_e login_verify(oauth2_flow_t *f);
static oauth2_next_e login_open(oauth2_flow_t *f);
static oauth2_next_e login_take(oauth2_flow_t *f);
static const oauth2_error_t *login_check(oauth2_flow_t *f,
    const oauth2_login_t *login);
static oauth2_next_e login_call(oauth2_flow_t *f, oauth2_login_t *login);
static oauth2_str_t login_agent(oauth2_flow_t *f);

const oauth2_step_t  oauth2_login_steps[] = {
    { "finding user", login_find, &oauth2_err_server_error },
    { "checking password", login_verify, &oauth2_err_server_error },
    { "opening session", login_open, &oauth2_err_server_error },
    { "taking session", login_take, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
login_find(oauth2_flow_t *f)
{
    oauth2_login_t  *login;
    oauth2_str_t     name;

    login = oauth2_state(f);
    name = oauth2_str_trim(login->email);

    /* No username holds an '@'. */

    if (name.len > 0 && memchr(name.data, '@', name.len) != NULL
        && oauth2_check_email_write(oauth2_pool(f), name, &name)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_login_find, name);
}


static oauth2_next_e
login_verify(oauth2_flow_t *f)
{
    oauth2_login_t  *login;
    oauth2_str_t     password;

    login = oauth2_state(f);
    password = login->password;

    if (oauth2_row_is(f, "found")) {
        login->user_id = oauth2_row(f, "user_id");
        login->hash = oauth2_row(f, "hashed_password");
        login->is_active = oauth2_row_bool(f, "is_active");
        login->is_verified = oauth2_row_bool(f, "is_verified");
    }

    /* Nobody has one that bcrypt would cut; it takes its time as well. */

    if (password.len > OAUTH2_PASSWORD_MAX) {
        password.len = OAUTH2_PASSWORD_MAX;
        login->hash = oauth2_str_null;
    }

    return oauth2_hash_verify(f, password, login->hash);
}


static oauth2_next_e
login_open(oauth2_flow_t *f)
{
    oauth2_login_t  *login;

    login = oauth2_state(f);
    login->error = login_check(f, login);

    if (login->error != NULL) {
        return OAUTH2_NEXT;
    }

    return login_call(f, login);
}


static oauth2_next_e
login_take(oauth2_flow_t *f)
{
    oauth2_login_t  *login;
    oauth2_issue_t  *issue;

    login = oauth2_state(f);
    issue = &login->issue;

    if (login->error != NULL) {
        return OAUTH2_NEXT;
    }

    /* The password changed, or the user went, in the meantime. */

    if (!oauth2_row_is(f, "opened")) {
        login->error = &oauth2_err_wrong_login;
        return OAUTH2_NEXT;
    }

    issue->subject = login->user_id;
    issue->session_id = oauth2_row(f, "session_id");
    issue->auth_time = oauth2_row_int(f, "auth_time");
    issue->profile = oauth2_row(f, "profile");

    return OAUTH2_NEXT;
}


static const oauth2_error_t *
login_check(oauth2_flow_t *f, const oauth2_login_t *login)
{
    if (login->hash.data == NULL || !oauth2_verified(f)) {
        oauth2_log_warn(f, "login refused");
        return &oauth2_err_wrong_login;
    }

    if (!login->is_active) {
        return &oauth2_err_not_active;
    }

    return login->is_verified ? NULL : &oauth2_err_not_verified;
}


/* A session is always a new one: nothing that the browser brought along
 * lives on (session fixation). */

static oauth2_next_e
login_call(oauth2_flow_t *f, oauth2_login_t *login)
{
    oauth2_str_t              digest, agent;
    oauth2_issue_t           *issue;
    const oauth2_settings_t  *settings;

    issue = &login->issue;
    settings = oauth2_settings(f);

    if (oauth2_random_secret(oauth2_pool(f), &login->secret) != OAUTH2_OK
        || oauth2_sha256_hex(oauth2_pool(f), login->secret, &digest)
           != OAUTH2_OK
        || (login->tokens
            && oauth2_issue_init(f, issue, true) != OAUTH2_OK))
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    issue->client_id = OAUTH2_CLIENT_SELF;
    issue->scope = OAUTH2_SCOPE_SELF;
    agent = login_agent(f);

    return oauth2_call(f, OAUTH2_STMT_session_open, login->user_id,
                       login->hash, digest, issue->token_id,
                       issue->refresh_digest, issue->scope,
                       oauth2_str_int(f, settings->session_lifetime),
                       oauth2_str_int(f, settings->access_lifetime),
                       oauth2_str_int(f, settings->refresh_lifetime),
                       agent, oauth2_address(f));
}


/* Cut at a character; absent when it is no text. */

static oauth2_str_t
login_agent(oauth2_flow_t *f)
{
    oauth2_str_t  agent;

    agent = oauth2_header(f, "user-agent");

    if (!oauth2_str_check_utf8(agent, false)) {
        return oauth2_str_null;
    }

    if (agent.len > LOGIN_AGENT_MAX) {
        agent.len = LOGIN_AGENT_MAX;

        while (agent.len > 0 && (agent.data[agent.len] & 0xc0) == 0x80) {
            agent.len--;
        }
    }

    return agent;
}
