/* SPDX-License-Identifier: MIT */

/* Writing JSON. */

#include "../../src/core/json_write.c"
#include "unit.h"


static void
everything(oauth2_pool_t *pool)
{
    oauth2_str_t   s;
    oauth2_json_t  j;

    oauth2_json_init(&j, pool, 1000);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "s", oauth2_str("\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xb6"));
    oauth2_json_str(&j, "absent", oauth2_str_null);
    oauth2_json_optional(&j, "left out", oauth2_str_null);
    oauth2_json_c(&j, "c", "x");
    oauth2_json_c(&j, "none", NULL);
    oauth2_json_int(&j, "i", INT64_MIN);
    oauth2_json_bool(&j, "t", true);
    oauth2_json_bool(&j, "f", false);
    oauth2_json_null(&j, "n");
    oauth2_json_raw(&j, "r", oauth2_str("{\"a\": 1}"));
    oauth2_json_raw(&j, "rn", oauth2_str_null);
    oauth2_json_open_array(&j, "a\"b");
    oauth2_json_int(&j, NULL, 1);
    oauth2_json_open(&j, NULL);
    oauth2_json_close(&j);
    oauth2_json_open_array(&j, NULL);
    oauth2_json_close_array(&j);
    oauth2_json_c(&j, NULL, "");
    oauth2_json_close_array(&j);
    oauth2_json_members(&j, oauth2_str(" { } "));
    oauth2_json_members(&j, oauth2_str(" { \"x\":1, \"y\":2 }\n"));
    oauth2_json_int(&j, "z", 0);
    oauth2_json_close(&j);

    unit_rc(OAUTH2_OK, oauth2_json_done(&j, &s));
    unit_str(s, "{\"s\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xb6\","
             "\"absent\":null,\"c\":\"x\",\"none\":null,"
             "\"i\":-9223372036854775808,\"t\":true,\"f\":false,\"n\":null,"
             "\"r\":{\"a\": 1},\"rn\":null,"
             "\"a\\\"b\":[1,{},[],\"\"],\"x\":1, \"y\":2,\"z\":0}");
}


static void
outermost(oauth2_pool_t *pool)
{
    oauth2_str_t   s;
    oauth2_json_t  j;

    oauth2_json_init(&j, pool, 10);
    oauth2_json_c(&j, NULL, "x");
    unit_rc(OAUTH2_OK, oauth2_json_done(&j, &s));
    unit_str(s, "\"x\"");

    oauth2_json_init(&j, pool, 100);
    oauth2_json_open(&j, NULL);
    oauth2_json_members(&j, oauth2_str("{\"a\":1}"));
    oauth2_json_close(&j);
    unit_rc(OAUTH2_OK, oauth2_json_done(&j, &s));
    unit_str(s, "{\"a\":1}");
}


static void
bad(oauth2_pool_t *pool)
{
    int            i;
    oauth2_str_t   s;
    oauth2_json_t  j;

    s = oauth2_str("untouched");

    oauth2_json_init(&j, pool, 100);
    oauth2_json_str(&j, NULL, oauth2_str("\xff"));
    unit_rc(OAUTH2_BAD, oauth2_json_done(&j, &s));

    oauth2_json_init(&j, pool, 100);
    oauth2_json_str(&j, NULL, oauth2_str("a\0b"));
    unit_rc(OAUTH2_BAD, oauth2_json_done(&j, &s));

    oauth2_json_init(&j, pool, 100);
    oauth2_json_open(&j, NULL);
    unit_rc(OAUTH2_BAD, oauth2_json_done(&j, &s));

    oauth2_json_init(&j, pool, 100);
    oauth2_json_close(&j);
    unit_rc(OAUTH2_BAD, oauth2_json_done(&j, &s));

    oauth2_json_init(&j, pool, 100);
    oauth2_json_members(&j, oauth2_str("[]"));
    unit_rc(OAUTH2_BAD, oauth2_json_done(&j, &s));

    oauth2_json_init(&j, pool, 100);
    oauth2_json_members(&j, oauth2_str("{"));
    unit_rc(OAUTH2_BAD, oauth2_json_done(&j, &s));

    oauth2_json_init(&j, pool, 3);
    oauth2_json_c(&j, NULL, "xx");
    unit_rc(OAUTH2_BAD, oauth2_json_done(&j, &s));

    oauth2_json_init(&j, pool, 1000);

    for (i = 0; i < OAUTH2_JSON_DEPTH + 1; i++) {
        oauth2_json_open_array(&j, NULL);
    }

    for (i = 0; i < OAUTH2_JSON_DEPTH + 1; i++) {
        oauth2_json_close_array(&j);
    }

    unit_rc(OAUTH2_BAD, oauth2_json_done(&j, &s));
    unit_str(s, "untouched");
}


static const struct CMUnitTest  tests[] = {
    unit_row(everything), unit_row(outermost), unit_row(bad)
};


int
main(void)
{
    return cmocka_run_group_tests_name("json_write", tests, NULL, NULL);
}
