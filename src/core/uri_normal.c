/* SPDX-License-Identifier: MIT */

/*
 * Syntax- and scheme-based normalization of http(s) URIs (RFC 3986 6.2.2
 * and 6.2.3), for comparing what a client signed with what it asked for.
 */

#include "str.h"
#include "uri.h"

static oauth2_str_t normal_origin(oauth2_buf_t *b, oauth2_str_t uri);
static oauth2_str_t normal_path(oauth2_str_t rest);
static oauth2_rc_e normal_decode(oauth2_pool_t *pool, oauth2_str_t path,
    oauth2_str_t *decoded);
static void normal_segments(oauth2_buf_t *b, oauth2_str_t path);
static int normal_hex(u_char c);
static bool normal_unreserved(int c);


oauth2_rc_e
oauth2_uri_normal(oauth2_pool_t *pool, oauth2_str_t uri,
    oauth2_str_t *normal)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  b;
    oauth2_str_t  rest, path;

    oauth2_buf_init(&b, pool, OAUTH2_URI_MAX);
    rest = normal_origin(&b, uri);

    if (rest.data == NULL) {
        return OAUTH2_BAD;
    }

    if (b.rc != OAUTH2_OK) {
        return b.rc;
    }

    rc = normal_decode(pool, normal_path(rest), &path);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    normal_segments(&b, path);

    return oauth2_buf_done(&b, normal);
}


/* In lower case, without the scheme's own port; what is behind it, or
 * absent. */

static oauth2_str_t
normal_origin(oauth2_buf_t *b, oauth2_str_t uri)
{
    u_char        c;
    size_t        i;
    oauth2_str_t  origin, port, rest;

    origin = oauth2_uri_origin(uri);

    if (origin.data == NULL) {
        return oauth2_str_null;
    }

    rest.data = uri.data + origin.len;
    rest.len = uri.len - origin.len;

    for (i = 0; i < origin.len; i++) {
        c = origin.data[i];
        oauth2_buf_write_byte(b, (c >= 'A' && c <= 'Z') ? c | 0x20 : c);
    }

    if (b->rc != OAUTH2_OK) {
        return rest;
    }

    origin.data = b->data;
    origin.len = b->len;

    if (oauth2_str_starts(origin, oauth2_str("https://"))) {
        port = oauth2_str(":443");

    } else if (oauth2_str_starts(origin, oauth2_str("http://"))) {
        port = oauth2_str(":80");

    } else {
        return oauth2_str_null;
    }

    if (memcmp(origin.data + origin.len - port.len, port.data, port.len)
        == 0)
    {
        b->len -= port.len;
    }

    return rest;
}


/* Without query and fragment; the empty one is "/" (RFC 3986 6.2.3). */

static oauth2_str_t
normal_path(oauth2_str_t rest)
{
    size_t  i;

    for (i = 0; i < rest.len; i++) {
        if (rest.data[i] == '?' || rest.data[i] == '#') {
            break;
        }
    }

    rest.len = i;

    return (i == 0) ? oauth2_str("/") : rest;
}


/* RFC 3986 6.2.2.1 and 6.2.2.2 */

static oauth2_rc_e
normal_decode(oauth2_pool_t *pool, oauth2_str_t path, oauth2_str_t *decoded)
{
    int           high, low;
    u_char        c;
    size_t        i;
    oauth2_buf_t  b;

    static const char  digits[] = "0123456789ABCDEF";

    oauth2_buf_init(&b, pool, OAUTH2_URI_MAX);

    for (i = 0; i < path.len; i++) {
        c = path.data[i];

        if (c != '%') {
            oauth2_buf_write_byte(&b, c);
            continue;
        }

        high = (path.len - i < 3) ? -1 : normal_hex(path.data[i + 1]);
        low = (path.len - i < 3) ? -1 : normal_hex(path.data[i + 2]);

        if (high < 0 || low < 0) {
            b.rc = (b.rc == OAUTH2_OK) ? OAUTH2_BAD : b.rc;
            break;
        }

        i += 2;

        if (normal_unreserved(high * 16 + low)) {
            oauth2_buf_write_byte(&b, (u_char) (high * 16 + low));
            continue;
        }

        oauth2_buf_write_byte(&b, '%');
        oauth2_buf_write_byte(&b, (u_char) digits[high]);
        oauth2_buf_write_byte(&b, (u_char) digits[low]);
    }

    return oauth2_buf_done(&b, decoded);
}


/* RFC 3986 5.2.4 for a path that begins with "/". */

static void
normal_segments(oauth2_buf_t *b, oauth2_str_t path)
{
    bool          dot, dots;
    size_t        i, end, base;
    oauth2_str_t  segment;

    base = b->len;

    for (i = 0; i < path.len && b->rc == OAUTH2_OK; i = end) {
        for (end = i + 1; end < path.len && path.data[end] != '/'; end++) {
            /* void */
        }

        segment.data = path.data + i;
        segment.len = end - i;
        dot = oauth2_str_same(segment, oauth2_str("/."));
        dots = oauth2_str_same(segment, oauth2_str("/.."));

        if (dots) {
            while (b->len > base && b->data[b->len - 1] != '/') {
                b->len--;
            }

            b->len -= (b->len > base) ? 1 : 0;
        }

        if (!dot && !dots) {
            oauth2_buf_write(b, segment);

        } else if (end == path.len) {
            oauth2_buf_write_byte(b, '/');
        }
    }
}


/* Of a hexadecimal digit, or -1. */

static int
normal_hex(u_char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}


static bool
normal_unreserved(int c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
           || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'
           || c == '~';
}
