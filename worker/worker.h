/* SPDX-License-Identifier: MIT */

/*
 * The process: what its parts share, and the parts that have no state that
 * others see.  Everything runs on one thread and one event loop, except
 * SMTP (mail_thread.h).
 *
 * The life of an operation: http.c reads it, operation.c starts the
 * workflow and waits, workflow_task.c runs the task that came with the
 * start (or from poll.c), local.c its SQL, and waiters.h tells operation.c.
 */

#ifndef OAUTH2_WORKER_H
#define OAUTH2_WORKER_H

#include <stdatomic.h>

#include "../src/db/db.h"
#include "../src/flow/operation.h"
#include "conf.h"
#include "rpc.h"

typedef struct oauth2_worker_s   oauth2_worker_t;
typedef struct oauth2_probe_s    oauth2_probe_t;
typedef struct oauth2_poll_s     oauth2_poll_t;
typedef struct oauth2_http_s     oauth2_http_t;
typedef struct oauth2_outbox_s   oauth2_outbox_t;
typedef struct oauth2_threads_s  oauth2_threads_t;
typedef struct oauth2_waiter_s   oauth2_waiter_t;

/* oauth2_worker_<name>_total */
typedef struct {
#define OAUTH2_METRIC(name, help)  uint64_t  name;
#include "metrics.def"
#undef OAUTH2_METRIC
} oauth2_counters_t;

#define OAUTH2_WAITER_BUCKETS  256

struct oauth2_worker_s {
    struct event_base    *base;
    const oauth2_conf_t  *conf;
    oauth2_rpc_t          rpc;
    oauth2_db_t          *db;
    oauth2_probe_t       *probe;
    oauth2_poll_t        *poll;
    oauth2_http_t        *http;
    oauth2_outbox_t      *outbox;
    oauth2_threads_t     *threads;
    oauth2_waiter_t      *waiters[OAUTH2_WAITER_BUCKETS];
    oauth2_counters_t     counters;
    int64_t               started_ms;
    unsigned              operations;     /* requests not answered yet */
    unsigned              workflow_tasks; /* in hand */
    unsigned              mail_jobs;      /* in hand */
    unsigned              activities;     /* of these, activity tasks */
    unsigned              eager;          /* places kept for more of them */
    bool                  draining;
    char                  identity[96];
    char                  instance[40];   /* worker_instance_key, lease */
};

#define OAUTH2_ACTIVITIES_MAX      16
#define OAUTH2_POLLS_EACH          2     /* of either kind of task */
#define OAUTH2_WORKFLOW_TASKS_MAX  64

/* Of a workflow task; the server's answer to a lost worker. */
#define OAUTH2_TASK_TIMEOUT  2000


/*
 * workflow_task.c: decides a task and answers it.  Keeps the pool, in
 * which the task lives.
 */
void oauth2_workflow_task_start(oauth2_worker_t *worker,
    oauth2_pool_t *pool, oauth2_pb_wtask_t *task);

/* activity_task.c: the same for an activity. */
void oauth2_activity_task_start(oauth2_worker_t *worker,
    oauth2_pool_t *pool, oauth2_pb_atask_t *task);


/* local.c: an activity that needs the database at most. */

typedef enum {
    OAUTH2_LOCAL_DONE = 0,
    OAUTH2_LOCAL_RETRY,     /* the database is away, or failed */
    OAUTH2_LOCAL_FAILED     /* the input is not one for it */
} oauth2_local_e;

typedef void (*oauth2_local_pt)(oauth2_local_e rc, oauth2_str_t result,
    void *data);

/* done() may be called from here.  Strings must live in the pool. */
void oauth2_local_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    const oauth2_activity_t *activity, oauth2_str_t operation_id,
    oauth2_str_t request_id, oauth2_str_t input, oauth2_local_pt done,
    void *data);


/* activity_sql.c: activities that workflows of others may use. */

typedef struct oauth2_sql_activity_s  oauth2_sql_activity_t;

/* By the activity type; NULL for none. */
const oauth2_sql_activity_t *oauth2_sql_activity_find(const char *type);

/* DONE: done() will be called; RETRY and FAILED: it will not. */
oauth2_local_e oauth2_sql_activity_start(oauth2_worker_t *worker,
    oauth2_pool_t *pool, const oauth2_sql_activity_t *activity,
    oauth2_str_t input, oauth2_local_pt done, void *data);


/* rows.c: the rows of an operation up to its answer, without Temporal. */

/* outcome is absent when it failed. */
typedef void (*oauth2_rows_pt)(oauth2_str_t outcome, void *data);

void oauth2_rows_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    const oauth2_operation_t *operation, oauth2_str_t operation_id,
    oauth2_str_t request_id, oauth2_str_t input, oauth2_rows_pt done,
    void *data);


/* mail_job.c: claims mails, sends them, marks them. */

typedef struct {
    unsigned     claimed;
    unsigned     sent;
    unsigned     retry;      /* to be tried again */
    unsigned     parked;     /* given up */
    bool         failed;     /* nothing could be claimed: no database */
    const char  *reason;     /* of the last that was not sent */
} oauth2_mail_counts_t;

typedef void (*oauth2_mail_pt)(const oauth2_mail_counts_t *counts,
    void *data);

/* operation_id absent: whatever is due.  At most limit.  stop: NULL, or set
 * when what is not handed over yet is to be left to others. */
typedef struct {
    oauth2_str_t        operation_id;
    oauth2_str_t        request_id;
    unsigned            limit;
    const atomic_bool  *stop;
} oauth2_mail_order_t;

/* Keeps the pool until done(), which is called later. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_mail_job_start(oauth2_worker_t *worker,
    oauth2_pool_t *pool, const oauth2_mail_order_t *order,
    oauth2_mail_pt done, void *data);


/* probe.c: is Temporal there? */

oauth2_probe_t *oauth2_probe_create(oauth2_worker_t *worker);
void oauth2_probe_destroy(oauth2_probe_t *probe);

/* The connection came or went. */
void oauth2_probe_connected(oauth2_probe_t *probe, bool up);

/* May a workflow be started now?  NULL, or the reason why not. */
const char *oauth2_probe_check(oauth2_probe_t *probe);

/* The same, for telling: takes no turn. */
const char *oauth2_probe_state(const oauth2_probe_t *probe);

/* How starting one went; failed ones open the breaker, too. */
void oauth2_probe_started(oauth2_probe_t *probe, bool ok);

const char *oauth2_probe_version(const oauth2_probe_t *probe);

/* Did the server say that we may not?  Then nothing is polled for. */
bool oauth2_probe_refused(const oauth2_probe_t *probe);


/* poll.c: long polls for tasks, as many as there is room for. */

oauth2_poll_t *oauth2_poll_create(oauth2_worker_t *worker);
void oauth2_poll_destroy(oauth2_poll_t *poll);

/* There may be room, or a connection, again. */
void oauth2_poll_kick(oauth2_poll_t *poll);

/* No new polls; those under way are ended by the server. */
void oauth2_poll_drain(oauth2_poll_t *poll);

unsigned oauth2_poll_pending(const oauth2_poll_t *poll);


/* outbox.c: sends what is due, whoever should have. */

oauth2_outbox_t *oauth2_outbox_create(oauth2_worker_t *worker);
void oauth2_outbox_destroy(oauth2_outbox_t *outbox);


/* db_events.c */
extern const oauth2_db_host_t  oauth2_db_events;


/* drain.c: the end of the process.  Ends the loop when nothing is left. */

OAUTH2_MUST_USE oauth2_rc_e oauth2_drain_start(oauth2_worker_t *worker);

#endif
