/* SPDX-License-Identifier: MIT */

/* URIs as RFC 3986 6.2.2 and 6.2.3 compare them. */

#include "../../src/core/uri_normal.c"
#include "unit.h"


static void
normal(oauth2_pool_t *pool)
{
    size_t        i;
    oauth2_str_t  s;

    static const struct {
        const char  *uri;
        const char  *normal;
    } rows[] = {
        { "https://a.example", "https://a.example/" },
        { "https://a.example/", "https://a.example/" },
        { "HTTPS://A.Example:443/x", "https://a.example/x" },
        { "http://A.Example:80", "http://a.example/" },
        { "https://a.example:80/", "https://a.example:80/" },
        { "http://a.example:443/", "http://a.example:443/" },
        { "https://a.example?x=/../", "https://a.example/" },
        { "https://a.example/b#/../", "https://a.example/b" },
        { "https://a.example/b?c#d", "https://a.example/b" },
        { "https://a.example/a/./b/../c", "https://a.example/a/c" },
        { "https://a.example/a/..", "https://a.example/" },
        { "https://a.example/a/b/..", "https://a.example/a/" },
        { "https://a.example/a/.", "https://a.example/a/" },
        { "https://a.example/../../a", "https://a.example/a" },
        { "https://a.example/%2E%2e/a", "https://a.example/a" },
        { "https://a.example/a//b", "https://a.example/a//b" },
        { "https://a.example/a//../b", "https://a.example/a/b" },
        { "https://a.example/...", "https://a.example/..." },
        { "https://a.example/%7ea%2fb", "https://a.example/~a%2Fb" },
        { "https://a.example/%41%5a%5F", "https://a.example/AZ_" },
        { "https://a.example/%c3%A9", "https://a.example/%C3%A9" },
        { "http://[::1]:80/x", "http://[::1]/x" },
        { "http://[::80]/x", "http://[::80]/x" }
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unit_rc(OAUTH2_OK, oauth2_uri_normal(pool,
                                             oauth2_str_of(rows[i].uri),
                                             &s));
        unit_same(s, rows[i].normal, strlen(rows[i].normal), rows[i].uri,
                  __LINE__);
    }
}


static void
none(oauth2_pool_t *pool)
{
    u_char        text[OAUTH2_URI_MAX + 32];
    size_t        i;
    oauth2_str_t  s, big;

    static const char *const  rows[] = {
        "", "/", "https:", "https://", "https:///x", "a.example/x",
        "ftp://a.example/", "com.example.app:/cb",
        "https://u@a.example/", "https://u:p@a.example/",
        "https://a.example/%", "https://a.example/%4",
        "https://a.example/%4g", "https://a.example:99999/"
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unit_rc(OAUTH2_BAD, oauth2_uri_normal(pool, oauth2_str_of(rows[i]),
                                              &s));
    }

    memset(text, 'a', sizeof(text));
    memcpy(text, "https://a.example/", 18);
    big.data = text;
    big.len = sizeof(text);
    unit_rc(OAUTH2_BAD, oauth2_uri_normal(pool, big, &s));
    unit_rc(OAUTH2_BAD, oauth2_uri_normal(pool, oauth2_str_null, &s));
}


static const struct CMUnitTest  tests[] = {
    unit_row(normal), unit_row(none)
};


int
main(void)
{
    return cmocka_run_group_tests_name("uri_normal", tests, NULL, NULL);
}
