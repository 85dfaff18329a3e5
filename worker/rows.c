/* SPDX-License-Identifier: MIT */

/*
 * The rows of an operation up to its answer, run here and now.
 *
 * For operations whose workflow exists already: the SQL functions answer
 * a second call as the first, and with "key_reused" when the input is
 * another; and whoever comes first, the workflow or we, the other one
 * finds it done.
 */

#include "decide.h"
#include "worker.h"

typedef struct {
    oauth2_worker_t  *worker;
    oauth2_decide_t   decide;
    oauth2_rows_pt    done;
    void             *data;
} rows_t;


static void rows_step(rows_t *rows);
static void rows_on_local(oauth2_local_e rc, oauth2_str_t result,
    void *data);


void
oauth2_rows_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    const oauth2_operation_t *operation, oauth2_str_t operation_id,
    oauth2_str_t request_id, oauth2_str_t input, oauth2_rows_pt done,
    void *data)
{
    rows_t  *rows;

    rows = oauth2_pool_alloc(pool, sizeof(rows_t));
    if (rows == NULL
        || oauth2_decide_init(&rows->decide, pool, &worker->conf->token_key,
                              worker->conf->task_queue, operation->workflow)
           != OAUTH2_OK)
    {
        done(oauth2_str_null, data);
        return;
    }

    rows->worker = worker;
    rows->done = done;
    rows->data = data;
    rows->decide.operation_id = operation_id;
    rows->decide.request_id = request_id;
    rows->decide.input = input;
    rows->decide.shape = oauth2_operation_shape(operation);
    rows->decide.started = true;

    rows_step(rows);
}


static void
rows_step(rows_t *rows)
{
    oauth2_decide_t  *d;

    d = &rows->decide;

    if (d->outcome.data != NULL
        || oauth2_decide_next(d) != OAUTH2_DECIDE_LOCAL)
    {
        rows->done(d->outcome, rows->data);
        return;
    }

    oauth2_local_start(rows->worker, d->pool, d->activity, d->operation_id,
                       d->request_id, d->input, rows_on_local, rows);
}


static void
rows_on_local(oauth2_local_e rc, oauth2_str_t result, void *data)
{
    rows_t  *rows;

    rows = data;

    if (rc != OAUTH2_LOCAL_DONE
        || oauth2_decide_local_done(&rows->decide, result, 0, 0)
           != OAUTH2_DECIDE_OK)
    {
        rows->done(oauth2_str_null, rows->data);
        return;
    }

    rows_step(rows);
}
