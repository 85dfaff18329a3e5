/* SPDX-License-Identifier: MIT */

/*
 * The host of src/db: its connections on libevent's events and timers.
 * libpq owns the descriptors; here they are only watched.
 */

#include <stdlib.h>

#include "clock.h"
#include "worker.h"

typedef struct {
    oauth2_db_conn_t  *conn;
    struct event      *io;
    struct event      *timer;
    int                fd;
    short              wishes;
} db_slot_t;


static bool db_watch(oauth2_db_conn_t *conn, void **slot, int fd, bool read,
    bool write);
static void db_unwatch(oauth2_db_conn_t *conn, void **slot, bool closed);
static void db_timer(oauth2_db_conn_t *conn, void **slot, unsigned ms);
static int64_t db_now_ms(void *data);
static void db_log(void *data, oauth2_db_log_e level, const char *message);
static db_slot_t *db_slot(oauth2_db_conn_t *conn, void **slot);
static void db_free(void **slot);
static void db_on_io(evutil_socket_t fd, short what, void *data);
static void db_on_timer(evutil_socket_t fd, short what, void *data);


const oauth2_db_host_t  oauth2_db_events = {
    db_watch,
    db_unwatch,
    db_timer,
    db_now_ms,
    db_log
};


static bool
db_watch(oauth2_db_conn_t *conn, void **slot, int fd, bool read, bool write)
{
    short             wishes;
    db_slot_t        *s;
    oauth2_worker_t  *worker;

    s = db_slot(conn, slot);
    if (s == NULL) {
        return false;
    }

    wishes = (short) (EV_PERSIST | (read ? EV_READ : 0)
                      | (write ? EV_WRITE : 0));
    if (s->io != NULL && s->fd == fd && s->wishes == wishes) {
        return true;
    }

    if (s->io != NULL) {
        event_free(s->io);
    }

    worker = oauth2_db_conn_data(conn);
    s->fd = fd;
    s->wishes = wishes;
    s->io = event_new(worker->base, fd, wishes, db_on_io, s);

    if (s->io == NULL) {
        return false;
    }

    return !(read || write) || event_add(s->io, NULL) == 0;
}


static void
db_unwatch(oauth2_db_conn_t *conn, void **slot, bool closed)
{
    db_slot_t  *s;

    (void) conn;
    (void) closed;

    s = *slot;
    if (s == NULL) {
        return;
    }

    if (s->io != NULL) {
        event_free(s->io);
        s->io = NULL;
    }

    db_free(slot);
}


static void
db_timer(oauth2_db_conn_t *conn, void **slot, unsigned ms)
{
    db_slot_t       *s;
    struct timeval   tv;

    if (ms == 0) {
        s = *slot;
        if (s != NULL && s->timer != NULL) {
            event_free(s->timer);
            s->timer = NULL;
        }

        db_free(slot);
        return;
    }

    s = db_slot(conn, slot);
    if (s == NULL) {
        return;
    }

    if (s->timer == NULL) {
        s->timer = evtimer_new(((oauth2_worker_t *)
                                oauth2_db_conn_data(conn))->base,
                               db_on_timer, s);
        if (s->timer == NULL) {
            return;
        }
    }

    tv.tv_sec = ms / 1000;
    tv.tv_usec = (ms % 1000) * 1000;
    (void) evtimer_add(s->timer, &tv);
}


static int64_t
db_now_ms(void *data)
{
    (void) data;

    return oauth2_clock_ms();
}


static void
db_log(void *data, oauth2_db_log_e level, const char *message)
{
    static const oauth2_log_e  levels[] = {
        OAUTH2_LOG_ERROR, OAUTH2_LOG_WARN, OAUTH2_LOG_NOTICE,
        OAUTH2_LOG_DEBUG
    };

    (void) data;

    oauth2_log(levels[level], "database: %s", message);
}


static db_slot_t *
db_slot(oauth2_db_conn_t *conn, void **slot)
{
    db_slot_t  *s;

    if (*slot != NULL) {
        return *slot;
    }

    s = calloc(1, sizeof(db_slot_t));
    if (s == NULL) {
        return NULL;
    }

    s->conn = conn;
    s->fd = -1;
    *slot = s;

    return s;
}


/* A slot without events is not needed; the connection may be at its end. */
static void
db_free(void **slot)
{
    db_slot_t  *s;

    s = *slot;

    if (s != NULL && s->io == NULL && s->timer == NULL) {
        free(s);
        *slot = NULL;
    }
}


static void
db_on_io(evutil_socket_t fd, short what, void *data)
{
    db_slot_t  *s;

    (void) fd;

    s = data;
    oauth2_db_event(s->conn, (what & EV_READ) != 0, (what & EV_WRITE) != 0);
}


static void
db_on_timer(evutil_socket_t fd, short what, void *data)
{
    db_slot_t         *s;
    oauth2_db_conn_t  *conn;

    (void) fd;
    (void) what;

    s = data;
    conn = s->conn;
    oauth2_db_timeout(conn);
}
