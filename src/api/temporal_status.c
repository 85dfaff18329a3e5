/* SPDX-License-Identifier: MIT */

/*
 * GET /temporal-status: what the worker says about its connection; always
 * 200, since it is no failure of ours when there is none.
 */

#include "api.h"

#define TEMPORAL_STATUS_MAX  8192

static oauth2_next_e temporal_status_ask(oauth2_flow_t *f);
static oauth2_next_e temporal_status_reply(oauth2_flow_t *f);

static const oauth2_step_t  temporal_status_steps[] = {
    { "asking the worker", temporal_status_ask, NULL },
    { "replying", temporal_status_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(temporal_status, temporal_status_steps, u_char);


static oauth2_next_e
temporal_status_ask(oauth2_flow_t *f)
{
    if (!oauth2_worker_configured(f)) {
        return OAUTH2_NEXT;
    }

    return oauth2_worker_ask(f, "/status", oauth2_str_null);
}


static oauth2_next_e
temporal_status_reply(oauth2_flow_t *f)
{
    const char     *reason;
    oauth2_str_t    connected;
    oauth2_json_t   j;

    oauth2_json_init(&j, oauth2_pool(f), TEMPORAL_STATUS_MAX);

    if (oauth2_worker_status(f) == 200
        && oauth2_json_find(oauth2_pool(f), oauth2_worker_body(f),
                            "temporal_connected", &connected)
           == OAUTH2_OK)
    {
        oauth2_json_raw(&j, NULL, oauth2_worker_body(f));
        return oauth2_reply(f, 200, &j);
    }

    reason = oauth2_worker_configured(f) ? "the worker is away"
                                         : "no worker is configured";

    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "temporal_connected", false);
    oauth2_json_null(&j, "namespace");
    oauth2_json_null(&j, "task_queue");
    oauth2_json_null(&j, "worker");
    oauth2_json_null(&j, "address");
    oauth2_json_c(&j, "reason", reason);
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}
