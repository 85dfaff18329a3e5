/* SPDX-License-Identifier: MIT */

/*
 * Documents of clients for flows (api/fetch.h), kept by each process.
 *
 * The fetch itself is src/egress, on a thread.  It belongs to the document
 * and ends there, whether or not anybody still waits.
 */

#include "http.h"


typedef struct fetch_waiter_s  fetch_waiter_t;

/* Of a flow, in its pool; a document's are a list. */
struct fetch_waiter_s {
    oauth2_op_t     *op;
    fetch_waiter_t  *next;
};

typedef struct {
    oauth2_document_t         *document;
    ngx_http_oauth2_egress_t  *egress;
    oauth2_pool_t             *pool;
    oauth2_str_t               uri;
    oauth2_egress_rc_e         rc;
    oauth2_egress_reply_t      reply;
} fetch_task_t;


static oauth2_next_e fetch_find(oauth2_flow_t *f, oauth2_str_t uri,
    bool fresh, bool now);
static void fetch_take(oauth2_flow_t *f, oauth2_document_t *d);
static ngx_int_t fetch_start(ngx_http_oauth2_egress_t *egress,
    oauth2_document_t *d);
static fetch_task_t *fetch_task_create(ngx_http_oauth2_egress_t *egress,
    oauth2_document_t *d);
static void fetch_task_free(fetch_task_t *task);
static void fetch_work(void *data);
static void fetch_done(void *data);
static void fetch_log(fetch_task_t *task);
static void fetch_wake(oauth2_document_t *d);
static int64_t fetch_now(void);


ngx_int_t
ngx_http_oauth2_fetch_init(ngx_http_oauth2_egress_t *egress, ngx_log_t *log)
{
    egress->documents = ngx_alloc(sizeof(oauth2_documents_t), log);

    if (egress->documents == NULL) {
        return NGX_ERROR;
    }

    oauth2_documents_init(egress->documents);

    return NGX_OK;
}


oauth2_next_e
oauth2_fetch(oauth2_flow_t *f, oauth2_str_t uri)
{
    return fetch_find(f, uri, false, false);
}


oauth2_next_e
oauth2_fetch_fresh(oauth2_flow_t *f, oauth2_str_t uri)
{
    return fetch_find(f, uri, true, false);
}


oauth2_next_e
oauth2_fetch_now(oauth2_flow_t *f, oauth2_str_t uri)
{
    return fetch_find(f, uri, true, true);
}


oauth2_str_t
oauth2_fetched(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ctx->fetched;
}


static oauth2_next_e
fetch_find(oauth2_flow_t *f, oauth2_str_t uri, bool fresh, bool now)
{
    oauth2_op_t               *op;
    fetch_waiter_t            *waiter;
    oauth2_document_t         *d;
    ngx_http_oauth2_ctx_t     *ctx;
    ngx_http_oauth2_egress_t  *egress;

    ctx = f->data;
    ctx->fetched = oauth2_str_null;
    egress = ctx->conf->egress;

    waiter = oauth2_pool_alloc(f->pool, sizeof(fetch_waiter_t));
    op = (waiter == NULL) ? NULL : oauth2_op_start(f);

    if (op == NULL) {
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    d = oauth2_document_find(egress->documents, uri);

    if (d == NULL) {
        oauth2_op_done(op, NULL);
        return OAUTH2_WAIT;
    }

    if (!d->pending
        && ((!now && !oauth2_document_due(d, fresh, fetch_now()))
            || fetch_start(egress, d) != NGX_OK))
    {
        fetch_take(f, d);
        oauth2_op_done(op, NULL);
        return OAUTH2_WAIT;
    }

    waiter->op = op;
    waiter->next = d->data;
    d->data = waiter;

    return OAUTH2_WAIT;
}


static void
fetch_take(oauth2_flow_t *f, oauth2_document_t *d)
{
    oauth2_str_t            text;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    if (oauth2_document_usable(d, fetch_now())
        && oauth2_pool_copy(f->pool, d->text, &text) == OAUTH2_OK)
    {
        ctx->fetched = text;
    }
}


static ngx_int_t
fetch_start(ngx_http_oauth2_egress_t *egress, oauth2_document_t *d)
{
    fetch_task_t  *task;

    task = fetch_task_create(egress, d);

    if (task == NULL) {
        return NGX_ERROR;
    }

    if (!oauth2_document_start(egress->documents, d)) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "document not fetched: too many at once");
        fetch_task_free(task);
        return NGX_BUSY;
    }

    if (ngx_http_oauth2_thread_start(egress->thread_pool, fetch_work,
                                     fetch_done, task)
        != NGX_OK)
    {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "document not fetched: no thread is free");
        oauth2_document_fail(egress->documents, d, fetch_now());
        fetch_task_free(task);
        return NGX_BUSY;
    }

    return NGX_OK;
}


static fetch_task_t *
fetch_task_create(ngx_http_oauth2_egress_t *egress, oauth2_document_t *d)
{
    fetch_task_t  *task;

    task = ngx_calloc(sizeof(fetch_task_t), ngx_cycle->log);

    if (task == NULL) {
        return NULL;
    }

    task->document = d;
    task->egress = egress;
    task->uri = d->uri;
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

    task->rc = oauth2_egress_get(&task->egress->conf, task->pool, task->uri,
                                 &task->reply);
}


static void
fetch_done(void *data)
{
    fetch_task_t       *task = data;
    oauth2_document_t  *d;

    d = task->document;

    if (task->rc == OAUTH2_EGRESS_OK) {
        oauth2_document_keep(task->egress->documents, d, task->reply.text,
                             task->reply.max_age, fetch_now());

    } else {
        oauth2_document_fail(task->egress->documents, d, fetch_now());
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
 * some go meanwhile, this one too: what they get is taken before the first
 * of them goes on.
 */

static void
fetch_wake(oauth2_document_t *d)
{
    oauth2_flow_t   *f;
    fetch_waiter_t  *all, *waiter;

    all = d->data;
    d->data = NULL;

    for (waiter = all; waiter != NULL; waiter = waiter->next) {
        f = oauth2_op_flow(waiter->op);

        if (f != NULL) {
            fetch_take(f, d);
        }
    }

    while (all != NULL) {
        waiter = all;
        all = waiter->next;

        ngx_http_oauth2_op_done(waiter->op, NULL);
    }
}


/* Of a clock that only goes forward. */

static int64_t
fetch_now(void)
{
    return (int64_t) (ngx_current_msec / 1000);
}
