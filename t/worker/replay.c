/* SPDX-License-Identifier: MIT */

/*
 * Replays a recorded history with the worker's decision function.
 *
 *     replay KEY TYPE QUEUE <history >answers
 *
 * For each workflow task that the history has completed: the events up to
 * its start go through the decision function, which says what is to be
 * done; a local activity comes to what the history says it came to.  The
 * answers are written one after the other, each as four bytes of length and
 * a serialized RespondWorkflowTaskCompletedRequest whose task token is the
 * number of the event.  Exits with 1, and the reason on standard error, when
 * the history is not one of this worker's tables.
 */

#include <stdio.h>
#include <stdlib.h>

#include "../../src/core/json.h"
#include "../../src/core/str.h"
#include "../../worker/decide_replay.h"

#define REPLAY_MAX  (8 * 1024 * 1024)

typedef struct {
    oauth2_pool_t        *pool;
    oauth2_token_key_t    key;
    const char           *type;
    const char           *queue;
    Oauth2__Pb__History  *history;
} replay_t;


static int replay_task(replay_t *replay, size_t started, size_t completed);
static oauth2_decide_e replay_local(replay_t *replay, oauth2_decide_t *d,
    size_t *at);
static int64_t replay_backoff(oauth2_pool_t *pool, oauth2_str_t data);
static const oauth2_pb_payloads_t *replay_detail(
    const Oauth2__Pb__Marker *marker, const char *name);
static int replay_write(replay_t *replay, oauth2_decide_t *d,
    int64_t event_id);
static int replay_wrong(const char *why);


int
main(int argc, char **argv)
{
    size_t              i, started;
    u_char             *bytes;
    replay_t            replay;
    oauth2_str_t        text;
    oauth2_pb_event_t  *event;

    if (argc != 4) {
        return replay_wrong("usage: replay KEY TYPE QUEUE");
    }

    memset(&replay, 0, sizeof(replay));
    replay.pool = oauth2_pool_create();
    replay.type = argv[2];
    replay.queue = argv[3];

    bytes = malloc(REPLAY_MAX);
    if (bytes == NULL || replay.pool == NULL) {
        return replay_wrong("no memory");
    }

    text.data = bytes;
    text.len = fread(bytes, 1, REPLAY_MAX, stdin);

    replay.history = oauth2_pb_parse(replay.pool,
                                     &oauth2__pb__history__descriptor, text);
    if (replay.history == NULL
        || oauth2_token_key_init(&replay.key, oauth2_str_of(argv[1]))
           != OAUTH2_OK)
    {
        return replay_wrong("no such history, or no such key");
    }

    started = 0;

    for (i = 0; i < replay.history->n_events; i++) {
        event = replay.history->events[i];

        if (event->event_type == OAUTH2_EVENT_TASK_STARTED) {
            started = i + 1;
        }

        if (event->event_type == OAUTH2_EVENT_TASK_COMPLETED
            && replay_task(&replay, started, i) != 0)
        {
            return 1;
        }
    }

    /* the end of it, too, must be one that the table causes */
    return replay_task(&replay, replay.history->n_events, 0);
}


/* The first so many events are what the task began with.  Nothing is
 * written when completed is 0. */
static int
replay_task(replay_t *replay, size_t started, size_t completed)
{
    size_t           at;
    oauth2_decide_e  rc;
    oauth2_decide_t  d;

    if (oauth2_decide_init(&d, replay->pool, &replay->key, replay->queue,
                           replay->type)
        != OAUTH2_OK)
    {
        return replay_wrong("unknown workflow type");
    }

    at = completed;
    rc = oauth2_decide_replay(&d, replay->history->events, started);

    if (rc == OAUTH2_DECIDE_OK && completed == 0) {
        return 0;
    }

    while (rc == OAUTH2_DECIDE_OK) {
        rc = oauth2_decide_next(&d);

        if (rc == OAUTH2_DECIDE_LOCAL) {
            rc = replay_local(replay, &d, &at);
        }
    }

    if (rc != OAUTH2_DECIDE_ANSWER) {
        return replay_wrong(d.why);
    }

    return replay_write(replay, &d,
                        replay->history->events[completed]->event_id);
}


/* The next marker behind the task has the result. */
static oauth2_decide_e
replay_local(replay_t *replay, oauth2_decide_t *d, size_t *at)
{
    oauth2_rc_e                rc;
    oauth2_str_t               text;
    const Oauth2__Pb__Marker  *marker;

    do {
        if (++*at == replay->history->n_events) {
            (void) snprintf(d->why, sizeof(d->why), "the history has no "
                            "marker of \"%s\"", d->activity->name);
            return OAUTH2_DECIDE_CHANGED;
        }
    } while (replay->history->events[*at]->event_type
             != OAUTH2_EVENT_MARKER);

    marker = replay->history->events[*at]->marker;

    if (marker->failure == NULL) {
        rc = oauth2_payload_parse(replay->pool, &replay->key, false,
                                  replay_detail(marker, "result"), &text);
        return (rc == OAUTH2_OK) ? oauth2_decide_local_done(d, text, 0, 0)
                                 : oauth2_decide_unreadable(d, "a result");
    }

    rc = oauth2_payload_parse(replay->pool, &replay->key, true,
                              replay_detail(marker, "data"), &text);
    if (rc != OAUTH2_OK) {
        return oauth2_decide_unreadable(d, "a marker");
    }

    return oauth2_decide_local_failed(d, marker->failure->message,
                                      replay_backoff(replay->pool, text), 0,
                                      0);
}


static int64_t
replay_backoff(oauth2_pool_t *pool, oauth2_str_t data)
{
    uint64_t      seconds;
    oauth2_str_t  backoff, value;

    if (oauth2_json_find(pool, data, "backoff", &backoff) != OAUTH2_OK
        || oauth2_json_find(pool, backoff, "seconds", &value) != OAUTH2_OK
        || oauth2_str_parse_uint(value, UINT32_MAX, &seconds) != OAUTH2_OK)
    {
        return 0;
    }

    return (int64_t) seconds * 1000;
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


static int
replay_write(replay_t *replay, oauth2_decide_t *d, int64_t event_id)
{
    char                                token[24];
    oauth2_str_t                        bytes;
    Oauth2__Pb__WorkflowTaskCompleted  *answer;

    answer = oauth2_pb_new(replay->pool, workflow_task_completed);
    if (answer == NULL) {
        return replay_wrong("no memory");
    }

    (void) snprintf(token, sizeof(token), "%lld", (long long) event_id);
    answer->task_token = oauth2_pb_bytes(oauth2_str_of(token));
    answer->commands = d->commands;
    answer->n_commands = d->n_commands;

    if (oauth2_pb_write(replay->pool, &answer->base, 4, &bytes)
        != OAUTH2_OK)
    {
        return replay_wrong("no memory");
    }

    bytes.data[0] = (u_char) ((bytes.len - 4) >> 24);
    bytes.data[1] = (u_char) ((bytes.len - 4) >> 16);
    bytes.data[2] = (u_char) ((bytes.len - 4) >> 8);
    bytes.data[3] = (u_char) (bytes.len - 4);

    if (fwrite(bytes.data, 1, bytes.len, stdout) != bytes.len) {
        return replay_wrong("cannot write");
    }

    return 0;
}


static int
replay_wrong(const char *why)
{
    (void) fprintf(stderr, "%s\n", why);

    return 1;
}
