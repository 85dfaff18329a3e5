/* SPDX-License-Identifier: MIT */

/*
 * POST /auth/verify-email: uses the token of a mail.  A GET never does,
 * since scanners open links.
 */

#include "api.h"

typedef struct {
    oauth2_str_t  token;
} verify_email_t;

static oauth2_next_e verify_email_read(oauth2_flow_t *f);
static oauth2_next_e verify_email_run(oauth2_flow_t *f);
static oauth2_next_e verify_email_reply(oauth2_flow_t *f);

static const oauth2_field_t  verify_email_fields[] = {
    { "token", OAUTH2_FIELD_STR, 255, OAUTH2_REQUIRED,
      offsetof(verify_email_t, token) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  verify_email_steps[] = {
    { "reading body", verify_email_read, &oauth2_err_invalid_json },
    { "verifying address", verify_email_run, &oauth2_err_server_error },
    { "replying", verify_email_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(verify_email, verify_email_steps, verify_email_t);


static oauth2_next_e
verify_email_read(oauth2_flow_t *f)
{
    return oauth2_read_json(f, verify_email_fields, oauth2_state(f));
}


static oauth2_next_e
verify_email_run(oauth2_flow_t *f)
{
    oauth2_str_t     digest, input;
    oauth2_json_t    j;
    verify_email_t  *verify;

    verify = oauth2_state(f);

    if (oauth2_sha256_hex(oauth2_pool(f), verify->token, &digest)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), 256);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "token_digest", digest);
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &input) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_operation_run(f, &oauth2_operation_verify_email, input,
                                digest);
}


static oauth2_next_e
verify_email_reply(oauth2_flow_t *f)
{
    bool               verified, already;
    oauth2_str_t       user_id;
    oauth2_json_t      j;
    oauth2_outcome_t  *outcome;

    outcome = oauth2_outcome(f);
    verified = oauth2_str_same(outcome->status, oauth2_str("verified"));
    already = oauth2_str_same(outcome->status,
                              oauth2_str("already_verified"));

    if (!verified && !already) {
        return oauth2_fail(f, &oauth2_err_invalid_mail_token);
    }

    if (oauth2_json_find(oauth2_pool(f), outcome->result, "user_id",
                         &user_id)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), 1024);
    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "success", true);
    oauth2_json_c(&j, "message",
                  verified ? "The e-mail address is verified."
                           : "The e-mail address was verified before.");
    oauth2_json_str(&j, "user_id", user_id);
    oauth2_json_str(&j, "method", outcome->method);
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}
