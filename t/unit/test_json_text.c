/* SPDX-License-Identifier: MIT */

/* What is seen before yajl sees a text. */

#include "../../src/core/json_text.c"
#include "unit.h"


static void
escapes(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    unsigned      unit;
    oauth2_str_t  s;

    s = oauth2_str("\\u12aF");
    assert_true(text_parse_unit(s, 0, &unit));
    assert_int_equal(unit, 0x12af);

    unit = 7;
    assert_false(text_parse_unit(s, 1, &unit));
    assert_false(text_parse_unit(s, 6, &unit));
    assert_false(text_parse_unit(s, 100, &unit));
    s.len--;
    assert_false(text_parse_unit(s, 0, &unit));
    assert_false(text_parse_unit(oauth2_str("\\u12a`"), 0, &unit));
    assert_false(text_parse_unit(oauth2_str("\\u@123"), 0, &unit));
    assert_int_equal(unit, 7);

    /* the last byte of all is a backslash: a matter of syntax */
    assert_int_equal(oauth2_json_check_text(oauth2_str("\\")),
                     OAUTH2_READ_OK);
    assert_int_equal(oauth2_json_check_text(oauth2_str("\\u")),
                     OAUTH2_READ_SYNTAX);
    assert_int_equal(oauth2_json_check_text(oauth2_str("\\\\u0000")),
                     OAUTH2_READ_OK);
    assert_int_equal(oauth2_json_check_text(oauth2_str("\\\\\\u0000")),
                     OAUTH2_READ_UTF8);
    assert_int_equal(oauth2_json_check_text(oauth2_str("\\ud83d\\ude00")),
                     OAUTH2_READ_OK);
}


static void
blanks(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char          c;
    oauth2_str_t  s;

    s.data = (u_char *) &c;
    s.len = 1;

    for (c = 1; c < 0x20; c++) {
        assert_int_equal(oauth2_json_check_text(s),
                         (c == '\t' || c == '\n' || c == '\r')
                         ? OAUTH2_READ_OK : OAUTH2_READ_SYNTAX);
    }
}


static const struct CMUnitTest  tests[] = {
    unit_row(escapes), unit_row(blanks)
};


int
main(void)
{
    return cmocka_run_group_tests_name("json_text", tests, NULL, NULL);
}
