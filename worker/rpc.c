/* SPDX-License-Identifier: MIT */

/*
 * Typed calls, and calls that are repeated.
 */

#include "../src/core/str.h"
#include "clock.h"
#include "rpc.h"

#define RPC_BACKOFF_MIN  50
#define RPC_BACKOFF_MAX  1000
#define RPC_ATTEMPT_MAX  5000

#define RPC_PATH  "/temporal.api.workflowservice.v1.WorkflowService/"

typedef struct {
    const char                        *path;
    const ProtobufCMessageDescriptor  *response;
} rpc_method_t;

typedef struct {
    oauth2_pool_t       *pool;
    oauth2_rpc_done_pt   done;
    void                *data;
    oauth2_rpc_e         method;
} rpc_call_t;

typedef struct {
    const oauth2_rpc_t  *rpc;
    oauth2_pool_t       *pool;
    oauth2_rpc_e         method;
    const void          *request;
    int64_t              deadline;
    int64_t              backoff;
    struct event        *timer;
    oauth2_rpc_done_pt   done;
    void                *data;
} rpc_retry_t;


static void rpc_on_done(const oauth2_grpc_answer_t *answer, void *data);
static oauth2_rc_e retry_start(rpc_retry_t *retry);
static void retry_end(rpc_retry_t *retry, const oauth2_grpc_answer_t *answer,
    void *response);
static void retry_on_done(const oauth2_grpc_answer_t *answer,
    void *response, void *data);
static void retry_on_timer(evutil_socket_t fd, short what, void *data);
static bool retry_worth(const oauth2_grpc_answer_t *answer);


static const rpc_method_t  rpc_methods[] = {
    { RPC_PATH "GetSystemInfo", &oauth2__pb__system_info__descriptor },
    { RPC_PATH "StartWorkflowExecution",
      &oauth2__pb__start_response__descriptor },
    { RPC_PATH "PollWorkflowTaskQueue",
      &oauth2__pb__workflow_task__descriptor },
    { RPC_PATH "PollActivityTaskQueue",
      &oauth2__pb__activity_task__descriptor },
    { RPC_PATH "RespondWorkflowTaskCompleted",
      &oauth2__pb__workflow_task_completed_response__descriptor },
    { RPC_PATH "RespondWorkflowTaskFailed",
      &oauth2__pb__empty__descriptor },
    { RPC_PATH "RespondQueryTaskCompleted",
      &oauth2__pb__empty__descriptor },
    { RPC_PATH "RespondActivityTaskCompleted",
      &oauth2__pb__empty__descriptor },
    { RPC_PATH "RespondActivityTaskFailed",
      &oauth2__pb__empty__descriptor },
    { RPC_PATH "RespondActivityTaskCanceled",
      &oauth2__pb__empty__descriptor },
    { RPC_PATH "RecordActivityTaskHeartbeat",
      &oauth2__pb__heartbeat_response__descriptor },
    { RPC_PATH "GetWorkflowExecutionHistory",
      &oauth2__pb__history_response__descriptor },
    { RPC_PATH "ShutdownWorker", &oauth2__pb__empty__descriptor }
};


oauth2_grpc_call_t *
oauth2_rpc_start(const oauth2_rpc_t *rpc, oauth2_pool_t *pool,
    oauth2_rpc_e method, const void *request, int64_t timeout_ms,
    oauth2_rpc_done_pt done, void *data)
{
    rpc_call_t    *call;
    oauth2_str_t   body;

    call = oauth2_pool_alloc(pool, sizeof(rpc_call_t));
    if (call == NULL) {
        return NULL;
    }

    if (oauth2_pb_write(pool, request, OAUTH2_GRPC_PREFIX, &body)
        != OAUTH2_OK)
    {
        return NULL;
    }

    call->pool = pool;
    call->method = method;
    call->done = done;
    call->data = data;

    return oauth2_grpc_start(rpc->base, rpc->h2, pool,
                             rpc_methods[method].path, body, timeout_ms,
                             rpc_on_done, call);
}


oauth2_rc_e
oauth2_rpc_start_retrying(const oauth2_rpc_t *rpc, oauth2_pool_t *pool,
    oauth2_rpc_e method, const void *request, int64_t total_ms,
    oauth2_rpc_done_pt done, void *data)
{
    rpc_retry_t  *retry;

    retry = oauth2_pool_alloc(pool, sizeof(rpc_retry_t));
    if (retry == NULL) {
        return OAUTH2_NOMEM;
    }

    retry->rpc = rpc;
    retry->pool = pool;
    retry->method = method;
    retry->request = request;
    retry->deadline = oauth2_clock_ms() + total_ms;
    retry->backoff = RPC_BACKOFF_MIN;
    retry->done = done;
    retry->data = data;

    retry->timer = evtimer_new(rpc->base, retry_on_timer, retry);
    if (retry->timer == NULL) {
        return OAUTH2_NOMEM;
    }

    if (retry_start(retry) != OAUTH2_OK) {
        event_free(retry->timer);
        return OAUTH2_NOMEM;
    }

    oauth2_pool_keep(pool);

    return OAUTH2_OK;
}


bool
oauth2_rpc_refused(const oauth2_grpc_answer_t *answer)
{
    if (answer->unsent) {
        return true;
    }

    switch (answer->code) {
    case OAUTH2_GRPC_INVALID_ARGUMENT:
    case OAUTH2_GRPC_NOT_FOUND:
    case OAUTH2_GRPC_PERMISSION_DENIED:
    case OAUTH2_GRPC_RESOURCE_EXHAUSTED:
    case OAUTH2_GRPC_FAILED_PRECONDITION:
    case OAUTH2_GRPC_UNIMPLEMENTED:
    case OAUTH2_GRPC_UNAUTHENTICATED:
        return true;
    default:
        return false;
    }
}


static void
rpc_on_done(const oauth2_grpc_answer_t *answer, void *data)
{
    void                  *response;
    rpc_call_t            *call;
    oauth2_grpc_answer_t   broken;

    call = data;

    if (answer->code != OAUTH2_GRPC_OK) {
        call->done(answer, NULL, call->data);
        return;
    }

    response = oauth2_pb_parse(call->pool,
                               rpc_methods[call->method].response,
                               answer->body);
    if (response == NULL) {
        broken = *answer;
        broken.code = OAUTH2_GRPC_INTERNAL;
        broken.message = oauth2_str("the answer cannot be read");
        call->done(&broken, NULL, call->data);
        return;
    }

    call->done(answer, response, call->data);
}


static oauth2_rc_e
retry_start(rpc_retry_t *retry)
{
    int64_t  left;

    left = retry->deadline - oauth2_clock_ms();
    if (left > RPC_ATTEMPT_MAX) {
        left = RPC_ATTEMPT_MAX;
    }

    if (oauth2_rpc_start(retry->rpc, retry->pool, retry->method,
                         retry->request, left, retry_on_done, retry)
        == NULL)
    {
        return OAUTH2_NOMEM;
    }

    return OAUTH2_OK;
}


static void
retry_end(rpc_retry_t *retry, const oauth2_grpc_answer_t *answer,
    void *response)
{
    oauth2_pool_t  *pool;

    pool = retry->pool;
    event_free(retry->timer);
    retry->done(answer, response, retry->data);
    oauth2_pool_release(pool);
}


static void
retry_on_done(const oauth2_grpc_answer_t *answer, void *response,
    void *data)
{
    rpc_retry_t     *retry;
    struct timeval   tv;

    retry = data;

    if (!retry_worth(answer)
        || oauth2_clock_ms() + retry->backoff >= retry->deadline)
    {
        retry_end(retry, answer, response);
        return;
    }

    tv.tv_sec = retry->backoff / 1000;
    tv.tv_usec = (retry->backoff % 1000) * 1000;
    (void) evtimer_add(retry->timer, &tv);

    retry->backoff *= 2;
    if (retry->backoff > RPC_BACKOFF_MAX) {
        retry->backoff = RPC_BACKOFF_MAX;
    }
}


static void
retry_on_timer(evutil_socket_t fd, short what, void *data)
{
    rpc_retry_t           *retry;
    oauth2_grpc_answer_t   answer;

    (void) fd;
    (void) what;

    retry = data;

    if (retry_start(retry) != OAUTH2_OK) {
        memset(&answer, 0, sizeof(answer));
        answer.code = OAUTH2_GRPC_RESOURCE_EXHAUSTED;
        answer.message = oauth2_str("no memory");
        retry_end(retry, &answer, NULL);
    }
}


static bool
retry_worth(const oauth2_grpc_answer_t *answer)
{
    switch (answer->code) {
    case OAUTH2_GRPC_CANCELLED:
    case OAUTH2_GRPC_UNKNOWN:
    case OAUTH2_GRPC_DEADLINE_EXCEEDED:
    case OAUTH2_GRPC_RESOURCE_EXHAUSTED:
    case OAUTH2_GRPC_INTERNAL:
    case OAUTH2_GRPC_UNAVAILABLE:
        return true;
    default:
        return false;
    }
}
