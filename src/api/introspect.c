/* SPDX-License-Identifier: MIT */

/*
 * POST /oauth/introspect (RFC 7662): what a token is worth, for the client
 * that it was issued to, and for resource servers.  Whatever is not to be
 * seen is the same as what is not there: {"active": false}.
 */

#include "api.h"

typedef struct {
    oauth2_str_t  token;
    oauth2_str_t  id;
    oauth2_str_t  digest;
} introspect_t;

static oauth2_next_e introspect_read(oauth2_flow_t *f);
static oauth2_next_e introspect_find(oauth2_flow_t *f);
static oauth2_next_e introspect_reply(oauth2_flow_t *f);
static oauth2_next_e introspect_inactive(oauth2_flow_t *f);
static void introspect_members(oauth2_flow_t *f, oauth2_json_t *j);
static oauth2_rc_e introspect_user(oauth2_flow_t *f, oauth2_json_t *j);
static void introspect_str(oauth2_flow_t *f, oauth2_json_t *j,
    const char *name, const char *column);

static const oauth2_field_t  introspect_fields[] = {
    { "token", OAUTH2_FIELD_STR, OAUTH2_JWT_MAX, OAUTH2_REQUIRED,
      offsetof(introspect_t, token) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  introspect_steps[] = {
    { "reading form", introspect_read, &oauth2_err_invalid_request },
    { "finding token", introspect_find, &oauth2_err_server_error },
    { "replying", introspect_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(introspect, introspect_steps, introspect_t);


/* RFC 7662 2.1: a client that proves nothing could look for tokens. */

static oauth2_next_e
introspect_read(oauth2_flow_t *f)
{
    if (oauth2_client(f)->is_public) {
        return oauth2_fail(f, &oauth2_err_invalid_client);
    }

    return oauth2_read_form(f, introspect_fields, oauth2_state(f));
}


static oauth2_next_e
introspect_find(oauth2_flow_t *f)
{
    oauth2_rc_e    rc;
    introspect_t  *introspect;

    introspect = oauth2_state(f);

    rc = oauth2_token_read(f, introspect->token, &introspect->id,
                           &introspect->digest);

    if (rc == OAUTH2_NONE) {
        return oauth2_keys_wait(f);
    }

    if (rc == OAUTH2_BAD) {
        return introspect_inactive(f);
    }

    if (rc != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_token_introspect,
                       oauth2_client(f)->client_id, introspect->id,
                       introspect->digest);
}


static oauth2_next_e
introspect_reply(oauth2_flow_t *f)
{
    oauth2_json_t  j;

    if (!oauth2_row_is(f, "active")) {
        return introspect_inactive(f);
    }

    oauth2_json_init(&j, oauth2_pool(f), 16384);
    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "active", true);
    introspect_members(f, &j);

    if (introspect_user(f, &j) != OAUTH2_OK
        || oauth2_resource_write(f, &j, oauth2_row(f, "parameters"))
           != OAUTH2_OK
        || oauth2_actor_write(f, &j, oauth2_row(f, "client_metadata"),
                              oauth2_row(f, "parameters"))
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_close(&j);

    return oauth2_introspect_answer(f, &j);
}


static oauth2_next_e
introspect_inactive(oauth2_flow_t *f)
{
    oauth2_json_t  j;

    oauth2_json_init(&j, oauth2_pool(f), 64);
    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "active", false);
    oauth2_json_close(&j);

    return oauth2_introspect_answer(f, &j);
}


/* RFC 7662 2.2; token_use says which of the two it is. */

static void
introspect_members(oauth2_flow_t *f, oauth2_json_t *j)
{
    bool                      access;
    oauth2_str_t              cnf;
    introspect_t             *introspect;
    const oauth2_settings_t  *settings;

    introspect = oauth2_state(f);
    settings = oauth2_settings(f);
    access = introspect->id.data != NULL;

    if (oauth2_pop_find(f, oauth2_row(f, "parameters"), &cnf) == OAUTH2_OK
        && cnf.data != NULL)
    {
        oauth2_json_raw(j, "cnf", cnf);
    }

    oauth2_json_str(j, "iss", settings->issuer);
    introspect_str(f, j, "client_id", "client_id");
    introspect_str(f, j, "scope", "scope");
    introspect_str(f, j, "token_use", "token_use");
    oauth2_json_int(j, "iat", oauth2_row_int(f, "issued_at"));
    oauth2_json_int(j, "exp", oauth2_row_int(f, "expires_at"));

    if (access) {
        oauth2_json_c(j, "token_type", oauth2_pop_type(f, cnf));
        oauth2_json_str(j, "jti", introspect->id);
    }

}


/* As the token's client knows the user, and a name only if it may know one
 * that others know too (OpenID Connect Core 8.1). */

static oauth2_rc_e
introspect_user(oauth2_flow_t *f, oauth2_json_t *j)
{
    oauth2_rc_e   rc;
    oauth2_str_t  sub, user_id;

    user_id = oauth2_row(f, "user_id");

    if (user_id.data == NULL) {
        introspect_str(f, j, "sub", "client_id");
        return OAUTH2_OK;
    }

    rc = oauth2_subject(f, oauth2_row(f, "client_metadata"), user_id, &sub);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_str(j, "sub", sub);
    oauth2_json_int(j, "auth_time", oauth2_row_int(f, "auth_time"));
    oauth2_json_c(j, "acr", OAUTH2_ACR_PASSWORD);

    if (oauth2_str_same(sub, user_id)) {
        introspect_str(f, j, "username", "username");
    }

    return OAUTH2_OK;
}


static void
introspect_str(oauth2_flow_t *f, oauth2_json_t *j, const char *name,
    const char *column)
{
    oauth2_str_t  value;

    value = oauth2_row(f, column);

    if (value.data != NULL) {
        oauth2_json_str(j, name, value);
    }
}
