/* SPDX-License-Identifier: MIT */

/*
 * Documents of clients for flows (api/fetch.h).
 *
 * The fetch itself is src/egress, on a thread.  It belongs to the entry of
 * the cache and ends there, whether or not anybody still waits.
 */

#include "fetch.h"


typedef struct {
    ngx_queue_t   queue;
    oauth2_op_t  *op;
} fetch_waiter_t;

typedef struct {
    ngx_http_oauth2_document_t  *document;
    oauth2_pool_t               *pool;
    oauth2_str_t                 uri;
    oauth2_egress_rc_e           rc;
    oauth2_egress_reply_t        reply;
} fetch_task_t;


static oauth2_next_e fetch_find(oauth2_flow_t *f, oauth2_str_t uri,
    ngx_uint_t fresh);
static void fetch_take(oauth2_flow_t *f, ngx_http_oauth2_document_t *d);
static ngx_int_t fetch_start(ngx_http_oauth2_document_t *d);
static fetch_task_t *fetch_task_create(ngx_http_oauth2_document_t *d);
static void fetch_task_free(fetch_task_t *task);
static void fetch_work(void *data);
static void fetch_done(void *data);
static void fetch_log(fetch_task_t *task);
static void fetch_wake(ngx_http_oauth2_document_t *d);


oauth2_next_e
oauth2_fetch(oauth2_flow_t *f, oauth2_str_t uri)
{
    return fetch_find(f, uri, 0);
}


oauth2_next_e
oauth2_fetch_fresh(oauth2_flow_t *f, oauth2_str_t uri)
{
    return fetch_find(f, uri, 1);
}


oauth2_str_t
oauth2_fetched(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ctx->fetched;
}


static oauth2_next_e
fetch_find(oauth2_flow_t *f, oauth2_str_t uri, ngx_uint_t fresh)
{
    oauth2_op_t                 *op;
    fetch_waiter_t              *waiter;
    ngx_http_oauth2_ctx_t       *ctx;
    ngx_http_oauth2_document_t  *d;

    ctx = f->data;
    ctx->fetched = oauth2_str_null;

    waiter = oauth2_pool_alloc(f->pool, sizeof(fetch_waiter_t));
    op = (waiter == NULL) ? NULL : oauth2_op_start(f);

    if (op == NULL) {
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    d = ngx_http_oauth2_document(ctx->conf->egress, uri);

    if (d == NULL) {
        oauth2_op_done(op, NULL);
        return OAUTH2_WAIT;
    }

    if (!d->pending && (!ngx_http_oauth2_document_due(d, fresh)
                        || fetch_start(d) != NGX_OK))
    {
        fetch_take(f, d);
        oauth2_op_done(op, NULL);
        return OAUTH2_WAIT;
    }

    waiter->op = op;
    ngx_queue_insert_tail(&d->waiters, &waiter->queue);

    return OAUTH2_WAIT;
}


static void
fetch_take(oauth2_flow_t *f, ngx_http_oauth2_document_t *d)
{
    oauth2_str_t            text;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    if (ngx_http_oauth2_document_usable(d)
        && oauth2_pool_copy(f->pool, ngx_http_oauth2_own_str(d->text), &text)
           == OAUTH2_OK)
    {
        ctx->fetched = text;
    }
}


static ngx_int_t
fetch_start(ngx_http_oauth2_document_t *d)
{
    fetch_task_t  *task;

    if (ngx_http_oauth2_document_busy(d)) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "document not fetched: too many at once");
        return NGX_BUSY;
    }

    task = fetch_task_create(d);

    if (task == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_oauth2_thread_start(d->egress->thread_pool, fetch_work,
                                     fetch_done, task)
        != NGX_OK)
    {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "document not fetched: no thread is free");
        fetch_task_free(task);
        return NGX_BUSY;
    }

    d->pending = 1;
    d->egress->fetches->tasks++;

    return NGX_OK;
}


static fetch_task_t *
fetch_task_create(ngx_http_oauth2_document_t *d)
{
    fetch_task_t  *task;

    task = ngx_calloc(sizeof(fetch_task_t), ngx_cycle->log);

    if (task == NULL) {
        return NULL;
    }

    task->document = d;
    task->uri = ngx_http_oauth2_own_str(d->uri);
    task->pool = oauth2_pool_create();

    if (task->pool == NULL) {
        ngx_free(task);
        return NULL;
    }

    return task;
}


static void
fetch_task_free(fetch_task_t *task)
{
    oauth2_pool_release(task->pool);
    ngx_free(task);
}


/* On a thread: the task, and the URI, which stays while it is pending. */

static void
fetch_work(void *data)
{
    fetch_task_t  *task = data;

    task->rc = oauth2_egress_get(&task->document->egress->conf, task->pool,
                                 task->uri, &task->reply);
}


static void
fetch_done(void *data)
{
    fetch_task_t                *task = data;
    ngx_http_oauth2_document_t  *d;

    d = task->document;

    d->pending = 0;
    d->egress->fetches->tasks--;

    if (task->rc == OAUTH2_EGRESS_OK) {
        ngx_http_oauth2_document_keep(d, task->reply.text,
                                      task->reply.max_age);

    } else {
        ngx_http_oauth2_document_fail(d);
        fetch_log(task);
    }

    fetch_task_free(task);
    fetch_wake(d);
}


static void
fetch_log(fetch_task_t *task)
{
    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "document of \"%s\" not fetched: %s%s", task->reply.host,
                  task->reply.reason,
                  task->document->text.data == NULL
                  ? "" : ", the last one is used");
}


/*
 * Those who wait go on.  Their flows may ask for other documents, so that
 * entries go meanwhile, this one too: what they get is taken before the
 * first of them goes on.
 */

static void
fetch_wake(ngx_http_oauth2_document_t *d)
{
    ngx_queue_t      waiters, *q;
    oauth2_flow_t   *f;
    fetch_waiter_t  *waiter;

    ngx_queue_init(&waiters);

    if (!ngx_queue_empty(&d->waiters)) {
        ngx_queue_add(&waiters, &d->waiters);
        ngx_queue_init(&d->waiters);
    }

    for (q = ngx_queue_head(&waiters);
         q != ngx_queue_sentinel(&waiters);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, fetch_waiter_t, queue);
        f = oauth2_op_flow(waiter->op);

        if (f != NULL) {
            fetch_take(f, d);
        }
    }

    while (!ngx_queue_empty(&waiters)) {
        q = ngx_queue_head(&waiters);
        waiter = ngx_queue_data(q, fetch_waiter_t, queue);

        ngx_queue_remove(q);
        ngx_http_oauth2_op_done(waiter->op, NULL);
    }
}
