/* SPDX-License-Identifier: MIT */

/*
 * src/db without a server: texts, comparisons, order, memory.  What needs a
 * server is in t/sql/test_db_*.py.  Links src/core and libpq.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/db/conn.c"
#include "../../src/db/pool.c"
#include "../../src/db/query.c"
#include "../../src/db/queue.c"
#include "../../src/db/statement.c"
#include "../../src/db/timer.c"
#include "../../src/db/wire.c"

#define TEST_NOW  1000000

static unsigned  test_lines;
static unsigned  test_done;
static char      test_line[OAUTH2_DB_LINE];


static bool
test_watch(oauth2_db_conn_t *conn OAUTH2_UNUSED, void **slot OAUTH2_UNUSED,
    int fd OAUTH2_UNUSED, bool read OAUTH2_UNUSED, bool write OAUTH2_UNUSED)
{
    return false;
}


static void
test_unwatch(oauth2_db_conn_t *conn OAUTH2_UNUSED, void **slot OAUTH2_UNUSED,
    bool closed OAUTH2_UNUSED)
{
    fail_msg("nothing was watched");
}


static void
test_timer(oauth2_db_conn_t *conn OAUTH2_UNUSED, void **slot OAUTH2_UNUSED,
    unsigned ms OAUTH2_UNUSED)
{
}


static int64_t
test_now(void *data OAUTH2_UNUSED)
{
    return TEST_NOW;
}


static void
test_log(void *data OAUTH2_UNUSED, oauth2_db_log_e level,
    const char *message)
{
    if (level == OAUTH2_DB_LOG_ERROR) {
        test_lines++;
        (void) snprintf(test_line, sizeof(test_line), "%s", message);
    }
}


static void
test_ended(oauth2_db_query_t *q OAUTH2_UNUSED, oauth2_db_rc_e rc,
    void *data OAUTH2_UNUSED)
{
    assert_int_equal(rc, OAUTH2_DB_UNAVAILABLE);
    test_done++;
}


static const oauth2_db_host_t  test_host = {
    test_watch, test_unwatch, test_timer, test_now, test_log
};

static const oauth2_db_conf_t  test_conf = { "", 2, 8, 4, 4, 2000 };


static oauth2_db_query_t *
test_start(oauth2_db_t *db, oauth2_pool_t *pool, oauth2_str_t param,
    oauth2_db_rc_e *why)
{
    return oauth2_db_query_start(db, pool, OAUTH2_STMT_login_find, &param,
                                 test_ended, NULL, why);
}


static void
texts(void **state OAUTH2_UNUSED)
{
    unsigned        i;
    oauth2_str_t    text;
    oauth2_pool_t  *pool;

    pool = oauth2_pool_create();
    assert_non_null(pool);

    assert_int_equal(oauth2_db_stmt_text(pool, OAUTH2_STMT_health, &text),
                     OAUTH2_OK);
    assert_string_equal(text.data,
                        "select status, version from oauth2.health()");

    assert_int_equal(oauth2_db_stmt_text(pool, OAUTH2_STMT_code_issue,
                                         &text), OAUTH2_OK);
    assert_string_equal(text.data, "select status, redirect_uri, state, "
                        "parameters from oauth2.code_issue($1::text, "
                        "$2::text, $3::text, $4::boolean, $5::integer)");

    for (i = 0; i < OAUTH2_STMT_LAST; i++) {
        assert_int_equal(oauth2_db_stmt_text(pool, i, &text), OAUTH2_OK);
        assert_int_equal(oauth2_db_stmt_find(oauth2_db_stmt_name(i)), i);
    }

    oauth2_pool_release(pool);

    assert_int_equal(oauth2_db_stmt_find("nothing"), OAUTH2_STMT_LAST);
    assert_int_equal(oauth2_db_stmt_params(OAUTH2_STMT_health), 0);
    assert_int_equal(oauth2_db_stmt_params(OAUTH2_STMT_session_open), 11);
    assert_int_equal(oauth2_db_stmt_kind(OAUTH2_STMT_login_find),
                     OAUTH2_DB_FAST);
    assert_false(oauth2_db_stmt_idempotent(OAUTH2_STMT_refresh_rotate));
    assert_true(oauth2_db_stmt_idempotent(OAUTH2_STMT_create_user));
}


/* A type that is not in the table could never be compared. */
static void
types_are_known(void **state OAUTH2_UNUSED)
{
    Oid           oid;
    size_t        i, n, known;
    oauth2_str_t  rest, name, type;

    for (i = 0; i < OAUTH2_STMT_LAST; i++) {
        rest = oauth2_str_of(statements[i].columns);

        while (statement_column(&rest, &name, &type)) {
            known = 0;

            for (n = 0; n < STATEMENT_TYPES; n++) {
                oid = statement_types[n].oid;
                known += statement_is_type(type, oid);
            }

            assert_int_equal(known, 1);
        }
    }
}


/* Column names and types of a description of health(). */
static const char *
test_describe(int n, char *first, Oid type, char *second, Oid other)
{
    PGresult       *res;
    static char     why[OAUTH2_DB_LINE];
    PGresAttDesc    columns[3];

    memset(columns, 0, sizeof(columns));
    columns[0].name = first;
    columns[0].typid = type;
    columns[1].name = second;
    columns[1].typid = other;
    columns[2].name = "more";

    res = PQmakeEmptyPGresult(NULL, PGRES_COMMAND_OK);
    assert_non_null(res);
    assert_true(PQsetResultAttrs(res, n, columns));

    why[0] = '\0';
    if (oauth2_db_stmt_check(OAUTH2_STMT_health, res, why)) {
        assert_string_equal(why, "");
    }

    PQclear(res);

    return why;
}


static void
descriptions(void **state OAUTH2_UNUSED)
{
    assert_string_equal(test_describe(2, "status", 25, "version", 23), "");
    assert_string_equal(test_describe(2, "status", 25, "version", 20),
                        "oauth2.health: column \"version\" is bigint, not "
                        "integer");
    assert_string_equal(test_describe(2, "status", 1043, "version", 23),
                        "oauth2.health: column \"status\" is of another "
                        "type, not text");
    assert_string_equal(test_describe(2, "status", 25, "number", 23),
                        "oauth2.health: column 2 is not \"version\"");
    assert_string_equal(test_describe(1, "status", 25, "version", 23),
                        "oauth2.health: column 2 is not \"version\"");
    assert_string_equal(test_describe(3, "status", 25, "version", 23),
                        "oauth2.health: 3 columns instead of 2");
}


static void
order(void **state OAUTH2_UNUSED)
{
    unsigned            i;
    oauth2_db_t         db;
    oauth2_db_list_t   *list;
    oauth2_db_query_t  *q, queries[6];
    const int64_t       deadlines[6] = { 30, 10, 20, 40, 10, 30 };
    const int64_t       sorted[6] = { 10, 10, 20, 30, 30, 40 };

    memset(&db, 0, sizeof(db));
    memset(queries, 0, sizeof(queries));

    for (i = 0; i < 6; i++) {
        queries[i].db = &db;
        queries[i].stmt = OAUTH2_STMT_health;
        queries[i].deadline = deadlines[i];
        oauth2_db_again(&queries[i]);
    }

    list = &db.pools[OAUTH2_DB_FAST].waiting;
    assert_int_equal(list->len, 6);

    for (i = 0, q = list->first; i < 6; i++, q = q->next) {
        assert_int_equal(q->deadline, sorted[i]);
    }

    oauth2_db_list_remove(list, &queries[2]);
    oauth2_db_list_remove(list, list->first);
    oauth2_db_list_remove(list, list->last);
    assert_int_equal(list->len, 3);
    assert_int_equal(list->first->deadline, 10);
    assert_null(list->first->prev);
    assert_int_equal(list->last->deadline, 30);
    assert_null(list->last->next);
}


static void
values(void **state OAUTH2_UNUSED)
{
    PGresult           *res;
    oauth2_db_query_t   q;
    PGresAttDesc        columns[3];

    memset(&q, 0, sizeof(q));
    memset(columns, 0, sizeof(columns));
    columns[0].name = "flag";
    columns[1].name = "number";
    columns[2].name = "absent";

    assert_int_equal(oauth2_db_rows(&q), 0);
    assert_null(oauth2_db_value(&q, 0, "flag").data);

    res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    assert_non_null(res);
    assert_true(PQsetResultAttrs(res, 3, columns));
    assert_true(PQsetvalue(res, 0, 0, "t", 1));
    assert_true(PQsetvalue(res, 0, 1, "-9007199254740993", 17));
    assert_true(PQsetvalue(res, 0, 2, NULL, -1));
    q.result = res;

    assert_int_equal(oauth2_db_rows(&q), 1);
    assert_true(oauth2_db_bool(&q, 0, "flag"));
    assert_false(oauth2_db_bool(&q, 0, "absent"));
    assert_false(oauth2_db_bool(&q, 1, "flag"));
    assert_true(oauth2_db_int(&q, 0, "number") == -9007199254740993);
    assert_int_equal(oauth2_db_int(&q, 0, "absent"), 0);
    assert_null(oauth2_db_value(&q, 0, "absent").data);
    assert_null(oauth2_db_value(&q, 0, "no such column").data);

    PQclear(res);
}


static void
backoff(void **state OAUTH2_UNUSED)
{
    int64_t           ms, most;
    unsigned          i;
    oauth2_db_t       db;
    oauth2_db_conn_t  conn;

    memset(&db, 0, sizeof(db));
    memset(&conn, 0, sizeof(conn));
    conn.db = &db;
    most = OAUTH2_DB_BACKOFF;

    for (i = 1; i < 200; i++) {
        conn.failures = i;
        ms = pool_backoff(&conn);
        assert_in_range(ms, most / 2, most);

        most *= 2;
        if (most > OAUTH2_DB_BACKOFF_MAX) {
            most = OAUTH2_DB_BACKOFF_MAX;
        }
    }
}


static void
reports(void **state OAUTH2_UNUSED)
{
    oauth2_db_t  *db;

    test_lines = 0;
    db = oauth2_db_create(&test_conf, &test_host, NULL);
    assert_non_null(db);

    oauth2_db_report(db, "it", "is\n\tbroken\n");
    oauth2_db_report(db, "it", "is\n\tbroken\n");
    assert_int_equal(test_lines, 1);
    assert_string_equal(test_line, "it: is  broken");
    oauth2_db_report(db, "it", "is away");
    assert_int_equal(test_lines, 2);
    oauth2_db_report(db, "it", "");
    assert_string_equal(test_line, "it: it broke");

    oauth2_db_destroy(db);
}


static void
full_nul_detached(void **state OAUTH2_UNUSED)
{
    unsigned            i;
    oauth2_db_t        *db;
    oauth2_pool_t      *pool;
    oauth2_db_rc_e      why;
    oauth2_db_query_t  *q[4];

    test_done = 0;
    db = oauth2_db_create(&test_conf, &test_host, NULL);
    pool = oauth2_pool_create();
    assert_non_null(db);
    assert_non_null(pool);

    assert_null(test_start(db, pool, oauth2_str("a\0b"), &why));
    assert_int_equal(why, OAUTH2_DB_ERROR);

    for (i = 0; i < 4; i++) {
        q[i] = test_start(db, pool, oauth2_str("a"), &why);
        assert_non_null(q[i]);
    }

    assert_null(test_start(db, pool, oauth2_str("a"), &why));
    assert_int_equal(why, OAUTH2_DB_BUSY);
    assert_int_equal(oauth2_db_pending(db), 4);
    assert_false(oauth2_db_ready(db));

    oauth2_db_query_detach(q[1]);
    oauth2_db_query_detach(q[3]);
    assert_int_equal(oauth2_db_pending(db), 2);

    oauth2_pool_release(pool);
    oauth2_db_destroy(db);
    assert_int_equal(test_done, 2);
}


/* Whatever allocation fails: no query, or a query that ends. */
static void
without_memory(void **state OAUTH2_UNUSED)
{
    unsigned            n, started;
    oauth2_db_t        *db;
    oauth2_pool_t      *pool;
    oauth2_db_rc_e      why;
    oauth2_db_query_t  *q;

    started = 0;

    for (n = 1; started == 0; n++) {
        assert_in_range(n, 1, 100);
        (void) oauth2_pool_fail_at(n);
        db = oauth2_db_create(&test_conf, &test_host, NULL);
        pool = db == NULL ? NULL : oauth2_pool_create();
        q = NULL;
        test_done = 0;

        if (pool != NULL) {
            why = OAUTH2_DB_OK;
            q = test_start(db, pool, oauth2_str("a"), &why);
            assert_int_equal(why, q == NULL ? OAUTH2_DB_UNAVAILABLE
                                            : OAUTH2_DB_OK);
            oauth2_pool_release(pool);
        }

        (void) oauth2_pool_fail_at(0);

        if (db != NULL) {
            oauth2_db_destroy(db);
        }

        started = q != NULL;
        assert_int_equal(test_done, started);
    }

    assert_true(n > 6);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        { "texts", texts, NULL, NULL, NULL },
        { "types_are_known", types_are_known, NULL, NULL, NULL },
        { "descriptions", descriptions, NULL, NULL, NULL },
        { "order", order, NULL, NULL, NULL },
        { "values", values, NULL, NULL, NULL },
        { "backoff", backoff, NULL, NULL, NULL },
        { "reports", reports, NULL, NULL, NULL },
        { "full_nul_detached", full_nul_detached, NULL, NULL, NULL },
        { "without_memory", without_memory, NULL, NULL, NULL }
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
