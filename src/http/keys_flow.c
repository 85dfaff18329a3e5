/* SPDX-License-Identifier: MIT */

/*
 * What a request's flow sees of the signing keys: one set, and a newer one
 * only when it has waited for it.
 */

#include "http.h"


#define KEYS_MISS  1000      /* ms between loads that unknown kids cause */
#define KEYS_WAIT  2000      /* ms until a request goes on without keys */


static ngx_http_oauth2_keyring_t *flow_ring(ngx_http_oauth2_ctx_t *ctx);
static oauth2_next_e flow_wait(ngx_http_oauth2_ctx_t *ctx,
    ngx_http_oauth2_keyring_t *ring);
static ngx_uint_t flow_goes_on(ngx_http_oauth2_keyring_t *ring,
    ngx_http_oauth2_ctx_t *ctx);
static void flow_release(void *data);


static const oauth2_keys_t  no_keys;


ngx_int_t
ngx_http_oauth2_keys_take(ngx_http_oauth2_ctx_t *ctx)
{
    ngx_http_oauth2_keyset_t   *set;
    ngx_http_oauth2_keyring_t  *ring;

    ring = flow_ring(ctx);

    if (ring == NULL) {
        ctx->keys = (ctx->conf->keys != NULL
                     && ctx->conf->keys != NGX_CONF_UNSET_PTR)
                    ? ctx->conf->keys : &no_keys;
        return NGX_OK;
    }

    set = ring->set;

    if (set == NULL) {
        ctx->keys = &no_keys;
        return NGX_OK;
    }

    if (ctx->keys == &set->keys) {
        return NGX_OK;
    }

    if (oauth2_pool_cleanup(ctx->flow->pool, flow_release, set->pool)
        != OAUTH2_OK)
    {
        return NGX_ERROR;
    }

    oauth2_pool_keep(set->pool);
    ctx->keys = &set->keys;

    return NGX_OK;
}


oauth2_next_e
ngx_http_oauth2_keys_step(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t      *ctx;
    ngx_http_oauth2_keyring_t  *ring;

    ctx = f->data;
    ring = flow_ring(ctx);

    if (ring == NULL) {
        return OAUTH2_NEXT;
    }

    if (!ring->tried) {
        return flow_wait(ctx, ring);
    }

    return (ring->set == NULL || ring->set->complete) ? OAUTH2_NEXT
                                                      : oauth2_keys_renew(f);
}


void
ngx_http_oauth2_keys_wake(ngx_http_oauth2_keyring_t *ring,
    const oauth2_error_t *error)
{
    ngx_queue_t             list, *q;
    oauth2_op_t            *op;
    ngx_http_oauth2_ctx_t  *ctx;

    if (ngx_queue_empty(&ring->waiting)) {
        return;
    }

    /* Whoever goes on may begin to wait again, or end others that wait. */

    ngx_queue_init(&list);
    ngx_queue_add(&list, &ring->waiting);
    ngx_queue_init(&ring->waiting);

    while (!ngx_queue_empty(&list)) {
        q = ngx_queue_head(&list);
        ctx = ngx_queue_data(q, ngx_http_oauth2_ctx_t, keys_queue);

        ngx_queue_remove(q);

        if (ctx->keys_later || !flow_goes_on(ring, ctx)) {
            ctx->keys_later = 0;
            ngx_queue_insert_tail(&ring->waiting, q);
            continue;
        }

        op = ctx->keys_op;
        ctx->keys_op = NULL;

        if (ngx_http_oauth2_keys_take(ctx) != NGX_OK) {
            ngx_http_oauth2_op_done(op, &oauth2_err_unavailable);
            continue;
        }

        ngx_http_oauth2_op_done(op, ctx->keys_missed ? error : NULL);
    }
}


void
ngx_http_oauth2_keys_abort(ngx_http_oauth2_ctx_t *ctx)
{
    oauth2_op_t  *op;

    op = ctx->keys_op;

    if (op != NULL) {
        ctx->keys_op = NULL;
        ngx_queue_remove(&ctx->keys_queue);
        oauth2_op_done(op, &oauth2_err_unavailable);
    }
}


const oauth2_keys_t *
oauth2_keys(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    if (ctx->keys == NULL && ngx_http_oauth2_keys_take(ctx) != NGX_OK) {
        return &no_keys;
    }

    return ctx->keys;
}


bool
oauth2_keys_miss(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t      *ctx;
    ngx_http_oauth2_keyring_t  *ring;

    ctx = f->data;
    ring = flow_ring(ctx);

    if (ring == NULL) {
        return false;
    }

    /* it may be any of those that could not be had */

    if (!oauth2_can_sign(f)) {
        return true;
    }

    if (ctx->keys_missed) {
        return false;
    }

    ctx->keys_missed = 1;

    if (!ring->loading) {
        if (ngx_current_msec - ring->missed < KEYS_MISS) {
            return false;
        }

        ring->missed = ngx_current_msec;
        ngx_http_oauth2_keys_load(ring);
    }

    return true;
}


oauth2_next_e
oauth2_keys_wait(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t      *ctx;
    ngx_http_oauth2_keyring_t  *ring;

    ctx = f->data;
    ring = flow_ring(ctx);

    if (ring == NULL || !oauth2_can_sign(f)) {
        return oauth2_fail(f, &oauth2_err_no_keys);
    }

    if (!ring->loading) {
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    oauth2_repeat(f);

    return flow_wait(ctx, ring);
}


/* One look at a time, however many ask; what is under way may have seen
 * less than is there by now. */

oauth2_next_e
oauth2_keys_renew(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t      *ctx;
    ngx_http_oauth2_keyring_t  *ring;

    ctx = f->data;
    ring = flow_ring(ctx);

    if (ring == NULL || !oauth2_can_sign(f)) {
        return OAUTH2_NEXT;
    }

    ctx->keys_later = ring->loading;
    ngx_http_oauth2_keys_load(ring);

    return ring->loading ? flow_wait(ctx, ring) : OAUTH2_NEXT;
}


static ngx_http_oauth2_keyring_t *
flow_ring(ngx_http_oauth2_ctx_t *ctx)
{
    return (ctx->conf->keystore == NULL) ? NULL : ctx->conf->keystore->ring;
}


static oauth2_next_e
flow_wait(ngx_http_oauth2_ctx_t *ctx, ngx_http_oauth2_keyring_t *ring)
{
    ctx->keys_op = oauth2_op_start(ctx->flow);

    if (ctx->keys_op == NULL) {
        return oauth2_fail(ctx->flow, &oauth2_err_unavailable);
    }

    ctx->keys_since = ngx_current_msec;
    ngx_queue_insert_tail(&ring->waiting, &ctx->keys_queue);

    return OAUTH2_WAIT;
}


/* A key that is being made is worth waiting for, but not for long. */

static ngx_uint_t
flow_goes_on(ngx_http_oauth2_keyring_t *ring, ngx_http_oauth2_ctx_t *ctx)
{
    return ring->tried || ngx_current_msec - ctx->keys_since >= KEYS_WAIT;
}


static void
flow_release(void *data)
{
    oauth2_pool_release(data);
}
