/* SPDX-License-Identifier: MIT */

/*
 * POST /auth/logout: ends the session with all its tokens, by its cookie,
 * its access token or its refresh token.  Always 204: who has nothing to
 * end is logged out already.
 */

#include "api.h"

typedef struct {
    oauth2_str_t  refresh_token;
} logout_t;

static oauth2_next_e logout_read(oauth2_flow_t *f);
static oauth2_next_e logout_close(oauth2_flow_t *f);
static oauth2_next_e logout_reply(oauth2_flow_t *f);
static oauth2_rc_e logout_digest(oauth2_flow_t *f, oauth2_str_t secret,
    oauth2_str_t *digest);
static oauth2_str_t logout_token_id(oauth2_flow_t *f);

static const oauth2_field_t  logout_fields[] = {
    { "refresh_token", OAUTH2_FIELD_STR, 512, 0,
      offsetof(logout_t, refresh_token) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  logout_steps[] = {
    { "reading body", logout_read, &oauth2_err_invalid_json },
    { "closing session", logout_close, &oauth2_err_server_error },
    { "replying", logout_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(logout, logout_steps, logout_t);


static oauth2_next_e
logout_read(oauth2_flow_t *f)
{
    if (oauth2_session_cookie(f).data != NULL && oauth2_origin_is_foreign(f))
    {
        return oauth2_fail(f, &oauth2_err_cross_site);
    }

    return oauth2_read_json(f, logout_fields, oauth2_state(f));
}


static oauth2_next_e
logout_close(oauth2_flow_t *f)
{
    logout_t      *logout;
    oauth2_str_t   session, refresh, token_id;

    logout = oauth2_state(f);

    if (logout_digest(f, oauth2_session_cookie(f), &session) != OAUTH2_OK
        || logout_digest(f, logout->refresh_token, &refresh) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    token_id = logout_token_id(f);

    if (session.data == NULL && refresh.data == NULL
        && token_id.data == NULL)
    {
        return OAUTH2_NEXT;
    }

    return oauth2_call(f, OAUTH2_STMT_session_close, session, refresh,
                       token_id);
}


static oauth2_next_e
logout_reply(oauth2_flow_t *f)
{
    oauth2_session_cookie_set(f, oauth2_str_null);
    oauth2_logout_kick(f);

    return oauth2_reply_empty(f, 204);
}


static oauth2_rc_e
logout_digest(oauth2_flow_t *f, oauth2_str_t secret, oauth2_str_t *digest)
{
    *digest = oauth2_str_null;

    if (secret.len == 0) {
        return OAUTH2_OK;
    }

    return oauth2_sha256_hex(oauth2_pool(f), secret, digest);
}


/* Absent for any token that is not a good one: there is nothing to end. */

static oauth2_str_t
logout_token_id(oauth2_flow_t *f)
{
    oauth2_str_t  token, claims, id;

    token = oauth2_bearer(f);

    if (token.data == NULL) {
        return token;
    }

    id = oauth2_str_null;

    return oauth2_token_read_access(f, token, &id, &claims) == OAUTH2_OK
           ? id : oauth2_str_null;
}
