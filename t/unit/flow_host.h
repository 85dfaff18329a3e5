/* SPDX-License-Identifier: MIT */

/*
 * A host for flows, and steps.  Each step appends a letter to the trail,
 * and the host the end: "." done, "!" failed.
 */

#ifndef OAUTH2_FLOW_HOST_H
#define OAUTH2_FLOW_HOST_H

#include "../../src/flow/flow.h"
#include "unit.h"

typedef struct {
    unsigned  count;
} state_t;

static char                  trail[64];
static size_t                trail_len;
static const char           *last_name;
static const oauth2_error_t *last_error;
static oauth2_op_t          *pending;
static bool                  release_at_end;
static bool                  abort_when_named;


static void
mark(char c)
{
    assert_true(trail_len < sizeof(trail) - 1);
    trail[trail_len++] = c;
    trail[trail_len] = '\0';
}


static void
host_named(oauth2_flow_t *f, const char *name)
{
    last_name = name;

    if (abort_when_named) {
        oauth2_flow_abort(f);
    }
}


static void
host_ended(oauth2_flow_t *f, const oauth2_error_t *error)
{
    last_error = error;
    mark(error == NULL ? '.' : '!');

    if (release_at_end) {
        oauth2_pool_release(f->pool);
    }
}


static const oauth2_flow_host_t  host = { host_named, host_ended };


/* A step without memory for its operation fails, as every owner does. */
OAUTH2_UNUSED static oauth2_next_e
no_memory(oauth2_flow_t *f)
{
    unit_reported = unit_failing;
    return oauth2_fail(f, &oauth2_err_unavailable);
}


OAUTH2_UNUSED static oauth2_next_e
step_a(oauth2_flow_t *f OAUTH2_UNUSED)
{
    mark('a');
    return OAUTH2_NEXT;
}


OAUTH2_UNUSED static oauth2_next_e
step_b(oauth2_flow_t *f OAUTH2_UNUSED)
{
    mark('b');
    return OAUTH2_NEXT;
}


OAUTH2_UNUSED static oauth2_next_e
step_done(oauth2_flow_t *f OAUTH2_UNUSED)
{
    mark('d');
    return OAUTH2_DONE;
}


OAUTH2_UNUSED static oauth2_next_e
step_wait(oauth2_flow_t *f)
{
    mark('w');
    pending = oauth2_op_start(f);

    return (pending == NULL) ? no_memory(f) : OAUTH2_WAIT;
}


OAUTH2_UNUSED static const oauth2_step_t  inner_steps[] = {
    { "inner a", step_a, NULL },
    { "inner waiting", step_wait, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_UNUSED static const oauth2_step_t  waiting_steps[] = {
    { "first", step_a, NULL },
    { "waiting", step_wait, &oauth2_err_busy },
    { "replying", step_done, NULL },
    { NULL, NULL, NULL }
};


static oauth2_flow_t *
run(oauth2_pool_t *pool, const oauth2_step_t *steps)
{
    oauth2_flow_t  *f;

    trail_len = 0;
    trail[0] = '\0';
    last_name = NULL;
    last_error = NULL;
    pending = NULL;

    f = oauth2_flow_create(pool, sizeof(state_t), &host, NULL);

    if (f != NULL) {
        assert_int_equal(((state_t *) f->state)->count, 0);
        oauth2_flow_run(f, steps);
    }

    return f;
}

#endif
