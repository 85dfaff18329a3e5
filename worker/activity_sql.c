/* SPDX-License-Identifier: MIT */

/*
 * Activities for workflows of others: each is one SQL function of
 * statements.def, its input a JSON object whose members are the parameters.
 *
 * What is secret comes as its SHA-256, never as itself, so that no history
 * holds it; the answers hold nothing of the user but ids.
 */

#include "../src/core/encode.h"
#include "../src/core/json.h"
#include "../src/core/str.h"
#include "worker.h"

#define SQL_PARAMS      9
#define SQL_RESULT_MAX  65536
#define SQL_INT_MAX     INT32_MAX

typedef enum {
    SQL_TEXT = 0,
    SQL_DIGEST,        /* 64 lower-case hexadecimal digits */
    SQL_UUID,
    SQL_INT,
    SQL_BOOL
} sql_kind_e;

typedef struct {
    const char  *name;           /* NULL: the parameter is null */
    sql_kind_e   kind;
    bool         required;
} sql_member_t;

struct oauth2_sql_activity_s {
    const char          *name;
    oauth2_stmt_e        stmt;
    size_t               n;
    const sql_member_t  *params;
    const sql_member_t  *columns;    /* that are answered */
};

typedef struct {
    oauth2_pool_t                *pool;
    const oauth2_sql_activity_t  *activity;
    oauth2_local_pt               done;
    void                         *data;
} sql_call_t;


static oauth2_rc_e sql_param(oauth2_pool_t *pool, const sql_member_t *member,
    oauth2_str_t input, oauth2_str_t *param);
static bool sql_check(const sql_member_t *member, oauth2_str_t value);
static void sql_on_done(oauth2_db_query_t *q, oauth2_db_rc_e rc,
    void *data);
static oauth2_rc_e sql_result(oauth2_pool_t *pool,
    const oauth2_sql_activity_t *activity, oauth2_db_query_t *q,
    oauth2_str_t *result);


static const sql_member_t  sql_issue_params[] = {
    { "request_digest", SQL_DIGEST, true },
    { "session_digest", SQL_DIGEST, true },
    { "code_digest", SQL_DIGEST, true },
    { "remember", SQL_BOOL, true },
    { "code_lifetime", SQL_INT, true }
};

static const sql_member_t  sql_issue_columns[] = {
    { "status", SQL_TEXT, true },
    { "redirect_uri", SQL_TEXT, false },
    { "state", SQL_TEXT, false },
    { NULL, SQL_TEXT, false }
};

static const sql_member_t  sql_redeem_params[] = {
    { "code_digest", SQL_DIGEST, true },
    { "client_id", SQL_TEXT, true },
    { "redirect_uri", SQL_TEXT, true },
    { "code_challenge", SQL_TEXT, false },
    { "token_id", SQL_UUID, true },
    { "refresh_digest", SQL_DIGEST, false },
    { "access_lifetime", SQL_INT, true },
    { "refresh_lifetime", SQL_INT, true },
    { NULL, SQL_TEXT, false }
};

static const sql_member_t  sql_redeem_columns[] = {
    { "status", SQL_TEXT, true },
    { "user_id", SQL_TEXT, false },
    { "session_id", SQL_TEXT, false },
    { "scope", SQL_TEXT, false },
    { "nonce", SQL_TEXT, false },
    { "auth_time", SQL_INT, false },
    { NULL, SQL_TEXT, false }
};

#define SQL_COUNT(array)  (sizeof(array) / sizeof(array[0]))

static const oauth2_sql_activity_t  sql_activities[] = {
    { "generate_oauth_authorization_code", OAUTH2_STMT_code_issue,
      SQL_COUNT(sql_issue_params), sql_issue_params, sql_issue_columns },
    { "exchange_authorization_code", OAUTH2_STMT_code_redeem,
      SQL_COUNT(sql_redeem_params), sql_redeem_params, sql_redeem_columns },
    { NULL, OAUTH2_STMT_LAST, 0, NULL, NULL }
};


const oauth2_sql_activity_t *
oauth2_sql_activity_find(const char *type)
{
    const oauth2_sql_activity_t  *activity;

    for (activity = sql_activities; activity->name != NULL; activity++) {
        if (strcmp(activity->name, type) == 0) {
            return activity;
        }
    }

    return NULL;
}


oauth2_local_e
oauth2_sql_activity_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    const oauth2_sql_activity_t *activity, oauth2_str_t input,
    oauth2_local_pt done, void *data)
{
    size_t           i;
    oauth2_rc_e      rc;
    sql_call_t      *call;
    oauth2_str_t     params[SQL_PARAMS];
    oauth2_db_rc_e   why;

    for (i = 0; i < activity->n; i++) {
        rc = sql_param(pool, &activity->params[i], input, &params[i]);
        if (rc == OAUTH2_BAD) {
            return OAUTH2_LOCAL_FAILED;
        }

        if (rc != OAUTH2_OK) {
            return OAUTH2_LOCAL_RETRY;
        }
    }

    call = oauth2_pool_alloc(pool, sizeof(sql_call_t));
    if (call == NULL) {
        return OAUTH2_LOCAL_RETRY;
    }

    call->pool = pool;
    call->activity = activity;
    call->done = done;
    call->data = data;

    if (oauth2_db_query_start(worker->db, pool, activity->stmt, params,
                              sql_on_done, call, &why)
        == NULL)
    {
        return OAUTH2_LOCAL_RETRY;
    }

    return OAUTH2_LOCAL_DONE;
}


static oauth2_rc_e
sql_param(oauth2_pool_t *pool, const sql_member_t *member,
    oauth2_str_t input, oauth2_str_t *param)
{
    oauth2_rc_e   rc;
    oauth2_str_t  value;

    *param = oauth2_str_null;

    if (member->name == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_json_find(pool, input, member->name, &value);
    if (rc == OAUTH2_NONE && !member->required) {
        return OAUTH2_OK;
    }

    if (rc == OAUTH2_NOMEM) {
        return rc;
    }

    if (rc != OAUTH2_OK || !sql_check(member, value)) {
        return OAUTH2_BAD;
    }

    *param = value;

    return OAUTH2_OK;
}


static bool
sql_check(const sql_member_t *member, oauth2_str_t value)
{
    size_t    i;
    uint64_t  n;

    switch (member->kind) {

    case SQL_DIGEST:
        for (i = 0; i < value.len; i++) {
            if (strchr("0123456789abcdef", value.data[i]) == NULL
                || value.data[i] == '\0')
            {
                return false;
            }
        }

        return value.len == OAUTH2_SHA256_LEN * 2;

    case SQL_UUID:
        return oauth2_uuid_check(value);

    case SQL_INT:
        return oauth2_str_parse_uint(value, SQL_INT_MAX, &n) == OAUTH2_OK;

    case SQL_BOOL:
        return oauth2_str_same(value, oauth2_str("true"))
               || oauth2_str_same(value, oauth2_str("false"));

    default:
        return oauth2_str_check_utf8(value, false);
    }
}


static void
sql_on_done(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data)
{
    sql_call_t    *call;
    oauth2_str_t   result;

    call = data;
    result = oauth2_str_null;

    if (rc != OAUTH2_DB_OK
        || sql_result(call->pool, call->activity, q, &result) != OAUTH2_OK)
    {
        call->done(OAUTH2_LOCAL_RETRY, oauth2_str_null, call->data);
        return;
    }

    call->done(OAUTH2_LOCAL_DONE, result, call->data);
}


static oauth2_rc_e
sql_result(oauth2_pool_t *pool, const oauth2_sql_activity_t *activity,
    oauth2_db_query_t *q, oauth2_str_t *result)
{
    oauth2_str_t         value;
    oauth2_json_t        j;
    const sql_member_t  *column;

    if (oauth2_db_rows(q) != 1) {
        return OAUTH2_BAD;
    }

    oauth2_json_init(&j, pool, SQL_RESULT_MAX);
    oauth2_json_open(&j, NULL);

    for (column = activity->columns; column->name != NULL; column++) {
        value = oauth2_db_value(q, 0, column->name);

        if (value.data == NULL) {
            continue;
        }

        if (column->kind == SQL_INT) {
            oauth2_json_raw(&j, column->name, value);

        } else {
            oauth2_json_str(&j, column->name, value);
        }
    }

    oauth2_json_close(&j);

    return oauth2_json_done(&j, result);
}
