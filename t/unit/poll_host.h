/* SPDX-License-Identifier: MIT */

/*
 * A host for src/db over poll(), for tests: one slot a connection, in a
 * table.  Include it in one .c file.  What the library does wrong with a
 * descriptor (watching one that is closed, leaving one) aborts the test.
 */

#ifndef OAUTH2_POLL_HOST_H
#define OAUTH2_POLL_HOST_H

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "../../src/db/db.h"

#define POLL_SLOTS  64

typedef struct {
    oauth2_db_conn_t  *conn;
    int64_t            at;       /* of the timer; 0: none */
    short              events;
    int                fd;       /* -1: none */
} poll_slot_t;

static poll_slot_t  poll_slots[POLL_SLOTS];
static unsigned     poll_used;
static unsigned     poll_fail_watch;    /* so many calls say no */


static void
poll_require(bool ok, const char *what)
{
    if (!ok) {
        (void) fprintf(stderr, "poll host: %s\n", what);
        abort();
    }
}


static int64_t
poll_now(void *data OAUTH2_UNUSED)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


static poll_slot_t *
poll_slot(oauth2_db_conn_t *conn, void **slot)
{
    poll_slot_t  *s;

    if (*slot == NULL) {
        poll_require(poll_used < POLL_SLOTS, "too many connections");
        s = &poll_slots[poll_used++];
        s->conn = conn;
        s->fd = -1;
        *slot = s;
    }

    s = *slot;
    poll_require(s->conn == conn, "the slot of another connection");

    return s;
}


static bool
poll_watch(oauth2_db_conn_t *conn, void **slot, int fd, bool read,
    bool write)
{
    poll_slot_t  *s;
    struct stat   st;

    s = poll_slot(conn, slot);
    poll_require(fstat(fd, &st) == 0, "watches a closed descriptor");
    poll_require(s->fd == -1 || s->fd == fd, "watches two descriptors");

    if (poll_fail_watch != 0) {
        poll_fail_watch--;
        return false;
    }

    s->fd = fd;
    s->events = (short) ((read ? POLLIN : 0) | (write ? POLLOUT : 0));

    return true;
}


static void
poll_unwatch(oauth2_db_conn_t *conn, void **slot, bool closed)
{
    poll_slot_t  *s;
    struct stat   st;

    s = poll_slot(conn, slot);
    poll_require(s->fd != -1, "unwatches nothing");
    poll_require(closed || fstat(s->fd, &st) == 0, "closed it unsaid");
    s->fd = -1;
}


static void
poll_timer(oauth2_db_conn_t *conn, void **slot, unsigned ms)
{
    poll_slot(conn, slot)->at = ms == 0 ? 0 : poll_now(NULL) + ms;
}


/*
 * One turn: waits for a descriptor, a timer, input on extra (-1: none), or
 * so many milliseconds.  Answers true when extra is readable.
 */
static bool
poll_turn(int extra, int max_ms)
{
    int            n, ms;
    int64_t        now;
    unsigned       i;
    poll_slot_t   *s;
    struct pollfd  fds[POLL_SLOTS + 1];

    now = poll_now(NULL);
    ms = max_ms;

    for (i = 0; i < poll_used; i++) {
        s = &poll_slots[i];
        fds[i] = (struct pollfd) { s->fd, s->events, 0 };

        if (s->at != 0 && s->at - now < ms) {
            ms = s->at > now ? (int) (s->at - now) : 0;
        }
    }

    fds[i] = (struct pollfd) { extra, POLLIN, 0 };
    n = poll(fds, i + 1, ms);
    poll_require(n >= 0, "poll failed");

    now = poll_now(NULL);

    while (i-- != 0) {
        s = &poll_slots[i];
        poll_require(!(fds[i].revents & POLLNVAL), "polled a closed one");

        /* an event may have gone stale by those before it */
        if (fds[i].revents != 0 && s->fd == fds[i].fd) {
            oauth2_db_event(s->conn, fds[i].revents & ~POLLOUT,
                            fds[i].revents & ~POLLIN);
        }

        if (s->at != 0 && s->at <= now) {
            s->at = 0;
            oauth2_db_timeout(s->conn);
        }
    }

    return extra != -1 && fds[poll_used].revents != 0;
}

#endif
