/* SPDX-License-Identifier: MIT */

/*
 * POST /auth/register: a new user, and a mail with the verification link.
 * The password is hashed here; it never leaves the process.
 */

#include "api.h"

typedef struct {
    oauth2_str_t  email;
    oauth2_str_t  password;
    oauth2_str_t  username;
    oauth2_str_t  first_name;
    oauth2_str_t  last_name;
} registration_t;

static oauth2_next_e register_read(oauth2_flow_t *f);
static oauth2_next_e register_check(oauth2_flow_t *f);
static oauth2_next_e register_create(oauth2_flow_t *f);
static oauth2_next_e register_reply(oauth2_flow_t *f);
static void register_complain(oauth2_flow_t *f, registration_t *reg);
static oauth2_rc_e register_input(oauth2_flow_t *f,
    const registration_t *reg, oauth2_str_t *input);
static void register_trim(oauth2_str_t *s);

/* Nothing is REQUIRED: all complaints are told at once, by the check. */

static const oauth2_field_t  register_fields[] = {
    { "email", OAUTH2_FIELD_STR, OAUTH2_EMAIL_MAX, 0,
      offsetof(registration_t, email) },
    { "password", OAUTH2_FIELD_STR, 1024, OAUTH2_CONTROLS,
      offsetof(registration_t, password) },
    { "username", OAUTH2_FIELD_STR, 200, 0,
      offsetof(registration_t, username) },
    { "first_name", OAUTH2_FIELD_STR, 200, 0,
      offsetof(registration_t, first_name) },
    { "last_name", OAUTH2_FIELD_STR, 200, 0,
      offsetof(registration_t, last_name) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  register_steps[] = {
    { "reading body", register_read, &oauth2_err_invalid_json },
    { "hashing password", register_check, &oauth2_err_server_error },
    { "creating user", register_create, &oauth2_err_server_error },
    { "replying", register_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(register, register_steps, registration_t);


static oauth2_next_e
register_read(oauth2_flow_t *f)
{
    return oauth2_read_json(f, register_fields, oauth2_state(f));
}


static oauth2_next_e
register_check(oauth2_flow_t *f)
{
    registration_t  *reg;

    reg = oauth2_state(f);

    register_trim(&reg->username);
    register_trim(&reg->first_name);
    register_trim(&reg->last_name);
    register_complain(f, reg);

    if (oauth2_complained(f)) {
        return oauth2_fail(f, &oauth2_err_invalid_fields);
    }

    if (oauth2_check_email_write(oauth2_pool(f), reg->email, &reg->email)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_hash(f, reg->password);
}


static oauth2_next_e
register_create(oauth2_flow_t *f)
{
    oauth2_str_t     input, print;
    registration_t  *reg;

    reg = oauth2_state(f);

    if (register_input(f, reg, &input) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    print = oauth2_operation_join(f, reg->email, reg->password,
                                  reg->username, reg->first_name,
                                  reg->last_name);

    return oauth2_operation_run(f, &oauth2_operation_register, input,
                                print);
}


static oauth2_next_e
register_reply(oauth2_flow_t *f)
{
    oauth2_str_t       user_id;
    oauth2_json_t      j;
    registration_t    *reg;
    oauth2_outcome_t  *outcome;

    reg = oauth2_state(f);
    outcome = oauth2_outcome(f);

    if (oauth2_str_same(outcome->status, oauth2_str("user_exists"))) {
        return oauth2_fail(f, &oauth2_err_user_exists);
    }

    if (oauth2_str_same(outcome->status, oauth2_str("username_taken"))) {
        return oauth2_fail(f, &oauth2_err_username_taken);
    }

    if (!oauth2_str_same(outcome->status, oauth2_str("created"))
        || oauth2_json_find(oauth2_pool(f), outcome->result, "user_id",
                            &user_id)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), 2048);
    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "success", true);
    oauth2_json_str(&j, "user_id", user_id);
    oauth2_json_str(&j, "email", reg->email);
    oauth2_json_bool(&j, "is_verified", false);
    oauth2_json_bool(&j, "verification_email_sent", true);
    oauth2_json_c(&j, "message", "Registered. A mail with a link is on its "
                                 "way; open it to verify the address.");
    oauth2_json_str(&j, "method", outcome->method);
    oauth2_json_close(&j);

    return oauth2_reply(f, 201, &j);
}


static void
register_complain(oauth2_flow_t *f, registration_t *reg)
{
    const char  *detail;

    detail = "is required";

    if (reg->email.len > 0) {
        detail = oauth2_check_email(oauth2_str_trim(reg->email));
    }

    oauth2_complain(f, "email", detail);

    detail = "is required";

    if (reg->password.len > 0) {
        detail = oauth2_check_password(reg->password,
                                       oauth2_settings(f)->password_min);
    }

    oauth2_complain(f, "password", detail);

    if (reg->username.data != NULL) {
        oauth2_complain(f, "username",
                        oauth2_check_username(reg->username));
    }

    if (reg->first_name.data != NULL) {
        oauth2_complain(f, "first_name",
                        oauth2_check_name(reg->first_name));
    }

    if (reg->last_name.data != NULL) {
        oauth2_complain(f, "last_name", oauth2_check_name(reg->last_name));
    }
}


static oauth2_rc_e
register_input(oauth2_flow_t *f, const registration_t *reg,
    oauth2_str_t *input)
{
    oauth2_json_t             j;
    const oauth2_settings_t  *settings;

    settings = oauth2_settings(f);

    oauth2_json_init(&j, oauth2_pool(f), 4096);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "email", reg->email);
    oauth2_json_str(&j, "password_hash", oauth2_hashed(f));
    oauth2_json_optional(&j, "username", reg->username);
    oauth2_json_optional(&j, "first_name", reg->first_name);
    oauth2_json_optional(&j, "last_name", reg->last_name);
    oauth2_json_int(&j, "token_lifetime", settings->verification_lifetime);
    oauth2_json_bool(&j, "reveal", settings->register_reveal);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, input);
}


/* A form sends an empty field for nothing. */

static void
register_trim(oauth2_str_t *s)
{
    *s = oauth2_str_trim(*s);

    if (s->len == 0) {
        *s = oauth2_str_null;
    }
}
