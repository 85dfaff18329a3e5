/* SPDX-License-Identifier: MIT */

/*
 * GET /auth/check: for auth_request.  The guard has decided already; what
 * is left is to say who it is.
 */

#include "api.h"

static oauth2_next_e check_reply(oauth2_flow_t *f);
static void check_header(oauth2_flow_t *f, const char *name,
    oauth2_str_t value);

static const oauth2_step_t  check_steps[] = {
    { "replying", check_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(check, check_steps, u_char);


static oauth2_next_e
check_reply(oauth2_flow_t *f)
{
    oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    check_header(f, "X-Auth-Request-User", identity->user_id);
    check_header(f, "X-Auth-Request-Email", identity->email);
    check_header(f, "X-Auth-Request-Preferred-Username",
                 identity->username);
    check_header(f, "X-Auth-Request-Scope", identity->scope);

    return oauth2_reply_empty(f, 204);
}


static void
check_header(oauth2_flow_t *f, const char *name, oauth2_str_t value)
{
    if (value.len > 0) {
        oauth2_reply_header(f, name, value);
    }
}
