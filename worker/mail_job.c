/* SPDX-License-Identifier: MIT */

/*
 * Mails of the outbox: claim with a lease, write, send on a thread, mark.
 *
 * The lease is longer than the queue of the threads can take, so that no
 * mail is sent while another claims it.
 */

#include "../src/core/fault.h"
#include "../src/core/str.h"
#include "clock.h"
#include "mail_thread.h"

#define MAIL_LEASE  "150"     /* seconds */

typedef struct mail_job_s  mail_job_t;

/* One mail. */
typedef struct {
    oauth2_mail_send_t   send;
    oauth2_mail_row_t    row;
    mail_job_t          *job;
} mail_t;

struct mail_job_s {
    oauth2_worker_t       *worker;
    oauth2_pool_t         *pool;
    oauth2_str_t           request_id;
    oauth2_mail_pt         done;
    void                  *data;
    unsigned               open;       /* mails not marked yet */
    oauth2_mail_counts_t   counts;
};


static void job_on_claim(oauth2_db_query_t *q, oauth2_db_rc_e rc,
    void *data);
static void job_end(mail_job_t *job);
static void mail_start(mail_job_t *job, oauth2_db_query_t *q, size_t row);
static bool mail_send(mail_t *mail);
static void mail_on_sent(oauth2_mail_send_t *send);
static void mail_mark(mail_t *mail);
static void mail_on_marked(oauth2_db_query_t *q, oauth2_db_rc_e rc,
    void *data);
static void mail_log(const mail_t *mail);


oauth2_rc_e
oauth2_mail_job_start(oauth2_worker_t *worker, oauth2_pool_t *pool,
    oauth2_str_t operation_id, oauth2_str_t request_id, unsigned limit,
    oauth2_mail_pt done, void *data)
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
    job->request_id = request_id;
    job->done = done;
    job->data = data;

    /* a digit: the room of the threads is small */
    text[0] = (char) ('0' + (limit > 9 ? 9 : limit));
    text[1] = '\0';

    params[0] = operation_id;
    params[1] = oauth2_str_of(worker->instance);
    params[2] = oauth2_str(MAIL_LEASE);
    params[3] = oauth2_str_of(text);

    if (oauth2_db_query_start(worker->db, pool, OAUTH2_STMT_outbox_claim,
                              params, job_on_claim, job, &why)
        == NULL)
    {
        return OAUTH2_NOMEM;
    }

    worker->mail_jobs++;
    oauth2_pool_keep(pool);

    return OAUTH2_OK;
}


static void
job_on_claim(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data)
{
    size_t       i, n;
    mail_job_t  *job;

    job = data;

    if (rc != OAUTH2_DB_OK) {
        job->counts.failed = true;
        job->counts.reason = "the outbox cannot be read";
        job_end(job);
        return;
    }

    n = oauth2_db_rows(q);
    job->counts.claimed = (unsigned) n;
    job->open = 1;

    for (i = 0; i < n; i++) {
        job->open++;
        mail_start(job, q, i);
    }

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

    if (!mail_send(mail)) {
        mail_mark(mail);
    }
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

    if (--job->open == 0) {
        job_end(job);
    }
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
