/* SPDX-License-Identifier: MIT */

/* URIs. */

#include "../../src/core/uri.c"
#include "unit.h"


/* Registered, given, the same? */
static void
same_redirect(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t  i;

    static const struct {
        const char  *registered;
        const char  *given;
        bool         same;
    } rows[] = {
        { "https://a.example/cb", "https://a.example/cb", true },
        { "https://a.example/cb", "https://a.example/cb/", false },
        { "https://a.example/cb", "https://a.example/CB", false },
        { "https://a.example/cb", "https://A.example/cb", false },
        { "https://a.example/cb", "https://a.example/cb?x=1", false },
        { "https://a.example/cb", "https://a.example/x/../cb", false },
        { "https://a.example/cb", "https://a.example/c%62", false },
        { "https://a.example/cb", "https://u@a.example/cb", false },
        { "https://a.example/cb", "https://a.example:443/cb", false },
        { "https://a.example:1/cb", "https://a.example:2/cb", false },
        { "https://a.example/cb", "http://a.example/cb", false },
        { "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", true },
        { "http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb", true },
        { "http://127.0.0.1:1/cb", "http://127.0.0.1/cb", true },
        { "http://[::1]/cb", "http://[::1]:51004/cb", true },
        { "http://127.0.0.1/cb", "http://127.0.0.1:51004/cc", false },
        { "http://127.0.0.1/cb", "http://127.0.0.1:65536/cb", false },
        { "http://127.0.0.1/cb", "http://127.0.0.1:/cb", false },
        { "http://127.0.0.1/cb", "http://127.0.0.1:1x/cb", false },
        { "http://127.0.0.1/cb", "http://[::1]:1/cb", false },
        { "http://127.0.0.1/cb", "http://127.0.0.1@evil.example/cb", false },
        { "http://127.0.0.1/cb", "http://evil.example@127.0.0.1:1/cb",
          false },
        { "http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb", false },
        { "http://127.0.0.1/cb", "http://127.0.0.1:1\\@evil.example/cb",
          false },
        { "http://127.0.0.1/cb", "HTTP://127.0.0.1:1/cb", false },
        { "https://127.0.0.1/cb", "https://127.0.0.1:1/cb", false },
        { "http://localhost/cb", "http://localhost:1/cb", false },
        { "http://localhost:1/cb", "http://localhost:1/cb", true },
        { "com.example.app:/cb", "com.example.app:/cb", true },
        { "", "", false }
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (oauth2_uri_same_redirect(oauth2_str_of(rows[i].registered),
                                     oauth2_str_of(rows[i].given))
            != rows[i].same)
        {
            fail_msg("%s and %s", rows[i].registered, rows[i].given);
        }
    }
}


static void
check_redirect(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t  i;

    static const char *const  good[] = {
        "https://a.example", "https://a.example/cb?x=%20&y",
        "HTTPS://a.example/", "http://localhost:3000/callback",
        "http://127.0.0.1/", "http://127.1.2.3:1/", "http://[::1]/",
        "com.example.app:/cb", "com.example.app://x/cb", "myapp://cb"
    };
    static const char *const  bad[] = {
        "", "a", "/cb", "//a.example/cb", "https:", "https:/a.example",
        "https://", "https:///cb", "https:a.example",
        "http://a.example/cb", "http://localhost.a.example/",
        "http://127.0.0.1.a.example/", "http://127.0.0.1.a/",
        "http://127.1/", "http://127.0.0.256/", "http://127.0.0.1./",
        "http://0127.0.0.1/", "http://127.0.0.0001/",
        "http://localhost@a.example/", "https://u@a.example/",
        "https://u:p@a.example/", "https://a.example/#", "https://a.example#x",
        "https://*.a.example/", "https://a.example/*", "javascript:alert(1)",
        "JavaScript://a.example/%0aalert(1)", "data:text/html,x",
        "vbscript:x", "file:///etc/passwd", "blob:https://a.example/x",
        "https://a.example/a b", "https://a.example/\n", "https://a.example/%",
        "https://a.example/%2", "https://a.example/%2x",
        "https://a.example\\@b.example/", "https://a.example/<x>",
        "https://\xc3\xb6.example/", "https://a.example:65536/",
        "https://a.example:x/", "https://[::1/", "https://[x]/",
        "https://a[b].example/", "1https://a.example/", "ht_tp://a.example/"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (oauth2_uri_check_redirect(oauth2_str_of(good[i])) != NULL) {
            fail_msg("%s is fine", good[i]);
        }
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (oauth2_uri_check_redirect(oauth2_str_of(bad[i])) == NULL) {
            fail_msg("%s is not fine", bad[i]);
        }
    }

    assert_non_null(oauth2_uri_check_redirect(
        oauth2_str("https://a.example/\0")));
}


static void
loopback(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    assert_true(oauth2_uri_loopback(oauth2_str("http://localhost:8000")));
    assert_true(oauth2_uri_loopback(oauth2_str("https://LOCALHOST/")));
    assert_true(oauth2_uri_loopback(oauth2_str("http://127.0.0.1:8000/x")));
    assert_true(oauth2_uri_loopback(oauth2_str("http://[::1]")));
    assert_false(oauth2_uri_loopback(oauth2_str("http://a.example/")));
    assert_false(oauth2_uri_loopback(oauth2_str("http://128.0.0.1/")));
    assert_false(oauth2_uri_loopback(oauth2_str("http://u@localhost/")));
    assert_false(oauth2_uri_loopback(oauth2_str("ftp://localhost/")));
    assert_false(oauth2_uri_loopback(oauth2_str("localhost:8000")));
    assert_false(oauth2_uri_loopback(oauth2_str_null));
}


static void
params(oauth2_pool_t *pool)
{
    oauth2_str_t  s;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, 1000);
    oauth2_buf_write_c(&b, "https://a.example/cb");
    oauth2_uri_write_param(&b, "absent", oauth2_str_null);
    oauth2_uri_write_param(&b, "code", oauth2_str("a b&c"));
    oauth2_uri_write_param(&b, "state", oauth2_str(""));
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "https://a.example/cb?code=a%20b%26c&state=");

    oauth2_buf_init(&b, pool, 1000);
    oauth2_buf_write_c(&b, "/cb?x=1");
    oauth2_uri_write_param(&b, "y", oauth2_str("2"));
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "/cb?x=1&y=2");

    oauth2_buf_init(&b, pool, 1000);
    oauth2_buf_write_c(&b, "/cb?");
    oauth2_uri_write_param(&b, "y", oauth2_str("2"));
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "/cb?y=2");

    oauth2_buf_init(&b, pool, 1000);
    oauth2_uri_write_param(&b, "y", oauth2_str("2"));
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "?y=2");
}


static void
origin(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    unit_str(oauth2_uri_origin(oauth2_str("https://a.example:8443/x?y#z")),
             "https://a.example:8443");
    unit_str(oauth2_uri_origin(oauth2_str("http://[::1]")), "http://[::1]");
    unit_str(oauth2_uri_origin(oauth2_str("https://a.example?x")),
             "https://a.example");
    assert_null(oauth2_uri_origin(oauth2_str("https:///x")).data);
    assert_null(oauth2_uri_origin(oauth2_str("https://u@a.example/")).data);
    assert_null(oauth2_uri_origin(oauth2_str("com.example.app:/cb")).data);
    assert_null(oauth2_uri_origin(oauth2_str("null")).data);
    assert_null(oauth2_uri_origin(oauth2_str_null).data);
}


static const struct CMUnitTest  tests[] = {
    unit_row(same_redirect), unit_row(check_redirect), unit_row(loopback),
    unit_row(params), unit_row(origin)
};


int
main(void)
{
    return cmocka_run_group_tests_name("uri", tests, NULL, NULL);
}
