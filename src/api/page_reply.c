/* SPDX-License-Identifier: MIT */

/*
 * Answering with a page.
 */

#include "api.h"

#define PAGE_REPLY_POLICY_MAX  65536
#define PAGE_REPLY_IMAGES      "img-src 'self'"

/* In the order of their values. */
static const char *const  page_reply_client[] = {
    "logo_uri", "policy_uri", "tos_uri"
};

static oauth2_next_e page_reply(oauth2_flow_t *f, unsigned status,
    oauth2_page_e page, const oauth2_html_value_t *values,
    oauth2_str_t policy);
static void page_reply_headers(oauth2_flow_t *f, oauth2_str_t policy);
static oauth2_str_t page_reply_images(const oauth2_html_value_t *values);


oauth2_next_e
oauth2_page_reply(oauth2_flow_t *f, unsigned status, oauth2_page_e page,
    const oauth2_html_value_t *values)
{
    size_t        n;
    const char   *policy, *rest;
    oauth2_buf_t  buf;
    oauth2_str_t  origin, text;

    policy = oauth2_page_policy(page);
    origin = page_reply_images(values);
    rest = strstr(policy, PAGE_REPLY_IMAGES);

    if (origin.len == 0 || rest == NULL) {
        return page_reply(f, status, page, values, oauth2_str_of(policy));
    }

    n = (size_t) (rest - policy) + sizeof(PAGE_REPLY_IMAGES) - 1;
    text.data = (u_char *) policy;
    text.len = n;

    oauth2_buf_init(&buf, oauth2_pool(f), PAGE_REPLY_POLICY_MAX);
    oauth2_buf_write(&buf, text);
    oauth2_buf_write_byte(&buf, ' ');
    oauth2_buf_write(&buf, origin);
    oauth2_buf_write_c(&buf, policy + n);

    if (oauth2_buf_done(&buf, &text) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return page_reply(f, status, page, values, text);
}


/* Nothing but what an origin has may come into the policy: with anything
 * else in it there is no logo. */

void
oauth2_page_client(oauth2_flow_t *f, oauth2_str_t metadata,
    oauth2_html_value_t *values)
{
    u_char        c;
    size_t        i;
    oauth2_str_t  origin;

    for (i = 0; i < OAUTH2_PAGE_CLIENT; i++) {
        values[i].name = page_reply_client[i];

        if (metadata.data == NULL
            || oauth2_json_find(oauth2_pool(f), metadata,
                                page_reply_client[i], &values[i].value)
               != OAUTH2_OK
            || !oauth2_str_starts(values[i].value, oauth2_str("https://")))
        {
            values[i].value = oauth2_str_null;
        }
    }

    origin = oauth2_uri_origin(values[0].value);

    for (i = 0; i < origin.len; i++) {
        c = origin.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9') || strchr(".-:/[]", c) != NULL))
        {
            values[0].value = oauth2_str_null;
            return;
        }
    }
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


static oauth2_str_t
page_reply_images(const oauth2_html_value_t *values)
{
    for ( /* void */ ; values->name != NULL; values++) {
        if (strcmp(values->name, page_reply_client[0]) == 0) {
            return oauth2_uri_origin(values->value);
        }
    }

    return oauth2_str_null;
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
