/* SPDX-License-Identifier: MIT */

/*
 * JSON arrays of strings, as client_find answers them.
 */

#include "api.h"

static void list_skip(oauth2_str_t *rest, size_t n);
static bool list_is_blank(u_char byte);


bool
oauth2_list_next(oauth2_pool_t *pool, oauth2_str_t *rest,
    oauth2_str_t *value)
{
    while (rest->len > 0
           && (rest->data[0] == '[' || rest->data[0] == ','
               || list_is_blank(rest->data[0])))
    {
        list_skip(rest, 1);
    }

    return oauth2_list_string(pool, rest, value) == OAUTH2_OK;
}


bool
oauth2_list_has(oauth2_pool_t *pool, oauth2_str_t list, oauth2_str_t value)
{
    oauth2_str_t  rest, element;

    rest = list;

    while (oauth2_list_next(pool, &rest, &element)) {
        if (oauth2_str_same(element, value)) {
            return true;
        }
    }

    return false;
}


oauth2_rc_e
oauth2_list_string(oauth2_pool_t *pool, oauth2_str_t *rest,
    oauth2_str_t *value)
{
    size_t        n;
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  text, object;

    while (rest->len > 0 && list_is_blank(rest->data[0])) {
        list_skip(rest, 1);
    }

    if (rest->len < 2 || rest->data[0] != '"') {
        return OAUTH2_BAD;
    }

    for (n = 1; n < rest->len && rest->data[n] != '"'; n++) {
        if (rest->data[n] == '\\') {
            n++;
        }
    }

    if (n >= rest->len) {
        return OAUTH2_BAD;
    }

    text.data = rest->data;
    text.len = n + 1;

    /* The parser of core decodes it, as the member of an object. */

    oauth2_buf_init(&buf, pool, text.len + sizeof("{\"v\":}"));
    oauth2_buf_write_c(&buf, "{\"v\":");
    oauth2_buf_write(&buf, text);
    oauth2_buf_write_byte(&buf, '}');

    rc = oauth2_buf_done(&buf, &object);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_json_find(pool, object, "v", value);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    list_skip(rest, text.len);

    while (rest->len > 0 && list_is_blank(rest->data[0])) {
        list_skip(rest, 1);
    }

    return OAUTH2_OK;
}


static void
list_skip(oauth2_str_t *rest, size_t n)
{
    rest->data += n;
    rest->len -= n;
}


static bool
list_is_blank(u_char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}
