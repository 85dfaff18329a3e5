/* SPDX-License-Identifier: MIT */

/*
 * Asking the worker, through nginx's own upstream machinery: several
 * workers, keepalive, max_fails and timeouts are the upstream block's.
 *
 * A subrequest in memory carries the call.  It goes straight to the
 * upstream, past all phases: it is no request of a client.  Whatever goes
 * wrong, the flow goes on and looks at the status, 0 for no answer.
 */

#include "http.h"


typedef struct {
    ngx_http_oauth2_ctx_t  *ctx;
    ngx_str_t               path;
    oauth2_str_t            body;
    oauth2_str_t            reply;
    ngx_http_status_t       status;
} worker_call_t;


static worker_call_t *worker_subrequest(ngx_http_oauth2_ctx_t *ctx,
    ngx_http_request_t **sr);
static void worker_start(ngx_http_request_t *r);
static ngx_int_t worker_upstream(ngx_http_request_t *r,
    ngx_http_upstream_conf_t *conf);
static ngx_int_t worker_create_request(ngx_http_request_t *r);
static ngx_int_t worker_reinit_request(ngx_http_request_t *r);
static ngx_int_t worker_process_status(ngx_http_request_t *r);
static ngx_int_t worker_process_header(ngx_http_request_t *r);
static ngx_int_t worker_take_header(ngx_http_request_t *r);
static void worker_abort_request(ngx_http_request_t *r);
static void worker_finalize_request(ngx_http_request_t *r, ngx_int_t rc);
static ngx_int_t worker_ended(ngx_http_request_t *r, void *data,
    ngx_int_t rc);
static ngx_int_t worker_filter_init(void *data);
static ngx_int_t worker_filter(void *data, ssize_t bytes);
static void worker_take_reply(ngx_http_request_t *sr, worker_call_t *call);
static void worker_resume(ngx_http_request_t *r);


bool
oauth2_worker_configured(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ctx->conf->worker.upstream != NULL && ctx->r == ctx->r->main;
}


unsigned
oauth2_worker_status(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return (unsigned) ctx->worker_status;
}


oauth2_str_t
oauth2_worker_body(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ctx->worker_reply;
}


oauth2_next_e
oauth2_worker_ask(oauth2_flow_t *f, const char *path, oauth2_str_t body)
{
    oauth2_op_t            *op;
    worker_call_t          *call;
    ngx_http_request_t     *sr;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    ctx->worker_status = 0;
    ctx->worker_reply = oauth2_str("");

    if (!oauth2_worker_configured(f)
        || !ngx_http_oauth2_breaker_closed(ctx->conf->breaker))
    {
        return OAUTH2_NEXT;
    }

    call = worker_subrequest(ctx, &sr);
    if (call == NULL) {
        return OAUTH2_NEXT;
    }

    call->path.data = (u_char *) path;
    call->path.len = ngx_strlen(path);
    call->body = body;

    op = oauth2_op_start(f);
    if (op == NULL) {
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    ctx->worker_op = op;

    return OAUTH2_WAIT;
}


static worker_call_t *
worker_subrequest(ngx_http_oauth2_ctx_t *ctx, ngx_http_request_t **sr)
{
    ngx_str_t                    uri;
    worker_call_t               *call;
    ngx_http_request_t          *r;
    ngx_http_post_subrequest_t  *ps;

    r = ctx->r;

    call = ngx_pcalloc(r->pool, sizeof(worker_call_t));
    ps = ngx_palloc(r->pool, sizeof(ngx_http_post_subrequest_t));

    if (call == NULL || ps == NULL) {
        return NULL;
    }

    call->ctx = ctx;
    ps->handler = worker_ended;
    ps->data = call;
    uri = r->uri;

    if (ngx_http_subrequest(r, &uri, NULL, sr, ps,
                            NGX_HTTP_SUBREQUEST_IN_MEMORY)
        != NGX_OK)
    {
        return NULL;
    }

    (*sr)->loc_conf = r->loc_conf;
    (*sr)->write_event_handler = worker_start;
    ngx_http_set_ctx((*sr), call, ngx_http_oauth2_module);

    return call;
}


static void
worker_start(ngx_http_request_t *r)
{
    worker_call_t  *call;

    call = ngx_http_get_module_ctx(r, ngx_http_oauth2_module);

    /* the client's connection becoming writable must not ask again */
    r->write_event_handler = ngx_http_request_empty_handler;

    r->method = (call->body.data == NULL) ? NGX_HTTP_GET : NGX_HTTP_POST;

    if (worker_upstream(r, &call->ctx->conf->worker) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_ERROR);
        return;
    }

    ngx_http_upstream_init(r);
}


static ngx_int_t
worker_upstream(ngx_http_request_t *r, ngx_http_upstream_conf_t *conf)
{
    ngx_http_upstream_t  *u;

    if (ngx_http_upstream_create(r) != NGX_OK) {
        return NGX_ERROR;
    }

    u = r->upstream;

    ngx_str_set(&u->schema, "oauth2://");
    u->output.tag = (ngx_buf_tag_t) &ngx_http_oauth2_module;

    u->conf = conf;

    u->input_filter_init = worker_filter_init;
    u->input_filter = worker_filter;
    u->input_filter_ctx = r;

    u->create_request = worker_create_request;
    u->reinit_request = worker_reinit_request;
    u->process_header = worker_process_status;
    u->abort_request = worker_abort_request;
    u->finalize_request = worker_finalize_request;

    return NGX_OK;
}


static ngx_int_t
worker_create_request(ngx_http_request_t *r)
{
    size_t          len;
    ngx_buf_t      *b;
    ngx_chain_t    *cl;
    worker_call_t  *call;
    oauth2_str_t    id;

    static const char  format[] =
        "%s %V HTTP/1.1\r\nHost: worker\r\nX-Request-ID: %*s\r\n"
        "Connection: keep-alive\r\nContent-Type: application/json\r\n"
        "Content-Length: %uz\r\n\r\n";

    call = ngx_http_get_module_ctx(r, ngx_http_oauth2_module);
    id = call->ctx->request_id;

    len = sizeof(format) + sizeof("POST") + call->path.len + id.len
          + NGX_SIZE_T_LEN + call->body.len;

    b = ngx_create_temp_buf(r->pool, len);
    cl = ngx_alloc_chain_link(r->pool);

    if (b == NULL || cl == NULL) {
        return NGX_ERROR;
    }

    b->last = ngx_sprintf(b->last, format,
                          call->body.data == NULL ? "GET" : "POST",
                          &call->path, id.len, id.data, call->body.len);

    if (call->body.len != 0) {
        b->last = ngx_cpymem(b->last, call->body.data, call->body.len);
    }

    b->last_buf = 1;

    cl->buf = b;
    cl->next = NULL;

    r->upstream->request_bufs = cl;

    return NGX_OK;
}


static ngx_int_t
worker_reinit_request(ngx_http_request_t *r)
{
    worker_call_t  *call;

    call = ngx_http_get_module_ctx(r, ngx_http_oauth2_module);

    ngx_memzero(&call->status, sizeof(ngx_http_status_t));

    r->upstream->process_header = worker_process_status;
    r->state = 0;

    return NGX_OK;
}


static ngx_int_t
worker_process_status(ngx_http_request_t *r)
{
    ngx_int_t             rc;
    worker_call_t        *call;
    ngx_http_upstream_t  *u;

    u = r->upstream;
    call = ngx_http_get_module_ctx(r, ngx_http_oauth2_module);

    rc = ngx_http_parse_status_line(r, &u->buffer, &call->status);

    if (rc == NGX_AGAIN) {
        return rc;
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_UPSTREAM_INVALID_HEADER;
    }

    u->headers_in.status_n = call->status.code;
    u->headers_in.connection_close = (call->status.http_version
                                      < NGX_HTTP_VERSION_11);

    u->process_header = worker_process_header;

    return worker_process_header(r);
}


static ngx_int_t
worker_process_header(ngx_http_request_t *r)
{
    ngx_int_t             rc;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    for ( ;; ) {
        rc = ngx_http_parse_header_line(r, &u->buffer, 1);

        if (rc == NGX_OK) {
            if (worker_take_header(r) != NGX_OK) {
                return NGX_HTTP_UPSTREAM_INVALID_HEADER;
            }

            continue;
        }

        if (rc == NGX_HTTP_PARSE_HEADER_DONE) {
            break;
        }

        return rc == NGX_AGAIN ? NGX_AGAIN
                               : NGX_HTTP_UPSTREAM_INVALID_HEADER;
    }

    /* the worker gives every answer its length */

    if (u->headers_in.content_length_n < 0
        || u->headers_in.content_length_n > NGX_HTTP_OAUTH2_WORKER_MAX / 2)
    {
        return NGX_HTTP_UPSTREAM_INVALID_HEADER;
    }

    u->keepalive = !u->headers_in.connection_close;

    return NGX_OK;
}


static ngx_int_t
worker_take_header(ngx_http_request_t *r)
{
    ngx_str_t             name, value;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    name.data = r->header_name_start;
    name.len = (size_t) (r->header_name_end - r->header_name_start);
    value.data = r->header_start;
    value.len = (size_t) (r->header_end - r->header_start);

    if (name.len == sizeof("Content-Length") - 1
        && ngx_strncasecmp(name.data, (u_char *) "Content-Length", name.len)
           == 0)
    {
        u->headers_in.content_length_n = ngx_atoof(value.data, value.len);

        return u->headers_in.content_length_n == NGX_ERROR ? NGX_ERROR
                                                           : NGX_OK;
    }

    if (name.len == sizeof("Connection") - 1
        && ngx_strncasecmp(name.data, (u_char *) "Connection", name.len) == 0
        && ngx_strlcasestrn(value.data, value.data + value.len,
                            (u_char *) "close", 5 - 1)
           != NULL)
    {
        u->headers_in.connection_close = 1;
    }

    return NGX_OK;
}


static void
worker_abort_request(ngx_http_request_t *r)
{
    (void) r;
}


static void
worker_finalize_request(ngx_http_request_t *r, ngx_int_t rc)
{
    (void) r;
    (void) rc;
}


/*
 * The end of the subrequest, from within nginx's own finalizing: the parent
 * is posted and goes on from the loop.
 */

static ngx_int_t
worker_ended(ngx_http_request_t *r, void *data, ngx_int_t rc)
{
    worker_call_t          *call = data;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = call->ctx;

    if (rc == NGX_OK && ctx->r != NULL) {
        worker_take_reply(r, call);
    }

    if (rc == NGX_HTTP_GATEWAY_TIME_OUT && ctx->r != NULL) {
        ngx_http_oauth2_breaker_open(ctx->conf->breaker);
    }

    r->parent->write_event_handler = worker_resume;

    /* whatever it was, nginx has nothing to say to the client about it */
    return NGX_OK;
}


/*
 * The answer is collected in the flow's pool and goes nowhere else; nginx
 * is told that the subrequest has no content.
 */

static ngx_int_t
worker_filter_init(void *data)
{
    ngx_http_request_t   *r = data;
    worker_call_t        *call;
    ngx_http_upstream_t  *u;

    u = r->upstream;
    call = ngx_http_get_module_ctx(r, ngx_http_oauth2_module);

    u->length = u->headers_in.content_length_n;
    r->headers_out.content_length_n = 0;

    call->reply.data = oauth2_pool_alloc(call->ctx->flow->pool,
                                         (size_t) u->length + 1);
    call->reply.len = 0;

    return call->reply.data == NULL ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
worker_filter(void *data, ssize_t bytes)
{
    ngx_http_request_t   *r = data;
    worker_call_t        *call;
    ngx_http_upstream_t  *u;

    u = r->upstream;
    call = ngx_http_get_module_ctx(r, ngx_http_oauth2_module);

    if (bytes > u->length) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "the worker sent more than it announced");
        return NGX_ERROR;
    }

    ngx_memcpy(call->reply.data + call->reply.len, u->buffer.last,
               (size_t) bytes);

    call->reply.len += (size_t) bytes;
    u->length -= bytes;

    return NGX_OK;
}


static void
worker_take_reply(ngx_http_request_t *sr, worker_call_t *call)
{
    ngx_http_upstream_t  *u;

    u = sr->upstream;

    if (u == NULL || u->headers_in.status_n == 0 || u->length != 0) {
        return;
    }

    call->ctx->worker_reply = call->reply;
    call->ctx->worker_status = u->headers_in.status_n;
}


static void
worker_resume(ngx_http_request_t *r)
{
    oauth2_op_t            *op;
    ngx_http_oauth2_ctx_t  *ctx;

    r->write_event_handler = ngx_http_request_empty_handler;

    ctx = ngx_http_get_module_ctx(r, ngx_http_oauth2_module);

    op = ctx->worker_op;
    ctx->worker_op = NULL;

    if (op != NULL) {
        oauth2_op_done(op, NULL);
    }
}
