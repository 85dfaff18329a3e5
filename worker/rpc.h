/* SPDX-License-Identifier: MIT */

/*
 * The calls of Temporal's WorkflowService that the worker makes, typed.
 */

#ifndef OAUTH2_RPC_H
#define OAUTH2_RPC_H

#include "grpc.h"
#include "pb.h"

typedef enum {
    OAUTH2_RPC_SYSTEM_INFO = 0,
    OAUTH2_RPC_START,
    OAUTH2_RPC_POLL_WORKFLOW,
    OAUTH2_RPC_POLL_ACTIVITY,
    OAUTH2_RPC_WORKFLOW_COMPLETED,
    OAUTH2_RPC_WORKFLOW_FAILED,
    OAUTH2_RPC_QUERY_COMPLETED,
    OAUTH2_RPC_ACTIVITY_COMPLETED,
    OAUTH2_RPC_ACTIVITY_FAILED,
    OAUTH2_RPC_ACTIVITY_CANCELED,
    OAUTH2_RPC_HEARTBEAT,
    OAUTH2_RPC_HISTORY,
    OAUTH2_RPC_SHUTDOWN
} oauth2_rpc_e;

/* response is of the method's type, in the pool; NULL on failure. */
typedef void (*oauth2_rpc_done_pt)(const oauth2_grpc_answer_t *answer,
    void *response, void *data);

typedef struct {
    struct event_base  *base;
    oauth2_h2_t        *h2;
} oauth2_rpc_t;


/*
 * Starts a call; request is of the method's type.  The pool is kept until
 * done().  NULL: no memory or a request too large; done() will not be
 * called.
 */
oauth2_grpc_call_t *oauth2_rpc_start(const oauth2_rpc_t *rpc,
    oauth2_pool_t *pool, oauth2_rpc_e method, const void *request,
    int64_t timeout_ms, oauth2_rpc_done_pt done, void *data);

/*
 * The same for answers to tasks: repeats, with backoff, what failed for no
 * reason of its own, for at most total_ms, and then tells the last answer.
 * OAUTH2_NOMEM: done() will not be called.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_rpc_start_retrying(
    const oauth2_rpc_t *rpc, oauth2_pool_t *pool, oauth2_rpc_e method,
    const void *request, int64_t total_ms, oauth2_rpc_done_pt done,
    void *data);

/* Has the server surely not done, and not going to do, what was asked? */
bool oauth2_rpc_refused(const oauth2_grpc_answer_t *answer);

#endif
