/* SPDX-License-Identifier: MIT */

/*
 * From a request on the socket to a workflow and back.
 */

#include <stdio.h>

#include "../src/core/encode.h"
#include "../src/core/fault.h"
#include "../src/core/json.h"
#include "../src/core/str.h"
#include "clock.h"
#include "operation.h"
#include "start.h"
#include "waiters.h"

#define OPERATION_ANSWER_MAX  131072

/* Milliseconds to wait for a workflow that another process may have. */
#define OPERATION_PATIENCE    250

typedef struct {
    oauth2_worker_t      *worker;
    oauth2_pool_t        *pool;
    oauth2_operation_pt   done;
    void                 *data;
    oauth2_start_t        start;
    oauth2_str_t          run_id;
    oauth2_waiter_t       waiter;
    struct event         *deadline;
    struct event         *patience;
    bool                  counted;
    bool                  answered;
} operation_t;


static const char *operation_read(operation_t *op, oauth2_str_t body);
static void operation_run(operation_t *op);
static void operation_on_start(const oauth2_grpc_answer_t *answer,
    void *response, void *data);
static void operation_rows(operation_t *op);
static void operation_on_rows(oauth2_str_t outcome, void *data);
static void operation_on_outcome(oauth2_str_t run_id, oauth2_str_t outcome,
    oauth2_str_t input, void *data);
static void operation_on_deadline(evutil_socket_t fd, short what,
    void *data);
static void operation_on_patience(evutil_socket_t fd, short what,
    void *data);
static bool operation_same(operation_t *op, oauth2_str_t input);
static void operation_answer(operation_t *op, oauth2_str_t outcome);
static void operation_refuse(operation_t *op, bool unknown,
    const char *reason);
static void operation_wrong(operation_t *op, unsigned status,
    const char *reason);
static void operation_end(operation_t *op, unsigned status,
    oauth2_str_t json);


void
oauth2_operation_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    oauth2_str_t name, oauth2_str_t request_id, oauth2_str_t body,
    oauth2_operation_pt done, void *data)
{
    const char   *wrong;
    operation_t  *op;

    op = oauth2_pool_alloc(pool, sizeof(operation_t));
    if (op == NULL) {
        done(503, oauth2_str("{\"started\":false,\"reason\":\"no memory\"}"),
             data);
        return;
    }

    oauth2_pool_keep(pool);
    op->worker = worker;
    op->pool = pool;
    op->done = done;
    op->data = data;
    op->start.request_id = request_id;

    if (oauth2_str_same(name, oauth2_str("ping"))) {
        op->start.name = "ping";
        op->start.type = "PingWorkflow";

    } else {
        op->start.operation = oauth2_operation_find(name);
        if (op->start.operation == NULL
            || op->start.operation->workflow == NULL)
        {
            operation_wrong(op, 404, "there is no such operation");
            return;
        }

        op->start.name = op->start.operation->name;
        op->start.type = op->start.operation->workflow;
    }

    wrong = operation_read(op, body);
    if (wrong != NULL) {
        operation_wrong(op, 400, wrong);
        return;
    }

    operation_run(op);
}


static const char *
operation_read(operation_t *op, oauth2_str_t body)
{
    oauth2_rc_e      rc;
    oauth2_start_t  *start;

    start = &op->start;

    rc = oauth2_json_find(op->pool, body, "operation_id",
                          &start->operation_id);
    if (rc != OAUTH2_OK || !oauth2_uuid_check(start->operation_id)) {
        return "operation_id must be a UUID";
    }

    rc = oauth2_json_find(op->pool, body, "input", &start->input);
    if (rc != OAUTH2_OK || start->input.len == 0
        || start->input.data[0] != '{')
    {
        return "input must be an object";
    }

    rc = oauth2_start_id(op->pool, start);
    if (rc != OAUTH2_OK) {
        return "no memory";
    }

    return NULL;
}


static void
operation_run(operation_t *op)
{
    int64_t           ms;
    const char       *reason;
    struct timeval    tv;
    oauth2_worker_t  *worker;

    worker = op->worker;
    worker->counters.operations++;
    worker->operations++;
    op->counted = true;

    reason = worker->draining ? "the worker is shutting down"
                              : oauth2_probe_check(worker->probe);
    if (reason != NULL) {
        operation_refuse(op, false, reason);
        return;
    }

    op->deadline = evtimer_new(worker->base, operation_on_deadline, op);
    op->patience = evtimer_new(worker->base, operation_on_patience, op);
    if (op->deadline == NULL || op->patience == NULL) {
        operation_refuse(op, false, "no memory");
        return;
    }

    ms = worker->conf->operation_timeout;
    tv.tv_sec = ms / 1000;
    tv.tv_usec = (ms % 1000) * 1000;
    (void) evtimer_add(op->deadline, &tv);

    op->waiter.workflow_id = op->start.workflow_id;
    op->waiter.tell = operation_on_outcome;
    op->waiter.data = op;
    oauth2_waiters_add(worker, &op->waiter);

    OAUTH2_FAULT("worker.before_start");

    /* the answer may come after ours: the call has a reference of its own */
    oauth2_pool_keep(op->pool);

    if (oauth2_start_run(worker, op->pool, &op->start, ms,
                         operation_on_start, op)
        != OAUTH2_OK)
    {
        oauth2_pool_release(op->pool);
        operation_refuse(op, false, "no memory");
    }
}


static void
operation_on_start(const oauth2_grpc_answer_t *answer, void *response,
    void *data)
{
    operation_t                  *op;
    struct timeval                tv;
    oauth2_pool_t                *pool;
    oauth2_worker_t              *worker;
    Oauth2__Pb__StartResponse    *started;

    op = data;
    pool = op->pool;
    worker = op->worker;
    started = response;

    oauth2_start_count(worker, answer);

    if (started != NULL) {
        op->run_id = oauth2_str_of(started->run_id);

        if (started->eager_workflow_task != NULL
            && started->eager_workflow_task->task_token.len != 0)
        {
            oauth2_workflow_task_start(worker, pool,
                                       started->eager_workflow_task);

        } else if (!op->answered) {
            tv.tv_sec = 0;
            tv.tv_usec = OPERATION_PATIENCE * 1000;
            (void) evtimer_add(op->patience, &tv);
        }

    } else if (op->answered) {
        /* too late to matter */

    } else if (answer->code == OAUTH2_GRPC_ALREADY_EXISTS) {
        op->run_id = oauth2_start_run_id(pool, answer);
        operation_rows(op);

    } else {
        oauth2_log_request(OAUTH2_LOG_WARN, op->start.request_id,
                           "workflow \"%.*s\" not started: %.*s (%u)",
                           (int) op->start.workflow_id.len,
                           (const char *) op->start.workflow_id.data,
                           (int) answer->message.len,
                           (const char *) answer->message.data,
                           answer->code);
        operation_refuse(op, !oauth2_rpc_refused(answer),
                         "temporal did not start the workflow");
    }

    oauth2_pool_release(pool);
}


static void
operation_rows(operation_t *op)
{
    oauth2_start_t  *start;

    start = &op->start;

    if (start->operation == NULL) {
        operation_refuse(op, true, "the workflow is another one's");
        return;
    }

    oauth2_pool_keep(op->pool);
    oauth2_rows_start(op->worker, op->pool, start->operation,
                      start->operation_id, start->request_id, start->input,
                      operation_on_rows, op);
}


static void
operation_on_rows(oauth2_str_t outcome, void *data)
{
    operation_t    *op;
    oauth2_pool_t  *pool;

    op = data;
    pool = op->pool;

    if (op->answered) {
        /* told by the workflow in between, or too late */

    } else if (outcome.data != NULL) {
        operation_answer(op, outcome);

    } else {
        operation_refuse(op, true, "the outcome cannot be read");
    }

    oauth2_pool_release(pool);
}


static void
operation_on_outcome(oauth2_str_t run_id, oauth2_str_t outcome,
    oauth2_str_t input, void *data)
{
    operation_t   *op;
    oauth2_str_t   copy;

    op = data;

    if (outcome.data == NULL) {
        operation_refuse(op, true, "the workflow failed");
        return;
    }

    if (oauth2_pool_copy(op->pool, run_id, &copy) == OAUTH2_OK) {
        op->run_id = copy;
    }

    if (!operation_same(op, input)) {
        outcome = oauth2_str("{\"status\":\"key_reused\",\"method\":\""
                             OAUTH2_METHOD_WORKFLOW "\",\"result\":{}}");
    }

    operation_answer(op, outcome);
}


static void
operation_on_deadline(evutil_socket_t fd, short what, void *data)
{
    operation_t  *op;

    (void) fd;
    (void) what;

    op = data;
    op->worker->counters.operations_unknown++;
    operation_refuse(op, true, "no outcome in time");
}


/* Someone else may have the workflow, and we its outcome already. */
static void
operation_on_patience(evutil_socket_t fd, short what, void *data)
{
    operation_t  *op;

    (void) fd;
    (void) what;

    op = data;
    if (op->start.operation != NULL) {
        operation_rows(op);
    }
}


/* Was the workflow started with the same input, as far as the caller's
 * fingerprint tells? */
static bool
operation_same(operation_t *op, oauth2_str_t input)
{
    oauth2_str_t  ours, theirs;

    ours = oauth2_str_null;
    theirs = oauth2_str_null;

    if (op->start.operation == NULL
        || oauth2_json_find(op->pool, op->start.input, "fingerprint", &ours)
           != OAUTH2_OK
        || oauth2_json_find(op->pool, input, "fingerprint", &theirs)
           != OAUTH2_OK)
    {
        return true;
    }

    return oauth2_str_same(ours, theirs);
}


static void
operation_answer(operation_t *op, oauth2_str_t outcome)
{
    oauth2_str_t   json;
    oauth2_json_t  j;

    op->worker->counters.operations_answered++;

    oauth2_json_init(&j, op->pool, OPERATION_ANSWER_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_members(&j, outcome);
    oauth2_json_str(&j, "workflow_id", op->start.workflow_id);
    oauth2_json_str(&j, "run_id", op->run_id);
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &json) != OAUTH2_OK) {
        operation_refuse(op, true, "the outcome cannot be told");
        return;
    }

    operation_end(op, 200, json);
}


static void
operation_refuse(operation_t *op, bool unknown, const char *reason)
{
    oauth2_str_t   json;
    oauth2_json_t  j;

    if (!unknown) {
        op->worker->counters.operations_refused++;
    }

    oauth2_log_request(OAUTH2_LOG_INFO, op->start.request_id,
                       "operation \"%.*s\" %s: %s",
                       (int) op->start.workflow_id.len,
                       (const char *) op->start.workflow_id.data,
                       unknown ? "unknown" : "not started", reason);

    oauth2_json_init(&j, op->pool, 512);
    oauth2_json_open(&j, NULL);

    if (unknown) {
        oauth2_json_c(&j, "started", "unknown");

    } else {
        oauth2_json_bool(&j, "started", false);
    }

    oauth2_json_c(&j, "reason", reason);
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &json) != OAUTH2_OK) {
        json = oauth2_str("{\"started\":\"unknown\"}");
    }

    operation_end(op, 503, json);
}


static void
operation_wrong(operation_t *op, unsigned status, const char *reason)
{
    oauth2_str_t   json;
    oauth2_json_t  j;

    oauth2_json_init(&j, op->pool, 512);
    oauth2_json_open(&j, NULL);
    oauth2_json_c(&j, "reason", reason);
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &json) != OAUTH2_OK) {
        json = oauth2_str("{}");
    }

    operation_end(op, status, json);
}


static void
operation_end(operation_t *op, unsigned status, oauth2_str_t json)
{
    oauth2_pool_t  *pool;

    pool = op->pool;
    op->answered = true;
    oauth2_waiters_remove(op->worker, &op->waiter);

    if (op->counted) {
        op->worker->operations--;
    }

    if (op->deadline != NULL) {
        event_free(op->deadline);
        op->deadline = NULL;
    }

    if (op->patience != NULL) {
        event_free(op->patience);
        op->patience = NULL;
    }

    OAUTH2_FAULT("worker.before_answer");

    op->done(status, json, op->data);
    oauth2_pool_release(pool);
}
