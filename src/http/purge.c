/* SPDX-License-Identifier: MIT */

/*
 * Deleting what nobody needs any more (oauth2_retention), for each database.
 *
 * The first worker process of each nginx asks for a few rows of each table
 * at a time, until it hears that there are none left, and begins again some
 * minutes later.  The function sees to it that only one of all does so at a
 * time.  Less is asked for after a failure, which is a batch that took too
 * long as a rule.
 */

#include "http.h"


#define PURGE_LIMIT     100       /* rows of a table */
#define PURGE_FIRST     1000      /* ms; all of them and as much again */
#define PURGE_PAUSE     50
#define PURGE_INTERVAL  600000


typedef struct ngx_http_oauth2_purge_s  ngx_http_oauth2_purge_t;

struct ngx_http_oauth2_purge_s {
    ngx_http_oauth2_database_t  *database;
    ngx_event_t                  timer;
    ngx_connection_t             owner;
    ngx_uint_t                   limit;
    size_t                       last_len;
    u_char                       last[64];
};

typedef struct {
    ngx_http_oauth2_call_t  call;
    bool                    more;
} purge_batch_t;


static void purge_timer(ngx_event_t *ev);
static void purge_named(oauth2_flow_t *f, const char *name);
static void purge_ended(oauth2_flow_t *f, const oauth2_error_t *error);
static oauth2_next_e purge_ask(oauth2_flow_t *f);
static oauth2_next_e purge_take(oauth2_flow_t *f);
static oauth2_str_t purge_number(oauth2_flow_t *f, ngx_int_t n);
static void purge_wait(ngx_http_oauth2_purge_t *p, ngx_msec_t time);


static const oauth2_step_t  purge_steps[] = {
    { "deleting old rows",  purge_ask,   &oauth2_err_unavailable },
    { "going on",           purge_take,  NULL },
    { NULL, NULL, NULL }
};


static const oauth2_flow_host_t  purge_host = { purge_named, purge_ended };


ngx_int_t
ngx_http_oauth2_purge_init(ngx_http_oauth2_database_t *database,
    ngx_log_t *log)
{
    ngx_http_oauth2_purge_t  *p;

    if (database->retention < 0 || ngx_worker != 0) {
        return NGX_OK;
    }

    p = ngx_calloc(sizeof(ngx_http_oauth2_purge_t), log);
    if (p == NULL) {
        return NGX_ERROR;
    }

    p->database = database;
    p->limit = PURGE_LIMIT;

    p->owner.fd = (ngx_socket_t) -1;
    p->owner.data = p;
    p->timer.data = &p->owner;
    p->timer.handler = purge_timer;
    p->timer.log = log;
    p->timer.cancelable = 1;

    purge_wait(p, PURGE_FIRST);

    return NGX_OK;
}


/* One batch; its pool ends with it. */

static void
purge_timer(ngx_event_t *ev)
{
    ngx_connection_t         *c;
    oauth2_flow_t            *f;
    oauth2_pool_t            *pool;
    ngx_http_oauth2_purge_t  *p;

    c = ev->data;
    p = c->data;

    if (p->database->db == NULL || !oauth2_db_ready(p->database->db)) {
        purge_wait(p, PURGE_FIRST);
        return;
    }

    pool = oauth2_pool_create();
    if (pool == NULL) {
        purge_wait(p, PURGE_INTERVAL);
        return;
    }

    f = oauth2_flow_create(pool, sizeof(purge_batch_t), &purge_host, p);

    if (f != NULL) {
        oauth2_flow_run(f, purge_steps);

    } else {
        purge_wait(p, PURGE_INTERVAL);
    }

    oauth2_pool_release(pool);
}


static void
purge_named(oauth2_flow_t *f, const char *name)
{
    (void) f;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "oauth2 purge: %s", name);
}


static void
purge_ended(oauth2_flow_t *f, const oauth2_error_t *error)
{
    purge_batch_t            *b;
    ngx_http_oauth2_purge_t  *p;

    p = f->data;
    b = f->state;

    if (error == NULL) {
        p->limit = ngx_min(p->limit * 2, PURGE_LIMIT);
        purge_wait(p, b->more ? PURGE_PAUSE : PURGE_INTERVAL);
        return;
    }

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "old rows were not deleted: %s", error->code);

    p->limit = ngx_max(p->limit / 4, 1);
    p->last_len = 0;
    purge_wait(p, PURGE_INTERVAL);
}


static oauth2_next_e
purge_ask(oauth2_flow_t *f)
{
    oauth2_str_t              params[3];
    purge_batch_t            *b;
    ngx_http_oauth2_purge_t  *p;

    p = f->data;
    b = f->state;

    params[0] = purge_number(f, (ngx_int_t) p->database->retention);
    params[1] = purge_number(f, (ngx_int_t) p->limit);
    params[2] = oauth2_str_null;

    if (p->last_len != 0) {
        params[2].data = p->last;
        params[2].len = p->last_len;
    }

    return ngx_http_oauth2_query(f, p->database->db, OAUTH2_STMT_purge,
                                 params, 3, &b->call);
}


static oauth2_next_e
purge_take(oauth2_flow_t *f)
{
    oauth2_str_t              last;
    purge_batch_t            *b;
    ngx_http_oauth2_purge_t  *p;

    p = f->data;
    b = f->state;

    b->more = oauth2_str_same(oauth2_db_value(b->call.query, 0, "status"),
                              oauth2_str("more"));
    last = oauth2_db_value(b->call.query, 0, "last");

    p->last_len = 0;

    if (b->more && last.len != 0 && last.len <= sizeof(p->last)) {
        ngx_memcpy(p->last, last.data, last.len);
        p->last_len = last.len;
    }

    return OAUTH2_DONE;
}


/* Without memory the query fails for its parameter. */

static oauth2_str_t
purge_number(oauth2_flow_t *f, ngx_int_t n)
{
    u_char        *p;
    oauth2_str_t   s;

    s = oauth2_str_null;
    p = oauth2_pool_alloc(f->pool, NGX_INT_T_LEN);

    if (p != NULL) {
        s.data = p;
        s.len = (size_t) (ngx_sprintf(p, "%i", n) - p);
    }

    return s;
}


/* Up to twice as long, so that nodes which began together do not meet. */

static void
purge_wait(ngx_http_oauth2_purge_t *p, ngx_msec_t time)
{
    ngx_add_timer(&p->timer, time + (ngx_msec_t) ngx_random() % time);
}
