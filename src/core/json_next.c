/* SPDX-License-Identifier: MIT */

/*
 * The elements of an array, by its brackets.  The array was checked with
 * the document it stands in; any other text ends the list early.
 */

#include "str.h"
#include "json.h"


static size_t json_next_len(oauth2_str_t s);
static size_t json_next_string(oauth2_str_t s, size_t i);


bool
oauth2_json_next(oauth2_str_t *rest, oauth2_str_t *element)
{
    size_t        len;
    oauth2_str_t  s;

    s = oauth2_str_trim_lines(*rest);

    /* what is left begins with the comma behind the last element */

    if (s.len == 0 || (s.data[0] != '[' && s.data[0] != ',')) {
        return false;
    }

    s.data++;
    s.len--;

    len = json_next_len(s);
    element->data = s.data;
    element->len = len;
    *element = oauth2_str_trim_lines(*element);

    if (len == s.len || element->len == 0) {
        return false;
    }

    rest->data = s.data + len;
    rest->len = s.len - len;

    return true;
}


/* Up to the comma or bracket that ends the element; all of s without. */
static size_t
json_next_len(oauth2_str_t s)
{
    u_char  c;
    size_t  i, depth;

    depth = 0;

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        if (c == '"') {
            i = json_next_string(s, i);

        } else if (c == '[' || c == '{') {
            depth++;

        } else if (depth > 0) {
            depth -= (c == ']' || c == '}');

        } else if (c == ',' || c == ']' || c == '}') {
            return i;
        }
    }

    return s.len;
}


/* The place of the quote that ends the string which begins at i. */
static size_t
json_next_string(oauth2_str_t s, size_t i)
{
    for (i++; i < s.len && s.data[i] != '"'; i++) {
        if (s.data[i] == '\\') {
            i++;
        }
    }

    return i;
}
