/* SPDX-License-Identifier: MIT */

/*
 * PostgreSQL without an event loop: pools of connections, a bounded queue,
 * deadlines, prepared statements checked against statements.def, reconnect
 * with backoff.  The host (nginx, or libevent in the worker) lends its
 * events and timers by oauth2_db_host_t.  Nothing here waits.
 *
 * A database is two pools: FAST statements share pipelined connections,
 * SLOW ones have a connection alone, so that a slow one delays no other.
 * One Sync a query: an error in one does not touch its neighbours.
 */

#ifndef OAUTH2_DB_H
#define OAUTH2_DB_H

#include "../core/pool.h"

typedef struct oauth2_db_s        oauth2_db_t;
typedef struct oauth2_db_conn_s   oauth2_db_conn_t;
typedef struct oauth2_db_query_s  oauth2_db_query_t;

/* OAUTH2_STMT_<name> */
typedef enum {
#define OAUTH2_STATEMENT(name, pool, params, columns)  OAUTH2_STMT_##name,
#include "statements.def"
#undef OAUTH2_STATEMENT
    OAUTH2_STMT_LAST
} oauth2_stmt_e;

typedef enum {
    OAUTH2_DB_OK = 0,
    OAUTH2_DB_ERROR,          /* an exception in SQL: a bug */
    OAUTH2_DB_UNAVAILABLE,    /* away, or not within the deadline */
    OAUTH2_DB_BUSY            /* the queue is full */
} oauth2_db_rc_e;

typedef enum {
    OAUTH2_DB_LOG_ERROR = 0,
    OAUTH2_DB_LOG_WARN,
    OAUTH2_DB_LOG_NOTICE,
    OAUTH2_DB_LOG_DEBUG
} oauth2_db_log_e;

/*
 * What the host does for a connection.  slot is the host's own pointer,
 * one a connection, null at first.
 *
 * watch: tell oauth2_db_event() when the descriptor is ready (level
 *     triggered); called again whenever the wishes or the descriptor
 *     change.  A new descriptor is announced after unwatch of the old.
 * unwatch: forget it; closed means that libpq has closed it already.
 * timer: call oauth2_db_timeout() once after so many milliseconds,
 *     replacing an earlier wish; 0 takes it back.
 */
typedef struct {
    bool     (*watch)(oauth2_db_conn_t *conn, void **slot, int fd,
                      bool read, bool write);
    void     (*unwatch)(oauth2_db_conn_t *conn, void **slot, bool closed);
    void     (*timer)(oauth2_db_conn_t *conn, void **slot, unsigned ms);
    int64_t  (*now_ms)(void *data);
    void     (*log)(void *data, oauth2_db_log_e level, const char *message);
} oauth2_db_host_t;

typedef struct {
    const char  *conninfo;       /* libpq's; terminated */
    unsigned     fast;           /* pipelined connections, 2 */
    unsigned     depth;          /* queries in flight on each, 8 */
    unsigned     slow;           /* exclusive connections, 4 */
    unsigned     queue;          /* waiting queries of each kind, 1024 */
    unsigned     timeout;        /* milliseconds from start to end, 2000 */
} oauth2_db_conf_t;

/* Called once, except after oauth2_db_query_detach(). */
typedef void (*oauth2_db_done_pt)(oauth2_db_query_t *q, oauth2_db_rc_e rc,
    void *data);


/*
 * Makes the pools and begins to connect.  The memory is the database's
 * own.  NULL without memory.  conf is copied, its string is not.
 */
oauth2_db_t *oauth2_db_create(const oauth2_db_conf_t *conf,
    const oauth2_db_host_t *host, void *data);

/* Closes everything; queries under way end as UNAVAILABLE first. */
void oauth2_db_destroy(oauth2_db_t *db);

/* Is there a connection in service? */
bool oauth2_db_ready(const oauth2_db_t *db);

/* Queries in flight and waiting: 0 when the database may be destroyed. */
size_t oauth2_db_pending(const oauth2_db_t *db);

/*
 * Starts a query.  Parameters are text, null strings are SQL nulls, their
 * number is that of the statement; they are copied.  The query keeps the
 * pool.  done() is called later, never from here.  NULL: the queue is full
 * or memory is short, done() will not be called, *why says which (BUSY or
 * UNAVAILABLE).  When no connection is in service the query fails at once
 * after the first backoff rather than at its deadline.
 */
oauth2_db_query_t *oauth2_db_query_start(oauth2_db_t *db,
    oauth2_pool_t *pool, oauth2_stmt_e stmt, const oauth2_str_t *params,
    oauth2_db_done_pt done, void *data, oauth2_db_rc_e *why);

/*
 * The requester left: done() is not called.  A query that was not sent is
 * taken back, one in flight is drained.
 */
void oauth2_db_query_detach(oauth2_db_query_t *q);

/*
 * Reading the result, from done() until the pool ends.  A value is text
 * and absent for null.  A column that the statement does not have, or a
 * row that is not there, answers an absent string.
 */
size_t oauth2_db_rows(const oauth2_db_query_t *q);
oauth2_str_t oauth2_db_value(const oauth2_db_query_t *q, size_t row,
    const char *column);

/* The same for 't' and for whole numbers (0 for null). */
bool oauth2_db_bool(const oauth2_db_query_t *q, size_t row,
    const char *column);
int64_t oauth2_db_int(const oauth2_db_query_t *q, size_t row,
    const char *column);

/* The number of parameters; the SQL name; the statement of a name, or
 * OAUTH2_STMT_LAST. */
unsigned oauth2_db_stmt_params(oauth2_stmt_e stmt);
const char *oauth2_db_stmt_name(oauth2_stmt_e stmt);
oauth2_stmt_e oauth2_db_stmt_find(const char *name);

/* From the host. */
void oauth2_db_event(oauth2_db_conn_t *conn, bool readable, bool writable);
void oauth2_db_timeout(oauth2_db_conn_t *conn);
void *oauth2_db_conn_data(const oauth2_db_conn_t *conn);

#endif
