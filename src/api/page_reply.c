/* SPDX-License-Identifier: MIT */

/*
 * Answering with a page.
 */

#include "api.h"


oauth2_next_e
oauth2_page_reply(oauth2_flow_t *f, unsigned status, oauth2_page_e page,
    const oauth2_html_value_t *values)
{
    oauth2_str_t  content;

    if (oauth2_page_write(oauth2_pool(f), oauth2_settings(f), page, values,
                          &content)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_page_headers(f, page);
    oauth2_reply_header(f, "Cache-Control", oauth2_str("no-store"));

    return oauth2_reply_text(f, status, "text/html; charset=utf-8", content);
}


/* X-Frame-Options for browsers that do not know frame-ancestors. */

void
oauth2_page_headers(oauth2_flow_t *f, oauth2_page_e page)
{
    oauth2_reply_header(f, "Content-Security-Policy",
                        oauth2_str_of(oauth2_page_policy(page)));
    oauth2_reply_header(f, "X-Frame-Options", oauth2_str("DENY"));
    oauth2_reply_header(f, "X-Content-Type-Options", oauth2_str("nosniff"));
    oauth2_reply_header(f, "Referrer-Policy", oauth2_str("no-referrer"));
}
