/* SPDX-License-Identifier: MIT */

/*
 * POST /oauth/resend: another verification mail, asked for on the login
 * page, which says that it is on its way, whoever the address belongs to.
 */

#include "api.h"

static oauth2_next_e resend_form_read(oauth2_flow_t *f);
static oauth2_next_e resend_form_run(oauth2_flow_t *f);
static oauth2_next_e resend_form_reply(oauth2_flow_t *f);

static const oauth2_field_t  resend_form_fields[] = {
    { "transaction", OAUTH2_FIELD_STR, 255, 0,
      offsetof(oauth2_login_page_t, transaction) },
    { "next", OAUTH2_FIELD_STR, 1024, 0,
      offsetof(oauth2_login_page_t, next) },
    { "csrf", OAUTH2_FIELD_STR, 128, OAUTH2_REQUIRED,
      offsetof(oauth2_login_page_t, csrf) },
    { "email", OAUTH2_FIELD_STR, OAUTH2_EMAIL_MAX, OAUTH2_REQUIRED,
      offsetof(oauth2_login_page_t, login.email) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  resend_form_steps[] = {
    { "reading form", resend_form_read, &oauth2_err_invalid_request },
    { "finding transaction", oauth2_login_page_find,
      &oauth2_err_server_error },
    { "sending again", resend_form_run, &oauth2_err_server_error },
    { "replying", resend_form_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(resend_form, resend_form_steps, oauth2_login_page_t);


static oauth2_next_e
resend_form_read(oauth2_flow_t *f)
{
    if (oauth2_origin_is_foreign(f)) {
        return oauth2_fail(f, &oauth2_err_cross_site);
    }

    return oauth2_read_form(f, resend_form_fields, oauth2_state(f));
}


static oauth2_next_e
resend_form_run(oauth2_flow_t *f)
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

    return oauth2_enter(f, oauth2_resend_steps);
}


static oauth2_next_e
resend_form_reply(oauth2_flow_t *f)
{
    oauth2_login_page_t   *page;
    const oauth2_error_t  *error;

    page = oauth2_state(f);
    error = page->login.error;

    if (error != NULL) {
        return oauth2_login_page_reply(f, error->status);
    }

    page->notice = oauth2_str("If there is an account with this address "
                              "that is not verified yet, a mail is on its "
                              "way.");

    return oauth2_login_page_reply(f, 200);
}
