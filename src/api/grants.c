/* SPDX-License-Identifier: MIT */

/*
 * GET /users/me/grants: the apps that the user has consented to.  For the
 * user's own session or login, not for an app's token.
 */

#include "api.h"

static oauth2_next_e grants_find(oauth2_flow_t *f);
static oauth2_next_e grants_reply(oauth2_flow_t *f);

static const oauth2_step_t  grants_steps[] = {
    { "finding grants", grants_find, &oauth2_err_server_error },
    { "replying", grants_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(grants, grants_steps, u_char);


static oauth2_next_e
grants_find(oauth2_flow_t *f)
{
    oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    if (!identity->is_session
        && !oauth2_str_same(identity->client_id, OAUTH2_CLIENT_SELF))
    {
        return oauth2_fail(f, &oauth2_err_insufficient_scope);
    }

    return oauth2_call(f, OAUTH2_STMT_grants_find, identity->user_id);
}


static oauth2_next_e
grants_reply(oauth2_flow_t *f)
{
    oauth2_json_t  j;
    oauth2_str_t   items;

    items = oauth2_row(f, "items");

    oauth2_json_init(&j, oauth2_pool(f), items.len + 64);
    oauth2_json_open(&j, NULL);
    oauth2_json_raw(&j, "items", items);
    oauth2_json_null(&j, "next");
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}
