/* SPDX-License-Identifier: MIT */

/*
 * The table of statements.def: the SQL text of a row, and the comparison
 * with what the server says about it.
 */

#include <stdio.h>

#include "../core/buf.h"
#include "../core/str.h"
#include "internal.h"

#define STATEMENT_TEXT_MAX  4096

typedef struct {
    const char        *name;
    oauth2_db_kind_e   kind;
    const char        *params;
    const char        *columns;
} statement_t;

typedef struct {
    const char  *name;
    Oid          oid;
} statement_type_t;


static void statement_write_columns(oauth2_buf_t *b, const char *columns);
static void statement_write_params(oauth2_buf_t *b, const char *params);
static bool statement_check_params(const statement_t *st,
    const PGresult *described, char why[OAUTH2_DB_LINE]);
static bool statement_check_columns(const statement_t *st,
    const PGresult *described, char why[OAUTH2_DB_LINE]);
static unsigned statement_count(const char *list);
static bool statement_column(oauth2_str_t *rest, oauth2_str_t *name,
    oauth2_str_t *type);
static bool statement_is_type(oauth2_str_t type, Oid oid);
static const char *statement_type_name(Oid oid);


static const statement_t  statements[] = {
#define OAUTH2_STATEMENT(name, pool, params, columns)                        \
    { #name, OAUTH2_DB_##pool, params, columns },
#include "statements.def"
#undef OAUTH2_STATEMENT
};

/*
 * Those that make something new at every call.  All others answer a second
 * call as the first.
 */
static const oauth2_stmt_e  statement_once[] = {
    OAUTH2_STMT_session_open,
    OAUTH2_STMT_session_refresh,
    OAUTH2_STMT_code_issue,
    OAUTH2_STMT_code_redeem,
    OAUTH2_STMT_refresh_rotate,
    OAUTH2_STMT_token_issue,
    OAUTH2_STMT_outbox_claim
};

/* Numbers that PostgreSQL keeps for ever (pg_type.dat). */
static const statement_type_t  statement_types[] = {
    { "boolean", 16 },
    { "bigint", 20 },
    { "integer", 23 },
    { "text", 25 },
    { "timestamptz", 1184 },
    { "uuid", 2950 },
    { "jsonb", 3802 }
};

#define STATEMENT_TYPES                                                      \
    (sizeof(statement_types) / sizeof(statement_types[0]))


unsigned
oauth2_db_stmt_params(oauth2_stmt_e stmt)
{
    return statement_count(statements[stmt].params);
}


const char *
oauth2_db_stmt_name(oauth2_stmt_e stmt)
{
    return statements[stmt].name;
}


oauth2_stmt_e
oauth2_db_stmt_find(const char *name)
{
    unsigned  i;

    for (i = 0; i < OAUTH2_STMT_LAST; i++) {
        if (strcmp(statements[i].name, name) == 0) {
            break;
        }
    }

    return (oauth2_stmt_e) i;
}


oauth2_db_kind_e
oauth2_db_stmt_kind(oauth2_stmt_e stmt)
{
    return statements[stmt].kind;
}


bool
oauth2_db_stmt_idempotent(oauth2_stmt_e stmt)
{
    size_t  i;

    for (i = 0; i < sizeof(statement_once) / sizeof(stmt); i++) {
        if (statement_once[i] == stmt) {
            return false;
        }
    }

    return true;
}


oauth2_rc_e
oauth2_db_stmt_text(oauth2_pool_t *pool, oauth2_stmt_e stmt,
    oauth2_str_t *text)
{
    oauth2_buf_t        b;
    const statement_t  *st;

    st = &statements[stmt];

    oauth2_buf_init(&b, pool, STATEMENT_TEXT_MAX);
    oauth2_buf_write_c(&b, "select ");
    statement_write_columns(&b, st->columns);
    oauth2_buf_write_c(&b, " from oauth2.");
    oauth2_buf_write_c(&b, st->name);
    oauth2_buf_write_c(&b, "(");
    statement_write_params(&b, st->params);
    oauth2_buf_write_c(&b, ")");

    return oauth2_buf_done(&b, text);
}


static void
statement_write_columns(oauth2_buf_t *b, const char *columns)
{
    oauth2_str_t  rest, name, type;
    const char   *comma;

    comma = "";
    rest = oauth2_str_of(columns);

    while (statement_column(&rest, &name, &type)) {
        oauth2_buf_write_c(b, comma);
        oauth2_buf_write(b, name);
        comma = ", ";
    }
}


static void
statement_write_params(oauth2_buf_t *b, const char *params)
{
    int64_t       n;
    oauth2_str_t  rest, type;

    n = 0;
    rest = oauth2_str_of(params);

    while (oauth2_str_word(&rest, ',', &type)) {
        oauth2_buf_write_c(b, n == 0 ? "$" : ", $");
        oauth2_buf_write_int(b, ++n);
        oauth2_buf_write_c(b, "::");
        oauth2_buf_write(b, oauth2_str_trim(type));
    }
}


bool
oauth2_db_stmt_check(oauth2_stmt_e stmt, const PGresult *described,
    char why[OAUTH2_DB_LINE])
{
    const statement_t  *st;

    st = &statements[stmt];

    return statement_check_params(st, described, why)
           && statement_check_columns(st, described, why);
}


static bool
statement_check_params(const statement_t *st, const PGresult *described,
    char why[OAUTH2_DB_LINE])
{
    int           n;
    oauth2_str_t  rest, type;

    n = 0;
    rest = oauth2_str_of(st->params);

    while (oauth2_str_word(&rest, ',', &type)) {
        type = oauth2_str_trim(type);

        if (n >= PQnparams(described)
            || !statement_is_type(type, PQparamtype(described, n)))
        {
            (void) snprintf(why, OAUTH2_DB_LINE,
                            "oauth2.%s: parameter %d is not %.*s", st->name,
                            n + 1, (int) type.len, type.data);
            return false;
        }

        n++;
    }

    if (n != PQnparams(described)) {
        (void) snprintf(why, OAUTH2_DB_LINE,
                        "oauth2.%s: %d parameters instead of %d", st->name,
                        PQnparams(described), n);
        return false;
    }

    return true;
}


static bool
statement_check_columns(const statement_t *st, const PGresult *described,
    char why[OAUTH2_DB_LINE])
{
    int           n;
    oauth2_str_t  rest, name, type;

    n = 0;
    rest = oauth2_str_of(st->columns);

    while (statement_column(&rest, &name, &type)) {
        if (n >= PQnfields(described)
            || !oauth2_str_same(oauth2_str_of(PQfname(described, n)), name))
        {
            (void) snprintf(why, OAUTH2_DB_LINE,
                            "oauth2.%s: column %d is not \"%.*s\"", st->name,
                            n + 1, (int) name.len, name.data);
            return false;
        }

        if (!statement_is_type(type, PQftype(described, n))) {
            (void) snprintf(why, OAUTH2_DB_LINE,
                            "oauth2.%s: column \"%.*s\" is %s, not %.*s",
                            st->name, (int) name.len, name.data,
                            statement_type_name(PQftype(described, n)),
                            (int) type.len, type.data);
            return false;
        }

        n++;
    }

    if (n != PQnfields(described)) {
        (void) snprintf(why, OAUTH2_DB_LINE,
                        "oauth2.%s: %d columns instead of %d", st->name,
                        PQnfields(described), n);
        return false;
    }

    return true;
}


static unsigned
statement_count(const char *list)
{
    unsigned      n;
    oauth2_str_t  rest, word;

    n = 0;
    rest = oauth2_str_of(list);

    while (oauth2_str_word(&rest, ',', &word)) {
        n++;
    }

    return n;
}


/* Takes "name type" from a list of columns. */
static bool
statement_column(oauth2_str_t *rest, oauth2_str_t *name, oauth2_str_t *type)
{
    oauth2_str_t  word;

    if (!oauth2_str_word(rest, ',', &word)) {
        return false;
    }

    word = oauth2_str_trim(word);

    if (!oauth2_str_word(&word, ' ', name)) {
        return false;
    }

    *type = oauth2_str_trim(word);

    return true;
}


/* A type that is not in the table is never the one of the server. */
static bool
statement_is_type(oauth2_str_t type, Oid oid)
{
    size_t  i;

    for (i = 0; i < STATEMENT_TYPES; i++) {
        if (oauth2_str_same(oauth2_str_of(statement_types[i].name), type)) {
            return statement_types[i].oid == oid;
        }
    }

    return false;
}


static const char *
statement_type_name(Oid oid)
{
    size_t  i;

    for (i = 0; i < STATEMENT_TYPES; i++) {
        if (statement_types[i].oid == oid) {
            return statement_types[i].name;
        }
    }

    return "of another type";
}
