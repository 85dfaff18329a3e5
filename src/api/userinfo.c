/* SPDX-License-Identifier: MIT */

/*
 * GET, POST /oauth/userinfo (OpenID Connect Core 5.3): the claims that the
 * token's scope is for; a claim without a value is left out.
 */

#include "api.h"

static oauth2_next_e userinfo_read(oauth2_flow_t *f);
static oauth2_next_e userinfo_reply(oauth2_flow_t *f);
static void userinfo_profile(oauth2_flow_t *f, oauth2_json_t *j,
    const oauth2_identity_t *identity);
static void userinfo_str(oauth2_json_t *j, const char *name,
    oauth2_str_t value);

static const oauth2_step_t  userinfo_steps[] = {
    { "reading body", userinfo_read, &oauth2_err_invalid_request },
    { "replying", userinfo_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(userinfo, userinfo_steps, u_char);


/* The token came in the header; a body says nothing. */

static oauth2_next_e
userinfo_read(oauth2_flow_t *f)
{
    if (!oauth2_is_post(f)) {
        return OAUTH2_NEXT;
    }

    return oauth2_read_raw(f);
}


static oauth2_next_e
userinfo_reply(oauth2_flow_t *f)
{
    oauth2_str_t              sub;
    oauth2_json_t             j;
    const oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    if (!oauth2_str_has_word(identity->scope, oauth2_str("openid"))) {
        return oauth2_fail(f, &oauth2_err_insufficient_scope);
    }

    if (oauth2_subject(f, identity->client, identity->user_id, &sub)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), 8192);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "sub", sub);

    if (oauth2_str_has_word(identity->scope, oauth2_str("email"))) {
        oauth2_json_str(&j, "email", identity->email);
        oauth2_json_bool(&j, "email_verified", identity->is_verified);
    }

    if (oauth2_str_has_word(identity->scope, oauth2_str("profile"))) {
        userinfo_profile(f, &j, identity);
    }

    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}


static void
userinfo_profile(oauth2_flow_t *f, oauth2_json_t *j,
    const oauth2_identity_t *identity)
{
    oauth2_buf_t  buf;
    oauth2_str_t  name;

    oauth2_buf_init(&buf, oauth2_pool(f), 1024);
    oauth2_buf_write(&buf, identity->first_name);

    if (identity->first_name.len > 0 && identity->last_name.len > 0) {
        oauth2_buf_write_byte(&buf, ' ');
    }

    oauth2_buf_write(&buf, identity->last_name);

    if (oauth2_buf_done(&buf, &name) == OAUTH2_OK) {
        userinfo_str(j, "name", name);
    }

    userinfo_str(j, "given_name", identity->first_name);
    userinfo_str(j, "family_name", identity->last_name);
    userinfo_str(j, "preferred_username", identity->username);
    oauth2_json_int(j, "updated_at", identity->updated_at);
}


static void
userinfo_str(oauth2_json_t *j, const char *name, oauth2_str_t value)
{
    if (value.len > 0) {
        oauth2_json_str(j, name, value);
    }
}
