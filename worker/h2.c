/* SPDX-License-Identifier: MIT */

/*
 * Keeping a connection open: connect, backoff, change over at GOAWAY.
 */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "h2_conn.h"
#include "log.h"
#include "tls.h"

#define H2_BACKOFF_MIN  50
#define H2_BACKOFF_MAX  1000

struct oauth2_h2_s {
    struct event_base     *base;
    struct evdns_base     *dns;
    struct event          *retry;
    oauth2_h2_conn_t      *current;
    oauth2_h2_conn_t      *old;       /* going, with streams left */
    oauth2_h2_changed_pt   changed;
    void                  *data;
    const oauth2_conf_t   *conf;
    int                    backoff;   /* milliseconds */
    int                    port;
    char                   host[256];
    char                   reason[192];   /* empty: it never failed */
    oauth2_api_key_t       key;
};


static bool h2_parse_address(oauth2_h2_t *h2, const char *address);
static void h2_connect(oauth2_h2_t *h2);
static void h2_retry(oauth2_h2_t *h2);
static void h2_on_retry(evutil_socket_t fd, short what, void *data);
static void h2_on_up(oauth2_h2_conn_t *conn, void *data);
static void h2_on_going(oauth2_h2_conn_t *conn, void *data);
static void h2_on_closed(oauth2_h2_conn_t *conn, const char *why,
    void *data);
static void h2_tell(oauth2_h2_t *h2, const char *why, bool connected);


static const oauth2_h2_conn_host_t  h2_handlers = {
    h2_on_up, h2_on_going, h2_on_closed
};


oauth2_h2_t *
oauth2_h2_create(struct event_base *base, const oauth2_conf_t *conf,
    oauth2_h2_changed_pt changed, void *data)
{
    u_char        ip[16];
    oauth2_h2_t  *h2;

    h2 = calloc(1, sizeof(oauth2_h2_t));
    if (h2 == NULL) {
        return NULL;
    }

    h2->base = base;
    h2->conf = conf;
    h2->changed = changed;
    h2->data = data;
    h2->backoff = H2_BACKOFF_MIN;

    if (!h2_parse_address(h2, conf->temporal_address)) {
        oauth2_log(OAUTH2_LOG_EMERG, "\"temporal_address\" must be "
                   "host:port");
        goto failed;
    }

    if (oauth2_api_key_init(&h2->key, conf->temporal_api_key_file)
        != OAUTH2_OK
        || (conf->temporal_tls && oauth2_tls_check(conf) != OAUTH2_OK))
    {
        goto failed;
    }

    h2->retry = evtimer_new(base, h2_on_retry, h2);
    if (h2->retry == NULL) {
        goto failed;
    }

    if (inet_pton(AF_INET, h2->host, ip) != 1
        && inet_pton(AF_INET6, h2->host, ip) != 1)
    {
        h2->dns = evdns_base_new(base, EVDNS_BASE_INITIALIZE_NAMESERVERS
                                 | EVDNS_BASE_DISABLE_WHEN_INACTIVE);
        if (h2->dns == NULL) {
            goto failed;
        }
    }

    h2_connect(h2);

    return h2;

failed:

    oauth2_h2_destroy(h2);

    return NULL;
}


void
oauth2_h2_destroy(oauth2_h2_t *h2)
{
    oauth2_h2_conn_t  *conn;

    if (h2->current != NULL) {
        oauth2_h2_conn_destroy(h2->current);
    }

    while (h2->old != NULL) {
        conn = h2->old;
        h2->old = conn->next;
        oauth2_h2_conn_destroy(conn);
    }

    if (h2->dns != NULL) {
        evdns_base_free(h2->dns, 0);
    }

    if (h2->retry != NULL) {
        event_free(h2->retry);
    }

    oauth2_wipe(&h2->key, sizeof(h2->key));
    free(h2);
}


bool
oauth2_h2_connected(const oauth2_h2_t *h2)
{
    return h2->current != NULL && h2->current->connected;
}


const char *
oauth2_h2_reason(const oauth2_h2_t *h2)
{
    return h2->reason[0] == '\0' ? "no connection to temporal" : h2->reason;
}


oauth2_h2_stream_t *
oauth2_h2_start(oauth2_h2_t *h2, const char *path, const char *timeout,
    oauth2_str_t body, const oauth2_h2_handler_t *handler, void *data)
{
    if (h2->current == NULL) {
        return NULL;
    }

    return oauth2_h2_conn_start(h2->current, path, timeout, body, handler,
                                data);
}


static bool
h2_parse_address(oauth2_h2_t *h2, const char *address)
{
    size_t        len;
    uint64_t      port;
    const char   *colon, *host;
    oauth2_str_t  digits;

    colon = strrchr(address, ':');
    if (colon == NULL) {
        return false;
    }

    host = address;
    len = (size_t) (colon - address);

    if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
        host++;
        len -= 2;
    }

    if (len == 0 || len >= sizeof(h2->host)) {
        return false;
    }

    digits = oauth2_str_of(colon + 1);
    if (oauth2_str_parse_uint(digits, 65535, &port) != OAUTH2_OK
        || port == 0)
    {
        return false;
    }

    memcpy(h2->host, host, len);
    h2->port = (int) port;

    return true;
}


static void
h2_connect(oauth2_h2_t *h2)
{
    h2->current = oauth2_h2_conn_create(h2->base, h2->dns, h2->conf,
                                        &h2->key, h2->host, h2->port,
                                        &h2_handlers, h2);
    if (h2->current == NULL) {
        h2_retry(h2);
    }
}


static void
h2_retry(oauth2_h2_t *h2)
{
    struct timeval  tv;

    tv.tv_sec = h2->backoff / 1000;
    tv.tv_usec = (h2->backoff % 1000) * 1000;
    (void) evtimer_add(h2->retry, &tv);

    h2->backoff *= 2;
    if (h2->backoff > H2_BACKOFF_MAX) {
        h2->backoff = H2_BACKOFF_MAX;
    }
}


static void
h2_on_retry(evutil_socket_t fd, short what, void *data)
{
    oauth2_h2_t  *h2;

    (void) fd;
    (void) what;

    h2 = data;
    if (h2->current == NULL) {
        h2_connect(h2);
    }
}


static void
h2_on_up(oauth2_h2_conn_t *conn, void *data)
{
    oauth2_h2_t  *h2;

    (void) conn;

    h2 = data;
    h2->backoff = H2_BACKOFF_MIN;
    h2->reason[0] = '\0';
    oauth2_log(OAUTH2_LOG_INFO, "connected to temporal \"%s\"",
               h2->conf->temporal_address);
    h2->changed(h2->data, true);
}


static void
h2_on_going(oauth2_h2_conn_t *conn, void *data)
{
    oauth2_h2_t  *h2;

    h2 = data;
    if (conn != h2->current) {
        return;
    }

    conn->next = h2->old;
    h2->old = conn;
    h2->current = NULL;
    h2_retry(h2);
}


static void
h2_on_closed(oauth2_h2_conn_t *conn, const char *why, void *data)
{
    oauth2_h2_t        *h2;
    oauth2_h2_conn_t  **p;

    h2 = data;

    if (why != NULL) {
        h2_tell(h2, why, conn->connected);
    }

    for (p = &h2->old; *p != NULL; p = &(*p)->next) {
        if (*p == conn) {
            *p = conn->next;
            return;
        }
    }

    h2->current = NULL;
    h2_retry(h2);

    if (conn->connected) {
        h2->changed(h2->data, false);
    }
}


/*
 * A connection that cannot be made is tried for ever: the log has the
 * reason once, and again when it is another one.
 */
static void
h2_tell(oauth2_h2_t *h2, const char *why, bool connected)
{
    char  reason[sizeof(h2->reason)];

    if (connected) {
        oauth2_log(OAUTH2_LOG_INFO, "connection to temporal \"%s\" closed: "
                   "%s", h2->conf->temporal_address, why);
        return;
    }

    (void) snprintf(reason, sizeof(reason), "no connection to temporal: %s",
                    why);

    if (strcmp(reason, h2->reason) == 0) {
        return;
    }

    (void) snprintf(h2->reason, sizeof(h2->reason), "%s", reason);
    oauth2_log(OAUTH2_LOG_WARN, "cannot connect to temporal \"%s\": %s",
               h2->conf->temporal_address, why);
}
