/* SPDX-License-Identifier: MIT */

/*
 * POST /auth/verify-email/resend: another verification mail, if there is
 * somebody to be verified.  The answer is the same for every address.
 */

#include "api.h"

typedef struct {
    oauth2_str_t  email;
} resend_t;

static oauth2_next_e resend_read(oauth2_flow_t *f);
static oauth2_next_e resend_run(oauth2_flow_t *f);
static oauth2_next_e resend_enter(oauth2_flow_t *f);
static oauth2_next_e resend_reply(oauth2_flow_t *f);

static const oauth2_field_t  resend_fields[] = {
    { "email", OAUTH2_FIELD_STR, OAUTH2_EMAIL_MAX, OAUTH2_REQUIRED,
      offsetof(resend_t, email) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_activity_t  resend_activities[] = {
    { "generate_verification_token", OAUTH2_ACTIVITY_TOKEN_VERIFICATION,
      false, 5, 0, 1 },
    { "resend_verification", OAUTH2_ACTIVITY_SQL, true, 5, 0, 1 },
    { "send_verification_email", OAUTH2_ACTIVITY_MAIL, false, 60, 0, 1 },
    { NULL, OAUTH2_ACTIVITY_SQL, false, 0, 0, 0 }
};

/* Without a workflow: direct only. */

static const oauth2_operation_t  resend_operation = {
    "resend-verification", NULL, "direct_verification", resend_activities
};

static const oauth2_step_t  resend_steps[] = {
    { "reading body", resend_read, &oauth2_err_invalid_json },
    { "sending again", resend_enter, &oauth2_err_server_error },
    { "replying", resend_reply, NULL },
    { NULL, NULL, NULL }
};

const oauth2_step_t  oauth2_resend_steps[] = {
    { "renewing token", resend_run, &oauth2_err_server_error },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(resend, resend_steps, resend_t);


static oauth2_next_e
resend_read(oauth2_flow_t *f)
{
    return oauth2_read_json(f, resend_fields, oauth2_state(f));
}


static oauth2_next_e
resend_run(oauth2_flow_t *f)
{
    resend_t       *resend;
    oauth2_str_t    email, input;
    oauth2_json_t   j;

    resend = oauth2_state(f);

    oauth2_complain(f, "email",
                    oauth2_check_email(oauth2_str_trim(resend->email)));

    if (oauth2_complained(f)) {
        return oauth2_fail(f, &oauth2_err_invalid_fields);
    }

    if (oauth2_check_email_write(oauth2_pool(f), resend->email, &email)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), 1024);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "email", email);
    oauth2_json_int(&j, "token_lifetime",
                    oauth2_settings(f)->verification_lifetime);
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &input) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_operation_run(f, &resend_operation, input, email);
}


static oauth2_next_e
resend_enter(oauth2_flow_t *f)
{
    return oauth2_enter(f, oauth2_resend_steps);
}


static oauth2_next_e
resend_reply(oauth2_flow_t *f)
{
    oauth2_json_t  j;

    oauth2_json_init(&j, oauth2_pool(f), 1024);
    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "success", true);
    oauth2_json_c(&j, "message", "If there is an account with this address "
                                 "that is not verified yet, a mail is on "
                                 "its way.");
    oauth2_json_str(&j, "method", oauth2_outcome(f)->method);
    oauth2_json_close(&j);

    return oauth2_reply(f, 202, &j);
}
