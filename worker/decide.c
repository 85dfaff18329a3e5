/* SPDX-License-Identifier: MIT */

/*
 * Deciding: what comes next after a history that decide_replay.c has read.
 */

#include <stdio.h>
#include <time.h>

#include "../src/core/json.h"
#include "../src/core/str.h"
#include "decide.h"
#include "decide_replay.h"

#define DECIDE_RESULT_MAX  65536


static oauth2_decide_e decide_activity(oauth2_decide_t *d);
static oauth2_decide_e decide_cancel(oauth2_decide_t *d);
static oauth2_decide_e decide_complete(oauth2_decide_t *d);
static oauth2_decide_e decide_push(oauth2_decide_t *d,
    oauth2_pb_command_t *command);
static oauth2_rc_e decide_mail_input(oauth2_decide_t *d,
    oauth2_str_t *input);
static oauth2_rc_e decide_ping(oauth2_decide_t *d);


oauth2_rc_e
oauth2_decide_init(oauth2_decide_t *d, oauth2_pool_t *pool,
    const oauth2_token_key_t *key, const char *task_queue, const char *type)
{
    memset(d, 0, sizeof(oauth2_decide_t));

    d->pool = pool;
    d->key = key;
    d->task_queue = task_queue;
    d->attempt = 1;

    if (strcmp(type, OAUTH2_WORKFLOW_PING) == 0) {
        return OAUTH2_OK;
    }

    d->operation = oauth2_operation_find_workflow(oauth2_str_of(type));

    return (d->operation == NULL) ? OAUTH2_NONE : OAUTH2_OK;
}


oauth2_decide_e
oauth2_decide_next(oauth2_decide_t *d)
{
    if (!d->started) {
        (void) snprintf(d->why, sizeof(d->why),
                        "the history does not begin with a start");
        return OAUTH2_DECIDE_CHANGED;
    }

    if (d->closed) {
        return OAUTH2_DECIDE_ANSWER;
    }

    if (d->failure != NULL) {
        d->closed = true;
        return decide_push(d, oauth2_command_fail(d->pool, d->failure));
    }

    if (d->canceled) {
        return decide_cancel(d);
    }

    if (d->backing_off || d->scheduled != 0) {
        return OAUTH2_DECIDE_ANSWER;
    }

    d->activity = oauth2_decide_row(d);

    if (d->activity == NULL) {
        return decide_complete(d);
    }

    if (d->activity->kind != OAUTH2_ACTIVITY_MAIL) {
        return OAUTH2_DECIDE_LOCAL;
    }

    return decide_activity(d);
}


oauth2_decide_e
oauth2_decide_local_done(oauth2_decide_t *d, oauth2_str_t result,
    int64_t started_ns, int64_t now_ns)
{
    oauth2_decide_e  rc;
    oauth2_marker_t  marker;

    memset(&marker, 0, sizeof(marker));
    marker.seq = d->seq + 1;
    marker.attempt = d->attempt;
    marker.type = d->activity->name;
    marker.started = started_ns;
    marker.completed = now_ns;
    marker.result = result;

    rc = decide_push(d, oauth2_command_marker(d->pool, d->key, &marker));
    if (rc != OAUTH2_DECIDE_ANSWER) {
        return rc;
    }

    d->seq++;

    return oauth2_decide_took(d, result);
}


oauth2_decide_e
oauth2_decide_local_failed(oauth2_decide_t *d, const char *failure,
    int64_t backoff_ms, int64_t started_ns, int64_t now_ns)
{
    oauth2_decide_e  rc;
    oauth2_marker_t  marker;

    memset(&marker, 0, sizeof(marker));
    marker.seq = d->seq + 1;
    marker.attempt = d->attempt;
    marker.type = d->activity->name;
    marker.started = started_ns;
    marker.completed = now_ns;
    marker.backoff_ms = backoff_ms;
    marker.failure = failure;

    rc = decide_push(d, oauth2_command_marker(d->pool, d->key, &marker));
    if (rc != OAUTH2_DECIDE_ANSWER) {
        return rc;
    }

    d->seq++;

    if (backoff_ms == 0) {
        d->failure = failure;
        return OAUTH2_DECIDE_OK;
    }

    d->attempt++;
    d->backing_off = true;

    rc = decide_push(d, oauth2_command_timer(d->pool, d->timers + 1,
                                             backoff_ms));
    return (rc == OAUTH2_DECIDE_ANSWER) ? OAUTH2_DECIDE_OK : rc;
}


const char *
oauth2_decide_step(const oauth2_decide_t *d)
{
    const oauth2_activity_t  *activity;

    activity = oauth2_decide_row(d);

    return (d->closed || activity == NULL) ? "done" : activity->name;
}


static oauth2_decide_e
decide_activity(oauth2_decide_t *d)
{
    oauth2_schedule_t  schedule;

    memset(&schedule, 0, sizeof(schedule));
    schedule.seq = d->seq + 1;
    schedule.type = d->activity->name;
    schedule.task_queue = d->task_queue;
    schedule.timeout = d->activity->timeout;
    schedule.attempts = d->activity->attempts;
    schedule.eager = d->eager;

    if (decide_mail_input(d, &schedule.input) != OAUTH2_OK) {
        return OAUTH2_DECIDE_NOMEM;
    }

    return decide_push(d, oauth2_command_schedule(d->pool, d->key,
                                                  &schedule));
}


/* As Temporal's SDKs: first the pending activity, then ourselves.  Mail
 * that is due stays in the outbox and goes out from there. */
static oauth2_decide_e
decide_cancel(oauth2_decide_t *d)
{
    oauth2_decide_e  rc;

    if (d->scheduled != 0) {
        rc = decide_push(d, oauth2_command_cancel_activity(d->pool,
                                                           d->scheduled));
        if (rc != OAUTH2_DECIDE_ANSWER) {
            return rc;
        }
    }

    d->closed = true;

    return decide_push(d, oauth2_command_cancel(d->pool));
}


static oauth2_decide_e
decide_complete(oauth2_decide_t *d)
{
    if (d->operation == NULL && decide_ping(d) != OAUTH2_OK) {
        return OAUTH2_DECIDE_NOMEM;
    }

    d->closed = true;

    return decide_push(d, oauth2_command_complete(d->pool, d->key,
                                                  d->outcome));
}


static oauth2_decide_e
decide_push(oauth2_decide_t *d, oauth2_pb_command_t *command)
{
    if (command == NULL || d->n_commands == OAUTH2_DECIDE_COMMANDS) {
        return OAUTH2_DECIDE_NOMEM;
    }

    d->commands[d->n_commands++] = command;

    return OAUTH2_DECIDE_ANSWER;
}


/* The outbox has all else, so no history need hold it. */
static oauth2_rc_e
decide_mail_input(oauth2_decide_t *d, oauth2_str_t *input)
{
    oauth2_json_t  j;

    oauth2_json_init(&j, d->pool, 512);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "operation_id", d->operation_id);
    oauth2_json_str(&j, "request_id", d->request_id);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, input);
}


/* The time is that of the history, so that a replay says the same. */
static oauth2_rc_e
decide_ping(oauth2_decide_t *d)
{
    char           text[40], fraction[16];
    time_t         seconds;
    struct tm      tm;
    oauth2_rc_e    rc;
    oauth2_str_t   message;
    oauth2_json_t  j;

    rc = oauth2_json_find(d->pool, d->input, "message", &message);
    if (rc != OAUTH2_OK) {
        message = oauth2_str("pong");
    }

    seconds = (time_t) (d->task_time / 1000000000);
    (void) gmtime_r(&seconds, &tm);
    (void) strftime(text, sizeof(text) - sizeof(fraction),
                    "%Y-%m-%dT%H:%M:%S", &tm);
    (void) snprintf(fraction, sizeof(fraction), ".%03dZ",
                    (int) (d->task_time / 1000000 % 1000));
    memcpy(text + strlen(text), fraction, strlen(fraction) + 1);

    oauth2_json_init(&j, d->pool, DECIDE_RESULT_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_c(&j, "status", "ok");
    oauth2_json_c(&j, "method", OAUTH2_METHOD_WORKFLOW);
    oauth2_json_open(&j, "result");
    oauth2_json_bool(&j, "success", true);
    oauth2_json_str(&j, "message", message);
    oauth2_json_c(&j, "timestamp", text);
    oauth2_json_close(&j);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, &d->outcome);
}
