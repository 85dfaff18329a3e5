/* SPDX-License-Identifier: MIT */

/*
 * The lease of a mail, as its sender sees it.
 *
 * It is short, so that another takes over soon from a worker that was lost,
 * and renewed while the mail is in hand.  It runs from before the database
 * was asked, on a clock that goes on while the machine sleeps: so it is over
 * here before it is over there, and a worker that was stopped and goes on
 * does not send what somebody else may be sending.
 */

#ifndef OAUTH2_MAIL_LEASE_H
#define OAUTH2_MAIL_LEASE_H

#include <stdatomic.h>

#include "../src/mail/mail.h"

#define OAUTH2_LEASE       "10"     /* seconds */
#define OAUTH2_LEASE_BEAT  3        /* seconds from one renewal to the next */

typedef struct {
    oauth2_mail_lease_t   asked;    /* what the sending thread asks */
    const atomic_bool    *stop;     /* NULL: nobody stops it */
    _Atomic int64_t       until;
} oauth2_lease_t;


/* Milliseconds of the clock of leases. */
int64_t oauth2_lease_now(void);

/* began: when the database was asked for it.  The loop's, as renew is. */
void oauth2_lease_init(oauth2_lease_t *lease, const atomic_bool *stop,
    int64_t began);

/* The database has renewed it, asked at began.  What is over stays so. */
void oauth2_lease_renew(oauth2_lease_t *lease, int64_t began);

/* Somebody else has it. */
void oauth2_lease_end(oauth2_lease_t *lease);

/* From any thread. */
bool oauth2_lease_held(const oauth2_lease_t *lease);

#endif
