/* SPDX-License-Identifier: MIT */

/*
 * Messages: headers that nobody can break out of, encodings, templates.
 * Sending them is in t/worker/test_mail_send.py.
 */

#define _GNU_SOURCE

#include "../../src/mail/message.c"
#include "../../src/mail/mime.c"
#include "../../src/mail/template.c"
#include "unit.h"

static const oauth2_token_key_t  test_key = { .mail = { 1, 2, 3 } };

static const oauth2_mail_row_t  test_row = {
    { 1, (u_char *) "1" },
    { 36, (u_char *) "01890a5d-ac96-774b-bcce-b302099a8057" },
    { 12, (u_char *) "verification" },
    { 15, (u_char *) "ada@example.com" },
    { 27, (u_char *) "{\"first_name\": \"Ada\\u00e4\"}" },
    { 13, (u_char *) "1@example.com" },
    NULL
};


static oauth2_rc_e
test_write(oauth2_pool_t *pool, const char *from,
    const oauth2_mail_row_t *row, oauth2_str_t *message, oauth2_str_t *link)
{
    return oauth2_mail_write(pool, &test_key, from,
                             oauth2_str("https://id.example.com"), row,
                             1700000000, message, link);
}


static bool
test_has(oauth2_str_t s, const char *part)
{
    return memmem(s.data, s.len, part, strlen(part)) != NULL;
}


/* RFC 5322 2.3, RFC 2045 6.7 and RFC 2047 2: only CRLF, no long line, no
 * 8-bit byte. */
static void
test_lines(oauth2_str_t message)
{
    size_t  i, column;

    column = 0;

    for (i = 0; i < message.len; i++) {
        if (message.data[i] == '\r') {
            assert_int_equal(message.data[i + 1], '\n');
            assert_in_range(column, 0, 76);
            column = 0;
            i++;
            continue;
        }

        assert_in_range(message.data[i], ' ', 126);
        column++;
    }

    assert_int_equal(column, 0);
}


static void
kinds(oauth2_pool_t *pool)
{
    size_t              i;
    oauth2_str_t        message, link;
    oauth2_mail_row_t   row;
    static const char  *names[] = {
        "verification", "reset", "welcome", "password_changed",
        "account_exists"
    };

    row = test_row;
    row.data = oauth2_str("{\"first_name\": \"Ada\"}");

    for (i = 0; i < 5; i++) {
        row.kind = oauth2_str_of(names[i]);
        unit_rc(OAUTH2_OK, test_write(pool, "a@example.com", &row, &message,
                                      &link));
        test_lines(message);
        assert_true(test_has(message, "From: a@example.com\r\n"));
        assert_true(test_has(message, "To: \"Ada\" <ada@example.com>\r\n"));
        assert_true(test_has(message, "\r\nHello Ada,\r\n"));
        assert_true(test_has(message, "\r\nMessage-ID: <1@example.com>\r\n"
                                      "Auto-Submitted: auto-generated\r\n"));
        assert_true(test_has(message, "\r\nDate: Tue, 14 Nov 2023 22:13:20 "
                                      "+0000\r\n"));
        assert_false(test_has(message, "{{"));
        assert_int_equal(link.data != NULL, i < 2);
    }

    row.kind = oauth2_str("nothing");
    unit_rc(OAUTH2_BAD, test_write(pool, "a@example.com", &row, &message,
                                   &link));
}


static void
links(oauth2_pool_t *pool)
{
    oauth2_str_t       message, link, other, token;
    oauth2_mail_row_t  row;

    row = test_row;
    unit_rc(OAUTH2_OK, test_write(pool, "a@example.com", &row, &message,
                                  &link));
    unit_rc(OAUTH2_OK, oauth2_token_derive(pool, &test_key,
                                           oauth2_str("verification"),
                                           row.operation_id, &token));
    assert_true(oauth2_str_starts(link, oauth2_str("https://id.example.com"
                                                   "/verify-email?token=")));
    assert_true(test_has(link, (char *) token.data));

    row.kind = oauth2_str("reset");
    unit_rc(OAUTH2_OK, test_write(pool, "a@example.com", &row, &message,
                                  &other));
    assert_true(oauth2_str_starts(other, oauth2_str("https://id.example.com"
                                                    "/reset-password?")));
    assert_false(test_has(other, (char *) token.data));
}


static void
injections(oauth2_pool_t *pool)
{
    size_t              i;
    oauth2_str_t        message, link;
    oauth2_mail_row_t   row;
    static const char  *froms[] = {
        "", "Name <a@b", "a@b\r\nBcc: c@d", "A\r\nBcc: c@d <a@b>", "a b@c",
        "<>", "N <a@b> <c@d>", "a@b,c@d", "\xff <a@b>"
    };
    static const char  *ids[] = {
        "", "1", "a/b@c", "../1@c", ".1@c", "1@c>\r\nBcc: x", "1@c d", "@c",
        "c@", "a@b@c"
    };
    static const char  *names[] = {
        "{\"first_name\":\"a\\r\\nBcc: c@d\"}", "{\"first_name\":\"\\u0007\"}",
        "{\"first_name\":\"012345678901234567890123456789"
        "012345678901234567890\"}", "no json"
    };

    unit_rc(OAUTH2_OK, test_write(pool, "N <a@b>", &test_row, &message,
                                  &link));

    for (i = 0; i < sizeof(froms) / sizeof(froms[0]); i++) {
        unit_rc(OAUTH2_BAD, test_write(pool, froms[i], &test_row, &message,
                                       &link));
    }

    for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        row = test_row;
        row.message_id = oauth2_str_of(ids[i]);
        unit_rc(OAUTH2_BAD, test_write(pool, "a@b", &row, &message, &link));
    }

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        row = test_row;
        row.data = oauth2_str_of(names[i]);
        unit_rc(OAUTH2_BAD, test_write(pool, "a@b", &row, &message, &link));
    }

    row = test_row;
    row.recipient = oauth2_str("ada@example.com>\r\nBcc: c@example.com");
    unit_rc(OAUTH2_BAD, test_write(pool, "a@b", &row, &message, &link));
}


/* Neither markup nor a placeholder nor the end of a part. */
static void
names(oauth2_pool_t *pool)
{
    size_t              i;
    oauth2_str_t        message, link;
    oauth2_mail_row_t   row;
    static const char  *bait[] = {
        "{\"first_name\":\"example.com\"}", "{\"first_name\":\"a://b\"}",
        "{\"first_name\":\"x @y\"}", "{\"first_name\":\"\"}",
        "{\"first_name\":null}", "{}", ""
    };

    row = test_row;
    row.data = oauth2_str("{\"first_name\":\"<b>\\\"&{{link}}\"}");
    unit_rc(OAUTH2_OK, test_write(pool, "a@b", &row, &message, &link));
    test_lines(message);
    assert_true(test_has(message, "Hello &lt;b&gt;&quot;&amp;{{link}},"));
    assert_true(test_has(message, "To: \"<b>\\\"&{{link}}\" <ada@"));

    row.data = oauth2_str("{\"first_name\":\"--=_oauth2_mail--\"}");
    unit_rc(OAUTH2_OK, test_write(pool, "a@b", &row, &message, &link));
    assert_true(test_has(message, "Hello --=3D_oauth2_mail--,"));

    row.data = oauth2_str("{\"first_name\":\" J.R. R. \"}");
    unit_rc(OAUTH2_OK, test_write(pool, "a@b", &row, &message, &link));
    assert_true(test_has(message, "\r\nHello J.R. R.,\r\n"));

    for (i = 0; i < sizeof(bait) / sizeof(bait[0]); i++) {
        row.data = oauth2_str_of(bait[i]);
        unit_rc(OAUTH2_OK, test_write(pool, "a@b", &row, &message, &link));
        assert_true(test_has(message, "\r\nHello there,\r\n"));
        assert_true(test_has(message, "To: ada@example.com\r\n"));
    }
}


static void
addresses(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    oauth2_str_t  name, address;

    assert_int_equal(oauth2_mail_address_parse(
                         oauth2_str(" \"Sign in\"  <a@b> "), &name,
                         &address), OAUTH2_OK);
    unit_str(name, "Sign in");
    unit_str(address, "a@b");

    assert_int_equal(oauth2_mail_address_parse(oauth2_str("<a@b>"), &name,
                                               &address), OAUTH2_OK);
    assert_null(name.data);
    unit_str(address, "a@b");
}


/* RFC 2047 2: short lines, also behind a header's name; no character cut.
 * Readers decode what looks like a word in a quoted string, too. */
static void
encoded_words(oauth2_pool_t *pool)
{
    size_t         i;
    oauth2_buf_t   b;
    oauth2_str_t   name, s;
    static u_char  many[150];

    for (i = 0; i < sizeof(many); i += 3) {
        memcpy(many + i, "\xe2\x82\xac", 3);
    }

    name.data = many;

    for (name.len = 3; name.len <= sizeof(many); name.len += 3) {
        oauth2_buf_init(&b, pool, 1024);
        oauth2_buf_write_c(&b, "From: ");
        oauth2_mail_address_write(&b, name, oauth2_str("a@b"));
        oauth2_buf_write_c(&b, "\r\n");
        unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
        test_lines(s);
    }

    name = oauth2_str("x\xc3\xa4");
    oauth2_buf_init(&b, pool, 1024);
    oauth2_mail_address_write(&b, name, oauth2_str("a@b"));
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "=?UTF-8?B?eMOk?=\r\n <a@b>");

    name = oauth2_str("=?utf-8?q?x?=");
    oauth2_buf_init(&b, pool, 1024);
    oauth2_mail_address_write(&b, name, oauth2_str("a@b"));
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "=?UTF-8?B?PT91dGYtOD9xP3g/PQ==?=\r\n <a@b>");

    name = oauth2_str("x =");
    oauth2_buf_init(&b, pool, 1024);
    oauth2_mail_address_write(&b, name, oauth2_str("a@b"));
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "\"x =\" <a@b>");
}


static void
quoted(oauth2_pool_t *pool)
{
    size_t         i;
    oauth2_buf_t   b;
    oauth2_str_t   s, out;
    static u_char  line[400];

    oauth2_buf_init(&b, pool, 1024);
    oauth2_mail_quoted_write(&b, oauth2_str("a=b \n\tc\r \n.\n\xc3\xa4 "));
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "a=3Db=20\r\n=09c=0D=20\r\n.\r\n=C3=A4=20");

    for (i = 0; i < sizeof(line) - 1; i++) {
        line[i] = i % 7 == 0 ? '=' : 'x';
    }

    line[i] = '\n';
    s.data = line;

    for (s.len = sizeof(line); s.len > 380; s.len--, s.data++) {
        oauth2_buf_init(&b, pool, 1024);
        oauth2_mail_quoted_write(&b, s);
        unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &out));
        test_lines(out);
    }
}


static void
dates(oauth2_pool_t *pool)
{
    oauth2_buf_t  b;
    oauth2_str_t  s;

    oauth2_buf_init(&b, pool, 1024);
    oauth2_mail_date_write(&b, 0);
    oauth2_buf_write_c(&b, "; ");
    oauth2_mail_date_write(&b, 951826154);
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    unit_str(s, "Thu, 1 Jan 1970 00:00:00 +0000; "
                "Tue, 29 Feb 2000 12:09:14 +0000");
}


static const struct CMUnitTest  tests[] = {
    unit_row(kinds), unit_row(links), unit_row(injections),
    unit_row(names), unit_row(addresses), unit_row(encoded_words),
    unit_row(quoted), unit_row(dates)
};


int
main(void)
{
    return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
