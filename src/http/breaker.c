/* SPDX-License-Identifier: MIT */

/*
 * The circuit breaker towards a worker that hangs.
 *
 * A worker that is not there costs nothing: its socket refuses at once.
 * One that hangs costs the deadline; the request that finds out opens the
 * breaker for all worker processes, and requests go directly from then on.
 * Whoever opened it asks the worker for its status each half second, off
 * any request's way, until it answers.  Should that process end meanwhile,
 * the next request that finds the breaker open takes the asking over.
 */

#include "http.h"


#define BREAKER_INTERVAL   500      /* ms between probes */
#define BREAKER_TIMEOUT    200      /* ms that a probe may take */
#define BREAKER_ABANDONED  3000     /* ms without a probe */
#define BREAKER_ZONE       65536


/* Shared by the worker processes. */
typedef struct {
    ngx_atomic_t  open;
    ngx_atomic_t  probed;           /* ms, as ngx_current_msec */
} breaker_state_t;

struct ngx_http_oauth2_breaker_s {
    ngx_http_upstream_srv_conf_t  *upstream;
    ngx_shm_zone_t                *zone;
    ngx_event_t                    timer;
    ngx_connection_t               owner;
    ngx_peer_connection_t          peer;
    unsigned                       probing:1;
};


static ngx_int_t breaker_init_zone(ngx_shm_zone_t *zone, void *data);
static breaker_state_t *breaker_state(ngx_http_oauth2_breaker_t *b);
static void breaker_timer(ngx_event_t *ev);
static void breaker_probe(ngx_http_oauth2_breaker_t *b);
static ngx_int_t breaker_connect(ngx_http_oauth2_breaker_t *b);
static void breaker_writable(ngx_event_t *ev);
static void breaker_readable(ngx_event_t *ev);
static void breaker_probed(ngx_http_oauth2_breaker_t *b, ngx_uint_t alive);
static ngx_int_t breaker_get_peer(ngx_peer_connection_t *pc, void *data);


ngx_http_oauth2_breaker_t *
ngx_http_oauth2_breaker_add(ngx_conf_t *cf,
    ngx_http_upstream_srv_conf_t *upstream)
{
    u_char                     *p;
    ngx_str_t                   name;
    ngx_shm_zone_t             *zone;
    ngx_http_oauth2_breaker_t  *b;

    b = ngx_pcalloc(cf->pool, sizeof(ngx_http_oauth2_breaker_t));

    name.len = sizeof("oauth2_worker:") - 1 + upstream->host.len;
    name.data = ngx_pnalloc(cf->pool, name.len);

    if (b == NULL || name.data == NULL) {
        return NULL;
    }

    p = ngx_cpymem(name.data, "oauth2_worker:",
                   sizeof("oauth2_worker:") - 1);
    ngx_memcpy(p, upstream->host.data, upstream->host.len);

    zone = ngx_shared_memory_add(cf, &name, BREAKER_ZONE,
                                 &ngx_http_oauth2_module);
    if (zone == NULL) {
        return NULL;
    }

    zone->init = breaker_init_zone;

    b->upstream = upstream;
    b->zone = zone;

    b->owner.fd = (ngx_socket_t) -1;
    b->owner.data = b;
    b->timer.data = &b->owner;
    b->timer.handler = breaker_timer;
    b->timer.cancelable = 1;

    return b;
}


static ngx_int_t
breaker_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_slab_pool_t  *shpool;

    if (data != NULL) {
        zone->data = data;
        return NGX_OK;
    }

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    if (zone->shm.exists) {
        zone->data = shpool->data;
        return NGX_OK;
    }

    shpool->data = ngx_slab_calloc(shpool, sizeof(breaker_state_t));
    if (shpool->data == NULL) {
        return NGX_ERROR;
    }

    zone->data = shpool->data;

    return NGX_OK;
}


static breaker_state_t *
breaker_state(ngx_http_oauth2_breaker_t *b)
{
    return b->zone->data;
}


ngx_uint_t
ngx_http_oauth2_breaker_closed(ngx_http_oauth2_breaker_t *b)
{
    ngx_msec_t        since;
    breaker_state_t  *state;

    state = breaker_state(b);

    if (!state->open) {
        return 1;
    }

    since = ngx_current_msec - (ngx_msec_t) state->probed;

    if (since > BREAKER_ABANDONED && !b->probing && !b->timer.timer_set) {
        breaker_probe(b);
    }

    return 0;
}


void
ngx_http_oauth2_breaker_open(ngx_http_oauth2_breaker_t *b)
{
    breaker_state_t  *state;

    state = breaker_state(b);

    if (!ngx_atomic_cmp_set(&state->open, 0, 1)) {
        return;
    }

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "the worker hangs, going directly until it answers");

    state->probed = (ngx_atomic_uint_t) ngx_current_msec;

    b->timer.log = ngx_cycle->log;
    ngx_add_timer(&b->timer, BREAKER_INTERVAL);
}


/* The time for a probe, or its end. */

static void
breaker_timer(ngx_event_t *ev)
{
    ngx_connection_t           *c;
    ngx_http_oauth2_breaker_t  *b;

    c = ev->data;
    b = c->data;

    if (b->probing) {
        breaker_probed(b, 0);
        return;
    }

    breaker_probe(b);
}


static void
breaker_probe(ngx_http_oauth2_breaker_t *b)
{
    breaker_state(b)->probed = (ngx_atomic_uint_t) ngx_current_msec;

    b->probing = 1;
    b->timer.log = ngx_cycle->log;

    if (breaker_connect(b) != NGX_OK) {
        breaker_probed(b, 0);
        return;
    }

    ngx_add_timer(&b->timer, BREAKER_TIMEOUT);

    breaker_writable(b->peer.connection->write);
}


/* The first server of the upstream stands for all: one that hangs among
 * several is passed over by nginx's own max_fails. */

static ngx_int_t
breaker_connect(ngx_http_oauth2_breaker_t *b)
{
    ngx_int_t                    rc;
    ngx_connection_t            *c;
    ngx_http_upstream_server_t  *server;

    if (b->upstream->servers == NULL || b->upstream->servers->nelts == 0) {
        return NGX_ERROR;
    }

    server = b->upstream->servers->elts;

    ngx_memzero(&b->peer, sizeof(ngx_peer_connection_t));

    b->peer.sockaddr = server->addrs[0].sockaddr;
    b->peer.socklen = server->addrs[0].socklen;
    b->peer.name = &server->addrs[0].name;
    b->peer.get = breaker_get_peer;
    b->peer.log = ngx_cycle->log;
    b->peer.log_error = NGX_ERROR_INFO;

    rc = ngx_event_connect_peer(&b->peer);

    if (rc != NGX_OK && rc != NGX_AGAIN) {
        return NGX_ERROR;
    }

    c = b->peer.connection;
    c->data = b;
    c->read->handler = breaker_readable;
    c->write->handler = breaker_writable;

    return NGX_OK;
}


static ngx_int_t
breaker_get_peer(ngx_peer_connection_t *pc, void *data)
{
    (void) pc;
    (void) data;

    return NGX_OK;
}


static void
breaker_writable(ngx_event_t *ev)
{
    ssize_t                     n;
    ngx_connection_t           *c;
    ngx_http_oauth2_breaker_t  *b;

    static u_char  request[] = "GET /status HTTP/1.1\r\nHost: worker\r\n"
                               "Connection: close\r\n\r\n";

    c = ev->data;
    b = c->data;

    if (c->sent != 0) {
        return;
    }

    n = c->send(c, request, sizeof(request) - 1);

    if (n == NGX_ERROR) {
        breaker_probed(b, 0);
    }
}


static void
breaker_readable(ngx_event_t *ev)
{
    ssize_t                     n;
    u_char                      answer[16];
    ngx_connection_t           *c;
    ngx_http_oauth2_breaker_t  *b;

    static const char  expected[] = "HTTP/1.1 200";

    c = ev->data;
    b = c->data;

    n = c->recv(c, answer, sizeof(answer));

    if (n == NGX_AGAIN) {
        return;
    }

    breaker_probed(b, n >= (ssize_t) sizeof(expected) - 1
                      && ngx_memcmp(answer, expected, sizeof(expected) - 1)
                         == 0);
}


static void
breaker_probed(ngx_http_oauth2_breaker_t *b, ngx_uint_t alive)
{
    b->probing = 0;

    if (b->peer.connection != NULL) {
        ngx_close_connection(b->peer.connection);
        b->peer.connection = NULL;
    }

    if (b->timer.timer_set) {
        ngx_del_timer(&b->timer);
    }

    if (!alive) {
        ngx_add_timer(&b->timer, BREAKER_INTERVAL);
        return;
    }

    breaker_state(b)->open = 0;

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "the worker answers again");
}
