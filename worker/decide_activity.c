/* SPDX-License-Identifier: MIT */

/*
 * Reading a history: activities, local and remote, and the timers between
 * their attempts.
 */

#include "../src/core/json.h"
#include "../src/core/str.h"
#include "decide_replay.h"


static oauth2_decide_e marker_check(oauth2_decide_t *d,
    const oauth2_pb_event_t *event, bool *backoff);
static const oauth2_pb_payloads_t *marker_detail(
    const Oauth2__Pb__Marker *marker, const char *name);


oauth2_decide_e
oauth2_decide_marker(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    bool                       backoff;
    oauth2_str_t               result;
    oauth2_decide_e            rc;
    const Oauth2__Pb__Marker  *marker;

    backoff = false;
    marker = event->marker;

    rc = marker_check(d, event, &backoff);
    if (rc != OAUTH2_DECIDE_OK) {
        return rc;
    }

    d->seq++;

    if (marker->failure == NULL) {
        rc = oauth2_decide_open(d, marker_detail(marker, "result"), &result);
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


oauth2_decide_e
oauth2_decide_scheduled(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    const char               *type;
    const oauth2_activity_t  *activity;

    activity = oauth2_decide_row(d);

    if (activity == NULL || activity->kind != OAUTH2_ACTIVITY_MAIL
        || d->scheduled != 0 || d->backing_off || d->closed
        || d->failure != NULL)
    {
        return oauth2_decide_changed(d, event, "an activity");
    }

    type = (event->activity_scheduled->activity_type == NULL)
           ? "" : event->activity_scheduled->activity_type->name;
    if (strcmp(type, activity->name) != 0) {
        return oauth2_decide_changed(d, event, "another activity");
    }

    d->seq++;
    d->scheduled = event->event_id;

    return OAUTH2_DECIDE_OK;
}


oauth2_decide_e
oauth2_decide_completed(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    if (d->scheduled == 0
        || event->activity_completed->scheduled_event_id != d->scheduled)
    {
        return oauth2_decide_changed(d, event, "the end of no activity");
    }

    d->scheduled = 0;

    /* what a mail activity says is for people; nothing follows from it */
    return oauth2_decide_took(d, oauth2_str("{}"));
}


oauth2_decide_e
oauth2_decide_failed(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    int64_t  scheduled;

    switch (event->event_type) {
    case OAUTH2_EVENT_ACTIVITY_FAILED:
        scheduled = event->activity_failed->scheduled_event_id;
        break;
    case OAUTH2_EVENT_ACTIVITY_TIMED_OUT:
        scheduled = event->activity_timed_out->scheduled_event_id;
        break;
    default:
        scheduled = event->activity_canceled->scheduled_event_id;
        break;
    }

    if (d->scheduled == 0 || scheduled != d->scheduled) {
        return oauth2_decide_changed(d, event, "the end of no activity");
    }

    d->scheduled = 0;
    d->failure = "an activity failed";

    return OAUTH2_DECIDE_OK;
}


oauth2_decide_e
oauth2_decide_timer_started(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    if (!d->backing_off || d->timer_set) {
        return oauth2_decide_changed(d, event, "a timer");
    }

    d->timers++;
    d->timer_set = true;

    return OAUTH2_DECIDE_OK;
}


oauth2_decide_e
oauth2_decide_timer_fired(oauth2_decide_t *d, const oauth2_pb_event_t *event)
{
    if (!d->backing_off || !d->timer_set) {
        return oauth2_decide_changed(d, event, "a timer");
    }

    d->backing_off = false;
    d->timer_set = false;

    return OAUTH2_DECIDE_OK;
}


/* Is it the marker of the row that is due? */
static oauth2_decide_e
marker_check(oauth2_decide_t *d, const oauth2_pb_event_t *event,
    bool *backoff)
{
    uint64_t                   seq;
    oauth2_rc_e                rc;
    oauth2_str_t               data, type, number, value;
    const oauth2_activity_t   *activity;

    activity = oauth2_decide_row(d);

    if (strcmp(event->marker->marker_name, OAUTH2_MARKER_LOCAL) != 0
        || activity == NULL || activity->kind == OAUTH2_ACTIVITY_MAIL
        || d->backing_off || d->closed || d->failure != NULL)
    {
        return oauth2_decide_changed(d, event, "a marker");
    }

    rc = oauth2_payload_parse(d->pool, d->key, true,
                              marker_detail(event->marker, "data"), &data);
    if (rc == OAUTH2_OK) {
        rc = oauth2_json_find(d->pool, data, "activity_type", &type);
    }

    if (rc == OAUTH2_OK) {
        rc = oauth2_json_find(d->pool, data, "seq", &number);
    }

    if (rc == OAUTH2_OK) {
        rc = oauth2_json_find(d->pool, data, "backoff", &value);
        *backoff = (rc == OAUTH2_OK);
        rc = (rc == OAUTH2_NONE) ? OAUTH2_OK : rc;
    }

    if (rc != OAUTH2_OK) {
        return (rc == OAUTH2_NOMEM) ? OAUTH2_DECIDE_NOMEM
                                    : oauth2_decide_unreadable(d, "a marker");
    }

    if (!oauth2_str_same(type, oauth2_str_of(activity->name))) {
        return oauth2_decide_changed(d, event,
                                     "the marker of another activity");
    }

    if (oauth2_str_parse_uint(number, UINT32_MAX, &seq) != OAUTH2_OK
        || seq != d->seq + 1)
    {
        return oauth2_decide_changed(d, event,
                                     "a marker with another number");
    }

    return OAUTH2_DECIDE_OK;
}


static const oauth2_pb_payloads_t *
marker_detail(const Oauth2__Pb__Marker *marker, const char *name)
{
    size_t  i;

    for (i = 0; i < marker->n_details; i++) {
        if (strcmp(marker->details[i]->key, name) == 0) {
            return marker->details[i]->value;
        }
    }

    return NULL;
}
