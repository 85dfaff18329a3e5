/* SPDX-License-Identifier: MIT */

/*
 * What the parts of decide.h share.
 */

#ifndef OAUTH2_DECIDE_REPLAY_H
#define OAUTH2_DECIDE_REPLAY_H

#include "decide.h"

/* The event types that matter here. */
enum {
    OAUTH2_EVENT_STARTED = 1,
    OAUTH2_EVENT_COMPLETED = 2,
    OAUTH2_EVENT_FAILED = 3,
    OAUTH2_EVENT_TIMED_OUT = 4,
    OAUTH2_EVENT_TASK_SCHEDULED = 5,
    OAUTH2_EVENT_TASK_STARTED = 6,
    OAUTH2_EVENT_TASK_COMPLETED = 7,
    OAUTH2_EVENT_TASK_TIMED_OUT = 8,
    OAUTH2_EVENT_TASK_FAILED = 9,
    OAUTH2_EVENT_ACTIVITY_SCHEDULED = 10,
    OAUTH2_EVENT_ACTIVITY_STARTED = 11,
    OAUTH2_EVENT_ACTIVITY_COMPLETED = 12,
    OAUTH2_EVENT_ACTIVITY_FAILED = 13,
    OAUTH2_EVENT_ACTIVITY_TIMED_OUT = 14,
    OAUTH2_EVENT_ACTIVITY_CANCEL_REQUESTED = 15,
    OAUTH2_EVENT_ACTIVITY_CANCELED = 16,
    OAUTH2_EVENT_TIMER_STARTED = 17,
    OAUTH2_EVENT_TIMER_FIRED = 18,
    OAUTH2_EVENT_CANCEL_REQUESTED = 20,
    OAUTH2_EVENT_CANCELED = 21,
    OAUTH2_EVENT_MARKER = 25,
    OAUTH2_EVENT_SIGNALED = 26,
    OAUTH2_EVENT_TERMINATED = 27,
    OAUTH2_EVENT_PROPERTIES_EXTERNAL = 44,
    OAUTH2_EVENT_ACTIVITY_PROPERTIES_EXTERNAL = 45,
    OAUTH2_EVENT_OPTIONS_UPDATED = 55,
    OAUTH2_EVENT_PAUSED = 58,
    OAUTH2_EVENT_UNPAUSED = 59
};


/* The current row of the table; NULL at its end. */
const oauth2_activity_t *oauth2_decide_row(const oauth2_decide_t *d);

/* The current row came to this JSON object: merges it, goes on. */
oauth2_decide_e oauth2_decide_took(oauth2_decide_t *d, oauth2_str_t result);

/* Says what is wrong, and answers CHANGED or UNREADABLE. */
oauth2_decide_e oauth2_decide_changed(oauth2_decide_t *d,
    const oauth2_pb_event_t *event, const char *what);
oauth2_decide_e oauth2_decide_unreadable(oauth2_decide_t *d,
    const char *what);

/* Opens a sealed payload. */
oauth2_decide_e oauth2_decide_open(oauth2_decide_t *d,
    const oauth2_pb_payloads_t *payloads, oauth2_str_t *json);

/* decide_activity.c: the events of activities and their timers. */
oauth2_decide_e oauth2_decide_marker(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
oauth2_decide_e oauth2_decide_scheduled(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
oauth2_decide_e oauth2_decide_completed(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
oauth2_decide_e oauth2_decide_failed(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
oauth2_decide_e oauth2_decide_timer_started(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);
oauth2_decide_e oauth2_decide_timer_fired(oauth2_decide_t *d,
    const oauth2_pb_event_t *event);

#endif
