/* SPDX-License-Identifier: MIT */

/*
 * Waiters by workflow id.
 */

#include "../src/core/str.h"
#include "waiters.h"


static oauth2_waiter_t **waiters_bucket(oauth2_worker_t *worker,
    oauth2_str_t workflow_id);


void
oauth2_waiters_add(oauth2_worker_t *worker, oauth2_waiter_t *waiter)
{
    oauth2_waiter_t  **bucket;

    bucket = waiters_bucket(worker, waiter->workflow_id);
    waiter->next = *bucket;
    waiter->linked = true;
    *bucket = waiter;
}


void
oauth2_waiters_remove(oauth2_worker_t *worker, oauth2_waiter_t *waiter)
{
    oauth2_waiter_t  **p;

    if (!waiter->linked) {
        return;
    }

    p = waiters_bucket(worker, waiter->workflow_id);

    while (*p != waiter) {
        p = &(*p)->next;
    }

    *p = waiter->next;
    waiter->linked = false;
}


/* Telling may add and remove others: start over after each. */
void
oauth2_waiters_tell(oauth2_worker_t *worker, oauth2_str_t workflow_id,
    oauth2_str_t run_id, oauth2_str_t outcome, oauth2_str_t input)
{
    oauth2_waiter_t   *waiter;
    oauth2_waiter_t  **bucket;

    bucket = waiters_bucket(worker, workflow_id);
    waiter = *bucket;

    while (waiter != NULL) {
        if (!oauth2_str_same(waiter->workflow_id, workflow_id)) {
            waiter = waiter->next;
            continue;
        }

        oauth2_waiters_remove(worker, waiter);
        waiter->tell(run_id, outcome, input, waiter->data);
        waiter = *bucket;
    }
}


/* FNV-1a */
static oauth2_waiter_t **
waiters_bucket(oauth2_worker_t *worker, oauth2_str_t workflow_id)
{
    size_t    i;
    uint32_t  hash;

    hash = 2166136261u;

    for (i = 0; i < workflow_id.len; i++) {
        hash = (hash ^ workflow_id.data[i]) * 16777619u;
    }

    return &worker->waiters[hash % OAUTH2_WAITER_BUCKETS];
}
