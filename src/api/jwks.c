/* SPDX-License-Identifier: MIT */

/*
 * GET /oauth/jwks (RFC 7517 5): the public keys; of secrets there are
 * none.
 */

#include "api.h"

static oauth2_next_e jwks_reply(oauth2_flow_t *f);

static const oauth2_step_t  jwks_steps[] = {
    { "replying", jwks_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(jwks, jwks_steps, u_char);


static oauth2_next_e
jwks_reply(oauth2_flow_t *f)
{
    oauth2_str_t  text;

    if (oauth2_keys_write(oauth2_pool(f), oauth2_settings(f)->keys, &text)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_reply_header(f, "Cache-Control",
                        oauth2_str("public, max-age=300"));

    return oauth2_reply_text(f, 200, "application/json", text);
}
