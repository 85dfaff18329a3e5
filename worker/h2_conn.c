/* SPDX-License-Identifier: MIT */

/*
 * An HTTP/2 connection: a libevent bufferevent below, an nghttp2 session
 * above.
 */

#include <stdlib.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <nghttp2/nghttp2.h>

#include "h2_conn.h"
#include "log.h"
#include "tls.h"

#define H2_CONNECT_SECONDS  2
#define H2_PING_SECONDS     15
#define H2_WINDOW           (4 * 1024 * 1024)


static bool conn_session(oauth2_h2_conn_t *conn);
static void conn_close(oauth2_h2_conn_t *conn, const char *why);
static void conn_free(oauth2_h2_conn_t *conn);
static void conn_arm(oauth2_h2_conn_t *conn, int seconds);
static void conn_on_read(struct bufferevent *bev, void *data);
static void conn_on_event(struct bufferevent *bev, short what, void *data);
static const char *conn_reason(oauth2_h2_conn_t *conn, short what);
static void conn_on_timer(evutil_socket_t fd, short what, void *data);


oauth2_h2_conn_t *
oauth2_h2_conn_create(struct event_base *base, struct evdns_base *dns,
    const oauth2_conf_t *conf, oauth2_api_key_t *key, const char *host,
    int port, const oauth2_h2_conn_host_t *handlers, void *data)
{
    oauth2_h2_conn_t  *conn;

    conn = calloc(1, sizeof(oauth2_h2_conn_t));
    if (conn == NULL) {
        return NULL;
    }

    conn->host = handlers;
    conn->data = data;
    conn->conf = conf;
    conn->key = key;

    conn->timer = evtimer_new(base, conn_on_timer, conn);
    conn->bev = conf->temporal_tls
                ? oauth2_tls_create(conf, base, host)
                : bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE
                                         | BEV_OPT_DEFER_CALLBACKS);
    if (conn->timer == NULL || conn->bev == NULL || !conn_session(conn)) {
        goto failed;
    }

    bufferevent_setcb(conn->bev, conn_on_read, NULL, conn_on_event, conn);
    conn_arm(conn, H2_CONNECT_SECONDS);
    oauth2_api_key_refresh(key);

    if (bufferevent_socket_connect_hostname(conn->bev, dns, AF_UNSPEC, host,
                                            port)
        != 0)
    {
        goto failed;
    }

    return conn;

failed:

    conn_free(conn);

    return NULL;
}


void
oauth2_h2_conn_destroy(oauth2_h2_conn_t *conn)
{
    oauth2_h2_stream_t  *stream;

    while (conn->streams != NULL) {
        stream = conn->streams;
        conn->streams = stream->next;
        free(stream);
    }

    conn_free(conn);
}


static bool
conn_session(oauth2_h2_conn_t *conn)
{
    int                         rc;
    nghttp2_session_callbacks  *callbacks;

    nghttp2_settings_entry  settings[] = {
        { NGHTTP2_SETTINGS_ENABLE_PUSH, 0 },
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, H2_WINDOW }
    };

    if (nghttp2_session_callbacks_new(&callbacks) != 0) {
        return false;
    }

    oauth2_h2_stream_callbacks(callbacks);

    rc = nghttp2_session_client_new(&conn->session, callbacks, conn);
    nghttp2_session_callbacks_del(callbacks);

    if (rc != 0) {
        conn->session = NULL;
        return false;
    }

    rc = nghttp2_submit_settings(conn->session, NGHTTP2_FLAG_NONE, settings,
                                 2);
    if (rc != 0) {
        return false;
    }

    rc = nghttp2_session_set_local_window_size(conn->session,
                                               NGHTTP2_FLAG_NONE, 0,
                                               H2_WINDOW);

    return rc == 0;
}


/* Hands to the bufferevent whatever the session has to send. */
void
oauth2_h2_conn_flush(oauth2_h2_conn_t *conn)
{
    ssize_t         n;
    const uint8_t  *bytes;

    if (!conn->open) {
        return;
    }

    conn->busy = true;

    for ( ;; ) {
        n = nghttp2_session_mem_send(conn->session, &bytes);
        if (n <= 0) {
            break;
        }

        if (bufferevent_write(conn->bev, bytes, (size_t) n) != 0) {
            n = NGHTTP2_ERR_NOMEM;
            break;
        }
    }

    conn->busy = false;

    if (n < 0) {
        /* not from here, see oauth2_h2_conn_start() */
        bufferevent_trigger_event(conn->bev, BEV_EVENT_ERROR,
                                  BEV_TRIG_DEFER_CALLBACKS);
    }
}


void
oauth2_h2_conn_ready(oauth2_h2_conn_t *conn)
{
    conn->connected = true;
    conn_arm(conn, H2_PING_SECONDS);
    conn->host->up(conn, conn->data);
}


static void
conn_close(oauth2_h2_conn_t *conn, const char *why)
{
    oauth2_h2_stream_t  *stream;

    /* an old one that has done its work is nothing to tell */
    if (conn->going && conn->streams == NULL) {
        why = NULL;
    }

    conn->going = true;
    conn->busy = true;
    conn->host->closed(conn, why, conn->data);

    while (conn->streams != NULL) {
        stream = conn->streams;
        oauth2_h2_stream_end(stream, stream->sent ? OAUTH2_H2_LOST
                                                  : OAUTH2_H2_UNSENT);
    }

    conn_free(conn);
}


static void
conn_free(oauth2_h2_conn_t *conn)
{
    if (conn->session != NULL) {
        nghttp2_session_del(conn->session);
    }

    if (conn->bev != NULL) {
        bufferevent_free(conn->bev);
    }

    if (conn->timer != NULL) {
        event_free(conn->timer);
    }

    free(conn);
}


static void
conn_arm(oauth2_h2_conn_t *conn, int seconds)
{
    struct timeval  tv;

    tv.tv_sec = seconds;
    tv.tv_usec = 0;
    (void) evtimer_add(conn->timer, &tv);
}


static void
conn_on_read(struct bufferevent *bev, void *data)
{
    size_t             len;
    ssize_t            n;
    u_char            *bytes;
    struct evbuffer   *input;
    oauth2_h2_conn_t  *conn;

    conn = data;
    input = bufferevent_get_input(bev);
    len = evbuffer_get_length(input);
    bytes = evbuffer_pullup(input, -1);

    if (bytes == NULL) {
        return;
    }

    conn->busy = true;
    n = nghttp2_session_mem_recv(conn->session, bytes, len);
    conn->busy = false;

    if (n < 0) {
        conn_close(conn, nghttp2_strerror((int) n));
        return;
    }

    (void) evbuffer_drain(input, len);
    oauth2_h2_conn_flush(conn);

    if ((conn->going && conn->streams == NULL)
        || (!nghttp2_session_want_read(conn->session)
            && !nghttp2_session_want_write(conn->session)))
    {
        conn_close(conn, "the server ended it");
    }
}


static void
conn_on_event(struct bufferevent *bev, short what, void *data)
{
    int                one;
    oauth2_h2_conn_t  *conn;

    one = 1;
    conn = data;

    if (what & BEV_EVENT_CONNECTED) {
        (void) setsockopt(bufferevent_getfd(bev), IPPROTO_TCP, TCP_NODELAY,
                          &one, sizeof(one));
        (void) bufferevent_enable(bev, EV_READ | EV_WRITE);

        if (conn->conf->temporal_tls && !oauth2_tls_is_h2(bev)) {
            conn_close(conn, "the server does not speak h2");
            return;
        }

        conn->open = true;
        oauth2_h2_conn_flush(conn);
        return;
    }

    if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT)) {
        conn_close(conn, conn_reason(conn, what));
    }
}


static const char *
conn_reason(oauth2_h2_conn_t *conn, short what)
{
    int          error;
    const char  *reason;

    error = EVUTIL_SOCKET_ERROR();
    reason = conn->conf->temporal_tls ? oauth2_tls_reason(conn->bev) : NULL;

    if (reason != NULL) {
        return reason;
    }

    if (what & BEV_EVENT_EOF) {
        return "end of file";
    }

    return evutil_socket_error_to_string(error);
}


/* Too many pings earn a GOAWAY (too_many_pings): gRPC's servers want at
 * least 10 seconds between two. */
static void
conn_on_timer(evutil_socket_t fd, short what, void *data)
{
    oauth2_h2_conn_t  *conn;

    (void) fd;
    (void) what;

    conn = data;

    if (!conn->connected) {
        conn_close(conn, "connecting timed out");
        return;
    }

    if (conn->pinged) {
        conn_close(conn, "a ping was not answered");
        return;
    }

    oauth2_api_key_refresh(conn->key);

    conn->pinged = true;
    (void) nghttp2_submit_ping(conn->session, NGHTTP2_FLAG_NONE, NULL);
    conn_arm(conn, H2_PING_SECONDS);
    oauth2_h2_conn_flush(conn);
}
