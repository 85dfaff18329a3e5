/* SPDX-License-Identifier: MIT */

/*
 * The decision function: a workflow's history in, commands out.
 *
 * A workflow is an operation of operations.def, run row by row; PingWorkflow
 * is one without rows.  Nothing here does I/O or reads a clock.
 *
 *     init, replay (each page of the history), then
 *     while (next() == OAUTH2_DECIDE_LOCAL)
 *         run d->activity with d->input, then local_done() or
 *         local_failed()
 *     answer the task with d->commands
 *
 * As soon as d->outcome is there, the operation has its answer, whatever
 * is still to be done.  A local activity that could not run leaves a marker
 * and a timer, as Temporal's SDKs do, and is tried again when that fires.
 */

#ifndef OAUTH2_DECIDE_H
#define OAUTH2_DECIDE_H

#include "../src/flow/operation.h"
#include "command.h"

#define OAUTH2_DECIDE_ROWS      8     /* activities of a workflow */
#define OAUTH2_DECIDE_COMMANDS  (OAUTH2_DECIDE_ROWS + 4)

#define OAUTH2_WORKFLOW_PING  "PingWorkflow"

typedef enum {
    OAUTH2_DECIDE_OK = 0,        /* replay: go on */
    OAUTH2_DECIDE_LOCAL,         /* next: a local activity is to be run */
    OAUTH2_DECIDE_ANSWER,        /* next: the commands are complete */
    OAUTH2_DECIDE_CHANGED,       /* the history is not of this table */
    OAUTH2_DECIDE_UNREADABLE,    /* a payload cannot be opened or read */
    OAUTH2_DECIDE_NOMEM
} oauth2_decide_e;

typedef struct {
    oauth2_pool_t              *pool;
    const oauth2_token_key_t   *key;
    const char                 *task_queue;
    const oauth2_operation_t   *operation;   /* NULL: ping */
    bool                        eager;       /* ask for eager activities */

    /* what the history says */
    oauth2_str_t                operation_id;
    oauth2_str_t                request_id;
    oauth2_str_t                input;       /* merged so far */
    oauth2_str_t                outcome;     /* of the deciding activity */
    unsigned                    shape;       /* of the table, then */
    unsigned                    row;
    unsigned                    seq;         /* of activities */
    unsigned                    timers;
    unsigned                    attempt;     /* of the row, from 1 */
    int64_t                     task_time;   /* ns, of the last task start */
    int64_t                     scheduled;   /* event of the pending one */
    bool                        started;
    bool                        closed;
    bool                        canceled;    /* asked for */
    bool                        backing_off; /* a timer runs, or must */
    bool                        timer_set;

    /* what comes of it */
    const oauth2_activity_t    *activity;
    const char                 *failure;     /* the workflow fails with it */
    char                        why[200];    /* of CHANGED, UNREADABLE */
    size_t                      n_commands;
    oauth2_pb_command_t        *commands[OAUTH2_DECIDE_COMMANDS];
} oauth2_decide_t;


/* OAUTH2_NONE: there is no workflow of that type. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_decide_init(oauth2_decide_t *d,
    oauth2_pool_t *pool, const oauth2_token_key_t *key,
    const char *task_queue, const char *type);

/* The next events of the history, which must live in the pool. */
oauth2_decide_e oauth2_decide_replay(oauth2_decide_t *d,
    oauth2_pb_event_t *const *events, size_t n);

/* After the whole history, and after each local activity. */
oauth2_decide_e oauth2_decide_next(oauth2_decide_t *d);

/* The local activity came to this JSON object.  Times as in command.h. */
oauth2_decide_e oauth2_decide_local_done(oauth2_decide_t *d,
    oauth2_str_t result, int64_t started_ns, int64_t now_ns);

/*
 * It failed with a sentence that is a constant: for good, and then the
 * workflow fails, or to be tried again after backoff_ms.
 */
oauth2_decide_e oauth2_decide_local_failed(oauth2_decide_t *d,
    const char *failure, int64_t backoff_ms, int64_t started_ns,
    int64_t now_ns);

/* The name of what the workflow does now, for queries. */
const char *oauth2_decide_step(const oauth2_decide_t *d);

#endif
