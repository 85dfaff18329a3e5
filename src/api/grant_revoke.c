/* SPDX-License-Identifier: MIT */

/*
 * DELETE /users/me/grants?client_id=...: the user takes a consent back,
 * and the app's tokens and codes end.  For the user's own session or
 * login, not for an app's token.
 */

#include "api.h"

typedef struct {
    oauth2_str_t  client_id;
} grant_revoke_t;

static oauth2_next_e grant_revoke_write(oauth2_flow_t *f);
static oauth2_next_e grant_revoke_reply(oauth2_flow_t *f);

static const oauth2_field_t  grant_revoke_fields[] = {
    { "client_id", OAUTH2_FIELD_STR, 255, OAUTH2_REQUIRED,
      offsetof(grant_revoke_t, client_id) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  grant_revoke_steps[] = {
    { "revoking grant", grant_revoke_write, &oauth2_err_server_error },
    { "replying", grant_revoke_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(grant_revoke, grant_revoke_steps, grant_revoke_t);


static oauth2_next_e
grant_revoke_write(oauth2_flow_t *f)
{
    grant_revoke_t        *revoke;
    oauth2_identity_t     *identity;
    const oauth2_error_t  *error;

    revoke = oauth2_state(f);
    identity = oauth2_identity(f);

    if (identity->is_session && oauth2_origin_is_foreign(f)) {
        return oauth2_fail(f, &oauth2_err_cross_site);
    }

    if (!identity->is_session
        && !oauth2_str_same(identity->client_id, OAUTH2_CLIENT_SELF))
    {
        return oauth2_fail(f, &oauth2_err_insufficient_scope);
    }

    error = oauth2_read_query(f, grant_revoke_fields, revoke);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    return oauth2_call(f, OAUTH2_STMT_grant_revoke, identity->user_id,
                       revoke->client_id);
}


static oauth2_next_e
grant_revoke_reply(oauth2_flow_t *f)
{
    if (!oauth2_row_is(f, "revoked")) {
        return oauth2_fail(f, &oauth2_err_not_found);
    }

    oauth2_logout_kick(f);

    return oauth2_reply_empty(f, 204);
}
