/* SPDX-License-Identifier: MIT */

/*
 * Unary gRPC calls over h2.h, and reading their answers.
 *
 * The reader is pure: headers, trailers and body pieces in, one answer out.
 * A call adds the deadline.  done() is called exactly once for a call that
 * was not cancelled, never from within oauth2_grpc_start().
 */

#ifndef OAUTH2_GRPC_H
#define OAUTH2_GRPC_H

#include "../src/core/pool.h"
#include "h2.h"

#define OAUTH2_GRPC_PREFIX  5      /* bytes before a message */

/* The codes that are told apart (gRPC, "statuscodes"). */
typedef enum {
    OAUTH2_GRPC_OK = 0,
    OAUTH2_GRPC_CANCELLED = 1,
    OAUTH2_GRPC_UNKNOWN = 2,
    OAUTH2_GRPC_INVALID_ARGUMENT = 3,
    OAUTH2_GRPC_DEADLINE_EXCEEDED = 4,
    OAUTH2_GRPC_NOT_FOUND = 5,
    OAUTH2_GRPC_ALREADY_EXISTS = 6,
    OAUTH2_GRPC_PERMISSION_DENIED = 7,
    OAUTH2_GRPC_RESOURCE_EXHAUSTED = 8,
    OAUTH2_GRPC_FAILED_PRECONDITION = 9,
    OAUTH2_GRPC_UNIMPLEMENTED = 12,
    OAUTH2_GRPC_INTERNAL = 13,
    OAUTH2_GRPC_UNAVAILABLE = 14,
    OAUTH2_GRPC_UNAUTHENTICATED = 16
} oauth2_grpc_code_e;

/* unsent: the server has surely not seen the request. */
typedef struct {
    unsigned      code;
    bool          unsent;
    oauth2_str_t  message;
    oauth2_str_t  details;     /* bytes of grpc-status-details-bin */
    oauth2_str_t  body;        /* the message; absent unless code is 0 */
} oauth2_grpc_answer_t;

typedef struct {
    oauth2_pool_t  *pool;
    size_t          max;
    size_t          got;          /* bytes of prefix and body */
    size_t          size;         /* of the body */
    u_char         *data;
    u_char          prefix[OAUTH2_GRPC_PREFIX];
    unsigned        http_status;
    unsigned        code;
    bool            has_code;
    bool            broken;
    oauth2_str_t    message;
    oauth2_str_t    details;
} oauth2_grpc_reader_t;

typedef struct oauth2_grpc_call_s  oauth2_grpc_call_t;

/* The answer lives in the call's pool. */
typedef void (*oauth2_grpc_done_pt)(const oauth2_grpc_answer_t *answer,
    void *data);


/* max in bytes of the message. */
void oauth2_grpc_reader_init(oauth2_grpc_reader_t *reader,
    oauth2_pool_t *pool, size_t max);

/* A header or a trailer; others than gRPC's are ignored. */
void oauth2_grpc_reader_header(oauth2_grpc_reader_t *reader,
    oauth2_str_t name, oauth2_str_t value);

void oauth2_grpc_reader_body(oauth2_grpc_reader_t *reader,
    oauth2_str_t bytes);

/* The answer of a stream that ended in order. */
void oauth2_grpc_reader_done(oauth2_grpc_reader_t *reader,
    oauth2_grpc_answer_t *answer);

/* Fills the prefix of a message that stands behind it. */
void oauth2_grpc_write_prefix(u_char prefix[OAUTH2_GRPC_PREFIX],
    size_t size);

/* The value of grpc-timeout: at most 8 digits and a unit. */
void oauth2_grpc_write_timeout(char text[16], int64_t ms);

/*
 * Starts a call.  body begins with the prefix, which is filled here, and
 * must live in the pool, which is kept until done().  timeout_ms is told
 * to the server and held against it here.  Without a connection the call
 * fails as unsent.  NULL: no memory; done() will not be called.
 */
oauth2_grpc_call_t *oauth2_grpc_start(struct event_base *base,
    oauth2_h2_t *h2, oauth2_pool_t *pool, const char *path,
    oauth2_str_t body, int64_t timeout_ms, oauth2_grpc_done_pt done,
    void *data);

/* done() will not be called. */
void oauth2_grpc_cancel(oauth2_grpc_call_t *call);

#endif
