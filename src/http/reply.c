/* SPDX-License-Identifier: MIT */

/*
 * Preparing an answer in a step, and sending it when the flow has ended.
 */

#include "http.h"


static void reply_cookie(ngx_http_oauth2_ctx_t *ctx, ngx_str_t name,
    oauth2_str_t value, int64_t lifetime);
static oauth2_next_e reply_prepare(oauth2_flow_t *f, unsigned status,
    const char *content_type, oauth2_str_t body);
static ngx_int_t reply_headers(ngx_http_oauth2_ctx_t *ctx);
static ngx_int_t reply_body(ngx_http_oauth2_ctx_t *ctx);


oauth2_next_e
oauth2_reply(oauth2_flow_t *f, unsigned status, oauth2_json_t *j)
{
    oauth2_str_t  body;

    if (oauth2_json_done(j, &body) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_reply_header(f, "Cache-Control", oauth2_str("no-store"));

    return reply_prepare(f, status, "application/json", body);
}


oauth2_next_e
oauth2_reply_text(oauth2_flow_t *f, unsigned status,
    const char *content_type, oauth2_str_t body)
{
    return reply_prepare(f, status, content_type, body);
}


oauth2_next_e
oauth2_reply_empty(oauth2_flow_t *f, unsigned status)
{
    oauth2_reply_header(f, "Cache-Control", oauth2_str("no-store"));

    return reply_prepare(f, status, NULL, oauth2_str(""));
}


oauth2_next_e
oauth2_reply_redirect(oauth2_flow_t *f, oauth2_str_t uri)
{
    oauth2_reply_header(f, "Location", uri);
    oauth2_reply_header(f, "Cache-Control", oauth2_str("no-store"));
    oauth2_reply_header(f, "Referrer-Policy", oauth2_str("no-referrer"));

    return reply_prepare(f, NGX_HTTP_SEE_OTHER, NULL, oauth2_str(""));
}


void
oauth2_reply_header(oauth2_flow_t *f, const char *name, oauth2_str_t value)
{
    ngx_http_oauth2_ctx_t     *ctx;
    ngx_http_oauth2_header_t  *h;

    ctx = f->data;

    if (value.data == NULL || !oauth2_str_check_utf8(value, false)) {
        return;
    }

    if (ctx->nheaders == NGX_HTTP_OAUTH2_HEADERS) {
        ngx_log_error(NGX_LOG_ALERT, ctx->r->connection->log, 0,
                      "too many headers in an answer");
        return;
    }

    h = &ctx->headers[ctx->nheaders++];

    h->name.data = (u_char *) name;
    h->name.len = ngx_strlen(name);
    h->value = ngx_http_oauth2_ngx_str(value);
}


void
oauth2_session_cookie_set(oauth2_flow_t *f, oauth2_str_t secret)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    reply_cookie(ctx, ctx->conf->cookie_name, secret,
                 secret.data == NULL
                 ? 0 : ctx->conf->settings.session_lifetime);
}


void
oauth2_browser_cookie_set(oauth2_flow_t *f, oauth2_str_t secret)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    reply_cookie(ctx, ctx->conf->browser_name, secret, -1);
}


/* lifetime -1: until the browser is closed. */

static void
reply_cookie(ngx_http_oauth2_ctx_t *ctx, ngx_str_t name, oauth2_str_t value,
    int64_t lifetime)
{
    oauth2_buf_t  b;
    oauth2_str_t  cookie;

    oauth2_buf_init(&b, ctx->flow->pool, 512);
    oauth2_buf_write(&b, ngx_http_oauth2_own_str(name));
    oauth2_buf_write_byte(&b, '=');
    oauth2_buf_write(&b, value);
    oauth2_buf_write_c(&b, "; Path=/; HttpOnly; SameSite=Lax");

    if (lifetime >= 0) {
        oauth2_buf_write_c(&b, "; Max-Age=");
        oauth2_buf_write_int(&b, lifetime);
    }

    if (ctx->conf->secure) {
        oauth2_buf_write_c(&b, "; Secure");
    }

    if (oauth2_buf_done(&b, &cookie) == OAUTH2_OK) {
        oauth2_reply_header(ctx->flow, "Set-Cookie", cookie);
    }
}


static oauth2_next_e
reply_prepare(oauth2_flow_t *f, unsigned status, const char *content_type,
    oauth2_str_t body)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    ctx->status = status;
    ctx->content = body;
    ctx->prepared = 1;

    if (content_type != NULL) {
        ctx->content_type.data = (u_char *) content_type;
        ctx->content_type.len = ngx_strlen(content_type);
    }

    return OAUTH2_DONE;
}


/* The content stays in the flow's pool, which outlives the sending. */

ngx_int_t
ngx_http_oauth2_send(ngx_http_oauth2_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->r;

    if (!ctx->prepared) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = ctx->status;
    r->headers_out.content_length_n = (off_t) ctx->content.len;
    r->headers_out.content_type = ctx->content_type;
    r->headers_out.content_type_len = ctx->content_type.len;

    if (ctx->status == NGX_HTTP_NO_CONTENT) {
        r->header_only = 1;
        r->headers_out.content_length_n = -1;
    }

    if (reply_headers(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return reply_body(ctx);
}


static ngx_int_t
reply_headers(ngx_http_oauth2_ctx_t *ctx)
{
    ngx_str_t            id;
    ngx_uint_t           i;
    ngx_http_request_t  *r;

    r = ctx->r;

    for (i = 0; i < ctx->nheaders; i++) {
        if (ngx_http_oauth2_add_header(r, ctx->headers[i].name,
                                       ctx->headers[i].value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    id = ngx_http_oauth2_ngx_str(ctx->request_id);

    if (r != r->main) {
        return NGX_OK;
    }

    if (ngx_http_oauth2_cors_headers(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_oauth2_add_header(r, (ngx_str_t)
                                      ngx_string("X-Request-ID"), id);
}


ngx_int_t
ngx_http_oauth2_add_header(ngx_http_request_t *r, ngx_str_t name,
    ngx_str_t value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    h->key = name;
    h->value = value;
    ngx_http_oauth2_header_init(h);

    if (name.len == sizeof("Location") - 1
        && ngx_strncasecmp(name.data, (u_char *) "Location", name.len) == 0)
    {
        ngx_http_clear_location(r);
        r->headers_out.location = h;
    }

    /* for "satisfy any" and auth_request to find */

    if (name.len == sizeof("WWW-Authenticate") - 1
        && ngx_strncasecmp(name.data, (u_char *) "WWW-Authenticate",
                           name.len)
           == 0)
    {
        r->headers_out.www_authenticate = h;
    }

    return NGX_OK;
}


static ngx_int_t
reply_body(ngx_http_oauth2_ctx_t *ctx)
{
    ngx_buf_t           *b;
    ngx_chain_t          out;
    ngx_http_request_t  *r;

    r = ctx->r;

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    if (ctx->content.len != 0) {
        b->pos = ctx->content.data;
        b->last = ctx->content.data + ctx->content.len;
        b->memory = 1;
    }

    b->last_buf = (r == r->main);
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}
