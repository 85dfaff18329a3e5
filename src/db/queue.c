/* SPDX-License-Identifier: MIT */

/*
 * Queries that wait, are in flight or end: lists in order of deadlines, and
 * the choice of a connection.
 */

#include "internal.h"


static void queue_insert(oauth2_db_list_t *list, oauth2_db_query_t *q,
    oauth2_db_query_t *before);
static oauth2_db_conn_t *queue_pick(oauth2_db_pool_t *pool, int64_t now);


void
oauth2_db_expire(oauth2_db_list_t *list, int64_t now)
{
    oauth2_db_query_t  *q, *next;

    for (q = list->first; q != NULL; q = next) {
        next = q->next;

        if (q->deadline > now) {
            continue;
        }

        if (!q->sent) {
            oauth2_db_list_remove(list, q);
        }

        oauth2_db_end(q, OAUTH2_DB_UNAVAILABLE);
    }
}


void
oauth2_db_end(oauth2_db_query_t *q, oauth2_db_rc_e rc)
{
    oauth2_db_t  *db;

    if (q->ended) {
        return;
    }

    db = q->db;

    if (rc != OAUTH2_DB_OK) {
        PQclear(q->result);
        q->result = NULL;
    }

    q->ended = 1;
    q->rc = rc;
    q->ending = NULL;

    *db->ending_last = q;
    db->ending_last = &q->ending;
}


void
oauth2_db_again(oauth2_db_query_t *q)
{
    oauth2_db_list_t   *list;
    oauth2_db_query_t  *before;

    PQclear(q->result);
    q->result = NULL;

    list = &q->db->pools[oauth2_db_stmt_kind(q->stmt)].waiting;
    before = list->first;

    while (before != NULL && before->deadline <= q->deadline) {
        before = before->next;
    }

    queue_insert(list, q, before);
}


void
oauth2_db_list_push(oauth2_db_list_t *list, oauth2_db_query_t *q)
{
    queue_insert(list, q, NULL);
}


/* At the end when before is NULL. */
static void
queue_insert(oauth2_db_list_t *list, oauth2_db_query_t *q,
    oauth2_db_query_t *before)
{
    q->next = before;
    q->prev = before == NULL ? list->last : before->prev;

    if (q->prev == NULL) {
        list->first = q;

    } else {
        q->prev->next = q;
    }

    if (before == NULL) {
        list->last = q;

    } else {
        before->prev = q;
    }

    list->len++;
}


void
oauth2_db_list_remove(oauth2_db_list_t *list, oauth2_db_query_t *q)
{
    if (q->prev == NULL) {
        list->first = q->next;

    } else {
        q->prev->next = q->next;
    }

    if (q->next == NULL) {
        list->last = q->prev;

    } else {
        q->next->prev = q->prev;
    }

    q->next = NULL;
    q->prev = NULL;
    list->len--;
}


void
oauth2_db_pool_dispatch(oauth2_db_pool_t *pool)
{
    int64_t             now;
    oauth2_db_conn_t   *conn;
    oauth2_db_query_t  *q;

    if (pool->waiting.first == NULL) {
        return;
    }

    now = oauth2_db_now(pool->conns[0].db);

    while (pool->waiting.first != NULL) {
        q = pool->waiting.first;

        conn = queue_pick(pool, now);
        if (conn == NULL) {
            oauth2_db_conn_timer(&pool->conns[0], q->deadline);
            return;
        }

        oauth2_db_list_remove(&pool->waiting, q);

        if (!oauth2_db_conn_send(conn, q)) {
            oauth2_db_again(q);
        }
    }
}


/*
 * The one with the least in flight.  Not one whose turn has passed its
 * deadline: it is slow or stalled, and others would queue behind.
 */
static oauth2_db_conn_t *
queue_pick(oauth2_db_pool_t *pool, int64_t now)
{
    unsigned           i;
    oauth2_db_conn_t  *conn, *best;

    best = NULL;

    for (i = 0; i < pool->n; i++) {
        conn = &pool->conns[i];

        if (conn->state != OAUTH2_DB_SERVING || conn->broken
            || conn->retiring || conn->flight.len >= pool->depth)
        {
            continue;
        }

        if (conn->flight.first != NULL
            && conn->flight.first->deadline <= now)
        {
            continue;
        }

        if (best == NULL || conn->flight.len < best->flight.len) {
            best = conn;
        }
    }

    return best;
}
