/* SPDX-License-Identifier: MIT */

/*
 * HTTP/1.1 on a unix socket: POST /operations/<name>, GET /status,
 * GET /metrics.
 */

#ifndef OAUTH2_HTTP_SERVER_H
#define OAUTH2_HTTP_SERVER_H

#include "worker.h"


/* Binds the socket; NULL after a line in the log. */
oauth2_http_t *oauth2_http_create(oauth2_worker_t *worker);

/* Takes no new connections and removes the socket; those there are still
 * served, each with a last answer. */
void oauth2_http_drain(oauth2_http_t *http);

void oauth2_http_destroy(oauth2_http_t *http);

/* status.c: the bodies of GET /status and GET /metrics. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_status_write(oauth2_worker_t *worker,
    oauth2_pool_t *pool, oauth2_str_t *json);
OAUTH2_MUST_USE oauth2_rc_e oauth2_status_write_metrics(
    oauth2_worker_t *worker, oauth2_pool_t *pool, oauth2_str_t *text);

#endif
