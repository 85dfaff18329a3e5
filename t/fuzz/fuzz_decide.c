/* SPDX-License-Identifier: MIT */

/*
 * Any history: a byte that says which workflow and how its local activities
 * end, then a serialized History.  Payloads in clear are sealed first, so
 * that what is in them is reached.
 */

#include "fuzz.h"

#include "temporal.pb-c.c"
#include "../../src/flow/operation.c"
#include "../../worker/pb.c"
#include "../../worker/payload.c"
#include "../../worker/command.c"
#include "../../worker/decide_activity.c"
#include "../../worker/decide_replay.c"
#include "../../worker/decide.c"

static const char *const  types[] = {
    "PingWorkflow", "UserRegistrationWorkflow", "EmailVerificationWorkflow",
    "PasswordResetWorkflow", "PasswordResetConfirmationWorkflow"
};

static oauth2_token_key_t  key;


static void seal(oauth2_pool_t *pool, oauth2_pb_event_t *event);
static oauth2_pb_payloads_t *sealed(oauth2_pool_t *pool,
    oauth2_pb_payloads_t *payloads);
static void run(oauth2_pool_t *pool, oauth2_decide_t *d,
    Oauth2__Pb__History *history, unsigned how, size_t page);
static oauth2_decide_e local(oauth2_decide_t *d, unsigned how);


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    size_t                i;
    unsigned              how;
    oauth2_decide_t       a, b;
    Oauth2__Pb__History  *history;

    if (text.len == 0) {
        return;
    }

    how = text.data[0];
    text.data++;
    text.len--;

    memset(&key, 7, sizeof(key));
    memcpy(key.id, "deadbeef", 9);
    key.next = NULL;

    history = oauth2_pb_parse(pool, &oauth2__pb__history__descriptor, text);
    if (history == NULL) {
        return;
    }

    for (i = 0; i < history->n_events; i++) {
        seal(pool, history->events[i]);
    }

    run(pool, &a, history, how, history->n_events + 1);
    run(pool, &b, history, how, 1);

    fuzz_require(a.n_commands == b.n_commands);

    for (i = 0; i < a.n_commands; i++) {
        fuzz_require(a.commands[i]->command_type
                     == b.commands[i]->command_type);
    }

    fuzz_require(strcmp(a.why, b.why) == 0);
    fuzz_require(a.row == b.row && a.seq == b.seq);
}


static void
seal(oauth2_pool_t *pool, oauth2_pb_event_t *event)
{
    size_t               i;
    oauth2_pb_detail_t  *detail;

    if (event->attributes_case
        == OAUTH2__PB__EVENT__ATTRIBUTES_WORKFLOW_STARTED
        && event->workflow_started != NULL)
    {
        event->workflow_started->input =
            sealed(pool, event->workflow_started->input);
    }

    if (event->attributes_case != OAUTH2__PB__EVENT__ATTRIBUTES_MARKER
        || event->marker == NULL)
    {
        return;
    }

    for (i = 0; i < event->marker->n_details; i++) {
        detail = event->marker->details[i];

        if (strcmp(detail->key, "result") == 0) {
            detail->value = sealed(pool, detail->value);
        }
    }
}


static oauth2_pb_payloads_t *
sealed(oauth2_pool_t *pool, oauth2_pb_payloads_t *payloads)
{
    oauth2_str_t  json;

    if (oauth2_payload_parse(pool, &key, true, payloads, &json)
        != OAUTH2_OK)
    {
        return payloads;
    }

    return oauth2_payload_write(pool, &key, json);
}


static void
run(oauth2_pool_t *pool, oauth2_decide_t *d, Oauth2__Pb__History *history,
    unsigned how, size_t page)
{
    size_t           i, n;
    oauth2_decide_e  rc;

    fuzz_require(oauth2_decide_init(d, pool, &key, "queue", types[how % 5])
                 == OAUTH2_OK);
    rc = OAUTH2_DECIDE_OK;

    for (i = 0; i < history->n_events && rc == OAUTH2_DECIDE_OK; i += n) {
        n = history->n_events - i;
        n = (n > page) ? page : n;
        rc = oauth2_decide_replay(d, history->events + i, n);
    }

    for (n = 0; rc == OAUTH2_DECIDE_OK; n++) {
        fuzz_require(n <= OAUTH2_DECIDE_ROWS);
        rc = oauth2_decide_next(d);

        if (rc == OAUTH2_DECIDE_LOCAL) {
            fuzz_require(d->activity->kind != OAUTH2_ACTIVITY_MAIL);
            fuzz_require(d->input.len > 0);
            rc = local(d, how);
        }
    }

    fuzz_require(rc == OAUTH2_DECIDE_ANSWER || rc == OAUTH2_DECIDE_CHANGED
                 || rc == OAUTH2_DECIDE_UNREADABLE);
    fuzz_require((rc == OAUTH2_DECIDE_ANSWER) == (d->why[0] == '\0'));
    fuzz_require(d->n_commands <= OAUTH2_DECIDE_COMMANDS);
    fuzz_require(oauth2_decide_step(d) != NULL);
}


static oauth2_decide_e
local(oauth2_decide_t *d, unsigned how)
{
    if (how / 5 % 4 == 1) {
        return oauth2_decide_local_failed(d, "away", 1000, 1, 2);
    }

    if (how / 5 % 4 == 2) {
        return oauth2_decide_local_failed(d, "wrong", 0, 1, 2);
    }

    return oauth2_decide_local_done(d, oauth2_str("{\"status\":\"done\","
                                                  "\"result\":{\"a\":1}}"),
                                    1, 2);
}
