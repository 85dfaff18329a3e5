/* SPDX-License-Identifier: MIT */

/*
 * The glue between nginx and everything else: configuration, the request's
 * context, and what the files of this folder offer each other.
 *
 * Order of a request: the precontent handler finds the route and takes the
 * request; the flow of its guard and endpoint runs over the functions of
 * api.h, which are implemented here; ended() sends what was prepared.
 */

#ifndef NGX_HTTP_OAUTH2_HTTP_H
#define NGX_HTTP_OAUTH2_HTTP_H

#include "compat.h"

#include "../api/api.h"
#include "../db/db.h"
#include "../core/password.h"
#include "../core/jwt_sealed.h"
#include "../mail/mail.h"
#include "../egress/documents.h"
#include "../egress/egress.h"

#define NGX_HTTP_OAUTH2_BODY_MAX    16384     /* bytes of a request body */
#define NGX_HTTP_OAUTH2_LARGE_MAX   1048576   /* of a route with LARGE */
#define NGX_HTTP_OAUTH2_WORKER_MAX  32768     /* bytes of a worker's answer */
#define NGX_HTTP_OAUTH2_FLOW_MAX    60000     /* ms until a flow is given up */
#define NGX_HTTP_OAUTH2_RETENTION_OFF  -2     /* old rows stay */
#define NGX_HTTP_OAUTH2_HEADERS     12        /* headers an endpoint adds */

typedef enum {
    NGX_HTTP_OAUTH2_GUARD_OFF = 0,
    NGX_HTTP_OAUTH2_GUARD_SESSION,
    NGX_HTTP_OAUTH2_GUARD_BEARER,
    NGX_HTTP_OAUTH2_GUARD_ANY
} ngx_http_oauth2_guard_e;

typedef enum {
    NGX_HTTP_OAUTH2_UNAUTHORIZED_AUTO = 0,
    NGX_HTTP_OAUTH2_UNAUTHORIZED_REDIRECT,
    NGX_HTTP_OAUTH2_UNAUTHORIZED_401
} ngx_http_oauth2_unauthorized_e;

/* A database that some location names; one connection set a process. */
typedef struct {
    ngx_str_t         conninfo;
    oauth2_db_conf_t  conf;
    time_t            retention;    /* or RETENTION_OFF */
    oauth2_db_t      *db;           /* of this process */
} ngx_http_oauth2_database_t;

/* What the drain of an outbox needs; one for each location's settings. */
typedef struct {
    ngx_http_oauth2_database_t  *database;
    oauth2_mail_conf_t           mail;
    oauth2_str_t                 frontend_url;
    const oauth2_token_key_t    *token_key;
    ngx_thread_pool_t           *thread_pool;
    struct ngx_http_oauth2_drain_s  *drain;  /* of this process */
} ngx_http_oauth2_outbox_t;

typedef struct ngx_http_oauth2_breaker_s  ngx_http_oauth2_breaker_t;

/* How documents are fetched; one for all locations with such settings. */
typedef struct {
    ngx_array_t           *allow;           /* oauth2_cidr_t; or NULL */
    ngx_str_t              ca;
    oauth2_egress_conf_t   conf;
    ngx_thread_pool_t     *thread_pool;
    oauth2_documents_t    *documents;       /* of this process */
} ngx_http_oauth2_egress_t;

typedef struct ngx_http_oauth2_loc_conf_s  ngx_http_oauth2_loc_conf_t;
typedef struct ngx_http_oauth2_ctx_s       ngx_http_oauth2_ctx_t;

#include "keys.h"

typedef struct ngx_http_oauth2_teller_s  ngx_http_oauth2_teller_t;

/* Who tells applications of logouts, with the settings of a location. */
typedef struct {
    ngx_http_oauth2_loc_conf_t  *conf;
    ngx_http_oauth2_teller_t    *teller;         /* of this process */
} ngx_http_oauth2_notices_t;

typedef struct {
    ngx_array_t  databases;         /* ngx_http_oauth2_database_t * */
    ngx_array_t  outboxes;          /* ngx_http_oauth2_outbox_t * */
    ngx_array_t  egresses;          /* ngx_http_oauth2_egress_t * */
    ngx_array_t  keystores;         /* ngx_http_oauth2_keystore_t * */
    ngx_array_t  notices;           /* ngx_http_oauth2_notices_t * */
} ngx_http_oauth2_main_conf_t;

struct ngx_http_oauth2_loc_conf_s {
    ngx_flag_t                   enable;
    ngx_uint_t                   guard;
    ngx_str_t                    audience;
    ngx_uint_t                   unauthorized;
    ngx_array_t                 *clear_headers;   /* ngx_str_t */

    ngx_str_t                    conninfo;
    ngx_uint_t                   db_fast;
    ngx_uint_t                   db_depth;
    ngx_uint_t                   db_slow;
    ngx_uint_t                   db_queue;
    ngx_msec_t                   db_timeout;
    time_t                       retention;       /* or RETENTION_OFF */

    ngx_str_t                    issuer;
    ngx_str_t                    frontend_url;
    oauth2_token_key_t          *token_key;

    oauth2_keys_t               *keys;            /* of files, or NULL */
    ngx_str_t                    signing_algs;
    time_t                       key_rotation;
    time_t                       key_publish;
    time_t                       key_keep;

    time_t                       access_lifetime;
    time_t                       refresh_lifetime;
    time_t                       refresh_grace;
    time_t                       code_lifetime;
    time_t                       session_lifetime;
    time_t                       verification_lifetime;
    time_t                       reset_lifetime;
    ngx_int_t                    password_cost;
    ngx_int_t                    password_min;
    ngx_flag_t                   register_reveal;
    ngx_uint_t                   registration;
    oauth2_str_t                 registration_token;   /* its digest */
    ngx_uint_t                   pkce;
    ngx_flag_t                   dpop_nonce;
    ngx_array_t                 *origins;         /* ngx_str_t */
    ngx_str_t                    mtls_url;
    ngx_array_t                 *cors_origins;    /* ngx_str_t */

    ngx_http_upstream_conf_t     worker;
    ngx_http_oauth2_breaker_t   *breaker;

    ngx_thread_pool_t           *hash_pool;
    ngx_thread_pool_t           *mail_pool;

    ngx_str_t                    smtp_url;
    ngx_str_t                    smtp_user;
    ngx_str_t                    smtp_password;
    ngx_str_t                    smtp_ca;
    ngx_flag_t                   smtp_starttls;
    ngx_str_t                    mail_folder;
    ngx_str_t                    mail_from;

    ngx_array_t                 *egress_allow;    /* oauth2_cidr_t */
    ngx_str_t                    egress_ca;

    /* made of the above when merged */
    ngx_http_oauth2_database_t  *database;
    ngx_http_oauth2_outbox_t    *outbox;
    ngx_http_oauth2_egress_t    *egress;
    ngx_http_oauth2_keystore_t  *keystore;        /* NULL: keys of files */
    ngx_http_oauth2_notices_t   *notices;
    oauth2_settings_t            settings;
    ngx_array_t                 *targets;         /* origins, or one */
    bool                         secure;          /* issuer is https */
    ngx_str_t                    cookie_name;     /* of the session */
    ngx_str_t                    browser_name;    /* of the other one */
    char                         dummy_hash[OAUTH2_HASH_LEN + 1];
};

typedef struct {
    ngx_uint_t                methods;            /* NGX_HTTP_GET, ... */
    ngx_str_t                 path;
    oauth2_face_e             face;
    const oauth2_step_t      *guard;              /* NULL for none */
    enum {
        NGX_HTTP_OAUTH2_BODY_NO = 0,
        NGX_HTTP_OAUTH2_BODY_JSON,
        NGX_HTTP_OAUTH2_BODY_OPTIONAL,
        NGX_HTTP_OAUTH2_BODY_FORM,
        NGX_HTTP_OAUTH2_BODY_RAW,
        NGX_HTTP_OAUTH2_BODY_LARGE
    }                         body;
    const oauth2_endpoint_t  *endpoint;
} ngx_http_oauth2_route_t;

typedef struct {
    ngx_str_t  name;
    ngx_str_t  value;
} ngx_http_oauth2_header_t;

/* A database call: the last query, and its operation while it is under
 * way.  Lives in the flow's pool. */
typedef struct {
    oauth2_db_query_t  *query;
    oauth2_op_t        *op;
} ngx_http_oauth2_call_t;

/*
 * The context of a request that a flow runs for.  It lives in the flow's
 * pool, of which the request keeps a reference until it ends; flow->data
 * points here, and r is NULL once the request has gone.
 */
struct ngx_http_oauth2_ctx_s {
    ngx_http_request_t             *r;
    oauth2_flow_t                  *flow;
    ngx_http_oauth2_loc_conf_t     *conf;
    const ngx_http_oauth2_route_t  *route;        /* NULL: a guard */
    oauth2_face_e                   face;
    ngx_event_t                     timer;
    ngx_connection_t                timer_owner;

    oauth2_identity_t               identity;
    oauth2_client_t                 client;
    oauth2_pop_t                    pop;
    oauth2_outcome_t                outcome;
    oauth2_operation_state_t        operation;
    oauth2_str_t                    request_id;

    oauth2_str_t                    body;
    oauth2_complaint_t             *complaints;
    const oauth2_error_t           *error;
    const char                     *step;

    ngx_http_oauth2_call_t          call;
    char                            hash[OAUTH2_HASH_LEN + 1];
    bool                            verified;

    oauth2_op_t                    *worker_op;
    oauth2_str_t                    worker_request;
    oauth2_str_t                    worker_reply;
    ngx_uint_t                      worker_status;
    oauth2_str_t                    fetched;

    const oauth2_keys_t            *keys;
    oauth2_op_t                    *keys_op;
    ngx_queue_t                     keys_queue;   /* while it waits */
    ngx_msec_t                      keys_since;

    oauth2_str_t                    redirect_uri;
    oauth2_str_t                    redirect_state;
    oauth2_str_t                    redirect_mode;

    ngx_uint_t                      status;
    oauth2_str_t                    content;
    ngx_str_t                       content_type;
    ngx_http_oauth2_header_t        headers[NGX_HTTP_OAUTH2_HEADERS];
    ngx_uint_t                      nheaders;

    ngx_int_t                       rc;           /* of a guard */
    unsigned                        own_origin:1; /* the client's page */
    unsigned                        asked_origin:1;
    unsigned                        body_read:1;
    unsigned                        keys_missed:1;
    unsigned                        keys_later:1; /* waits for two looks */
    unsigned                        prepared:1;   /* an answer is there */
    unsigned                        ended:1;
    unsigned                        waiting:1;    /* nginx waits for us */
};


extern ngx_module_t  ngx_http_oauth2_module;


/* Our string type and nginx's are laid out alike. */
static ngx_inline ngx_str_t
ngx_http_oauth2_ngx_str(oauth2_str_t s)
{
    ngx_str_t  out;

    out.len = s.len;
    out.data = s.data;

    return out;
}


static ngx_inline oauth2_str_t
ngx_http_oauth2_own_str(ngx_str_t s)
{
    oauth2_str_t  out;

    out.len = s.len;
    out.data = s.data;

    return out;
}


/* conf.c: directives and what nginx -t refuses */
void *ngx_http_oauth2_create_main_conf(ngx_conf_t *cf);
void *ngx_http_oauth2_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_oauth2_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);

/* conf_shared.c: finds or makes them, when the rest has been merged */
char *ngx_http_oauth2_conf_database(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);
char *ngx_http_oauth2_conf_outbox(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);

/* conf_set.c: the handlers of single directives */
char *ngx_http_oauth2_set_pool(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_oauth2_set_retention(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_oauth2_set_url(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_oauth2_set_signing_key(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_oauth2_set_token_key(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_oauth2_set_worker(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_oauth2_set_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_oauth2_set_smtp(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_oauth2_set_clear_headers(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* conf_registration.c: oauth2_registration */
char *ngx_http_oauth2_set_registration(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
void ngx_http_oauth2_merge_registration(ngx_http_oauth2_loc_conf_t *prev,
    ngx_http_oauth2_loc_conf_t *conf);

/* conf_egress.c: oauth2_egress_allow, oauth2_egress_ca_file */
char *ngx_http_oauth2_set_egress_allow(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_oauth2_set_egress_ca_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
void ngx_http_oauth2_merge_egress(ngx_http_oauth2_loc_conf_t *prev,
    ngx_http_oauth2_loc_conf_t *conf);
char *ngx_http_oauth2_conf_egress(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);

/* fetch.c: what this process keeps of documents */
ngx_int_t ngx_http_oauth2_fetch_init(ngx_http_oauth2_egress_t *egress,
    ngx_log_t *log);

/* conf_pop.c: oauth2_dpop_nonce, oauth2_mtls_url, auth_oauth2_origin */
char *ngx_http_oauth2_set_origin(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
void ngx_http_oauth2_init_pop(ngx_http_oauth2_loc_conf_t *conf);
void ngx_http_oauth2_merge_pop(ngx_http_oauth2_loc_conf_t *prev,
    ngx_http_oauth2_loc_conf_t *conf);
char *ngx_http_oauth2_finish_pop(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);

/*
 * conf_secret.c: memory for secrets, and the text of a file (its name is
 * made absolute).  NULL and NGX_CONF_ERROR after a line in the log.
 */
oauth2_pool_t *ngx_http_oauth2_secret_memory(ngx_conf_t *cf);
char *ngx_http_oauth2_secret_read(ngx_conf_t *cf, oauth2_pool_t *pool,
    ngx_str_t *name, oauth2_str_t *text);

/*
 * cors.c: pages of which other origins may ask us.  headers adds to an
 * answer what it must say about it; preflight answers whether a request is
 * one that a page makes before the real one, allows whether it may, and
 * then begins the answer.
 */
char *ngx_http_oauth2_set_cors_origin(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
ngx_int_t ngx_http_oauth2_cors_headers(ngx_http_oauth2_ctx_t *ctx);
ngx_uint_t ngx_http_oauth2_cors_preflight(ngx_http_oauth2_ctx_t *ctx);
ngx_uint_t ngx_http_oauth2_cors_allows(ngx_http_oauth2_ctx_t *ctx);

/* cors_client.c: lets pages of clients ask, whose origin is not listed */
extern const oauth2_step_t  ngx_http_oauth2_cors_client_steps[];

/* process.c: the life of a worker process */
ngx_int_t ngx_http_oauth2_init_process(ngx_cycle_t *cycle);
void ngx_http_oauth2_exit_process(ngx_cycle_t *cycle);

/* db_events.c: the host of src/db */
extern const oauth2_db_host_t  ngx_http_oauth2_db_host;

/* call.c: starts a query for a flow and leaves it in call; takes it back */
oauth2_next_e ngx_http_oauth2_query(oauth2_flow_t *f, oauth2_db_t *db,
    oauth2_stmt_e stmt, const oauth2_str_t *params, size_t n,
    ngx_http_oauth2_call_t *call);
void ngx_http_oauth2_query_abort(ngx_http_oauth2_call_t *call);

/*
 * thread.c: runs work(data) on a thread and done(data) in the loop later.
 * data belongs to the caller and must not live in a request's pool.
 * NGX_BUSY: the queue is full; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_oauth2_thread_start(ngx_thread_pool_t *pool,
    void (*work)(void *data), void (*done)(void *data), void *data);

/* breaker.c: may the worker be asked, and it did not answer in time */
ngx_http_oauth2_breaker_t *ngx_http_oauth2_breaker_add(ngx_conf_t *cf,
    ngx_http_upstream_srv_conf_t *upstream);
ngx_uint_t ngx_http_oauth2_breaker_closed(ngx_http_oauth2_breaker_t *b);
void ngx_http_oauth2_breaker_open(ngx_http_oauth2_breaker_t *b);

/* purge.c: deletes what nobody needs any more */
ngx_int_t ngx_http_oauth2_purge_init(ngx_http_oauth2_database_t *database,
    ngx_log_t *log);

/* drain.c: sends what is due in an outbox */
ngx_int_t ngx_http_oauth2_drain_init(ngx_http_oauth2_outbox_t *outbox,
    ngx_log_t *log);
void ngx_http_oauth2_drain_kick(ngx_http_oauth2_outbox_t *outbox);

/* notices.c: tells applications of logouts */
char *ngx_http_oauth2_conf_notices(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);
ngx_int_t ngx_http_oauth2_notices_init(ngx_http_oauth2_notices_t *notices,
    ngx_log_t *log);

/* route.c: does a page live at this path?  Scripts of other origins have no
 * business there. */
ngx_uint_t ngx_http_oauth2_is_page(ngx_str_t *uri);
ngx_uint_t ngx_http_oauth2_is_for_clients(ngx_str_t *uri);

/* redirect.c: prepares a response to the redirect URI; NGX_ERROR when it is
 * too large */
ngx_int_t ngx_http_oauth2_redirect(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_response_t *response);

/* flow.c: flows of requests */
ngx_http_oauth2_ctx_t *ngx_http_oauth2_flow_create(ngx_http_request_t *r,
    size_t state_size);
void ngx_http_oauth2_flow_run(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_step_t *steps);

/* Ends an operation from an event, then what the request has posted. */
void ngx_http_oauth2_op_done(oauth2_op_t *op, const oauth2_error_t *error);

/* route.c: the bytes that a route reads of a body */
off_t ngx_http_oauth2_body_max(const ngx_http_oauth2_route_t *route);
ngx_int_t ngx_http_oauth2_precontent_handler(ngx_http_request_t *r);

/* guard.c */
ngx_int_t ngx_http_oauth2_access_handler(ngx_http_request_t *r);
void ngx_http_oauth2_guard_ended(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error);

/* The login page with the way back; in the request's pool. */
ngx_int_t ngx_http_oauth2_login_url(ngx_http_request_t *r,
    ngx_http_oauth2_loc_conf_t *ocf, ngx_str_t *url);

/* reply.c */
ngx_int_t ngx_http_oauth2_send(ngx_http_oauth2_ctx_t *ctx);
ngx_int_t ngx_http_oauth2_add_header(ngx_http_request_t *r, ngx_str_t name,
    ngx_str_t value);

/* fail.c: prepares the answer of an error by the route's face */
void ngx_http_oauth2_prepare_error(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error);

/* challenge.c: WWW-Authenticate for an error; NGX_DECLINED: it has none */
ngx_int_t ngx_http_oauth2_challenge(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error, oauth2_str_t *value);

/* variables.c */
ngx_int_t ngx_http_oauth2_add_variables(ngx_conf_t *cf);

/* request.c: makes or takes over the request's id */
ngx_int_t ngx_http_oauth2_request_id(ngx_http_oauth2_ctx_t *ctx);
oauth2_str_t ngx_http_oauth2_cookie(ngx_http_oauth2_ctx_t *ctx,
    ngx_str_t *name);

#endif
