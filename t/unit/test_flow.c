/* SPDX-License-Identifier: MIT */

/* The step engine: the order of steps, waits and tables. */

#include "../../src/flow/flow.c"
#include "flow_host.h"


static oauth2_next_e
step_fail(oauth2_flow_t *f)
{
    mark('f');
    return oauth2_fail(f, &oauth2_err_wrong_login);
}


static oauth2_next_e
step_fail_of_step(oauth2_flow_t *f)
{
    mark('f');
    return oauth2_fail(f, &oauth2_err_of_step);
}


/* Ends its operation before it returns. */
static oauth2_next_e
step_at_once(oauth2_flow_t *f)
{
    oauth2_op_t  *op;

    mark('s');
    op = oauth2_op_start(f);

    if (op == NULL) {
        return no_memory(f);
    }

    assert_ptr_equal(oauth2_op_flow(op), f);
    oauth2_op_done(op, NULL);

    return OAUTH2_WAIT;
}


static oauth2_next_e
step_at_once_badly(oauth2_flow_t *f)
{
    oauth2_op_t  *op;

    mark('s');
    op = oauth2_op_start(f);

    if (op == NULL) {
        return no_memory(f);
    }

    oauth2_op_done(op, &oauth2_err_of_step);

    return OAUTH2_WAIT;
}


static oauth2_next_e
step_three_times(oauth2_flow_t *f)
{
    state_t  *state;

    state = f->state;

    if (++state->count < 3) {
        oauth2_repeat(f);
    }

    return step_wait(f);
}


/* Wants to run again, and waits for nothing. */
static oauth2_next_e
step_repeat_nothing(oauth2_flow_t *f)
{
    mark('r');
    oauth2_repeat(f);
    return OAUTH2_NEXT;
}


static oauth2_next_e
step_enter(oauth2_flow_t *f)
{
    mark('(');
    return oauth2_enter(f, inner_steps);
}


static const oauth2_step_t  nested_steps[] = {
    { "entering", step_enter, NULL },
    { "nested b", step_b, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
step_enter_nested(oauth2_flow_t *f)
{
    mark('[');
    return oauth2_enter(f, nested_steps);
}


static oauth2_next_e
step_enter_itself(oauth2_flow_t *f)
{
    static const oauth2_step_t  steps[] = {
        { "entering itself", step_enter_itself, NULL },
        { NULL, NULL, NULL }
    };

    mark('(');

    return oauth2_enter(f, steps);
}


static void
straight(oauth2_pool_t *pool)
{
    static const oauth2_step_t  steps[] = {
        { "first", step_a, NULL },
        { "second", step_b, NULL },
        { "replying", step_done, NULL },
        { "never", step_a, NULL },
        { NULL, NULL, NULL }
    };

    unit_ptr(run(pool, steps));
    assert_string_equal(trail, "abd.");
    assert_string_equal(last_name, "replying");
    assert_null(last_error);
}


static void
end_of_table(oauth2_pool_t *pool)
{
    static const oauth2_step_t  steps[] = {
        { "first", step_a, NULL },
        { NULL, NULL, NULL }
    };

    unit_ptr(run(pool, steps));
    assert_string_equal(trail, "a.");
}


static void
failing(oauth2_pool_t *pool)
{
    static const oauth2_step_t  steps[] = {
        { "failing", step_fail, &oauth2_err_server_error },
        { "never", step_a, NULL },
        { NULL, NULL, NULL }
    };
    static const oauth2_step_t  of_step[] = {
        { "failing", step_fail_of_step, &oauth2_err_busy },
        { NULL, NULL, NULL }
    };

    unit_ptr(run(pool, steps));
    assert_string_equal(trail, "f!");
    assert_ptr_equal(last_error, &oauth2_err_wrong_login);

    unit_ptr(run(pool, of_step));
    assert_ptr_equal(last_error, &oauth2_err_busy);
}


static void
waiting(oauth2_pool_t *pool)
{
    unit_ptr(run(pool, waiting_steps));

    if (pending == NULL) {
        assert_string_equal(trail, "aw!");
        return;
    }

    assert_string_equal(trail, "aw");
    assert_string_equal(last_name, "waiting");
    oauth2_op_done(pending, NULL);
    assert_string_equal(trail, "awd.");
}


static void
waiting_in_vain(oauth2_pool_t *pool)
{
    unit_ptr(run(pool, waiting_steps));

    if (pending == NULL) {
        return;
    }

    oauth2_op_done(pending, &oauth2_err_of_step);
    assert_string_equal(trail, "aw!");
    assert_ptr_equal(last_error, &oauth2_err_busy);

    unit_ptr(run(pool, waiting_steps));

    if (pending == NULL) {
        return;
    }

    oauth2_op_done(pending, &oauth2_err_unavailable);
    assert_ptr_equal(last_error, &oauth2_err_unavailable);
}


static void
at_once(oauth2_pool_t *pool)
{
    static const oauth2_step_t  steps[] = {
        { "at once", step_at_once, NULL },
        { "again", step_at_once, NULL },
        { "replying", step_done, NULL },
        { NULL, NULL, NULL }
    };
    static const oauth2_step_t  badly[] = {
        { "badly", step_at_once_badly, &oauth2_err_busy },
        { "never", step_a, NULL },
        { NULL, NULL, NULL }
    };

    unit_ptr(run(pool, steps));

    if (!unit_reported) {
        assert_string_equal(trail, "ssd.");
    }

    unit_ptr(run(pool, badly));

    if (!unit_reported) {
        assert_string_equal(trail, "s!");
        assert_ptr_equal(last_error, &oauth2_err_busy);
    }
}


static void
repeating(oauth2_pool_t *pool)
{
    int  i;

    static const oauth2_step_t  steps[] = {
        { "three times", step_three_times, &oauth2_err_busy },
        { "replying", step_done, NULL },
        { NULL, NULL, NULL }
    };

    unit_ptr(run(pool, steps));

    for (i = 0; i < 3 && !unit_reported; i++) {
        assert_int_equal(strspn(trail, "w"), i + 1);
        oauth2_op_done(pending, NULL);
    }

    if (!unit_reported) {
        assert_string_equal(trail, "wwwd.");
    }
}


/* The wish is its own step's, not that of the one behind it. */
static void
repeating_nothing(oauth2_pool_t *pool)
{
    static const oauth2_step_t  steps[] = {
        { "wishing", step_repeat_nothing, NULL },
        { "at once", step_at_once, NULL },
        { "replying", step_done, NULL },
        { NULL, NULL, NULL }
    };

    unit_ptr(run(pool, steps));

    if (!unit_reported) {
        assert_string_equal(trail, "rsd.");
    }
}


static const oauth2_step_t  deep_steps[] = {
    { "entering", step_enter_nested, &oauth2_err_invalid_client },
    { "replying", step_done, NULL },
    { NULL, NULL, NULL }
};


static void
deep(oauth2_pool_t *pool)
{
    unit_ptr(run(pool, deep_steps));

    if (pending == NULL) {
        return;
    }

    assert_string_equal(trail, "[(aw");
    oauth2_op_done(pending, NULL);
    assert_string_equal(trail, "[(awbd.");
}


/* Rows without an error have that of the row that entered them. */
static void
deep_failure(oauth2_pool_t *pool)
{
    unit_ptr(run(pool, deep_steps));

    if (pending == NULL) {
        return;
    }

    oauth2_op_done(pending, &oauth2_err_of_step);
    assert_string_equal(trail, "[(aw!");
    assert_ptr_equal(last_error, &oauth2_err_invalid_client);

    unit_ptr(run(pool, inner_steps));

    if (pending == NULL) {
        return;
    }

    oauth2_op_done(pending, &oauth2_err_of_step);
    assert_ptr_equal(last_error, &oauth2_err_server_error);
}


static void
too_deep(oauth2_pool_t *pool)
{
    static const oauth2_step_t  steps[] = {
        { "entering itself", step_enter_itself, &oauth2_err_busy },
        { NULL, NULL, NULL }
    };

    unit_ptr(run(pool, steps));
    assert_string_equal(trail, "((((((!");
    assert_ptr_equal(last_error, &oauth2_err_server_error);
}


static const struct CMUnitTest  tests[] = {
    unit_row(straight), unit_row(end_of_table), unit_row(failing),
    unit_row(waiting), unit_row(waiting_in_vain), unit_row(at_once),
    unit_row(repeating), unit_row(repeating_nothing), unit_row(deep),
    unit_row(deep_failure), unit_row(too_deep)
};


int
main(void)
{
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
