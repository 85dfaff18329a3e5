/* SPDX-License-Identifier: MIT */

/*
 * Mails of the outbox: claim with a lease, write, send on a thread while the
 * lease is renewed, mark.
 */

#include "../src/core/fault.h"
#include "../src/core/str.h"
#include "clock.h"
#include "mail_lease.h"
#include "mail_thread.h"

typedef struct mail_job_s  mail_job_t;

typedef struct mail_s  mail_t;

struct mail_s {
    mail_t              *next;
    mail_job_t          *job;
    oauth2_mail_send_t   send;
    oauth2_mail_row_t    row;
    oauth2_lease_t       lease;
    int64_t              asked;     /* for a renewal; 0: none under way */
    bool                 over;      /* sent or not, and being marked */
};

struct mail_job_s {
    oauth2_worker_t       *worker;
    oauth2_pool_t         *pool;
    oauth2_str_t           operation_id;
    oauth2_str_t           request_id;
    const atomic_bool     *stop;
    oauth2_mail_pt         done;
    void                  *data;
    mail_t                *mails;
    struct event          *timer;
    int64_t                asked;      /* for the mails */
    unsigned               open;       /* mails and renewals under way */
    oauth2_mail_counts_t   counts;
};


static void job_on_claim(oauth2_db_query_t *q, oauth2_db_rc_e rc,
    void *data);
static void job_find(mail_job_t *job);
static void job_on_found(oauth2_db_query_t *q, oauth2_db_rc_e rc,
    void *data);
static void job_on_timer(evutil_socket_t fd, short what, void *data);
static void job_close(mail_job_t *job);
static void job_end(mail_job_t *job);
static void mail_start(mail_job_t *job, oauth2_db_query_t *q, size_t row);
static void mail_renew(mail_t *mail);
static void mail_on_renewed(oauth2_db_query_t *q, oauth2_db_rc_e rc,
    void *data);
static bool mail_send(mail_t *mail);
static void mail_on_sent(oauth2_mail_send_t *send);
static void mail_mark(mail_t *mail);
static void mail_on_marked(oauth2_db_query_t *q, oauth2_db_rc_e rc,
    void *data);
static void mail_log(const mail_t *mail);


oauth2_rc_e
oauth2_mail_job_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    const oauth2_mail_order_t *order, oauth2_mail_pt done, void *data)
{
    char             text[2];
    mail_job_t      *job;
    oauth2_str_t     params[4];
    oauth2_db_rc_e   why;

    job = oauth2_pool_alloc(pool, sizeof(mail_job_t));
    if (job == NULL) {
        return OAUTH2_NOMEM;
    }

    job->worker = worker;
    job->pool = pool;
    job->operation_id = order->operation_id;
    job->request_id = order->request_id;
    job->stop = order->stop;
    job->done = done;
    job->data = data;
    job->asked = oauth2_lease_now();

    job->timer = event_new(worker->base, -1, EV_PERSIST, job_on_timer, job);
    if (job->timer == NULL) {
        return OAUTH2_NOMEM;
    }

    /* a digit: the room of the threads is small */
    text[0] = (char) ('0' + (order->limit > 9 ? 9 : order->limit));
    text[1] = '\0';

    params[0] = order->operation_id;
    params[1] = oauth2_str_of(worker->instance);
    params[2] = oauth2_str(OAUTH2_LEASE);
    params[3] = oauth2_str_of(text);

    if (oauth2_db_query_start(worker->db, pool, OAUTH2_STMT_outbox_claim,
                              params, job_on_claim, job, &why)
        == NULL)
    {
        event_free(job->timer);
        return OAUTH2_NOMEM;
    }

    worker->mail_jobs++;
    oauth2_pool_keep(pool);

    return OAUTH2_OK;
}


static void
job_on_claim(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data)
{
    size_t          i, n;
    mail_job_t     *job;
    struct timeval  tv;

    job = data;

    if (rc != OAUTH2_DB_OK) {
        job->counts.failed = true;
        job->counts.reason = "the outbox cannot be read";
        job_end(job);
        return;
    }

    n = oauth2_db_rows(q);
    job->counts.claimed = (unsigned) n;

    if (n == 0 && job->operation_id.data != NULL) {
        job_find(job);
        return;
    }

    tv.tv_sec = OAUTH2_LEASE_BEAT;
    tv.tv_usec = 0;
    (void) event_add(job->timer, &tv);

    job->open = 1;

    for (i = 0; i < n; i++) {
        job->open++;
        mail_start(job, q, i);
    }

    job_close(job);
}


/* Nothing to be had: is everything sent, or has another sender the lease? */
static void
job_find(mail_job_t *job)
{
    oauth2_db_rc_e  why;

    if (oauth2_db_query_start(job->worker->db, job->pool,
                              OAUTH2_STMT_outbox_find, &job->operation_id,
                              job_on_found, job, &why)
        == NULL)
    {
        job_on_found(NULL, why, job);
    }
}


static void
job_on_found(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data)
{
    mail_job_t  *job;

    job = data;

    if (rc != OAUTH2_DB_OK) {
        job->counts.failed = true;
        job->counts.reason = "the outbox cannot be read";

    } else if (oauth2_str_same(oauth2_db_value(q, 0, "status"),
                               oauth2_str("open")))
    {
        job->counts.retry++;
        job->counts.reason = "another sender has the mail";
    }

    job_end(job);
}


static void
job_on_timer(evutil_socket_t fd, short what, void *data)
{
    mail_t      *mail;
    mail_job_t  *job;

    (void) fd;
    (void) what;

    job = data;

    for (mail = job->mails; mail != NULL; mail = mail->next) {
        mail_renew(mail);
    }
}


static void
job_close(mail_job_t *job)
{
    if (--job->open == 0) {
        job_end(job);
    }
}


static void
job_end(mail_job_t *job)
{
    oauth2_pool_t    *pool;
    oauth2_worker_t  *worker;

    pool = job->pool;
    worker = job->worker;
    worker->mail_jobs--;
    event_free(job->timer);

    job->done(&job->counts, job->data);
    oauth2_pool_release(pool);
}


static void
mail_start(mail_job_t *job, oauth2_db_query_t *q, size_t row)
{
    mail_t  *mail;

    mail = oauth2_pool_alloc(job->pool, sizeof(mail_t));
    if (mail == NULL) {
        /* the lease runs out */
        job->counts.retry++;
        job->open--;
        return;
    }

    mail->job = job;
    mail->row.id = oauth2_db_value(q, row, "id");
    mail->row.operation_id = oauth2_db_value(q, row, "operation_id");
    mail->row.kind = oauth2_db_value(q, row, "kind");
    mail->row.recipient = oauth2_db_value(q, row, "recipient");
    mail->row.data = oauth2_db_value(q, row, "data");
    mail->row.message_id = oauth2_db_value(q, row, "message_id");

    oauth2_lease_init(&mail->lease, job->stop, job->asked);
    mail->row.lease = &mail->lease.asked;
    mail->next = job->mails;
    job->mails = mail;

    if (!mail_send(mail)) {
        mail_mark(mail);
    }
}


static void
mail_renew(mail_t *mail)
{
    mail_job_t      *job;
    oauth2_str_t     params[3];
    oauth2_db_rc_e   why;

    job = mail->job;

    if (mail->over || mail->asked != 0 || !oauth2_lease_held(&mail->lease)) {
        return;
    }

    params[0] = mail->row.id;
    params[1] = oauth2_str_of(job->worker->instance);
    params[2] = oauth2_str(OAUTH2_LEASE);

    mail->asked = oauth2_lease_now();

    if (oauth2_db_query_start(job->worker->db, job->pool,
                              OAUTH2_STMT_outbox_renew, params,
                              mail_on_renewed, mail, &why)
        == NULL)
    {
        mail->asked = 0;
        return;
    }

    job->open++;
}


static void
mail_on_renewed(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data)
{
    mail_t  *mail;

    mail = data;

    if (rc == OAUTH2_DB_OK
        && oauth2_str_same(oauth2_db_value(q, 0, "status"),
                           oauth2_str("held")))
    {
        oauth2_lease_renew(&mail->lease, mail->asked);

    } else if (rc == OAUTH2_DB_OK) {
        oauth2_lease_end(&mail->lease);
    }

    mail->asked = 0;
    job_close(mail->job);
}


static bool
mail_send(mail_t *mail)
{
    int64_t               now;
    oauth2_rc_e           rc;
    oauth2_str_t          link;
    oauth2_worker_t      *worker;
    oauth2_mail_send_t   *send;
    const oauth2_conf_t  *conf;

    send = &mail->send;
    worker = mail->job->worker;
    conf = worker->conf;
    now = oauth2_clock_wall_ns() / 1000000000;
    link = oauth2_str_null;

    rc = oauth2_mail_write(mail->job->pool, &conf->token_key,
                           conf->mail_from,
                           oauth2_str_of(conf->frontend_url), &mail->row,
                           now, &send->message, &link);
    if (rc != OAUTH2_OK) {
        send->rc = (rc == OAUTH2_NOMEM) ? OAUTH2_MAIL_RETRY
                                        : OAUTH2_MAIL_PARK;
        memcpy(send->reason, "the message cannot be written", 30);
        return false;
    }

    /* without a server the log is where the link is looked for */
    if (conf->smtp_url == NULL && link.data != NULL) {
        oauth2_log_request(OAUTH2_LOG_NOTICE, mail->job->request_id,
                           "mail \"%.*s\" in \"%s\", link: %.*s",
                           (int) mail->row.kind.len,
                           (const char *) mail->row.kind.data,
                           conf->mail_folder, (int) link.len,
                           (const char *) link.data);
    }

    send->conf = &conf->mail;
    send->row = &mail->row;
    send->done = mail_on_sent;
    send->data = mail;

    if (oauth2_threads_push(worker->threads, send)) {
        return true;
    }

    send->rc = OAUTH2_MAIL_RETRY;
    memcpy(send->reason, "too many mails at once", 23);

    return false;
}


static void
mail_on_sent(oauth2_mail_send_t *send)
{
    mail_mark(send->data);
}


static void
mail_mark(mail_t *mail)
{
    oauth2_str_t        params[4];
    oauth2_stmt_e       stmt;
    oauth2_db_rc_e      why;
    oauth2_worker_t    *worker;
    oauth2_mail_send_t *send;

    send = &mail->send;
    worker = mail->job->worker;
    mail->over = true;
    mail_log(mail);

    OAUTH2_FAULT("worker.before_mark");

    params[0] = mail->row.id;
    params[1] = oauth2_str_of(worker->instance);
    params[2] = oauth2_str_of(send->reason);
    params[3] = (send->rc == OAUTH2_MAIL_PARK) ? oauth2_str("true")
                                               : oauth2_str("false");

    stmt = (send->rc == OAUTH2_MAIL_SENT) ? OAUTH2_STMT_outbox_sent
                                          : OAUTH2_STMT_outbox_failed;

    if (oauth2_db_query_start(worker->db, mail->job->pool, stmt, params,
                              mail_on_marked, mail, &why)
        == NULL)
    {
        mail_on_marked(NULL, why, mail);
    }
}


/* A mark that got lost: the lease runs out and the mail goes out again,
 * with the same Message-ID. */
static void
mail_on_marked(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data)
{
    mail_t      *mail;
    mail_job_t  *job;

    mail = data;
    job = mail->job;

    if (rc != OAUTH2_DB_OK) {
        oauth2_log_request(OAUTH2_LOG_ERROR, job->request_id,
                           "mail %.*s cannot be marked: no database",
                           (int) mail->row.id.len,
                           (const char *) mail->row.id.data);

    } else if (mail->send.rc == OAUTH2_MAIL_RETRY
               && oauth2_str_same(oauth2_db_value(q, 0, "status"),
                                  oauth2_str("parked")))
    {
        mail->send.rc = OAUTH2_MAIL_PARK;
    }

    switch (mail->send.rc) {
    case OAUTH2_MAIL_SENT:
        job->counts.sent++;
        job->worker->counters.mails_sent++;
        break;
    case OAUTH2_MAIL_RETRY:
        job->counts.retry++;
        job->counts.reason = mail->send.reason;
        job->worker->counters.mails_retried++;
        break;
    case OAUTH2_MAIL_PARK:
        job->counts.parked++;
        job->counts.reason = mail->send.reason;
        job->worker->counters.mails_parked++;
        break;
    }

    job_close(job);
}


static void
mail_log(const mail_t *mail)
{
    const oauth2_mail_send_t  *send;

    send = &mail->send;

    if (send->rc == OAUTH2_MAIL_SENT) {
        oauth2_log_request(OAUTH2_LOG_INFO, mail->job->request_id,
                           "mail %.*s sent", (int) mail->row.id.len,
                           (const char *) mail->row.id.data);
        return;
    }

    oauth2_log_request(OAUTH2_LOG_WARN, mail->job->request_id,
                       "mail %.*s not sent%s: %s", (int) mail->row.id.len,
                       (const char *) mail->row.id.data,
                       send->rc == OAUTH2_MAIL_PARK ? ", given up" : "",
                       send->reason);
}
