/* SPDX-License-Identifier: MIT */

/*
 * GET /oauth/style.css: the style of our own pages, which name its version
 * in the query.
 */

#include "api.h"

static oauth2_next_e style_reply(oauth2_flow_t *f);

static const oauth2_step_t  style_steps[] = {
    { "replying", style_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(style, style_steps, u_char);


static oauth2_next_e
style_reply(oauth2_flow_t *f)
{
    oauth2_reply_header(f, "Cache-Control",
                        oauth2_str("public, max-age=86400"));
    oauth2_reply_header(f, "X-Content-Type-Options", oauth2_str("nosniff"));

    return oauth2_reply_text(f, 200, "text/css; charset=utf-8",
                             oauth2_page_style());
}
