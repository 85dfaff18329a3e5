/* SPDX-License-Identifier: MIT */

/*
 * Histories for the tests of the decision function, event by event; and the
 * decision function itself, as a test takes in what it tests.
 */

#ifndef OAUTH2_DECIDE_HISTORY_H
#define OAUTH2_DECIDE_HISTORY_H

#include "temporal.pb-c.c"
#include "../../worker/pb.c"
#include "../../worker/payload.c"
#include "../../worker/command.c"
#include "../../worker/decide_activity.c"
#include "../../worker/decide_replay.c"
#include "../../worker/decide.c"
#include "unit.h"

#define EVENTS  32

#define START  "{\"operation_id\":\"op\",\"request_id\":\"r\","              \
               "\"input\":{\"email\":\"e\"}}"

#define TOKEN    "{\"token_digest\":\"00\"}"
#define OUTCOME  "{\"status\":\"created\",\"method\":\"m\","                 \
                 "\"result\":{\"user_id\":\"u\"}}"

/* A history, made while no allocation is refused. */
typedef struct {
    oauth2_pool_t      *pool;
    size_t              n;
    oauth2_pb_event_t  *events[EVENTS];
} history_t;

static oauth2_token_key_t  key;


/* What was refused can look like a payload that cannot be read. */
#define decide_rc(expected, call)                                            \
    do {                                                                     \
        oauth2_decide_e  decide_got = (call);                                \
        if (unit_refused(decide_got == OAUTH2_DECIDE_NOMEM                   \
                         || (decide_got != (expected)                        \
                             && decide_got == OAUTH2_DECIDE_UNREADABLE)))    \
        {                                                                    \
            return;                                                          \
        }                                                                    \
        assert_int_equal(decide_got, expected);                              \
    } while (0)


static oauth2_pb_event_t *
event(history_t *h, int type)
{
    oauth2_pb_event_t  *e;

    assert_true(h->n < EVENTS);
    e = oauth2_pb_new(h->pool, event);
    e->event_type = type;
    e->event_id = (int64_t) ++h->n;
    h->events[h->n - 1] = e;

    return e;
}


OAUTH2_UNUSED static void
task(history_t *h)
{
    oauth2_pb_event_t  *e;

    (void) event(h, OAUTH2_EVENT_TASK_SCHEDULED);
    e = event(h, OAUTH2_EVENT_TASK_STARTED);
    e->event_time = oauth2_pb_new(h->pool, timestamp);
    e->event_time->seconds = 1735689600;
    e->event_time->nanos = 250000000;
}


OAUTH2_UNUSED static void
begin(history_t *h, oauth2_pool_t *pool, const oauth2_token_key_t *with,
    const char *input)
{
    oauth2_pb_event_t            *e;
    Oauth2__Pb__WorkflowStarted  *started;

    memset(&key, 7, sizeof(key));
    memcpy(key.id, "deadbeef", 9);
    key.next = NULL;

    h->pool = pool;
    h->n = 0;

    e = event(h, OAUTH2_EVENT_STARTED);
    e->attributes_case = OAUTH2__PB__EVENT__ATTRIBUTES_WORKFLOW_STARTED;
    started = oauth2_pb_new(pool, workflow_started);
    started->input = oauth2_payload_write(pool, with, oauth2_str_of(input));
    e->workflow_started = started;

    task(h);
}


/* result NULL: it failed, to be tried again when backoff is true. */
OAUTH2_UNUSED static void
marker(history_t *h, unsigned seq, const char *type, const char *result,
    bool backoff)
{
    oauth2_marker_t           m;
    oauth2_pb_event_t        *e;
    Oauth2__Pb__Marker       *attributes;
    Oauth2__Pb__RecordMarker *command;

    memset(&m, 0, sizeof(m));
    m.seq = seq;
    m.attempt = 1;
    m.type = type;
    m.failure = (result == NULL) ? "away" : NULL;
    m.backoff_ms = backoff ? 1000 : 0;
    m.result = oauth2_str_of(result == NULL ? "" : result);
    command = oauth2_command_marker(h->pool, &key, &m)->record_marker;

    attributes = oauth2_pb_new(h->pool, marker);
    attributes->marker_name = command->marker_name;
    attributes->n_details = command->n_details;
    attributes->details = command->details;
    attributes->failure = command->failure;

    e = event(h, OAUTH2_EVENT_MARKER);
    e->attributes_case = OAUTH2__PB__EVENT__ATTRIBUTES_MARKER;
    e->marker = attributes;
}


OAUTH2_UNUSED static int64_t
scheduled(history_t *h, const char *type)
{
    oauth2_pb_event_t  *e;

    e = event(h, OAUTH2_EVENT_ACTIVITY_SCHEDULED);
    e->attributes_case = OAUTH2__PB__EVENT__ATTRIBUTES_ACTIVITY_SCHEDULED;
    e->activity_scheduled = oauth2_pb_new(h->pool, activity_scheduled);
    e->activity_scheduled->activity_type = oauth2_pb_type(h->pool, type);

    return e->event_id;
}


OAUTH2_UNUSED static void
ended(history_t *h, int64_t id)
{
    oauth2_pb_event_t  *e;

    e = event(h, OAUTH2_EVENT_ACTIVITY_COMPLETED);
    e->attributes_case = OAUTH2__PB__EVENT__ATTRIBUTES_ACTIVITY_COMPLETED;
    e->activity_completed = oauth2_pb_new(h->pool, activity_completed);
    e->activity_completed->scheduled_event_id = id;
}


OAUTH2_UNUSED static void
timer(history_t *h, bool fired)
{
    oauth2_pb_event_t  *e;

    e = event(h, OAUTH2_EVENT_TIMER_STARTED);
    e->attributes_case = OAUTH2__PB__EVENT__ATTRIBUTES_TIMER_STARTED;
    e->timer_started = oauth2_pb_new(h->pool, timer_started);

    if (fired) {
        e = event(h, OAUTH2_EVENT_TIMER_FIRED);
        e->attributes_case = OAUTH2__PB__EVENT__ATTRIBUTES_TIMER_FIRED;
        e->timer_fired = oauth2_pb_new(h->pool, timer_fired);
    }
}


/* While no allocation is refused. */
#define PREPARE(statements)                                                  \
    do {                                                                     \
        unsigned  left = oauth2_pool_fail_at(0);                             \
        statements                                                           \
        (void) oauth2_pool_fail_at(left);                                    \
    } while (0)


OAUTH2_UNUSED static oauth2_decide_e
decide(oauth2_decide_t *d, history_t *h, const char *type)
{
    assert_int_equal(oauth2_decide_init(d, h->pool, &key, "queue", type),
                     OAUTH2_OK);

    return oauth2_decide_replay(d, h->events, h->n);
}


OAUTH2_UNUSED static void
commands(const oauth2_decide_t *d, const int *types)
{
    size_t  i;

    for (i = 0; types[i] != 0; i++) {
        assert_true(i < d->n_commands);
        assert_int_equal(d->commands[i]->command_type, types[i]);
    }

    assert_int_equal(d->n_commands, i);
}

#endif
