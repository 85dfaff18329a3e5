/* SPDX-License-Identifier: MIT */

/* The arena, with its real chunks. */

#define OAUTH2_POOL_CHUNK  256
#include "../../src/core/pool.c"
#include "unit.h"

static char  order[8];     /* of the cleanups */


static void
note(void *data)
{
    size_t  len;

    len = strlen(order);
    assert_true(len < sizeof(order) - 1);
    order[len] = *(char *) data;
    order[len + 1] = '\0';
}


static void
pieces(oauth2_pool_t *pool)
{
    size_t   i, j, size;
    u_char  *p[64];

    for (i = 0; i < 64; i++) {
        size = i * 7 % 100;
        p[i] = oauth2_pool_alloc(pool, size);
        unit_ptr(p[i]);
        assert_int_equal((uintptr_t) p[i] % alignof(max_align_t), 0);

        for (j = 0; j < size; j++) {
            assert_int_equal(p[i][j], 0);
        }

        memset(p[i], (int) i + 1, size);
    }

    for (i = 0; i < 64; i++) {
        size = i * 7 % 100;

        for (j = 0; j < size; j++) {
            assert_int_equal(p[i][j], i + 1);
        }
    }
}


static void
large(oauth2_pool_t *pool)
{
    u_char  *p, *other;

    p = oauth2_pool_alloc(pool, 100000);
    unit_ptr(p);
    memset(p, 1, 100000);

    p = oauth2_pool_alloc(pool, 0);
    unit_ptr(p);
    other = oauth2_pool_alloc(pool, 0);
    unit_ptr(other);
    assert_ptr_not_equal(p, other);
}


/* Not by memory: no address space has it. */
static void
endless(oauth2_pool_t *pool)
{
    oauth2_str_t  s, copy;

    if (unit_failing) {
        return;
    }

    copy = oauth2_str("untouched");
    s.data = (u_char *) "";
    s.len = SIZE_MAX;

    assert_null(oauth2_pool_alloc(pool, SIZE_MAX));
    assert_null(oauth2_pool_alloc(pool, SIZE_MAX - 8));
    assert_int_equal(oauth2_pool_copy(pool, s, &copy), OAUTH2_NOMEM);
    unit_str(copy, "untouched");
}


static void
copy(oauth2_pool_t *pool)
{
    oauth2_str_t  s;

    unit_rc(OAUTH2_OK, oauth2_pool_copy(pool, oauth2_str("a\0b"), &s));
    unit_str(s, "a\0b");
    assert_int_equal(s.data[3], '\0');

    unit_rc(OAUTH2_OK, oauth2_pool_copy(pool, oauth2_str_null, &s));
    unit_str(s, "");
}


static void
cleanups(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    oauth2_pool_t  *other;
    oauth2_rc_e     a, b;

    order[0] = '\0';
    other = oauth2_pool_create();
    unit_ptr(other);

    a = oauth2_pool_cleanup(other, note, (void *) "a");
    b = oauth2_pool_cleanup(other, note, (void *) "b");

    oauth2_pool_keep(other);
    oauth2_pool_release(other);
    assert_string_equal(order, "");
    oauth2_pool_release(other);

    unit_rc(OAUTH2_OK, a);
    unit_rc(OAUTH2_OK, b);
    assert_string_equal(order, "ba");
}


static const struct CMUnitTest  tests[] = {
    unit_row(pieces), unit_row(large), unit_row(endless),
    unit_row(copy), unit_row(cleanups)
};


int
main(void)
{
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
