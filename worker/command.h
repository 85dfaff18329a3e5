/* SPDX-License-Identifier: MIT */

/*
 * Commands, the answer of a workflow task.  Each function answers NULL
 * without memory.  The strings given stay the caller's and must live as
 * long as the pool.
 */

#ifndef OAUTH2_COMMAND_H
#define OAUTH2_COMMAND_H

#include "payload.h"

#define OAUTH2_MARKER_LOCAL  "core_local_activity"

/*
 * What the marker of a local activity says, in the form of Temporal's SDK
 * core, so that its tools understand and its replayers replay it.
 * backoff_ms is 0 unless the activity failed and is tried again after a
 * timer.  Times in nanoseconds since the epoch.
 */
/* Milliseconds after which a remote activity without one is given to another
 * worker. */
#define OAUTH2_HEARTBEAT_TIMEOUT  10000

typedef struct {
    unsigned      seq;
    unsigned      attempt;
    const char   *type;
    int64_t       started;
    int64_t       completed;
    int64_t       backoff_ms;
    const char   *failure;       /* NULL: it succeeded, with the result */
    oauth2_str_t  result;
} oauth2_marker_t;

typedef struct {
    unsigned      seq;
    const char   *type;
    const char   *task_queue;
    unsigned      timeout;        /* seconds, start to close */
    unsigned      attempts;       /* 0: no limit */
    bool          eager;
    oauth2_str_t  input;
} oauth2_schedule_t;


oauth2_pb_command_t *oauth2_command_marker(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, const oauth2_marker_t *marker);
oauth2_pb_command_t *oauth2_command_schedule(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, const oauth2_schedule_t *schedule);
oauth2_pb_command_t *oauth2_command_timer(oauth2_pool_t *pool, unsigned seq,
    int64_t ms);
oauth2_pb_command_t *oauth2_command_complete(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, oauth2_str_t result);
oauth2_pb_command_t *oauth2_command_fail(oauth2_pool_t *pool,
    const char *message);
oauth2_pb_command_t *oauth2_command_cancel_activity(oauth2_pool_t *pool,
    int64_t scheduled_event_id);
oauth2_pb_command_t *oauth2_command_cancel(oauth2_pool_t *pool);

/* An application failure.  type is a short name. */
oauth2_pb_failure_t *oauth2_command_failure(oauth2_pool_t *pool,
    const char *type, const char *message, bool non_retryable);

#endif
