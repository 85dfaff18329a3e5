/* SPDX-License-Identifier: MIT */

/*
 * The drain: mails that are due although they have, or should have had, a
 * sender of their own: Temporal was away, a worker was lost, or it failed.
 */

#include <stdlib.h>

#include "../src/core/str.h"
#include "mail_thread.h"

#define OUTBOX_LIMIT  4

struct oauth2_outbox_s {
    oauth2_worker_t  *worker;
    struct event     *timer;
    bool              busy;
};


static void outbox_run(oauth2_outbox_t *outbox);
static void outbox_on_timer(evutil_socket_t fd, short what, void *data);
static void outbox_on_done(const oauth2_mail_counts_t *counts, void *data);


oauth2_outbox_t *
oauth2_outbox_create(oauth2_worker_t *worker)
{
    int64_t           ms;
    struct timeval    tv;
    oauth2_outbox_t  *outbox;

    outbox = calloc(1, sizeof(oauth2_outbox_t));
    if (outbox == NULL) {
        return NULL;
    }

    outbox->worker = worker;
    outbox->timer = event_new(worker->base, -1, EV_PERSIST, outbox_on_timer,
                              outbox);
    if (outbox->timer == NULL) {
        free(outbox);
        return NULL;
    }

    ms = worker->conf->drain_interval;
    if (ms != 0) {
        tv.tv_sec = ms / 1000;
        tv.tv_usec = (ms % 1000) * 1000;
        (void) event_add(outbox->timer, &tv);
    }

    return outbox;
}


void
oauth2_outbox_destroy(oauth2_outbox_t *outbox)
{
    event_free(outbox->timer);
    free(outbox);
}


static void
outbox_run(oauth2_outbox_t *outbox)
{
    unsigned              room;
    oauth2_pool_t        *pool;
    oauth2_worker_t      *worker;
    oauth2_mail_order_t   order;

    worker = outbox->worker;
    room = oauth2_threads_room(worker->threads);

    if (outbox->busy || worker->draining || room < OUTBOX_LIMIT
        || !oauth2_db_ready(worker->db))
    {
        return;
    }

    pool = oauth2_pool_create();
    if (pool == NULL) {
        return;
    }

    memset(&order, 0, sizeof(order));
    order.limit = OUTBOX_LIMIT;

    outbox->busy = true;
    if (oauth2_mail_job_start(worker, pool, &order, outbox_on_done, outbox)
        != OAUTH2_OK)
    {
        outbox->busy = false;
    }

    oauth2_pool_release(pool);
}


static void
outbox_on_timer(evutil_socket_t fd, short what, void *data)
{
    (void) fd;
    (void) what;

    outbox_run(data);
}


/* A full batch: there may be more. */
static void
outbox_on_done(const oauth2_mail_counts_t *counts, void *data)
{
    oauth2_outbox_t  *outbox;

    outbox = data;
    outbox->busy = false;

    if (counts->claimed == OUTBOX_LIMIT && counts->retry == 0) {
        outbox_run(outbox);
    }
}
