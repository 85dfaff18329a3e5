/* SPDX-License-Identifier: MIT */

/*
 * gRPC over HTTP/2 as bytes: framing, trailers, timeouts.  Pure.
 */

#include <stdio.h>

#include "../src/core/encode.h"
#include "../src/core/str.h"
#include "grpc.h"

#define GRPC_HEADER_MAX    8192
#define GRPC_HTTP_MESSAGE  48


static oauth2_str_t reader_message(oauth2_pool_t *pool, oauth2_str_t value);
static int reader_digit(u_char c);
static oauth2_str_t reader_details(oauth2_pool_t *pool, oauth2_str_t value);
static void reader_prefix(oauth2_grpc_reader_t *reader);
static unsigned reader_http_code(unsigned status);
static oauth2_str_t reader_http_message(oauth2_grpc_reader_t *reader);


void
oauth2_grpc_reader_init(oauth2_grpc_reader_t *reader, oauth2_pool_t *pool,
    size_t max)
{
    memset(reader, 0, sizeof(oauth2_grpc_reader_t));
    reader->pool = pool;
    reader->max = max;
}


void
oauth2_grpc_reader_header(oauth2_grpc_reader_t *reader, oauth2_str_t name,
    oauth2_str_t value)
{
    uint64_t  n;

    if (value.len > GRPC_HEADER_MAX) {
        return;
    }

    if (oauth2_str_same(name, oauth2_str(":status"))) {
        if (oauth2_str_parse_uint(value, 999, &n) == OAUTH2_OK) {
            reader->http_status = (unsigned) n;
        }

    } else if (oauth2_str_same(name, oauth2_str("grpc-status"))) {
        reader->has_code = true;
        reader->code = OAUTH2_GRPC_UNKNOWN;

        if (oauth2_str_parse_uint(value, 16, &n) == OAUTH2_OK) {
            reader->code = (unsigned) n;
        }

    } else if (oauth2_str_same(name, oauth2_str("grpc-message"))) {
        reader->message = reader_message(reader->pool, value);

    } else if (oauth2_str_same(name, oauth2_str("grpc-status-details-bin")))
    {
        reader->details = reader_details(reader->pool, value);
    }
}


void
oauth2_grpc_reader_body(oauth2_grpc_reader_t *reader, oauth2_str_t bytes)
{
    size_t  i, n, done;

    for (i = 0; i < bytes.len && !reader->broken; i += n) {

        if (reader->got < OAUTH2_GRPC_PREFIX) {
            n = 1;
            reader->prefix[reader->got++] = bytes.data[i];

            if (reader->got == OAUTH2_GRPC_PREFIX) {
                reader_prefix(reader);
            }

            continue;
        }

        done = reader->got - OAUTH2_GRPC_PREFIX;
        n = reader->size - done;

        if (n == 0) {
            /* a second message: this was no unary answer */
            reader->broken = true;
            return;
        }

        if (n > bytes.len - i) {
            n = bytes.len - i;
        }

        memcpy(reader->data + done, bytes.data + i, n);
        reader->got += n;
    }
}


void
oauth2_grpc_reader_done(oauth2_grpc_reader_t *reader,
    oauth2_grpc_answer_t *answer)
{
    memset(answer, 0, sizeof(oauth2_grpc_answer_t));
    answer->message = reader->message;
    answer->details = reader->details;

    if (!reader->has_code) {
        answer->code = reader_http_code(reader->http_status);
        answer->message = reader_http_message(reader);
        return;
    }

    answer->code = reader->code;
    if (answer->code != OAUTH2_GRPC_OK) {
        return;
    }

    if (reader->broken || reader->got < OAUTH2_GRPC_PREFIX
        || reader->got - OAUTH2_GRPC_PREFIX != reader->size)
    {
        answer->code = OAUTH2_GRPC_INTERNAL;
        answer->message = oauth2_str("the answer is not one whole message");
        return;
    }

    answer->body.data = reader->data;
    answer->body.len = reader->size;
}


void
oauth2_grpc_write_prefix(u_char prefix[OAUTH2_GRPC_PREFIX], size_t size)
{
    prefix[0] = 0;
    prefix[1] = (u_char) (size >> 24);
    prefix[2] = (u_char) (size >> 16);
    prefix[3] = (u_char) (size >> 8);
    prefix[4] = (u_char) size;
}


void
oauth2_grpc_write_timeout(char text[16], int64_t ms)
{
    if (ms < 1) {
        ms = 1;
    }

    if (ms <= 99999999) {
        (void) snprintf(text, 16, "%um", (unsigned) ms);

    } else {
        ms /= 1000;
        (void) snprintf(text, 16, "%uS",
                        (unsigned) (ms > 99999999 ? 99999999 : ms));
    }
}


static void
reader_prefix(oauth2_grpc_reader_t *reader)
{
    reader->size = ((size_t) reader->prefix[1] << 24)
                   | ((size_t) reader->prefix[2] << 16)
                   | ((size_t) reader->prefix[3] << 8)
                   | (size_t) reader->prefix[4];

    /* compression was not offered */
    if (reader->prefix[0] != 0 || reader->size > reader->max) {
        reader->broken = true;
        return;
    }

    reader->data = oauth2_pool_alloc(reader->pool, reader->size + 1);
    if (reader->data == NULL) {
        reader->broken = true;
    }
}


/* Percent-encoded; what is wrong stays as it is, as gRPC wants it. */
static oauth2_str_t
reader_message(oauth2_pool_t *pool, oauth2_str_t value)
{
    int           high, low;
    u_char       *p;
    size_t        i;
    oauth2_str_t  text;

    if (oauth2_pool_copy(pool, value, &text) != OAUTH2_OK) {
        return oauth2_str_null;
    }

    p = text.data;

    for (i = 0; i < value.len; i++) {
        high = (value.len - i > 2) ? reader_digit(value.data[i + 1]) : -1;
        low = (value.len - i > 2) ? reader_digit(value.data[i + 2]) : -1;

        if (value.data[i] != '%' || high < 0 || low < 0) {
            *p++ = value.data[i];
            continue;
        }

        *p++ = (u_char) (high << 4 | low);
        i += 2;
    }

    text.len = (size_t) (p - text.data);

    return text;
}


static int
reader_digit(u_char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}


/* base64, mostly without the padding that ours wants. */
static oauth2_str_t
reader_details(oauth2_pool_t *pool, oauth2_str_t value)
{
    u_char        *p;
    oauth2_str_t   padded, bytes;

    p = oauth2_pool_alloc(pool, value.len + 4);
    if (p == NULL) {
        return oauth2_str_null;
    }

    if (value.len != 0) {
        memcpy(p, value.data, value.len);
    }

    padded.data = p;
    padded.len = value.len;

    while (padded.len % 4 != 0) {
        p[padded.len++] = '=';
    }

    if (oauth2_encode_parse_base64(pool, padded, &bytes) != OAUTH2_OK) {
        return oauth2_str_null;
    }

    return bytes;
}


/* gRPC, "http-grpc-status-mapping". */
static unsigned
reader_http_code(unsigned status)
{
    switch (status) {
    case 400:
        return OAUTH2_GRPC_INTERNAL;
    case 401:
        return OAUTH2_GRPC_UNAUTHENTICATED;
    case 403:
        return OAUTH2_GRPC_PERMISSION_DENIED;
    case 404:
        return OAUTH2_GRPC_UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
        return OAUTH2_GRPC_UNAVAILABLE;
    default:
        return OAUTH2_GRPC_UNKNOWN;
    }
}


static oauth2_str_t
reader_http_message(oauth2_grpc_reader_t *reader)
{
    char          *p;
    oauth2_str_t   text;

    p = oauth2_pool_alloc(reader->pool, GRPC_HTTP_MESSAGE);
    if (p == NULL) {
        return oauth2_str("no grpc-status");
    }

    text.len = (size_t) snprintf(p, GRPC_HTTP_MESSAGE, "no grpc-status, "
                                 "HTTP status %u", reader->http_status);
    text.data = (u_char *) p;

    return text;
}
