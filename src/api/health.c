/* SPDX-License-Identifier: MIT */

/*
 * GET /health: healthy as long as the database answers and there are keys
 * to sign with; the worker may be away, since operations then go directly.
 */

#include "api.h"

static oauth2_next_e health_database(oauth2_flow_t *f);
static oauth2_next_e health_worker(oauth2_flow_t *f);
static oauth2_next_e health_reply(oauth2_flow_t *f);

static const oauth2_step_t  health_steps[] = {
    { "asking the database", health_database, &oauth2_err_unhealthy },
    { "asking the worker", health_worker, NULL },
    { "replying", health_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(health, health_steps, u_char);


static oauth2_next_e
health_database(oauth2_flow_t *f)
{
    return oauth2_call_n(f, OAUTH2_STMT_health, NULL, 0);
}


static oauth2_next_e
health_worker(oauth2_flow_t *f)
{
    if (!oauth2_row_is(f, "ok")) {
        return oauth2_fail(f, &oauth2_err_unhealthy);
    }

    if (!oauth2_can_sign(f)) {
        return oauth2_fail(f, &oauth2_err_no_keys);
    }

    if (!oauth2_worker_configured(f)) {
        return OAUTH2_NEXT;
    }

    return oauth2_worker_ask(f, "/status", oauth2_str_null);
}


static oauth2_next_e
health_reply(oauth2_flow_t *f)
{
    const char     *worker;
    oauth2_json_t   j;

    worker = "none";

    if (oauth2_worker_configured(f)) {
        worker = oauth2_worker_status(f) == 200 ? "ok" : "away";
    }

    oauth2_json_init(&j, oauth2_pool(f), 512);
    oauth2_json_open(&j, NULL);
    oauth2_json_c(&j, "status", "healthy");
    oauth2_json_c(&j, "database", "ok");
    oauth2_json_c(&j, "worker", worker);
    oauth2_json_c(&j, "version", OAUTH2_VERSION);
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}
