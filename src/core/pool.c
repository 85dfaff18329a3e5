/* SPDX-License-Identifier: MIT */

/*
 * The counted arena: chunks in a list, pieces cut from the newest one.
 *
 * A piece that is larger than a quarter of a chunk gets a chunk of its own.
 * With OAUTH2_POOL_CHUNK 0 every piece does, so that AddressSanitizer sees
 * an overflow from one piece into the next.
 */

#include "str.h"
#include "pool.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

#ifndef OAUTH2_POOL_CHUNK
#ifdef OAUTH2_TEST
#define OAUTH2_POOL_CHUNK  0
#else
#define OAUTH2_POOL_CHUNK  4096
#endif
#endif

#define POOL_ALIGN  alignof(max_align_t)
#define POOL_OWN    (OAUTH2_POOL_CHUNK / 4)

typedef struct pool_chunk_s    pool_chunk_t;
typedef struct pool_cleanup_s  pool_cleanup_t;

struct pool_chunk_s {
    size_t         used;
    size_t         size;
    pool_chunk_t  *next;
    alignas(max_align_t) u_char  data[];
};

struct pool_cleanup_s {
    void               *data;
    pool_cleanup_t     *next;
    oauth2_cleanup_pt   run;
};

struct oauth2_pool_s {
    unsigned         references;
    pool_chunk_t    *chunk;      /* the one that pieces are cut from */
    pool_chunk_t    *own;        /* those that hold one piece each */
    pool_cleanup_t  *cleanups;
};


static bool pool_failing(void);
static pool_chunk_t *pool_chunk_create(size_t size);
static void pool_chunks_free(pool_chunk_t *chunk);

#ifdef OAUTH2_TEST

static unsigned  pool_fail_at;


unsigned
oauth2_pool_fail_at(unsigned n)
{
    unsigned  left;

    left = pool_fail_at;
    pool_fail_at = n;

    return left;
}

#endif


oauth2_pool_t *
oauth2_pool_create(void)
{
    oauth2_pool_t  *pool;

    if (pool_failing()) {
        return NULL;
    }

    pool = calloc(1, sizeof(oauth2_pool_t));

    if (pool == NULL) {
        return NULL;
    }

    pool->references = 1;

    return pool;
}


void
oauth2_pool_keep(oauth2_pool_t *pool)
{
    pool->references++;
}


void
oauth2_pool_release(oauth2_pool_t *pool)
{
    pool_cleanup_t  *cleanup;

    assert(pool->references > 0);

    if (--pool->references > 0) {
        return;
    }

    for (cleanup = pool->cleanups; cleanup != NULL; cleanup = cleanup->next) {
        cleanup->run(cleanup->data);
    }

    pool_chunks_free(pool->chunk);
    pool_chunks_free(pool->own);
    free(pool);
}


void *
oauth2_pool_alloc(oauth2_pool_t *pool, size_t size)
{
    void          *piece;
    pool_chunk_t  *chunk;

    if (pool_failing() || size > SIZE_MAX / 2) {
        return NULL;
    }

    if (size > POOL_OWN || OAUTH2_POOL_CHUNK == 0) {
        chunk = pool_chunk_create(size);

        if (chunk == NULL) {
            return NULL;
        }

        chunk->used = size;
        chunk->next = pool->own;
        pool->own = chunk;

        return chunk->data;
    }

    /* two empty pieces are still two addresses */
    size = (size == 0) ? POOL_ALIGN
                       : (size + POOL_ALIGN - 1) & ~(POOL_ALIGN - 1);
    chunk = pool->chunk;

    if (chunk == NULL || chunk->size - chunk->used < size) {
        chunk = pool_chunk_create(OAUTH2_POOL_CHUNK);

        if (chunk == NULL) {
            return NULL;
        }

        chunk->next = pool->chunk;
        pool->chunk = chunk;
    }

    piece = chunk->data + chunk->used;
    chunk->used += size;

    return piece;
}


oauth2_rc_e
oauth2_pool_copy(oauth2_pool_t *pool, oauth2_str_t s, oauth2_str_t *copy)
{
    size_t   size;
    u_char  *data;

    if (!oauth2_size_add(s.len, 1, &size)) {
        return OAUTH2_NOMEM;
    }

    data = oauth2_pool_alloc(pool, size);

    if (data == NULL) {
        return OAUTH2_NOMEM;
    }

    if (s.len > 0) {
        memcpy(data, s.data, s.len);
    }

    copy->data = data;
    copy->len = s.len;

    return OAUTH2_OK;
}


oauth2_rc_e
oauth2_pool_cleanup(oauth2_pool_t *pool, oauth2_cleanup_pt cleanup,
    void *data)
{
    pool_cleanup_t  *entry;

    entry = oauth2_pool_alloc(pool, sizeof(pool_cleanup_t));

    if (entry == NULL) {
        return OAUTH2_NOMEM;
    }

    entry->run = cleanup;
    entry->data = data;
    entry->next = pool->cleanups;
    pool->cleanups = entry;

    return OAUTH2_OK;
}


static bool
pool_failing(void)
{
#ifdef OAUTH2_TEST
    if (pool_fail_at > 0 && --pool_fail_at == 0) {
        return true;
    }
#endif

    return false;
}


static pool_chunk_t *
pool_chunk_create(size_t size)
{
    pool_chunk_t  *chunk;

    chunk = calloc(1, sizeof(pool_chunk_t) + size);

    if (chunk == NULL) {
        return NULL;
    }

    chunk->size = size;

    return chunk;
}


static void
pool_chunks_free(pool_chunk_t *chunk)
{
    pool_chunk_t  *next;

    while (chunk != NULL) {
        next = chunk->next;
        oauth2_wipe(chunk->data, chunk->used);
        free(chunk);
        chunk = next;
    }
}
