/* SPDX-License-Identifier: MIT */

/*
 * Starting a workflow.
 */

#ifndef OAUTH2_START_H
#define OAUTH2_START_H

#include "worker.h"

typedef struct {
    const oauth2_operation_t  *operation;    /* NULL: ping */
    const char                *name;
    const char                *type;
    oauth2_str_t               workflow_id;
    oauth2_str_t               operation_id;
    oauth2_str_t               request_id;
    oauth2_str_t               input;
} oauth2_start_t;


/* Makes the workflow id of name and operation id (in lower case). */
OAUTH2_MUST_USE oauth2_rc_e oauth2_start_id(oauth2_pool_t *pool,
    oauth2_start_t *start);

/* Asks for the start; the answer is a StartResponse. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_start_run(oauth2_worker_t *worker,
    oauth2_pool_t *pool, const oauth2_start_t *start, int64_t timeout_ms,
    oauth2_rpc_done_pt done, void *data);

/* Counts how it went, for the breaker too. */
void oauth2_start_count(oauth2_worker_t *worker,
    const oauth2_grpc_answer_t *answer);

/* The run that exists already, as ALREADY_EXISTS tells it. */
oauth2_str_t oauth2_start_run_id(oauth2_pool_t *pool,
    const oauth2_grpc_answer_t *answer);

#endif
