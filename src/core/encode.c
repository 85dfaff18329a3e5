/* SPDX-License-Identifier: MIT */

/*
 * Strict decoders, base64url for the rest of core, and UUIDs.
 */

#include "encode.h"
#include "base64url.h"


static oauth2_rc_e encode_parse_64(oauth2_pool_t *pool, oauth2_str_t text,
    bool url, oauth2_str_t *bytes);
static int encode_digit_64(u_char c, bool url);
static int encode_digit_hex(u_char c);
static void encode_uuid(u_char bytes[OAUTH2_UUID_SIZE],
    char text[OAUTH2_UUID_LEN + 1]);

static const char  encode_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_";


void
oauth2_base64url_write(oauth2_str_t bytes, u_char *text)
{
    size_t    n;
    u_char   *p;
    uint32_t  bits;

    p = bytes.data;

    for (n = bytes.len; n >= 3; n -= 3, p += 3) {
        bits = ((uint32_t) p[0] << 16) | ((uint32_t) p[1] << 8) | p[2];
        *text++ = (u_char) encode_url[bits >> 18];
        *text++ = (u_char) encode_url[(bits >> 12) & 63];
        *text++ = (u_char) encode_url[(bits >> 6) & 63];
        *text++ = (u_char) encode_url[bits & 63];
    }

    if (n == 0) {
        return;
    }

    bits = (uint32_t) p[0] << 16;

    if (n == 2) {
        bits |= (uint32_t) p[1] << 8;
    }

    *text++ = (u_char) encode_url[bits >> 18];
    *text++ = (u_char) encode_url[(bits >> 12) & 63];

    if (n == 2) {
        *text = (u_char) encode_url[(bits >> 6) & 63];
    }
}


oauth2_rc_e
oauth2_encode_parse_base64url(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_str_t *bytes)
{
    return encode_parse_64(pool, text, true, bytes);
}


oauth2_rc_e
oauth2_encode_parse_base64(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_str_t *bytes)
{
    if (text.len % 4 != 0) {
        return OAUTH2_BAD;
    }

    /* what is left after the padding must need it: 2 or 3 digits */
    if (text.len > 0 && text.data[text.len - 1] == '=') {
        text.len--;

        if (text.data[text.len - 1] == '=') {
            text.len--;
        }
    }

    return encode_parse_64(pool, text, false, bytes);
}


oauth2_rc_e
oauth2_encode_parse_hex(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_str_t *bytes)
{
    int      high, low;
    size_t   i;
    u_char  *data;

    if (text.len % 2 != 0) {
        return OAUTH2_BAD;
    }

    data = oauth2_pool_alloc(pool, text.len / 2 + 1);

    if (data == NULL) {
        return OAUTH2_NOMEM;
    }

    for (i = 0; i < text.len; i += 2) {
        high = encode_digit_hex(text.data[i]);
        low = encode_digit_hex(text.data[i + 1]);

        if (high < 0 || low < 0) {
            return OAUTH2_BAD;
        }

        data[i / 2] = (u_char) (high << 4 | low);
    }

    bytes->data = data;
    bytes->len = text.len / 2;

    return OAUTH2_OK;
}


oauth2_rc_e
oauth2_encode_parse_uri(oauth2_pool_t *pool, oauth2_str_t text, bool plus,
    oauth2_str_t *bytes)
{
    int      high, low;
    u_char   c, *data, *p;
    size_t   i;

    data = oauth2_pool_alloc(pool, text.len + 1);

    if (data == NULL) {
        return OAUTH2_NOMEM;
    }

    p = data;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        /* in forms that are typed by hand a space stands for itself */

        if (c < ' ' || c == 0x7f || (c == ' ' && !plus)) {
            return OAUTH2_BAD;
        }

        if (c != '%') {
            *p++ = (plus && c == '+') ? ' ' : c;
            continue;
        }

        if (text.len - i < 3) {
            return OAUTH2_BAD;
        }

        high = encode_digit_hex(text.data[i + 1]);
        low = encode_digit_hex(text.data[i + 2]);

        if (high < 0 || low < 0) {
            return OAUTH2_BAD;
        }

        *p++ = (u_char) (high << 4 | low);
        i += 2;
    }

    bytes->data = data;
    bytes->len = (size_t) (p - data);

    return OAUTH2_OK;
}


bool
oauth2_uuid_check(oauth2_str_t text)
{
    size_t  i;

    if (text.len != OAUTH2_UUID_LEN) {
        return false;
    }

    for (i = 0; i < text.len; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text.data[i] != '-') {
                return false;
            }

        } else if (encode_digit_hex(text.data[i]) < 0) {
            return false;
        }
    }

    return true;
}


bool
oauth2_uuid_parse(oauth2_str_t text, u_char bytes[OAUTH2_UUID_SIZE])
{
    size_t  i, n;

    if (!oauth2_uuid_check(text)) {
        return false;
    }

    for (i = 0, n = 0; n < OAUTH2_UUID_SIZE; i += 2, n++) {
        if (text.data[i] == '-') {
            i++;
        }

        bytes[n] = (u_char) (encode_digit_hex(text.data[i]) * 16
                             + encode_digit_hex(text.data[i + 1]));
    }

    return true;
}


void
oauth2_uuid_write_bytes(const u_char bytes[OAUTH2_UUID_SIZE],
    char text[OAUTH2_UUID_LEN + 1])
{
    int    i;
    char  *p;

    p = text;

    for (i = 0; i < OAUTH2_UUID_SIZE; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *p++ = '-';
        }

        *p++ = "0123456789abcdef"[bytes[i] >> 4];
        *p++ = "0123456789abcdef"[bytes[i] & 15];
    }

    *p = '\0';
}


void
oauth2_uuid_write(int64_t now_ms, const u_char random[16],
    char text[OAUTH2_UUID_LEN + 1])
{
    int     i;
    u_char  bytes[16];

    memcpy(bytes, random, 16);

    for (i = 0; i < 6; i++) {
        bytes[i] = (u_char) ((uint64_t) now_ms >> (40 - 8 * i));
    }

    bytes[6] = (u_char) ((bytes[6] & 0x0f) | 0x70);

    encode_uuid(bytes, text);
}


void
oauth2_uuid_write_digest(const u_char digest[32],
    char text[OAUTH2_UUID_LEN + 1])
{
    u_char  bytes[16];

    memcpy(bytes, digest, 16);
    bytes[6] = (u_char) ((bytes[6] & 0x0f) | 0x80);

    encode_uuid(bytes, text);
}


/* Without padding.  A rest of one digit, or set bits behind the last byte,
 * would give one value several texts. */
static oauth2_rc_e
encode_parse_64(oauth2_pool_t *pool, oauth2_str_t text, bool url,
    oauth2_str_t *bytes)
{
    int        digit;
    u_char    *data, *p;
    size_t     i;
    uint32_t   bits;

    if (text.len % 4 == 1) {
        return OAUTH2_BAD;
    }

    data = oauth2_pool_alloc(pool, text.len / 4 * 3 + 3);

    if (data == NULL) {
        return OAUTH2_NOMEM;
    }

    p = data;
    bits = 0;

    for (i = 0; i < text.len; i++) {
        digit = encode_digit_64(text.data[i], url);

        if (digit < 0) {
            return OAUTH2_BAD;
        }

        bits = (bits << 6) | (uint32_t) digit;

        if (i % 4 != 0) {
            *p++ = (u_char) (bits >> (6 - 2 * (i % 4)));
        }
    }

    if ((text.len % 4 == 2 && (bits & 15) != 0)
        || (text.len % 4 == 3 && (bits & 3) != 0))
    {
        return OAUTH2_BAD;
    }

    *p = '\0';
    bytes->data = data;
    bytes->len = (size_t) (p - data);

    return OAUTH2_OK;
}


static int
encode_digit_64(u_char c, bool url)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }

    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }

    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }

    if (c == (url ? '-' : '+')) {
        return 62;
    }

    if (c == (url ? '_' : '/')) {
        return 63;
    }

    return -1;
}


static int
encode_digit_hex(u_char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }

    return -1;
}


/* The variant of RFC 9562 4.1; the version is in bytes[6] already. */
static void
encode_uuid(u_char bytes[OAUTH2_UUID_SIZE], char text[OAUTH2_UUID_LEN + 1])
{
    bytes[8] = (u_char) ((bytes[8] & 0x3f) | 0x80);

    oauth2_uuid_write_bytes(bytes, text);
}
