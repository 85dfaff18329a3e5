/* SPDX-License-Identifier: MIT */

/*
 * Building commands.
 */

#include <stdio.h>

#include "../src/core/json.h"
#include "../src/core/str.h"
#include "command.h"

#define COMMAND_DATA_MAX  1024

/* Of the mail activity; the outbox counts its own attempts. */
#define COMMAND_RETRY_FIRST  5000
#define COMMAND_RETRY_MAX    3600000

enum {
    COMMAND_SCHEDULE_ACTIVITY = 1,
    COMMAND_CANCEL_ACTIVITY = 2,
    COMMAND_START_TIMER = 3,
    COMMAND_COMPLETE = 4,
    COMMAND_FAIL = 5,
    COMMAND_CANCEL = 7,
    COMMAND_RECORD_MARKER = 9
};


static oauth2_pb_command_t *command_create(oauth2_pool_t *pool, int type,
    int attributes_case, void *attributes);
static oauth2_rc_e command_marker_data(oauth2_pool_t *pool,
    const oauth2_marker_t *marker, oauth2_str_t *text);
static void command_write_time(oauth2_json_t *j, const char *name,
    int64_t ns);
static oauth2_pb_detail_t *command_detail(oauth2_pool_t *pool,
    const char *name, oauth2_pb_payloads_t *payloads);
static char *command_number(oauth2_pool_t *pool, unsigned n);
static Oauth2__Pb__RetryPolicy *command_retry(oauth2_pool_t *pool,
    unsigned attempts);


oauth2_pb_command_t *
oauth2_command_marker(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    const oauth2_marker_t *marker)
{
    oauth2_str_t               text;
    Oauth2__Pb__RecordMarker  *m;

    m = oauth2_pb_new(pool, record_marker);
    if (m == NULL
        || command_marker_data(pool, marker, &text) != OAUTH2_OK)
    {
        return NULL;
    }

    m->marker_name = OAUTH2_MARKER_LOCAL;
    m->details = oauth2_pool_alloc(pool, 2 * sizeof(void *));
    if (m->details == NULL) {
        return NULL;
    }

    m->details[0] = command_detail(pool, "data",
                                   oauth2_payload_write_plain(pool, text));
    if (m->details[0] == NULL) {
        return NULL;
    }

    m->n_details = 1;

    if (marker->failure != NULL) {
        m->failure = oauth2_command_failure(pool, "LocalActivityFailed",
                                            marker->failure,
                                            marker->backoff_ms == 0);
        if (m->failure == NULL) {
            return NULL;
        }

    } else {
        m->details[1] = command_detail(pool, "result",
                                       oauth2_payload_write(pool, key,
                                                          marker->result));
        if (m->details[1] == NULL) {
            return NULL;
        }

        m->n_details = 2;
    }

    return command_create(pool, COMMAND_RECORD_MARKER,
                          OAUTH2__PB__COMMAND__ATTRIBUTES_RECORD_MARKER, m);
}


oauth2_pb_command_t *
oauth2_command_schedule(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    const oauth2_schedule_t *schedule)
{
    oauth2_pb_queue_t             *queue;
    Oauth2__Pb__ScheduleActivity  *s;

    s = oauth2_pb_new(pool, schedule_activity);
    queue = oauth2_pb_new(pool, task_queue);
    if (s == NULL || queue == NULL) {
        return NULL;
    }

    queue->name = (char *) schedule->task_queue;
    queue->kind = 1;

    s->activity_id = command_number(pool, schedule->seq);
    s->activity_type = oauth2_pb_type(pool, schedule->type);
    s->task_queue = queue;
    s->input = oauth2_payload_write(pool, key, schedule->input);
    s->start_to_close_timeout =
        oauth2_pb_duration(pool, (int64_t) schedule->timeout * 1000);
    s->heartbeat_timeout = oauth2_pb_duration(pool, OAUTH2_HEARTBEAT_TIMEOUT);
    s->retry_policy = command_retry(pool, schedule->attempts);
    s->request_eager_execution = schedule->eager;

    if (s->activity_id == NULL || s->activity_type == NULL
        || s->input == NULL || s->start_to_close_timeout == NULL
        || s->heartbeat_timeout == NULL || s->retry_policy == NULL)
    {
        return NULL;
    }

    return command_create(pool, COMMAND_SCHEDULE_ACTIVITY,
                          OAUTH2__PB__COMMAND__ATTRIBUTES_SCHEDULE_ACTIVITY,
                          s);
}


oauth2_pb_command_t *
oauth2_command_timer(oauth2_pool_t *pool, unsigned seq, int64_t ms)
{
    Oauth2__Pb__StartTimer  *t;

    t = oauth2_pb_new(pool, start_timer);
    if (t == NULL) {
        return NULL;
    }

    t->timer_id = command_number(pool, seq);
    t->start_to_fire_timeout = oauth2_pb_duration(pool, ms);
    if (t->timer_id == NULL || t->start_to_fire_timeout == NULL) {
        return NULL;
    }

    return command_create(pool, COMMAND_START_TIMER,
                          OAUTH2__PB__COMMAND__ATTRIBUTES_START_TIMER, t);
}


oauth2_pb_command_t *
oauth2_command_complete(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    oauth2_str_t result)
{
    Oauth2__Pb__CompleteWorkflow  *c;

    c = oauth2_pb_new(pool, complete_workflow);
    if (c == NULL) {
        return NULL;
    }

    c->result = oauth2_payload_write(pool, key, result);
    if (c->result == NULL) {
        return NULL;
    }

    return command_create(pool, COMMAND_COMPLETE,
                          OAUTH2__PB__COMMAND__ATTRIBUTES_COMPLETE_WORKFLOW,
                          c);
}


oauth2_pb_command_t *
oauth2_command_fail(oauth2_pool_t *pool, const char *message)
{
    Oauth2__Pb__FailWorkflow  *f;

    f = oauth2_pb_new(pool, fail_workflow);
    if (f == NULL) {
        return NULL;
    }

    f->failure = oauth2_command_failure(pool, "OperationFailed", message,
                                        true);
    if (f->failure == NULL) {
        return NULL;
    }

    return command_create(pool, COMMAND_FAIL,
                          OAUTH2__PB__COMMAND__ATTRIBUTES_FAIL_WORKFLOW, f);
}


oauth2_pb_command_t *
oauth2_command_cancel_activity(oauth2_pool_t *pool,
    int64_t scheduled_event_id)
{
    Oauth2__Pb__CancelActivity  *c;

    c = oauth2_pb_new(pool, cancel_activity);
    if (c == NULL) {
        return NULL;
    }

    c->scheduled_event_id = scheduled_event_id;

    return command_create(pool, COMMAND_CANCEL_ACTIVITY,
                          OAUTH2__PB__COMMAND__ATTRIBUTES_CANCEL_ACTIVITY,
                          c);
}


oauth2_pb_command_t *
oauth2_command_cancel(oauth2_pool_t *pool)
{
    Oauth2__Pb__CancelWorkflow  *c;

    c = oauth2_pb_new(pool, cancel_workflow);
    if (c == NULL) {
        return NULL;
    }

    return command_create(pool, COMMAND_CANCEL,
                          OAUTH2__PB__COMMAND__ATTRIBUTES_CANCEL_WORKFLOW,
                          c);
}


oauth2_pb_failure_t *
oauth2_command_failure(oauth2_pool_t *pool, const char *type,
    const char *message, bool non_retryable)
{
    oauth2_pb_failure_t              *failure;
    Oauth2__Pb__ApplicationFailure   *application;

    failure = oauth2_pb_new(pool, failure);
    application = oauth2_pb_new(pool, application_failure);
    if (failure == NULL || application == NULL) {
        return NULL;
    }

    application->type = (char *) type;
    application->non_retryable = non_retryable;

    failure->message = (char *) message;
    failure->source = "oauth2-worker";
    failure->info_case = OAUTH2__PB__FAILURE__INFO_APPLICATION;
    failure->application = application;

    return failure;
}


/* All attributes share one place in the message's union. */
static oauth2_pb_command_t *
command_create(oauth2_pool_t *pool, int type, int attributes_case,
    void *attributes)
{
    oauth2_pb_command_t  *command;

    command = oauth2_pb_new(pool, command);
    if (command == NULL) {
        return NULL;
    }

    command->command_type = type;
    command->attributes_case = attributes_case;
    command->record_marker = attributes;

    return command;
}


static oauth2_rc_e
command_marker_data(oauth2_pool_t *pool, const oauth2_marker_t *marker,
    oauth2_str_t *text)
{
    char           id[16];
    oauth2_json_t  j;

    (void) snprintf(id, sizeof(id), "%u", marker->seq);

    oauth2_json_init(&j, pool, COMMAND_DATA_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_int(&j, "seq", marker->seq);
    oauth2_json_int(&j, "attempt", marker->attempt);
    oauth2_json_c(&j, "activity_id", id);
    oauth2_json_c(&j, "activity_type", marker->type);
    command_write_time(&j, "complete_time", marker->completed);

    if (marker->backoff_ms == 0) {
        oauth2_json_null(&j, "backoff");

    } else {
        command_write_time(&j, "backoff", marker->backoff_ms * 1000000);
    }

    command_write_time(&j, "original_schedule_time", marker->started);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, text);
}


static void
command_write_time(oauth2_json_t *j, const char *name, int64_t ns)
{
    oauth2_json_open(j, name);
    oauth2_json_int(j, "seconds", ns / 1000000000);
    oauth2_json_int(j, "nanos", ns % 1000000000);
    oauth2_json_close(j);
}


static oauth2_pb_detail_t *
command_detail(oauth2_pool_t *pool, const char *name,
    oauth2_pb_payloads_t *payloads)
{
    oauth2_pb_detail_t  *detail;

    if (payloads == NULL) {
        return NULL;
    }

    detail = oauth2_pb_new(pool, named_payloads);
    if (detail == NULL) {
        return NULL;
    }

    detail->key = (char *) name;
    detail->value = payloads;

    return detail;
}


static char *
command_number(oauth2_pool_t *pool, unsigned n)
{
    char  *text;

    text = oauth2_pool_alloc(pool, 16);
    if (text == NULL) {
        return NULL;
    }

    (void) snprintf(text, 16, "%u", n);

    return text;
}


static Oauth2__Pb__RetryPolicy *
command_retry(oauth2_pool_t *pool, unsigned attempts)
{
    Oauth2__Pb__RetryPolicy  *retry;

    retry = oauth2_pb_new(pool, retry_policy);
    if (retry == NULL) {
        return NULL;
    }

    retry->initial_interval = oauth2_pb_duration(pool, COMMAND_RETRY_FIRST);
    retry->maximum_interval = oauth2_pb_duration(pool, COMMAND_RETRY_MAX);
    retry->backoff_coefficient = 2;
    retry->maximum_attempts = (int32_t) attempts;

    if (retry->initial_interval == NULL || retry->maximum_interval == NULL) {
        return NULL;
    }

    return retry;
}
