/* SPDX-License-Identifier: MIT */

/*
 * Any answer of a gRPC server: a byte for the size of the pieces, header
 * lines, an empty line, the body.  Whole and in pieces it is the same.
 */

#include "fuzz.h"

#include "../../worker/grpc_reader.c"

#define BODY_MAX  512


static size_t headers(oauth2_grpc_reader_t *reader, oauth2_str_t text);
static void body(oauth2_grpc_reader_t *reader, oauth2_str_t text,
    size_t step);
static void same(oauth2_grpc_answer_t *a, oauth2_grpc_answer_t *b);


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    size_t                 step, n;
    oauth2_grpc_answer_t   a, b;
    oauth2_grpc_reader_t   whole, pieces;

    if (text.len == 0) {
        return;
    }

    step = 1 + text.data[0] % 16;
    text.data++;
    text.len--;

    oauth2_grpc_reader_init(&whole, pool, BODY_MAX);
    oauth2_grpc_reader_init(&pieces, pool, BODY_MAX);

    n = headers(&whole, text);
    fuzz_require(headers(&pieces, text) == n);

    text.data += n;
    text.len -= n;
    body(&whole, text, text.len + 1);
    body(&pieces, text, step);

    oauth2_grpc_reader_done(&whole, &a);
    oauth2_grpc_reader_done(&pieces, &b);
    same(&a, &b);

    fuzz_require(a.code <= 16 && !a.unsent);
    fuzz_require((a.code == OAUTH2_GRPC_OK) == (a.body.data != NULL));
    fuzz_require(a.body.len <= BODY_MAX);
    fuzz_require(a.body.len == 0 || a.body.len + 5 == text.len);
}


/* "name: value" lines up to an empty one; how many bytes they are. */
static size_t
headers(oauth2_grpc_reader_t *reader, oauth2_str_t text)
{
    u_char        *end, *colon;
    size_t         at;
    oauth2_str_t   line, name, value;

    at = 0;

    while (at < text.len) {
        line.data = text.data + at;
        end = memchr(line.data, '\n', text.len - at);
        line.len = (end == NULL) ? text.len - at
                                 : (size_t) (end - line.data);
        at += line.len + (end != NULL);

        if (line.len == 0) {
            break;
        }

        colon = memchr(line.data + 1, ':', line.len - 1);
        if (colon == NULL) {
            continue;
        }

        name = line;
        name.len = (size_t) (colon - line.data);
        value.data = colon + 1;
        value.len = line.len - name.len - 1;
        oauth2_grpc_reader_header(reader, name, oauth2_str_trim(value));
    }

    return at;
}


static void
body(oauth2_grpc_reader_t *reader, oauth2_str_t text, size_t step)
{
    size_t        i;
    oauth2_str_t  piece;

    for (i = 0; i < text.len; i += piece.len) {
        piece.data = text.data + i;
        piece.len = (text.len - i < step) ? text.len - i : step;
        oauth2_grpc_reader_body(reader, piece);
    }
}


static void
same(oauth2_grpc_answer_t *a, oauth2_grpc_answer_t *b)
{
    fuzz_require(a->code == b->code);
    fuzz_require(oauth2_str_same(a->message, b->message));
    fuzz_require(oauth2_str_same(a->details, b->details));
    fuzz_require(oauth2_str_same(a->body, b->body));
}
