/* SPDX-License-Identifier: MIT */

/*
 * The growing string.  Its memory doubles; the outgrown pieces stay with
 * the pool until it ends.
 */

#include "str.h"
#include "buf.h"
#include "base64url.h"

#include <inttypes.h>
#include <stdio.h>

#define BUF_FIRST  128


static u_char *buf_reserve(oauth2_buf_t *b, size_t n);
static bool buf_unreserved(u_char c);

static const char  buf_hex[] = "0123456789abcdef";
static const char  buf_hex_upper[] = "0123456789ABCDEF";


void
oauth2_buf_init(oauth2_buf_t *b, oauth2_pool_t *pool, size_t max)
{
    b->pool = pool;
    b->data = NULL;
    b->len = 0;
    b->size = 0;
    b->max = max;
    b->rc = OAUTH2_OK;
}


void
oauth2_buf_write(oauth2_buf_t *b, oauth2_str_t s)
{
    u_char  *p;

    if (s.len == 0) {
        return;
    }

    p = buf_reserve(b, s.len);

    if (p != NULL) {
        memcpy(p, s.data, s.len);
    }
}


void
oauth2_buf_write_c(oauth2_buf_t *b, const char *s)
{
    oauth2_buf_write(b, oauth2_str_of(s));
}


void
oauth2_buf_write_byte(oauth2_buf_t *b, u_char byte)
{
    u_char  *p;

    p = buf_reserve(b, 1);

    if (p != NULL) {
        *p = byte;
    }
}


void
oauth2_buf_write_int(oauth2_buf_t *b, int64_t value)
{
    char  digits[24];

    (void) snprintf(digits, sizeof(digits), "%" PRId64, value);
    oauth2_buf_write_c(b, digits);
}


void
oauth2_buf_write_hex(oauth2_buf_t *b, oauth2_str_t bytes)
{
    size_t   i;
    u_char  *p;

    if (bytes.len > SIZE_MAX / 2) {
        b->rc = OAUTH2_BAD;
        return;
    }

    p = buf_reserve(b, bytes.len * 2);

    if (p == NULL) {
        return;
    }

    for (i = 0; i < bytes.len; i++) {
        *p++ = (u_char) buf_hex[bytes.data[i] >> 4];
        *p++ = (u_char) buf_hex[bytes.data[i] & 15];
    }
}


void
oauth2_buf_write_base64url(oauth2_buf_t *b, oauth2_str_t bytes)
{
    u_char  *p;

    if (bytes.len > SIZE_MAX / 2) {
        b->rc = OAUTH2_BAD;
        return;
    }

    p = buf_reserve(b, OAUTH2_BASE64URL_LEN(bytes.len));

    if (p != NULL) {
        oauth2_base64url_write(bytes, p);
    }
}


void
oauth2_buf_write_base64(oauth2_buf_t *b, oauth2_str_t bytes)
{
    u_char  *p;
    size_t   i, len;

    if (bytes.len > SIZE_MAX / 2) {
        b->rc = OAUTH2_BAD;
        return;
    }

    len = OAUTH2_BASE64URL_LEN(bytes.len);
    p = buf_reserve(b, (len + 3) / 4 * 4);

    if (p == NULL) {
        return;
    }

    oauth2_base64url_write(bytes, p);

    for (i = 0; i < len; i++) {
        p[i] = (p[i] == '-') ? '+' : (p[i] == '_') ? '/' : p[i];
    }

    for ( /* void */ ; len % 4 != 0; len++) {
        p[len] = '=';
    }
}


void
oauth2_buf_write_uri(oauth2_buf_t *b, oauth2_str_t s)
{
    size_t  i;
    u_char  code[3];

    code[0] = '%';

    for (i = 0; i < s.len; i++) {
        if (buf_unreserved(s.data[i])) {
            oauth2_buf_write_byte(b, s.data[i]);
            continue;
        }

        code[1] = (u_char) buf_hex_upper[s.data[i] >> 4];
        code[2] = (u_char) buf_hex_upper[s.data[i] & 15];
        oauth2_buf_write(b, (oauth2_str_t) { 3, code });
    }
}


void
oauth2_buf_write_html(oauth2_buf_t *b, oauth2_str_t s)
{
    size_t  i;

    for (i = 0; i < s.len; i++) {
        switch (s.data[i]) {

        case '&':
            oauth2_buf_write_c(b, "&amp;");
            break;

        case '<':
            oauth2_buf_write_c(b, "&lt;");
            break;

        case '>':
            oauth2_buf_write_c(b, "&gt;");
            break;

        case '"':
            oauth2_buf_write_c(b, "&quot;");
            break;

        case '\'':
            oauth2_buf_write_c(b, "&#39;");
            break;

        default:
            oauth2_buf_write_byte(b, s.data[i]);
        }
    }
}


oauth2_rc_e
oauth2_buf_done(oauth2_buf_t *b, oauth2_str_t *s)
{
    /* an empty string needs its NUL as well */
    (void) buf_reserve(b, 0);

    if (b->rc != OAUTH2_OK) {
        return b->rc;
    }

    b->data[b->len] = '\0';
    s->data = b->data;
    s->len = b->len;

    return OAUTH2_OK;
}


/* Room for n bytes and a NUL, counted as written; NULL once failed. */
static u_char *
buf_reserve(oauth2_buf_t *b, size_t n)
{
    size_t   size;
    u_char  *data;

    if (b->rc != OAUTH2_OK) {
        return NULL;
    }

    if (n > b->max - b->len || b->max > SIZE_MAX / 2) {
        b->rc = OAUTH2_BAD;
        return NULL;
    }

    if (b->data == NULL || n > b->size - b->len) {
        size = (b->size == 0) ? BUF_FIRST : b->size * 2;

        if (size < b->len + n) {
            size = b->len + n;
        }

        if (size > b->max) {
            size = b->max;
        }

        data = oauth2_pool_alloc(b->pool, size + 1);

        if (data == NULL) {
            b->rc = OAUTH2_NOMEM;
            return NULL;
        }

        if (b->len > 0) {
            memcpy(data, b->data, b->len);
        }

        b->data = data;
        b->size = size;
    }

    data = b->data + b->len;
    b->len += n;

    return data;
}


static bool
buf_unreserved(u_char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9')
           || c == '-' || c == '.' || c == '_' || c == '~';
}
