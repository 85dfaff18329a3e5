/* SPDX-License-Identifier: MIT */

/*
 * What the fuzzers share: each has one function, fuzz_one(), that gets the
 * bytes in memory of exactly their size and a pool that ends with it.
 */

#ifndef OAUTH2_FUZZ_H
#define OAUTH2_FUZZ_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/core/pool.h"

#define fuzz_require(condition)                                              \
    fuzz_check((condition), #condition, __FILE__, __LINE__)

void fuzz_one(oauth2_pool_t *pool, oauth2_str_t text);

/* The name that libFuzzer calls is not one of ours. */
int fuzz_input(const u_char *data, size_t size)
    __asm__("LLVMFuzzerTestOneInput");


static inline void
fuzz_check(bool ok, const char *condition, const char *file, int line)
{
    if (!ok) {
        (void) fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
        abort();
    }
}


int
fuzz_input(const u_char *data, size_t size)
{
    oauth2_str_t    text;
    oauth2_pool_t  *pool;

    pool = oauth2_pool_create();
    fuzz_check(pool != NULL, "memory", __FILE__, __LINE__);

    text.len = size;
    text.data = malloc(size);

    if (size > 0) {
        memcpy(text.data, data, size);
    }

    fuzz_one(pool, text);
    free(text.data);
    oauth2_pool_release(pool);

    return 0;
}

#endif
