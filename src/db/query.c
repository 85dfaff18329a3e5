/* SPDX-License-Identifier: MIT */

/*
 * Queries as their requester sees them: start, detach, read the result.
 */

#include <stdlib.h>

#include "../core/str.h"
#include "internal.h"


static oauth2_db_query_t *query_create(oauth2_db_t *db, oauth2_pool_t *pool,
    oauth2_stmt_e stmt, const oauth2_str_t *params);
static void query_clear(void *data);
static bool query_has_nul(oauth2_stmt_e stmt, const oauth2_str_t *params);


/*
 * A parameter with a NUL byte would be cut by the protocol's text format:
 * *why is then OAUTH2_DB_ERROR, since whoever parsed it should have known.
 */
oauth2_db_query_t *
oauth2_db_query_start(oauth2_db_t *db, oauth2_pool_t *pool,
    oauth2_stmt_e stmt, const oauth2_str_t *params, oauth2_db_done_pt done,
    void *data, oauth2_db_rc_e *why)
{
    oauth2_db_pool_t   *p;
    oauth2_db_query_t  *q;

    p = &db->pools[oauth2_db_stmt_kind(stmt)];

    if (db->destroyed || p->down) {
        *why = OAUTH2_DB_UNAVAILABLE;
        return NULL;
    }

    if (p->waiting.len >= db->conf.queue) {
        *why = OAUTH2_DB_BUSY;
        return NULL;
    }

    if (query_has_nul(stmt, params)) {
        *why = OAUTH2_DB_ERROR;
        return NULL;
    }

    q = query_create(db, pool, stmt, params);
    if (q == NULL) {
        *why = OAUTH2_DB_UNAVAILABLE;
        return NULL;
    }

    q->done = done;
    q->data = data;
    q->deadline = oauth2_db_now(db) + db->conf.timeout;

    oauth2_pool_keep(pool);
    oauth2_db_list_push(&p->waiting, q);
    oauth2_db_pool_dispatch(p);

    return q;
}


static oauth2_db_query_t *
query_create(oauth2_db_t *db, oauth2_pool_t *pool, oauth2_stmt_e stmt,
    const oauth2_str_t *params)
{
    unsigned            i, n;
    oauth2_str_t        copy;
    oauth2_db_query_t  *q;

    n = oauth2_db_stmt_params(stmt);

    q = oauth2_pool_alloc(pool, sizeof(oauth2_db_query_t));
    if (q == NULL) {
        return NULL;
    }

    q->values = oauth2_pool_alloc(pool, (n + 1) * sizeof(char *));
    if (q->values == NULL) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        if (params[i].data == NULL) {
            continue;
        }

        if (oauth2_pool_copy(pool, params[i], &copy) != OAUTH2_OK) {
            return NULL;
        }

        q->values[i] = (const char *) copy.data;
    }

    q->db = db;
    q->pool = pool;
    q->stmt = stmt;

    if (oauth2_pool_cleanup(pool, query_clear, q) != OAUTH2_OK) {
        return NULL;
    }

    return q;
}


static void
query_clear(void *data)
{
    oauth2_db_query_t  *q;

    q = data;
    PQclear(q->result);
    q->result = NULL;
}


static bool
query_has_nul(oauth2_stmt_e stmt, const oauth2_str_t *params)
{
    unsigned  i, n;

    n = oauth2_db_stmt_params(stmt);

    for (i = 0; i < n; i++) {
        if (params[i].len != 0
            && memchr(params[i].data, '\0', params[i].len) != NULL)
        {
            return true;
        }
    }

    return false;
}


/*
 * One that is on the list of those that end stays there without a word, so
 * that the list need not be searched.
 */
void
oauth2_db_query_detach(oauth2_db_query_t *q)
{
    oauth2_db_pool_t  *p;

    if (q->detached) {
        return;
    }

    q->detached = 1;

    if (q->ended) {
        return;
    }

    q->ended = 1;

    if (!q->sent) {
        p = &q->db->pools[oauth2_db_stmt_kind(q->stmt)];
        oauth2_db_list_remove(&p->waiting, q);
    }

    oauth2_pool_release(q->pool);
}


size_t
oauth2_db_rows(const oauth2_db_query_t *q)
{
    return q->result == NULL ? 0 : (size_t) PQntuples(q->result);
}


oauth2_str_t
oauth2_db_value(const oauth2_db_query_t *q, size_t row, const char *column)
{
    int           i, n;
    oauth2_str_t  s;

    s = oauth2_str_null;

    if (row >= oauth2_db_rows(q)) {
        return s;
    }

    n = PQnfields(q->result);

    for (i = 0; i < n; i++) {
        if (strcmp(PQfname(q->result, i), column) == 0) {
            break;
        }
    }

    if (i == n || PQgetisnull(q->result, (int) row, i)) {
        return s;
    }

    s.len = (size_t) PQgetlength(q->result, (int) row, i);
    s.data = (u_char *) PQgetvalue(q->result, (int) row, i);

    return s;
}


bool
oauth2_db_bool(const oauth2_db_query_t *q, size_t row, const char *column)
{
    oauth2_str_t  s;

    s = oauth2_db_value(q, row, column);

    return s.len == 1 && s.data[0] == 't';
}


/* libpq ends every value with a NUL byte. */
int64_t
oauth2_db_int(const oauth2_db_query_t *q, size_t row, const char *column)
{
    oauth2_str_t  s;

    s = oauth2_db_value(q, row, column);

    return s.data == NULL ? 0 : strtoll((char *) s.data, NULL, 10);
}
