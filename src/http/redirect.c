/* SPDX-License-Identifier: MIT */

/*
 * Authorization responses, good and bad: to the client's redirect URI, in
 * the response mode that it asked for.
 */

#include "http.h"

#define REDIRECT_MAX  65536     /* bytes of a URI, or of a page */


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
    ngx_uint_t    is_form;

    is_form = oauth2_str_same(ctx->redirect_mode, oauth2_str("form_post"));

    oauth2_buf_init(&b, ctx->flow->pool, REDIRECT_MAX);

    if (is_form) {
        oauth2_response_write_form(&b, ctx->redirect_uri, response);

    } else {
        oauth2_response_write_uri(&b, ctx->redirect_uri, response);
    }

    if (oauth2_buf_done(&b, &text) != OAUTH2_OK) {
        return NGX_ERROR;
    }

    oauth2_reply_header(ctx->flow, "Referrer-Policy",
                        oauth2_str("no-referrer"));
    ctx->prepared = 1;

    if (!is_form) {
        oauth2_reply_header(ctx->flow, "Location", text);
        ctx->status = NGX_HTTP_SEE_OTHER;
        ctx->content = oauth2_str("");
        return NGX_OK;
    }

    oauth2_reply_header(ctx->flow, "X-Frame-Options", oauth2_str("DENY"));
    oauth2_reply_header(ctx->flow, "Content-Security-Policy",
                        oauth2_str(OAUTH2_RESPONSE_CSP));
    ctx->status = NGX_HTTP_OK;
    ctx->content = text;
    ngx_str_set(&ctx->content_type, "text/html; charset=utf-8");

    return NGX_OK;
}
