/* SPDX-License-Identifier: MIT */

/* The strict reader: what RFC 8259 allows, and nothing that yajl adds. */

#include "../../src/core/json_scan.c"
#include "unit.h"


/* The scan of a text that is written with apostrophes for quotation marks,
 * in its own pool. */
static oauth2_read_e
scan(oauth2_pool_t *pool, oauth2_str_t text, oauth2_json_members_t *list)
{
    size_t        i;
    oauth2_str_t  s;

    if (oauth2_pool_copy(pool, text, &s) != OAUTH2_OK) {
        return OAUTH2_READ_NOMEM;
    }

    for (i = 0; i < s.len; i++) {
        if (s.data[i] == '\'') {
            s.data[i] = '"';
        }
    }

    return oauth2_json_scan(pool, s, list);
}


static void
members(oauth2_pool_t *pool)
{
    oauth2_json_members_t  list;

    unit_read(OAUTH2_READ_OK, scan(pool,
        oauth2_str(" {'s': 'x', 'n' :-1.5e+3,\t'b':true,'c':false,'z':null,"
                   "\r\n'o':{'a' : [1, {}]} , 'a':[ ] , '':'' }\n "),
        &list));

    assert_int_equal(list.count, 8);
    unit_str(list.members[0].name, "s");
    unit_str(list.members[0].value, "x");
    assert_int_equal(list.members[0].type, OAUTH2_JSON_STR);
    unit_str(list.members[1].value, "-1.5e+3");
    assert_int_equal(list.members[1].type, OAUTH2_JSON_NUMBER);
    unit_str(list.members[2].value, "true");
    unit_str(list.members[3].value, "false");
    assert_int_equal(list.members[3].type, OAUTH2_JSON_BOOL);
    assert_int_equal(list.members[4].type, OAUTH2_JSON_NULL);
    unit_str(list.members[5].value, "{\"a\" : [1, {}]}");
    assert_int_equal(list.members[5].type, OAUTH2_JSON_NESTED);
    unit_str(list.members[6].value, "[ ]");
    unit_str(list.members[7].name, "");
    unit_str(list.members[7].value, "");

    assert_ptr_equal(oauth2_json_member(&list, "n"), &list.members[1]);
    assert_null(oauth2_json_member(&list, "N"));
    assert_null(oauth2_json_member(&list, "nn"));
}


static void
strings(oauth2_pool_t *pool)
{
    oauth2_json_members_t  list;

    unit_read(OAUTH2_READ_OK, scan(pool,
        oauth2_str("{'\\u0061\\n':'\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"
                   "\\uD83D\\uDE00\xf0\x9f\x98\x80\\\\u0000'}"), &list));

    assert_int_equal(list.count, 1);
    unit_str(list.members[0].name, "a\n");
    unit_str(list.members[0].value,
             "\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
             "\\u0000");
    assert_int_equal(list.members[0].name.data[2], '\0');
}


static void
many(oauth2_pool_t *pool)
{
    int                    i;
    oauth2_str_t           s;
    oauth2_buf_t           b;
    oauth2_json_members_t  list;

    oauth2_buf_init(&b, pool, 10000);
    oauth2_buf_write_byte(&b, '{');

    for (i = 0; i < 100; i++) {
        oauth2_buf_write_c(&b, (i > 0) ? ",\"m\\t" : "\"m\\t");
        oauth2_buf_write_int(&b, i);
        oauth2_buf_write_c(&b, "\":");
        oauth2_buf_write_int(&b, i);
    }

    oauth2_buf_write_byte(&b, '}');
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_read(OAUTH2_READ_OK, oauth2_json_scan(pool, s, &list));
    assert_int_equal(list.count, 100);
    unit_str(list.members[99].name, "m\t99");
    unit_str(list.members[99].value, "99");
}


/* Long strings with escapes make yajl's buffer grow, and a text that ends
 * within a string its other one. */
static void
long_strings(oauth2_pool_t *pool)
{
    int                    i;
    size_t                 len;
    oauth2_str_t           s;
    oauth2_buf_t           b;
    oauth2_json_members_t  list;

    for (len = 2000; len <= 66000; len += 16000) {
        oauth2_buf_init(&b, pool, 3 * len);
        oauth2_buf_write_c(&b, "{\"a\":\"\\n\",\"b\":\"");

        for (i = 0; i < (int) len; i++) {
            oauth2_buf_write_c(&b, "\\n");
        }

        oauth2_buf_write_c(&b, "\"}");
        unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
        unit_read(OAUTH2_READ_OK, oauth2_json_scan(pool, s, &list));
        assert_int_equal(list.members[1].value.len, len);

        s.len -= 2;
        unit_read(OAUTH2_READ_SYNTAX, oauth2_json_scan(pool, s, &list));
    }
}


static void
syntax(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_json_members_t  list;

    static const char *const  bad[] = {
        "", " ", "{", "}", "[]", "[{}]", "'x'", "1", "null", "true",
        "{'a'}", "{'a':}", "{'a':1,}", "{,}", "{a:1}", "{'a':1 'b':2}",
        "{'a':01}", "{'a':+1}", "{'a':.5}", "{'a':1.}", "{'a':0x1}",
        "{'a':NaN}", "{'a':tru}", "{'a':True}", "{'a':-}", "{'a':1e}",
        "{'a':'\n'}", "{'a':'\t'}", "{'a':'\\x'}", "{'a':'\\u12'}",
        "{'a':'\\u12g4'}", "{'a':'\\'}", "{'a':'x}",

        /* what yajl allows, or might */
        "{} x", "{}{}", "{},", "{}]", "{}1", "{} tru", "{}'a", "{}//",
        "{/* */}", "{} // comment", "// comment\n{}", "{}#",
        "{\v}", "{}\f", "\xef\xbb\xbf{}", "{}\xef\xbb\xbf",

        /* sixteen deep is enough: an object and sixteen arrays */
        "{'a':[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}"
    };

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unit_read(OAUTH2_READ_SYNTAX,
                  scan(pool, oauth2_str_of(bad[i]), &list));
    }

    unit_read(OAUTH2_READ_SYNTAX, oauth2_json_scan(pool, oauth2_str_null,
                                                   &list));
    unit_read(OAUTH2_READ_OK,
              scan(pool, oauth2_str("{'a':[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}"),
                   &list));
}


static void
utf8(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_json_members_t  list;

    static const oauth2_str_t  bad[] = {
        { 8, (u_char *) "{'a':'\0'" }, { 3, (u_char *) "{}\0" },
        { 9, (u_char *) "{'a':'\xff'}" }, { 4, (u_char *) "\xff\xfe{}" },
        { 10, (u_char *) "{'a':'\xc0\x80'}" },
        { 11, (u_char *) "{'a':'\xed\xa0\x80'}" },
        { 14, (u_char *) "{'a':'\\u0000'}" },
        { 10, (u_char *) "{'\\u0000':" },
        { 14, (u_char *) "{'a':'\\ud800'}" },
        { 14, (u_char *) "{'a':'\\uDFFF'}" },
        { 20, (u_char *) "{'a':'\\ud800\\ud800'}" },
        { 20, (u_char *) "{'a':'\\udc00\\ud800'}" },
        { 20, (u_char *) "{'a':'\\ud800\\u0041'}" },
        { 16, (u_char *) "{'a':'\\ud800\\n'}" },
        { 12, (u_char *) "{'a':'\\ud800" },
        { 18, (u_char *) "{'a':'\\ud800\\udc0" }
    };

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unit_read(OAUTH2_READ_UTF8, scan(pool, bad[i], &list));
    }
}


static void
repeated(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_json_members_t  list;

    static const char *const  bad[] = {
        "{'a':1,'a':2}", "{'a':1,'b':2,'a':null}", "{'a':1,'\\u0061':2}",
        "{'':1,'':2}", "{'x':{'a':1,'a':2}}", "{'x':[{'b':{'a':1,'a':2}}]}",
        "{'x':{'a':1},'y':2,'x':3}"
    };

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unit_read(OAUTH2_READ_REPEATED,
                  scan(pool, oauth2_str_of(bad[i]), &list));
    }

    unit_read(OAUTH2_READ_OK,
              scan(pool, oauth2_str("{'a':{'a':{'a':1},'b':2},'b':[{'a':1},"
                                    "{'a':1}],'c':{'b':1}}"), &list));
}


static void
rc(oauth2_pool_t *pool)
{
    oauth2_json_members_t  list;

    unit_rc(OAUTH2_OK, oauth2_json_scan_rc(pool, oauth2_str("{}"), &list));
    assert_int_equal(list.count, 0);
    unit_rc(OAUTH2_BAD, oauth2_json_scan_rc(pool, oauth2_str("{"), &list));
    unit_rc(OAUTH2_BAD,
            oauth2_json_scan_rc(pool, oauth2_str("{}\xff"), &list));
}


static const struct CMUnitTest  tests[] = {
    unit_row(members), unit_row(strings), unit_row(many),
    unit_row(long_strings), unit_row(syntax), unit_row(utf8),
    unit_row(repeated), unit_row(rc)
};


int
main(void)
{
    return cmocka_run_group_tests_name("json_scan", tests, NULL, NULL);
}
