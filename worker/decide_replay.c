/* SPDX-License-Identifier: MIT */

/*
 * Reading a history: each event must be one that the table would have
 * caused at this place.
 */

#include <stdio.h>

#include "../src/core/json.h"
#include "../src/core/str.h"
#include "decide_replay.h"

typedef oauth2_decide_e (*replay_pt)(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);

/* attributes: the case that the event must have, 0: any. */
typedef struct {
    int        type;
    int        attributes;
    replay_pt  run;         /* NULL: the event changes nothing */
} replay_t;


static oauth2_decide_e replay_event(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_started(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_shape(oauth2_decide_t *d,
    const oauth2_pb_event_t *event, oauth2_str_t json);
static void replay_skip(oauth2_decide_t *d);
static oauth2_decide_e replay_task(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_cancel(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_finished(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_closed(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);


#define REPLAY_CASE(name)  OAUTH2__PB__EVENT__ATTRIBUTES_##name

static const replay_t  replay_table[] = {
    { OAUTH2_EVENT_STARTED, REPLAY_CASE(WORKFLOW_STARTED), replay_started },
    { OAUTH2_EVENT_COMPLETED, 0, replay_finished },
    { OAUTH2_EVENT_FAILED, 0, replay_closed },
    { OAUTH2_EVENT_TIMED_OUT, 0, replay_closed },
    { OAUTH2_EVENT_TASK_SCHEDULED, 0, NULL },
    { OAUTH2_EVENT_TASK_STARTED, 0, replay_task },
    { OAUTH2_EVENT_TASK_COMPLETED, 0, NULL },
    { OAUTH2_EVENT_TASK_TIMED_OUT, 0, NULL },
    { OAUTH2_EVENT_TASK_FAILED, 0, NULL },
    { OAUTH2_EVENT_ACTIVITY_SCHEDULED, REPLAY_CASE(ACTIVITY_SCHEDULED),
      oauth2_decide_scheduled },
    { OAUTH2_EVENT_ACTIVITY_STARTED, 0, NULL },
    { OAUTH2_EVENT_ACTIVITY_COMPLETED, REPLAY_CASE(ACTIVITY_COMPLETED),
      oauth2_decide_completed },
    { OAUTH2_EVENT_ACTIVITY_FAILED, REPLAY_CASE(ACTIVITY_FAILED),
      oauth2_decide_failed },
    { OAUTH2_EVENT_ACTIVITY_TIMED_OUT, REPLAY_CASE(ACTIVITY_TIMED_OUT),
      oauth2_decide_failed },
    { OAUTH2_EVENT_ACTIVITY_CANCEL_REQUESTED, 0, NULL },
    { OAUTH2_EVENT_ACTIVITY_CANCELED, REPLAY_CASE(ACTIVITY_CANCELED),
      oauth2_decide_failed },
    { OAUTH2_EVENT_TIMER_STARTED, REPLAY_CASE(TIMER_STARTED),
      oauth2_decide_timer_started },
    { OAUTH2_EVENT_TIMER_FIRED, REPLAY_CASE(TIMER_FIRED),
      oauth2_decide_timer_fired },
    { OAUTH2_EVENT_CANCEL_REQUESTED, 0, replay_cancel },
    { OAUTH2_EVENT_CANCELED, 0, replay_closed },
    { OAUTH2_EVENT_MARKER, REPLAY_CASE(MARKER), oauth2_decide_marker },
    { OAUTH2_EVENT_SIGNALED, 0, NULL },
    { OAUTH2_EVENT_TERMINATED, 0, replay_closed },
    { OAUTH2_EVENT_PROPERTIES_EXTERNAL, 0, NULL },
    { OAUTH2_EVENT_ACTIVITY_PROPERTIES_EXTERNAL, 0, NULL },
    { OAUTH2_EVENT_OPTIONS_UPDATED, 0, NULL },
    { OAUTH2_EVENT_PAUSED, 0, NULL },
    { OAUTH2_EVENT_UNPAUSED, 0, NULL },
    { 0, 0, NULL }
};


oauth2_decide_e
oauth2_decide_replay(oauth2_decide_t *d, oauth2_pb_event_t *const *events,
    size_t n)
{
    size_t           i;
    oauth2_decide_e  rc;

    for (i = 0; i < n; i++) {
        rc = replay_event(d, events[i]);
        if (rc != OAUTH2_DECIDE_OK) {
            return rc;
        }
    }

    return OAUTH2_DECIDE_OK;
}


const oauth2_activity_t *
oauth2_decide_row(const oauth2_decide_t *d)
{
    const oauth2_activity_t  *activity;

    if (d->operation == NULL) {
        return NULL;
    }

    activity = &d->operation->activities[d->row];

    return (activity->name == NULL) ? NULL : activity;
}


oauth2_decide_e
oauth2_decide_took(oauth2_decide_t *d, oauth2_str_t result)
{
    oauth2_rc_e               rc;
    oauth2_str_t              members;
    const oauth2_activity_t  *activity;

    activity = oauth2_decide_row(d);
    members = result;

    if (activity->kind == OAUTH2_ACTIVITY_SQL) {
        rc = oauth2_json_find(d->pool, result, "result", &members);
        if (rc == OAUTH2_NONE) {
            members = oauth2_str("{}");

        } else if (rc != OAUTH2_OK) {
            return oauth2_decide_unreadable(d, "a result");
        }
    }

    if (activity->kind != OAUTH2_ACTIVITY_MAIL) {
        rc = oauth2_json_merge(d->pool, d->input, members, &d->input);
        if (rc != OAUTH2_OK) {
            return oauth2_decide_unreadable(d, "a result");
        }
    }

    if (activity->decides) {
        d->outcome = result;
    }

    d->row++;
    replay_skip(d);
    d->attempt = 1;

    return OAUTH2_DECIDE_OK;
}


static oauth2_decide_e
replay_event(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    const replay_t  *row;

    for (row = replay_table; row->type != 0; row++) {
        if (row->type == event->event_type) {
            break;
        }
    }

    if (row->type == 0) {
        if (event->worker_may_ignore) {
            return OAUTH2_DECIDE_OK;
        }

        return oauth2_decide_changed(d, event, "an event of an unknown type");
    }

    if (row->run == NULL) {
        return OAUTH2_DECIDE_OK;
    }

    if (row->attributes != 0
        && (row->attributes != (int) event->attributes_case
            || event->marker == NULL))
    {
        return oauth2_decide_changed(d, event,
                                     "an event without its attributes");
    }

    if (!d->started && row->type != OAUTH2_EVENT_STARTED) {
        return oauth2_decide_changed(d, event, "an event before the start");
    }

    return row->run(d, event);
}


static oauth2_decide_e
replay_started(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    oauth2_rc_e      rc;
    oauth2_str_t     json;
    oauth2_decide_e  next;

    if (d->started) {
        return oauth2_decide_changed(d, event, "a second start");
    }

    next = oauth2_decide_open(d, event->workflow_started->input, &json);
    if (next != OAUTH2_DECIDE_OK) {
        return next;
    }

    rc = oauth2_json_find(d->pool, json, "operation_id", &d->operation_id);
    if (rc != OAUTH2_OK) {
        return oauth2_decide_unreadable(d, "the input");
    }

    rc = oauth2_json_find(d->pool, json, "input", &d->input);
    if (rc != OAUTH2_OK || d->input.len == 0 || d->input.data[0] != '{') {
        return oauth2_decide_unreadable(d, "the input");
    }

    rc = oauth2_json_find(d->pool, json, "request_id", &d->request_id);
    if (rc != OAUTH2_OK && rc != OAUTH2_NONE) {
        return oauth2_decide_unreadable(d, "the input");
    }

    d->started = true;

    return replay_shape(d, event, json);
}


/* What began with a newer table is not for this worker. */
static oauth2_decide_e
replay_shape(oauth2_decide_t *d, const oauth2_pb_event_t *event,
    oauth2_str_t json)
{
    uint64_t      shape;
    oauth2_rc_e   rc;
    oauth2_str_t  value;

    if (d->operation == NULL) {
        return OAUTH2_DECIDE_OK;
    }

    shape = 1;
    rc = oauth2_json_find(d->pool, json, "shape", &value);

    if (rc == OAUTH2_OK) {
        rc = oauth2_str_parse_uint(value, UINT32_MAX, &shape);
    }

    if (rc != OAUTH2_OK && rc != OAUTH2_NONE) {
        return oauth2_decide_unreadable(d, "the input");
    }

    if (shape > oauth2_operation_shape(d->operation)) {
        return oauth2_decide_changed(d, event, "the start of a newer table");
    }

    d->shape = (unsigned) shape;
    replay_skip(d);

    return OAUTH2_DECIDE_OK;
}


/* Over the rows that there were not when the workflow began. */
static void
replay_skip(oauth2_decide_t *d)
{
    const oauth2_activity_t  *activity;

    for ( ;; ) {
        activity = oauth2_decide_row(d);
        if (activity == NULL || activity->since <= d->shape) {
            return;
        }

        d->row++;
    }
}


static oauth2_decide_e
replay_task(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    int64_t  seconds;

    if (event->event_time != NULL) {
        seconds = event->event_time->seconds;

        if (seconds > 0 && seconds < INT64_C(4000000000)) {
            d->task_time = seconds * 1000000000 + event->event_time->nanos;
        }
    }

    return OAUTH2_DECIDE_OK;
}


static oauth2_decide_e
replay_cancel(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    (void) event;

    d->canceled = true;

    return OAUTH2_DECIDE_OK;
}


static oauth2_decide_e
replay_finished(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    if (oauth2_decide_row(d) != NULL) {
        return oauth2_decide_changed(d, event, "an early end");
    }

    return replay_closed(d, event);
}


static oauth2_decide_e
replay_closed(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    (void) event;

    d->closed = true;

    return OAUTH2_DECIDE_OK;
}


oauth2_decide_e
oauth2_decide_changed(oauth2_decide_t *d, const oauth2_pb_event_t *event,
    const char *what)
{
    (void) snprintf(d->why, sizeof(d->why), "event %lld of type %d is %s "
                    "where the workflow has \"%s\"",
                    (long long) event->event_id, (int) event->event_type,
                    what, oauth2_decide_step(d));

    return OAUTH2_DECIDE_CHANGED;
}


oauth2_decide_e
oauth2_decide_unreadable(oauth2_decide_t *d, const char *what)
{
    (void) snprintf(d->why, sizeof(d->why), "%s cannot be read or was "
                    "sealed with another key", what);

    return OAUTH2_DECIDE_UNREADABLE;
}


oauth2_decide_e
oauth2_decide_open(oauth2_decide_t *d, const oauth2_pb_payloads_t *payloads,
    oauth2_str_t *json)
{
    oauth2_rc_e  rc;

    rc = oauth2_payload_parse(d->pool, d->key, false, payloads, json);
    if (rc == OAUTH2_NOMEM) {
        return OAUTH2_DECIDE_NOMEM;
    }

    if (rc != OAUTH2_OK) {
        return oauth2_decide_unreadable(d, "a payload");
    }

    return OAUTH2_DECIDE_OK;
}
