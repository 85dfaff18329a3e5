/* SPDX-License-Identifier: MIT */

/*
 * The end in order: no new requests, the server lets our polls go, what is
 * in hand is finished, and then the loop ends.
 */

#include <stdlib.h>

#include "../src/core/str.h"
#include "clock.h"
#include "http.h"

#define DRAIN_LOOK      10       /* ms */
#define DRAIN_POLLS     5000     /* ms, to wait for the server */
#define DRAIN_ALL       40000    /* ms, longer than a mail may take */

typedef struct {
    oauth2_worker_t  *worker;
    struct event     *timer;
    int64_t           began;
} drain_t;

static int32_t  drain_types[] = { 1, 2 };


static void drain_polls(oauth2_worker_t *worker);
static void drain_on_answer(const oauth2_grpc_answer_t *answer,
    void *response, void *data);
static void drain_on_timer(evutil_socket_t fd, short what, void *data);
static bool drain_done(const drain_t *drain);


oauth2_rc_e
oauth2_drain_start(oauth2_worker_t *worker)
{
    drain_t         *drain;
    struct timeval   tv;

    drain = calloc(1, sizeof(drain_t));
    if (drain == NULL) {
        return OAUTH2_NOMEM;
    }

    drain->worker = worker;
    drain->began = oauth2_clock_ms();
    drain->timer = event_new(worker->base, -1, EV_PERSIST, drain_on_timer,
                             drain);
    if (drain->timer == NULL) {
        free(drain);
        return OAUTH2_NOMEM;
    }

    oauth2_log(OAUTH2_LOG_NOTICE, "shutting down: %u operations, %u "
               "workflow tasks, %u mail jobs in hand", worker->operations,
               worker->workflow_tasks, worker->mail_jobs);

    worker->draining = true;
    oauth2_http_drain(worker->http);
    oauth2_poll_drain(worker->poll);
    drain_polls(worker);

    tv.tv_sec = 0;
    tv.tv_usec = DRAIN_LOOK * 1000;
    (void) event_add(drain->timer, &tv);

    return OAUTH2_OK;
}


static void
drain_polls(oauth2_worker_t *worker)
{
    oauth2_pool_t                 *pool;
    Oauth2__Pb__ShutdownRequest   *request;

    pool = oauth2_pool_create();
    if (pool == NULL) {
        return;
    }

    request = oauth2_pb_new(pool, shutdown_request);
    if (request != NULL) {
        request->namespace_ = (char *) worker->conf->namespace;
        request->identity = worker->identity;
        request->reason = "the worker is shutting down";
        request->worker_instance_key = worker->instance;
        request->task_queue = (char *) worker->conf->task_queue;
        request->task_queue_types = drain_types;
        request->n_task_queue_types = 2;

        if (oauth2_rpc_start(&worker->rpc, pool, OAUTH2_RPC_SHUTDOWN,
                             request, DRAIN_POLLS, drain_on_answer, worker)
            == NULL)
        {
            oauth2_log(OAUTH2_LOG_WARN, "no memory for shutting down");
        }
    }

    oauth2_pool_release(pool);
}


static void
drain_on_answer(const oauth2_grpc_answer_t *answer, void *response,
    void *data)
{
    (void) response;
    (void) data;

    if (answer->code != OAUTH2_GRPC_OK) {
        oauth2_log(OAUTH2_LOG_WARN, "temporal does not know that the "
                   "worker ends: %.*s (%u)", (int) answer->message.len,
                   (const char *) answer->message.data, answer->code);
    }
}


static void
drain_on_timer(evutil_socket_t fd, short what, void *data)
{
    drain_t          *drain;
    oauth2_worker_t  *worker;

    (void) fd;
    (void) what;

    drain = data;
    worker = drain->worker;

    if (!drain_done(drain)) {
        return;
    }

    oauth2_log(OAUTH2_LOG_NOTICE, "drained in %d ms",
               (int) (oauth2_clock_ms() - drain->began));
    event_free(drain->timer);
    free(drain);
    (void) event_base_loopexit(worker->base, NULL);
}


static bool
drain_done(const drain_t *drain)
{
    int64_t                 waited;
    const oauth2_worker_t  *worker;

    worker = drain->worker;
    waited = oauth2_clock_ms() - drain->began;

    if (waited > DRAIN_ALL) {
        return true;
    }

    if (worker->operations != 0 || worker->workflow_tasks != 0
        || worker->activities != 0 || worker->mail_jobs != 0)
    {
        return false;
    }

    return oauth2_poll_pending(worker->poll) == 0 || waited > DRAIN_POLLS
           || oauth2_probe_state(worker->probe) != NULL;
}
