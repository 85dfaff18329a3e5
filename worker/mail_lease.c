/* SPDX-License-Identifier: MIT */

/*
 * Leases of mails: a time that the loop moves and a thread reads.
 */

#include <time.h>

#include "mail_lease.h"

#define LEASE_MS  10000      /* as OAUTH2_LEASE */


static bool lease_is_held(const void *data);


int64_t
oauth2_lease_now(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_BOOTTIME, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


void
oauth2_lease_init(oauth2_lease_t *lease, const atomic_bool *stop,
    int64_t began)
{
    lease->asked.held = lease_is_held;
    lease->asked.data = lease;
    lease->stop = stop;
    atomic_init(&lease->until, began + LEASE_MS);
}


void
oauth2_lease_renew(oauth2_lease_t *lease, int64_t began)
{
    if (oauth2_lease_held(lease)) {
        atomic_store(&lease->until, began + LEASE_MS);
    }
}


void
oauth2_lease_end(oauth2_lease_t *lease)
{
    atomic_store(&lease->until, 0);
}


bool
oauth2_lease_held(const oauth2_lease_t *lease)
{
    if (lease->stop != NULL && atomic_load(lease->stop)) {
        return false;
    }

    return oauth2_lease_now() < atomic_load(&lease->until);
}


static bool
lease_is_held(const void *data)
{
    return oauth2_lease_held(data);
}
