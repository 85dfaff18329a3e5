/* SPDX-License-Identifier: MIT */

/*
 * StartWorkflowExecution.
 */

#include "../src/core/json.h"
#include "../src/core/str.h"
#include "payload.h"
#include "start.h"

#define START_INPUT_MAX  65536

/* One run a workflow id, for ever; a second start attaches to the first. */
#define START_REJECT_DUPLICATE  3
#define START_USE_EXISTING      2


static oauth2_rc_e start_input(oauth2_pool_t *pool,
    const oauth2_start_t *start, oauth2_str_t *json);
static Oauth2__Pb__Memo *start_memo(oauth2_worker_t *worker,
    oauth2_pool_t *pool, const oauth2_start_t *start);


oauth2_rc_e
oauth2_start_id(oauth2_pool_t *pool, oauth2_start_t *start)
{
    size_t         i;
    u_char         c;
    oauth2_buf_t   buf;
    oauth2_rc_e    rc;
    oauth2_str_t   id;

    rc = oauth2_pool_copy(pool, start->operation_id, &id);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    for (i = 0; i < id.len; i++) {
        c = id.data[i];
        if (c >= 'A' && c <= 'F') {
            id.data[i] = (u_char) (c | 0x20);
        }
    }

    start->operation_id = id;

    oauth2_buf_init(&buf, pool, 128);
    oauth2_buf_write_c(&buf, start->name);
    oauth2_buf_write_byte(&buf, '-');
    oauth2_buf_write(&buf, id);

    return oauth2_buf_done(&buf, &start->workflow_id);
}


oauth2_rc_e
oauth2_start_run(oauth2_worker_t *worker, oauth2_pool_t *pool,
    const oauth2_start_t *start, int64_t timeout_ms,
    oauth2_rpc_done_pt done, void *data)
{
    oauth2_str_t                json;
    oauth2_pb_queue_t          *queue;
    const oauth2_conf_t        *conf;
    Oauth2__Pb__StartRequest   *request;

    conf = worker->conf;
    request = oauth2_pb_new(pool, start_request);
    queue = oauth2_pb_new(pool, task_queue);
    if (request == NULL || queue == NULL
        || start_input(pool, start, &json) != OAUTH2_OK)
    {
        return OAUTH2_NOMEM;
    }

    queue->name = (char *) conf->task_queue;
    queue->kind = 1;

    request->namespace_ = (char *) conf->namespace;
    request->workflow_id = (char *) start->workflow_id.data;
    request->workflow_type = oauth2_pb_type(pool, start->type);
    request->task_queue = queue;
    request->input = oauth2_payload_write(pool, &conf->token_key, json);
    request->workflow_task_timeout = oauth2_pb_duration(pool,
                                                        OAUTH2_TASK_TIMEOUT);
    request->identity = worker->identity;
    request->request_id = (char *) start->operation_id.data;
    request->workflow_id_reuse_policy = START_REJECT_DUPLICATE;
    request->workflow_id_conflict_policy = START_USE_EXISTING;
    request->memo = start_memo(worker, pool, start);
    request->request_eager_execution = true;

    if (request->workflow_type == NULL || request->input == NULL
        || request->workflow_task_timeout == NULL)
    {
        return OAUTH2_NOMEM;
    }

    if (oauth2_rpc_start(&worker->rpc, pool, OAUTH2_RPC_START, request,
                         timeout_ms, done, data)
        == NULL)
    {
        return OAUTH2_NOMEM;
    }

    return OAUTH2_OK;
}


void
oauth2_start_count(oauth2_worker_t *worker,
    const oauth2_grpc_answer_t *answer)
{
    switch (answer->code) {
    case OAUTH2_GRPC_OK:
    case OAUTH2_GRPC_ALREADY_EXISTS:
        worker->counters.starts++;
        oauth2_probe_started(worker->probe, true);
        break;
    case OAUTH2_GRPC_INVALID_ARGUMENT:
        /* ours, and says nothing about the server */
        worker->counters.starts_failed++;
        break;
    default:
        worker->counters.starts_failed++;
        oauth2_probe_started(worker->probe, false);
        break;
    }
}


oauth2_str_t
oauth2_start_run_id(oauth2_pool_t *pool, const oauth2_grpc_answer_t *answer)
{
    Oauth2__Pb__Status          *status;
    Oauth2__Pb__AlreadyStarted  *already;

    status = oauth2_pb_parse(pool, &oauth2__pb__status__descriptor,
                             answer->details);
    if (status == NULL || status->n_details == 0) {
        return oauth2_str_null;
    }

    already = oauth2_pb_parse(pool, &oauth2__pb__already_started__descriptor,
                              oauth2_pb_str(status->details[0]->value));
    if (already == NULL) {
        return oauth2_str_null;
    }

    return oauth2_str_of(already->run_id);
}


static oauth2_rc_e
start_input(oauth2_pool_t *pool, const oauth2_start_t *start,
    oauth2_str_t *json)
{
    oauth2_json_t  j;

    oauth2_json_init(&j, pool, START_INPUT_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "operation_id", start->operation_id);
    oauth2_json_str(&j, "request_id", start->request_id);
    oauth2_json_raw(&j, "input", start->input);

    if (start->operation != NULL) {
        oauth2_json_int(&j, "shape",
                        oauth2_operation_shape(start->operation));
    }

    oauth2_json_close(&j);

    return oauth2_json_done(&j, json);
}


/* NULL, and so no memo, without a request id or memory. */
static Oauth2__Pb__Memo *
start_memo(oauth2_worker_t *worker, oauth2_pool_t *pool,
    const oauth2_start_t *start)
{
    oauth2_str_t           json;
    oauth2_json_t          j;
    Oauth2__Pb__Memo      *memo;
    oauth2_pb_named_t     *field;
    oauth2_pb_payloads_t  *payloads;

    if (start->request_id.len == 0) {
        return NULL;
    }

    oauth2_json_init(&j, pool, 256);
    oauth2_json_str(&j, NULL, start->request_id);
    if (oauth2_json_done(&j, &json) != OAUTH2_OK) {
        return NULL;
    }

    memo = oauth2_pb_new(pool, memo);
    field = oauth2_pb_new(pool, named_payload);
    payloads = oauth2_payload_write(pool, &worker->conf->token_key, json);
    if (memo == NULL || field == NULL || payloads == NULL) {
        return NULL;
    }

    memo->fields = oauth2_pool_alloc(pool, sizeof(void *));
    if (memo->fields == NULL) {
        return NULL;
    }

    field->key = "request_id";
    field->value = payloads->payloads[0];
    memo->fields[0] = field;
    memo->n_fields = 1;

    return memo;
}
