/* SPDX-License-Identifier: MIT */

/* The decision function refuses: other tables, foreign or damaged input. */

#include "decide_history.h"


static void
changed_history(history_t *h)
{
    oauth2_decide_t  d;

    assert_int_equal(decide(&d, h, "UserRegistrationWorkflow"),
                     OAUTH2_DECIDE_CHANGED);
    assert_true(strncmp(d.why, "event ", 6) == 0);
    assert_int_equal(d.n_commands, 0);
}


/* Every way in which a history can be of another table. */
static void
changed(void **state)
{
    history_t           h;
    oauth2_pool_t      *pool;
    oauth2_pb_event_t  *e;

    (void) state;

    pool = oauth2_pool_create();
    assert_non_null(pool);
    begin(&h, pool, &key, START);

    begin(&h, pool, &key, START);
    marker(&h, 1, "create_user", OUTCOME, false);
    changed_history(&h);

    begin(&h, pool, &key, START);
    marker(&h, 2, "generate_verification_token", TOKEN, false);
    changed_history(&h);

    begin(&h, pool, &key, START);
    marker(&h, 1, "generate_verification_token", TOKEN, false);
    h.events[h.n - 1]->marker->marker_name = "core_patch";
    changed_history(&h);

    begin(&h, pool, &key, START);
    timer(&h, true);
    changed_history(&h);

    begin(&h, pool, &key, START);
    (void) scheduled(&h, "send_verification_email");
    changed_history(&h);

    begin(&h, pool, &key, START);
    marker(&h, 1, "generate_verification_token", TOKEN, false);
    marker(&h, 2, "create_user", OUTCOME, false);
    (void) scheduled(&h, "send_welcome_email");
    changed_history(&h);

    begin(&h, pool, &key, START);
    ended(&h, 1);
    changed_history(&h);

    begin(&h, pool, &key, START);
    (void) event(&h, OAUTH2_EVENT_COMPLETED);
    changed_history(&h);

    begin(&h, pool, &key, START);
    (void) event(&h, 29);        /* a child workflow */
    changed_history(&h);

    begin(&h, pool, &key, START);
    (void) event(&h, OAUTH2_EVENT_MARKER);     /* without attributes */
    changed_history(&h);

    begin(&h, pool, &key, START);
    h.events[h.n++] = h.events[0];             /* a second start */
    changed_history(&h);

    /* new events that a worker may ignore are ignored */
    begin(&h, pool, &key, START);
    e = event(&h, 999);
    e->worker_may_ignore = true;
    marker(&h, 1, "create_user", OUTCOME, false);
    changed_history(&h);

    oauth2_pool_release(pool);
}


static void
unreadable(void **state)
{
    size_t              i;
    history_t           h;
    oauth2_pool_t      *pool;
    oauth2_decide_t     d;
    oauth2_token_key_t  other;

    static const char *const  inputs[] = {
        "", "[]", "{}", "{\"operation_id\":\"op\"}",
        "{\"operation_id\":\"op\",\"input\":1}",
        "{\"operation_id\":\"op\",\"input\":null}",
        "{\"input\":{}}"
    };

    (void) state;

    pool = oauth2_pool_create();
    assert_non_null(pool);
    begin(&h, pool, &key, START);

    for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        begin(&h, pool, &key, inputs[i]);
        assert_int_equal(decide(&d, &h, "UserRegistrationWorkflow"),
                         OAUTH2_DECIDE_UNREADABLE);
    }

    /* another key of the same name, and one of another name */
    other = key;
    other.seal[0] ^= 1;
    begin(&h, pool, &other, START);
    assert_int_equal(decide(&d, &h, "UserRegistrationWorkflow"),
                     OAUTH2_DECIDE_UNREADABLE);

    other = key;
    other.id[0] = 'x';
    begin(&h, pool, &other, START);
    assert_int_equal(decide(&d, &h, "UserRegistrationWorkflow"),
                     OAUTH2_DECIDE_UNREADABLE);

    /* in clear: whoever can write to the queue has no key for that */
    begin(&h, pool, &key, START);
    h.events[0]->workflow_started->input =
        oauth2_payload_write_plain(pool, oauth2_str(START));
    assert_int_equal(decide(&d, &h, "UserRegistrationWorkflow"),
                     OAUTH2_DECIDE_UNREADABLE);

    oauth2_pool_release(pool);
}


static void
unknown(void **state)
{
    oauth2_decide_t  d;

    (void) state;

    assert_int_equal(oauth2_decide_init(&d, NULL, &key, "queue", "Other"),
                     OAUTH2_NONE);
    assert_int_equal(oauth2_decide_init(&d, NULL, &key, "queue", ""),
                     OAUTH2_NONE);

    /* a history without a start */
    assert_int_equal(oauth2_decide_init(&d, NULL, &key, "queue",
                                        OAUTH2_WORKFLOW_PING), OAUTH2_OK);
    assert_int_equal(oauth2_decide_next(&d), OAUTH2_DECIDE_CHANGED);
}


static const struct CMUnitTest  tests[] = {
    cmocka_unit_test(changed),
    cmocka_unit_test(unreadable),
    cmocka_unit_test(unknown)
};


int
main(void)
{
    return cmocka_run_group_tests_name("decide_changed", tests, NULL, NULL);
}
