/* SPDX-License-Identifier: MIT */

/*
 * Activity tasks: the mail of an operation, and what workflows of others
 * may use (activity_sql.c).
 */

#include "../src/core/json.h"
#include "../src/core/str.h"
#include "command.h"
#include "heartbeat.h"

#define ATASK_MAILS     4        /* of one operation, at most */
#define ATASK_ANSWER    60000    /* ms, for telling the server */

typedef struct {
    oauth2_worker_t    *worker;
    oauth2_pool_t      *pool;
    oauth2_pb_atask_t  *task;
    oauth2_str_t        operation_id;
    oauth2_str_t        request_id;
    oauth2_heartbeat_t  beat;
} atask_t;


static void atask_sql(atask_t *atask, const oauth2_sql_activity_t *activity);
static void atask_on_sql(oauth2_local_e rc, oauth2_str_t result, void *data);
static void atask_mail(atask_t *atask);
static bool atask_known(const char *type);
static oauth2_rc_e atask_input(atask_t *atask);
static void atask_on_mail(const oauth2_mail_counts_t *counts, void *data);
static void atask_unwanted(atask_t *atask);
static void atask_complete(atask_t *atask, oauth2_str_t json);
static void atask_fail(atask_t *atask, const char *type,
    const char *message, bool for_good);
static void atask_send(atask_t *atask, oauth2_rpc_e method,
    const void *request);
static void atask_on_answer(const oauth2_grpc_answer_t *answer,
    void *response, void *data);
static void atask_end(atask_t *atask);


void
oauth2_activity_task_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    oauth2_pb_atask_t *task)
{
    atask_t                      *atask;
    const oauth2_sql_activity_t  *activity;

    atask = oauth2_pool_alloc(pool, sizeof(atask_t));
    if (atask == NULL) {
        /* the server gives the task to someone else in time */
        return;
    }

    oauth2_pool_keep(pool);
    atask->worker = worker;
    atask->pool = pool;
    atask->task = task;

    worker->activities++;
    worker->counters.activity_tasks++;

    activity = (task->activity_type == NULL) ? NULL
               : oauth2_sql_activity_find(task->activity_type->name);

    if (activity != NULL) {
        atask_sql(atask, activity);
        return;
    }

    if (task->activity_type == NULL
        || !atask_known(task->activity_type->name))
    {
        /* a worker with another table may know it */
        atask_fail(atask, "UnknownActivity", "unknown activity type", false);
        return;
    }

    atask_mail(atask);
}


static void
atask_sql(atask_t *atask, const oauth2_sql_activity_t *activity)
{
    oauth2_str_t    input;
    oauth2_local_e  rc;

    rc = OAUTH2_LOCAL_FAILED;

    if (oauth2_payload_parse(atask->pool, &atask->worker->conf->token_key,
                             true, atask->task->input, &input)
        == OAUTH2_OK)
    {
        rc = oauth2_sql_activity_start(atask->worker, atask->pool, activity,
                                       input, atask_on_sql, atask);
    }

    if (rc != OAUTH2_LOCAL_DONE) {
        atask_on_sql(rc, oauth2_str_null, atask);
    }
}


static void
atask_on_sql(oauth2_local_e rc, oauth2_str_t result, void *data)
{
    atask_t  *atask;

    atask = data;

    switch (rc) {

    case OAUTH2_LOCAL_DONE:
        atask_complete(atask, result);
        break;

    case OAUTH2_LOCAL_FAILED:
        atask_fail(atask, "InvalidInput", "the input lacks a member, or "
                   "holds one that is wrong", true);
        break;

    default:
        atask_fail(atask, "DatabaseAway", "the database is away", false);
    }
}


static void
atask_mail(atask_t *atask)
{
    oauth2_mail_order_t  order;

    if (atask_input(atask) != OAUTH2_OK) {
        atask_fail(atask, "MailNotSent", "the input cannot be read or was "
                   "sealed with another key", true);
        return;
    }

    order.operation_id = atask->operation_id;
    order.request_id = atask->request_id;
    order.limit = ATASK_MAILS;
    order.stop = &atask->beat.stop;

    if (oauth2_heartbeat_start(&atask->beat, atask->worker, atask->pool,
                               atask->task->task_token) != OAUTH2_OK
        || oauth2_mail_job_start(atask->worker, atask->pool, &order,
                                 atask_on_mail, atask) != OAUTH2_OK)
    {
        atask_fail(atask, "MailNotSent", "the database is away", false);
    }
}


static bool
atask_known(const char *type)
{
    size_t                    i;
    const oauth2_activity_t  *activity;

    for (i = 0; oauth2_operations[i] != NULL; i++) {
        activity = oauth2_operations[i]->activities;

        for ( ; activity->name != NULL; activity++) {
            if (activity->kind == OAUTH2_ACTIVITY_MAIL
                && strcmp(activity->name, type) == 0)
            {
                return true;
            }
        }
    }

    return false;
}


static oauth2_rc_e
atask_input(atask_t *atask)
{
    oauth2_rc_e    rc;
    oauth2_str_t   json;

    rc = oauth2_payload_parse(atask->pool, &atask->worker->conf->token_key,
                              false, atask->task->input, &json);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_json_find(atask->pool, json, "operation_id",
                          &atask->operation_id);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_json_find(atask->pool, json, "request_id",
                          &atask->request_id);

    return (rc == OAUTH2_NONE) ? OAUTH2_OK : rc;
}


static void
atask_on_mail(const oauth2_mail_counts_t *counts, void *data)
{
    atask_t        *atask;
    oauth2_str_t    json;
    oauth2_json_t   j;

    atask = data;
    oauth2_heartbeat_end(&atask->beat);

    if ((counts->failed || counts->retry != 0) && atask->beat.stop) {
        atask_unwanted(atask);
        return;
    }

    if (counts->failed || counts->retry != 0) {
        atask_fail(atask, "MailNotSent", counts->reason == NULL
                                         ? "no memory" : counts->reason,
                   false);
        return;
    }

    oauth2_json_init(&j, atask->pool, 256);
    oauth2_json_open(&j, NULL);
    oauth2_json_int(&j, "sent", counts->sent);
    oauth2_json_int(&j, "parked", counts->parked);
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &json) != OAUTH2_OK) {
        atask_end(atask);
        return;
    }

    atask_complete(atask, json);
}


/* What was not sent is in the outbox, for the drain. */
static void
atask_unwanted(atask_t *atask)
{
    oauth2_worker_t                   *worker;
    Oauth2__Pb__ActivityTaskCanceled  *request;

    worker = atask->worker;

    oauth2_log_request(OAUTH2_LOG_INFO, atask->request_id,
                       "activity task of \"%s\" is not wanted any more",
                       atask->task->workflow_execution == NULL ? ""
                       : atask->task->workflow_execution->workflow_id);

    request = oauth2_pb_new(atask->pool, activity_task_canceled);
    if (request == NULL || !atask->beat.canceled) {
        atask_end(atask);
        return;
    }

    request->task_token = atask->task->task_token;
    request->identity = worker->identity;
    request->namespace_ = (char *) worker->conf->namespace;

    atask_send(atask, OAUTH2_RPC_ACTIVITY_CANCELED, request);
}


static void
atask_complete(atask_t *atask, oauth2_str_t json)
{
    oauth2_worker_t                    *worker;
    Oauth2__Pb__ActivityTaskCompleted  *request;

    worker = atask->worker;

    request = oauth2_pb_new(atask->pool, activity_task_completed);
    if (request == NULL) {
        atask_end(atask);
        return;
    }

    request->task_token = atask->task->task_token;
    request->identity = worker->identity;
    request->namespace_ = (char *) worker->conf->namespace;
    request->result = oauth2_payload_write(atask->pool,
                                           &worker->conf->token_key, json);

    atask_send(atask, OAUTH2_RPC_ACTIVITY_COMPLETED, request);
}


static void
atask_fail(atask_t *atask, const char *type, const char *message,
    bool for_good)
{
    oauth2_worker_t                 *worker;
    Oauth2__Pb__ActivityTaskFailed  *request;

    worker = atask->worker;
    worker->counters.activity_tasks_failed++;

    oauth2_log_request(OAUTH2_LOG_WARN, atask->request_id,
                       "activity task of \"%s\" failed, attempt %d: %s",
                       atask->task->workflow_execution == NULL ? ""
                       : atask->task->workflow_execution->workflow_id,
                       (int) atask->task->attempt, message);

    request = oauth2_pb_new(atask->pool, activity_task_failed);
    if (request == NULL) {
        atask_end(atask);
        return;
    }

    request->task_token = atask->task->task_token;
    request->identity = worker->identity;
    request->namespace_ = (char *) worker->conf->namespace;
    request->failure = oauth2_command_failure(atask->pool, type, message,
                                              for_good);

    atask_send(atask, OAUTH2_RPC_ACTIVITY_FAILED, request);
}


static void
atask_send(atask_t *atask, oauth2_rpc_e method, const void *request)
{
    if (oauth2_rpc_start_retrying(&atask->worker->rpc, atask->pool, method,
                                  request, ATASK_ANSWER, atask_on_answer,
                                  atask)
        != OAUTH2_OK)
    {
        atask_end(atask);
    }
}


static void
atask_on_answer(const oauth2_grpc_answer_t *answer, void *response,
    void *data)
{
    atask_t  *atask;

    (void) response;

    atask = data;

    if (answer->code != OAUTH2_GRPC_OK) {
        oauth2_log_request(OAUTH2_LOG_WARN, atask->request_id,
                           "temporal did not take an activity's end: %.*s "
                           "(%u)", (int) answer->message.len,
                           (const char *) answer->message.data,
                           answer->code);
    }

    atask_end(atask);
}


static void
atask_end(atask_t *atask)
{
    oauth2_worker_t  *worker;

    worker = atask->worker;
    worker->activities--;
    oauth2_heartbeat_end(&atask->beat);
    oauth2_pool_release(atask->pool);
    oauth2_poll_kick(worker->poll);
}
