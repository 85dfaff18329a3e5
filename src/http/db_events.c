/* SPDX-License-Identifier: MIT */

/*
 * The host of src/db: its connections on nginx's events and timers.
 *
 * Events are level-triggered, since libpq may leave bytes unread.  libpq
 * owns the descriptors: nginx's connection objects only watch them.  The
 * timers are cancelable, so that an idle database connection does not hold
 * a worker process that shuts down.
 */

#include "http.h"


typedef struct {
    ngx_connection_t  *c;
    ngx_event_t        timer;
    ngx_connection_t   owner;
    oauth2_db_conn_t  *conn;
} db_slot_t;


static bool db_watch(oauth2_db_conn_t *conn, void **slot, int fd, bool read,
    bool write);
static void db_unwatch(oauth2_db_conn_t *conn, void **slot, bool closed);
static void db_timer(oauth2_db_conn_t *conn, void **slot, unsigned ms);
static int64_t db_now_ms(void *data);
static void db_log(void *data, oauth2_db_log_e level, const char *message);
static db_slot_t *db_slot(oauth2_db_conn_t *conn, void **slot);
static bool db_wish(ngx_event_t *ev, ngx_int_t event, bool wanted);
static void db_readable(ngx_event_t *ev);
static void db_writable(ngx_event_t *ev);
static void db_timed_out(ngx_event_t *ev);


const oauth2_db_host_t  ngx_http_oauth2_db_host = {
    db_watch,
    db_unwatch,
    db_timer,
    db_now_ms,
    db_log
};


static bool
db_watch(oauth2_db_conn_t *conn, void **slot, int fd, bool read, bool write)
{
    db_slot_t         *s;
    ngx_connection_t  *c;

    s = db_slot(conn, slot);
    if (s == NULL) {
        return false;
    }

    c = s->c;

    if (c == NULL) {
        c = ngx_get_connection(fd, ngx_cycle->log);
        if (c == NULL) {
            return false;
        }

        c->data = s;
        c->read->handler = db_readable;
        c->write->handler = db_writable;
        c->read->log = ngx_cycle->log;
        c->write->log = ngx_cycle->log;
        c->log = ngx_cycle->log;

        s->c = c;
    }

    return db_wish(c->read, NGX_READ_EVENT, read)
           && db_wish(c->write, NGX_WRITE_EVENT, write);
}


static void
db_unwatch(oauth2_db_conn_t *conn, void **slot, bool closed)
{
    db_slot_t         *s;
    ngx_uint_t         flags;
    ngx_connection_t  *c;

    (void) conn;

    s = *slot;

    if (s == NULL || s->c == NULL) {
        return;
    }

    c = s->c;
    flags = closed ? NGX_CLOSE_EVENT : 0;

    if (c->read->active) {
        ngx_del_event(c->read, NGX_READ_EVENT, flags);
    }

    if (c->write->active) {
        ngx_del_event(c->write, NGX_WRITE_EVENT, flags);
    }

    if (c->read->posted) {
        ngx_delete_posted_event(c->read);
    }

    if (c->write->posted) {
        ngx_delete_posted_event(c->write);
    }

    /* the descriptor is libpq's: not ngx_close_connection() */

    c->fd = (ngx_socket_t) -1;
    ngx_free_connection(c);

    s->c = NULL;
}


static void
db_timer(oauth2_db_conn_t *conn, void **slot, unsigned ms)
{
    db_slot_t  *s;

    s = db_slot(conn, slot);
    if (s == NULL) {
        return;
    }

    if (s->timer.timer_set) {
        ngx_del_timer(&s->timer);
    }

    if (ms != 0) {
        ngx_add_timer(&s->timer, ms);
    }
}


static int64_t
db_now_ms(void *data)
{
    (void) data;

    return (int64_t) ngx_current_msec;
}


static void
db_log(void *data, oauth2_db_log_e level, const char *message)
{
    static const ngx_uint_t  levels[] = {
        NGX_LOG_ERR, NGX_LOG_WARN, NGX_LOG_NOTICE, NGX_LOG_DEBUG
    };

    (void) data;

    ngx_log_error(levels[level], ngx_cycle->log, 0, "database: %s",
                  message);
}


static db_slot_t *
db_slot(oauth2_db_conn_t *conn, void **slot)
{
    db_slot_t  *s;

    if (*slot != NULL) {
        return *slot;
    }

    s = ngx_calloc(sizeof(db_slot_t), ngx_cycle->log);
    if (s == NULL) {
        return NULL;
    }

    s->conn = conn;
    s->owner.fd = (ngx_socket_t) -1;
    s->owner.data = s;
    s->timer.data = &s->owner;
    s->timer.handler = db_timed_out;
    s->timer.log = ngx_cycle->log;
    s->timer.cancelable = 1;

    *slot = s;

    return s;
}


static bool
db_wish(ngx_event_t *ev, ngx_int_t event, bool wanted)
{
    if (wanted && !ev->active) {
        return ngx_add_event(ev, event, NGX_LEVEL_EVENT) == NGX_OK;
    }

    if (!wanted && ev->active) {
        return ngx_del_event(ev, event, NGX_LEVEL_EVENT) == NGX_OK;
    }

    return true;
}


static void
db_readable(ngx_event_t *ev)
{
    db_slot_t         *s;
    ngx_connection_t  *c;

    c = ev->data;
    s = c->data;

    oauth2_db_event(s->conn, true, false);
}


static void
db_writable(ngx_event_t *ev)
{
    db_slot_t         *s;
    ngx_connection_t  *c;

    c = ev->data;
    s = c->data;

    oauth2_db_event(s->conn, false, true);
}


static void
db_timed_out(ngx_event_t *ev)
{
    db_slot_t         *s;
    ngx_connection_t  *c;

    c = ev->data;
    s = c->data;

    oauth2_db_timeout(s->conn);
}
