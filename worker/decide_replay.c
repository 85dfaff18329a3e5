/* SPDX-License-Identifier: MIT */

/*
 * Reading a history: each event must be one that the table would have
 * caused at this place.
 */

#include <stdio.h>

#include "../src/core/json.h"
#include "../src/core/str.h"
#include "decide_replay.h"

/* The event types that matter here. */
enum {
    EVENT_STARTED = 1,
    EVENT_COMPLETED = 2,
    EVENT_FAILED = 3,
    EVENT_TIMED_OUT = 4,
    EVENT_TASK_SCHEDULED = 5,
    EVENT_TASK_STARTED = 6,
    EVENT_TASK_COMPLETED = 7,
    EVENT_TASK_TIMED_OUT = 8,
    EVENT_TASK_FAILED = 9,
    EVENT_ACTIVITY_SCHEDULED = 10,
    EVENT_ACTIVITY_STARTED = 11,
    EVENT_ACTIVITY_COMPLETED = 12,
    EVENT_ACTIVITY_FAILED = 13,
    EVENT_ACTIVITY_TIMED_OUT = 14,
    EVENT_ACTIVITY_CANCEL_REQUESTED = 15,
    EVENT_ACTIVITY_CANCELED = 16,
    EVENT_TIMER_STARTED = 17,
    EVENT_TIMER_FIRED = 18,
    EVENT_CANCEL_REQUESTED = 20,
    EVENT_CANCELED = 21,
    EVENT_MARKER = 25,
    EVENT_SIGNALED = 26,
    EVENT_TERMINATED = 27,
    EVENT_PROPERTIES_EXTERNAL = 44,
    EVENT_ACTIVITY_PROPERTIES_EXTERNAL = 45,
    EVENT_OPTIONS_UPDATED = 55,
    EVENT_PAUSED = 58,
    EVENT_UNPAUSED = 59
};

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
static oauth2_decide_e replay_task(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_marker(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_marker_check(oauth2_decide_t *d,
    const oauth2_pb_event_t *event, bool *backoff);
static oauth2_decide_e replay_scheduled(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_completed(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_failed(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_timer_started(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_timer_fired(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_cancel(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_finished(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_closed(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
static oauth2_decide_e replay_changed(oauth2_decide_t *d,
    const oauth2_pb_event_t *event, const char *what);
static oauth2_decide_e replay_unreadable(oauth2_decide_t *d,
    const char *what);
static const oauth2_pb_payloads_t *replay_detail(
    const Oauth2__Pb__Marker *marker, const char *name);
static oauth2_decide_e replay_open(oauth2_decide_t *d,
    const oauth2_pb_payloads_t *payloads, oauth2_str_t *json);


#define REPLAY_CASE(name)  OAUTH2__PB__EVENT__ATTRIBUTES_##name

static const replay_t  replay_table[] = {
    { EVENT_STARTED, REPLAY_CASE(WORKFLOW_STARTED), replay_started },
    { EVENT_COMPLETED, 0, replay_finished },
    { EVENT_FAILED, 0, replay_closed },
    { EVENT_TIMED_OUT, 0, replay_closed },
    { EVENT_TASK_SCHEDULED, 0, NULL },
    { EVENT_TASK_STARTED, 0, replay_task },
    { EVENT_TASK_COMPLETED, 0, NULL },
    { EVENT_TASK_TIMED_OUT, 0, NULL },
    { EVENT_TASK_FAILED, 0, NULL },
    { EVENT_ACTIVITY_SCHEDULED, REPLAY_CASE(ACTIVITY_SCHEDULED),
      replay_scheduled },
    { EVENT_ACTIVITY_STARTED, 0, NULL },
    { EVENT_ACTIVITY_COMPLETED, REPLAY_CASE(ACTIVITY_COMPLETED),
      replay_completed },
    { EVENT_ACTIVITY_FAILED, REPLAY_CASE(ACTIVITY_FAILED), replay_failed },
    { EVENT_ACTIVITY_TIMED_OUT, REPLAY_CASE(ACTIVITY_TIMED_OUT),
      replay_failed },
    { EVENT_ACTIVITY_CANCEL_REQUESTED, 0, NULL },
    { EVENT_ACTIVITY_CANCELED, REPLAY_CASE(ACTIVITY_CANCELED),
      replay_failed },
    { EVENT_TIMER_STARTED, REPLAY_CASE(TIMER_STARTED),
      replay_timer_started },
    { EVENT_TIMER_FIRED, REPLAY_CASE(TIMER_FIRED), replay_timer_fired },
    { EVENT_CANCEL_REQUESTED, 0, replay_cancel },
    { EVENT_CANCELED, 0, replay_closed },
    { EVENT_MARKER, REPLAY_CASE(MARKER), replay_marker },
    { EVENT_SIGNALED, 0, NULL },
    { EVENT_TERMINATED, 0, replay_closed },
    { EVENT_PROPERTIES_EXTERNAL, 0, NULL },
    { EVENT_ACTIVITY_PROPERTIES_EXTERNAL, 0, NULL },
    { EVENT_OPTIONS_UPDATED, 0, NULL },
    { EVENT_PAUSED, 0, NULL },
    { EVENT_UNPAUSED, 0, NULL },
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
            return replay_unreadable(d, "a result");
        }
    }

    if (activity->kind != OAUTH2_ACTIVITY_MAIL) {
        rc = oauth2_json_merge(d->pool, d->input, members, &d->input);
        if (rc != OAUTH2_OK) {
            return replay_unreadable(d, "a result");
        }
    }

    if (activity->decides) {
        d->outcome = result;
    }

    d->row++;
    d->attempt = 1;
    d->first_ns = 0;

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

        return replay_changed(d, event, "an event of an unknown type");
    }

    if (row->run == NULL) {
        return OAUTH2_DECIDE_OK;
    }

    if (row->attributes != 0
        && (row->attributes != (int) event->attributes_case
            || event->marker == NULL))
    {
        return replay_changed(d, event, "an event without its attributes");
    }

    if (!d->started && row->type != EVENT_STARTED) {
        return replay_changed(d, event, "an event before the start");
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
        return replay_changed(d, event, "a second start");
    }

    next = replay_open(d, event->workflow_started->input, &json);
    if (next != OAUTH2_DECIDE_OK) {
        return next;
    }

    rc = oauth2_json_find(d->pool, json, "operation_id", &d->operation_id);
    if (rc != OAUTH2_OK) {
        return replay_unreadable(d, "the input");
    }

    rc = oauth2_json_find(d->pool, json, "input", &d->input);
    if (rc != OAUTH2_OK || d->input.len == 0 || d->input.data[0] != '{') {
        return replay_unreadable(d, "the input");
    }

    rc = oauth2_json_find(d->pool, json, "request_id", &d->request_id);
    if (rc != OAUTH2_OK && rc != OAUTH2_NONE) {
        return replay_unreadable(d, "the input");
    }

    d->started = true;

    return OAUTH2_DECIDE_OK;
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
replay_marker(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    bool                       backoff;
    oauth2_str_t               result;
    oauth2_decide_e            rc;
    const Oauth2__Pb__Marker  *marker;

    marker = event->marker;

    rc = replay_marker_check(d, event, &backoff);
    if (rc != OAUTH2_DECIDE_OK) {
        return rc;
    }

    d->seq++;

    if (marker->failure == NULL) {
        rc = replay_open(d, replay_detail(marker, "result"), &result);
        if (rc != OAUTH2_DECIDE_OK) {
            return rc;
        }

        return oauth2_decide_took(d, result);
    }

    if (backoff) {
        d->backing_off = true;
        d->timer_set = false;
        d->attempt++;
        return OAUTH2_DECIDE_OK;
    }

    d->failure = marker->failure->message;

    return OAUTH2_DECIDE_OK;
}


/* Is it the marker of the row that is due? */
static oauth2_decide_e
replay_marker_check(oauth2_decide_t *d, const oauth2_pb_event_t *event,
    bool *backoff)
{
    uint64_t                   seq;
    oauth2_rc_e                rc;
    oauth2_str_t               data, value;
    const oauth2_activity_t   *activity;

    activity = oauth2_decide_row(d);

    if (strcmp(event->marker->marker_name, OAUTH2_MARKER_LOCAL) != 0
        || activity == NULL || activity->kind == OAUTH2_ACTIVITY_MAIL
        || d->backing_off || d->closed || d->failure != NULL)
    {
        return replay_changed(d, event, "a marker");
    }

    rc = oauth2_payload_parse(d->pool, d->key, true,
                              replay_detail(event->marker, "data"), &data);
    if (rc != OAUTH2_OK) {
        return replay_unreadable(d, "a marker");
    }

    rc = oauth2_json_find(d->pool, data, "activity_type", &value);
    if (rc != OAUTH2_OK) {
        return replay_unreadable(d, "a marker");
    }

    if (!oauth2_str_same(value, oauth2_str_of(activity->name))) {
        return replay_changed(d, event, "the marker of another activity");
    }

    rc = oauth2_json_find(d->pool, data, "seq", &value);
    if (rc != OAUTH2_OK
        || oauth2_str_parse_uint(value, UINT32_MAX, &seq) != OAUTH2_OK
        || seq != d->seq + 1)
    {
        return replay_changed(d, event, "a marker with another number");
    }

    rc = oauth2_json_find(d->pool, data, "backoff", &value);
    *backoff = (rc == OAUTH2_OK);

    return OAUTH2_DECIDE_OK;
}


static oauth2_decide_e
replay_scheduled(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    const char               *type;
    const oauth2_activity_t  *activity;

    activity = oauth2_decide_row(d);

    if (activity == NULL || activity->kind != OAUTH2_ACTIVITY_MAIL
        || d->scheduled != 0 || d->backing_off || d->closed
        || d->failure != NULL)
    {
        return replay_changed(d, event, "an activity");
    }

    type = (event->activity_scheduled->activity_type == NULL)
           ? "" : event->activity_scheduled->activity_type->name;
    if (strcmp(type, activity->name) != 0) {
        return replay_changed(d, event, "another activity");
    }

    d->seq++;
    d->scheduled = event->event_id;

    return OAUTH2_DECIDE_OK;
}


static oauth2_decide_e
replay_completed(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    if (d->scheduled == 0
        || event->activity_completed->scheduled_event_id != d->scheduled)
    {
        return replay_changed(d, event, "the end of no activity");
    }

    d->scheduled = 0;

    /* what a mail activity says is for people; nothing follows from it */
    return oauth2_decide_took(d, oauth2_str("{}"));
}


static oauth2_decide_e
replay_failed(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    int64_t  scheduled;

    switch (event->event_type) {
    case EVENT_ACTIVITY_FAILED:
        scheduled = event->activity_failed->scheduled_event_id;
        break;
    case EVENT_ACTIVITY_TIMED_OUT:
        scheduled = event->activity_timed_out->scheduled_event_id;
        break;
    default:
        scheduled = event->activity_canceled->scheduled_event_id;
        break;
    }

    if (d->scheduled == 0 || scheduled != d->scheduled) {
        return replay_changed(d, event, "the end of no activity");
    }

    d->scheduled = 0;
    d->failure = "an activity failed";

    return OAUTH2_DECIDE_OK;
}


static oauth2_decide_e
replay_timer_started(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    if (!d->backing_off || d->timer_set) {
        return replay_changed(d, event, "a timer");
    }

    d->timers++;
    d->timer_set = true;

    return OAUTH2_DECIDE_OK;
}


static oauth2_decide_e
replay_timer_fired(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    if (!d->backing_off || !d->timer_set) {
        return replay_changed(d, event, "a timer");
    }

    d->backing_off = false;
    d->timer_set = false;

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
        return replay_changed(d, event, "an early end");
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


static oauth2_decide_e
replay_changed(oauth2_decide_t *d, const oauth2_pb_event_t *event,
    const char *what)
{
    (void) snprintf(d->why, sizeof(d->why), "event %lld of type %d is %s "
                    "where the workflow has \"%s\"",
                    (long long) event->event_id, (int) event->event_type,
                    what, oauth2_decide_step(d));

    return OAUTH2_DECIDE_CHANGED;
}


static oauth2_decide_e
replay_unreadable(oauth2_decide_t *d, const char *what)
{
    (void) snprintf(d->why, sizeof(d->why), "%s cannot be read or was "
                    "sealed with another key", what);

    return OAUTH2_DECIDE_UNREADABLE;
}


static const oauth2_pb_payloads_t *
replay_detail(const Oauth2__Pb__Marker *marker, const char *name)
{
    size_t  i;

    for (i = 0; i < marker->n_details; i++) {
        if (strcmp(marker->details[i]->key, name) == 0) {
            return marker->details[i]->value;
        }
    }

    return NULL;
}


static oauth2_decide_e
replay_open(oauth2_decide_t *d, const oauth2_pb_payloads_t *payloads,
    oauth2_str_t *json)
{
    oauth2_rc_e  rc;

    rc = oauth2_payload_parse(d->pool, d->key, false, payloads, json);
    if (rc == OAUTH2_NOMEM) {
        return OAUTH2_DECIDE_NOMEM;
    }

    if (rc != OAUTH2_OK) {
        return replay_unreadable(d, "a payload");
    }

    return OAUTH2_DECIDE_OK;
}
