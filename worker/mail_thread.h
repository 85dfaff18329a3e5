/* SPDX-License-Identifier: MIT */

/*
 * The threads that send mail, since SMTP blocks.
 *
 * A job belongs to the loop until it is pushed, to a thread until done() is
 * called on the loop.  Its strings must not change in between.
 */

#ifndef OAUTH2_MAIL_THREAD_H
#define OAUTH2_MAIL_THREAD_H

#include "worker.h"

typedef struct oauth2_mail_send_s  oauth2_mail_send_t;

struct oauth2_mail_send_s {
    oauth2_mail_send_t         *next;
    const oauth2_mail_conf_t   *conf;
    const oauth2_mail_row_t    *row;
    oauth2_str_t                message;
    oauth2_mail_rc_e            rc;
    char                        reason[OAUTH2_REASON_MAX];
    void                      (*done)(oauth2_mail_send_t *send);
    void                       *data;
};


/* NULL: no memory or no threads. */
oauth2_threads_t *oauth2_threads_create(struct event_base *base,
    unsigned threads, unsigned queue);

/* Waits for mails under way; done() is not called any more. */
void oauth2_threads_destroy(oauth2_threads_t *threads);

/* How many more may be pushed now. */
unsigned oauth2_threads_room(oauth2_threads_t *threads);

/* False: no room. */
OAUTH2_MUST_USE bool oauth2_threads_push(oauth2_threads_t *threads,
    oauth2_mail_send_t *send);

#endif
