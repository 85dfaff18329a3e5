/* SPDX-License-Identifier: MIT */

/*
 * Heartbeats of an activity that may last: the server learns that a worker
 * is gone, and the worker that the activity is not wanted any more.
 */

#ifndef OAUTH2_HEARTBEAT_H
#define OAUTH2_HEARTBEAT_H

#include <stdatomic.h>

#include "worker.h"

/* All but stop is the loop's. */
typedef struct {
    oauth2_worker_t      *worker;
    oauth2_pool_t        *pool;
    ProtobufCBinaryData   token;
    struct event         *timer;
    bool                  under_way;
    bool                  canceled;    /* the workflow asks for its end */
    bool                  gone;        /* the server knows it no more */
    atomic_bool           stop;        /* either; for threads */
} oauth2_heartbeat_t;


/* The heartbeat must live in the pool, zeroed. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_heartbeat_start(oauth2_heartbeat_t *beat,
    oauth2_worker_t *worker, oauth2_pool_t *pool, ProtobufCBinaryData token);

/* No more of them; once or more often, started or not. */
void oauth2_heartbeat_end(oauth2_heartbeat_t *beat);

#endif
