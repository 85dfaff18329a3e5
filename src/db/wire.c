/* SPDX-License-Identifier: MIT */

/*
 * One connection: sending queries, reading results, and what an error of
 * the server means for the query and the connection.
 *
 * The rows of a query arrive before its Sync, which commits.  So a query
 * ends with the PGRES_PIPELINE_SYNC behind its results, not before.
 */

#include <stdio.h>

#include "internal.h"

typedef enum {
    WIRE_BUG = 0,      /* an exception in SQL */
    WIRE_TIRED,        /* the server cannot, at the moment */
    WIRE_AGAIN,        /* rolled back; likely to succeed next time */
    WIRE_RECYCLE       /* rolled back; the connection is of no more use */
} wire_error_e;

typedef struct {
    const char    *prefix;
    wire_error_e   error;
    bool           bare;      /* only outside of a function */
} wire_code_t;


static void wire_lost(oauth2_db_conn_t *conn);
static void wire_read(oauth2_db_conn_t *conn);
static void wire_checking(oauth2_db_conn_t *conn, PGresult *res);
static void wire_differs(oauth2_db_conn_t *conn, const PGresult *res);
static void wire_serving(oauth2_db_conn_t *conn, PGresult *res);
static void wire_keep(oauth2_db_query_t *q, PGresult *res);
static void wire_ended(oauth2_db_conn_t *conn);
static void wire_failed(oauth2_db_query_t *q);
static bool wire_is_error(const PGresult *res);
static wire_error_e wire_error(const PGresult *res);
static void wire_note(oauth2_db_conn_t *conn, const PGresult *res);
static void wire_log_bug(const oauth2_db_query_t *q, const PGresult *res);


/*
 * By SQLSTATE, the first that matches.  "Bare" errors come from planning
 * our own statement again: something below it was altered.  Inside of a
 * function the same codes are bugs.
 */
static const wire_code_t  wire_codes[] = {
    { "57P", WIRE_RECYCLE, false },      /* terminated, restarting */
    { "25006", WIRE_RECYCLE, false },    /* a standby now */
    { "0A000", WIRE_RECYCLE, true },     /* cached plan must not change */
    { "26000", WIRE_RECYCLE, true },     /* no such prepared statement */
    { "42883", WIRE_RECYCLE, true },     /* undefined function */
    { "42703", WIRE_RECYCLE, true },     /* undefined column */
    { "3F000", WIRE_RECYCLE, true },     /* undefined schema */
    { "40001", WIRE_AGAIN, false },      /* serialization */
    { "40P01", WIRE_AGAIN, false },      /* deadlock */
    { "08", WIRE_TIRED, false },         /* connection */
    { "53", WIRE_TIRED, false },         /* resources */
    { "55P03", WIRE_TIRED, false },      /* lock timeout */
    { "57", WIRE_TIRED, false },         /* statement timeout */
    { "58", WIRE_TIRED, false },         /* disk, system */
    { NULL, WIRE_BUG, false }
};


bool
oauth2_db_conn_send(oauth2_db_conn_t *conn, oauth2_db_query_t *q)
{
    int      rc;
    PGconn  *pg;

    pg = conn->pg;

    if (!PQsendQueryPrepared(pg, oauth2_db_stmt_name(q->stmt),
                             (int) oauth2_db_stmt_params(q->stmt),
                             q->values, NULL, NULL, 0))
    {
        wire_lost(conn);
        return false;
    }

    q->sent = 1;
    q->sent_at = oauth2_db_now(conn->db);
    q->tries++;
    oauth2_pool_keep(q->pool);
    oauth2_db_list_push(&conn->flight, q);
    oauth2_db_conn_timer(conn, q->deadline);

    rc = PQpipelineSync(pg) ? PQflush(pg) : -1;

    if (rc < 0 || !oauth2_db_conn_watch(conn, true, rc == 1)) {
        wire_lost(conn);
    }

    return true;
}


/* Ends the connection from a timer, since this may be within done().  libpq
 * may have closed the descriptor: nobody must watch it until then. */
static void
wire_lost(oauth2_db_conn_t *conn)
{
    conn->broken = 1;
    oauth2_db_conn_unwatch(conn);
    oauth2_db_conn_timer(conn, oauth2_db_now(conn->db));
}


void
oauth2_db_wire_event(oauth2_db_conn_t *conn, bool readable, bool writable)
{
    int   rc;
    bool  alive;

    alive = true;

    if (writable) {
        alive = PQflush(conn->pg) >= 0;
    }

    if (readable) {
        conn->read_at = oauth2_db_now(conn->db);
        alive = PQconsumeInput(conn->pg) && alive;
    }

    wire_read(conn);

    if (!alive || conn->fatal || conn->broken
        || PQstatus(conn->pg) == CONNECTION_BAD)
    {
        oauth2_db_conn_drop(conn, conn->fatal ? conn->why
                                              : PQerrorMessage(conn->pg));
        return;
    }

    if (conn->retiring && conn->flight.first == NULL) {
        oauth2_db_conn_drop(conn, conn->why);
        return;
    }

    rc = PQflush(conn->pg);

    if (rc < 0 || !oauth2_db_conn_watch(conn, true, rc == 1)) {
        oauth2_db_conn_drop(conn, PQerrorMessage(conn->pg));
    }
}


/*
 * In pipeline mode a NULL ends the results of one command and the next
 * begin; two in a row mean that there are none.  PQisBusy() parses, which
 * an idle connection needs as well.
 */
static void
wire_read(oauth2_db_conn_t *conn)
{
    bool       idle;
    PGresult  *res;

    idle = false;

    while (!PQisBusy(conn->pg)) {
        res = PQgetResult(conn->pg);

        if (res == NULL && idle) {
            return;
        }

        idle = res == NULL;

        if (idle) {
            continue;
        }

        if (conn->state == OAUTH2_DB_CHECKING) {
            wire_checking(conn, res);

        } else {
            wire_serving(conn, res);
        }

        if (conn->fatal) {
            return;
        }
    }
}


/* conn->stmt is one more than the statement; 0 are the settings. */
static void
wire_checking(oauth2_db_conn_t *conn, PGresult *res)
{
    char           why[OAUTH2_DB_LINE];
    oauth2_stmt_e  stmt;

    if (PQresultStatus(res) == PGRES_PIPELINE_SYNC) {
        conn->stmt++;
        conn->step = 0;

    } else if (PQresultStatus(res) == PGRES_PIPELINE_ABORTED) {
        conn->step++;

    } else if (wire_is_error(res)) {
        wire_differs(conn, res);

    } else if (conn->stmt != 0 && ++conn->step == 2) {
        stmt = (oauth2_stmt_e) (conn->stmt - 1);

        if (!oauth2_db_stmt_check(stmt, res, why)) {
            if (conn->differences++ == 0) {
                memcpy(conn->why, why, sizeof(why));
            }
        }
    }

    PQclear(res);
}


/* Only class 42 and 3F speak of the schema; others are outages. */
static void
wire_differs(oauth2_db_conn_t *conn, const PGresult *res)
{
    const char  *code, *message;

    code = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

    if (code == NULL || message == NULL || conn->stmt == 0
        || (strncmp(code, "42", 2) != 0 && strncmp(code, "3F", 2) != 0))
    {
        wire_note(conn, res);
        conn->fatal = 1;
        conn->differences = 0;
        return;
    }

    if (conn->differences++ == 0) {
        (void) snprintf(conn->why, sizeof(conn->why), "oauth2.%s: %s",
                        oauth2_db_stmt_name(conn->stmt - 1), message);
    }
}


static void
wire_serving(oauth2_db_conn_t *conn, PGresult *res)
{
    oauth2_db_query_t  *q;

    q = conn->flight.first;

    if (q == NULL) {
        PQclear(res);
        return;
    }

    if (PQresultStatus(res) == PGRES_PIPELINE_SYNC) {
        PQclear(res);
        wire_ended(conn);
        return;
    }

    if (wire_is_error(res)) {
        oauth2_db_wire_check_fatal(conn, res);

        if (!conn->fatal && wire_error(res) == WIRE_RECYCLE) {
            conn->retiring = 1;
            wire_note(conn, res);
        }
    }

    wire_keep(q, res);
}


void
oauth2_db_wire_check_fatal(oauth2_db_conn_t *conn, const PGresult *res)
{
    const char  *severity;

    severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);

    if (severity != NULL && (strcmp(severity, "FATAL") == 0
                             || strcmp(severity, "PANIC") == 0))
    {
        conn->fatal = 1;
        wire_note(conn, res);
    }
}


/* A commit that fails sends its error behind the rows. */
static void
wire_keep(oauth2_db_query_t *q, PGresult *res)
{
    if (q->ended || (q->result != NULL && !wire_is_error(res))) {
        PQclear(res);
        return;
    }

    PQclear(q->result);
    q->result = res;
}


static void
wire_ended(oauth2_db_conn_t *conn)
{
    oauth2_pool_t      *pool;
    oauth2_db_query_t  *q;

    q = conn->flight.first;
    pool = q->pool;

    oauth2_db_list_remove(&conn->flight, q);
    q->sent = 0;

    if (!q->ended) {
        if (q->result != NULL
            && PQresultStatus(q->result) == PGRES_TUPLES_OK)
        {
            oauth2_db_end(q, OAUTH2_DB_OK);

        } else {
            wire_failed(q);
        }
    }

    oauth2_pool_release(pool);
}


static void
wire_failed(oauth2_db_query_t *q)
{
    wire_error_e  error;

    error = q->result == NULL ? WIRE_TIRED : wire_error(q->result);

    if (error == WIRE_BUG) {
        wire_log_bug(q, q->result);
        oauth2_db_end(q, OAUTH2_DB_ERROR);
        return;
    }

    if (error == WIRE_TIRED || q->tries >= OAUTH2_DB_TRIES
        || q->deadline <= oauth2_db_now(q->db))
    {
        oauth2_db_end(q, OAUTH2_DB_UNAVAILABLE);
        return;
    }

    oauth2_db_again(q);
}


static bool
wire_is_error(const PGresult *res)
{
    switch (PQresultStatus(res)) {

    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_PIPELINE_SYNC:
        return false;

    default:
        return true;
    }
}


static wire_error_e
wire_error(const PGresult *res)
{
    size_t       i;
    const char  *code, *context;

    code = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    context = PQresultErrorField(res, PG_DIAG_CONTEXT);

    if (code == NULL) {
        return WIRE_TIRED;
    }

    for (i = 0; wire_codes[i].prefix != NULL; i++) {
        if (strncmp(code, wire_codes[i].prefix,
                    strlen(wire_codes[i].prefix)) == 0
            && !(wire_codes[i].bare && context != NULL))
        {
            break;
        }
    }

    return wire_codes[i].error;
}


/* Why the connection goes, for the log. */
static void
wire_note(oauth2_db_conn_t *conn, const PGresult *res)
{
    const char  *message;

    message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

    if (message == NULL) {
        message = PQresultErrorMessage(res);
    }

    (void) snprintf(conn->why, sizeof(conn->why), "%s", message);
}


/* Class 22 (data) repeats the value, which may be a secret's digest. */
static void
wire_log_bug(const oauth2_db_query_t *q, const PGresult *res)
{
    char         line[OAUTH2_DB_LINE];
    const char  *code, *message;

    code = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

    if (message == NULL || strncmp(code, "22", 2) == 0) {
        message = "invalid data";
    }

    (void) snprintf(line, sizeof(line), "oauth2.%s failed: %s (SQLSTATE %s)",
                    oauth2_db_stmt_name(q->stmt), message, code);

    q->db->host->log(q->db->data, OAUTH2_DB_LOG_ERROR, line);
}
