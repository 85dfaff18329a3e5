/* SPDX-License-Identifier: MIT */

/*
 * The API key of a cluster.
 */

#include <stdio.h>
#include <sys/stat.h>

#include "../src/core/str.h"
#include "api_key.h"


static oauth2_rc_e api_key_read(oauth2_api_key_t *key);
static bool api_key_check(oauth2_str_t text);


oauth2_rc_e
oauth2_api_key_init(oauth2_api_key_t *key, const char *path)
{
    memset(key, 0, sizeof(oauth2_api_key_t));
    key->path = path;

    if (path == NULL) {
        return OAUTH2_OK;
    }

    return api_key_read(key);
}


void
oauth2_api_key_refresh(oauth2_api_key_t *key)
{
    struct stat  st;

    /* the time of the inode: permissions that were mended count, too */
    if (key->path == NULL || stat(key->path, &st) != 0
        || (st.st_ctim.tv_sec == key->changed.tv_sec
            && st.st_ctim.tv_nsec == key->changed.tv_nsec
            && st.st_ino == key->inode && st.st_dev == key->device))
    {
        return;
    }

    if (api_key_read(key) == OAUTH2_OK) {
        oauth2_log(OAUTH2_LOG_NOTICE, "\"%s\" has changed: the new API key "
                   "is used from now on", key->path);
    }
}


const char *
oauth2_api_key_header(const oauth2_api_key_t *key)
{
    return key->path == NULL ? NULL : key->header;
}


static oauth2_rc_e
api_key_read(oauth2_api_key_t *key)
{
    oauth2_rc_e     rc;
    struct stat     st;
    oauth2_str_t    text;
    oauth2_pool_t  *pool;

    pool = oauth2_pool_create();
    if (pool == NULL) {
        return OAUTH2_NOMEM;
    }

    memset(&st, 0, sizeof(st));

    /* a change in between is seen by the next look */
    if (stat(key->path, &st) == 0) {
        key->changed = st.st_ctim;
        key->device = st.st_dev;
        key->inode = st.st_ino;
    }

    rc = oauth2_conf_read_file(pool, key->path, true, &text);

    if (rc == OAUTH2_OK) {
        text = oauth2_str_trim_lines(text);

        if (api_key_check(text)) {
            (void) snprintf(key->header, sizeof(key->header), "Bearer %.*s",
                            (int) text.len, (const char *) text.data);

        } else {
            oauth2_log(OAUTH2_LOG_EMERG, "\"%s\" must hold an API key in "
                       "one line", key->path);
            rc = OAUTH2_BAD;
        }

        oauth2_wipe(text.data, text.len);
    }

    oauth2_pool_release(pool);

    return rc;
}


/* What a header may carry (RFC 6750 2.1: b64token). */
static bool
api_key_check(oauth2_str_t text)
{
    size_t  i;

    if (text.len == 0 || text.len > OAUTH2_API_KEY_MAX) {
        return false;
    }

    for (i = 0; i < text.len; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~') {
            return false;
        }
    }

    return true;
}
