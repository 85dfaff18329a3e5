/* SPDX-License-Identifier: MIT */

/*
 * The ends of a workflow task.  Each ends the task's life here, at once or
 * when the server has been told.
 */

#ifndef OAUTH2_TASK_ANSWER_H
#define OAUTH2_TASK_ANSWER_H

#include "decide.h"
#include "worker.h"

/* WorkflowTaskFailedCause */
#define OAUTH2_TASK_UNHANDLED          14
#define OAUTH2_TASK_NON_DETERMINISTIC  24

typedef struct {
    oauth2_worker_t    *worker;
    oauth2_pool_t      *pool;
    oauth2_pb_wtask_t  *task;
    oauth2_str_t        workflow_id;
    oauth2_str_t        run_id;
    oauth2_decide_t     decide;
    int64_t             last_id;      /* of the events replayed */
    int64_t             began;        /* monotonic ms */
    int64_t             began_ns;     /* of the local activity, wall */
    int64_t             backoff;      /* ms */
    struct event       *timer;
    bool                told;
    bool                eager;        /* a place for an activity is taken */

    const Oauth2__Pb__History  *part;   /* the end alone was given */
} oauth2_wtask_t;


/* With the commands of the decision, and answers to queries. */
void oauth2_task_complete(oauth2_wtask_t *wtask);

/*
 * Told at the first attempt only: the server gives a failed task back at
 * once, so that telling each would loop hot; later ones run into the
 * timeout and its backoff.  A query is answered with the message.
 */
void oauth2_task_fail(oauth2_wtask_t *wtask, int cause,
    const char *message);

/* Answers the one query that the task is. */
void oauth2_task_query(oauth2_wtask_t *wtask);

/* Without telling anyone. */
void oauth2_task_end(oauth2_wtask_t *wtask);

#endif
