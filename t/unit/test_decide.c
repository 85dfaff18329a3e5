/* SPDX-License-Identifier: MIT */

/* The decision function: histories in, commands out. */

#include "decide_history.h"


/* From the start in one task: two local activities, then mail. */
static void
straight(oauth2_pool_t *pool)
{
    history_t         h;
    oauth2_decide_t   d;
    oauth2_str_t      value;

    PREPARE(begin(&h, pool, &key, START););

    decide_rc(OAUTH2_DECIDE_OK, decide(&d, &h, "UserRegistrationWorkflow"));
    unit_str(d.operation_id, "op");
    unit_str(d.request_id, "r");

    decide_rc(OAUTH2_DECIDE_LOCAL, oauth2_decide_next(&d));
    assert_string_equal(d.activity->name, "generate_verification_token");
    unit_str(d.input, "{\"email\":\"e\"}");
    assert_null(d.outcome.data);

    decide_rc(OAUTH2_DECIDE_OK,
              oauth2_decide_local_done(&d, oauth2_str(TOKEN), 1, 2));
    decide_rc(OAUTH2_DECIDE_LOCAL, oauth2_decide_next(&d));
    assert_string_equal(d.activity->name, "create_user");
    unit_rc(OAUTH2_OK,
            oauth2_json_find(pool, d.input, "token_digest", &value));
    unit_str(value, "00");

    decide_rc(OAUTH2_DECIDE_OK,
              oauth2_decide_local_done(&d, oauth2_str(OUTCOME), 1, 2));
    unit_str(d.outcome, OUTCOME);

    decide_rc(OAUTH2_DECIDE_ANSWER, oauth2_decide_next(&d));
    commands(&d, (const int[]) { COMMAND_RECORD_MARKER,
                                 COMMAND_RECORD_MARKER,
                                 COMMAND_SCHEDULE_ACTIVITY, 0 });
    assert_string_equal(d.commands[2]->schedule_activity->activity_id, "3");
    assert_string_equal(
        d.commands[2]->schedule_activity->activity_type->name,
        "send_verification_email");
    assert_string_equal(d.commands[2]->schedule_activity->task_queue->name,
                        "queue");
}


/* The task after the mail: only the end is left, with the outcome. */
static void
to_the_end(oauth2_pool_t *pool)
{
    int64_t           id;
    history_t         h;
    oauth2_str_t      json;
    oauth2_decide_t   d;

    PREPARE(
        begin(&h, pool, &key, START);
        marker(&h, 1, "generate_verification_token", TOKEN, false);
        marker(&h, 2, "create_user", OUTCOME, false);
        id = scheduled(&h, "send_verification_email");
        ended(&h, id);
        task(&h);
    );

    decide_rc(OAUTH2_DECIDE_OK, decide(&d, &h, "UserRegistrationWorkflow"));
    decide_rc(OAUTH2_DECIDE_ANSWER, oauth2_decide_next(&d));
    commands(&d, (const int[]) { COMMAND_COMPLETE, 0 });

    PREPARE(
        assert_int_equal(
            oauth2_payload_parse(pool, &key, false,
                                 d.commands[0]->complete_workflow->result,
                                 &json), OAUTH2_OK);
    );
    unit_str(json, OUTCOME);

    /* once it has been said there is no more to say */
    decide_rc(OAUTH2_DECIDE_ANSWER, oauth2_decide_next(&d));
    assert_int_equal(d.n_commands, 1);
    assert_string_equal(oauth2_decide_step(&d), "done");
}


/* A signal, or a query, while the mail is under way changes nothing. */
static void
waits_for_mail(oauth2_pool_t *pool)
{
    history_t         h;
    oauth2_decide_t   d;

    PREPARE(
        begin(&h, pool, &key, START);
        marker(&h, 1, "generate_verification_token", TOKEN, false);
        marker(&h, 2, "create_user", OUTCOME, false);
        (void) scheduled(&h, "send_verification_email");
        (void) event(&h, OAUTH2_EVENT_SIGNALED);
        task(&h);
    );

    decide_rc(OAUTH2_DECIDE_OK, decide(&d, &h, "UserRegistrationWorkflow"));
    decide_rc(OAUTH2_DECIDE_ANSWER, oauth2_decide_next(&d));
    assert_int_equal(d.n_commands, 0);
    assert_string_equal(oauth2_decide_step(&d), "send_verification_email");
    unit_str(d.outcome, OUTCOME);
}


/* A database that is away: a marker with the failure, and a timer. */
static void
backs_off(oauth2_pool_t *pool)
{
    history_t         h;
    oauth2_decide_t   d;

    PREPARE(
        begin(&h, pool, &key, START);
        marker(&h, 1, "generate_verification_token", TOKEN, false);
    );

    decide_rc(OAUTH2_DECIDE_OK, decide(&d, &h, "UserRegistrationWorkflow"));
    decide_rc(OAUTH2_DECIDE_LOCAL, oauth2_decide_next(&d));
    decide_rc(OAUTH2_DECIDE_OK,
              oauth2_decide_local_failed(&d, "away", 1000, 1, 2));
    decide_rc(OAUTH2_DECIDE_ANSWER, oauth2_decide_next(&d));
    commands(&d, (const int[]) { COMMAND_RECORD_MARKER, COMMAND_START_TIMER,
                                 0 });
    assert_string_equal(d.commands[1]->start_timer->timer_id, "1");
    assert_int_equal(d.commands[1]->start_timer->start_to_fire_timeout
                     ->seconds, 1);
}


/* When it has fired the same activity runs, under the next number. */
static void
comes_back(oauth2_pool_t *pool)
{
    history_t         h;
    oauth2_decide_t   d;

    PREPARE(
        begin(&h, pool, &key, START);
        marker(&h, 1, "generate_verification_token", TOKEN, false);
        marker(&h, 2, "create_user", NULL, true);
        timer(&h, true);
        task(&h);
    );

    decide_rc(OAUTH2_DECIDE_OK, decide(&d, &h, "UserRegistrationWorkflow"));
    decide_rc(OAUTH2_DECIDE_LOCAL, oauth2_decide_next(&d));
    assert_string_equal(d.activity->name, "create_user");
    assert_int_equal(d.attempt, 2);
    assert_int_equal(d.seq, 2);
    assert_int_equal(d.timers, 1);
}


/* A task in between, the timer still running, runs nothing. */
static void
waits_for_timer(oauth2_pool_t *pool)
{
    history_t         h;
    oauth2_decide_t   d;

    PREPARE(
        begin(&h, pool, &key, START);
        marker(&h, 1, "generate_verification_token", NULL, true);
        timer(&h, false);
        task(&h);
    );

    decide_rc(OAUTH2_DECIDE_OK, decide(&d, &h, "UserRegistrationWorkflow"));
    decide_rc(OAUTH2_DECIDE_ANSWER, oauth2_decide_next(&d));
    assert_int_equal(d.n_commands, 0);
}


static void
fails(oauth2_pool_t *pool)
{
    history_t         h;
    oauth2_decide_t   d;

    PREPARE(begin(&h, pool, &key, START););

    decide_rc(OAUTH2_DECIDE_OK, decide(&d, &h, "UserRegistrationWorkflow"));
    decide_rc(OAUTH2_DECIDE_LOCAL, oauth2_decide_next(&d));
    decide_rc(OAUTH2_DECIDE_OK,
              oauth2_decide_local_failed(&d, "wrong", 0, 1, 2));
    decide_rc(OAUTH2_DECIDE_ANSWER, oauth2_decide_next(&d));
    commands(&d, (const int[]) { COMMAND_RECORD_MARKER, COMMAND_FAIL, 0 });
    assert_string_equal(d.commands[1]->fail_workflow->failure->message,
                        "wrong");
}


/* At the mail: its activity first.  Before anything: at once. */
static void
cancels(oauth2_pool_t *pool)
{
    int64_t           id;
    history_t         h;
    oauth2_decide_t   d;

    PREPARE(
        begin(&h, pool, &key, START);
        marker(&h, 1, "generate_verification_token", TOKEN, false);
        marker(&h, 2, "create_user", OUTCOME, false);
        id = scheduled(&h, "send_verification_email");
        (void) event(&h, OAUTH2_EVENT_CANCEL_REQUESTED);
    );

    decide_rc(OAUTH2_DECIDE_OK, decide(&d, &h, "UserRegistrationWorkflow"));
    decide_rc(OAUTH2_DECIDE_ANSWER, oauth2_decide_next(&d));
    commands(&d, (const int[]) { COMMAND_CANCEL_ACTIVITY, COMMAND_CANCEL,
                                 0 });
    assert_int_equal(d.commands[0]->cancel_activity->scheduled_event_id, id);

    PREPARE(
        begin(&h, pool, &key, START);
        (void) event(&h, OAUTH2_EVENT_CANCEL_REQUESTED);
    );

    decide_rc(OAUTH2_DECIDE_OK, decide(&d, &h, "UserRegistrationWorkflow"));
    decide_rc(OAUTH2_DECIDE_ANSWER, oauth2_decide_next(&d));
    commands(&d, (const int[]) { COMMAND_CANCEL, 0 });
}


/* The time of an answer is that of the history. */
static void
ping(oauth2_pool_t *pool)
{
    history_t         h;
    oauth2_decide_t   d;

    PREPARE(begin(&h, pool, &key, "{\"operation_id\":\"op\","
                  "\"input\":{\"message\":\"hi\"}}"););

    decide_rc(OAUTH2_DECIDE_OK, decide(&d, &h, OAUTH2_WORKFLOW_PING));
    decide_rc(OAUTH2_DECIDE_ANSWER, oauth2_decide_next(&d));
    commands(&d, (const int[]) { COMMAND_COMPLETE, 0 });

    if (unit_refused(oauth2_str_same(d.outcome, oauth2_str(
            "{\"status\":\"ok\",\"method\":\"temporal_workflow\","
            "\"result\":{\"success\":true,\"message\":\"pong\","
            "\"timestamp\":\"2025-01-01T00:00:00.250Z\"}}"))))
    {
        return;
    }

    unit_str(d.outcome,
             "{\"status\":\"ok\",\"method\":\"temporal_workflow\","
             "\"result\":{\"success\":true,\"message\":\"hi\","
             "\"timestamp\":\"2025-01-01T00:00:00.250Z\"}}");
}


static const struct CMUnitTest  tests[] = {
    unit_row(straight),
    unit_row(to_the_end),
    unit_row(waits_for_mail),
    unit_row(backs_off),
    unit_row(comes_back),
    unit_row(waits_for_timer),
    unit_row(fails),
    unit_row(cancels),
    unit_row(ping)
};


int
main(void)
{
    return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
