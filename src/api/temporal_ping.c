/* SPDX-License-Identifier: MIT */

/*
 * POST /temporal-ping: one workflow there and back.  The message is a JSON
 * string in the body, or ?message=, or "ping".
 */

#include "api.h"

#define TEMPORAL_PING_MAX  1000

typedef struct {
    oauth2_str_t  message;
    int64_t       began;
} temporal_ping_t;

static oauth2_next_e temporal_ping_read(oauth2_flow_t *f);
static oauth2_next_e temporal_ping_ask(oauth2_flow_t *f);
static oauth2_next_e temporal_ping_reply(oauth2_flow_t *f);
static const oauth2_error_t *temporal_ping_body(oauth2_flow_t *f,
    temporal_ping_t *ping);
static oauth2_rc_e temporal_ping_request(oauth2_flow_t *f,
    const temporal_ping_t *ping, oauth2_str_t *body);
static oauth2_next_e temporal_ping_away(oauth2_flow_t *f);
static oauth2_str_t temporal_ping_member(oauth2_flow_t *f, const char *name);

static const oauth2_field_t  temporal_ping_fields[] = {
    { "message", OAUTH2_FIELD_STR, TEMPORAL_PING_MAX, OAUTH2_CONTROLS,
      offsetof(temporal_ping_t, message) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  temporal_ping_steps[] = {
    { "reading body", temporal_ping_read, &oauth2_err_invalid_json },
    { "asking the worker", temporal_ping_ask, NULL },
    { "replying", temporal_ping_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(temporal_ping, temporal_ping_steps, temporal_ping_t);


static oauth2_next_e
temporal_ping_read(oauth2_flow_t *f)
{
    const oauth2_error_t  *error;

    error = oauth2_read_query(f, temporal_ping_fields, oauth2_state(f));

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    return oauth2_read_raw(f);
}


static oauth2_next_e
temporal_ping_ask(oauth2_flow_t *f)
{
    oauth2_str_t           body;
    temporal_ping_t       *ping;
    const oauth2_error_t  *error;

    ping = oauth2_state(f);
    error = temporal_ping_body(f, ping);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    ping->began = oauth2_now_ms(f);

    if (!oauth2_worker_configured(f)) {
        return OAUTH2_NEXT;
    }

    if (temporal_ping_request(f, ping, &body) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_worker_ask(f, "/operations/ping", body);
}


static oauth2_next_e
temporal_ping_reply(oauth2_flow_t *f)
{
    oauth2_str_t      result, id;
    oauth2_json_t     j;
    temporal_ping_t  *ping;

    ping = oauth2_state(f);

    if (oauth2_worker_status(f) != 200) {
        return temporal_ping_away(f);
    }

    result = temporal_ping_member(f, "result");
    id = temporal_ping_member(f, "workflow_id");

    if (result.data == NULL) {
        return temporal_ping_away(f);
    }

    oauth2_json_init(&j, oauth2_pool(f), 16384);
    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "temporal_working", true);
    oauth2_json_c(&j, "method", OAUTH2_METHOD_WORKFLOW);
    oauth2_json_raw(&j, "workflow_result", result);
    oauth2_json_str(&j, "workflow_id", id);
    oauth2_json_int(&j, "duration_ms", oauth2_now_ms(f) - ping->began);
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}


static const oauth2_error_t *
temporal_ping_body(oauth2_flow_t *f, temporal_ping_t *ping)
{
    oauth2_str_t  body;

    body = oauth2_body(f);

    if (body.len > 0
        && (oauth2_list_string(oauth2_pool(f), &body, &ping->message)
            != OAUTH2_OK
            || body.len > 0))
    {
        return &oauth2_err_invalid_json;
    }

    if (ping->message.len > TEMPORAL_PING_MAX) {
        oauth2_complain(f, "message", "is longer than 1000 bytes");
        return &oauth2_err_invalid_fields;
    }

    if (ping->message.len == 0) {
        ping->message = oauth2_str("ping");
    }

    return NULL;
}


static oauth2_rc_e
temporal_ping_request(oauth2_flow_t *f, const temporal_ping_t *ping,
    oauth2_str_t *body)
{
    oauth2_rc_e    rc;
    oauth2_str_t   id;
    oauth2_json_t  j;

    rc = oauth2_operation_id(f, &id);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, oauth2_pool(f), 16384);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "operation_id", id);
    oauth2_json_open(&j, "input");
    oauth2_json_str(&j, "message", ping->message);
    oauth2_json_close(&j);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, body);
}


/* The reason is the worker's own word, when there was one. */

static oauth2_next_e
temporal_ping_away(oauth2_flow_t *f)
{
    oauth2_str_t   reason;
    oauth2_json_t  j;

    reason = temporal_ping_member(f, "reason");

    if (!oauth2_worker_configured(f)) {
        reason = oauth2_str("no worker is configured");

    } else if (reason.data == NULL) {
        reason = oauth2_str("the worker is away");
    }

    oauth2_json_init(&j, oauth2_pool(f), 4096);
    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "temporal_working", false);
    oauth2_json_null(&j, "method");
    oauth2_json_str(&j, "reason", reason);
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}


static oauth2_str_t
temporal_ping_member(oauth2_flow_t *f, const char *name)
{
    oauth2_str_t  value;

    if (oauth2_worker_status(f) == 0
        || oauth2_json_find(oauth2_pool(f), oauth2_worker_body(f), name,
                            &value)
           != OAUTH2_OK)
    {
        return oauth2_str_null;
    }

    return value;
}
