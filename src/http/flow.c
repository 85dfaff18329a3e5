/* SPDX-License-Identifier: MIT */

/*
 * Flows of requests: their context, their end, and the client that leaves.
 *
 * A flow that waits keeps a timer that nginx's shutdown respects, so that a
 * reload does not drop requests in progress; it is also the last resort
 * against an operation that never ends.
 */

#include "http.h"


static void flow_named(oauth2_flow_t *f, const char *name);
static void flow_ended(oauth2_flow_t *f, const oauth2_error_t *error);
static void flow_cleanup(void *data);
static void flow_drop(oauth2_op_t **slot);
static void flow_timeout(ngx_event_t *ev);


static const oauth2_flow_host_t  flow_host = { flow_named, flow_ended };


ngx_http_oauth2_ctx_t *
ngx_http_oauth2_flow_create(ngx_http_request_t *r, size_t state_size)
{
    oauth2_pool_t          *pool;
    ngx_pool_cleanup_t     *cln;
    ngx_http_oauth2_ctx_t  *ctx;

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    pool = oauth2_pool_create();
    if (pool == NULL) {
        return NULL;
    }

    ctx = oauth2_pool_alloc(pool, sizeof(ngx_http_oauth2_ctx_t));
    if (ctx == NULL) {
        oauth2_pool_release(pool);
        return NULL;
    }

    ctx->flow = oauth2_flow_create(pool, state_size, &flow_host, ctx);
    if (ctx->flow == NULL) {
        oauth2_pool_release(pool);
        return NULL;
    }

    ctx->r = r;
    ctx->conf = ngx_http_get_module_loc_conf(r, ngx_http_oauth2_module);

    if (ngx_http_oauth2_keys_take(ctx) != NGX_OK) {
        oauth2_pool_release(pool);
        return NULL;
    }

    ctx->timer_owner.fd = (ngx_socket_t) -1;
    ctx->timer_owner.data = ctx;
    ctx->timer.data = &ctx->timer_owner;
    ctx->timer.handler = flow_timeout;
    ctx->timer.log = ngx_cycle->log;

    cln->handler = flow_cleanup;
    cln->data = ctx;

    ngx_http_set_ctx(r, ctx, ngx_http_oauth2_module);

    return ctx;
}


void
ngx_http_oauth2_flow_run(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_step_t *steps)
{
    oauth2_pool_t  *pool;

    pool = ctx->flow->pool;

    oauth2_pool_keep(pool);

    ngx_add_timer(&ctx->timer, NGX_HTTP_OAUTH2_FLOW_MAX);

    oauth2_flow_run(ctx->flow, steps);

    oauth2_pool_release(pool);
}


void
ngx_http_oauth2_op_done(oauth2_op_t *op, const oauth2_error_t *error)
{
    ngx_connection_t       *c;
    oauth2_flow_t          *f;
    ngx_http_oauth2_ctx_t  *ctx;

    c = NULL;
    f = oauth2_op_flow(op);

    if (f != NULL && f->host == &flow_host) {
        ctx = f->data;
        c = ctx->r->connection;
        ngx_http_set_log_request(c->log, ctx->r);
    }

    oauth2_op_done(op, error);

    if (c != NULL) {
        ngx_http_run_posted_requests(c);
    }
}


static void
flow_named(oauth2_flow_t *f, const char *name)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;
    ctx->step = name;
    ctx->r->connection->log->action = (char *) name;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ctx->r->connection->log, 0,
                   "oauth2 step: %s", name);
}


static void
flow_ended(oauth2_flow_t *f, const oauth2_error_t *error)
{
    ngx_int_t               rc;
    ngx_http_request_t     *r;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;
    r = ctx->r;

    ctx->ended = 1;

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    if (ctx->route == NULL) {
        ngx_http_oauth2_guard_ended(ctx, error);
        return;
    }

    if (error != NULL) {
        ngx_http_oauth2_prepare_error(ctx, error);
    }

    rc = ngx_http_oauth2_send(ctx);

    /* the handler returned NGX_DONE, or will, for a count of its own */
    ngx_http_finalize_request(r, rc);
}


/*
 * The request ends, with its flow or before it.  What only the request
 * waited for is taken back; a hash finishes on its thread.
 */

static void
flow_cleanup(void *data)
{
    ngx_http_oauth2_ctx_t  *ctx = data;

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    oauth2_flow_abort(ctx->flow);
    ngx_http_oauth2_query_abort(&ctx->call);
    ngx_http_oauth2_keys_abort(ctx);
    flow_drop(&ctx->worker_op);

    ctx->r = NULL;

    oauth2_pool_release(ctx->flow->pool);
}


static void
flow_drop(oauth2_op_t **slot)
{
    oauth2_op_t  *op;

    op = *slot;
    *slot = NULL;

    if (op != NULL) {
        oauth2_op_done(op, &oauth2_err_unavailable);
    }
}


static void
flow_timeout(ngx_event_t *ev)
{
    ngx_connection_t       *c;
    ngx_http_oauth2_ctx_t  *ctx;

    c = ev->data;
    ctx = c->data;
    c = ctx->r->connection;

    ngx_http_set_log_request(c->log, ctx->r);

    ngx_log_error(NGX_LOG_ALERT, c->log, 0, "a request was given up");

    oauth2_flow_abort(ctx->flow);
    flow_ended(ctx->flow, &oauth2_err_unavailable);

    ngx_http_run_posted_requests(c);
}
