/* SPDX-License-Identifier: MIT */

/*
 * Comparing, splitting and checking strings.
 */

#include "str.h"

#include <openssl/crypto.h>


static oauth2_str_t str_trim(oauth2_str_t s, const char *blanks);
static u_char str_lower(u_char c);
static size_t str_utf8_len(const u_char *p, const u_char *last);


oauth2_str_t
oauth2_str_of(const char *s)
{
    if (s == NULL) {
        return oauth2_str_null;
    }

    return (oauth2_str_t) { strlen(s), (u_char *) s };
}


bool
oauth2_str_same(oauth2_str_t a, oauth2_str_t b)
{
    if (a.data == NULL || b.data == NULL) {
        return a.data == b.data;
    }

    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}


bool
oauth2_str_same_nocase(oauth2_str_t a, oauth2_str_t b)
{
    size_t  i;

    if (a.data == NULL || b.data == NULL) {
        return a.data == b.data;
    }

    if (a.len != b.len) {
        return false;
    }

    for (i = 0; i < a.len; i++) {
        if (str_lower(a.data[i]) != str_lower(b.data[i])) {
            return false;
        }
    }

    return true;
}


bool
oauth2_str_same_secret(oauth2_str_t a, oauth2_str_t b)
{
    if (a.data == NULL || b.data == NULL || a.len != b.len) {
        return false;
    }

    return CRYPTO_memcmp(a.data, b.data, a.len) == 0;
}


bool
oauth2_str_starts(oauth2_str_t s, oauth2_str_t prefix)
{
    if (s.len < prefix.len) {
        return false;
    }

    return prefix.len == 0 || memcmp(s.data, prefix.data, prefix.len) == 0;
}


bool
oauth2_str_word(oauth2_str_t *rest, u_char separator, oauth2_str_t *word)
{
    u_char  *p, *last, *start;

    if (rest->len == 0) {
        return false;
    }

    p = rest->data;
    last = p + rest->len;

    while (p < last && *p == separator) {
        p++;
    }

    start = p;

    while (p < last && *p != separator) {
        p++;
    }

    rest->data = p;
    rest->len = (size_t) (last - p);

    if (p == start) {
        return false;
    }

    word->data = start;
    word->len = (size_t) (p - start);

    return true;
}


bool
oauth2_str_has_word(oauth2_str_t list, oauth2_str_t word)
{
    oauth2_str_t  one;

    while (oauth2_str_word(&list, ' ', &one)) {
        if (oauth2_str_same(one, word)) {
            return true;
        }
    }

    return false;
}


bool
oauth2_str_subset(oauth2_str_t a, oauth2_str_t list)
{
    oauth2_str_t  one;

    while (oauth2_str_word(&a, ' ', &one)) {
        if (!oauth2_str_has_word(list, one)) {
            return false;
        }
    }

    return true;
}


oauth2_str_t
oauth2_str_trim(oauth2_str_t s)
{
    return str_trim(s, " \t");
}


oauth2_str_t
oauth2_str_trim_lines(oauth2_str_t s)
{
    return str_trim(s, " \t\r\n");
}


oauth2_rc_e
oauth2_str_parse_uint(oauth2_str_t s, uint64_t max, uint64_t *value)
{
    size_t    i;
    uint64_t  n, digit;

    if (s.len == 0) {
        return OAUTH2_BAD;
    }

    n = 0;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9') {
            return OAUTH2_BAD;
        }

        digit = (uint64_t) (s.data[i] - '0');

        if (n > max / 10 || n * 10 > max - digit || digit > max) {
            return OAUTH2_BAD;
        }

        n = n * 10 + digit;
    }

    *value = n;

    return OAUTH2_OK;
}


bool
oauth2_str_check_utf8(oauth2_str_t s, bool controls)
{
    size_t   n;
    u_char  *p, *last;

    if (s.len == 0) {
        return true;
    }

    p = s.data;
    last = p + s.len;

    while (p < last) {
        n = str_utf8_len(p, last);

        if (n == 0 || *p == '\0') {
            return false;
        }

        if (!controls
            && (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0)))
        {
            return false;
        }

        p += n;
    }

    return true;
}


size_t
oauth2_str_chars(oauth2_str_t s)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < s.len; i++) {
        if ((s.data[i] & 0xc0) != 0x80) {
            n++;
        }
    }

    return n;
}


bool
oauth2_size_add(size_t a, size_t b, size_t *sum)
{
    if (a > SIZE_MAX - b) {
        return false;
    }

    *sum = a + b;

    return true;
}


void
oauth2_wipe(void *p, size_t size)
{
    OPENSSL_cleanse(p, size);
}


static oauth2_str_t
str_trim(oauth2_str_t s, const char *blanks)
{
    size_t  n;

    n = strlen(blanks);

    while (s.len > 0 && memchr(blanks, s.data[0], n) != NULL) {
        s.data++;
        s.len--;
    }

    while (s.len > 0 && memchr(blanks, s.data[s.len - 1], n) != NULL) {
        s.len--;
    }

    return s;
}


static u_char
str_lower(u_char c)
{
    return (c >= 'A' && c <= 'Z') ? (u_char) (c | 0x20) : c;
}


/*
 * The length of the character at p, 0 if it is none.  The second byte
 * carries what RFC 3629 forbids: overlong forms, surrogates, more than
 * U+10FFFF.
 */
static size_t
str_utf8_len(const u_char *p, const u_char *last)
{
    size_t  i, n;
    u_char  low, high;

    if (*p < 0x80) {
        return 1;
    }

    if (*p < 0xc2 || *p > 0xf4) {
        return 0;
    }

    n = (*p < 0xe0) ? 2 : (*p < 0xf0) ? 3 : 4;

    if ((size_t) (last - p) < n) {
        return 0;
    }

    low = (*p == 0xe0) ? 0xa0 : (*p == 0xf0) ? 0x90 : 0x80;
    high = (*p == 0xed) ? 0x9f : (*p == 0xf4) ? 0x8f : 0xbf;

    if (p[1] < low || p[1] > high) {
        return 0;
    }

    for (i = 2; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }

    return n;
}
