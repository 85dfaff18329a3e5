/* SPDX-License-Identifier: MIT */

/*
 * Who waits in this process for the outcome of a workflow.  A waiter
 * belongs to its owner; the table only links it.
 */

#ifndef OAUTH2_WAITERS_H
#define OAUTH2_WAITERS_H

#include "worker.h"

/* outcome is absent when the workflow failed or was cancelled; input is
 * what the workflow was started with. */
typedef void (*oauth2_waiter_pt)(oauth2_str_t run_id, oauth2_str_t outcome,
    oauth2_str_t input, void *data);

struct oauth2_waiter_s {
    oauth2_waiter_t   *next;
    oauth2_str_t       workflow_id;
    oauth2_waiter_pt   tell;
    void              *data;
    bool               linked;
};


void oauth2_waiters_add(oauth2_worker_t *worker, oauth2_waiter_t *waiter);

/* Nothing when it was told or removed before. */
void oauth2_waiters_remove(oauth2_worker_t *worker,
    oauth2_waiter_t *waiter);

/* Removes and tells everyone who waits for that workflow. */
void oauth2_waiters_tell(oauth2_worker_t *worker, oauth2_str_t workflow_id,
    oauth2_str_t run_id, oauth2_str_t outcome, oauth2_str_t input);

#endif
