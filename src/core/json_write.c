/* SPDX-License-Identifier: MIT */

/*
 * Writing JSON by hand: a few rules, and the failure is the buffer's.
 */

#include "str.h"
#include "json.h"


static void json_write_name(oauth2_json_t *j, const char *name);
static void json_write_open(oauth2_json_t *j, const char *name,
    u_char bracket);
static void json_write_close(oauth2_json_t *j, u_char bracket);
static void json_write_string(oauth2_json_t *j, oauth2_str_t s);
static void json_write_escaped(oauth2_json_t *j, u_char c);
static void json_write_fail(oauth2_json_t *j);


void
oauth2_json_init(oauth2_json_t *j, oauth2_pool_t *pool, size_t max)
{
    memset(j, 0, sizeof(oauth2_json_t));
    oauth2_buf_init(&j->buf, pool, max);
}


void
oauth2_json_open(oauth2_json_t *j, const char *name)
{
    json_write_open(j, name, '{');
}


void
oauth2_json_close(oauth2_json_t *j)
{
    json_write_close(j, '}');
}


void
oauth2_json_open_array(oauth2_json_t *j, const char *name)
{
    json_write_open(j, name, '[');
}


void
oauth2_json_close_array(oauth2_json_t *j)
{
    json_write_close(j, ']');
}


void
oauth2_json_str(oauth2_json_t *j, const char *name, oauth2_str_t s)
{
    if (s.data == NULL) {
        oauth2_json_null(j, name);
        return;
    }

    json_write_name(j, name);
    json_write_string(j, s);
}


void
oauth2_json_optional(oauth2_json_t *j, const char *name, oauth2_str_t s)
{
    if (s.data != NULL) {
        oauth2_json_str(j, name, s);
    }
}


void
oauth2_json_c(oauth2_json_t *j, const char *name, const char *s)
{
    oauth2_json_str(j, name, oauth2_str_of(s));
}


void
oauth2_json_int(oauth2_json_t *j, const char *name, int64_t value)
{
    json_write_name(j, name);
    oauth2_buf_write_int(&j->buf, value);
}


void
oauth2_json_bool(oauth2_json_t *j, const char *name, bool value)
{
    json_write_name(j, name);
    oauth2_buf_write_c(&j->buf, value ? "true" : "false");
}


void
oauth2_json_null(oauth2_json_t *j, const char *name)
{
    json_write_name(j, name);
    oauth2_buf_write_c(&j->buf, "null");
}


void
oauth2_json_raw(oauth2_json_t *j, const char *name, oauth2_str_t json)
{
    if (json.data == NULL) {
        oauth2_json_null(j, name);
        return;
    }

    json_write_name(j, name);
    oauth2_buf_write(&j->buf, json);
}


void
oauth2_json_members(oauth2_json_t *j, oauth2_str_t object)
{
    oauth2_str_t  s;

    s = oauth2_str_trim_lines(object);

    if (s.len < 2 || s.data[0] != '{' || s.data[s.len - 1] != '}') {
        json_write_fail(j);
        return;
    }

    s.data++;
    s.len -= 2;
    s = oauth2_str_trim_lines(s);

    if (s.len > 0) {
        json_write_name(j, NULL);
        oauth2_buf_write(&j->buf, s);
    }
}


oauth2_rc_e
oauth2_json_done(oauth2_json_t *j, oauth2_str_t *text)
{
    if (j->depth != 0) {
        json_write_fail(j);
    }

    return oauth2_buf_done(&j->buf, text);
}


/* The comma before a value, and its name. */
static void
json_write_name(oauth2_json_t *j, const char *name)
{
    if (j->depth > 0) {
        if (j->comma[j->depth - 1]) {
            oauth2_buf_write_byte(&j->buf, ',');
        }

        j->comma[j->depth - 1] = true;
    }

    if (name != NULL) {
        json_write_string(j, oauth2_str_of(name));
        oauth2_buf_write_byte(&j->buf, ':');
    }
}


static void
json_write_open(oauth2_json_t *j, const char *name, u_char bracket)
{
    if (j->depth == OAUTH2_JSON_DEPTH) {
        json_write_fail(j);
        return;
    }

    json_write_name(j, name);
    oauth2_buf_write_byte(&j->buf, bracket);
    j->comma[j->depth++] = false;
}


static void
json_write_close(oauth2_json_t *j, u_char bracket)
{
    if (j->depth == 0) {
        json_write_fail(j);
        return;
    }

    j->depth--;
    oauth2_buf_write_byte(&j->buf, bracket);
}


static void
json_write_string(oauth2_json_t *j, oauth2_str_t s)
{
    u_char        c;
    size_t        i, start;
    oauth2_str_t  run;

    if (!oauth2_str_check_utf8(s, true)) {
        json_write_fail(j);
        return;
    }

    oauth2_buf_write_byte(&j->buf, '"');
    start = 0;

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }

        run.data = s.data + start;
        run.len = i - start;
        oauth2_buf_write(&j->buf, run);
        json_write_escaped(j, c);
        start = i + 1;
    }

    if (start < s.len) {
        run.data = s.data + start;
        run.len = s.len - start;
        oauth2_buf_write(&j->buf, run);
    }

    oauth2_buf_write_byte(&j->buf, '"');
}


static void
json_write_escaped(oauth2_json_t *j, u_char c)
{
    oauth2_buf_write_byte(&j->buf, '\\');

    switch (c) {

    case '"':
    case '\\':
        oauth2_buf_write_byte(&j->buf, c);
        break;

    case '\n':
        oauth2_buf_write_byte(&j->buf, 'n');
        break;

    case '\r':
        oauth2_buf_write_byte(&j->buf, 'r');
        break;

    case '\t':
        oauth2_buf_write_byte(&j->buf, 't');
        break;

    case '\b':
        oauth2_buf_write_byte(&j->buf, 'b');
        break;

    case '\f':
        oauth2_buf_write_byte(&j->buf, 'f');
        break;

    default:
        oauth2_buf_write_c(&j->buf, "u00");
        oauth2_buf_write_hex(&j->buf, (oauth2_str_t) { 1, &c });
    }
}


static void
json_write_fail(oauth2_json_t *j)
{
    if (j->buf.rc == OAUTH2_OK) {
        j->buf.rc = OAUTH2_BAD;
    }
}
