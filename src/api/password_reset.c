/* SPDX-License-Identifier: MIT */

/*
 * POST /auth/password-reset/request: a mail with a link, if the address is
 * a user's.  The answer is the same for every address.
 */

#include "api.h"

typedef struct {
    oauth2_str_t  email;
} password_reset_t;

static oauth2_next_e password_reset_read(oauth2_flow_t *f);
static oauth2_next_e password_reset_run(oauth2_flow_t *f);
static oauth2_next_e password_reset_reply(oauth2_flow_t *f);

static const oauth2_field_t  password_reset_fields[] = {
    { "email", OAUTH2_FIELD_STR, OAUTH2_EMAIL_MAX, OAUTH2_REQUIRED,
      offsetof(password_reset_t, email) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  password_reset_steps[] = {
    { "reading body", password_reset_read, &oauth2_err_invalid_json },
    { "setting reset token", password_reset_run, &oauth2_err_server_error },
    { "replying", password_reset_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(password_reset, password_reset_steps, password_reset_t);


static oauth2_next_e
password_reset_read(oauth2_flow_t *f)
{
    return oauth2_read_json(f, password_reset_fields, oauth2_state(f));
}


static oauth2_next_e
password_reset_run(oauth2_flow_t *f)
{
    oauth2_str_t       email, input;
    oauth2_json_t      j;
    password_reset_t  *reset;

    reset = oauth2_state(f);

    oauth2_complain(f, "email",
                    oauth2_check_email(oauth2_str_trim(reset->email)));

    if (oauth2_complained(f)) {
        return oauth2_fail(f, &oauth2_err_invalid_fields);
    }

    if (oauth2_check_email_write(oauth2_pool(f), reset->email, &email)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), 1024);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "email", email);
    oauth2_json_int(&j, "token_lifetime",
                    oauth2_settings(f)->reset_lifetime);
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &input) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_operation_run(f, &oauth2_operation_password_reset, input,
                                email);
}


static oauth2_next_e
password_reset_reply(oauth2_flow_t *f)
{
    oauth2_json_t  j;

    oauth2_json_init(&j, oauth2_pool(f), 1024);
    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "success", true);
    oauth2_json_c(&j, "message", "If there is an account with this address, "
                                 "a mail with a link is on its way.");
    oauth2_json_str(&j, "method", oauth2_outcome(f)->method);
    oauth2_json_close(&j);

    return oauth2_reply(f, 202, &j);
}
