/* SPDX-License-Identifier: MIT */

/*
 * POST /auth/login: password in, session cookie and tokens out.
 */

#include "api.h"

static oauth2_next_e login_read(oauth2_flow_t *f);
static oauth2_next_e login_run(oauth2_flow_t *f);
static oauth2_next_e login_reply(oauth2_flow_t *f);

static const oauth2_field_t  login_fields[] = {
    { "email", OAUTH2_FIELD_STR, OAUTH2_EMAIL_MAX, OAUTH2_REQUIRED,
      offsetof(oauth2_login_t, email) },
    { "password", OAUTH2_FIELD_STR, 1024, OAUTH2_REQUIRED | OAUTH2_CONTROLS,
      offsetof(oauth2_login_t, password) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  login_steps[] = {
    { "reading body", login_read, &oauth2_err_invalid_json },
    { "signing in", login_run, &oauth2_err_server_error },
    { "replying", login_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(login, login_steps, oauth2_login_t);


static oauth2_next_e
login_read(oauth2_flow_t *f)
{
    if (oauth2_origin_is_foreign(f)) {
        return oauth2_fail(f, &oauth2_err_cross_site);
    }

    return oauth2_read_json(f, login_fields, oauth2_state(f));
}


static oauth2_next_e
login_run(oauth2_flow_t *f)
{
    oauth2_login_t  *login;

    if (!oauth2_can_sign(f)) {
        return oauth2_fail(f, &oauth2_err_no_keys);
    }

    login = oauth2_state(f);
    login->tokens = true;

    return oauth2_enter(f, oauth2_login_steps);
}


static oauth2_next_e
login_reply(oauth2_flow_t *f)
{
    oauth2_login_t  *login;

    login = oauth2_state(f);

    if (login->error != NULL) {
        return oauth2_fail(f, login->error);
    }

    oauth2_session_cookie_set(f, login->secret);

    return oauth2_issue_reply(f, &login->issue);
}
