/* SPDX-License-Identifier: MIT */

/*
 * One call at a time, one every few seconds.  A call that fails is no
 * matter: the next one comes before the server gives up.
 */

#include "../src/core/str.h"
#include "command.h"
#include "heartbeat.h"

#define BEAT_INTERVAL  3        /* seconds */
#define BEAT_TIMEOUT   2500     /* ms, for one call */


static void beat_on_timer(evutil_socket_t fd, short what, void *data);
static void beat_on_answer(const oauth2_grpc_answer_t *answer,
    void *response, void *data);


oauth2_rc_e
oauth2_heartbeat_start(oauth2_heartbeat_t *beat, oauth2_worker_t *worker,
    oauth2_pool_t *pool, ProtobufCBinaryData token)
{
    struct timeval  tv;

    beat->worker = worker;
    beat->pool = pool;
    beat->token = token;

    tv.tv_sec = BEAT_INTERVAL;
    tv.tv_usec = 0;

    beat->timer = event_new(worker->base, -1, EV_PERSIST, beat_on_timer,
                            beat);
    if (beat->timer == NULL) {
        return OAUTH2_NOMEM;
    }

    return event_add(beat->timer, &tv) == 0 ? OAUTH2_OK : OAUTH2_NOMEM;
}


void
oauth2_heartbeat_end(oauth2_heartbeat_t *beat)
{
    if (beat->timer != NULL) {
        event_free(beat->timer);
        beat->timer = NULL;
    }
}


static void
beat_on_timer(evutil_socket_t fd, short what, void *data)
{
    oauth2_worker_t         *worker;
    oauth2_heartbeat_t      *beat;
    Oauth2__Pb__Heartbeat   *request;

    (void) fd;
    (void) what;

    beat = data;
    worker = beat->worker;

    if (beat->under_way || beat->canceled || beat->gone) {
        return;
    }

    request = oauth2_pb_new(beat->pool, heartbeat);
    if (request == NULL) {
        return;
    }

    request->task_token = beat->token;
    request->identity = worker->identity;
    request->namespace_ = (char *) worker->conf->namespace;

    beat->under_way = oauth2_rpc_start(&worker->rpc, beat->pool,
                                       OAUTH2_RPC_HEARTBEAT, request,
                                       BEAT_TIMEOUT, beat_on_answer, beat)
                      != NULL;
}


/* NOT_FOUND: the workflow has ended, or another attempt has begun. */
static void
beat_on_answer(const oauth2_grpc_answer_t *answer, void *response,
    void *data)
{
    oauth2_heartbeat_t              *beat;
    Oauth2__Pb__HeartbeatResponse   *told;

    beat = data;
    told = response;
    beat->under_way = false;

    if (answer->code == OAUTH2_GRPC_NOT_FOUND) {
        beat->gone = true;

    } else if (told != NULL) {
        beat->worker->counters.heartbeats++;
        beat->canceled = told->cancel_requested;
    }

    if (beat->gone || beat->canceled) {
        atomic_store(&beat->stop, true);
    }
}
