/* SPDX-License-Identifier: MIT */

/*
 * Signing keys of the database, in a worker process.
 *
 *     conf_keys.c   directives; which locations share a keyring
 *     keys.c        loads the keys, again and again
 *     keys_make.c   makes one that is due
 *     keys_flow.c   what flows see of it
 *
 * A set is never changed: another one takes its place.  It lives in a pool
 * of its own, of which the keyring has one reference and each flow that
 * uses it another; the last one wipes it.
 */

#ifndef NGX_HTTP_OAUTH2_KEYS_H
#define NGX_HTTP_OAUTH2_KEYS_H

#define NGX_HTTP_OAUTH2_KEYS_AGE    300     /* s that a JWK set is cached */
#define NGX_HTTP_OAUTH2_KEYS_LEASE  "60"    /* s to make a key in */

typedef struct ngx_http_oauth2_keyring_s  ngx_http_oauth2_keyring_t;

/* What a keyring is about; one for each location's settings. */
typedef struct {
    ngx_http_oauth2_database_t  *database;
    const oauth2_token_key_t    *token_key;
    ngx_thread_pool_t           *thread_pool;
    oauth2_str_t                 algs;        /* the default first */
    time_t                       rotation;
    time_t                       publish;
    time_t                       keep;        /* the most of all locations */
    ngx_http_oauth2_keyring_t   *ring;        /* of this process */
} ngx_http_oauth2_keystore_t;

typedef struct {
    oauth2_pool_t  *pool;
    oauth2_str_t    version;
    oauth2_keys_t   keys;
    size_t          closed;       /* those that could not be opened */
    unsigned        complete:1;   /* a key for each algorithm */
} ngx_http_oauth2_keyset_t;

struct ngx_http_oauth2_keyring_s {
    const ngx_http_oauth2_keystore_t  *store;
    ngx_http_oauth2_keyset_t          *set;        /* NULL: none so far */
    ngx_queue_t                        waiting;    /* contexts of requests */
    ngx_event_t                        timer;
    ngx_connection_t                   owner;
    ngx_msec_t                         missed;     /* last time of miss() */
    oauth2_str_t                       rotation;   /* as parameters */
    oauth2_str_t                       publish;
    oauth2_str_t                       keep;
    oauth2_str_t                       name;       /* of this process */
    u_char                             text[4][64];
    unsigned                           loading:1;  /* a query is under way */
    unsigned                           again:1;    /* and another comes */
    unsigned                           making:1;
    unsigned                           tried:1;    /* nobody need wait */
};


/* conf_keys.c */
char *ngx_http_oauth2_set_signing_algs(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_oauth2_set_signing_rotation(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
void ngx_http_oauth2_create_keys(ngx_http_oauth2_loc_conf_t *conf);
void ngx_http_oauth2_merge_keys(ngx_http_oauth2_loc_conf_t *prev,
    ngx_http_oauth2_loc_conf_t *conf);

/* After the database is known; a location with key files needs nothing. */
char *ngx_http_oauth2_finish_keys(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);

/* keys.c: begins to load; wipes everything */
ngx_int_t ngx_http_oauth2_keys_init(ngx_http_oauth2_keystore_t *store,
    ngx_log_t *log);
void ngx_http_oauth2_keys_done(ngx_http_oauth2_keystore_t *store);

/* Loads now, or as soon as what is under way has ended. */
void ngx_http_oauth2_keys_load(ngx_http_oauth2_keyring_t *ring);

/* keys_make.c: makes a key, unless one is being made here; then loads. */
void ngx_http_oauth2_keys_make(ngx_http_oauth2_keyring_t *ring,
    oauth2_str_t alg);

/*
 * keys_flow.c: a context gets the set there is; a step that waits for the
 * first one, and goes on without when it cannot be had, and has another
 * look while the set is not complete, as another process may have made the
 * rest; those who wait go on; one that waits does not any more.
 */
ngx_int_t ngx_http_oauth2_keys_take(ngx_http_oauth2_ctx_t *ctx);
oauth2_next_e ngx_http_oauth2_keys_step(oauth2_flow_t *f);
void ngx_http_oauth2_keys_wake(ngx_http_oauth2_keyring_t *ring,
    const oauth2_error_t *error);
void ngx_http_oauth2_keys_abort(ngx_http_oauth2_ctx_t *ctx);

#endif
