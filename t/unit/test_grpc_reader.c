/* SPDX-License-Identifier: MIT */

/* gRPC answers as bytes: framing, trailers, deadlines. */

#include "../../worker/grpc_reader.c"
#include "unit.h"

#define MAX  64


static void
header(oauth2_grpc_reader_t *reader, const char *name, const char *value)
{
    oauth2_grpc_reader_header(reader, oauth2_str_of(name),
                              oauth2_str_of(value));
}


static oauth2_grpc_answer_t
answer_of(oauth2_grpc_reader_t *reader)
{
    oauth2_grpc_answer_t  answer;

    oauth2_grpc_reader_done(reader, &answer);

    return answer;
}


/* Whatever the pieces are that it comes in. */
static void
pieces(oauth2_pool_t *pool)
{
    size_t                 step, i, n;
    oauth2_str_t           bytes, piece;
    oauth2_grpc_answer_t   answer;
    oauth2_grpc_reader_t   reader;

    bytes = unit_hex(pool, "000000000568656c6c6f");

    for (step = 1; step <= bytes.len; step++) {
        oauth2_grpc_reader_init(&reader, pool, MAX);
        header(&reader, ":status", "200");
        header(&reader, "content-type", "application/grpc");

        for (i = 0; i < bytes.len; i += n) {
            n = (bytes.len - i < step) ? bytes.len - i : step;
            piece.data = bytes.data + i;
            piece.len = n;
            oauth2_grpc_reader_body(&reader, piece);
        }

        header(&reader, "grpc-status", "0");
        answer = answer_of(&reader);

        if (unit_refused(answer.code == OAUTH2_GRPC_INTERNAL)) {
            return;
        }

        assert_int_equal(answer.code, OAUTH2_GRPC_OK);
        assert_false(answer.unsent);
        unit_str(answer.body, "hello");
    }
}


static void
empty_message(oauth2_pool_t *pool)
{
    oauth2_grpc_answer_t   answer;
    oauth2_grpc_reader_t   reader;

    oauth2_grpc_reader_init(&reader, pool, MAX);
    oauth2_grpc_reader_body(&reader, unit_hex(pool, "0000000000"));
    header(&reader, "grpc-status", "0");
    answer = answer_of(&reader);

    if (unit_refused(answer.code == OAUTH2_GRPC_INTERNAL)) {
        return;
    }

    assert_int_equal(answer.code, OAUTH2_GRPC_OK);
    assert_int_equal(answer.body.len, 0);
}


static void
broken_body(oauth2_pool_t *pool, const char *hex)
{
    oauth2_grpc_answer_t   answer;
    oauth2_grpc_reader_t   reader;

    oauth2_grpc_reader_init(&reader, pool, MAX);
    oauth2_grpc_reader_body(&reader, unit_hex(pool, hex));
    header(&reader, "grpc-status", "0");
    answer = answer_of(&reader);

    assert_int_equal(answer.code, OAUTH2_GRPC_INTERNAL);
    assert_null(answer.body.data);
    assert_true(answer.message.len > 0);
}


/* Without memory they are broken as well: the same answer. */
static void
broken(void **state)
{
    oauth2_pool_t  *pool;

    (void) state;

    pool = oauth2_pool_create();
    assert_non_null(pool);

    broken_body(pool, "");                          /* nothing at all */
    broken_body(pool, "00000000");                  /* half a prefix */
    broken_body(pool, "000000000568656c6c");        /* cut off */
    broken_body(pool, "010000000568656c6c6f");      /* compressed */
    broken_body(pool, "000000004100");              /* 65 bytes of 64 */
    broken_body(pool, "00ffffffff00");
    broken_body(pool, "00000000016100");            /* a byte too many */
    broken_body(pool, "00000000016100000000016200");  /* two messages */

    oauth2_pool_release(pool);
}


/* grpc-message is percent-encoded; what is wrong stays as it is. */
static void
message(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_grpc_answer_t   answer;
    oauth2_grpc_reader_t   reader;

    static const char *const  rows[][2] = {
        { "no%20such %E2%82%ac+1", "no such \xe2\x82\xac+1" },
        { "100% wrong", "100% wrong" },
        { "%", "%" },
        { "%4", "%4" },
        { "%41", "A" },
        { "%4g%g4%%41", "%4g%g4%A" },
        { "", "" }
    };

    oauth2_grpc_reader_init(&reader, pool, MAX);
    header(&reader, "grpc-status", "5");

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        header(&reader, "grpc-message", rows[i][0]);
        answer = answer_of(&reader);
        unit_ptr(answer.message.data);
        assert_int_equal(answer.code, OAUTH2_GRPC_NOT_FOUND);
        assert_int_equal(answer.message.len, strlen(rows[i][1]));
        assert_memory_equal(answer.message.data, rows[i][1],
                            answer.message.len);
    }
}


/* base64 of any padding, and none. */
static void
details(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_grpc_answer_t   answer;
    oauth2_grpc_reader_t   reader;

    static const char *const  forms[] = { "CAYSAWE=", "CAYSAWE" };

    oauth2_grpc_reader_init(&reader, pool, MAX);
    header(&reader, "grpc-status", "6");

    for (i = 0; i < 2; i++) {
        header(&reader, "grpc-status-details-bin", forms[i]);
        answer = answer_of(&reader);
        unit_ptr(answer.details.data);
        unit_str(answer.details, "\x08\x06\x12\x01" "a");
    }

    assert_int_equal(answer.code, OAUTH2_GRPC_ALREADY_EXISTS);
}


static void
no_details(void **state)
{
    oauth2_pool_t         *pool;
    oauth2_grpc_reader_t   reader;

    (void) state;

    pool = oauth2_pool_create();
    assert_non_null(pool);

    oauth2_grpc_reader_init(&reader, pool, MAX);
    header(&reader, "grpc-status", "6");
    header(&reader, "grpc-status-details-bin", "not base64!");
    assert_null(answer_of(&reader).details.data);
    assert_int_equal(answer_of(&reader).code, OAUTH2_GRPC_ALREADY_EXISTS);

    oauth2_pool_release(pool);
}


static void
codes(void **state)
{
    size_t                 i;
    oauth2_pool_t         *pool;
    oauth2_grpc_reader_t   reader;

    static const struct {
        const char  *http;
        const char  *grpc;
        unsigned     code;
    } rows[] = {
        { "200", "14", OAUTH2_GRPC_UNAVAILABLE },
        { "200", "16", OAUTH2_GRPC_UNAUTHENTICATED },
        { "200", "17", OAUTH2_GRPC_UNKNOWN },
        { "200", "-1", OAUTH2_GRPC_UNKNOWN },
        { "200", "", OAUTH2_GRPC_UNKNOWN },
        { "200", "0x0", OAUTH2_GRPC_UNKNOWN },
        { "200", NULL, OAUTH2_GRPC_UNKNOWN },
        { "400", NULL, OAUTH2_GRPC_INTERNAL },
        { "401", NULL, OAUTH2_GRPC_UNAUTHENTICATED },
        { "403", NULL, OAUTH2_GRPC_PERMISSION_DENIED },
        { "404", NULL, OAUTH2_GRPC_UNIMPLEMENTED },
        { "429", NULL, OAUTH2_GRPC_UNAVAILABLE },
        { "502", NULL, OAUTH2_GRPC_UNAVAILABLE },
        { "503", NULL, OAUTH2_GRPC_UNAVAILABLE },
        { "504", NULL, OAUTH2_GRPC_UNAVAILABLE },
        { "600000", NULL, OAUTH2_GRPC_UNKNOWN },
        { NULL, NULL, OAUTH2_GRPC_UNKNOWN }
    };

    (void) state;

    pool = oauth2_pool_create();
    assert_non_null(pool);

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        oauth2_grpc_reader_init(&reader, pool, MAX);

        if (rows[i].http != NULL) {
            header(&reader, ":status", rows[i].http);
        }

        if (rows[i].grpc != NULL) {
            header(&reader, "grpc-status", rows[i].grpc);
        }

        assert_int_equal(answer_of(&reader).code, rows[i].code);
        assert_null(answer_of(&reader).body.data);
    }

    oauth2_pool_release(pool);
}


/* A header of any length costs no more memory than a sane one. */
static void
long_header(oauth2_pool_t *pool)
{
    oauth2_str_t           value;
    oauth2_grpc_answer_t   answer;
    oauth2_grpc_reader_t   reader;

    value.len = GRPC_HEADER_MAX + 1;
    value.data = malloc(value.len);
    assert_non_null(value.data);
    memset(value.data, 'a', value.len);

    oauth2_grpc_reader_init(&reader, pool, MAX);
    oauth2_grpc_reader_header(&reader, oauth2_str("grpc-message"), value);
    header(&reader, "grpc-status", "2");
    answer = answer_of(&reader);
    assert_null(answer.message.data);

    free(value.data);
}


static void
written(void **state)
{
    char    text[16];
    size_t  i;
    u_char  prefix[OAUTH2_GRPC_PREFIX];

    static const struct {
        int64_t      ms;
        const char  *text;
    } rows[] = {
        { -5, "1m" },
        { 0, "1m" },
        { 200, "200m" },
        { 60000, "60000m" },
        { 99999999, "99999999m" },
        { 100000000, "100000S" },
        { INT64_MAX, "99999999S" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        oauth2_grpc_write_timeout(text, rows[i].ms);
        assert_string_equal(text, rows[i].text);
    }

    oauth2_grpc_write_prefix(prefix, 0x01020304);
    assert_memory_equal(prefix, "\0\x01\x02\x03\x04", 5);
}


static const struct CMUnitTest  tests[] = {
    unit_row(pieces),
    unit_row(empty_message),
    cmocka_unit_test(broken),
    unit_row(message),
    unit_row(details),
    cmocka_unit_test(no_details),
    cmocka_unit_test(codes),
    unit_row(long_header),
    cmocka_unit_test(written)
};


int
main(void)
{
    return cmocka_run_group_tests_name("grpc_reader", tests, NULL, NULL);
}
