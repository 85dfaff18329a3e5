/* SPDX-License-Identifier: MIT */

/*
 * The step engine.
 *
 * frames[] holds, for each table that was entered, the row that runs or
 * that is waited for; a row is left only when what it began has ended well.
 * An operation that ends while its step still runs is only marked, and the
 * loop takes its result after the step has returned: so completion before
 * the return is the same as later, and nothing recurses.
 *
 * A step that breaks the rules (goes on while its operation is under way,
 * waits for nothing, enters a table and says otherwise) ends its flow with
 * a server error; it cannot take the process with it.
 */

#include "flow.h"

#include <assert.h>

struct oauth2_op_s {
    oauth2_flow_t         *flow;
    oauth2_pool_t         *pool;
    const oauth2_error_t  *error;
    bool                   done;
};


static void flow_go(oauth2_flow_t *f);
static void flow_take_result(oauth2_flow_t *f);
static void flow_step(oauth2_flow_t *f);
static void flow_obey(oauth2_flow_t *f, oauth2_next_e next, unsigned depth);
static const oauth2_error_t *flow_step_error(const oauth2_flow_t *f);
static void flow_leave(oauth2_flow_t *f);
static void flow_end(oauth2_flow_t *f, const oauth2_error_t *error);
static void flow_detach(oauth2_flow_t *f);


const oauth2_error_t  oauth2_err_of_step = {
    "of_step", 500, "server_error", "server_error",
    "Something went wrong on this side; the log has the request."
};


oauth2_flow_t *
oauth2_flow_create(oauth2_pool_t *pool, size_t state_size,
    const oauth2_flow_host_t *host, void *data)
{
    oauth2_flow_t  *f;

    f = oauth2_pool_alloc(pool, sizeof(oauth2_flow_t));

    if (f == NULL) {
        return NULL;
    }

    f->state = oauth2_pool_alloc(pool, state_size);

    if (f->state == NULL) {
        return NULL;
    }

    f->pool = pool;
    f->host = host;
    f->data = data;

    return f;
}


void
oauth2_flow_run(oauth2_flow_t *f, const oauth2_step_t *steps)
{
    assert(f->depth == 0 && !f->running && !f->ended);

    f->frames[0] = steps;
    f->depth = 1;

    flow_go(f);
}


void
oauth2_flow_abort(oauth2_flow_t *f)
{
    if (f->ended) {
        return;
    }

    f->ended = 1;
    flow_detach(f);
}


oauth2_next_e
oauth2_enter(oauth2_flow_t *f, const oauth2_step_t *steps)
{
    if (f->depth == OAUTH2_FLOW_DEPTH) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    f->frames[f->depth++] = steps;

    return OAUTH2_ENTER;
}


oauth2_next_e
oauth2_fail(oauth2_flow_t *f, const oauth2_error_t *error)
{
    f->error = (error == &oauth2_err_of_step) ? flow_step_error(f) : error;

    return OAUTH2_FAILED;
}


void
oauth2_repeat(oauth2_flow_t *f)
{
    f->repeat = 1;
}


oauth2_op_t *
oauth2_op_start(oauth2_flow_t *f)
{
    oauth2_op_t  *op;

    if (f->ended || !f->running || f->op != NULL) {
        return NULL;
    }

    op = oauth2_pool_alloc(f->pool, sizeof(oauth2_op_t));

    if (op == NULL) {
        return NULL;
    }

    oauth2_pool_keep(f->pool);
    op->pool = f->pool;
    op->flow = f;
    f->op = op;

    return op;
}


void
oauth2_op_done(oauth2_op_t *op, const oauth2_error_t *error)
{
    oauth2_pool_t  *pool;

    assert(!op->done);

    pool = op->pool;
    op->done = true;
    op->error = error;

    if (op->flow != NULL && !op->flow->running) {
        flow_go(op->flow);
    }

    oauth2_pool_release(pool);
}


oauth2_flow_t *
oauth2_op_flow(oauth2_op_t *op)
{
    return op->flow;
}


/* The host may let go of the flow in ended(); it lives until we return. */
static void
flow_go(oauth2_flow_t *f)
{
    oauth2_pool_t  *pool;

    pool = f->pool;
    oauth2_pool_keep(pool);
    f->running = 1;

    while (!f->ended && (f->op == NULL || f->op->done)) {
        if (f->op != NULL) {
            flow_take_result(f);
            continue;
        }

        flow_step(f);
    }

    f->running = 0;
    oauth2_pool_release(pool);
}


static void
flow_take_result(oauth2_flow_t *f)
{
    const oauth2_error_t  *error;

    error = f->op->error;
    f->op = NULL;

    if (error == NULL) {
        f->frames[f->depth - 1] += f->repeat ? 0 : 1;
        return;
    }

    if (error == &oauth2_err_of_step) {
        error = flow_step_error(f);
    }

    flow_end(f, error);
}


static void
flow_step(oauth2_flow_t *f)
{
    unsigned              depth;
    oauth2_next_e         next;
    const oauth2_step_t  *row;

    depth = f->depth;
    row = f->frames[depth - 1];

    if (row->run == NULL) {
        flow_leave(f);
        return;
    }

    if (f->host->named != NULL) {
        f->host->named(f, row->name);
    }

    if (f->ended) {
        return;
    }

    f->repeat = 0;
    next = row->run(f);

    if (!f->ended) {
        flow_obey(f, next, depth);
    }
}


static void
flow_obey(oauth2_flow_t *f, oauth2_next_e next, unsigned depth)
{
    if (next == OAUTH2_DONE) {
        flow_end(f, NULL);

    } else if (next == OAUTH2_FAILED && f->error != NULL) {
        flow_end(f, f->error);

    } else if (next == OAUTH2_NEXT && f->op == NULL && f->depth == depth) {
        f->frames[depth - 1]++;

    } else if (next == OAUTH2_ENTER && f->op == NULL
               && f->depth == depth + 1)
    {
        return;

    } else if (next == OAUTH2_WAIT && f->op != NULL && f->depth == depth) {
        return;

    } else {
        flow_end(f, &oauth2_err_server_error);
    }
}


/* The row's own third column, else that of the row that entered it. */
static const oauth2_error_t *
flow_step_error(const oauth2_flow_t *f)
{
    unsigned  i;

    for (i = f->depth; i > 0; i--) {
        if (f->frames[i - 1]->error != NULL) {
            return f->frames[i - 1]->error;
        }
    }

    return &oauth2_err_server_error;
}


/* Behind the last row: back to the row that entered the table. */
static void
flow_leave(oauth2_flow_t *f)
{
    if (--f->depth == 0) {
        flow_end(f, NULL);
        return;
    }

    f->frames[f->depth - 1]++;
}


static void
flow_end(oauth2_flow_t *f, const oauth2_error_t *error)
{
    f->ended = 1;
    f->error = error;
    flow_detach(f);
    f->host->ended(f, error);
}


/* The operation under way belongs to its owner and finishes alone. */
static void
flow_detach(oauth2_flow_t *f)
{
    if (f->op != NULL) {
        f->op->flow = NULL;
        f->op = NULL;
    }
}
