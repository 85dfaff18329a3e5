/* SPDX-License-Identifier: MIT */

/*
 * Two clocks: one that only goes forward, for deadlines, and the wall's.
 */

#ifndef OAUTH2_CLOCK_H
#define OAUTH2_CLOCK_H

#include <stdint.h>
#include <time.h>


/* Monotonic milliseconds. */
static inline int64_t
oauth2_clock_ms(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


/* Nanoseconds since the epoch. */
static inline int64_t
oauth2_clock_wall_ns(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_REALTIME, &ts);

    return (int64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}

#endif
