/* SPDX-License-Identifier: MIT */

/* What users and clients may write. */

#include "../../src/core/check.c"
#include "unit.h"


static void
email(oauth2_pool_t *pool)
{
    char    text[300];
    size_t  i;

    static const char *const  good[] = {
        "a@b.cd", "demo@example.com", "a.b+tag@sub.example.co.uk",
        "!#$%&'*+-/=?^_`{|}~@x-y.museum", "1@2.c3", "A@B.CD",
        "x@xn--bcher-kva.example"
    };
    static const char *const  bad[] = {
        "", "a", "@", "a@", "@b.cd", "a@b", "a@b.c", "a@.cd", "a@b.cd.",
        "a@b..cd", ".a@b.cd", "a.@b.cd", "a..b@c.de", "a@b@c.de",
        "a b@c.de", "a@b c.de", " a@b.cd", "a@b.cd ", "a@b.cd\n",
        "a@-b.cd", "a@b-.cd", "a@b.12", "a@127.0.0.1", "a@[127.0.0.1]",
        "\"a\"@b.cd", "a(c)@b.cd", "a,b@c.de", "<a@b.cd>", "a;b@c.de",
        "\xc3\xb6@b.cd", "a@\xc3\xb6.cd", "a:b@c.de", "a@b_c.de",
        "a\\b@c.de", "a@b.c\r\nBcc: x@y.de"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_null(oauth2_check_email(oauth2_str_of(good[i])));
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_non_null(oauth2_check_email(oauth2_str_of(bad[i])));
    }

    assert_non_null(oauth2_check_email(oauth2_str("a\0@b.cd")));
    assert_non_null(oauth2_check_email(oauth2_str("a@b\0.cd")));

    /* 64 before the "@", 63 a label, 254 in all */
    memset(text, 'a', sizeof(text));
    memcpy(text + 64, "@b.cd", 5);
    assert_null(oauth2_check_email((oauth2_str_t) { 69, (u_char *) text }));
    memcpy(text + 64, "a@b.cd", 6);
    assert_non_null(oauth2_check_email((oauth2_str_t) { 70,
                                                        (u_char *) text }));

    memset(text, 'a', sizeof(text));
    text[1] = '@';
    memcpy(text + 2 + 63, ".cd", 3);
    assert_null(oauth2_check_email((oauth2_str_t) { 68, (u_char *) text }));
    memcpy(text + 2 + 63, "a.cd", 4);
    assert_non_null(oauth2_check_email((oauth2_str_t) { 69,
                                                        (u_char *) text }));

    memset(text, 'a', sizeof(text));
    text[60] = '@';

    for (i = 100; i < 250; i += 50) {
        text[i] = '.';
    }

    assert_null(oauth2_check_email((oauth2_str_t) { 254, (u_char *) text }));
    assert_string_equal(
        oauth2_check_email((oauth2_str_t) { 255, (u_char *) text }),
        "An e-mail address has at most 254 bytes.");

    (void) pool;
}


static void
email_normal(oauth2_pool_t *pool)
{
    oauth2_str_t  s;

    unit_rc(OAUTH2_OK,
            oauth2_check_email_write(pool, oauth2_str(" Demo@Example.COM\t"),
                                     &s));
    unit_str(s, "demo@example.com");
    unit_rc(OAUTH2_OK,
            oauth2_check_email_write(pool, oauth2_str("@[\xc3\x96"), &s));
    unit_str(s, "@[\xc3\x96");
}


static void
username(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char  text[52];

    memset(text, 'x', sizeof(text));

    assert_null(oauth2_check_username(oauth2_str("abc")));
    assert_null(oauth2_check_username(oauth2_str("1a.b_c-D")));
    assert_null(oauth2_check_username((oauth2_str_t) { 50,
                                                       (u_char *) text }));
    assert_non_null(oauth2_check_username((oauth2_str_t) { 51,
                                                           (u_char *) text }));
    assert_non_null(oauth2_check_username(oauth2_str("ab")));
    assert_non_null(oauth2_check_username(oauth2_str(".abc")));
    assert_non_null(oauth2_check_username(oauth2_str("-abc")));
    assert_non_null(oauth2_check_username(oauth2_str("a@b.cd")));
    assert_non_null(oauth2_check_username(oauth2_str("a bc")));
    assert_non_null(oauth2_check_username(oauth2_str("ab\xc3\xb6")));
    assert_non_null(oauth2_check_username(oauth2_str_null));
}


static void
name(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char  text[102];
    int   i;

    for (i = 0; i < 51; i++) {
        memcpy(text + i * 2, "\xc3\xb6", 2);
    }

    assert_null(oauth2_check_name(oauth2_str("J\xc3\xb6rg O'Neill-Li")));
    assert_null(oauth2_check_name(oauth2_str("")));
    assert_null(oauth2_check_name((oauth2_str_t) { 100, (u_char *) text }));
    assert_non_null(oauth2_check_name((oauth2_str_t) { 102,
                                                       (u_char *) text }));
    assert_non_null(oauth2_check_name(oauth2_str("a\r\nBcc: b")));
    assert_non_null(oauth2_check_name(oauth2_str("<b>")));
    assert_non_null(oauth2_check_name(oauth2_str("b>")));
    assert_non_null(oauth2_check_name(oauth2_str("\xff")));
    assert_non_null(oauth2_check_name(oauth2_str("a\0")));
}


static void
password(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char  text[73];

    memset(text, 'x', sizeof(text));

    assert_null(oauth2_check_password(oauth2_str("12345678"), 8));
    assert_null(oauth2_check_password((oauth2_str_t) { 72, (u_char *) text },
                                      8));
    assert_null(oauth2_check_password(oauth2_str("        "), 8));
    assert_non_null(oauth2_check_password((oauth2_str_t) { 73,
                                                           (u_char *) text },
                                          8));
    assert_non_null(oauth2_check_password(oauth2_str("1234567"), 8));
    assert_non_null(oauth2_check_password(oauth2_str("1234\0" "5678"), 8));
    assert_non_null(oauth2_check_password(oauth2_str("12345678\xff"), 8));
    assert_non_null(oauth2_check_password(oauth2_str_null, 0));

    /* characters count, not bytes */
    assert_non_null(oauth2_check_password(oauth2_str("\xc3\xb6\xc3\xb6"), 3));
    assert_null(oauth2_check_password(oauth2_str("\xc3\xb6\xc3\xb6x"), 3));
}


/* RFC 7636, appendix B. */
static void
pkce(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char          text[129];
    oauth2_str_t  verifier, challenge;

    verifier = oauth2_str("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    challenge = oauth2_str("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");

    assert_true(oauth2_check_challenge(verifier, challenge));
    assert_false(oauth2_check_challenge(challenge, challenge));
    assert_false(oauth2_check_challenge(verifier, verifier));
    assert_false(oauth2_check_challenge(verifier, oauth2_str("")));
    assert_false(oauth2_check_challenge(verifier, oauth2_str_null));
    assert_false(oauth2_check_challenge(oauth2_str_null, challenge));
    challenge.len--;
    assert_false(oauth2_check_challenge(verifier, challenge));

    memset(text, '~', sizeof(text));
    assert_false(oauth2_check_verifier((oauth2_str_t) { 42,
                                                        (u_char *) text }));
    assert_true(oauth2_check_verifier((oauth2_str_t) { 43,
                                                       (u_char *) text }));
    assert_true(oauth2_check_verifier((oauth2_str_t) { 128,
                                                       (u_char *) text }));
    assert_false(oauth2_check_verifier((oauth2_str_t) { 129,
                                                        (u_char *) text }));
    text[20] = '+';
    assert_false(oauth2_check_verifier((oauth2_str_t) { 64,
                                                        (u_char *) text }));
}


static void
scope(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    assert_true(oauth2_check_scope(oauth2_str("openid")));
    assert_true(oauth2_check_scope(oauth2_str("openid a:b/c!#[]~")));
    assert_false(oauth2_check_scope(oauth2_str("")));
    assert_false(oauth2_check_scope(oauth2_str_null));
    assert_false(oauth2_check_scope(oauth2_str(" a")));
    assert_false(oauth2_check_scope(oauth2_str("a ")));
    assert_false(oauth2_check_scope(oauth2_str("a  b")));
    assert_false(oauth2_check_scope(oauth2_str("a\"b")));
    assert_false(oauth2_check_scope(oauth2_str("a\\b")));
    assert_false(oauth2_check_scope(oauth2_str("a\tb")));
    assert_false(oauth2_check_scope(oauth2_str("a\x7f")));
    assert_false(oauth2_check_scope(oauth2_str("\xc3\xb6")));
}


static void
request_id(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char  text[65];

    memset(text, 'x', sizeof(text));
    assert_true(oauth2_check_request_id((oauth2_str_t) { 64,
                                                         (u_char *) text }));
    assert_false(oauth2_check_request_id((oauth2_str_t) { 65,
                                                          (u_char *) text }));
    assert_true(oauth2_check_request_id(oauth2_str("aZ9._-")));
    assert_false(oauth2_check_request_id(oauth2_str("")));
    assert_false(oauth2_check_request_id(oauth2_str("a b")));
    assert_false(oauth2_check_request_id(oauth2_str("a\n")));
    assert_false(oauth2_check_request_id(oauth2_str("a\"")));
}


static void
return_path(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t  i;

    static const char *const  good[] = {
        "/", "/dashboard", "/a/b?c=d&e=%2F#f", "/a?next=https://b.example/c"
    };
    static const char *const  bad[] = {
        "", "a", "//evil.example", "/\\evil.example", "\\/evil.example",
        "/a//b", "https://evil.example", "https:evil.example",
        "javascript:alert(1)", "/\tevil.example", "/\n/evil.example",
        " /a", "/a b", "/\xe2\x80\xa8", "///evil.example", "/a\x7f"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(oauth2_check_return_path(oauth2_str_of(good[i])));
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(oauth2_check_return_path(oauth2_str_of(bad[i])));
    }

    assert_false(oauth2_check_return_path(oauth2_str("/a\0b")));
}


static const struct CMUnitTest  tests[] = {
    unit_row(email), unit_row(email_normal), unit_row(username),
    unit_row(name), unit_row(password), unit_row(pkce), unit_row(scope),
    unit_row(request_id), unit_row(return_path)
};


int
main(void)
{
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
