/* SPDX-License-Identifier: MIT */

/*
 * A call: a stream, a reader and a deadline.
 */

#include "../src/core/str.h"
#include "grpc.h"
#include "pb.h"

/* How much longer than the server we wait, in milliseconds. */
#define GRPC_GRACE  20

struct oauth2_grpc_call_s {
    oauth2_pool_t         *pool;
    oauth2_h2_stream_t    *stream;
    struct event          *timer;
    oauth2_grpc_done_pt    done;
    void                  *data;
    oauth2_grpc_reader_t   reader;
};


static void call_end(oauth2_grpc_call_t *call,
    const oauth2_grpc_answer_t *answer);
static void call_on_header(void *data, oauth2_str_t name,
    oauth2_str_t value);
static void call_on_body(void *data, oauth2_str_t bytes);
static void call_on_ended(void *data, oauth2_h2_end_e how);
static void call_on_timer(evutil_socket_t fd, short what, void *data);


static const oauth2_h2_handler_t  call_handler = {
    call_on_header, call_on_body, call_on_ended
};


oauth2_grpc_call_t *
oauth2_grpc_start(struct event_base *base, oauth2_h2_t *h2,
    oauth2_pool_t *pool, const char *path, oauth2_str_t body,
    int64_t timeout_ms, oauth2_grpc_done_pt done, void *data)
{
    char                 timeout[16];
    int64_t              wait;
    struct timeval       tv;
    oauth2_grpc_call_t  *call;

    call = oauth2_pool_alloc(pool, sizeof(oauth2_grpc_call_t));
    if (call == NULL) {
        return NULL;
    }

    call->timer = evtimer_new(base, call_on_timer, call);
    if (call->timer == NULL) {
        return NULL;
    }

    call->pool = pool;
    call->done = done;
    call->data = data;

    oauth2_grpc_reader_init(&call->reader, pool, OAUTH2_PB_MAX);
    oauth2_grpc_write_prefix(body.data, body.len - OAUTH2_GRPC_PREFIX);
    oauth2_grpc_write_timeout(timeout, timeout_ms);

    oauth2_pool_keep(pool);

    call->stream = oauth2_h2_start(h2, path, timeout, body, &call_handler,
                                   call);

    wait = (call->stream == NULL) ? 0 : timeout_ms + GRPC_GRACE;
    tv.tv_sec = wait / 1000;
    tv.tv_usec = (wait % 1000) * 1000;
    (void) evtimer_add(call->timer, &tv);

    return call;
}


void
oauth2_grpc_cancel(oauth2_grpc_call_t *call)
{
    if (call->stream != NULL) {
        oauth2_h2_cancel(call->stream);
    }

    event_free(call->timer);
    oauth2_pool_release(call->pool);
}


static void
call_end(oauth2_grpc_call_t *call, const oauth2_grpc_answer_t *answer)
{
    oauth2_pool_t  *pool;

    pool = call->pool;
    event_free(call->timer);
    call->timer = NULL;

    call->done(answer, call->data);
    oauth2_pool_release(pool);
}


static void
call_on_header(void *data, oauth2_str_t name, oauth2_str_t value)
{
    oauth2_grpc_call_t  *call;

    call = data;
    oauth2_grpc_reader_header(&call->reader, name, value);
}


static void
call_on_body(void *data, oauth2_str_t bytes)
{
    oauth2_grpc_call_t  *call;

    call = data;
    oauth2_grpc_reader_body(&call->reader, bytes);
}


static void
call_on_ended(void *data, oauth2_h2_end_e how)
{
    oauth2_grpc_call_t    *call;
    oauth2_grpc_answer_t   answer;

    call = data;
    call->stream = NULL;

    if (how == OAUTH2_H2_ENDED) {
        oauth2_grpc_reader_done(&call->reader, &answer);

    } else {
        memset(&answer, 0, sizeof(answer));
        answer.code = OAUTH2_GRPC_UNAVAILABLE;
        answer.unsent = (how == OAUTH2_H2_UNSENT);
        answer.message = oauth2_str("the connection was lost");
    }

    call_end(call, &answer);
}


static void
call_on_timer(evutil_socket_t fd, short what, void *data)
{
    oauth2_grpc_call_t    *call;
    oauth2_grpc_answer_t   answer;

    (void) fd;
    (void) what;

    call = data;
    memset(&answer, 0, sizeof(answer));

    if (call->stream == NULL) {
        answer.code = OAUTH2_GRPC_UNAVAILABLE;
        answer.unsent = true;
        answer.message = oauth2_str("no connection");

    } else {
        answer.code = OAUTH2_GRPC_DEADLINE_EXCEEDED;
        answer.message = oauth2_str("no answer in time");
        oauth2_h2_cancel(call->stream);
        call->stream = NULL;
    }

    call_end(call, &answer);
}
