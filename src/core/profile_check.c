/* SPDX-License-Identifier: MIT */

/*
 * What is acceptable in a profile.
 */

#include "str.h"
#include "profile_check.h"
#include "uri.h"

#define PROFILE_URL_MAX      512     /* bytes */
#define PROFILE_ZONE_MAX     64
#define PROFILE_LOCALE_MAX   35      /* RFC 5646 4.4.1 */
#define PROFILE_TEXT_MAX     256     /* of a line of an address */
#define PROFILE_PHONE_MAX    32
#define PROFILE_DIGITS_MAX   15      /* E.164 */
#define PROFILE_DIGITS_MIN   5

static bool check_parse_digits(oauth2_str_t text, size_t at, size_t len,
    unsigned *value);
static bool check_is_alpha(u_char c);
static bool check_is_digit(u_char c);


/* Where a browser may go: nothing but http, and nobody's password. */

const char *
oauth2_profile_check_url(oauth2_str_t value)
{
    size_t        i;
    oauth2_str_t  origin;

    static const char  detail[] = "This is no http or https URL.";

    origin = oauth2_uri_origin(value);

    if (value.len > PROFILE_URL_MAX) {
        return "This is too long.";
    }

    if ((!oauth2_str_starts(value, oauth2_str("https://"))
         && !oauth2_str_starts(value, oauth2_str("http://")))
        || origin.data == NULL
        || origin.len <= sizeof("https://") - 1)
    {
        return detail;
    }

    for (i = 0; i < value.len; i++) {
        if (value.data[i] <= ' ' || value.data[i] >= 0x7f
            || strchr("\"<>\\^`{|}", value.data[i]) != NULL)
        {
            return detail;
        }
    }

    return NULL;
}


/* YYYY-MM-DD; YYYY alone, or 0000 for a year that is not told. */

const char *
oauth2_profile_check_birthdate(oauth2_str_t value)
{
    bool      leap;
    unsigned  year, month, day;

    static const char       detail[] = "This must be YYYY-MM-DD or YYYY.";
    static const u_char     days[] = {
        31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    if (!check_parse_digits(value, 0, 4, &year)) {
        return detail;
    }

    if (value.len == 4) {
        return (year > 0) ? NULL : detail;
    }

    if (value.len != 10 || value.data[4] != '-' || value.data[7] != '-'
        || !check_parse_digits(value, 5, 2, &month)
        || !check_parse_digits(value, 8, 2, &day)
        || month < 1 || month > 12 || day < 1 || day > days[month - 1])
    {
        return detail;
    }

    leap = year == 0 || (year % 4 == 0 && (year % 100 != 0
                                           || year % 400 == 0));

    return (month == 2 && day == 29 && !leap) ? detail : NULL;
}


/* A name of the time zone database, as Europe/Paris. */

const char *
oauth2_profile_check_zone(oauth2_str_t value)
{
    u_char  c, last;
    size_t  i;

    last = '/';

    for (i = 0; i < value.len && i <= PROFILE_ZONE_MAX; i++) {
        c = value.data[i];

        if ((last == '/') ? !check_is_alpha(c)
                          : !check_is_alpha(c) && !check_is_digit(c)
                            && strchr("/_+-", c) == NULL)
        {
            return "This must be a time zone such as Europe/Paris.";
        }

        last = c;
    }

    return (last != '/' && i == value.len && i <= PROFILE_ZONE_MAX)
           ? NULL : "This must be a time zone such as Europe/Paris.";
}


/* RFC 5646 by its form: a language of letters, then parts of letters and
 * digits; '_' is as common as '-' (Core 5.1). */

const char *
oauth2_profile_check_locale(oauth2_str_t value)
{
    bool    good;
    size_t  i, part, len;

    good = value.len <= PROFILE_LOCALE_MAX;

    for (i = 0, part = 0, len = 0; good && i < value.len; i++) {
        if (value.data[i] == '-' || value.data[i] == '_') {
            good = len > (part == 0);
            part++;
            len = 0;
            continue;
        }

        len++;
        good = len <= 8
               && (check_is_alpha(value.data[i])
                   || (part > 0 && check_is_digit(value.data[i])));
    }

    return (good && len > (part == 0))
           ? NULL : "This must be a language tag such as en-US.";
}


/* E.164 with what people write between digits, and an extension (RFC 3966
 * 3). */

const char *
oauth2_profile_check_phone(oauth2_str_t value)
{
    size_t        i, digits, more;
    oauth2_str_t  rest;

    static const char  detail[] = "This must be a number such as "
                                  "+1 (425) 555-1212.";

    if (value.data[0] != '+') {
        return detail;
    }

    for (i = 1, digits = 0; i < value.len && value.data[i] != ';'; i++) {
        if (check_is_digit(value.data[i])) {
            digits++;

        } else if (strchr(" -.()", value.data[i]) == NULL) {
            return detail;
        }
    }

    if (digits < PROFILE_DIGITS_MIN || digits > PROFILE_DIGITS_MAX
        || i > PROFILE_PHONE_MAX)
    {
        return detail;
    }

    if (i == value.len) {
        return NULL;
    }

    rest.data = value.data + i;
    rest.len = value.len - i;
    more = sizeof(";ext=") - 1;

    if (!oauth2_str_starts(rest, oauth2_str(";ext=")) || rest.len == more
        || rest.len > more + PROFILE_DIGITS_MAX)
    {
        return detail;
    }

    for (i = more; i < rest.len; i++) {
        if (!check_is_digit(rest.data[i])) {
            return detail;
        }
    }

    return NULL;
}


/* Several lines. */

const char *
oauth2_profile_check_address(oauth2_str_t value)
{
    const char    *detail;
    oauth2_str_t   rest, line;

    rest = value;

    if (value.len > PROFILE_TEXT_MAX * 2) {
        return "This is too long.";
    }

    while (oauth2_str_word(&rest, '\n', &line)) {
        if (line.data[line.len - 1] == '\r') {
            line.len--;
        }

        detail = oauth2_profile_check_line(line);

        if (detail != NULL) {
            return detail;
        }
    }

    return NULL;
}


const char *
oauth2_profile_check_line(oauth2_str_t value)
{
    size_t  i;

    if (value.len > PROFILE_TEXT_MAX) {
        return "This is too long.";
    }

    if (!oauth2_str_check_utf8(value, false)) {
        return "Control characters are not allowed.";
    }

    for (i = 0; i < value.len; i++) {
        if (value.data[i] == '<' || value.data[i] == '>') {
            return "The characters < and > are not allowed.";
        }
    }

    return NULL;
}


static bool
check_parse_digits(oauth2_str_t text, size_t at, size_t len,
    unsigned *value)
{
    size_t    i;
    unsigned  n;

    if (at + len > text.len) {
        return false;
    }

    for (i = at, n = 0; i < at + len; i++) {
        if (!check_is_digit(text.data[i])) {
            return false;
        }

        n = n * 10 + (text.data[i] - '0');
    }

    *value = n;

    return true;
}


static bool
check_is_alpha(u_char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}


static bool
check_is_digit(u_char c)
{
    return c >= '0' && c <= '9';
}
