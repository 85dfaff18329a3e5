/* SPDX-License-Identifier: MIT */

/*
 * Answering with a page.
 */

#include "api.h"

#define PAGE_REPLY_POLICY_MAX  65536

static oauth2_next_e page_reply(oauth2_flow_t *f, unsigned status,
    oauth2_page_e page, const oauth2_html_value_t *values,
    oauth2_str_t policy);
static void page_reply_headers(oauth2_flow_t *f, oauth2_str_t policy);


oauth2_next_e
oauth2_page_reply(oauth2_flow_t *f, unsigned status, oauth2_page_e page,
    const oauth2_html_value_t *values)
{
    return page_reply(f, status, page, values,
                      oauth2_str_of(oauth2_page_policy(page)));
}


oauth2_next_e
oauth2_page_reply_frames(oauth2_flow_t *f, oauth2_page_e page,
    const oauth2_html_value_t *values, oauth2_str_t origins)
{
    oauth2_buf_t  buf;
    oauth2_str_t  policy;

    oauth2_buf_init(&buf, oauth2_pool(f), PAGE_REPLY_POLICY_MAX);
    oauth2_buf_write_c(&buf, oauth2_page_policy(page));
    oauth2_buf_write_c(&buf, "; frame-src");
    oauth2_buf_write(&buf, origins);

    if (oauth2_buf_done(&buf, &policy) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return page_reply(f, 200, page, values, policy);
}


void
oauth2_page_headers(oauth2_flow_t *f, oauth2_page_e page)
{
    page_reply_headers(f, oauth2_str_of(oauth2_page_policy(page)));
}


static oauth2_next_e
page_reply(oauth2_flow_t *f, unsigned status, oauth2_page_e page,
    const oauth2_html_value_t *values, oauth2_str_t policy)
{
    oauth2_str_t  content;

    if (oauth2_page_write(oauth2_pool(f), oauth2_settings(f), page, values,
                          &content)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    page_reply_headers(f, policy);
    oauth2_reply_header(f, "Cache-Control", oauth2_str("no-store"));

    return oauth2_reply_text(f, status, "text/html; charset=utf-8", content);
}


/* X-Frame-Options for browsers that do not know frame-ancestors. */

static void
page_reply_headers(oauth2_flow_t *f, oauth2_str_t policy)
{
    oauth2_reply_header(f, "Content-Security-Policy", policy);
    oauth2_reply_header(f, "X-Frame-Options", oauth2_str("DENY"));
    oauth2_reply_header(f, "X-Content-Type-Options", oauth2_str("nosniff"));
    oauth2_reply_header(f, "Referrer-Policy", oauth2_str("no-referrer"));
}
