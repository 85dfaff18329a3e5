/* SPDX-License-Identifier: MIT */

/*
 * Pollers: a few long polls of each kind, all the time, as long as there
 * is room for what they may bring.
 *
 * A poll needs a deadline that the server is told; an empty answer comes a
 * second before it.  Cancelling one loses the task that it was about to
 * get, hence they are never cancelled: at the end the server is asked to
 * let them go (ShutdownWorker, with the key that each poll carries).
 */

#include <stdlib.h>

#include "../src/core/str.h"
#include "worker.h"

#define POLL_TIMEOUT    60000
#define POLL_RETRY      500

typedef struct {
    oauth2_poll_t       *poll;
    oauth2_grpc_call_t  *call;
    oauth2_pool_t       *pool;
    struct event        *timer;
    bool                 activities;
} poller_t;

struct oauth2_poll_s {
    oauth2_worker_t  *worker;
    unsigned          pending;
    poller_t          pollers[2 * OAUTH2_POLLS_EACH];
};


static void poller_run(poller_t *poller);
static bool poller_room(const poller_t *poller);
static void poller_on_timer(evutil_socket_t fd, short what, void *data);
static void poller_on_answer(const oauth2_grpc_answer_t *answer,
    void *response, void *data);
static void poller_take(poller_t *poller, oauth2_pool_t *pool,
    void *response);


oauth2_poll_t *
oauth2_poll_create(oauth2_worker_t *worker)
{
    size_t          i;
    poller_t       *poller;
    oauth2_poll_t  *poll;

    poll = calloc(1, sizeof(oauth2_poll_t));
    if (poll == NULL) {
        return NULL;
    }

    poll->worker = worker;

    for (i = 0; i < 2 * OAUTH2_POLLS_EACH; i++) {
        poller = &poll->pollers[i];
        poller->poll = poll;
        poller->activities = (i >= OAUTH2_POLLS_EACH);
        poller->timer = evtimer_new(worker->base, poller_on_timer, poller);
        if (poller->timer == NULL) {
            oauth2_poll_destroy(poll);
            return NULL;
        }
    }

    return poll;
}


void
oauth2_poll_destroy(oauth2_poll_t *poll)
{
    size_t     i;
    poller_t  *poller;

    for (i = 0; i < 2 * OAUTH2_POLLS_EACH; i++) {
        poller = &poll->pollers[i];

        if (poller->call != NULL) {
            oauth2_grpc_cancel(poller->call);
        }

        if (poller->timer != NULL) {
            event_free(poller->timer);
        }
    }

    free(poll);
}


void
oauth2_poll_kick(oauth2_poll_t *poll)
{
    size_t  i;

    for (i = 0; i < 2 * OAUTH2_POLLS_EACH; i++) {
        poller_run(&poll->pollers[i]);
    }
}


void
oauth2_poll_drain(oauth2_poll_t *poll)
{
    size_t  i;

    for (i = 0; i < 2 * OAUTH2_POLLS_EACH; i++) {
        (void) evtimer_del(poll->pollers[i].timer);
    }
}


unsigned
oauth2_poll_pending(const oauth2_poll_t *poll)
{
    return poll->pending;
}


static void
poller_run(poller_t *poller)
{
    oauth2_pool_t             *pool;
    oauth2_worker_t           *worker;
    oauth2_pb_queue_t         *queue;
    Oauth2__Pb__PollRequest   *request;

    worker = poller->poll->worker;

    if (poller->call != NULL || !poller_room(poller)) {
        return;
    }

    pool = oauth2_pool_create();
    if (pool == NULL) {
        return;
    }

    request = oauth2_pb_new(pool, poll_request);
    queue = oauth2_pb_new(pool, task_queue);

    if (request != NULL && queue != NULL) {
        queue->name = (char *) worker->conf->task_queue;
        queue->kind = 1;
        request->namespace_ = (char *) worker->conf->namespace;
        request->task_queue = queue;
        request->identity = worker->identity;
        request->worker_instance_key = worker->instance;

        poller->pool = pool;
        poller->call = oauth2_rpc_start(&worker->rpc, pool,
                                        poller->activities
                                        ? OAUTH2_RPC_POLL_ACTIVITY
                                        : OAUTH2_RPC_POLL_WORKFLOW,
                                        request, POLL_TIMEOUT,
                                        poller_on_answer, poller);
        if (poller->call != NULL) {
            poller->poll->pending++;
        }
    }

    oauth2_pool_release(pool);
}


/* Mail that is under way takes the place of activities, too. */
static bool
poller_room(const poller_t *poller)
{
    const oauth2_worker_t  *worker;

    worker = poller->poll->worker;

    if (worker->draining || !oauth2_h2_connected(worker->rpc.h2)
        || oauth2_probe_refused(worker->probe))
    {
        return false;
    }

    if (poller->activities) {
        return worker->activities + worker->eager + OAUTH2_POLLS_EACH
               <= OAUTH2_ACTIVITIES_MAX;
    }

    return worker->workflow_tasks + OAUTH2_POLLS_EACH
           <= OAUTH2_WORKFLOW_TASKS_MAX;
}


static void
poller_on_timer(evutil_socket_t fd, short what, void *data)
{
    (void) fd;
    (void) what;

    poller_run(data);
}


static void
poller_on_answer(const oauth2_grpc_answer_t *answer, void *response,
    void *data)
{
    poller_t         *poller;
    struct timeval    tv;
    oauth2_worker_t  *worker;

    poller = data;
    worker = poller->poll->worker;
    poller->call = NULL;
    poller->poll->pending--;

    if (response != NULL) {
        poller_take(poller, poller->pool, response);
        poller_run(poller);
        return;
    }

    if (worker->draining) {
        return;
    }

    if (answer->code != OAUTH2_GRPC_DEADLINE_EXCEEDED && !answer->unsent) {
        oauth2_log(OAUTH2_LOG_INFO, "poll failed: %.*s (%u)",
                   (int) answer->message.len,
                   (const char *) answer->message.data, answer->code);
    }

    tv.tv_sec = POLL_RETRY / 1000;
    tv.tv_usec = (POLL_RETRY % 1000) * 1000;
    (void) evtimer_add(poller->timer, &tv);
}


/* The pool is the call's, which releases it after this. */
static void
poller_take(poller_t *poller, oauth2_pool_t *pool, void *response)
{
    oauth2_pb_atask_t  *atask;
    oauth2_pb_wtask_t  *wtask;

    if (poller->activities) {
        atask = response;
        if (atask->task_token.len != 0) {
            oauth2_activity_task_start(poller->poll->worker, pool, atask);
        }

        return;
    }

    wtask = response;
    if (wtask->task_token.len != 0) {
        oauth2_workflow_task_start(poller->poll->worker, pool, wtask);
    }
}
