/* SPDX-License-Identifier: MIT */

/*
 * The database: two pools of connections, how it begins and ends, when a
 * connection comes and goes, and when requesters are told.
 */

#include <stdio.h>

#include "internal.h"


static void pool_defaults(oauth2_db_conf_t *conf);
static bool pool_init(oauth2_db_t *db, oauth2_db_kind_e kind, unsigned n,
    unsigned depth);
static void pool_begin(oauth2_db_t *db);
static void pool_finish(oauth2_db_t *db);
static size_t pool_pending(const oauth2_db_pool_t *pool);
static void pool_run_ending(oauth2_db_t *db);
static void pool_nudge(oauth2_db_t *db);
static int64_t pool_backoff(oauth2_db_conn_t *conn);


oauth2_db_t *
oauth2_db_create(const oauth2_db_conf_t *conf, const oauth2_db_host_t *host,
    void *data)
{
    oauth2_db_t    *db;
    oauth2_pool_t  *memory;

    memory = oauth2_pool_create();
    if (memory == NULL) {
        return NULL;
    }

    db = oauth2_pool_alloc(memory, sizeof(oauth2_db_t));
    if (db == NULL) {
        goto failed;
    }

    db->memory = memory;
    db->host = host;
    db->data = data;
    db->conf = *conf;
    db->ending_last = &db->ending;
    db->seed = (uint32_t) ((uintptr_t) db >> 4)
               ^ (uint32_t) oauth2_db_now(db);

    pool_defaults(&db->conf);

    if (!pool_init(db, OAUTH2_DB_FAST, db->conf.fast, db->conf.depth)
        || !pool_init(db, OAUTH2_DB_SLOW, db->conf.slow, 1))
    {
        goto failed;
    }

    pool_begin(db);

    return db;

failed:

    oauth2_pool_release(memory);

    return NULL;
}


/* Those of db.h for what is 0. */
static void
pool_defaults(oauth2_db_conf_t *conf)
{
    conf->fast = conf->fast == 0 ? 2 : conf->fast;
    conf->depth = conf->depth == 0 ? 8 : conf->depth;
    conf->slow = conf->slow == 0 ? 4 : conf->slow;
    conf->queue = conf->queue == 0 ? 1024 : conf->queue;
    conf->timeout = conf->timeout == 0 ? 2000 : conf->timeout;
}


static bool
pool_init(oauth2_db_t *db, oauth2_db_kind_e kind, unsigned n,
    unsigned depth)
{
    unsigned           i;
    oauth2_db_pool_t  *pool;

    pool = &db->pools[kind];
    pool->n = n;
    pool->depth = depth;

    pool->conns = oauth2_pool_alloc(db->memory,
                                    n * sizeof(oauth2_db_conn_t));
    if (pool->conns == NULL) {
        return false;
    }

    for (i = 0; i < n; i++) {
        oauth2_db_conn_init(&pool->conns[i], db, pool);
    }

    return true;
}


/* By the timers, so that no descriptor is watched before create() ends. */
static void
pool_begin(oauth2_db_t *db)
{
    int64_t   now;
    unsigned  i, k;

    now = oauth2_db_now(db);

    for (k = 0; k < 2; k++) {
        for (i = 0; i < db->pools[k].n; i++) {
            db->pools[k].conns[i].retry_at = now;
            oauth2_db_conn_timer(&db->pools[k].conns[i], now);
        }
    }
}


/* From within done() it takes effect when the host's call returns. */
void
oauth2_db_destroy(oauth2_db_t *db)
{
    if (db->destroyed) {
        return;
    }

    db->destroyed = 1;

    if (db->running == 0) {
        pool_finish(db);
    }
}


static void
pool_finish(oauth2_db_t *db)
{
    unsigned           i, k;
    oauth2_db_pool_t  *pool;

    db->running++;

    for (k = 0; k < 2; k++) {
        pool = &db->pools[k];

        for (i = 0; i < pool->n; i++) {
            oauth2_db_conn_close(&pool->conns[i]);
        }

        oauth2_db_expire(&pool->waiting, INT64_MAX);
    }

    pool_run_ending(db);
    oauth2_pool_release(db->memory);
}


/* Both kinds of statements can run. */
bool
oauth2_db_ready(const oauth2_db_t *db)
{
    return db->pools[OAUTH2_DB_FAST].serving != 0
           && db->pools[OAUTH2_DB_SLOW].serving != 0;
}


size_t
oauth2_db_pending(const oauth2_db_t *db)
{
    return pool_pending(&db->pools[OAUTH2_DB_FAST])
           + pool_pending(&db->pools[OAUTH2_DB_SLOW]);
}


static size_t
pool_pending(const oauth2_db_pool_t *pool)
{
    size_t    n;
    unsigned  i;

    n = pool->waiting.len;

    for (i = 0; i < pool->n; i++) {
        n += pool->conns[i].flight.len;
    }

    return n;
}


void
oauth2_db_enter(oauth2_db_t *db)
{
    db->running++;
}


/*
 * First the wire, then those who wait for an answer: what they start goes
 * out at once if a connection has room.
 */
void
oauth2_db_leave(oauth2_db_t *db, oauth2_db_conn_t *conn)
{
    if (db->running == 1) {
        oauth2_db_pool_dispatch(&db->pools[OAUTH2_DB_FAST]);
        oauth2_db_pool_dispatch(&db->pools[OAUTH2_DB_SLOW]);

        pool_run_ending(db);

        if (db->destroyed) {
            pool_finish(db);
            return;
        }

        oauth2_db_timer_update(conn);
        oauth2_db_timer_update(&conn->pool->conns[0]);
    }

    db->running--;
}


static void
pool_run_ending(oauth2_db_t *db)
{
    oauth2_db_query_t  *q;

    while (db->ending != NULL) {
        q = db->ending;

        db->ending = q->ending;
        if (db->ending == NULL) {
            db->ending_last = &db->ending;
        }

        if (!q->detached) {
            q->done(q, q->rc, q->data);
        }

        oauth2_pool_release(q->pool);
    }
}


/* After an outage nobody waits out a backoff of seconds. */
void
oauth2_db_pool_up(oauth2_db_conn_t *conn)
{
    oauth2_db_t       *db;
    oauth2_db_pool_t  *pool;

    db = conn->db;
    pool = conn->pool;

    conn->state = OAUTH2_DB_SERVING;
    conn->serving_at = oauth2_db_now(db);
    conn->read_at = conn->serving_at;

    if (conn->failures > 2) {
        conn->failures = 2;
    }

    pool->serving++;

    if (pool->down) {
        pool->down = false;
        pool_nudge(db);
    }

    if (db->reported[0] != '\0') {
        db->reported[0] = '\0';
        db->host->log(db->data, OAUTH2_DB_LOG_NOTICE,
                      "database is in service again");
    }
}


static void
pool_nudge(oauth2_db_t *db)
{
    int64_t            now;
    unsigned           i, k;
    oauth2_db_conn_t  *conn;

    now = oauth2_db_now(db);

    for (k = 0; k < 2; k++) {
        for (i = 0; i < db->pools[k].n; i++) {
            conn = &db->pools[k].conns[i];

            if (conn->state == OAUTH2_DB_AWAY && conn->retry_at > now) {
                conn->retry_at = now;
                oauth2_db_conn_timer(conn, now);
            }
        }
    }
}


/*
 * A connection that served for a while comes back at once.  When attempts
 * fail even after a backoff and no other connection serves, waiting would
 * only delay the bad news.
 */
void
oauth2_db_pool_failed(oauth2_db_conn_t *conn)
{
    int64_t            now;
    oauth2_db_pool_t  *pool;

    pool = conn->pool;
    now = oauth2_db_now(conn->db);

    if (conn->serving_at != 0
        && now - conn->serving_at >= OAUTH2_DB_STEADY)
    {
        conn->failures = 0;
        conn->retry_at = now;

    } else {
        conn->failures++;
        conn->retry_at = now + pool_backoff(conn);
    }

    conn->serving_at = 0;

    if (pool->serving == 0 && conn->failures >= 2) {
        pool->down = true;
        oauth2_db_expire(&pool->waiting, INT64_MAX);
    }

    oauth2_db_conn_timer(conn, conn->retry_at);
}


/* Half of it by chance (xorshift), so that processes do not march. */
static int64_t
pool_backoff(oauth2_db_conn_t *conn)
{
    int64_t       ms;
    unsigned      i;
    oauth2_db_t  *db;

    db = conn->db;
    ms = OAUTH2_DB_BACKOFF;

    for (i = 1; i < conn->failures && ms < OAUTH2_DB_BACKOFF_MAX; i++) {
        ms *= 2;
    }

    if (ms > OAUTH2_DB_BACKOFF_MAX) {
        ms = OAUTH2_DB_BACKOFF_MAX;
    }

    db->seed |= 1;
    db->seed ^= db->seed << 13;
    db->seed ^= db->seed >> 17;
    db->seed ^= db->seed << 5;

    return ms / 2 + db->seed % (uint32_t) (ms / 2);
}


int64_t
oauth2_db_now(const oauth2_db_t *db)
{
    return db->host->now_ms(db->data);
}


void
oauth2_db_report(oauth2_db_t *db, const char *what, const char *why)
{
    size_t           len, i;
    oauth2_db_log_e  level;
    char             line[OAUTH2_DB_LINE];

    (void) snprintf(line, sizeof(line), "%s: %s", what,
                    why[0] == '\0' ? "it broke" : why);
    len = strlen(line);

    while (len != 0 && (u_char) line[len - 1] <= ' ') {
        line[--len] = '\0';
    }

    for (i = 0; i < len; i++) {
        if ((u_char) line[i] < ' ') {
            line[i] = ' ';
        }
    }

    level = OAUTH2_DB_LOG_DEBUG;

    if (strcmp(line, db->reported) != 0) {
        level = OAUTH2_DB_LOG_ERROR;
        memcpy(db->reported, line, sizeof(line));
    }

    db->host->log(db->data, level, line);
}
