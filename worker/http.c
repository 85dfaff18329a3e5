/* SPDX-License-Identifier: MIT */

/*
 * The socket of the module.
 */

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

#include "../src/core/check.h"
#include "../src/core/str.h"
#include "http.h"
#include "operation.h"

#define HTTP_BODY_MAX     65536
#define HTTP_HEADERS_MAX  8192
#define HTTP_IDLE         120
#define HTTP_BACKLOG      511

#define HTTP_PREFIX  "/operations/"

struct oauth2_http_s {
    oauth2_worker_t             *worker;
    struct evhttp               *evhttp;
    struct evhttp_bound_socket  *bound;
};

/* A request whose answer comes later.  It is gone when the client is. */
typedef struct {
    oauth2_worker_t        *worker;
    struct evhttp_request  *request;
} http_exchange_t;


static evutil_socket_t http_listen(const oauth2_conf_t *conf);
static bool http_clear(const char *path, const struct sockaddr_un *address);
static void http_on_request(struct evhttp_request *request, void *data);
static void http_operation(oauth2_worker_t *worker,
    struct evhttp_request *request, oauth2_str_t name);
static oauth2_rc_e http_read(struct evhttp_request *request,
    oauth2_pool_t *pool, oauth2_str_t *request_id, oauth2_str_t *body);
static void http_on_done(unsigned status, oauth2_str_t json, void *data);
static void http_on_close(struct evhttp_connection *connection, void *data);
static void http_text(oauth2_worker_t *worker,
    struct evhttp_request *request, bool metrics);
static void http_reply(oauth2_worker_t *worker,
    struct evhttp_request *request, unsigned status, const char *type,
    oauth2_str_t body);


oauth2_http_t *
oauth2_http_create(oauth2_worker_t *worker)
{
    oauth2_http_t    *http;
    evutil_socket_t   fd;

    http = calloc(1, sizeof(oauth2_http_t));
    if (http == NULL) {
        return NULL;
    }

    http->worker = worker;
    http->evhttp = evhttp_new(worker->base);
    if (http->evhttp == NULL) {
        free(http);
        return NULL;
    }

    evhttp_set_allowed_methods(http->evhttp, EVHTTP_REQ_GET
                               | EVHTTP_REQ_POST);
    evhttp_set_max_body_size(http->evhttp, HTTP_BODY_MAX);
    evhttp_set_max_headers_size(http->evhttp, HTTP_HEADERS_MAX);
    evhttp_set_timeout(http->evhttp, HTTP_IDLE);
    evhttp_set_gencb(http->evhttp, http_on_request, worker);

    fd = http_listen(worker->conf);
    if (fd >= 0) {
        http->bound = evhttp_accept_socket_with_handle(http->evhttp, fd);
    }

    if (http->bound == NULL) {
        oauth2_log(OAUTH2_LOG_EMERG, "cannot listen on \"%s\": %s",
                   worker->conf->socket, strerror(errno));
        oauth2_http_destroy(http);
        return NULL;
    }

    return http;
}


void
oauth2_http_drain(oauth2_http_t *http)
{
    if (http->bound == NULL) {
        return;
    }

    evhttp_del_accept_socket(http->evhttp, http->bound);
    http->bound = NULL;
    (void) unlink(http->worker->conf->socket);
}


void
oauth2_http_destroy(oauth2_http_t *http)
{
    oauth2_http_drain(http);
    evhttp_free(http->evhttp);
    free(http);
}


static evutil_socket_t
http_listen(const oauth2_conf_t *conf)
{
    int                  rc;
    mode_t               mask;
    evutil_socket_t      fd;
    struct sockaddr_un   address;

    memset(&address, 0, sizeof(address));
    address.sun_family = AF_UNIX;

    if (strlen(conf->socket) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }

    memcpy(address.sun_path, conf->socket, strlen(conf->socket));

    if (!http_clear(conf->socket, &address)) {
        errno = EADDRINUSE;
        return -1;
    }

    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }

    mask = umask(0777 & ~(mode_t) conf->socket_mode);
    rc = bind(fd, (struct sockaddr *) &address, sizeof(address));
    (void) umask(mask);

    if (rc != 0 || listen(fd, HTTP_BACKLOG) != 0) {
        rc = errno;
        (void) close(fd);
        errno = rc;
        return -1;
    }

    return fd;
}


/* Removes a socket that a worker left behind, but not one in use. */
static bool
http_clear(const char *path, const struct sockaddr_un *address)
{
    int          fd, rc;
    struct stat  st;

    if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode)) {
        return true;
    }

    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return false;
    }

    rc = connect(fd, (const struct sockaddr *) address, sizeof(*address));
    (void) close(fd);

    return rc != 0 && unlink(path) == 0;
}


static void
http_on_request(struct evhttp_request *request, void *data)
{
    const char       *uri;
    oauth2_str_t      path;
    oauth2_worker_t  *worker;

    worker = data;
    uri = evhttp_request_get_uri(request);
    path = oauth2_str_of(uri);

    if (evhttp_request_get_command(request) == EVHTTP_REQ_GET) {

        if (strcmp(uri, "/status") == 0) {
            http_text(worker, request, false);
            return;
        }

        if (strcmp(uri, "/metrics") == 0) {
            http_text(worker, request, true);
            return;
        }

    } else if (oauth2_str_starts(path, oauth2_str(HTTP_PREFIX))) {
        path.data += sizeof(HTTP_PREFIX) - 1;
        path.len -= sizeof(HTTP_PREFIX) - 1;
        http_operation(worker, request, path);
        return;
    }

    http_reply(worker, request, 404, "application/json",
               oauth2_str("{\"reason\":\"there is nothing here\"}"));
}


static void
http_operation(oauth2_worker_t *worker, struct evhttp_request *request,
    oauth2_str_t name)
{
    oauth2_str_t               request_id, body;
    oauth2_pool_t             *pool;
    http_exchange_t           *exchange;
    struct evhttp_connection  *connection;

    pool = oauth2_pool_create();
    exchange = malloc(sizeof(http_exchange_t));

    if (pool == NULL || exchange == NULL
        || oauth2_pool_copy(pool, name, &name) != OAUTH2_OK
        || http_read(request, pool, &request_id, &body) != OAUTH2_OK)
    {
        free(exchange);
        if (pool != NULL) {
            oauth2_pool_release(pool);
        }

        http_reply(worker, request, 503, "application/json",
                   oauth2_str("{\"started\":false,"
                              "\"reason\":\"no memory\"}"));
        return;
    }

    exchange->worker = worker;
    exchange->request = request;

    connection = evhttp_request_get_connection(request);
    evhttp_connection_set_closecb(connection, http_on_close, exchange);

    oauth2_operation_start(worker, pool, name, request_id, body,
                           http_on_done, exchange);
    oauth2_pool_release(pool);
}


static oauth2_rc_e
http_read(struct evhttp_request *request, oauth2_pool_t *pool,
    oauth2_str_t *request_id, oauth2_str_t *body)
{
    size_t            len;
    u_char           *p;
    const char       *header;
    oauth2_str_t      id;
    struct evbuffer  *input;

    *request_id = oauth2_str_null;

    header = evhttp_find_header(evhttp_request_get_input_headers(request),
                                "X-Request-ID");
    if (header != NULL) {
        id = oauth2_str_of(header);

        if (oauth2_check_request_id(id)
            && oauth2_pool_copy(pool, id, request_id) != OAUTH2_OK)
        {
            return OAUTH2_NOMEM;
        }
    }

    input = evhttp_request_get_input_buffer(request);
    len = evbuffer_get_length(input);

    p = oauth2_pool_alloc(pool, len + 1);
    if (p == NULL) {
        return OAUTH2_NOMEM;
    }

    (void) evbuffer_remove(input, p, len);
    body->data = p;
    body->len = len;

    return OAUTH2_OK;
}


static void
http_on_done(unsigned status, oauth2_str_t json, void *data)
{
    http_exchange_t           *exchange;
    struct evhttp_connection  *connection;

    exchange = data;

    if (exchange->request != NULL) {
        connection = evhttp_request_get_connection(exchange->request);
        if (connection != NULL) {
            evhttp_connection_set_closecb(connection, NULL, NULL);
        }

        http_reply(exchange->worker, exchange->request, status,
                   "application/json", json);
    }

    free(exchange);
}


static void
http_on_close(struct evhttp_connection *connection, void *data)
{
    http_exchange_t  *exchange;

    (void) connection;

    exchange = data;
    exchange->request = NULL;
}


static void
http_text(oauth2_worker_t *worker, struct evhttp_request *request,
    bool metrics)
{
    oauth2_rc_e     rc;
    oauth2_str_t    body;
    oauth2_pool_t  *pool;

    pool = oauth2_pool_create();
    if (pool == NULL) {
        evhttp_send_error(request, 503, NULL);
        return;
    }

    rc = metrics ? oauth2_status_write_metrics(worker, pool, &body)
                 : oauth2_status_write(worker, pool, &body);

    if (rc == OAUTH2_OK) {
        http_reply(worker, request, 200,
                   metrics ? "text/plain; version=0.0.4"
                           : "application/json", body);

    } else {
        evhttp_send_error(request, 503, NULL);
    }

    oauth2_pool_release(pool);
}


static void
http_reply(oauth2_worker_t *worker, struct evhttp_request *request,
    unsigned status, const char *type, oauth2_str_t body)
{
    const char          *reason;
    struct evbuffer     *output;
    struct evkeyvalq    *headers;

    output = evhttp_request_get_output_buffer(request);
    headers = evhttp_request_get_output_headers(request);

    (void) evhttp_add_header(headers, "Content-Type", type);

    if (worker->draining) {
        (void) evhttp_add_header(headers, "Connection", "close");
    }

    reason = (status == 200) ? "OK"
             : (status == 503) ? "Service Unavailable" : "Bad Request";

    (void) evbuffer_add(output, body.data, body.len);
    evhttp_send_reply(request, (int) status, reason, NULL);
}
