/* SPDX-License-Identifier: MIT */

/*
 * Workflow tasks: read the history, run local activities as decide.h says,
 * tell who waits, answer.
 */

#include "../src/core/str.h"
#include "clock.h"
#include "task_answer.h"
#include "waiters.h"

/* How long local activities are tried again within a task, before a timer
 * of the workflow takes over; and how long that waits. */
#define WTASK_PATIENCE     1200
#define WTASK_RETRY        100
#define WTASK_BACKOFF_MAX  60000
#define WTASK_PAGE         1000


static void wtask_page(oauth2_wtask_t *wtask,
    const Oauth2__Pb__History *history, ProtobufCBinaryData token);
static void wtask_fetch(oauth2_wtask_t *wtask, ProtobufCBinaryData token);
static bool wtask_is_part(const Oauth2__Pb__History *history);
static oauth2_decide_e wtask_replay(oauth2_wtask_t *wtask,
    const Oauth2__Pb__History *history);
static void wtask_on_page(const oauth2_grpc_answer_t *answer,
    void *response, void *data);
static void wtask_step(oauth2_wtask_t *wtask);
static void wtask_on_local(oauth2_local_e rc, oauth2_str_t result,
    void *data);
static void wtask_again(oauth2_wtask_t *wtask);
static void wtask_on_timer(evutil_socket_t fd, short what, void *data);
static void wtask_wrong(oauth2_wtask_t *wtask, oauth2_decide_e rc);
static void wtask_tell(oauth2_wtask_t *wtask);


void
oauth2_workflow_task_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    oauth2_pb_wtask_t *task)
{
    const char      *type;
    oauth2_rc_e      rc;
    oauth2_wtask_t  *wtask;

    wtask = oauth2_pool_alloc(pool, sizeof(oauth2_wtask_t));
    if (wtask == NULL) {
        return;
    }

    wtask->timer = evtimer_new(worker->base, wtask_on_timer, wtask);
    if (wtask->timer == NULL) {
        return;
    }

    oauth2_pool_keep(pool);
    worker->workflow_tasks++;
    worker->counters.workflow_tasks++;

    wtask->worker = worker;
    wtask->pool = pool;
    wtask->task = task;
    wtask->began = oauth2_clock_ms();
    wtask->backoff = WTASK_RETRY;

    if (task->workflow_execution != NULL) {
        wtask->workflow_id =
            oauth2_str_of(task->workflow_execution->workflow_id);
        wtask->run_id = oauth2_str_of(task->workflow_execution->run_id);
    }

    type = (task->workflow_type == NULL) ? "" : task->workflow_type->name;

    rc = oauth2_decide_init(&wtask->decide, pool, &worker->conf->token_key,
                            worker->conf->task_queue, type);
    if (rc != OAUTH2_OK) {
        oauth2_task_fail(wtask, OAUTH2_TASK_UNHANDLED,
                         "unknown workflow type");
        return;
    }

    /* a place is taken for what comes back with the answer, beside those
     * for what the polls may bring */
    wtask->eager = !worker->draining
                   && worker->activities + worker->eager + OAUTH2_POLLS_EACH
                      < OAUTH2_ACTIVITIES_MAX;
    wtask->decide.eager = wtask->eager;
    worker->eager += wtask->eager;

    if (wtask_is_part(task->history)) {
        wtask->part = task->history;
        wtask_fetch(wtask, (ProtobufCBinaryData) { 0, NULL });
        return;
    }

    wtask_page(wtask, task->history, task->next_page_token);
}


/* The server may hand out the end of a history alone, as for a task that an
 * update caused: what comes before has to be asked for. */
static bool
wtask_is_part(const Oauth2__Pb__History *history)
{
    return history != NULL && history->n_events != 0
           && history->events[0]->event_id > 1;
}


static void
wtask_page(oauth2_wtask_t *wtask, const Oauth2__Pb__History *history,
    ProtobufCBinaryData token)
{
    oauth2_decide_e  rc;

    rc = wtask_replay(wtask, history);

    if (rc == OAUTH2_DECIDE_OK && token.len == 0) {
        rc = wtask_replay(wtask, wtask->part);
    }

    if (rc != OAUTH2_DECIDE_OK) {
        wtask_wrong(wtask, rc);
        return;
    }

    if (token.len == 0) {
        wtask_step(wtask);
        return;
    }

    wtask_fetch(wtask, token);
}


/* What was replayed before is passed over. */
static oauth2_decide_e
wtask_replay(oauth2_wtask_t *wtask, const Oauth2__Pb__History *history)
{
    size_t  i, n;

    if (history == NULL) {
        return OAUTH2_DECIDE_OK;
    }

    n = history->n_events;

    for (i = 0; i < n; i++) {
        if (history->events[i]->event_id > wtask->last_id) {
            break;
        }
    }

    if (i == n) {
        return OAUTH2_DECIDE_OK;
    }

    wtask->last_id = history->events[n - 1]->event_id;

    return oauth2_decide_replay(&wtask->decide, &history->events[i], n - i);
}


static void
wtask_fetch(oauth2_wtask_t *wtask, ProtobufCBinaryData token)
{
    Oauth2__Pb__HistoryRequest  *request;

    request = oauth2_pb_new(wtask->pool, history_request);
    if (request == NULL) {
        oauth2_task_end(wtask);
        return;
    }

    request->namespace_ = (char *) wtask->worker->conf->namespace;
    request->execution = wtask->task->workflow_execution;
    request->maximum_page_size = WTASK_PAGE;
    request->next_page_token = token;

    if (oauth2_rpc_start_retrying(&wtask->worker->rpc, wtask->pool,
                                  OAUTH2_RPC_HISTORY, request,
                                  OAUTH2_TASK_TIMEOUT, wtask_on_page, wtask)
        != OAUTH2_OK)
    {
        oauth2_task_end(wtask);
    }
}


static void
wtask_on_page(const oauth2_grpc_answer_t *answer, void *response,
    void *data)
{
    oauth2_wtask_t                *wtask;
    Oauth2__Pb__HistoryResponse   *page;

    wtask = data;
    page = response;

    if (page == NULL) {
        oauth2_log_request(OAUTH2_LOG_WARN, wtask->decide.request_id,
                           "the history of \"%.*s\" cannot be read: %.*s",
                           (int) wtask->workflow_id.len,
                           (const char *) wtask->workflow_id.data,
                           (int) answer->message.len,
                           (const char *) answer->message.data);
        oauth2_task_end(wtask);
        return;
    }

    wtask_page(wtask, page->history, page->next_page_token);
}


static void
wtask_step(oauth2_wtask_t *wtask)
{
    oauth2_decide_t  *d;
    oauth2_decide_e   rc;

    d = &wtask->decide;

    if (wtask->task->query != NULL) {
        oauth2_task_query(wtask);
        return;
    }

    rc = oauth2_decide_next(d);

    if (rc == OAUTH2_DECIDE_LOCAL) {
        wtask->began_ns = oauth2_clock_wall_ns();
        oauth2_local_start(wtask->worker, wtask->pool, d->activity,
                           d->operation_id, d->request_id, d->input,
                           wtask_on_local, wtask);
        return;
    }

    if (rc != OAUTH2_DECIDE_ANSWER) {
        wtask_wrong(wtask, rc);
        return;
    }

    wtask_tell(wtask);
    oauth2_task_complete(wtask);
}


static void
wtask_on_local(oauth2_local_e rc, oauth2_str_t result, void *data)
{
    int64_t           now;
    oauth2_decide_e   next;
    oauth2_wtask_t   *wtask;

    wtask = data;
    now = oauth2_clock_wall_ns();

    switch (rc) {
    case OAUTH2_LOCAL_DONE:
        next = oauth2_decide_local_done(&wtask->decide, result,
                                        wtask->began_ns, now);
        break;
    case OAUTH2_LOCAL_FAILED:
        next = oauth2_decide_local_failed(&wtask->decide,
                                          "the input is not acceptable", 0,
                                          wtask->began_ns, now);
        break;
    default:
        wtask_again(wtask);
        return;
    }

    if (next != OAUTH2_DECIDE_OK) {
        wtask_wrong(wtask, next);
        return;
    }

    wtask_tell(wtask);
    wtask_step(wtask);
}


/* Soon, within this task; or, when it has lasted long enough, by a timer
 * of the workflow.  So the activity is never lost, and a database that is
 * away for hours costs a history a few events a minute. */
static void
wtask_again(oauth2_wtask_t *wtask)
{
    int64_t           backoff, now;
    unsigned          i;
    struct timeval    tv;
    oauth2_decide_e   rc;
    oauth2_decide_t  *d;

    d = &wtask->decide;
    wtask->worker->counters.local_retries++;

    if (oauth2_clock_ms() - wtask->began + wtask->backoff < WTASK_PATIENCE) {
        tv.tv_sec = wtask->backoff / 1000;
        tv.tv_usec = (wtask->backoff % 1000) * 1000;
        (void) evtimer_add(wtask->timer, &tv);
        wtask->backoff *= 2;
        return;
    }

    backoff = 1000;
    for (i = 1; i < d->attempt && backoff < WTASK_BACKOFF_MAX; i++) {
        backoff *= 2;
    }

    if (backoff > WTASK_BACKOFF_MAX) {
        backoff = WTASK_BACKOFF_MAX;
    }

    now = oauth2_clock_wall_ns();
    rc = oauth2_decide_local_failed(d, "the database is away", backoff,
                                    wtask->began_ns, now);
    if (rc != OAUTH2_DECIDE_OK) {
        wtask_wrong(wtask, rc);
        return;
    }

    wtask_step(wtask);
}


static void
wtask_on_timer(evutil_socket_t fd, short what, void *data)
{
    oauth2_wtask_t  *wtask;

    (void) fd;
    (void) what;

    wtask = data;
    wtask_step(wtask);
}


static void
wtask_wrong(oauth2_wtask_t *wtask, oauth2_decide_e rc)
{
    switch (rc) {
    case OAUTH2_DECIDE_CHANGED:
        oauth2_task_fail(wtask, OAUTH2_TASK_NON_DETERMINISTIC,
                         wtask->decide.why);
        return;
    case OAUTH2_DECIDE_UNREADABLE:
        oauth2_task_fail(wtask, OAUTH2_TASK_UNHANDLED, wtask->decide.why);
        return;
    default:
        oauth2_log(OAUTH2_LOG_CRIT, "no memory for a workflow task");
        oauth2_task_end(wtask);
        return;
    }
}


/* As soon as there is an outcome, and once; or when there will be none. */
static void
wtask_tell(oauth2_wtask_t *wtask)
{
    const oauth2_decide_t  *d;

    d = &wtask->decide;

    if (wtask->told || (d->outcome.data == NULL && !d->closed)) {
        return;
    }

    wtask->told = true;
    oauth2_waiters_tell(wtask->worker, wtask->workflow_id, wtask->run_id,
                        d->outcome, d->input);
}
