/* SPDX-License-Identifier: MIT */

/* Headers of foreign answers. */

#include "../../src/egress/header.c"
#include "unit.h"


static void
age(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t   i;
    int64_t  max_age;

    static const struct {
        const char  *line;
        int64_t      age;
    } rows[] = {
        { "Cache-Control: max-age=60\r\n", 60 },
        { "cache-control:max-age=0\r\n", 0 },
        { "CACHE-CONTROL: public, MAX-AGE=90 , x=1\r\n", 90 },
        { "Cache-Control: max-age=60, max-age=30\r\n", 30 },
        { "Cache-Control: max-age=60, no-cache\r\n", 0 },
        { "Cache-Control: no-store\r\n", 0 },
        { "Cache-Control: no-store, max-age=60\r\n", 0 },
        { "Cache-Control: s-maxage=60\r\n", -1 },
        { "Cache-Control: max-age=-1\r\n", -1 },
        { "Cache-Control: max-age=\"60\"\r\n", -1 },
        { "Cache-Control: max-age=99999999999999999999\r\n", -1 },
        { "Cache-Control: max-age\r\n", -1 },
        { "Cache-Control: ,,\r\n", -1 },
        { "Cache-Control:", -1 },
        { "Cache-Control max-age=60\r\n", -1 },
        { "X-Cache-Control: max-age=60\r\n", -1 },
        { "Cache-Controls: max-age=60\r\n", -1 },
        { "HTTP/1.1 200 OK\r\n", -1 },
        { "\r\n", -1 },
        { "", -1 }
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        max_age = -1;
        oauth2_egress_header_age(oauth2_str_of(rows[i].line), &max_age);

        if (max_age != rows[i].age) {
            fail_msg("%s%d", rows[i].line, (int) max_age);
        }
    }

    max_age = 20;
    oauth2_egress_header_age(oauth2_str("Cache-Control: max-age=30"),
                             &max_age);
    assert_int_equal(max_age, 20);
}


static void
type(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t  i;

    static const char *const  good[] = {
        "", " ", "application/json", "APPLICATION/JSON",
        "application/jwk-set+json;charset=utf-8", "application/jwt",
        "text/plain; charset=utf-8", "text/json", " application/x \r\n"
    };
    static const char *const  bad[] = {
        "text/html", "text/html; application/json", "image/png", "json",
        "application", "application/", "multipart/mixed", ";", "text/plainer",
        "xapplication/json"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!oauth2_egress_header_type(oauth2_str_of(good[i]))) {
            fail_msg("%s is refused", good[i]);
        }
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (oauth2_egress_header_type(oauth2_str_of(bad[i]))) {
            fail_msg("%s is taken", bad[i]);
        }
    }

    assert_true(oauth2_egress_header_type(oauth2_str_null));
}


static const struct CMUnitTest  tests[] = {
    unit_row(age), unit_row(type)
};


int
main(void)
{
    return cmocka_run_group_tests_name("egress_header", tests, NULL, NULL);
}
