/* SPDX-License-Identifier: MIT */

/*
 * The step engine: clients that leave, flows that are let go of, and steps
 * that break its rules.
 */

#include "../../src/flow/flow.c"
#include "flow_host.h"


static oauth2_next_e
step_abort(oauth2_flow_t *f)
{
    mark('x');
    oauth2_flow_abort(f);
    return OAUTH2_NEXT;
}


static oauth2_next_e
step_wait_and_abort(oauth2_flow_t *f)
{
    oauth2_next_e  next;

    next = step_wait(f);
    oauth2_flow_abort(f);

    return next;
}


/* The client leaves: no step, no end, and the operation ends alone. */
static void
aborted(oauth2_pool_t *pool)
{
    oauth2_flow_t  *f;

    f = run(pool, waiting_steps);
    unit_ptr(f);

    if (pending == NULL) {
        return;
    }

    oauth2_flow_abort(f);
    oauth2_flow_abort(f);
    assert_null(oauth2_op_flow(pending));
    oauth2_op_done(pending, NULL);
    assert_string_equal(trail, "aw");
    assert_null(oauth2_op_start(f));
}


static void
aborted_within(oauth2_pool_t *pool)
{
    static const oauth2_step_t  steps[] = {
        { "aborting", step_abort, NULL },
        { "never", step_a, NULL },
        { NULL, NULL, NULL }
    };
    static const oauth2_step_t  with_op[] = {
        { "aborting", step_wait_and_abort, NULL },
        { "never", step_a, NULL },
        { NULL, NULL, NULL }
    };

    unit_ptr(run(pool, steps));
    assert_string_equal(trail, "x");

    unit_ptr(run(pool, with_op));
    assert_string_equal(trail, "w");

    if (pending != NULL) {
        oauth2_op_done(pending, NULL);
        assert_string_equal(trail, "w");
    }

    abort_when_named = true;
    (void) run(pool, steps);
    abort_when_named = false;
    assert_string_equal(trail, "");
    unit_ptr(last_name);
}


/* The requester's reference goes first, and the operation's is the last:
 * AddressSanitizer sees whatever is touched too late. */
static void
outliving(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    oauth2_flow_t  *f;
    oauth2_pool_t  *own;

    own = oauth2_pool_create();
    unit_ptr(own);

    f = run(own, waiting_steps);

    if (f == NULL || pending == NULL) {
        oauth2_pool_release(own);
        unit_ptr(f);
        return;
    }

    oauth2_flow_abort(f);
    oauth2_pool_release(own);
    oauth2_op_done(pending, NULL);
    assert_string_equal(trail, "aw");
}


/* ended() may let go of the flow, in the run and in the end of an
 * operation. */
static void
released_at_end(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    oauth2_flow_t  *f;
    oauth2_pool_t  *own;

    own = oauth2_pool_create();
    unit_ptr(own);

    release_at_end = true;
    f = run(own, waiting_steps);

    if (pending != NULL) {
        oauth2_op_done(pending, NULL);
    }

    release_at_end = false;

    if (f == NULL) {
        oauth2_pool_release(own);
        unit_ptr(f);
        return;
    }

    assert_string_equal(trail, (pending != NULL) ? "awd." : "aw!");
}


static oauth2_next_e
break_wait_for_nothing(oauth2_flow_t *f OAUTH2_UNUSED)
{
    return OAUTH2_WAIT;
}


static oauth2_next_e
break_next_while_waiting(oauth2_flow_t *f)
{
    (void) step_wait(f);
    return (pending == NULL) ? OAUTH2_FAILED : OAUTH2_NEXT;
}


static oauth2_next_e
break_enter_while_waiting(oauth2_flow_t *f)
{
    (void) step_wait(f);
    return (pending == NULL) ? OAUTH2_FAILED : oauth2_enter(f, inner_steps);
}


static oauth2_next_e
break_enter_unsaid(oauth2_flow_t *f)
{
    (void) oauth2_enter(f, inner_steps);
    return OAUTH2_NEXT;
}


static oauth2_next_e
break_enter_nothing(oauth2_flow_t *f OAUTH2_UNUSED)
{
    return OAUTH2_ENTER;
}


static oauth2_next_e
break_fail_without(oauth2_flow_t *f OAUTH2_UNUSED)
{
    return OAUTH2_FAILED;
}


static oauth2_next_e
break_two_operations(oauth2_flow_t *f)
{
    oauth2_next_e  next;

    next = step_wait(f);

    if (pending != NULL) {
        assert_null(oauth2_op_start(f));
    }

    return next;
}


/* Each ends its flow once with an error, and its operation ends alone. */
static void
broken_rules(oauth2_pool_t *pool)
{
    size_t  i;

    static const oauth2_step_t  rows[][2] = {
        { { "x", break_wait_for_nothing, NULL }, { NULL, NULL, NULL } },
        { { "x", break_next_while_waiting, NULL }, { NULL, NULL, NULL } },
        { { "x", break_enter_while_waiting, NULL }, { NULL, NULL, NULL } },
        { { "x", break_enter_unsaid, NULL }, { NULL, NULL, NULL } },
        { { "x", break_enter_nothing, NULL }, { NULL, NULL, NULL } },
        { { "x", break_fail_without, NULL }, { NULL, NULL, NULL } }
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unit_ptr(run(pool, rows[i]));
        assert_int_equal(trail[strlen(trail) - 1], '!');
        assert_non_null(last_error);

        if (pending != NULL) {
            assert_ptr_equal(last_error, &oauth2_err_server_error);
            assert_null(oauth2_op_flow(pending));
            oauth2_op_done(pending, NULL);
        }

        assert_null(strchr(trail, '.'));
    }
}


static void
one_operation(oauth2_pool_t *pool)
{
    static const oauth2_step_t  steps[] = {
        { "two", break_two_operations, NULL },
        { NULL, NULL, NULL }
    };

    unit_ptr(run(pool, steps));

    if (pending != NULL) {
        oauth2_op_done(pending, NULL);
        assert_string_equal(trail, "w.");
    }
}


static const struct CMUnitTest  tests[] = {
    unit_row(aborted), unit_row(aborted_within), unit_row(outliving),
    unit_row(released_at_end), unit_row(broken_rules), unit_row(one_operation)
};


int
main(void)
{
    return cmocka_run_group_tests_name("flow_end", tests, NULL, NULL);
}
