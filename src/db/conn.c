/* SPDX-License-Identifier: MIT */

/*
 * One connection: connecting, comparing the statements with the server,
 * watching the descriptor, and its end.
 *
 * libpq closes its descriptor and opens another when it pleases (the next
 * host, a fallback of TLS), often under the same number.  Hence number and
 * inode are compared whenever libpq may have done so.
 */

#include <stdio.h>
#include <sys/stat.h>

#include "internal.h"


static void conn_poll(oauth2_db_conn_t *conn);
static bool conn_ask(oauth2_db_conn_t *conn);
static bool conn_ask_statement(oauth2_db_conn_t *conn, oauth2_stmt_e stmt);
static void conn_checked(oauth2_db_conn_t *conn);
static bool conn_inode(int fd, ino_t *inode);
static void conn_disconnect(oauth2_db_conn_t *conn);
static bool conn_may_repeat(oauth2_db_conn_t *conn, oauth2_db_query_t *q,
    int64_t now);
static void conn_notice(void *data, const PGresult *result);


void
oauth2_db_conn_init(oauth2_db_conn_t *conn, oauth2_db_t *db,
    oauth2_db_pool_t *pool)
{
    conn->db = db;
    conn->pool = pool;
    conn->fd = -1;
}


void *
oauth2_db_conn_data(const oauth2_db_conn_t *conn)
{
    return conn->db->data;
}


/* What the conninfo string says wins over what comes before dbname. */
void
oauth2_db_conn_start(oauth2_db_conn_t *conn)
{
    const char         *values[4];
    static const char  *keywords[] = {
        "fallback_application_name", "dbname", "client_encoding", NULL
    };

    values[0] = "oauth2";
    values[1] = conn->db->conf.conninfo;
    values[2] = "UTF8";
    values[3] = NULL;

    conn->state = OAUTH2_DB_CONNECTING;
    conn->deadline = oauth2_db_now(conn->db) + OAUTH2_DB_CONNECT;
    conn->stmt = 0;
    conn->step = 0;
    conn->differences = 0;
    conn->broken = 0;
    conn->fatal = 0;
    conn->retiring = 0;
    conn->why[0] = '\0';

    conn->pg = PQconnectStartParams(keywords, values, 1);

    if (conn->pg == NULL) {
        oauth2_db_conn_drop(conn, "no memory");
        return;
    }

    (void) PQsetNoticeReceiver(conn->pg, conn_notice, conn);

    if (PQstatus(conn->pg) == CONNECTION_BAD) {
        oauth2_db_conn_drop(conn, PQerrorMessage(conn->pg));
        return;
    }

    if (!oauth2_db_conn_watch(conn, false, true)) {
        oauth2_db_conn_drop(conn, "cannot watch its descriptor");
    }
}


void
oauth2_db_event(oauth2_db_conn_t *conn, bool readable, bool writable)
{
    oauth2_db_t  *db;

    db = conn->db;
    oauth2_db_enter(db);

    switch (conn->state) {

    case OAUTH2_DB_AWAY:
        break;

    case OAUTH2_DB_CONNECTING:
        conn_poll(conn);
        break;

    case OAUTH2_DB_CHECKING:
        oauth2_db_wire_event(conn, readable, writable);

        if (conn->state == OAUTH2_DB_CHECKING
            && conn->stmt > OAUTH2_STMT_LAST)
        {
            conn_checked(conn);
        }

        break;

    default:
        oauth2_db_wire_event(conn, readable, writable);
    }

    oauth2_db_leave(db, conn);
}


static void
conn_poll(oauth2_db_conn_t *conn)
{
    bool                       watched;
    PostgresPollingStatusType  next;

    next = PQconnectPoll(conn->pg);

    switch (next) {

    case PGRES_POLLING_READING:
        watched = oauth2_db_conn_watch(conn, true, false);
        break;

    case PGRES_POLLING_WRITING:
        watched = oauth2_db_conn_watch(conn, false, true);
        break;

    case PGRES_POLLING_OK:
        conn->state = OAUTH2_DB_CHECKING;

        if (!conn_ask(conn)) {
            oauth2_db_conn_drop(conn, PQerrorMessage(conn->pg));
            return;
        }

        watched = oauth2_db_conn_watch(conn, true,
                                       PQflush(conn->pg) == 1);
        break;

    default:
        oauth2_db_conn_drop(conn, PQerrorMessage(conn->pg));
        return;
    }

    if (!watched) {
        oauth2_db_conn_drop(conn, "cannot watch its descriptor");
    }
}


/*
 * Settings and statements in one go.  A Sync each, so that one that differs
 * does not hide the others.
 */
static bool
conn_ask(oauth2_db_conn_t *conn)
{
    char         timeout[16];
    unsigned     i;
    const char  *values[1];

    (void) snprintf(timeout, sizeof(timeout), "%u",
                    conn->db->conf.timeout + OAUTH2_DB_SERVER_GRACE);
    values[0] = timeout;

    if (PQsetnonblocking(conn->pg, 1) != 0
        || !PQenterPipelineMode(conn->pg)
        || !PQsendQueryParams(conn->pg, "select pg_catalog.set_config("
                              "'statement_timeout', $1::text, false)", 1,
                              NULL, values, NULL, NULL, 0)
        || !PQpipelineSync(conn->pg))
    {
        return false;
    }

    for (i = 0; i < OAUTH2_STMT_LAST; i++) {
        if (!conn_ask_statement(conn, (oauth2_stmt_e) i)) {
            return false;
        }
    }

    return true;
}


static bool
conn_ask_statement(oauth2_db_conn_t *conn, oauth2_stmt_e stmt)
{
    bool            sent;
    const char     *name;
    oauth2_str_t    text;
    oauth2_pool_t  *pool;

    pool = oauth2_pool_create();
    if (pool == NULL) {
        return false;
    }

    name = oauth2_db_stmt_name(stmt);

    sent = oauth2_db_stmt_text(pool, stmt, &text) == OAUTH2_OK
           && PQsendPrepare(conn->pg, name, (char *) text.data, 0, NULL)
           && PQsendDescribePrepared(conn->pg, name)
           && PQpipelineSync(conn->pg);

    oauth2_pool_release(pool);

    return sent;
}


/* A later migration heals it: hence the next attempt as after a failure. */
static void
conn_checked(oauth2_db_conn_t *conn)
{
    char  why[OAUTH2_DB_LINE + 32];

    if (conn->differences == 0) {
        oauth2_db_pool_up(conn);
        return;
    }

    if (conn->differences == 1) {
        (void) snprintf(why, sizeof(why), "%s", conn->why);

    } else {
        (void) snprintf(why, sizeof(why), "%s (and %u more)", conn->why,
                        conn->differences - 1);
    }

    oauth2_db_conn_drop(conn, why);
}


bool
oauth2_db_conn_watch(oauth2_db_conn_t *conn, bool reads, bool writes)
{
    int                      fd;
    ino_t                    inode;
    const oauth2_db_host_t  *host;

    host = conn->db->host;
    fd = PQsocket(conn->pg);

    if (!conn_inode(fd, &inode)) {
        return false;
    }

    if (conn->fd != -1 && (fd != conn->fd || inode != conn->inode)) {
        host->unwatch(conn, &conn->slot, true);
        conn->fd = -1;
    }

    if (conn->fd != -1 && conn->reads == reads && conn->writes == writes) {
        return true;
    }

    if (!host->watch(conn, &conn->slot, fd, reads, writes)) {
        return false;
    }

    conn->fd = fd;
    conn->inode = inode;
    conn->reads = reads;
    conn->writes = writes;

    return true;
}


static bool
conn_inode(int fd, ino_t *inode)
{
    struct stat  st;

    if (fd < 0 || fstat(fd, &st) != 0) {
        return false;
    }

    *inode = st.st_ino;

    return true;
}


void
oauth2_db_conn_unwatch(oauth2_db_conn_t *conn)
{
    int    fd;
    bool   closed;
    ino_t  inode;

    if (conn->fd == -1) {
        return;
    }

    fd = PQsocket(conn->pg);
    closed = fd != conn->fd || !conn_inode(fd, &inode)
             || inode != conn->inode;

    conn->db->host->unwatch(conn, &conn->slot, closed);
    conn->fd = -1;
}


void
oauth2_db_conn_timer(oauth2_db_conn_t *conn, int64_t at)
{
    int64_t  ms;

    if (conn->timer_at != 0 && conn->timer_at <= at) {
        return;
    }

    conn->timer_at = at;
    ms = at - oauth2_db_now(conn->db);

    conn->db->host->timer(conn, &conn->slot, ms < 1 ? 1 : (unsigned) ms);
}


/* reason may be libpq's text, which goes with the connection. */
void
oauth2_db_conn_drop(oauth2_db_conn_t *conn, const char *reason)
{
    int64_t             now;
    const char         *what;
    oauth2_db_query_t  *q;

    if (conn->state == OAUTH2_DB_SERVING) {
        what = "database connection lost";
        conn->pool->serving--;

    } else if (conn->differences != 0) {
        what = "database does not match this program";

    } else {
        what = "cannot connect to the database";
    }

    oauth2_db_report(conn->db, what, reason);
    conn_disconnect(conn);

    now = oauth2_db_now(conn->db);

    while (conn->flight.first != NULL) {
        q = conn->flight.first;
        oauth2_db_list_remove(&conn->flight, q);

        if (conn_may_repeat(conn, q, now)) {
            q->sent = 0;
            oauth2_db_again(q);

        } else {
            oauth2_db_end(q, OAUTH2_DB_UNAVAILABLE);
        }

        oauth2_pool_release(q->pool);
    }

    oauth2_db_pool_failed(conn);
}


/*
 * After a FATAL error nothing that is in flight was executed: the server
 * had not answered the first, which it rolled back, nor begun the next.
 * Without one the connection may have broken before or after a commit; the
 * second such loss may be the query's doing, so there is no third.
 */
static bool
conn_may_repeat(oauth2_db_conn_t *conn, oauth2_db_query_t *q, int64_t now)
{
    if (q->ended || q->deadline <= now || q->tries >= OAUTH2_DB_TRIES) {
        return false;
    }

    if (conn->fatal) {
        return true;
    }

    return q->tries < 2 && oauth2_db_stmt_idempotent(q->stmt);
}


void
oauth2_db_conn_close(oauth2_db_conn_t *conn)
{
    oauth2_db_query_t  *q;

    conn_disconnect(conn);

    while (conn->flight.first != NULL) {
        q = conn->flight.first;
        oauth2_db_list_remove(&conn->flight, q);
        oauth2_db_end(q, OAUTH2_DB_UNAVAILABLE);
        oauth2_pool_release(q->pool);
    }

    conn->timer_at = 0;
    conn->db->host->timer(conn, &conn->slot, 0);
}


static void
conn_disconnect(oauth2_db_conn_t *conn)
{
    conn->state = OAUTH2_DB_AWAY;

    if (conn->pg == NULL) {
        return;
    }

    oauth2_db_conn_unwatch(conn);
    PQfinish(conn->pg);
    conn->pg = NULL;
}


/*
 * Notices are for those who type SQL.  Except the server's last word to a
 * connection that asked nothing, which libpq takes for a notice.
 */
static void
conn_notice(void *data, const PGresult *result)
{
    oauth2_db_wire_check_fatal(data, result);
}
