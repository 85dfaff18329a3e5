/* SPDX-License-Identifier: MIT */

/*
 * GET /users/me: the public user object.  An app's token needs the scopes
 * of what is in it.
 */

#include "api.h"

static oauth2_next_e profile_reply(oauth2_flow_t *f);

static const oauth2_step_t  profile_steps[] = {
    { "replying", profile_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(profile, profile_steps, u_char);


static oauth2_next_e
profile_reply(oauth2_flow_t *f)
{
    oauth2_json_t       j;
    oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    if (!identity->is_session
        && !oauth2_str_subset(oauth2_str("profile email"),
                              identity->scope))
    {
        return oauth2_fail(f, &oauth2_err_insufficient_scope);
    }

    oauth2_json_init(&j, oauth2_pool(f), 8192);
    oauth2_json_raw(&j, NULL, identity->profile);

    return oauth2_reply(f, 200, &j);
}
