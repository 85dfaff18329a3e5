/* SPDX-License-Identifier: MIT */

/*
 * The arena of one request, activity or configuration.
 *
 * Allocation never fails halfway: NULL means that nothing happened.  Single
 * pieces are not freed; foreign objects (PGresult, EVP_PKEY) get a cleanup
 * in the line after they are made.  A pool belongs to one thread at a time
 * and is counted, so that an operation can outlive its requester.
 */

#ifndef OAUTH2_POOL_H
#define OAUTH2_POOL_H

#include "base.h"

typedef struct oauth2_pool_s  oauth2_pool_t;

typedef void (*oauth2_cleanup_pt)(void *data);


/* An empty pool with one reference; NULL without memory. */
oauth2_pool_t *oauth2_pool_create(void);

/* One more owner. */
void oauth2_pool_keep(oauth2_pool_t *pool);

/*
 * One owner less; the last one runs the cleanups, newest first, wipes the
 * memory and frees it.
 */
void oauth2_pool_release(oauth2_pool_t *pool);

/* Aligned for any type, zeroed.  NULL without memory. */
void *oauth2_pool_alloc(oauth2_pool_t *pool, size_t size);

/* A copy with a NUL byte behind its end (not counted in len). */
OAUTH2_MUST_USE oauth2_rc_e oauth2_pool_copy(oauth2_pool_t *pool,
    oauth2_str_t s, oauth2_str_t *copy);

/* Calls cleanup(data) when the pool ends.  OAUTH2_NOMEM: not registered. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_pool_cleanup(oauth2_pool_t *pool,
    oauth2_cleanup_pt cleanup, void *data);

/*
 * For tests: lets the n-th allocation from now fail (1 is the next), 0
 * never.  Answers what was left of the last n: 0 when it did fail.
 * Compiled in with OAUTH2_TEST only.
 */
#ifdef OAUTH2_TEST
unsigned oauth2_pool_fail_at(unsigned n);
#endif

#endif
