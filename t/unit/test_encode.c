/* SPDX-License-Identifier: MIT */

/* Decoders and UUIDs, with the vectors of RFC 4648 10 and RFC 9562. */

#include "../../src/core/encode.c"
#include "unit.h"


static void
base64(oauth2_pool_t *pool)
{
    size_t        i;
    oauth2_str_t  s;

    static const char *const  vectors[][2] = {
        { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" }
    };

    for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        unit_rc(OAUTH2_OK,
                oauth2_encode_parse_base64(pool, oauth2_str_of(vectors[i][1]),
                                           &s));
        assert_true(oauth2_str_same(s, oauth2_str_of(vectors[i][0])));
    }

    unit_rc(OAUTH2_OK,
            oauth2_encode_parse_base64(pool, oauth2_str("+/+/"), &s));
    unit_str(s, "\xfb\xff\xbf");
}


static void
base64url(oauth2_pool_t *pool)
{
    u_char        text[8];
    size_t        i;
    oauth2_str_t  s;

    static const char *const  vectors[][2] = {
        { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" },
        { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }
    };

    for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        unit_rc(OAUTH2_OK,
                oauth2_encode_parse_base64url(pool,
                                              oauth2_str_of(vectors[i][1]),
                                              &s));
        assert_true(oauth2_str_same(s, oauth2_str_of(vectors[i][0])));

        assert_int_equal(OAUTH2_BASE64URL_LEN(s.len), strlen(vectors[i][1]));
        oauth2_base64url_write(s, text);
        assert_memory_equal(text, vectors[i][1], strlen(vectors[i][1]));
    }

    unit_rc(OAUTH2_OK,
            oauth2_encode_parse_base64url(pool, oauth2_str("-_-_"), &s));
    unit_str(s, "\xfb\xff\xbf");
}


/* One value has one text: no padding, no blanks, no stray bits. */
static void
base64_refused(oauth2_pool_t *pool)
{
    size_t        i;
    oauth2_str_t  s;

    static const char *const  bad_url[] = {
        "A", "Zg==", "Zh", "Zo", "Zm9", "Zm-", "Zm9vY", "+/+/", "Zm 9",
        "Zm9v\n", "Zm9\xff", "=", "Zg="
    };
    static const char *const  bad[] = {
        "Zg", "Zg=", "Zh==", "Zm9=", "====", "A===", "Z===", "-_-_", "Zm9v\n",
        "Zg==Zg==", "Zm9vYg", "=Zg=", "=", "Zm8=="
    };

    s = oauth2_str("untouched");

    for (i = 0; i < sizeof(bad_url) / sizeof(bad_url[0]); i++) {
        unit_rc(OAUTH2_BAD,
                oauth2_encode_parse_base64url(pool, oauth2_str_of(bad_url[i]),
                                              &s));
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unit_rc(OAUTH2_BAD,
                oauth2_encode_parse_base64(pool, oauth2_str_of(bad[i]), &s));
    }

    unit_str(s, "untouched");
}


static void
hex(oauth2_pool_t *pool)
{
    oauth2_str_t  s;

    unit_rc(OAUTH2_OK,
            oauth2_encode_parse_hex(pool, oauth2_str("00fFA9"), &s));
    unit_str(s, "\x00\xff\xa9");
    unit_rc(OAUTH2_OK, oauth2_encode_parse_hex(pool, oauth2_str(""), &s));
    unit_str(s, "");
    unit_rc(OAUTH2_BAD, oauth2_encode_parse_hex(pool, oauth2_str("0"), &s));
    unit_rc(OAUTH2_BAD, oauth2_encode_parse_hex(pool, oauth2_str("0g"), &s));
    unit_rc(OAUTH2_BAD, oauth2_encode_parse_hex(pool, oauth2_str("g0"), &s));

    /* '@' and 0x10 are what the letters and digits differ by */
    unit_rc(OAUTH2_BAD, oauth2_encode_parse_hex(pool, oauth2_str("@@"), &s));
    unit_rc(OAUTH2_BAD,
            oauth2_encode_parse_hex(pool, oauth2_str("\x10\x10"), &s));
}


static void
uri(oauth2_pool_t *pool)
{
    oauth2_str_t  s;

    unit_rc(OAUTH2_OK,
            oauth2_encode_parse_uri(pool, oauth2_str("a%20b+c%2b%00%C3%b6"),
                                    true, &s));
    unit_str(s, "a b c+\0\xc3\xb6");
    unit_rc(OAUTH2_OK,
            oauth2_encode_parse_uri(pool, oauth2_str("a+b"), false, &s));
    unit_str(s, "a+b");
    unit_rc(OAUTH2_OK,
            oauth2_encode_parse_uri(pool, oauth2_str("a b"), true, &s));
    unit_str(s, "a b");

    unit_rc(OAUTH2_BAD,
            oauth2_encode_parse_uri(pool, oauth2_str("%"), true, &s));
    unit_rc(OAUTH2_BAD,
            oauth2_encode_parse_uri(pool, oauth2_str("%4"), true, &s));
    unit_rc(OAUTH2_BAD,
            oauth2_encode_parse_uri(pool, oauth2_str("%4x"), true, &s));
    unit_rc(OAUTH2_BAD,
            oauth2_encode_parse_uri(pool, oauth2_str("a b"), false, &s));
    unit_rc(OAUTH2_BAD,
            oauth2_encode_parse_uri(pool, oauth2_str("a\n"), true, &s));
    unit_str(s, "a b");
}


static void
uuid(oauth2_pool_t *pool)
{
    char          text[OAUTH2_UUID_LEN + 1];
    oauth2_str_t  random, digest;

    random = unit_hex(pool, "0000000000000cc398c4dc0c0c07398f");
    oauth2_uuid_write(0x017f22e279b0, random.data, text);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_true(oauth2_uuid_check(oauth2_str_of(text)));

    memset(random.data, 0xff, 16);
    oauth2_uuid_write(0, random.data, text);
    assert_string_equal(text, "00000000-0000-7fff-bfff-ffffffffffff");

    digest = unit_hex(pool, "5c146b143c524afd938a375d0df1fbf6"
                            "fe12a66b645f72f6158759387e51f3c8");
    oauth2_uuid_write_digest(digest.data, text);
    assert_string_equal(text, "5c146b14-3c52-8afd-938a-375d0df1fbf6");

    assert_true(oauth2_uuid_check(
        oauth2_str("5C146B14-3C52-8AFD-938A-375D0DF1FBF6")));
    assert_false(oauth2_uuid_check(
        oauth2_str("5c146b143-c52-8afd-938a-375d0df1fbf6")));
    assert_false(oauth2_uuid_check(
        oauth2_str("5c146b14-3c52-8afd-938a-375d0df1fbfg")));
    assert_false(oauth2_uuid_check(
        oauth2_str("{5c146b14-3c52-8afd-938a-375d0df1fb}")));
    assert_false(oauth2_uuid_check(oauth2_str("")));
}


static const struct CMUnitTest  tests[] = {
    unit_row(base64), unit_row(base64url), unit_row(base64_refused),
    unit_row(hex), unit_row(uri), unit_row(uuid)
};


int
main(void)
{
    return cmocka_run_group_tests_name("encode", tests, NULL, NULL);
}
