/* SPDX-License-Identifier: MIT */

/*
 * What yajl would let pass, seen before it sees the text.
 */

#include "str.h"
#include "json_scan.h"


static oauth2_read_e text_check_escapes(oauth2_str_t text);
static bool text_parse_unit(oauth2_str_t text, size_t at, unsigned *unit);


oauth2_read_e
oauth2_json_check_text(oauth2_str_t text)
{
    size_t  i;

    if (!oauth2_str_check_utf8(text, true)) {
        return OAUTH2_READ_UTF8;
    }

    if (text.len == 0 || text.len > SIZE_MAX / 16
        || oauth2_str_starts(text, oauth2_str("\xef\xbb\xbf")))
    {
        return OAUTH2_READ_SYNTAX;
    }

    /* RFC 8259 2: white space is these three and the space */
    for (i = 0; i < text.len; i++) {
        if (text.data[i] < 0x20 && text.data[i] != '\t'
            && text.data[i] != '\n' && text.data[i] != '\r')
        {
            return OAUTH2_READ_SYNTAX;
        }
    }

    return text_check_escapes(text);
}


/*
 * \u0000 and lone surrogates.  A backslash occurs in strings only, else
 * yajl refuses the text, so that strings need not be told apart here.
 */
static oauth2_read_e
text_check_escapes(oauth2_str_t text)
{
    size_t    i;
    unsigned  unit, low;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] != '\\') {
            continue;
        }

        i++;

        if (i == text.len || text.data[i] != 'u') {
            continue;
        }

        if (!text_parse_unit(text, i - 1, &unit)) {
            return OAUTH2_READ_SYNTAX;
        }

        i += 4;

        if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff)) {
            return OAUTH2_READ_UTF8;
        }

        if (unit < 0xd800 || unit > 0xdfff) {
            continue;
        }

        if (!text_parse_unit(text, i + 1, &low) || low < 0xdc00
            || low > 0xdfff)
        {
            return OAUTH2_READ_UTF8;
        }

        i += 6;
    }

    return OAUTH2_READ_OK;
}


/* The UTF-16 unit of the escape that begins at a place of the text. */
static bool
text_parse_unit(oauth2_str_t text, size_t at, unsigned *unit)
{
    u_char    c;
    size_t    i;
    unsigned  n;

    if (at >= text.len || text.len - at < 6 || text.data[at] != '\\'
        || text.data[at + 1] != 'u')
    {
        return false;
    }

    n = 0;

    for (i = at + 2; i < at + 6; i++) {
        c = text.data[i];

        if (c >= '0' && c <= '9') {
            n = n * 16 + (unsigned) (c - '0');
            continue;
        }

        c |= 0x20;

        if (c < 'a' || c > 'f') {
            return false;
        }

        n = n * 16 + (unsigned) (c - 'a') + 10;
    }

    *unit = n;

    return true;
}
