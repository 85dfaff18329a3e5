/* SPDX-License-Identifier: MIT */

/*
 * GET /users/me: the public user object.  An app's token needs the scopes
 * of what is in it.
 */

#include "api.h"

static oauth2_next_e profile_reply(oauth2_flow_t *f);
static oauth2_rc_e profile_told(oauth2_flow_t *f,
    const oauth2_identity_t *identity, oauth2_str_t *profile);

static const oauth2_step_t  profile_steps[] = {
    { "replying", profile_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(profile, profile_steps, u_char);


static oauth2_next_e
profile_reply(oauth2_flow_t *f)
{
    oauth2_str_t        profile;
    oauth2_json_t       j;
    oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    if (!identity->is_session
        && !oauth2_str_subset(oauth2_str("profile email"),
                              identity->scope))
    {
        return oauth2_fail(f, &oauth2_err_insufficient_scope);
    }

    if (profile_told(f, identity, &profile) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), OAUTH2_CLAIMS_MAX);
    oauth2_json_raw(&j, NULL, profile);

    return oauth2_reply(f, 200, &j);
}


/* To an app, what its scopes are for, and the id that it knows. */

static oauth2_rc_e
profile_told(oauth2_flow_t *f, const oauth2_identity_t *identity,
    oauth2_str_t *profile)
{
    oauth2_rc_e    rc;
    oauth2_str_t   sub, id, told;
    oauth2_json_t  j;

    if (identity->is_session
        || oauth2_str_same(identity->client_id, OAUTH2_CLIENT_SELF))
    {
        *profile = identity->profile;
        return OAUTH2_OK;
    }

    rc = oauth2_subject(f, identity->client, identity->user_id, &sub);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, oauth2_pool(f), 256);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "id", sub);
    oauth2_json_close(&j);

    rc = oauth2_json_done(&j, &id);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, oauth2_pool(f), OAUTH2_CLAIMS_MAX);
    oauth2_json_open(&j, NULL);

    rc = oauth2_user_claims_filter(&j, identity->profile, identity->scope);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_close(&j);

    rc = oauth2_json_done(&j, &told);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_json_merge(oauth2_pool(f), told, id, profile);
}
