/* SPDX-License-Identifier: MIT */

/*
 * Reading Cache-Control and Content-Type.  What is not understood is not
 * said: neither is needed to be safe.
 */

#include "header.h"
#include "../core/str.h"

#define HEADER_AGE_MAX  (366 * 24 * 3600)


static oauth2_str_t header_value(oauth2_str_t line, oauth2_str_t name);
static void header_directive(oauth2_str_t directive, int64_t *max_age);
static bool header_starts(oauth2_str_t s, oauth2_str_t prefix);


void
oauth2_egress_header_age(oauth2_str_t line, int64_t *max_age)
{
    oauth2_str_t  rest, directive;

    rest = header_value(line, oauth2_str("cache-control"));

    while (oauth2_str_word(&rest, ',', &directive)) {
        header_directive(oauth2_str_trim_lines(directive), max_age);
    }
}


bool
oauth2_egress_header_type(oauth2_str_t value)
{
    oauth2_str_t  type;

    value = oauth2_str_trim_lines(value);

    if (value.len == 0) {
        return true;
    }

    if (!oauth2_str_word(&value, ';', &type)) {
        return false;
    }

    type = oauth2_str_trim(type);

    return (header_starts(type, oauth2_str("application/")) && type.len > 12)
           || oauth2_str_same_nocase(type, oauth2_str("text/plain"))
           || oauth2_str_same_nocase(type, oauth2_str("text/json"));
}


/* Empty when it is another header. */
static oauth2_str_t
header_value(oauth2_str_t line, oauth2_str_t name)
{
    if (line.len <= name.len || line.data[name.len] != ':'
        || !header_starts(line, name))
    {
        return oauth2_str("");
    }

    line.data += name.len + 1;
    line.len -= name.len + 1;

    return oauth2_str_trim_lines(line);
}


static void
header_directive(oauth2_str_t directive, int64_t *max_age)
{
    uint64_t      age;
    oauth2_str_t  value;

    if (oauth2_str_same_nocase(directive, oauth2_str("no-store"))
        || oauth2_str_same_nocase(directive, oauth2_str("no-cache")))
    {
        *max_age = 0;
        return;
    }

    if (!header_starts(directive, oauth2_str("max-age="))) {
        return;
    }

    value.data = directive.data + 8;
    value.len = directive.len - 8;

    if (oauth2_str_parse_uint(value, HEADER_AGE_MAX, &age) != OAUTH2_OK) {
        return;
    }

    if (*max_age < 0 || (int64_t) age < *max_age) {
        *max_age = (int64_t) age;
    }
}


static bool
header_starts(oauth2_str_t s, oauth2_str_t prefix)
{
    if (s.len < prefix.len) {
        return false;
    }

    s.len = prefix.len;

    return oauth2_str_same_nocase(s, prefix);
}
