/* SPDX-License-Identifier: MIT */

/*
 * Encodings of a message: quoted-printable bodies (RFC 2045), encoded words
 * in headers (RFC 2047), addresses and dates (RFC 5322).
 *
 * No function here can write a line break that it was given: in bodies it
 * becomes CRLF, headers refuse it beforehand or encode it.
 */

#include <stdio.h>
#include <time.h>

#include "../core/str.h"
#include "parts.h"

#define MIME_LINE      76
#define MIME_WORD      42    /* bytes: 68 as a word, 74 behind "From: " */
#define MIME_ID_MAX    200
#define MIME_NAME_MAX  512


static bool mime_address_check(oauth2_str_t address);
static bool mime_is_ascii(oauth2_str_t s);
static bool mime_is_quotable(oauth2_str_t name);
static void mime_write_quoted_string(oauth2_buf_t *b, oauth2_str_t s);
static void mime_write_words(oauth2_buf_t *b, oauth2_str_t s);
static void mime_write_base64(oauth2_buf_t *b, oauth2_str_t s);
static bool mime_is_plain(oauth2_str_t text, size_t i);


oauth2_rc_e
oauth2_mail_address_parse(oauth2_str_t text, oauth2_str_t *name,
    oauth2_str_t *address)
{
    u_char        *open;
    oauth2_str_t   n, a;

    a = oauth2_str_trim(text);
    n = oauth2_str_null;
    open = a.len == 0 ? NULL : memchr(a.data, '<', a.len);

    if (open != NULL) {
        if (a.data[a.len - 1] != '>') {
            return OAUTH2_BAD;
        }

        n.data = a.data;
        n.len = (size_t) (open - a.data);
        n = oauth2_str_trim(n);

        a.len -= (size_t) (open - a.data) + 2;
        a.data = open + 1;

        if (n.len >= 2 && n.data[0] == '"' && n.data[n.len - 1] == '"') {
            n.data++;
            n.len -= 2;
        }
    }

    if (!mime_address_check(a) || n.len > MIME_NAME_MAX
        || !oauth2_str_check_utf8(n, false))
    {
        return OAUTH2_BAD;
    }

    *name = n.len == 0 ? oauth2_str_null : n;
    *address = a;

    return OAUTH2_OK;
}


/* More lenient than oauth2_check_email(): root@localhost may send. */
static bool
mime_address_check(oauth2_str_t address)
{
    size_t    i;
    unsigned  ats;

    if (address.len < 3 || address.len > 254 || address.data[0] == '@'
        || address.data[address.len - 1] == '@')
    {
        return false;
    }

    ats = 0;

    for (i = 0; i < address.len; i++) {
        if (address.data[i] <= ' ' || address.data[i] >= 127
            || strchr("<>()[]\\,;:\"", address.data[i]) != NULL)
        {
            return false;
        }

        ats += address.data[i] == '@';
    }

    return ats == 1;
}


bool
oauth2_mail_id_check(oauth2_str_t id)
{
    size_t    i;
    u_char    c;
    unsigned  ats;

    if (id.len == 0 || id.len > MIME_ID_MAX || id.data[0] == '.'
        || id.data[0] == '@' || id.data[id.len - 1] == '@')
    {
        return false;
    }

    ats = 0;

    for (i = 0; i < id.len; i++) {
        c = id.data[i];

        if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a'
              && (c | 0x20) <= 'z') || strchr("-._+=@", c) != NULL)
            || c == '\0')
        {
            return false;
        }

        ats += c == '@';
    }

    return ats == 1;
}


void
oauth2_mail_address_write(oauth2_buf_t *b, oauth2_str_t name,
    oauth2_str_t address)
{
    bool  short_enough;

    if (name.len == 0) {
        oauth2_buf_write(b, address);
        return;
    }

    if (mime_is_quotable(name)) {
        mime_write_quoted_string(b, name);

    } else {
        mime_write_words(b, name);
    }

    short_enough = name.len <= MIME_LINE / 4 && address.len <= MIME_LINE / 4;

    oauth2_buf_write_c(b, short_enough && mime_is_quotable(name)
                          ? " <" : "\r\n <");
    oauth2_buf_write(b, address);
    oauth2_buf_write_byte(b, '>');
}


static bool
mime_is_ascii(oauth2_str_t s)
{
    size_t  i;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] < ' ' || s.data[i] >= 127) {
            return false;
        }
    }

    return true;
}


/* Many readers decode what looks like an encoded word within quotes, too,
 * and would show what message_is_bait() could not see. */
static bool
mime_is_quotable(oauth2_str_t name)
{
    size_t  i;

    for (i = 1; i < name.len; i++) {
        if (name.data[i - 1] == '=' && name.data[i] == '?') {
            return false;
        }
    }

    return name.len <= MIME_LINE / 2 && mime_is_ascii(name);
}


static void
mime_write_quoted_string(oauth2_buf_t *b, oauth2_str_t s)
{
    size_t  i;

    oauth2_buf_write_byte(b, '"');

    for (i = 0; i < s.len; i++) {
        if (s.data[i] == '"' || s.data[i] == '\\') {
            oauth2_buf_write_byte(b, '\\');
        }

        oauth2_buf_write_byte(b, s.data[i]);
    }

    oauth2_buf_write_byte(b, '"');
}


/* A character is never cut in two (RFC 2047 5). */
static void
mime_write_words(oauth2_buf_t *b, oauth2_str_t s)
{
    const char    *fold;
    oauth2_str_t   word;

    fold = "";

    while (s.len != 0) {
        word.data = s.data;
        word.len = s.len < MIME_WORD ? s.len : MIME_WORD;

        while (word.len < s.len && word.len > MIME_WORD - 4
               && (s.data[word.len] & 0xC0) == 0x80)
        {
            word.len--;
        }

        oauth2_buf_write_c(b, fold);
        oauth2_buf_write_c(b, "=?UTF-8?B?");
        mime_write_base64(b, word);
        oauth2_buf_write_c(b, "?=");

        s.data += word.len;
        s.len -= word.len;
        fold = "\r\n ";
    }
}


static void
mime_write_base64(oauth2_buf_t *b, oauth2_str_t s)
{
    size_t             i, n;
    uint32_t           bits;
    static const char  digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789+/";

    for (i = 0; i < s.len; i += 3) {
        n = s.len - i;
        bits = (uint32_t) s.data[i] << 16;
        bits |= n > 1 ? (uint32_t) s.data[i + 1] << 8 : 0;
        bits |= n > 2 ? (uint32_t) s.data[i + 2] : 0;

        oauth2_buf_write_byte(b, (u_char) digits[bits >> 18]);
        oauth2_buf_write_byte(b, (u_char) digits[bits >> 12 & 63]);
        oauth2_buf_write_byte(b, n > 1 ? (u_char) digits[bits >> 6 & 63]
                                       : '=');
        oauth2_buf_write_byte(b, n > 2 ? (u_char) digits[bits & 63] : '=');
    }
}


void
oauth2_mail_quoted_write(oauth2_buf_t *b, oauth2_str_t text)
{
    size_t  i, column, width;
    char    code[4];

    column = 0;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] == '\n') {
            oauth2_buf_write_c(b, "\r\n");
            column = 0;
            continue;
        }

        width = mime_is_plain(text, i) ? 1 : 3;

        if (column + width > MIME_LINE - 1) {
            oauth2_buf_write_c(b, "=\r\n");
            column = 0;
        }

        column += width;

        if (width == 1) {
            oauth2_buf_write_byte(b, text.data[i]);
            continue;
        }

        (void) snprintf(code, sizeof(code), "=%02X", text.data[i]);
        oauth2_buf_write_c(b, code);
    }
}


/* A blank at the end of a line would get lost on the way. */
static bool
mime_is_plain(oauth2_str_t text, size_t i)
{
    u_char  c;

    c = text.data[i];

    if (c == ' ') {
        return i + 1 < text.len && text.data[i + 1] != '\n';
    }

    return c > ' ' && c < 127 && c != '=';
}


/* Not strftime(), whose names follow the locale. */
void
oauth2_mail_date_write(oauth2_buf_t *b, int64_t now)
{
    char                line[64];
    time_t              t;
    struct tm           tm;
    static const char  *days[] = {
        "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
    };
    static const char  *months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun",
        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    t = (time_t) now;

    if (gmtime_r(&t, &tm) == NULL) {
        t = 0;
        (void) gmtime_r(&t, &tm);
    }

    (void) snprintf(line, sizeof(line),
                    "%s, %d %s %04d %02d:%02d:%02d +0000", days[tm.tm_wday],
                    tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
                    tm.tm_hour, tm.tm_min, tm.tm_sec);
    oauth2_buf_write_c(b, line);
}
