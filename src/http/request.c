/* SPDX-License-Identifier: MIT */

/*
 * Reading a request: body, query, headers, cookie, and what the flow knows
 * of its surroundings.
 */

#include "http.h"


static oauth2_next_e request_read(oauth2_flow_t *f,
    const oauth2_field_t *fields, void *target, const char *media_type);
static const oauth2_error_t *request_check_type(ngx_http_oauth2_ctx_t *ctx,
    const char *media_type);
static const oauth2_error_t *request_take_body(ngx_http_oauth2_ctx_t *ctx);
static ngx_int_t request_take_buf(ngx_buf_t *b, u_char *p);
static const oauth2_error_t *request_parse(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_field_t *fields, void *target);
static const oauth2_error_t *request_error(oauth2_read_e rc, bool json);


static const char  request_json[] = "application/json";
static const char  request_form[] = "application/x-www-form-urlencoded";


oauth2_next_e
oauth2_read_json(oauth2_flow_t *f, const oauth2_field_t *fields,
    void *target)
{
    return request_read(f, fields, target, request_json);
}


oauth2_next_e
oauth2_read_form(oauth2_flow_t *f, const oauth2_field_t *fields,
    void *target)
{
    return request_read(f, fields, target, request_form);
}


oauth2_next_e
oauth2_read_raw(oauth2_flow_t *f)
{
    return request_read(f, NULL, NULL, NULL);
}


oauth2_str_t
oauth2_body(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ctx->body;
}


/* The body is in memory before the flow begins; see route.c. */

static oauth2_next_e
request_read(oauth2_flow_t *f, const oauth2_field_t *fields, void *target,
    const char *media_type)
{
    const oauth2_error_t   *error;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    error = request_check_type(ctx, media_type);

    if (error == NULL && !ctx->body_read) {
        error = request_take_body(ctx);
    }

    if (error == NULL && fields != NULL) {
        error = request_parse(ctx, fields, target);
    }

    return error == NULL ? OAUTH2_NEXT : oauth2_fail(f, error);
}


static const oauth2_error_t *
request_check_type(ngx_http_oauth2_ctx_t *ctx, const char *media_type)
{
    size_t            len;
    oauth2_str_t      type, rest;
    ngx_table_elt_t  *h;

    if (media_type == NULL) {
        return NULL;
    }

    h = ctx->r->headers_in.content_type;

    if (h == NULL) {
        if (ctx->route->body == NGX_HTTP_OAUTH2_BODY_OPTIONAL
            && ctx->r->headers_in.content_length_n <= 0
            && !ctx->r->headers_in.chunked)
        {
            return NULL;
        }

        return &oauth2_err_media_type;
    }

    type.data = h->value.data;
    type.len = h->value.len;
    len = ngx_strlen(media_type);

    if (type.len < len
        || ngx_strncasecmp(type.data, (u_char *) media_type, len) != 0)
    {
        return &oauth2_err_media_type;
    }

    rest.data = type.data + len;
    rest.len = type.len - len;
    rest = oauth2_str_trim(rest);

    if (rest.len != 0 && rest.data[0] != ';') {
        return &oauth2_err_media_type;
    }

    return NULL;
}


static const oauth2_error_t *
request_take_body(ngx_http_oauth2_ctx_t *ctx)
{
    size_t               size;
    oauth2_str_t         body;
    ngx_chain_t         *cl;
    ngx_http_request_t  *r;

    r = ctx->r;
    ctx->body_read = 1;
    ctx->body = oauth2_str("");

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NULL;
    }

    size = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size += (size_t) ngx_buf_size(cl->buf);
    }

    if (size > (size_t) ngx_http_oauth2_body_max(ctx->route)) {
        return &oauth2_err_too_large;
    }

    body.data = oauth2_pool_alloc(ctx->flow->pool, size + 1);
    body.len = 0;

    if (body.data == NULL) {
        return &oauth2_err_unavailable;
    }

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size = (size_t) ngx_buf_size(cl->buf);

        if (size == 0) {
            continue;
        }

        if (request_take_buf(cl->buf, body.data + body.len) != NGX_OK) {
            return &oauth2_err_server_error;
        }

        body.len += size;
    }

    ctx->body = body;

    return NULL;
}


/* nginx keeps what is larger than client_body_buffer_size in a file. */

static ngx_int_t
request_take_buf(ngx_buf_t *b, u_char *p)
{
    size_t   size;
    ssize_t  n;

    size = (size_t) ngx_buf_size(b);

    if (ngx_buf_in_memory(b)) {
        ngx_memcpy(p, b->pos, size);
        return NGX_OK;
    }

    n = ngx_read_file(b->file, p, size, b->file_pos);

    return (n == (ssize_t) size) ? NGX_OK : NGX_ERROR;
}


static const oauth2_error_t *
request_parse(ngx_http_oauth2_ctx_t *ctx, const oauth2_field_t *fields,
    void *target)
{
    oauth2_read_e  rc;

    if (ctx->route->body == NGX_HTTP_OAUTH2_BODY_FORM) {
        rc = oauth2_form_read(ctx->flow->pool, ctx->body, fields, target,
                              &ctx->complaints);
        return request_error(rc, false);
    }

    if (ctx->body.len == 0
        && ctx->route->body == NGX_HTTP_OAUTH2_BODY_OPTIONAL)
    {
        return NULL;
    }

    rc = oauth2_json_read(ctx->flow->pool, ctx->body, fields, target,
                          &ctx->complaints);

    return request_error(rc, true);
}


static const oauth2_error_t *
request_error(oauth2_read_e rc, bool json)
{
    switch (rc) {

    case OAUTH2_READ_OK:
        return NULL;

    case OAUTH2_READ_SYNTAX:
        return json ? &oauth2_err_invalid_json : &oauth2_err_invalid_form;

    case OAUTH2_READ_UTF8:
        return &oauth2_err_invalid_utf8;

    case OAUTH2_READ_REPEATED:
        return &oauth2_err_repeated;

    case OAUTH2_READ_FIELD:
        return json ? &oauth2_err_invalid_fields
                    : &oauth2_err_invalid_request;

    default:
        return &oauth2_err_unavailable;
    }
}


oauth2_next_e
oauth2_read_parameters(oauth2_flow_t *f, const oauth2_field_t *fields,
    void *target)
{
    const oauth2_error_t  *error;

    if (oauth2_is_post(f)) {
        return oauth2_read_form(f, fields, target);
    }

    error = oauth2_read_query(f, fields, target);

    return error == NULL ? OAUTH2_NEXT : oauth2_fail(f, error);
}


const oauth2_error_t *
oauth2_read_query(oauth2_flow_t *f, const oauth2_field_t *fields,
    void *target)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return request_error(oauth2_form_read(f->pool, oauth2_query(f), fields,
                                          target, &ctx->complaints),
                         false);
}


oauth2_str_t
oauth2_query(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ngx_http_oauth2_own_str(ctx->r->args);
}


oauth2_str_t
oauth2_header(oauth2_flow_t *f, const char *name)
{
    size_t                  len;
    ngx_uint_t              i;
    ngx_list_part_t        *part;
    ngx_table_elt_t        *h;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;
    len = ngx_strlen(name);

    part = &ctx->r->headers_in.headers.part;

    for ( /* void */ ; part != NULL; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == len
                && ngx_strncmp(h[i].lowcase_key, name, len) == 0)
            {
                return ngx_http_oauth2_own_str(h[i].value);
            }
        }
    }

    return oauth2_str_null;
}


bool
oauth2_is_post(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ctx->r->method == NGX_HTTP_POST;
}


oauth2_str_t
oauth2_path(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ngx_http_oauth2_own_str(ctx->r->uri);
}


oauth2_str_t
oauth2_address(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ngx_http_oauth2_own_str(ctx->r->connection->addr_text);
}


oauth2_str_t
oauth2_session_cookie(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ngx_http_oauth2_cookie(ctx, &ctx->conf->cookie_name);
}


oauth2_str_t
oauth2_browser_cookie(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ngx_http_oauth2_cookie(ctx, &ctx->conf->browser_name);
}


void
oauth2_complain(oauth2_flow_t *f, const char *field, const char *detail)
{
    ngx_http_oauth2_ctx_t  *ctx;

    if (detail != NULL) {
        ctx = f->data;
        oauth2_complaint_add(f->pool, &ctx->complaints, field, detail);
    }
}


bool
oauth2_complained(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ctx->complaints != NULL;
}
