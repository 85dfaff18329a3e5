/* SPDX-License-Identifier: MIT */

/*
 * The API key that a cluster may want (Temporal Cloud does), from a file
 * that is read again when it changes.
 */

#ifndef OAUTH2_API_KEY_H
#define OAUTH2_API_KEY_H

#include <sys/types.h>
#include <time.h>

#include "conf.h"

#define OAUTH2_API_KEY_MAX  4096     /* bytes, a JWT as a rule */

typedef struct {
    const char       *path;
    struct timespec   changed;
    dev_t             device;
    ino_t             inode;
    char              header[OAUTH2_API_KEY_MAX + sizeof("Bearer ")];
} oauth2_api_key_t;

/* OAUTH2_BAD: a sentence was logged.  path NULL: there is no key. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_api_key_init(oauth2_api_key_t *key,
    const char *path);

/* Reads the file again if it has changed; what cannot be read or is no key
 * leaves the one that was. */
void oauth2_api_key_refresh(oauth2_api_key_t *key);

/* "Bearer ...", or NULL when there is no key. */
const char *oauth2_api_key_header(const oauth2_api_key_t *key);

#endif
