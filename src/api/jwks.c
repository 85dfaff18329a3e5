/* SPDX-License-Identifier: MIT */

/*
 * GET /oauth/jwks (RFC 7517 5): the public key, or an empty list when
 * tokens are signed with a secret.
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
    oauth2_rc_e    rc;
    oauth2_str_t   jwk, text;
    oauth2_json_t  j;

    rc = oauth2_key_write_jwk(oauth2_pool(f),
                              oauth2_settings(f)->signing_key, &jwk);

    if (rc != OAUTH2_OK && rc != OAUTH2_NONE) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), 8192);
    oauth2_json_open(&j, NULL);
    oauth2_json_open_array(&j, "keys");

    if (rc == OAUTH2_OK) {
        oauth2_json_raw(&j, NULL, jwk);
    }

    oauth2_json_close_array(&j);
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &text) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_reply_header(f, "Cache-Control",
                        oauth2_str("public, max-age=300"));

    return oauth2_reply_text(f, 200, "application/json", text);
}
