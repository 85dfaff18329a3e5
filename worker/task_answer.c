/* SPDX-License-Identifier: MIT */

/*
 * Answers to workflow tasks and queries.
 */

#include "../src/core/fault.h"
#include "../src/core/json.h"
#include "../src/core/str.h"
#include "task_answer.h"
#include "waiters.h"

#define TASK_QUERY         "state"
#define TASK_QUERY_ANSWER  1
#define TASK_QUERY_FAILED  2

/* Milliseconds to tell the server in.  Whether it comes too late is for the
 * server to say: it may have taken an answer whose receipt is not waited
 * for, and the mail that comes with the receipt would be lost until its
 * timeout. */
#define TASK_ANSWER        5000

/* core_used_flags: 1 makes replayers check ids and types of activities */
static uint32_t  task_flags[] = { 1 };


static void task_send(oauth2_wtask_t *wtask, oauth2_rpc_e method,
    const void *request);
static void task_on_answer(const oauth2_grpc_answer_t *answer,
    void *response, void *data);
static void task_next(oauth2_wtask_t *wtask,
    Oauth2__Pb__WorkflowTaskCompletedResponse *response);
static oauth2_rc_e task_queries(oauth2_wtask_t *wtask,
    Oauth2__Pb__WorkflowTaskCompleted *request);
static oauth2_pb_payloads_t *task_state(oauth2_wtask_t *wtask);
static void task_query_fail(oauth2_wtask_t *wtask, const char *message);


void
oauth2_task_complete(oauth2_wtask_t *wtask)
{
    oauth2_worker_t                    *worker;
    Oauth2__Pb__SdkMetadata            *sdk;
    Oauth2__Pb__WorkflowTaskCompleted  *request;

    worker = wtask->worker;

    request = oauth2_pb_new(wtask->pool, workflow_task_completed);
    sdk = oauth2_pb_new(wtask->pool, sdk_metadata);
    if (request == NULL || sdk == NULL
        || task_queries(wtask, request) != OAUTH2_OK)
    {
        oauth2_task_end(wtask);
        return;
    }

    sdk->sdk_name = "oauth2-worker";
    sdk->sdk_version = OAUTH2_VERSION;

    if (wtask->task->previous_started_event_id == 0) {
        sdk->core_used_flags = task_flags;
        sdk->n_core_used_flags = 1;
    }

    request->task_token = wtask->task->task_token;
    request->identity = worker->identity;
    request->namespace_ = (char *) worker->conf->namespace;
    request->sdk_metadata = sdk;
    request->commands = wtask->decide.commands;
    request->n_commands = wtask->decide.n_commands;
    request->return_new_workflow_task = !worker->draining;

    OAUTH2_FAULT("worker.before_complete");

    task_send(wtask, OAUTH2_RPC_WORKFLOW_COMPLETED, request);
}


void
oauth2_task_fail(oauth2_wtask_t *wtask, int cause, const char *message)
{
    oauth2_worker_t                  *worker;
    Oauth2__Pb__WorkflowTaskFailed  *request;

    worker = wtask->worker;
    worker->counters.workflow_tasks_failed++;

    oauth2_log_request(OAUTH2_LOG_ERROR, wtask->decide.request_id,
                       "workflow task of \"%.*s\" failed, attempt %d: %s",
                       (int) wtask->workflow_id.len,
                       (const char *) wtask->workflow_id.data,
                       (int) wtask->task->attempt, message);

    if (wtask->task->query != NULL) {
        task_query_fail(wtask, message);
        return;
    }

    if (!wtask->told) {
        wtask->told = true;
        oauth2_waiters_tell(worker, wtask->workflow_id, wtask->run_id,
                            oauth2_str_null, oauth2_str_null);
    }

    request = oauth2_pb_new(wtask->pool, workflow_task_failed);
    if (request == NULL || wtask->task->attempt > 1) {
        oauth2_task_end(wtask);
        return;
    }

    request->task_token = wtask->task->task_token;
    request->identity = worker->identity;
    request->namespace_ = (char *) worker->conf->namespace;
    request->cause = cause;
    request->failure = oauth2_command_failure(wtask->pool,
                                              "WorkflowTaskFailed", message,
                                              false);

    task_send(wtask, OAUTH2_RPC_WORKFLOW_FAILED, request);
}


void
oauth2_task_query(oauth2_wtask_t *wtask)
{
    Oauth2__Pb__QueryCompleted  *request;

    if (strcmp(wtask->task->query->query_type, TASK_QUERY) != 0) {
        task_query_fail(wtask, "unknown query, there is \"state\"");
        return;
    }

    request = oauth2_pb_new(wtask->pool, query_completed);
    if (request == NULL) {
        oauth2_task_end(wtask);
        return;
    }

    request->task_token = wtask->task->task_token;
    request->namespace_ = (char *) wtask->worker->conf->namespace;
    request->completed_type = TASK_QUERY_ANSWER;
    request->query_result = task_state(wtask);

    task_send(wtask, OAUTH2_RPC_QUERY_COMPLETED, request);
}


void
oauth2_task_end(oauth2_wtask_t *wtask)
{
    oauth2_worker_t  *worker;

    worker = wtask->worker;
    worker->workflow_tasks--;
    worker->eager -= wtask->eager;
    event_free(wtask->timer);
    oauth2_pool_release(wtask->pool);
    oauth2_poll_kick(worker->poll);
}


static void
task_send(oauth2_wtask_t *wtask, oauth2_rpc_e method, const void *request)
{
    if (oauth2_rpc_start_retrying(&wtask->worker->rpc, wtask->pool, method,
                                  request, TASK_ANSWER, task_on_answer,
                                  wtask)
        != OAUTH2_OK)
    {
        oauth2_task_end(wtask);
    }
}


/* NOT_FOUND: the task is not ours any more, someone else has it. */
static void
task_on_answer(const oauth2_grpc_answer_t *answer, void *response,
    void *data)
{
    oauth2_wtask_t  *wtask;

    wtask = data;

    if (answer->code != OAUTH2_GRPC_OK) {
        oauth2_log_request(OAUTH2_LOG_WARN, wtask->decide.request_id,
                           "temporal did not take the answer to a task of "
                           "\"%.*s\": %.*s (%u)",
                           (int) wtask->workflow_id.len,
                           (const char *) wtask->workflow_id.data,
                           (int) answer->message.len,
                           (const char *) answer->message.data,
                           answer->code);
    }

    if (response != NULL) {
        task_next(wtask, response);
    }

    oauth2_task_end(wtask);
}


/* Tasks that came with the answer.  An answer to a query or to a failed
 * task is empty, whatever its type. */
static void
task_next(oauth2_wtask_t *wtask,
    Oauth2__Pb__WorkflowTaskCompletedResponse *response)
{
    size_t  i;

    if (response->base.descriptor
        != &oauth2__pb__workflow_task_completed_response__descriptor)
    {
        return;
    }

    for (i = 0; i < response->n_activity_tasks; i++) {
        oauth2_activity_task_start(wtask->worker, wtask->pool,
                                   response->activity_tasks[i]);
    }

    if (response->workflow_task != NULL
        && response->workflow_task->task_token.len != 0)
    {
        oauth2_workflow_task_start(wtask->worker, wtask->pool,
                                   response->workflow_task);
    }
}


/* Queries that came along with a task. */
static oauth2_rc_e
task_queries(oauth2_wtask_t *wtask,
    Oauth2__Pb__WorkflowTaskCompleted *request)
{
    size_t                           i, n;
    const oauth2_pb_wtask_t         *task;
    Oauth2__Pb__QueryResult         *result;
    Oauth2__Pb__NamedQueryResult    *named;

    task = wtask->task;
    n = task->n_queries;
    if (n == 0) {
        return OAUTH2_OK;
    }

    request->query_results = oauth2_pool_alloc(wtask->pool,
                                               n * sizeof(void *));
    if (request->query_results == NULL) {
        return OAUTH2_NOMEM;
    }

    for (i = 0; i < n; i++) {
        named = oauth2_pb_new(wtask->pool, named_query_result);
        result = oauth2_pb_new(wtask->pool, query_result);
        if (named == NULL || result == NULL) {
            return OAUTH2_NOMEM;
        }

        if (task->queries[i]->value != NULL
            && strcmp(task->queries[i]->value->query_type, TASK_QUERY) == 0)
        {
            result->result_type = TASK_QUERY_ANSWER;
            result->answer = task_state(wtask);

        } else {
            result->result_type = TASK_QUERY_FAILED;
            result->error_message = "unknown query, there is \"state\"";
        }

        named->key = task->queries[i]->key;
        named->value = result;
        request->query_results[request->n_query_results++] = named;
    }

    return OAUTH2_OK;
}


/* {"step": "..."}: nothing about a person, hence in clear. */
static oauth2_pb_payloads_t *
task_state(oauth2_wtask_t *wtask)
{
    oauth2_str_t   json;
    oauth2_json_t  j;

    oauth2_json_init(&j, wtask->pool, 256);
    oauth2_json_open(&j, NULL);
    oauth2_json_c(&j, "step", oauth2_decide_step(&wtask->decide));
    oauth2_json_bool(&j, "answered", wtask->decide.outcome.data != NULL);
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &json) != OAUTH2_OK) {
        return NULL;
    }

    return oauth2_payload_write_plain(wtask->pool, json);
}


static void
task_query_fail(oauth2_wtask_t *wtask, const char *message)
{
    Oauth2__Pb__QueryCompleted  *request;

    request = oauth2_pb_new(wtask->pool, query_completed);
    if (request == NULL) {
        oauth2_task_end(wtask);
        return;
    }

    request->task_token = wtask->task->task_token;
    request->namespace_ = (char *) wtask->worker->conf->namespace;
    request->completed_type = TASK_QUERY_FAILED;
    request->error_message = (char *) message;

    task_send(wtask, OAUTH2_RPC_QUERY_COMPLETED, request);
}
