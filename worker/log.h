/* SPDX-License-Identifier: MIT */

/*
 * The log of the worker: lines on standard error in nginx's form,
 *
 *     2025/01/31 12:00:00 [info] 4711#0: what happened, request: <id>
 *
 * Never an address, a token, a secret or a digest, at any level.  The one
 * thing the process keeps globally is the level.
 */

#ifndef OAUTH2_LOG_H
#define OAUTH2_LOG_H

#include "../src/core/str.h"

typedef enum {
    OAUTH2_LOG_EMERG = 0,
    OAUTH2_LOG_CRIT,
    OAUTH2_LOG_ERROR,
    OAUTH2_LOG_WARN,
    OAUTH2_LOG_NOTICE,
    OAUTH2_LOG_INFO,
    OAUTH2_LOG_DEBUG
} oauth2_log_e;


/* OAUTH2_NONE: no level has that name; nothing changes. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_log_find_level(oauth2_str_t name,
    oauth2_log_e *level);

void oauth2_log_init(oauth2_log_e level);

void oauth2_log(oauth2_log_e level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a request; an absent id leaves the end of the line out. */
void oauth2_log_request(oauth2_log_e level, oauth2_str_t request_id,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
