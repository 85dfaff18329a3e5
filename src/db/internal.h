/* SPDX-License-Identifier: MIT */

/*
 * What the files of src/db share.  db.h is the interface.
 *
 *     query.c      starting and detaching queries, reading results
 *     pool.c       the database: begins, ends, tells the requesters
 *     queue.c      queries that wait, and the choice of a connection
 *     timer.c      deadlines
 *     conn.c       one connection: connect, check, watch, drop
 *     wire.c       one connection: send, read, what an error means
 *     statement.c  statements.def: SQL text, and the check of a connection
 *
 * Who calls done(): only oauth2_db_leave(), when nothing of ours is being
 * walked.  Whatever ends a query puts it on the list db->ending, so that
 * done() may start queries, detach others and destroy the database.
 *
 * Who holds a query: its pool has one reference for the requester, until
 * done() was called or the query detached, and one for the wire, while the
 * query is in flight.
 */

#ifndef OAUTH2_DB_INTERNAL_H
#define OAUTH2_DB_INTERNAL_H

#include <libpq-fe.h>

#include "db.h"

#define OAUTH2_DB_LINE        512    /* bytes of a log line */
#define OAUTH2_DB_TRIES       3      /* how often a query is sent */
#define OAUTH2_DB_BACKOFF     100    /* milliseconds, doubling */
#define OAUTH2_DB_BACKOFF_MAX 5000
#define OAUTH2_DB_CONNECT     5000   /* milliseconds to come into service */
#define OAUTH2_DB_STEADY      1000   /* in service so long: no backoff */

/* Beyond the deadline: the server gives up, then we give up the server. */
#define OAUTH2_DB_SERVER_GRACE  200
#define OAUTH2_DB_STALL_GRACE   500

typedef enum {
    OAUTH2_DB_FAST = 0,
    OAUTH2_DB_SLOW
} oauth2_db_kind_e;

typedef enum {
    OAUTH2_DB_AWAY = 0,      /* waits for retry_at */
    OAUTH2_DB_CONNECTING,
    OAUTH2_DB_CHECKING,      /* prepares and compares the statements */
    OAUTH2_DB_SERVING
} oauth2_db_state_e;

typedef struct {
    oauth2_db_query_t  *first;
    oauth2_db_query_t  *last;
    size_t              len;
} oauth2_db_list_t;

typedef struct {
    oauth2_db_conn_t  *conns;
    oauth2_db_list_t   waiting;
    unsigned           n;
    unsigned           depth;
    unsigned           serving;   /* connections in service */
    bool               down;      /* none, and attempts fail */
} oauth2_db_pool_t;

struct oauth2_db_query_s {
    oauth2_db_t        *db;
    oauth2_pool_t      *pool;
    oauth2_db_query_t  *next;      /* waiting, or in flight */
    oauth2_db_query_t  *prev;
    oauth2_db_query_t  *ending;    /* the next to end */
    const char        **values;
    PGresult           *result;
    oauth2_db_done_pt   done;
    void               *data;
    int64_t             deadline;
    int64_t             sent_at;
    oauth2_stmt_e       stmt;
    oauth2_db_rc_e      rc;
    unsigned            tries;
    unsigned            sent:1;      /* in flight */
    unsigned            ended:1;     /* on the list, or done() was called */
    unsigned            detached:1;
};

struct oauth2_db_conn_s {
    oauth2_db_t        *db;
    oauth2_db_pool_t   *pool;
    PGconn             *pg;
    void               *slot;
    oauth2_db_list_t    flight;
    int64_t             timer_at;    /* armed for; 0: not armed */
    int64_t             retry_at;
    int64_t             deadline;    /* to come into service */
    int64_t             serving_at;
    int64_t             read_at;
    oauth2_db_state_e   state;
    ino_t               inode;       /* of the watched descriptor */
    int                 fd;          /* watched; -1: none */
    unsigned            failures;    /* attempts in a row */
    unsigned            late;        /* in flight beyond their deadline */
    unsigned            stmt;        /* being checked; 0: the settings */
    unsigned            step;        /* results of it so far */
    unsigned            differences;
    unsigned            reads:1;     /* as watched */
    unsigned            writes:1;
    unsigned            broken:1;    /* to be dropped by the timer */
    unsigned            fatal:1;     /* what is in flight was not executed */
    unsigned            retiring:1;  /* to be replaced when drained */
    char                why[OAUTH2_DB_LINE];
};

struct oauth2_db_s {
    oauth2_pool_t           *memory;
    const oauth2_db_host_t  *host;
    void                    *data;
    oauth2_db_conf_t         conf;
    oauth2_db_pool_t         pools[2];
    oauth2_db_query_t       *ending;
    oauth2_db_query_t      **ending_last;
    uint32_t                 seed;
    unsigned                 running;     /* depth of enter() */
    unsigned                 destroyed:1;
    char                     reported[OAUTH2_DB_LINE];
};


/* statement.c */

oauth2_db_kind_e oauth2_db_stmt_kind(oauth2_stmt_e stmt);

/* May it run twice?  Else it is sent again only when it did not run. */
bool oauth2_db_stmt_idempotent(oauth2_stmt_e stmt);

/* select <columns> from oauth2.<name>($1::uuid, ...), in the pool. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_db_stmt_text(oauth2_pool_t *pool,
    oauth2_stmt_e stmt, oauth2_str_t *text);

/* Compares with what the server describes; fills why when they differ. */
bool oauth2_db_stmt_check(oauth2_stmt_e stmt, const PGresult *described,
    char why[OAUTH2_DB_LINE]);


/* conn.c */

void oauth2_db_conn_init(oauth2_db_conn_t *conn, oauth2_db_t *db,
    oauth2_db_pool_t *pool);

/* Begins an attempt; a failure ends in AWAY with the next one arranged. */
void oauth2_db_conn_start(oauth2_db_conn_t *conn);

/* Tells the host what to wait for; false: it cannot. */
bool oauth2_db_conn_watch(oauth2_db_conn_t *conn, bool reads, bool writes);

/* Takes it back; before the descriptor's number can be somebody else's. */
void oauth2_db_conn_unwatch(oauth2_db_conn_t *conn);

/* Closes; queries in flight wait again, or end.  reason is logged. */
void oauth2_db_conn_drop(oauth2_db_conn_t *conn, const char *reason);

/* Closes for good, without a word. */
void oauth2_db_conn_close(oauth2_db_conn_t *conn);

/* Arms the timer unless it is armed for an earlier time already. */
void oauth2_db_conn_timer(oauth2_db_conn_t *conn, int64_t at);


/* wire.c */

/* Sends the query, which is on no list; false: the connection is broken
 * and the query was not sent. */
bool oauth2_db_conn_send(oauth2_db_conn_t *conn, oauth2_db_query_t *q);

/* Flushes, reads, ends queries; may end in AWAY. */
void oauth2_db_wire_event(oauth2_db_conn_t *conn, bool readable,
    bool writable);

/* Notes that the server ended the connection, if this result says so. */
void oauth2_db_wire_check_fatal(oauth2_db_conn_t *conn,
    const PGresult *res);


/* queue.c */

void oauth2_db_list_push(oauth2_db_list_t *list, oauth2_db_query_t *q);
void oauth2_db_list_remove(oauth2_db_list_t *list, oauth2_db_query_t *q);

/* Ends a query: done() is called by oauth2_db_leave(). */
void oauth2_db_end(oauth2_db_query_t *q, oauth2_db_rc_e rc);

/* Lets a query wait again, in order of deadlines. */
void oauth2_db_again(oauth2_db_query_t *q);

/* Ends those of the list whose deadline has passed.  Those in flight stay
 * there until the server has answered. */
void oauth2_db_expire(oauth2_db_list_t *list, int64_t now);

/* Sends what waits to connections with room. */
void oauth2_db_pool_dispatch(oauth2_db_pool_t *pool);


/* timer.c */

/* Arms the timer for what the connection waits for next, or takes it
 * back. */
void oauth2_db_timer_update(oauth2_db_conn_t *conn);


/* pool.c */

int64_t oauth2_db_now(const oauth2_db_t *db);

/* Logs a line as an error once, until the database is in service again. */
void oauth2_db_report(oauth2_db_t *db, const char *what, const char *why);

/* A connection came into service; it was lost, or an attempt failed. */
void oauth2_db_pool_up(oauth2_db_conn_t *conn);
void oauth2_db_pool_failed(oauth2_db_conn_t *conn);

/* Around every call from the host. */
void oauth2_db_enter(oauth2_db_t *db);
void oauth2_db_leave(oauth2_db_t *db, oauth2_db_conn_t *conn);

#endif
