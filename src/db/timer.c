/* SPDX-License-Identifier: MIT */

/*
 * The timer of a connection: deadlines of queries, attempts to connect,
 * servers that do not answer.
 */

#include "internal.h"


static int64_t timer_wish(const oauth2_db_conn_t *conn);
static int64_t timer_sooner(int64_t a, int64_t b);
static int64_t timer_stalls_at(const oauth2_db_conn_t *conn);


void
oauth2_db_timeout(oauth2_db_conn_t *conn)
{
    int64_t       now;
    oauth2_db_t  *db;

    db = conn->db;
    now = oauth2_db_now(db);

    oauth2_db_enter(db);
    conn->timer_at = 0;

    oauth2_db_expire(&conn->pool->waiting, now);
    oauth2_db_expire(&conn->flight, now);

    switch (conn->state) {

    case OAUTH2_DB_AWAY:
        if (conn->retry_at <= now) {
            oauth2_db_conn_start(conn);
        }

        break;

    case OAUTH2_DB_CONNECTING:
    case OAUTH2_DB_CHECKING:
        if (conn->deadline <= now) {
            oauth2_db_conn_drop(conn, "no answer while connecting");
        }

        break;

    default:
        if (conn->broken) {
            oauth2_db_conn_drop(conn, PQerrorMessage(conn->pg));

        } else if (conn->flight.first != NULL
                   && timer_stalls_at(conn) <= now)
        {
            oauth2_db_conn_drop(conn, "no answer from the server");
        }
    }

    oauth2_db_leave(db, conn);
}


/*
 * A timer that is armed for too early a time stays: it costs one call in
 * vain, where moving it would cost one at every query.
 */
void
oauth2_db_timer_update(oauth2_db_conn_t *conn)
{
    int64_t  at;

    at = timer_wish(conn);

    if (at != 0) {
        oauth2_db_conn_timer(conn, at);
        return;
    }

    if (conn->timer_at != 0) {
        conn->timer_at = 0;
        conn->db->host->timer(conn, &conn->slot, 0);
    }
}


/* The first connection of a pool also looks after those that wait. */
static int64_t
timer_wish(const oauth2_db_conn_t *conn)
{
    int64_t             at;
    oauth2_db_query_t  *q;

    switch (conn->state) {

    case OAUTH2_DB_AWAY:
        at = conn->retry_at;
        break;

    case OAUTH2_DB_CONNECTING:
    case OAUTH2_DB_CHECKING:
        at = conn->deadline;
        break;

    default:
        at = conn->broken ? oauth2_db_now(conn->db) : timer_stalls_at(conn);

        for (q = conn->flight.first; q != NULL; q = q->next) {
            if (!q->ended) {
                at = timer_sooner(at, q->deadline);
            }
        }
    }

    q = conn->pool->waiting.first;

    if (q != NULL && conn == &conn->pool->conns[0]) {
        at = timer_sooner(at, q->deadline);
    }

    return at;
}


/* 0 is never. */
static int64_t
timer_sooner(int64_t a, int64_t b)
{
    if (a == 0) {
        return b;
    }

    return b != 0 && b < a ? b : a;
}


/* When the server owes an answer and nothing came for this long. */
static int64_t
timer_stalls_at(const oauth2_db_conn_t *conn)
{
    int64_t                   since;
    const oauth2_db_query_t  *q;

    q = conn->flight.first;
    if (q == NULL) {
        return 0;
    }

    since = q->sent_at > conn->read_at ? q->sent_at : conn->read_at;

    return since + conn->db->conf.timeout + OAUTH2_DB_STALL_GRACE;
}
