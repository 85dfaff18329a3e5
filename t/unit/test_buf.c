/* SPDX-License-Identifier: MIT */

/* The growing string. */

#include "../../src/core/buf.c"
#include "unit.h"


static void
writes(oauth2_pool_t *pool)
{
    oauth2_str_t  s;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, 1000);
    oauth2_buf_write(&b, oauth2_str("<"));
    oauth2_buf_write(&b, oauth2_str_null);
    oauth2_buf_write_c(&b, "c");
    oauth2_buf_write_byte(&b, ' ');
    oauth2_buf_write_int(&b, INT64_MIN);
    oauth2_buf_write_byte(&b, ' ');
    oauth2_buf_write_hex(&b, oauth2_str("\x00\x1f\xff"));
    oauth2_buf_write_byte(&b, ' ');
    oauth2_buf_write_base64url(&b, oauth2_str("\xfb\xff\xfe"));
    oauth2_buf_write_byte(&b, ' ');
    oauth2_buf_write_uri(&b, oauth2_str("a-._~Z9 /?&=+%\xc3\xb6"));
    oauth2_buf_write_byte(&b, ' ');
    oauth2_buf_write_html(&b, oauth2_str("<a href=\"x\">'&'</a>"));

    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "<c -9223372036854775808 001fff -__- "
             "a-._~Z9%20%2F%3F%26%3D%2B%25%C3%B6 "
             "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    assert_int_equal(s.data[s.len], '\0');
}


/* RFC 4648 10, and the two characters that base64url has not. */
static void
base64(oauth2_pool_t *pool)
{
    size_t        i;
    oauth2_str_t  s;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, 1000);

    for (i = 0; i <= 6; i++) {
        oauth2_buf_write_base64(&b, (oauth2_str_t) { i,
                                                     (u_char *) "foobar" });
        oauth2_buf_write_byte(&b, ' ');
    }

    oauth2_buf_write_base64(&b, oauth2_str_null);
    oauth2_buf_write_base64(&b, oauth2_str("\xfb\xff\xfe"));

    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, " Zg== Zm8= Zm9v Zm9vYg== Zm9vYmE= Zm9vYmFy +//+");
}


static void
nothing(oauth2_pool_t *pool)
{
    oauth2_str_t  s;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, 0);
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "");
    assert_int_equal(s.data[0], '\0');
}


/* Up to the maximum, and one byte more. */
static void
maximum(oauth2_pool_t *pool)
{
    int           i;
    oauth2_str_t  s;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, 300);

    for (i = 0; i < 300; i++) {
        oauth2_buf_write_byte(&b, 'x');
    }

    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    assert_int_equal(s.len, 300);

    oauth2_buf_write_byte(&b, 'x');
    s = oauth2_str("untouched");
    unit_rc(OAUTH2_BAD, oauth2_buf_done(&b, &s));
    unit_str(s, "untouched");

    /* a failure stays, and whatever is written has no effect */
    oauth2_buf_write(&b, oauth2_str_null);
    oauth2_buf_write_html(&b, oauth2_str("<"));
    oauth2_buf_write_hex(&b, oauth2_str("<"));
    unit_rc(OAUTH2_BAD, oauth2_buf_done(&b, &s));
}


/* No such string exists, but a length of foreign origin may say so. */
static void
endless(oauth2_pool_t *pool)
{
    oauth2_str_t  s;
    oauth2_buf_t  b;

    s.data = (u_char *) "";
    s.len = SIZE_MAX;

    oauth2_buf_init(&b, pool, 100);
    oauth2_buf_write(&b, s);
    assert_int_equal(b.rc, OAUTH2_BAD);

    oauth2_buf_init(&b, pool, 100);
    oauth2_buf_write_hex(&b, s);
    assert_int_equal(b.rc, OAUTH2_BAD);

    oauth2_buf_init(&b, pool, 100);
    oauth2_buf_write_base64url(&b, s);
    assert_int_equal(b.rc, OAUTH2_BAD);

    oauth2_buf_init(&b, pool, SIZE_MAX);
    oauth2_buf_write_byte(&b, 'x');
    assert_int_equal(b.rc, OAUTH2_BAD);
}


/* The buffer's own bytes may be written again while it grows. */
static void
itself(oauth2_pool_t *pool)
{
    oauth2_str_t  s;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, 1000);
    oauth2_buf_write_c(&b, "0123456789");

    while (b.len < 500 && b.rc == OAUTH2_OK) {
        oauth2_buf_write(&b, (oauth2_str_t) { b.len, b.data });
    }

    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    assert_int_equal(s.len, 640);
    assert_memory_equal(s.data + 630, "0123456789", 10);
}


static const struct CMUnitTest  tests[] = {
    unit_row(writes), unit_row(base64), unit_row(nothing),
    unit_row(maximum), unit_row(endless), unit_row(itself)
};


int
main(void)
{
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
