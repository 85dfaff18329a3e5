/* SPDX-License-Identifier: MIT */

/*
 * An operation asked for on the socket: starts its workflow and answers as
 * soon as the deciding activity has completed, or says that it was not
 * started, or that nobody knows, within the worker's deadline.
 */

#ifndef OAUTH2_OPERATION_START_H
#define OAUTH2_OPERATION_START_H

#include "worker.h"

/* status is HTTP's; called exactly once, maybe from start().  The strings
 * live as long as the pool. */
typedef void (*oauth2_operation_pt)(unsigned status, oauth2_str_t json,
    void *data);


/*
 * name is that of operations.def, or "ping"; body is the request's.  Keeps
 * the pool, in which all strings must live.
 */
void oauth2_operation_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    oauth2_str_t name, oauth2_str_t request_id, oauth2_str_t body,
    oauth2_operation_pt done, void *data);

#endif
