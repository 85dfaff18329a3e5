/* SPDX-License-Identifier: MIT */

/* Strings. */

#include "../../src/core/str.c"
#include "unit.h"


static void
same(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    oauth2_str_t  empty;

    empty = oauth2_str("");

    assert_true(oauth2_str_same(oauth2_str("ab"), oauth2_str("ab")));
    assert_false(oauth2_str_same(oauth2_str("ab"), oauth2_str("aB")));
    assert_false(oauth2_str_same(oauth2_str("ab"), oauth2_str("abc")));
    assert_true(oauth2_str_same(oauth2_str_null, oauth2_str_null));
    assert_false(oauth2_str_same(oauth2_str_null, empty));
    assert_true(oauth2_str_same(empty, empty));
    assert_null(oauth2_str_of(NULL).data);

    assert_true(oauth2_str_same_nocase(oauth2_str("aZ@["),
                                       oauth2_str("Az@[")));
    assert_false(oauth2_str_same_nocase(oauth2_str("@"), oauth2_str("`")));
    assert_false(oauth2_str_same_nocase(oauth2_str("a"), oauth2_str("ab")));
    assert_false(oauth2_str_same_nocase(oauth2_str_null, empty));

    assert_true(oauth2_str_same_secret(oauth2_str("s"), oauth2_str("s")));
    assert_false(oauth2_str_same_secret(oauth2_str("s"), oauth2_str("t")));
    assert_false(oauth2_str_same_secret(oauth2_str("s"), oauth2_str("st")));

    /* two absent secrets must not let anyone in */
    assert_false(oauth2_str_same_secret(oauth2_str_null, oauth2_str_null));

    assert_true(oauth2_str_starts(oauth2_str("Bearer x"),
                                  oauth2_str("Bearer ")));
    assert_false(oauth2_str_starts(oauth2_str("Be"), oauth2_str("Bearer")));
    assert_true(oauth2_str_starts(oauth2_str_null, oauth2_str_null));
}


static void
words(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    oauth2_str_t  list, word;

    list = oauth2_str("  openid profile ");

    assert_true(oauth2_str_word(&list, ' ', &word));
    unit_str(word, "openid");
    assert_true(oauth2_str_word(&list, ' ', &word));
    unit_str(word, "profile");
    assert_false(oauth2_str_word(&list, ' ', &word));
    unit_str(word, "profile");

    list = oauth2_str_null;
    assert_false(oauth2_str_word(&list, ' ', &word));

    assert_true(oauth2_str_has_word(oauth2_str("a bc d"), oauth2_str("bc")));
    assert_false(oauth2_str_has_word(oauth2_str("a bc d"), oauth2_str("b")));
    assert_true(oauth2_str_subset(oauth2_str("d a"), oauth2_str("a bc d")));
    assert_true(oauth2_str_subset(oauth2_str(""), oauth2_str_null));
    assert_false(oauth2_str_subset(oauth2_str("a x"), oauth2_str("a b")));
}


static void
trim(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    unit_str(oauth2_str_trim(oauth2_str(" \t a b\t ")), "a b");
    unit_str(oauth2_str_trim(oauth2_str(" a\n")), "a\n");
    unit_str(oauth2_str_trim(oauth2_str(" \t")), "");
    unit_str(oauth2_str_trim_lines(oauth2_str("\r\n a \n\n")), "a");
    assert_int_equal(oauth2_str_trim(oauth2_str_null).len, 0);
}


static void
numbers(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t    sum;
    uint64_t  n;

    n = 7;
    assert_int_equal(oauth2_str_parse_uint(oauth2_str("0"), 0, &n),
                     OAUTH2_OK);
    assert_int_equal(n, 0);
    assert_int_equal(oauth2_str_parse_uint(oauth2_str("18446744073709551615"),
                                           UINT64_MAX, &n),
                     OAUTH2_OK);
    assert_true(n == UINT64_MAX);

    n = 7;
    assert_int_equal(oauth2_str_parse_uint(oauth2_str("18446744073709551616"),
                                           UINT64_MAX, &n),
                     OAUTH2_BAD);
    assert_int_equal(oauth2_str_parse_uint(oauth2_str("256"), 255, &n),
                     OAUTH2_BAD);
    assert_int_equal(oauth2_str_parse_uint(oauth2_str("9"), 5, &n),
                     OAUTH2_BAD);
    assert_int_equal(oauth2_str_parse_uint(oauth2_str(""), 255, &n),
                     OAUTH2_BAD);
    assert_int_equal(oauth2_str_parse_uint(oauth2_str("-1"), 255, &n),
                     OAUTH2_BAD);
    assert_int_equal(oauth2_str_parse_uint(oauth2_str("1 "), 255, &n),
                     OAUTH2_BAD);
    assert_int_equal(n, 7);

    sum = 7;
    assert_true(oauth2_size_add(SIZE_MAX - 1, 1, &sum));
    assert_true(sum == SIZE_MAX);
    assert_false(oauth2_size_add(SIZE_MAX, 1, &sum));
    assert_true(sum == SIZE_MAX);
}


/* Each with its neighbor on the other side of the line (RFC 3629). */
static void
utf8(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t  i;

    static const oauth2_str_t  good[] = {
        { 0, (u_char *) "" }, { 1, (u_char *) "\x7f" },
        { 2, (u_char *) "\xc2\x80" }, { 2, (u_char *) "\xdf\xbf" },
        { 3, (u_char *) "\xe0\xa0\x80" }, { 3, (u_char *) "\xed\x9f\xbf" },
        { 3, (u_char *) "\xee\x80\x80" }, { 3, (u_char *) "\xef\xbf\xbf" },
        { 4, (u_char *) "\xf0\x90\x80\x80" },
        { 4, (u_char *) "\xf4\x8f\xbf\xbf" }
    };
    static const oauth2_str_t  bad[] = {
        { 1, (u_char *) "\0" }, { 3, (u_char *) "a\0b" },
        { 1, (u_char *) "\x80" }, { 2, (u_char *) "\xc0\x80" },
        { 2, (u_char *) "\xc1\xbf" }, { 1, (u_char *) "\xc2" },
        { 2, (u_char *) "\xc2\x41" }, { 3, (u_char *) "\xe0\x9f\xbf" },
        { 3, (u_char *) "\xed\xa0\x80" }, { 3, (u_char *) "\xed\xbf\xbf" },
        { 2, (u_char *) "\xe2\x82" }, { 3, (u_char *) "\xe2\x82\x41" },
        { 4, (u_char *) "\xf0\x8f\xbf\xbf" },
        { 4, (u_char *) "\xf4\x90\x80\x80" },
        { 4, (u_char *) "\xf5\x80\x80\x80" }, { 1, (u_char *) "\xff" },
        { 3, (u_char *) "\xf0\x9f\x98" }
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(oauth2_str_check_utf8(good[i], true));
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(oauth2_str_check_utf8(bad[i], true));
    }

    assert_true(oauth2_str_check_utf8(oauth2_str("a\nb"), true));
    assert_false(oauth2_str_check_utf8(oauth2_str("a\nb"), false));
    assert_false(oauth2_str_check_utf8(oauth2_str("\x7f"), false));
    assert_false(oauth2_str_check_utf8(oauth2_str("\xc2\x9f"), false));
    assert_true(oauth2_str_check_utf8(oauth2_str("\xc2\xa0"), false));

    assert_int_equal(oauth2_str_chars(oauth2_str("")), 0);
    assert_int_equal(oauth2_str_chars(oauth2_str("J\xc3\xb6rg")), 4);
    assert_int_equal(oauth2_str_chars(oauth2_str("\xf0\x9f\x98\x80")), 1);
}


static void
wipe(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char  secret[8];

    memcpy(secret, "secret!", 8);
    oauth2_wipe(secret, sizeof(secret));
    assert_memory_equal(secret, "\0\0\0\0\0\0\0", 8);
}


static const struct CMUnitTest  tests[] = {
    unit_row(same), unit_row(words), unit_row(trim),
    unit_row(numbers), unit_row(utf8), unit_row(wipe)
};


int
main(void)
{
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
