/* SPDX-License-Identifier: MIT */

/*
 * An HTTP/2 client (nghttp2) on libevent: one connection to one server,
 * kept open, all requests multiplexed over it.
 *
 * It connects at once and again after losses, with backoff; it pings every
 * 15 seconds and gives a silent connection up.  When the server announces
 * the end of a connection (GOAWAY), a new one takes its place and the old
 * one stays for the streams it still has.
 *
 * A request is a POST with a whole body; the answer comes piecewise by the
 * handler.  ended() is called exactly once for a stream that was started
 * and not cancelled, never from within oauth2_h2_start(); the stream is
 * gone then.
 */

#ifndef OAUTH2_H2_H
#define OAUTH2_H2_H

#include <event2/event.h>

#include "../src/core/str.h"
#include "conf.h"

typedef struct oauth2_h2_s         oauth2_h2_t;
typedef struct oauth2_h2_stream_s  oauth2_h2_stream_t;

typedef enum {
    OAUTH2_H2_ENDED = 0,   /* by the server, in order */
    OAUTH2_H2_UNSENT,      /* the server has surely not processed it */
    OAUTH2_H2_LOST         /* it may have been processed */
} oauth2_h2_end_e;

typedef struct {
    void  (*header)(void *data, oauth2_str_t name, oauth2_str_t value);
    void  (*body)(void *data, oauth2_str_t bytes);
    void  (*ended)(void *data, oauth2_h2_end_e how);
} oauth2_h2_handler_t;

/* up: a connection is in service, or the last one is gone. */
typedef void (*oauth2_h2_changed_pt)(void *data, bool up);


/*
 * To conf's temporal_address, which is host:port, an IPv6 host in brackets,
 * in clear or over TLS; with the API key, when there is one.  A name is
 * resolved without blocking.  NULL: no memory, no such form, or files that
 * cannot be used, after a line in the log.
 */
oauth2_h2_t *oauth2_h2_create(struct event_base *base,
    const oauth2_conf_t *conf, oauth2_h2_changed_pt changed, void *data);

/* Ends everything; handlers are not called any more. */
void oauth2_h2_destroy(oauth2_h2_t *h2);

bool oauth2_h2_connected(const oauth2_h2_t *h2);

/* Why not, as a sentence; valid until the next event. */
const char *oauth2_h2_reason(const oauth2_h2_t *h2);

/*
 * Starts a request with gRPC's headers; timeout is the value of
 * grpc-timeout.  body must live until the stream ends; path and timeout
 * are copied.  NULL: no connection or no memory, so nothing was sent.
 */
oauth2_h2_stream_t *oauth2_h2_start(oauth2_h2_t *h2, const char *path,
    const char *timeout, oauth2_str_t body,
    const oauth2_h2_handler_t *handler, void *data);

/* Resets the stream (CANCEL); its handler is not called any more and its
 * body not read. */
void oauth2_h2_cancel(oauth2_h2_stream_t *stream);

#endif
