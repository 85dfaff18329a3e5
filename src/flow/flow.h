/* SPDX-License-Identifier: MIT */

/*
 * The step engine: an asynchronous operation whose order is data.
 *
 * A step looks at what the last one waited for, decides, and returns.  At
 * most one operation is under way; it is begun as the step's last statement
 * and ends by oauth2_op_done(), before the step returns or any time later.
 * If it fails, the flow fails with the error of the step that began it, so
 * a failed operation can never reach the next row.
 *
 * The flow belongs to its host (a request).  When the requester leaves,
 * oauth2_flow_abort() cuts the flow off; the operation under way finishes
 * alone and its result is dropped.  Flow, state and operation live in a
 * counted pool of their own, hence outlive the request where they must.
 * Nothing here allocates from anything else, or waits.
 */

#ifndef OAUTH2_FLOW_H
#define OAUTH2_FLOW_H

#include "../core/error.h"
#include "../core/pool.h"

#define OAUTH2_FLOW_DEPTH  6

typedef struct oauth2_flow_s  oauth2_flow_t;
typedef struct oauth2_op_s    oauth2_op_t;

typedef enum {
    OAUTH2_NEXT = 0,   /* go on with the next step */
    OAUTH2_WAIT,       /* an operation is under way */
    OAUTH2_ENTER,      /* a sub-table was pushed */
    OAUTH2_DONE,       /* the answer is given; ends the whole flow */
    OAUTH2_FAILED      /* oauth2_fail() was called */
} oauth2_next_e;

typedef oauth2_next_e (*oauth2_step_pt)(oauth2_flow_t *f);

/* name completes "... while ___"; error is the answer when what the step
 * started fails.  A row of NULLs ends a table. */
typedef struct {
    const char            *name;
    oauth2_step_pt         run;
    const oauth2_error_t  *error;
} oauth2_step_t;

/*
 * The host: told of each step before it runs, and once of the end.
 * ended() may release the flow.  error is NULL when the flow is done.
 */
typedef struct {
    void  (*named)(oauth2_flow_t *f, const char *name);
    void  (*ended)(oauth2_flow_t *f, const oauth2_error_t *error);
} oauth2_flow_host_t;

struct oauth2_flow_s {
    oauth2_pool_t             *pool;
    void                      *state;
    void                      *data;      /* the host's */
    const oauth2_flow_host_t  *host;
    const oauth2_step_t       *frames[OAUTH2_FLOW_DEPTH];
    unsigned                   depth;
    oauth2_op_t               *op;
    const oauth2_error_t      *error;
    unsigned                   running:1;
    unsigned                   ended:1;
    unsigned                   repeat:1;
};

/* The error of the step that began the operation: its third column. */
extern const oauth2_error_t  oauth2_err_of_step;


/*
 * Makes a flow in the pool (whose reference the caller keeps), with zeroed
 * state of the given size.  NULL without memory.  Does not run it.
 */
oauth2_flow_t *oauth2_flow_create(oauth2_pool_t *pool, size_t state_size,
    const oauth2_flow_host_t *host, void *data);

/* Runs the table, now and as operations end.  Once per flow. */
void oauth2_flow_run(oauth2_flow_t *f, const oauth2_step_t *steps);

/*
 * The requester left: ended() is not called any more, nor any step.  The
 * caller still holds its reference to the pool.
 */
void oauth2_flow_abort(oauth2_flow_t *f);

/* From a step: runs a sub-table before the next step. */
oauth2_next_e oauth2_enter(oauth2_flow_t *f, const oauth2_step_t *steps);

/* From a step: ends the flow with this error. */
oauth2_next_e oauth2_fail(oauth2_flow_t *f, const oauth2_error_t *error);

/*
 * From a step, before it begins its operation: the same step runs again
 * when the operation ends, instead of the next one.
 */
void oauth2_repeat(oauth2_flow_t *f);

/*
 * For owners of operations: begins one and keeps the flow's pool.  NULL
 * without memory; the caller then returns oauth2_fail().
 */
oauth2_op_t *oauth2_op_start(oauth2_flow_t *f);

/*
 * Ends it, exactly once: error NULL means that it succeeded.  Runs the
 * flow on, unless it was aborted; releases the pool.  The op is gone then.
 */
void oauth2_op_done(oauth2_op_t *op, const oauth2_error_t *error);

/* The flow that waits for it; NULL when it was aborted. */
oauth2_flow_t *oauth2_op_flow(oauth2_op_t *op);

#endif
