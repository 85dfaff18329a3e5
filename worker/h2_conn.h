/* SPDX-License-Identifier: MIT */

/*
 * One connection of h2.h.  It tells its host when it is up, when the
 * server wants to end it (going), and when it is closed, after which it
 * has freed itself; why is NULL for one that was going and has no streams
 * left.  Streams are told of their end after closed().
 */

#ifndef OAUTH2_H2_CONN_H
#define OAUTH2_H2_CONN_H

#include <event2/dns.h>

#include "api_key.h"
#include "h2.h"

typedef struct oauth2_h2_conn_s  oauth2_h2_conn_t;

typedef struct {
    void  (*up)(oauth2_h2_conn_t *conn, void *data);
    void  (*going)(oauth2_h2_conn_t *conn, void *data);
    void  (*closed)(oauth2_h2_conn_t *conn, const char *why, void *data);
} oauth2_h2_conn_host_t;

struct oauth2_h2_conn_s {
    oauth2_h2_conn_t             *next;      /* the host's list */
    const oauth2_h2_conn_host_t  *host;
    void                         *data;
    const oauth2_conf_t          *conf;
    oauth2_api_key_t             *key;
    struct bufferevent           *bev;
    struct nghttp2_session       *session;
    struct event                 *timer;     /* connecting, then pings */
    oauth2_h2_stream_t           *streams;
    bool                          open;      /* bytes may be sent */
    bool                          connected; /* the server speaks h2 */
    bool                          going;
    bool                          busy;      /* inside nghttp2 */
    bool                          pinged;    /* and not answered yet */
};

struct oauth2_h2_stream_s {
    oauth2_h2_stream_t         *next;
    oauth2_h2_conn_t           *conn;
    const oauth2_h2_handler_t  *handler;   /* NULL when cancelled */
    void                       *data;
    oauth2_str_t                body;
    size_t                      read;
    int32_t                     id;
    bool                        sent;
};


/* Begins to connect.  NULL: no memory, or it failed at once. */
oauth2_h2_conn_t *oauth2_h2_conn_create(struct event_base *base,
    struct evdns_base *dns, const oauth2_conf_t *conf,
    oauth2_api_key_t *key, const char *host, int port,
    const oauth2_h2_conn_host_t *handlers, void *data);

/* Without telling anyone. */
void oauth2_h2_conn_destroy(oauth2_h2_conn_t *conn);

/* As oauth2_h2_start(). */
oauth2_h2_stream_t *oauth2_h2_conn_start(oauth2_h2_conn_t *conn,
    const char *path, const char *timeout, oauth2_str_t body,
    const oauth2_h2_handler_t *handler, void *data);

/* The server's first frame has come: it is up. */
void oauth2_h2_conn_ready(oauth2_h2_conn_t *conn);

/* Hands to the socket whatever the session has to send. */
void oauth2_h2_conn_flush(oauth2_h2_conn_t *conn);

struct nghttp2_session_callbacks;

void oauth2_h2_stream_callbacks(struct nghttp2_session_callbacks *callbacks);

/* Takes the stream off its connection, tells its handler, frees it. */
void oauth2_h2_stream_end(oauth2_h2_stream_t *stream, oauth2_h2_end_e how);

#endif
