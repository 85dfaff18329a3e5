/* SPDX-License-Identifier: MIT */

/* Fields and names. */

#include "../../src/core/field.c"
#include "unit.h"


static void
complaints(oauth2_pool_t *pool)
{
    oauth2_field_t       field = { "b", OAUTH2_FIELD_STR, 1, 0, 0 };
    oauth2_complaint_t  *list;

    list = NULL;
    oauth2_complaint_add(pool, &list, "a", "one");
    unit_ptr(list);
    unit_read(OAUTH2_READ_FIELD,
              oauth2_field_complain(pool, &field, "two", &list));

    assert_string_equal(list->field, "/a");
    assert_string_equal(list->detail, "one");
    assert_string_equal(list->next->field, "/b");
    assert_string_equal(list->next->detail, "two");
    assert_null(list->next->next);
}


static void
integers(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    int64_t  n;

    assert_int_equal(field_parse_int(oauth2_str("9223372036854775807"), &n),
                     OAUTH2_OK);
    assert_true(n == INT64_MAX);
    assert_int_equal(field_parse_int(oauth2_str("-9223372036854775807"), &n),
                     OAUTH2_OK);
    assert_true(n == -INT64_MAX);
    assert_int_equal(field_parse_int(oauth2_str("-0"), &n), OAUTH2_OK);
    assert_int_equal(n, 0);

    n = 7;
    assert_int_equal(field_parse_int(oauth2_str("-"), &n), OAUTH2_BAD);
    assert_int_equal(field_parse_int(oauth2_str(""), &n), OAUTH2_BAD);
    assert_int_equal(field_parse_int(oauth2_str("--1"), &n), OAUTH2_BAD);
    assert_int_equal(field_parse_int(oauth2_str("9223372036854775808"), &n),
                     OAUTH2_BAD);
    assert_int_equal(n, 7);
}


/* As objects within objects use it: the inner names come off first. */
static void
names(oauth2_pool_t *pool)
{
    int             i;
    oauth2_names_t  list = { pool, NULL, 0, 0 };
    oauth2_str_t    s;

    static u_char  bytes[40];

    for (i = 0; i < 40; i++) {
        bytes[i] = (u_char) (i * 7 % 40);
        s.data = &bytes[i];
        s.len = 1;
        unit_rc(OAUTH2_OK, oauth2_names_add(&list, s));
    }

    unit_rc(OAUTH2_OK, oauth2_names_add(&list, oauth2_str("x")));
    unit_rc(OAUTH2_OK, oauth2_names_add(&list, oauth2_str("xy")));
    unit_rc(OAUTH2_OK, oauth2_names_add(&list, oauth2_str("x")));
    assert_true(oauth2_names_repeated(&list, 40));
    assert_int_equal(list.count, 40);
    assert_false(oauth2_names_repeated(&list, 39));
    assert_false(oauth2_names_repeated(&list, 0));
    assert_int_equal(list.count, 0);
    assert_false(oauth2_names_repeated(&list, 0));
}


static const struct CMUnitTest  tests[] = {
    unit_row(complaints), unit_row(integers), unit_row(names)
};


int
main(void)
{
    return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
