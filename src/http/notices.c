/* SPDX-License-Identifier: MIT */

/*
 * Telling applications that a session has ended (OpenID Connect Back-Channel
 * Logout 1.0 2.5).
 *
 * One teller for each database and worker process; the first process looks
 * at intervals, any process as soon as it has ended a session.  A notice is
 * claimed with a lease, one of a client at a time, and some are under way at
 * once, so that a client that hangs holds up nobody but itself.  Each is a
 * flow of steps over a context like a request's, but without a request; the
 * HTTP request blocks and so runs on a thread.
 */

#include "http.h"


#define NOTICES_INTERVAL  5000      /* ms */
#define NOTICES_SOON      1         /* ms */
#define NOTICES_MAX       4         /* under way in a process */
#define NOTICES_LEASE     "60"      /* seconds; a request takes less */
#define NOTICES_FORM      "logout_token="


struct ngx_http_oauth2_teller_s {
    ngx_http_oauth2_notices_t  *notices;
    ngx_event_t                 timer;
    ngx_connection_t            owner;
    oauth2_str_t                name;      /* of the lease's owner */
    u_char                      name_data[64];
    ngx_uint_t                  running;
    unsigned                    again:1;
};

/* The state of one notice: claimed, written, sent, marked. */
typedef struct {
    ngx_http_oauth2_ctx_t      ctx;
    ngx_http_oauth2_teller_t  *teller;
    oauth2_str_t               id;
    oauth2_str_t               client_id;
    oauth2_str_t               uri;
    oauth2_str_t               form;
    oauth2_op_t               *op;
    oauth2_egress_rc_e         rc;
    oauth2_egress_reply_t      reply;
} notice_t;


static void notices_timer(ngx_event_t *ev);
static void notices_next(ngx_http_oauth2_teller_t *t);
static void notices_run(ngx_http_oauth2_teller_t *t, oauth2_flow_t *f);
static void notices_soon(ngx_http_oauth2_teller_t *t);
static void notices_later(ngx_http_oauth2_teller_t *t);
static void notice_named(oauth2_flow_t *f, const char *name);
static void notice_ended(oauth2_flow_t *f, const oauth2_error_t *error);
static oauth2_next_e notice_claim(oauth2_flow_t *f);
static oauth2_next_e notice_send(oauth2_flow_t *f);
static oauth2_next_e notice_mark(oauth2_flow_t *f);
static oauth2_next_e notice_finish(oauth2_flow_t *f);
static oauth2_next_e notice_failed(oauth2_flow_t *f, notice_t *n);
static oauth2_rc_e notice_write(oauth2_flow_t *f, notice_t *n);
static void notice_post(void *data);
static void notice_posted(void *data);
static void notice_wait(notice_t *n, const char *reason);


static const oauth2_step_t  notice_steps[] = {
    { "claiming logout notice",  notice_claim,  &oauth2_err_unavailable },
    { "sending logout notice",   notice_send,   &oauth2_err_server_error },
    { "marking logout notice",   notice_mark,   &oauth2_err_unavailable },
    { "going on",                notice_finish, NULL },
    { NULL, NULL, NULL }
};


static const oauth2_flow_host_t  notice_host = { notice_named, notice_ended };


/* One teller a database, with the settings it was first seen with. */

char *
ngx_http_oauth2_conf_notices(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    ngx_uint_t                     i;
    ngx_http_oauth2_notices_t     *n, **known;
    ngx_http_oauth2_main_conf_t   *omcf;

    if (!conf->enable) {
        return NGX_CONF_OK;
    }

    omcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_oauth2_module);
    known = omcf->notices.elts;

    for (i = 0; i < omcf->notices.nelts; i++) {
        if (known[i]->conf->database == conf->database) {
            conf->notices = known[i];
            return NGX_CONF_OK;
        }
    }

    n = ngx_pcalloc(cf->pool, sizeof(ngx_http_oauth2_notices_t));
    known = ngx_array_push(&omcf->notices);

    if (n == NULL || known == NULL) {
        return NGX_CONF_ERROR;
    }

    n->conf = conf;

    *known = n;
    conf->notices = n;

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_oauth2_notices_init(ngx_http_oauth2_notices_t *notices,
    ngx_log_t *log)
{
    u_char                    *p;
    ngx_http_oauth2_teller_t  *t;

    t = ngx_calloc(sizeof(ngx_http_oauth2_teller_t), log);
    if (t == NULL) {
        return NGX_ERROR;
    }

    t->notices = notices;

    p = ngx_snprintf(t->name_data, sizeof(t->name_data), "nginx %V %P",
                     &ngx_cycle->hostname, ngx_pid);
    t->name.data = t->name_data;
    t->name.len = (size_t) (p - t->name_data);

    t->owner.fd = (ngx_socket_t) -1;
    t->owner.data = t;
    t->timer.data = &t->owner;
    t->timer.handler = notices_timer;
    t->timer.log = log;
    t->timer.cancelable = 1;

    notices->teller = t;
    notices_later(t);

    return NGX_OK;
}


void
oauth2_logout_kick(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t     *ctx;
    ngx_http_oauth2_teller_t  *t;

    ctx = f->data;
    t = (ctx->conf->notices == NULL) ? NULL : ctx->conf->notices->teller;

    if (t != NULL) {
        t->again = 1;
        notices_soon(t);
    }
}


static void
notices_timer(ngx_event_t *ev)
{
    ngx_connection_t          *c;
    ngx_http_oauth2_teller_t  *t;

    c = ev->data;
    t = c->data;

    if (t->running < NOTICES_MAX) {
        notices_next(t);
    }
}


/* One notice; its pool ends with it. */

static void
notices_next(ngx_http_oauth2_teller_t *t)
{
    notice_t                    *n;
    oauth2_db_t                 *db;
    oauth2_flow_t               *f;
    oauth2_pool_t               *pool;
    ngx_http_oauth2_loc_conf_t  *conf;

    conf = t->notices->conf;
    db = conf->database->db;

    if (db == NULL || !oauth2_db_ready(db)) {
        notices_later(t);
        return;
    }

    pool = oauth2_pool_create();
    f = NULL;

    if (pool != NULL) {
        f = oauth2_flow_create(pool, sizeof(notice_t), &notice_host, NULL);
    }

    if (f == NULL) {
        notices_later(t);

    } else {
        n = f->state;
        n->teller = t;
        n->ctx.flow = f;
        n->ctx.conf = conf;

        f->data = &n->ctx;
        t->again = 0;

        notices_run(t, f);
    }

    if (pool != NULL) {
        oauth2_pool_release(pool);
    }
}


/* Nothing is claimed that cannot be signed: the keys may be on their way. */

static void
notices_run(ngx_http_oauth2_teller_t *t, oauth2_flow_t *f)
{
    if (ngx_http_oauth2_keys_take(f->data) != NGX_OK || !oauth2_can_sign(f)) {
        notices_later(t);
        return;
    }

    t->running++;

    oauth2_flow_run(f, notice_steps);
}


static void
notices_soon(ngx_http_oauth2_teller_t *t)
{
    if (t->running < NOTICES_MAX) {
        ngx_add_timer(&t->timer, NOTICES_SOON);
    }
}


static void
notices_later(ngx_http_oauth2_teller_t *t)
{
    if (ngx_worker == 0 && !t->timer.timer_set) {
        ngx_add_timer(&t->timer, NOTICES_INTERVAL);
    }
}


static void
notice_named(oauth2_flow_t *f, const char *name)
{
    (void) f;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "oauth2 notices: %s", name);
}


/* Without a notice (not_found), or without the database, it is for later. */

static void
notice_ended(oauth2_flow_t *f, const oauth2_error_t *error)
{
    notice_t                  *n;
    ngx_http_oauth2_teller_t  *t;

    n = f->state;
    t = n->teller;
    t->running--;

    if (error == NULL || t->again) {
        notices_soon(t);

    } else {
        notices_later(t);
    }
}


static oauth2_next_e
notice_claim(oauth2_flow_t *f)
{
    notice_t  *n;

    n = f->state;

    return oauth2_call(f, OAUTH2_STMT_logout_claim, n->teller->name,
                       oauth2_str(NOTICES_LEASE));
}


static oauth2_next_e
notice_send(oauth2_flow_t *f)
{
    notice_t  *n;

    n = f->state;

    if (oauth2_db_rows(n->ctx.call.query) == 0) {
        return oauth2_fail(f, &oauth2_err_not_found);
    }

    /* there may be more, of other clients */
    notices_soon(n->teller);

    n->id = oauth2_row(f, "id");
    n->client_id = oauth2_row(f, "client_id");
    n->uri = oauth2_row(f, "uri");

    if (notice_write(f, n) != OAUTH2_OK) {
        notice_wait(n, "the logout token cannot be made");
        return OAUTH2_NEXT;
    }

    OAUTH2_FAULT("nginx.before_notice");

    n->op = oauth2_op_start(f);
    if (n->op == NULL) {
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    if (ngx_http_oauth2_thread_start(n->ctx.conf->egress->thread_pool,
                                     notice_post, notice_posted, n)
        != NGX_OK)
    {
        notice_wait(n, "too many requests at once");
        oauth2_op_done(n->op, NULL);
    }

    return OAUTH2_WAIT;
}


/* 400 says that the client has understood and refuses (2.8); anything else
 * may be better next time. */

static oauth2_next_e
notice_mark(oauth2_flow_t *f)
{
    notice_t  *n;

    n = f->state;

    if (n->rc != OAUTH2_EGRESS_OK) {
        return notice_failed(f, n);
    }

    OAUTH2_FAULT("nginx.before_notice_mark");

    return oauth2_call(f, OAUTH2_STMT_logout_sent, n->id, n->teller->name);
}


static oauth2_next_e
notice_failed(oauth2_flow_t *f, notice_t *n)
{
    bool       refused;
    ngx_str_t  client_id;

    refused = (n->reply.status == NGX_HTTP_BAD_REQUEST);
    client_id = ngx_http_oauth2_ngx_str(n->client_id);

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  refused ? "logout was refused by client \"%V\": %s"
                          : "logout was not delivered to client \"%V\": %s",
                  &client_id, n->reply.reason);

    return oauth2_call(f, OAUTH2_STMT_logout_failed, n->id, n->teller->name,
                       oauth2_str_of(n->reply.reason),
                       oauth2_str_bool(refused));
}


static oauth2_next_e
notice_finish(oauth2_flow_t *f)
{
    (void) f;

    return OAUTH2_DONE;
}


/* A JWT needs no encoding in a form. */

static oauth2_rc_e
notice_write(oauth2_flow_t *f, notice_t *n)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  token;

    rc = oauth2_logout_token(f, &token);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&buf, f->pool, OAUTH2_JWT_MAX + sizeof(NOTICES_FORM));
    oauth2_buf_write_c(&buf, NOTICES_FORM);
    oauth2_buf_write(&buf, token);

    return oauth2_buf_done(&buf, &n->form);
}


/* On a thread: the flow waits, and nobody else uses its pool meanwhile. */

static void
notice_post(void *data)
{
    notice_t  *n = data;

    n->rc = oauth2_egress_post(&n->ctx.conf->egress->conf, n->ctx.flow->pool,
                               n->uri, n->form, &n->reply);
}


static void
notice_posted(void *data)
{
    notice_t  *n = data;

    oauth2_op_done(n->op, NULL);
}


static void
notice_wait(notice_t *n, const char *reason)
{
    n->rc = OAUTH2_EGRESS_AWAY;

    (void) ngx_cpystrn((u_char *) n->reply.reason, (u_char *) reason,
                       sizeof(n->reply.reason));
}
