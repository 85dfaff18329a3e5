/* SPDX-License-Identifier: MIT */

/*
 * Local activities: deriving a token in C, or one SQL function.
 */

#include "../src/core/fault.h"
#include "../src/core/json.h"
#include "../src/core/str.h"
#include "clock.h"
#include "worker.h"

#define LOCAL_RESULT_MAX  65536

typedef struct {
    oauth2_worker_t          *worker;
    oauth2_pool_t            *pool;
    const oauth2_activity_t  *activity;
    oauth2_str_t              request_id;
    oauth2_local_pt           done;
    void                     *data;
} local_t;


static oauth2_local_e local_token(oauth2_worker_t *worker,
    oauth2_pool_t *pool, const oauth2_activity_t *activity,
    oauth2_str_t operation_id, oauth2_str_t input, oauth2_str_t *result);
static oauth2_local_e local_sql(oauth2_worker_t *worker, local_t *local,
    oauth2_str_t operation_id, oauth2_str_t input);
static void local_on_done(oauth2_db_query_t *q, oauth2_db_rc_e rc,
    void *data);
static oauth2_rc_e local_result(oauth2_pool_t *pool, oauth2_db_query_t *q,
    oauth2_str_t *result);


void
oauth2_local_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    const oauth2_activity_t *activity, oauth2_str_t operation_id,
    oauth2_str_t request_id, oauth2_str_t input, oauth2_local_pt done,
    void *data)
{
    local_t         *local;
    oauth2_str_t     result;
    oauth2_local_e   rc;

    worker->counters.local_activities++;
    result = oauth2_str_null;

    if (activity->kind != OAUTH2_ACTIVITY_SQL) {
        rc = local_token(worker, pool, activity, operation_id, input,
                         &result);
        OAUTH2_FAULT("worker.after_token");
        done(rc, result, data);
        return;
    }

    local = oauth2_pool_alloc(pool, sizeof(local_t));
    if (local == NULL) {
        done(OAUTH2_LOCAL_RETRY, result, data);
        return;
    }

    local->worker = worker;
    local->pool = pool;
    local->activity = activity;
    local->request_id = request_id;
    local->done = done;
    local->data = data;

    rc = local_sql(worker, local, operation_id, input);
    if (rc != OAUTH2_LOCAL_DONE) {
        done(rc, result, data);
    }
}


static oauth2_local_e
local_token(oauth2_worker_t *worker, oauth2_pool_t *pool,
    const oauth2_activity_t *activity, oauth2_str_t operation_id,
    oauth2_str_t input, oauth2_str_t *result)
{
    int64_t      now;
    oauth2_rc_e  rc;

    now = oauth2_clock_wall_ns() / 1000000000;

    rc = oauth2_operation_token(pool, &worker->conf->token_key,
                                activity->kind, operation_id, input, now,
                                result);
    if (rc == OAUTH2_NOMEM) {
        return OAUTH2_LOCAL_RETRY;
    }

    return (rc == OAUTH2_OK) ? OAUTH2_LOCAL_DONE : OAUTH2_LOCAL_FAILED;
}


static oauth2_local_e
local_sql(oauth2_worker_t *worker, local_t *local, oauth2_str_t operation_id,
    oauth2_str_t input)
{
    oauth2_str_t    params[3];
    oauth2_stmt_e   stmt;
    oauth2_db_rc_e  why;

    stmt = oauth2_db_stmt_find(local->activity->name);
    if (stmt == OAUTH2_STMT_LAST) {
        return OAUTH2_LOCAL_FAILED;
    }

    params[0] = operation_id;
    params[1] = oauth2_str(OAUTH2_METHOD_WORKFLOW);
    params[2] = input;

    if (oauth2_db_query_start(worker->db, local->pool, stmt, params,
                              local_on_done, local, &why)
        == NULL)
    {
        return OAUTH2_LOCAL_RETRY;
    }

    return OAUTH2_LOCAL_DONE;
}


static void
local_on_done(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data)
{
    local_t       *local;
    oauth2_str_t   result;

    local = data;
    result = oauth2_str_null;

    if (rc != OAUTH2_DB_OK) {
        oauth2_log_request(rc == OAUTH2_DB_ERROR ? OAUTH2_LOG_ERROR
                                                 : OAUTH2_LOG_WARN,
                           local->request_id, "activity \"%s\" failed: %s",
                           local->activity->name,
                           rc == OAUTH2_DB_ERROR ? "an exception in SQL"
                                                 : "no database");
        local->done(OAUTH2_LOCAL_RETRY, result, local->data);
        return;
    }

    OAUTH2_FAULT("worker.after_sql");

    if (local_result(local->pool, q, &result) != OAUTH2_OK) {
        local->done(OAUTH2_LOCAL_RETRY, oauth2_str_null, local->data);
        return;
    }

    local->done(OAUTH2_LOCAL_DONE, result, local->data);
}


static oauth2_rc_e
local_result(oauth2_pool_t *pool, oauth2_db_query_t *q,
    oauth2_str_t *result)
{
    oauth2_str_t   value;
    oauth2_json_t  j;

    if (oauth2_db_rows(q) != 1) {
        return OAUTH2_BAD;
    }

    oauth2_json_init(&j, pool, LOCAL_RESULT_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "status", oauth2_db_value(q, 0, "status"));
    oauth2_json_str(&j, "method", oauth2_db_value(q, 0, "method"));

    value = oauth2_db_value(q, 0, "result");
    if (value.data == NULL) {
        value = oauth2_str("{}");
    }

    oauth2_json_raw(&j, "result", value);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, result);
}
