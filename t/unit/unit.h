/* SPDX-License-Identifier: MIT */

/*
 * Each test runs again and again with the n-th allocation failing, for
 * every n, until a run needs no n allocations.
 *
 * A test is a function of a pool.  What can fail for memory goes through
 * one of the unit_ macros: they end the test when memory was refused, and
 * compare otherwise.  A refusal that nobody reports fails the test, and so
 * does a report without a refusal.  Leaks are for AddressSanitizer to tell.
 */

#ifndef OAUTH2_UNIT_H
#define OAUTH2_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/core/field.h"
#include "../../src/core/pool.h"
#include "../../src/core/str.h"

#define UNIT_RUNS  2000

typedef void (*unit_pt)(oauth2_pool_t *pool);

/* A row of the table for cmocka. */
#define unit_row(body)  { #body, unit_run, NULL, NULL, (void *) body }

#define unit_rc(expected, call)                                              \
    do {                                                                     \
        oauth2_rc_e  unit_got = (call);                                      \
        if (unit_refused(unit_got == OAUTH2_NOMEM)) {                        \
            return;                                                          \
        }                                                                    \
        assert_int_equal(unit_got, expected);                                \
    } while (0)

#define unit_read(expected, call)                                            \
    do {                                                                     \
        oauth2_read_e  unit_got = (call);                                    \
        if (unit_refused(unit_got == OAUTH2_READ_NOMEM)) {                   \
            return;                                                          \
        }                                                                    \
        assert_int_equal(unit_got, expected);                                \
    } while (0)

#define unit_ptr(pointer)                                                    \
    do {                                                                     \
        const void  *unit_got = (pointer);                                   \
        if (unit_refused(unit_got == NULL)) {                                \
            return;                                                          \
        }                                                                    \
        assert_non_null(unit_got);                                           \
    } while (0)

#define unit_str(s, text)                                                    \
    unit_same(s, text, sizeof(text) - 1, __FILE__, __LINE__)

static bool  unit_failing OAUTH2_UNUSED;
static bool  unit_reported OAUTH2_UNUSED;


OAUTH2_UNUSED static bool
unit_refused(bool refused)
{
    if (refused && unit_failing) {
        unit_reported = true;
        return true;
    }

    return false;
}


OAUTH2_UNUSED static void
unit_same(oauth2_str_t s, const char *text, size_t len, const char *file,
    int line)
{
    if (s.data != NULL && s.len == len && memcmp(s.data, text, len) == 0) {
        return;
    }

    print_error("\"%.*s\" (%zu bytes) is not \"%s\"\n", (int) s.len,
                s.data == NULL ? (u_char *) "" : s.data, s.len, text);
    _fail(file, line);
}


/* The bytes of a vector; in the pool, before anything is refused. */
OAUTH2_UNUSED static oauth2_str_t
unit_hex(oauth2_pool_t *pool, const char *hex)
{
    size_t         i;
    char           digits[3];
    unsigned       left;
    oauth2_str_t   s;

    left = oauth2_pool_fail_at(0);
    s.len = strlen(hex) / 2;
    s.data = oauth2_pool_alloc(pool, s.len + 1);
    (void) oauth2_pool_fail_at(left);

    digits[2] = '\0';

    for (i = 0; i < s.len; i++) {
        memcpy(digits, hex + i * 2, 2);
        s.data[i] = (u_char) strtoul(digits, NULL, 16);
    }

    return s;
}


OAUTH2_UNUSED static void
unit_run(void **state)
{
    bool            fired;
    unsigned        n;
    unit_pt         body;
    oauth2_pool_t  *pool;

    body = (unit_pt) *state;

    for (n = 0; n < UNIT_RUNS; n++) {
        (void) oauth2_pool_fail_at(0);
        pool = oauth2_pool_create();
        assert_non_null(pool);

        unit_failing = n > 0;
        unit_reported = false;
        (void) oauth2_pool_fail_at(n);
        body(pool);
        fired = oauth2_pool_fail_at(0) == 0 && n > 0;

        oauth2_pool_release(pool);

        if (fired != unit_reported) {
            print_error("allocation %u: %s\n", n,
                        fired ? "refused, and nobody said so"
                              : "not refused, but said to be");
            fail();
        }

        if (n > 0 && !fired) {
            return;
        }
    }

    fail_msg("no end after %d runs", UNIT_RUNS);
}

#endif
