/* SPDX-License-Identifier: MIT */

/*
 * POST /oauth/login: the form of the login page.  What is wrong is said on
 * the page again; all is well, and the authorization goes on.
 */

#include "api.h"

static oauth2_next_e login_form_read(oauth2_flow_t *f);
static oauth2_next_e login_form_run(oauth2_flow_t *f);
static oauth2_next_e login_form_reply(oauth2_flow_t *f);

static const oauth2_field_t  login_form_fields[] = {
    { "transaction", OAUTH2_FIELD_STR, 255, 0,
      offsetof(oauth2_login_page_t, transaction) },
    { "next", OAUTH2_FIELD_STR, 1024, 0,
      offsetof(oauth2_login_page_t, next) },
    { "csrf", OAUTH2_FIELD_STR, 128, 0,
      offsetof(oauth2_login_page_t, csrf) },
    { "email", OAUTH2_FIELD_STR, OAUTH2_EMAIL_MAX, 0,
      offsetof(oauth2_login_page_t, login.email) },
    { "password", OAUTH2_FIELD_STR, 1024, OAUTH2_CONTROLS,
      offsetof(oauth2_login_page_t, login.password) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  login_form_steps[] = {
    { "reading form", login_form_read, &oauth2_err_invalid_request },
    { "finding transaction", oauth2_login_page_find,
      &oauth2_err_server_error },
    { "signing in", login_form_run, &oauth2_err_server_error },
    { "replying", login_form_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(login_form, login_form_steps, oauth2_login_page_t);


static oauth2_next_e
login_form_read(oauth2_flow_t *f)
{
    if (oauth2_origin_is_foreign(f)) {
        return oauth2_fail(f, &oauth2_err_cross_site);
    }

    return oauth2_read_form(f, login_form_fields, oauth2_state(f));
}


static oauth2_next_e
login_form_run(oauth2_flow_t *f)
{
    oauth2_login_page_t   *page;
    const oauth2_error_t  *error;

    page = oauth2_state(f);
    error = oauth2_login_page_take(f);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (!oauth2_login_page_is_own(f)) {
        oauth2_log_warn(f, "login form refused");
        page->login.error = &oauth2_err_form;
        page->login.email = oauth2_str_null;
        return OAUTH2_NEXT;
    }

    if (page->login.email.data == NULL || page->login.password.data == NULL)
    {
        page->login.error = &oauth2_err_invalid_fields;
        return OAUTH2_NEXT;
    }

    return oauth2_enter(f, oauth2_login_steps);
}


static oauth2_next_e
login_form_reply(oauth2_flow_t *f)
{
    oauth2_login_page_t   *page;
    const oauth2_error_t  *error;

    page = oauth2_state(f);
    error = page->login.error;

    if (error != NULL) {
        return oauth2_login_page_reply(f, error->status);
    }

    oauth2_session_cookie_set(f, page->login.secret);

    return oauth2_login_page_leave(f);
}
