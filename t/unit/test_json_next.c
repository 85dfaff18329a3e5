/* SPDX-License-Identifier: MIT */

/* The elements of an array, and of what is none. */

#include "../../src/core/json_next.c"
#include "unit.h"


/* The elements, each behind a bar. */
static void
same(const char *text, const char *expected)
{
    char          found[256];
    size_t        len;
    oauth2_str_t  rest, element;

    rest = oauth2_str_of(text);
    len = 0;

    while (oauth2_json_next(&rest, &element)) {
        assert_true(len + element.len + 2 < sizeof(found));
        found[len++] = '|';
        memcpy(found + len, element.data, element.len);
        len += element.len;
    }

    found[len] = '\0';
    assert_string_equal(found, expected);

    /* the end stays the end */
    assert_false(oauth2_json_next(&rest, &element));
}


static void
arrays(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    same("[]", "");
    same(" [ \n ] ", "");
    same("[1]", "|1");
    same("[ {\"a\": [1, 2]} ,\n\"x,]\" , [[]], null]",
         "|{\"a\": [1, 2]}|\"x,]\"|[[]]|null");
    same("[\"\\\"\", \"\\\\\", \"]\"]", "|\"\\\"\"|\"\\\\\"|\"]\"");
}


static void
others(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    same("", "");
    same("{\"a\":1}", "");
    same("1, 2", "");
    same("[", "");
    same("[1", "");
    same("[1,", "|1");
    same("[1,]", "|1");
    same("[,1]", "");
    same("[\"a", "");
    same("[\"a\\", "");
    same("[{]", "");
}


static const struct CMUnitTest  tests[] = {
    unit_row(arrays), unit_row(others)
};


int
main(void)
{
    return cmocka_run_group_tests_name("json_next", tests, NULL, NULL);
}
