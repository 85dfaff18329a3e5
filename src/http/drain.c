/* SPDX-License-Identifier: MIT */

/*
 * Sending what is due in an outbox, for when no worker does.
 *
 * One drain for each outbox and worker process; the first process looks at
 * intervals, any process as soon as it has written mail by itself.  A row
 * is claimed with a lease, so that drains and workers may all look at once.
 * The loop is a flow of steps like a request's; SMTP blocks and so runs on
 * a thread.
 */

#include "http.h"


#define DRAIN_INTERVAL  5000      /* ms */
#define DRAIN_SOON      1         /* ms */


typedef struct ngx_http_oauth2_drain_s  ngx_http_oauth2_drain_t;

struct ngx_http_oauth2_drain_s {
    ngx_http_oauth2_outbox_t  *outbox;
    ngx_event_t                timer;
    ngx_connection_t           owner;
    oauth2_str_t               name;      /* of the lease's owner */
    u_char                     name_data[64];
    unsigned                   running:1;
    unsigned                   again:1;
};

/* The state of one mail: claimed, written, sent, marked. */
typedef struct {
    ngx_http_oauth2_call_t     call;
    oauth2_mail_row_t          row;
    oauth2_str_t               message;
    oauth2_op_t               *op;
    ngx_http_oauth2_outbox_t  *outbox;
    oauth2_pool_t             *pool;
    oauth2_mail_rc_e           rc;
    char                       reason[OAUTH2_REASON_MAX];
} drain_mail_t;


static void drain_timer(ngx_event_t *ev);
static void drain_next(ngx_http_oauth2_drain_t *d);
static void drain_named(oauth2_flow_t *f, const char *name);
static void drain_ended(oauth2_flow_t *f, const oauth2_error_t *error);
static oauth2_next_e drain_claim(oauth2_flow_t *f);
static oauth2_next_e drain_write(oauth2_flow_t *f);
static oauth2_next_e drain_mark(oauth2_flow_t *f);
static oauth2_next_e drain_finish(oauth2_flow_t *f);
static void drain_send(void *data);
static void drain_sent(void *data);
static void drain_log_link(drain_mail_t *m, oauth2_str_t link);
static oauth2_str_t drain_value(drain_mail_t *m, const char *column);


static const oauth2_step_t  drain_steps[] = {
    { "claiming mail",  drain_claim,  &oauth2_err_unavailable },
    { "sending mail",   drain_write,  &oauth2_err_server_error },
    { "marking mail",   drain_mark,   &oauth2_err_unavailable },
    { "going on",       drain_finish, NULL },
    { NULL, NULL, NULL }
};


static const oauth2_flow_host_t  drain_host = { drain_named, drain_ended };


ngx_int_t
ngx_http_oauth2_drain_init(ngx_http_oauth2_outbox_t *outbox, ngx_log_t *log)
{
    u_char                   *p;
    ngx_http_oauth2_drain_t  *d;

    d = ngx_calloc(sizeof(ngx_http_oauth2_drain_t), log);
    if (d == NULL) {
        return NGX_ERROR;
    }

    d->outbox = outbox;

    p = ngx_snprintf(d->name_data, sizeof(d->name_data), "nginx %V %P",
                     &ngx_cycle->hostname, ngx_pid);
    d->name.data = d->name_data;
    d->name.len = (size_t) (p - d->name_data);

    d->owner.fd = (ngx_socket_t) -1;
    d->owner.data = d;
    d->timer.data = &d->owner;
    d->timer.handler = drain_timer;
    d->timer.log = log;
    d->timer.cancelable = 1;

    outbox->drain = d;

    if (ngx_worker == 0) {
        ngx_add_timer(&d->timer, DRAIN_INTERVAL);
    }

    return NGX_OK;
}


void
ngx_http_oauth2_drain_kick(ngx_http_oauth2_outbox_t *outbox)
{
    ngx_http_oauth2_drain_t  *d;

    d = (outbox == NULL) ? NULL : outbox->drain;

    if (d == NULL) {
        return;
    }

    d->again = 1;

    if (!d->running) {
        ngx_add_timer(&d->timer, DRAIN_SOON);
    }
}


void
oauth2_mail_kick(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    ngx_http_oauth2_drain_kick(ctx->conf->outbox);
}


static void
drain_timer(ngx_event_t *ev)
{
    ngx_connection_t         *c;
    ngx_http_oauth2_drain_t  *d;

    c = ev->data;
    d = c->data;

    if (!d->running) {
        drain_next(d);
    }
}


/* One mail; its pool ends with it. */

static void
drain_next(ngx_http_oauth2_drain_t *d)
{
    drain_mail_t   *m;
    oauth2_flow_t  *f;
    oauth2_pool_t  *pool;

    d->again = 0;

    if (d->outbox->database->db == NULL
        || !oauth2_db_ready(d->outbox->database->db))
    {
        ngx_add_timer(&d->timer, DRAIN_INTERVAL);
        return;
    }

    pool = oauth2_pool_create();
    if (pool == NULL) {
        ngx_add_timer(&d->timer, DRAIN_INTERVAL);
        return;
    }

    f = oauth2_flow_create(pool, sizeof(drain_mail_t), &drain_host, d);

    if (f != NULL) {
        d->running = 1;
        m = f->state;
        m->outbox = d->outbox;
        m->pool = pool;
        oauth2_flow_run(f, drain_steps);

    } else {
        ngx_add_timer(&d->timer, DRAIN_INTERVAL);
    }

    oauth2_pool_release(pool);
}


static void
drain_named(oauth2_flow_t *f, const char *name)
{
    (void) f;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "oauth2 drain: %s", name);
}


/* Done: there may be more, at once.  Failed: nothing was due, or the
 * database is away. */

static void
drain_ended(oauth2_flow_t *f, const oauth2_error_t *error)
{
    ngx_http_oauth2_drain_t  *d;

    d = f->data;
    d->running = 0;

    if (error == NULL || d->again) {
        ngx_add_timer(&d->timer, DRAIN_SOON);

    } else if (ngx_worker == 0) {
        ngx_add_timer(&d->timer, DRAIN_INTERVAL);
    }
}


static oauth2_next_e
drain_claim(oauth2_flow_t *f)
{
    oauth2_str_t              params[4];
    drain_mail_t             *m;
    ngx_http_oauth2_drain_t  *d;

    d = f->data;
    m = f->state;

    params[0] = oauth2_str_null;
    params[1] = d->name;
    params[2] = oauth2_str("120");     /* seconds; SMTP takes less */
    params[3] = oauth2_str("1");

    return ngx_http_oauth2_query(f, d->outbox->database->db,
                                 OAUTH2_STMT_outbox_claim, params, 4,
                                 &m->call);
}


static oauth2_next_e
drain_write(oauth2_flow_t *f)
{
    oauth2_str_t               link;
    drain_mail_t              *m;
    ngx_http_oauth2_outbox_t  *o;

    m = f->state;
    o = m->outbox;

    if (oauth2_db_rows(m->call.query) == 0) {
        return oauth2_fail(f, &oauth2_err_not_found);
    }

    m->row.id = drain_value(m, "id");
    m->row.operation_id = drain_value(m, "operation_id");
    m->row.kind = drain_value(m, "kind");
    m->row.recipient = drain_value(m, "recipient");
    m->row.data = drain_value(m, "data");
    m->row.message_id = drain_value(m, "message_id");

    link = oauth2_str_null;

    if (oauth2_mail_write(f->pool, o->token_key, o->mail.from,
                          o->frontend_url, &m->row, (int64_t) ngx_time(),
                          &m->message, &link)
        != OAUTH2_OK)
    {
        m->rc = OAUTH2_MAIL_PARK;
        ngx_memcpy(m->reason, "cannot be written", 18);
        return OAUTH2_NEXT;
    }

    drain_log_link(m, link);

    m->op = oauth2_op_start(f);
    if (m->op == NULL) {
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    if (ngx_http_oauth2_thread_start(o->thread_pool, drain_send, drain_sent,
                                     m)
        != NGX_OK)
    {
        m->rc = OAUTH2_MAIL_RETRY;
        ngx_memcpy(m->reason, "too much mail at once", 22);
        oauth2_op_done(m->op, NULL);
    }

    return OAUTH2_WAIT;
}


static oauth2_next_e
drain_mark(oauth2_flow_t *f)
{
    oauth2_str_t              params[4];
    drain_mail_t             *m;
    ngx_http_oauth2_drain_t  *d;

    d = f->data;
    m = f->state;

    params[0] = m->row.id;
    params[1] = d->name;

    if (m->rc == OAUTH2_MAIL_SENT) {
        OAUTH2_FAULT("nginx.before_mark");
        return ngx_http_oauth2_query(f, d->outbox->database->db,
                                     OAUTH2_STMT_outbox_sent, params, 2,
                                     &m->call);
    }

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "mail was not sent: %s", m->reason);

    params[2] = oauth2_str_of(m->reason);
    params[3] = oauth2_str_bool(m->rc == OAUTH2_MAIL_PARK);

    return ngx_http_oauth2_query(f, d->outbox->database->db,
                                 OAUTH2_STMT_outbox_failed, params, 4,
                                 &m->call);
}


static oauth2_next_e
drain_finish(oauth2_flow_t *f)
{
    (void) f;

    return OAUTH2_DONE;
}


/* On a thread: the row and the message, which nobody changes meanwhile. */

static void
drain_send(void *data)
{
    drain_mail_t  *m = data;

    m->rc = oauth2_mail_send(&m->outbox->mail, &m->row, m->message,
                             m->reason);
}


static void
drain_sent(void *data)
{
    drain_mail_t  *m = data;

    oauth2_op_done(m->op, NULL);
}


/*
 * Without a mail server the link is in the log as well as in the folder:
 * that is how one tries the system out.  With one it never is.
 */

static void
drain_log_link(drain_mail_t *m, oauth2_str_t link)
{
    ngx_str_t  kind, value;

    if (m->outbox->mail.url != NULL || link.data == NULL) {
        return;
    }

    kind = ngx_http_oauth2_ngx_str(m->row.kind);
    value = ngx_http_oauth2_ngx_str(link);

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "no mail server, %V link: %V", &kind, &value);
}


static oauth2_str_t
drain_value(drain_mail_t *m, const char *column)
{
    return oauth2_db_value(m->call.query, 0, column);
}
