/* SPDX-License-Identifier: MIT */

/*
 * POST /oauth/revoke (RFC 7009): a token of this client, of either kind.
 * 200 whatever it was: a token that is not there is revoked enough, and
 * another client's stays.  The body is for clients that read every answer
 * as JSON.
 */

#include "api.h"

typedef struct {
    oauth2_str_t  token;
} revoke_t;

static oauth2_next_e revoke_read(oauth2_flow_t *f);
static oauth2_next_e revoke_token(oauth2_flow_t *f);
static oauth2_next_e revoke_reply(oauth2_flow_t *f);

static const oauth2_field_t  revoke_fields[] = {
    { "token", OAUTH2_FIELD_STR, OAUTH2_JWT_MAX, OAUTH2_REQUIRED,
      offsetof(revoke_t, token) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  revoke_steps[] = {
    { "reading form", revoke_read, &oauth2_err_invalid_request },
    { "revoking token", revoke_token, &oauth2_err_server_error },
    { "replying", revoke_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(revoke, revoke_steps, revoke_t);


static oauth2_next_e
revoke_read(oauth2_flow_t *f)
{
    return oauth2_read_form(f, revoke_fields, oauth2_state(f));
}


static oauth2_next_e
revoke_token(oauth2_flow_t *f)
{
    oauth2_rc_e    rc;
    revoke_t      *revoke;
    oauth2_str_t   id, digest;

    revoke = oauth2_state(f);
    rc = oauth2_token_read(f, revoke->token, &id, &digest);

    if (rc == OAUTH2_NONE) {
        return oauth2_keys_wait(f);
    }

    if (rc == OAUTH2_BAD) {
        return OAUTH2_NEXT;
    }

    if (rc != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_token_revoke,
                       oauth2_client(f)->client_id, digest, id);
}


static oauth2_next_e
revoke_reply(oauth2_flow_t *f)
{
    oauth2_json_t  j;

    oauth2_json_init(&j, oauth2_pool(f), 16);
    oauth2_json_open(&j, NULL);
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}
