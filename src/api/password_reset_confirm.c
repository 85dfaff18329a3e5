/* SPDX-License-Identifier: MIT */

/*
 * POST /auth/password-reset/confirm: a new password for the token of a
 * mail.  Ends every session and refresh token of the user.
 */

#include "api.h"

typedef struct {
    oauth2_str_t  token;
    oauth2_str_t  password;
    oauth2_str_t  digest;
} confirm_t;

static oauth2_next_e confirm_read(oauth2_flow_t *f);
static oauth2_next_e confirm_check(oauth2_flow_t *f);
static oauth2_next_e confirm_hash(oauth2_flow_t *f);
static oauth2_next_e confirm_change(oauth2_flow_t *f);
static oauth2_next_e confirm_reply(oauth2_flow_t *f);

static const oauth2_field_t  confirm_fields[] = {
    { "token", OAUTH2_FIELD_STR, 255, OAUTH2_REQUIRED,
      offsetof(confirm_t, token) },
    { "new_password", OAUTH2_FIELD_STR, 1024,
      OAUTH2_REQUIRED | OAUTH2_CONTROLS, offsetof(confirm_t, password) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  confirm_steps[] = {
    { "reading body", confirm_read, &oauth2_err_invalid_json },
    { "finding reset token", confirm_check, &oauth2_err_server_error },
    { "hashing password", confirm_hash, &oauth2_err_server_error },
    { "changing password", confirm_change, &oauth2_err_server_error },
    { "replying", confirm_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(password_reset_confirm, confirm_steps, confirm_t);


static oauth2_next_e
confirm_read(oauth2_flow_t *f)
{
    return oauth2_read_json(f, confirm_fields, oauth2_state(f));
}


static oauth2_next_e
confirm_check(oauth2_flow_t *f)
{
    confirm_t  *confirm;

    confirm = oauth2_state(f);

    oauth2_complain(f, "new_password",
                    oauth2_check_password(confirm->password,
                                          oauth2_settings(f)->password_min));

    if (oauth2_complained(f)) {
        return oauth2_fail(f, &oauth2_err_invalid_fields);
    }

    if (oauth2_sha256_hex(oauth2_pool(f), confirm->token, &confirm->digest)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_reset_token_find, confirm->digest);
}


/*
 * Nobody makes us hash with a token out of thin air.  With an
 * Idempotency-Key the token may be gone because the first try used it; then
 * the operation's own row answers.
 */

static oauth2_next_e
confirm_hash(oauth2_flow_t *f)
{
    confirm_t  *confirm;

    confirm = oauth2_state(f);

    if (!oauth2_row_is(f, "valid")
        && oauth2_header(f, "idempotency-key").data == NULL)
    {
        return oauth2_fail(f, &oauth2_err_invalid_mail_token);
    }

    return oauth2_hash(f, confirm->password);
}


static oauth2_next_e
confirm_change(oauth2_flow_t *f)
{
    confirm_t      *confirm;
    oauth2_str_t    input, print;
    oauth2_json_t   j;

    confirm = oauth2_state(f);

    oauth2_json_init(&j, oauth2_pool(f), 512);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "token_digest", confirm->digest);
    oauth2_json_str(&j, "password_hash", oauth2_hashed(f));
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &input) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    print = oauth2_operation_join(f, confirm->digest, confirm->password);

    return oauth2_operation_run(f, &oauth2_operation_password_reset_confirm,
                                input, print);
}


static oauth2_next_e
confirm_reply(oauth2_flow_t *f)
{
    oauth2_json_t      j;
    oauth2_outcome_t  *outcome;

    outcome = oauth2_outcome(f);

    if (!oauth2_str_same(outcome->status, oauth2_str("changed"))) {
        return oauth2_fail(f, &oauth2_err_invalid_mail_token);
    }

    oauth2_logout_kick(f);

    oauth2_json_init(&j, oauth2_pool(f), 1024);
    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "success", true);
    oauth2_json_c(&j, "message", "The password is changed; all sessions "
                                 "have ended.");
    oauth2_json_str(&j, "method", outcome->method);
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}
