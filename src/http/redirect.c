/* SPDX-License-Identifier: MIT */

/*
 * Authorization responses, good and bad: to the client's redirect URI, in
 * the response mode that it asked for.
 */

#include "http.h"

#define REDIRECT_MAX     65536     /* bytes of a URI */
#define REDIRECT_FIELDS  8         /* of a response */


static ngx_int_t redirect_form(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_response_t *response);


void
oauth2_redirect_errors(oauth2_flow_t *f, oauth2_str_t redirect_uri,
    oauth2_str_t state, oauth2_str_t mode)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;
    ctx->redirect_uri = redirect_uri;
    ctx->redirect_state = state;
    ctx->redirect_mode = mode;
}


oauth2_next_e
oauth2_redirect_reply(oauth2_flow_t *f, const oauth2_response_t *response)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    oauth2_reply_header(f, "Cache-Control", oauth2_str("no-store"));

    if (ngx_http_oauth2_redirect(ctx, response) != NGX_OK) {
        ctx->redirect_uri = oauth2_str_null;
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return OAUTH2_DONE;
}


ngx_int_t
ngx_http_oauth2_redirect(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_response_t *response)
{
    oauth2_buf_t  b;
    oauth2_str_t  text;

    ctx->prepared = 1;

    if (oauth2_str_same(ctx->redirect_mode, oauth2_str("form_post"))) {
        return redirect_form(ctx, response);
    }

    oauth2_buf_init(&b, ctx->flow->pool, REDIRECT_MAX);
    oauth2_response_write_uri(&b, ctx->redirect_uri, response);

    if (oauth2_buf_done(&b, &text) != OAUTH2_OK) {
        return NGX_ERROR;
    }

    oauth2_reply_header(ctx->flow, "Referrer-Policy",
                        oauth2_str("no-referrer"));
    oauth2_reply_header(ctx->flow, "Location", text);
    ctx->status = NGX_HTTP_SEE_OTHER;
    ctx->content = oauth2_str("");

    return NGX_OK;
}


/* Form Post Response Mode 2: a page whose form submits itself, and has a
 * button where scripts are off. */

static ngx_int_t
redirect_form(ngx_http_oauth2_ctx_t *ctx, const oauth2_response_t *response)
{
    ngx_uint_t           i;
    oauth2_html_value_t  fields[REDIRECT_FIELDS + 1], values[4];

    ngx_memzero(fields, sizeof(fields));
    ngx_memzero(values, sizeof(values));

    for (i = 0; response[i].name != NULL; i++) {
        if (i == REDIRECT_FIELDS) {
            return NGX_ERROR;
        }

        fields[i].name = response[i].name;
        fields[i].value = response[i].value;
    }

    values[0].name = "url";
    values[0].value = ctx->redirect_uri;
    values[1].name = "host";
    values[1].value = oauth2_page_host(ctx->redirect_uri);
    values[2].name = "hidden";
    values[2].markup = true;

    if (oauth2_page_hidden(ctx->flow->pool, fields, &values[2].value)
        != OAUTH2_OK
        || oauth2_page_write(ctx->flow->pool, &ctx->conf->settings,
                             OAUTH2_PAGE_POST, values, &ctx->content)
           != OAUTH2_OK)
    {
        return NGX_ERROR;
    }

    oauth2_page_headers(ctx->flow, OAUTH2_PAGE_POST);

    ctx->status = NGX_HTTP_OK;
    ngx_str_set(&ctx->content_type, "text/html; charset=utf-8");

    return NGX_OK;
}
