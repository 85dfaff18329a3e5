/* SPDX-License-Identifier: MIT */

/* Members and merging. */

#include "../../src/core/json_find.c"
#include "unit.h"


static void
find(oauth2_pool_t *pool)
{
    oauth2_str_t  s, text;

    text = oauth2_str("{\"s\":\"a\\tb\",\"n\":-1.50,\"t\":true,\"z\":null,"
                      "\"o\":{ \"s\":1 },\"a\":[1, 2],\"e\":\"\"}");

    unit_rc(OAUTH2_OK, oauth2_json_find(pool, text, "s", &s));
    unit_str(s, "a\tb");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, text, "n", &s));
    unit_str(s, "-1.50");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, text, "t", &s));
    unit_str(s, "true");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, text, "o", &s));
    unit_str(s, "{ \"s\":1 }");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, text, "a", &s));
    unit_str(s, "[1, 2]");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, text, "e", &s));
    unit_str(s, "");
    unit_rc(OAUTH2_NONE, oauth2_json_find(pool, text, "z", &s));
    unit_rc(OAUTH2_NONE, oauth2_json_find(pool, text, "x", &s));
    unit_rc(OAUTH2_BAD, oauth2_json_find(pool, oauth2_str("[]"), "x", &s));
    unit_rc(OAUTH2_BAD,
            oauth2_json_find(pool, oauth2_str("{\"a\":1,\"a\":1}"), "b",
                             &s));
    unit_str(s, "");
}


static void
merge(oauth2_pool_t *pool)
{
    oauth2_str_t  s;

    unit_rc(OAUTH2_OK, oauth2_json_merge(pool,
        oauth2_str(" {\"a\":1, \"b\":\"x\\u000a\\u0001\\/\", \"c\":[1, 2]}"),
        oauth2_str("{\"d\":null,\"a\":{\"x\":1},\"e\":false}"), &s));
    unit_str(s, "{\"b\":\"x\\n\\u0001/\",\"c\":[1, 2],"
             "\"d\":null,\"a\":{\"x\":1},\"e\":false}");

    unit_rc(OAUTH2_OK, oauth2_json_merge(pool, oauth2_str("{}"),
                                         oauth2_str("{}"), &s));
    unit_str(s, "{}");
    unit_rc(OAUTH2_OK, oauth2_json_merge(pool, oauth2_str("{\"a\":1}"),
                                         oauth2_str("{\"a\":2}"), &s));
    unit_str(s, "{\"a\":2}");
    unit_rc(OAUTH2_OK, oauth2_json_merge(pool, oauth2_str("{\"a\":1}"),
                                         oauth2_str("{\"b\":2}"), &s));
    unit_str(s, "{\"a\":1,\"b\":2}");

    unit_rc(OAUTH2_BAD, oauth2_json_merge(pool, oauth2_str("{}"),
                                          oauth2_str("[]"), &s));
    unit_rc(OAUTH2_BAD, oauth2_json_merge(pool, oauth2_str_null,
                                          oauth2_str("{}"), &s));
    unit_str(s, "{\"a\":1,\"b\":2}");
}


static const struct CMUnitTest  tests[] = {
    unit_row(find), unit_row(merge)
};


int
main(void)
{
    return cmocka_run_group_tests_name("json_find", tests, NULL, NULL);
}
