/* SPDX-License-Identifier: MIT */

/*
 * GET /oauth/jwks (RFC 7517 5): the public keys; of secrets there are
 * none.  Keys that another process has made and signs with are among them.
 */

#include "api.h"

static oauth2_next_e jwks_reply(oauth2_flow_t *f);

static const oauth2_step_t  jwks_steps[] = {
    { "looking for new keys", oauth2_keys_renew, &oauth2_err_unavailable },
    { "replying", jwks_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(jwks, jwks_steps, u_char);


static oauth2_next_e
jwks_reply(oauth2_flow_t *f)
{
    oauth2_buf_t  buf;
    oauth2_str_t  text, age;

    if (!oauth2_can_sign(f)) {
        return oauth2_fail(f, &oauth2_err_no_keys);
    }

    oauth2_buf_init(&buf, oauth2_pool(f), 64);
    oauth2_buf_write_c(&buf, "public, max-age=");
    oauth2_buf_write_int(&buf, oauth2_settings(f)->keys_age);

    if (oauth2_buf_done(&buf, &age) != OAUTH2_OK
        || oauth2_keys_write(oauth2_pool(f), oauth2_keys(f), &text)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_reply_header(f, "Cache-Control", age);

    return oauth2_reply_text(f, 200, "application/json", text);
}
