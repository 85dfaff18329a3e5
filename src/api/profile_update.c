/* SPDX-License-Identifier: MIT */

/*
 * PUT /users/me: changes username, first and last name, and the claims of
 * user_claims.def that can be set.  A member that is null or empty clears;
 * one that is not there stays.  For the user's own session or login, not
 * for an app's token.
 */

#include "api.h"

/* What json_find tells from null. */
#define PROFILE_ABSENT  oauth2_str("{\"username\":{},\"first_name\":{},"     \
                                   "\"last_name\":{}}")

typedef struct {
    oauth2_str_t  username;
    oauth2_str_t  first_name;
    oauth2_str_t  last_name;
} profile_update_t;

static oauth2_next_e profile_update_read(oauth2_flow_t *f);
static oauth2_next_e profile_update_write(oauth2_flow_t *f);
static oauth2_next_e profile_update_reply(oauth2_flow_t *f);
static oauth2_rc_e profile_update_input(oauth2_flow_t *f,
    const profile_update_t *update, oauth2_str_t *input);
static oauth2_rc_e profile_update_member(oauth2_flow_t *f, oauth2_json_t *j,
    const char *name, oauth2_str_t value, oauth2_str_t given);
static oauth2_rc_e profile_update_claims(oauth2_flow_t *f,
    oauth2_json_t *j);
static void profile_update_check(oauth2_flow_t *f,
    const profile_update_t *update);

static const oauth2_field_t  profile_update_fields[] = {
    { "username", OAUTH2_FIELD_STR, 200, 0,
      offsetof(profile_update_t, username) },
    { "first_name", OAUTH2_FIELD_STR, 200, 0,
      offsetof(profile_update_t, first_name) },
    { "last_name", OAUTH2_FIELD_STR, 200, 0,
      offsetof(profile_update_t, last_name) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  profile_update_steps[] = {
    { "reading body", profile_update_read, &oauth2_err_invalid_json },
    { "updating profile", profile_update_write, &oauth2_err_server_error },
    { "replying", profile_update_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(profile_update, profile_update_steps, profile_update_t);


static oauth2_next_e
profile_update_read(oauth2_flow_t *f)
{
    oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    if (identity->is_session && oauth2_origin_is_foreign(f)) {
        return oauth2_fail(f, &oauth2_err_cross_site);
    }

    if (!identity->is_session
        && !oauth2_str_same(identity->client_id, OAUTH2_CLIENT_SELF))
    {
        return oauth2_fail(f, &oauth2_err_insufficient_scope);
    }

    return oauth2_read_json(f, profile_update_fields, oauth2_state(f));
}


static oauth2_next_e
profile_update_write(oauth2_flow_t *f)
{
    oauth2_str_t       input;
    profile_update_t  *update;

    update = oauth2_state(f);

    update->username = oauth2_str_trim(update->username);
    update->first_name = oauth2_str_trim(update->first_name);
    update->last_name = oauth2_str_trim(update->last_name);

    profile_update_check(f, update);

    if (profile_update_input(f, update, &input) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (oauth2_complained(f)) {
        return oauth2_fail(f, &oauth2_err_invalid_fields);
    }

    return oauth2_call(f, OAUTH2_STMT_profile_update,
                       oauth2_identity(f)->user_id, input);
}


static oauth2_next_e
profile_update_reply(oauth2_flow_t *f)
{
    oauth2_json_t  j;

    if (oauth2_row_is(f, "username_taken")) {
        return oauth2_fail(f, &oauth2_err_username_taken);
    }

    if (!oauth2_row_is(f, "updated")) {
        return oauth2_fail(f, &oauth2_err_no_session);
    }

    oauth2_json_init(&j, oauth2_pool(f), OAUTH2_CLAIMS_MAX);
    oauth2_json_raw(&j, NULL, oauth2_row(f, "profile"));

    return oauth2_reply(f, 200, &j);
}


/* The body over an object in which each member is something else than
 * null: what is null then was so in the body. */

static oauth2_rc_e
profile_update_input(oauth2_flow_t *f, const profile_update_t *update,
    oauth2_str_t *input)
{
    oauth2_rc_e    rc;
    oauth2_str_t   given;
    oauth2_json_t  j;

    rc = oauth2_json_merge(oauth2_pool(f), PROFILE_ABSENT, oauth2_body(f),
                           &given);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, oauth2_pool(f), OAUTH2_CLAIMS_MAX);
    oauth2_json_open(&j, NULL);

    rc = profile_update_member(f, &j, "username", update->username, given);

    if (rc == OAUTH2_OK) {
        rc = profile_update_member(f, &j, "first_name", update->first_name,
                                   given);
    }

    if (rc == OAUTH2_OK) {
        rc = profile_update_member(f, &j, "last_name", update->last_name,
                                   given);
    }

    if (rc == OAUTH2_OK) {
        rc = profile_update_claims(f, &j);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_close(&j);

    return oauth2_json_done(&j, input);
}


static oauth2_rc_e
profile_update_claims(oauth2_flow_t *f, oauth2_json_t *j)
{
    oauth2_rc_e          rc;
    oauth2_complaint_t  *c;

    c = NULL;
    rc = oauth2_profile_read(oauth2_pool(f), oauth2_body(f), j, &c);

    for ( /* void */ ; c != NULL; c = c->next) {
        oauth2_complain(f, c->field + 1, c->detail);
    }

    return rc;
}


static oauth2_rc_e
profile_update_member(oauth2_flow_t *f, oauth2_json_t *j, const char *name,
    oauth2_str_t value, oauth2_str_t given)
{
    oauth2_rc_e   rc;
    oauth2_str_t  member;

    if (value.len > 0) {
        oauth2_json_str(j, name, value);
        return OAUTH2_OK;
    }

    if (value.data != NULL) {
        oauth2_json_null(j, name);
        return OAUTH2_OK;
    }

    rc = oauth2_json_find(oauth2_pool(f), given, name, &member);

    if (rc == OAUTH2_NONE) {
        oauth2_json_null(j, name);
        return OAUTH2_OK;
    }

    return rc;
}


static void
profile_update_check(oauth2_flow_t *f, const profile_update_t *update)
{
    if (update->username.len > 0) {
        oauth2_complain(f, "username",
                        oauth2_check_username(update->username));
    }

    if (update->first_name.len > 0) {
        oauth2_complain(f, "first_name",
                        oauth2_check_name(update->first_name));
    }

    if (update->last_name.len > 0) {
        oauth2_complain(f, "last_name",
                        oauth2_check_name(update->last_name));
    }
}
