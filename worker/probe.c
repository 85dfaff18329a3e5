/* SPDX-License-Identifier: MIT */

/*
 * The circuit breaker.  Two probes in a row without an answer mean that
 * Temporal is away, a good one that it is back.
 *
 * A probe asks the front only: with Temporal's own database away it stays
 * green while starts fail.  So two failed starts in a row open the breaker
 * too, for a second at first and longer each time; then one start may try.
 */

#include <stdlib.h>
#include <stdio.h>

#include "../src/core/str.h"
#include "clock.h"
#include "worker.h"

#define PROBE_INTERVAL  1000
#define PROBE_TIMEOUT   200
#define PROBE_MISSES    2
#define PROBE_HOLD_MIN  1000
#define PROBE_HOLD_MAX  30000

struct oauth2_probe_s {
    oauth2_worker_t      *worker;
    struct event         *timer;
    oauth2_grpc_call_t   *call;
    int64_t               hold_until;    /* monotonic ms */
    int64_t               hold;          /* the last one's length */
    unsigned              misses;
    unsigned              failures;      /* of starts, in a row */
    unsigned              error;         /* the code that was told last */
    bool                  up;            /* answered since connected */
    bool                  refused;       /* by the server's own word */
    bool                  away;          /* as it was last told */
    char                  version[64];
};


static void probe_run(oauth2_probe_t *probe);
static void probe_on_timer(evutil_socket_t fd, short what, void *data);
static void probe_on_answer(const oauth2_grpc_answer_t *answer,
    void *response, void *data);
static void probe_refuse(oauth2_probe_t *probe, bool refused);
static void probe_complain(oauth2_probe_t *probe,
    const oauth2_grpc_answer_t *answer);
static const char *probe_reason(const oauth2_probe_t *probe);
static void probe_log(oauth2_probe_t *probe);


oauth2_probe_t *
oauth2_probe_create(oauth2_worker_t *worker)
{
    struct timeval   tv;
    oauth2_probe_t  *probe;

    probe = calloc(1, sizeof(oauth2_probe_t));
    if (probe == NULL) {
        return NULL;
    }

    probe->worker = worker;
    probe->away = true;
    probe->timer = event_new(worker->base, -1, EV_PERSIST, probe_on_timer,
                             probe);
    if (probe->timer == NULL) {
        free(probe);
        return NULL;
    }

    tv.tv_sec = PROBE_INTERVAL / 1000;
    tv.tv_usec = 0;
    (void) event_add(probe->timer, &tv);

    return probe;
}


void
oauth2_probe_destroy(oauth2_probe_t *probe)
{
    if (probe->call != NULL) {
        oauth2_grpc_cancel(probe->call);
    }

    event_free(probe->timer);
    free(probe);
}


void
oauth2_probe_connected(oauth2_probe_t *probe, bool up)
{
    probe->misses = 0;
    probe->up = false;

    if (up) {
        /* what failed was the old one's */
        probe->failures = 0;
        probe->hold = 0;
        probe->hold_until = 0;
        probe_run(probe);
    }

    probe_log(probe);
}


const char *
oauth2_probe_check(oauth2_probe_t *probe)
{
    int64_t      now;
    const char  *reason;

    reason = probe_reason(probe);
    if (reason != NULL || probe->hold_until == 0) {
        return reason;
    }

    now = oauth2_clock_ms();
    if (now < probe->hold_until) {
        return "temporal does not start workflows";
    }

    /* this one may try; the others wait until it is known */
    probe->hold_until = now + probe->hold;

    return NULL;
}


/* Away for as long as nobody may try: an idle worker does not stay away. */
const char *
oauth2_probe_state(const oauth2_probe_t *probe)
{
    const char  *reason;

    reason = probe_reason(probe);

    /* afterwards one may try, so that nobody need ask for it to close */
    if (reason == NULL && oauth2_clock_ms() < probe->hold_until) {
        reason = "temporal does not start workflows";
    }

    return reason;
}


void
oauth2_probe_started(oauth2_probe_t *probe, bool ok)
{
    if (ok) {
        probe->failures = 0;
        probe->hold = 0;
        probe->hold_until = 0;
        probe_log(probe);
        return;
    }

    probe->failures++;
    if (probe->failures < PROBE_MISSES) {
        return;
    }

    probe->hold = (probe->hold == 0) ? PROBE_HOLD_MIN : probe->hold * 2;
    if (probe->hold > PROBE_HOLD_MAX) {
        probe->hold = PROBE_HOLD_MAX;
    }

    probe->hold_until = oauth2_clock_ms() + probe->hold;
    probe_log(probe);
}


bool
oauth2_probe_refused(const oauth2_probe_t *probe)
{
    return probe->refused;
}


const char *
oauth2_probe_version(const oauth2_probe_t *probe)
{
    return probe->version;
}


static void
probe_run(oauth2_probe_t *probe)
{
    oauth2_pool_t  *pool;
    void           *request;

    if (probe->call != NULL) {
        return;
    }

    pool = oauth2_pool_create();
    if (pool == NULL) {
        return;
    }

    request = oauth2_pb_new(pool, system_info_request);
    if (request != NULL) {
        probe->call = oauth2_rpc_start(&probe->worker->rpc, pool,
                                       OAUTH2_RPC_SYSTEM_INFO, request,
                                       PROBE_TIMEOUT, probe_on_answer,
                                       probe);
    }

    oauth2_pool_release(pool);
}


static void
probe_on_timer(evutil_socket_t fd, short what, void *data)
{
    (void) fd;
    (void) what;

    probe_run(data);
}


static void
probe_on_answer(const oauth2_grpc_answer_t *answer, void *response,
    void *data)
{
    oauth2_probe_t           *probe;
    Oauth2__Pb__SystemInfo   *info;

    probe = data;
    info = response;
    probe->call = NULL;

    probe_refuse(probe, answer->code == OAUTH2_GRPC_UNAUTHENTICATED
                        || answer->code == OAUTH2_GRPC_PERMISSION_DENIED);

    if (answer->code == OAUTH2_GRPC_OK) {
        probe->misses = 0;
        probe->error = 0;
        probe->up = true;
        (void) snprintf(probe->version, sizeof(probe->version), "%s",
                        info->server_version);
        probe_log(probe);
        return;
    }

    probe->misses++;
    probe->worker->counters.probes_failed++;
    probe_complain(probe, answer);
    probe_log(probe);

    /* a miss is looked into at once */
    if (probe->misses < PROBE_MISSES && !answer->unsent) {
        probe_run(probe);
    }
}


static void
probe_refuse(oauth2_probe_t *probe, bool refused)
{
    if (refused && !probe->refused) {
        oauth2_log(OAUTH2_LOG_ERROR, "temporal refuses the worker's "
                   "credentials: see \"temporal_api_key_file\" and "
                   "\"temporal_tls_cert_file\"");
    }

    probe->refused = refused;
}


/* Something answers, but not as Temporal does: a proxy, as a rule. */
static void
probe_complain(oauth2_probe_t *probe, const oauth2_grpc_answer_t *answer)
{
    if (probe->refused || answer->unsent || answer->code == probe->error
        || answer->code == OAUTH2_GRPC_DEADLINE_EXCEEDED)
    {
        return;
    }

    probe->error = answer->code;
    oauth2_log(OAUTH2_LOG_WARN, "a probe of temporal failed with code %u: "
               "\"%.*s\"", answer->code, (int) answer->message.len,
               (const char *) answer->message.data);
}


static const char *
probe_reason(const oauth2_probe_t *probe)
{
    if (!oauth2_h2_connected(probe->worker->rpc.h2)) {
        return oauth2_h2_reason(probe->worker->rpc.h2);
    }

    if (probe->refused) {
        return "temporal refuses the worker's credentials";
    }

    if (!probe->up) {
        return "temporal has not answered yet";
    }

    if (probe->misses >= PROBE_MISSES) {
        return "temporal does not answer";
    }

    return NULL;
}


/* Tells changes, and wakes up the pollers. */
static void
probe_log(oauth2_probe_t *probe)
{
    bool         away;
    const char  *reason;

    reason = oauth2_probe_state(probe);
    away = (reason != NULL);
    if (away == probe->away) {
        return;
    }

    probe->away = away;

    if (away) {
        oauth2_log(OAUTH2_LOG_WARN, "temporal is away: %s", reason);
        return;
    }

    oauth2_log(OAUTH2_LOG_NOTICE, "temporal is there, version %s",
               probe->version);
    oauth2_poll_kick(probe->worker->poll);
}
