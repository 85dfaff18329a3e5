/* SPDX-License-Identifier: MIT */

/*
 * Who asks: the bearer of an access token (RFC 6750 2.1, the header; at
 * userinfo, which has forms, 2.2, the body as well; never the query), or the
 * holder of the session cookie.  A bearer token that is wrong never
 * falls back to the cookie.  A token proves nothing by its signature alone:
 * the database says whether it still lives.
 */

#include "api.h"

static oauth2_next_e user_find(oauth2_flow_t *f);
static oauth2_next_e user_take(oauth2_flow_t *f);
static oauth2_next_e user_require(oauth2_flow_t *f);
static oauth2_next_e user_require_admin(oauth2_flow_t *f);
static oauth2_next_e user_read_bearer(oauth2_flow_t *f);
static oauth2_next_e user_find_bearer(oauth2_flow_t *f);
static oauth2_next_e user_find_maybe(oauth2_flow_t *f);
static oauth2_next_e user_take_maybe(oauth2_flow_t *f);
static oauth2_next_e user_check_token(oauth2_flow_t *f, oauth2_str_t token);
static oauth2_read_e user_body_token(oauth2_flow_t *f, oauth2_str_t *token);
static oauth2_next_e user_find_session(oauth2_flow_t *f);
static void user_fill(oauth2_flow_t *f);

static const oauth2_field_t  user_body_fields[] = {
    { "access_token", OAUTH2_FIELD_STR, OAUTH2_JWT_MAX, 0, 0 },
    { NULL, 0, 0, 0, 0 }
};

const oauth2_step_t  oauth2_user_steps[] = {
    { "checking credentials", user_find, &oauth2_err_server_error },
    { "identifying user", user_take, &oauth2_err_server_error },
    { "using proof", oauth2_proof_used, NULL },
    { "requiring a user", user_require, NULL },
    { NULL, NULL, NULL }
};

const oauth2_step_t  oauth2_admin_steps[] = {
    { "checking credentials", user_find, &oauth2_err_server_error },
    { "identifying user", user_take, &oauth2_err_server_error },
    { "using proof", oauth2_proof_used, NULL },
    { "requiring an administrator", user_require_admin, NULL },
    { NULL, NULL, NULL }
};

const oauth2_step_t  oauth2_bearer_steps[] = {
    { "reading body", user_read_bearer, &oauth2_err_invalid_request },
    { "checking token", user_find_bearer, &oauth2_err_server_error },
    { "identifying user", user_take, &oauth2_err_server_error },
    { "using proof", oauth2_proof_used, NULL },
    { NULL, NULL, NULL }
};

const oauth2_step_t  oauth2_maybe_steps[] = {
    { "checking session", user_find_maybe, &oauth2_err_server_error },
    { "identifying user", user_take_maybe, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
user_find(oauth2_flow_t *f)
{
    oauth2_str_t  token;

    token = oauth2_pop_token(f);

    if (token.data != NULL) {
        return user_check_token(f, token);
    }

    if (oauth2_session_cookie(f).data == NULL) {
        return oauth2_fail(f, &oauth2_err_no_session);
    }

    return user_find_session(f);
}


static oauth2_next_e
user_take(oauth2_flow_t *f)
{
    oauth2_identity_t     *identity;
    const oauth2_error_t  *error;

    identity = oauth2_identity(f);

    if (!oauth2_row_is(f, "active")) {
        return oauth2_fail(f, identity->is_session
                              ? &oauth2_err_no_session
                              : &oauth2_err_invalid_token);
    }

    /* RFC 9068 4: it is for somebody else */

    if (!identity->is_session
        && !oauth2_resource_is_for(f, oauth2_row(f, "parameters"),
                                   identity->audience))
    {
        return oauth2_fail(f, &oauth2_err_invalid_token);
    }

    error = identity->is_session
            ? NULL : oauth2_pop_check(f, oauth2_row(f, "parameters"));

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    user_fill(f);

    return oauth2_proof_use(f);
}


/* A client's own token is nobody's. */

static oauth2_next_e
user_require(oauth2_flow_t *f)
{
    if (oauth2_identity(f)->user_id.data == NULL) {
        return oauth2_fail(f, &oauth2_err_insufficient_scope);
    }

    return OAUTH2_NEXT;
}


/* An administrator's token that an app holds does not make the app one:
 * only what our own login has issued counts. */

static oauth2_next_e
user_require_admin(oauth2_flow_t *f)
{
    oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    if (!identity->is_superuser
        || (!identity->is_session
            && !oauth2_str_same(identity->client_id, OAUTH2_CLIENT_SELF)))
    {
        oauth2_log_warn(f, "an administrator's request refused");
        return oauth2_fail(f, &oauth2_err_administrator);
    }

    return OAUTH2_NEXT;
}


static oauth2_next_e
user_read_bearer(oauth2_flow_t *f)
{
    return oauth2_is_post(f) ? oauth2_read_raw(f) : OAUTH2_NEXT;
}


/* RFC 6750 2: in one way only. */

static oauth2_next_e
user_find_bearer(oauth2_flow_t *f)
{
    oauth2_str_t  token, body;

    token = oauth2_pop_token(f);
    body = oauth2_str_null;

    if (user_body_token(f, &body) != OAUTH2_READ_OK
        || (token.data != NULL && body.data != NULL))
    {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    if (token.data == NULL) {
        token = body;
    }

    if (token.data == NULL) {
        return oauth2_fail(f, &oauth2_err_no_session);
    }

    return user_check_token(f, token);
}


static oauth2_read_e
user_body_token(oauth2_flow_t *f, oauth2_str_t *token)
{
    oauth2_str_t         type, rest;
    oauth2_complaint_t  *complaints;

    rest = oauth2_header(f, "content-type");

    if (!oauth2_is_post(f) || !oauth2_str_word(&rest, ';', &type)
        || !oauth2_str_same_nocase(oauth2_str_trim(type),
                         oauth2_str("application/x-www-form-urlencoded")))
    {
        return OAUTH2_READ_OK;
    }

    complaints = NULL;

    return oauth2_form_read(oauth2_pool(f), oauth2_body(f), user_body_fields,
                            token, &complaints);
}


static oauth2_next_e
user_find_maybe(oauth2_flow_t *f)
{
    if (oauth2_session_cookie(f).data == NULL) {
        return OAUTH2_NEXT;
    }

    return user_find_session(f);
}


static oauth2_next_e
user_take_maybe(oauth2_flow_t *f)
{
    oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    if (identity->is_session && oauth2_row_is(f, "active")) {
        user_fill(f);

    } else {
        identity->is_session = false;
    }

    return OAUTH2_NEXT;
}


oauth2_str_t
oauth2_bearer(oauth2_flow_t *f)
{
    oauth2_str_t  rest, scheme;

    rest = oauth2_header(f, "authorization");

    if (!oauth2_str_word(&rest, ' ', &scheme)
        || !oauth2_str_same_nocase(scheme, oauth2_str("Bearer")))
    {
        return oauth2_str_null;
    }

    return oauth2_str_trim(rest);
}


static oauth2_next_e
user_check_token(oauth2_flow_t *f, oauth2_str_t token)
{
    oauth2_rc_e            rc;
    oauth2_identity_t     *identity;
    const oauth2_error_t  *error;

    identity = oauth2_identity(f);

    rc = oauth2_token_read_access(f, token, &identity->token_id,
                                  &identity->claims);

    if (rc == OAUTH2_NONE) {
        return oauth2_keys_wait(f);
    }

    if (rc == OAUTH2_NOMEM) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (rc != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_invalid_token);
    }

    error = oauth2_pop(f)->scheme ? oauth2_proof_check(f, token) : NULL;

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    return oauth2_call(f, OAUTH2_STMT_token_find, identity->token_id);
}


static oauth2_next_e
user_find_session(oauth2_flow_t *f)
{
    oauth2_str_t  digest;

    if (oauth2_sha256_hex(oauth2_pool(f), oauth2_session_cookie(f), &digest)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_identity(f)->is_session = true;

    return oauth2_call(f, OAUTH2_STMT_session_find, digest);
}


/* The two statements name their columns alike; a session has no client_id
 * and no scope, and those stay absent. */

static void
user_fill(oauth2_flow_t *f)
{
    oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    identity->user_id = oauth2_row(f, "user_id");
    identity->session_id = oauth2_row(f, "session_id");
    identity->client_id = oauth2_row(f, "client_id");
    identity->scope = oauth2_row(f, "scope");
    identity->email = oauth2_row(f, "email");
    identity->username = oauth2_row(f, "username");
    identity->first_name = oauth2_row(f, "first_name");
    identity->last_name = oauth2_row(f, "last_name");
    identity->profile = oauth2_row(f, "profile");
    identity->client = oauth2_row(f, "client_metadata");
    identity->parameters = oauth2_row(f, "parameters");
    identity->auth_time = oauth2_row_int(f, "auth_time");
    identity->updated_at = oauth2_row_int(f, "updated_at");
    identity->is_verified = oauth2_row_bool(f, "is_verified");
    identity->is_superuser = oauth2_row_bool(f, "is_superuser");
}
