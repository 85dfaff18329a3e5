/* SPDX-License-Identifier: MIT */

/*
 * Log lines.
 */

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

#define LOG_LINE_MAX  2048


static void log_write(oauth2_log_e level, oauth2_str_t request_id,
    const char *format, va_list args);
static size_t log_end(char *line, size_t len, oauth2_str_t request_id);


static const char *const  log_names[] = {
    "emerg", "crit", "error", "warn", "notice", "info", "debug"
};

static oauth2_log_e  log_level = OAUTH2_LOG_NOTICE;


oauth2_rc_e
oauth2_log_find_level(oauth2_str_t name, oauth2_log_e *level)
{
    size_t  i;

    for (i = 0; i < sizeof(log_names) / sizeof(log_names[0]); i++) {
        if (oauth2_str_same(name, oauth2_str_of(log_names[i]))) {
            *level = (oauth2_log_e) i;
            return OAUTH2_OK;
        }
    }

    return OAUTH2_NONE;
}


void
oauth2_log_init(oauth2_log_e level)
{
    log_level = level;
}


void
oauth2_log(oauth2_log_e level, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    log_write(level, oauth2_str_null, format, args);
    va_end(args);
}


void
oauth2_log_request(oauth2_log_e level, oauth2_str_t request_id,
    const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    log_write(level, request_id, format, args);
    va_end(args);
}


static void
log_write(oauth2_log_e level, oauth2_str_t request_id, const char *format,
    va_list args)
{
    int        n;
    char       line[LOG_LINE_MAX];
    size_t     len, i, start;
    ssize_t    written;
    time_t     now;
    struct tm  tm;

    if (level > log_level) {
        return;
    }

    now = time(NULL);
    (void) localtime_r(&now, &tm);

    len = strftime(line, sizeof(line), "%Y/%m/%d %H:%M:%S ", &tm);
    n = snprintf(line + len, sizeof(line) - len, "[%s] %d#0: ",
                 log_names[level], (int) getpid());
    len += (size_t) n;
    start = len;

    n = vsnprintf(line + len, sizeof(line) - len, format, args);
    if (n < 0) {
        return;
    }

    len += (size_t) n;
    len = log_end(line, len, request_id);

    for (i = start; i < len; i++) {
        if ((u_char) line[i] < 0x20 || line[i] == 0x7f) {
            line[i] = ' ';
        }
    }

    line[len++] = '\n';
    written = write(STDERR_FILENO, line, len);
    (void) written;
}


/* Leaves room for the request and the end of the line. */
static size_t
log_end(char *line, size_t len, oauth2_str_t request_id)
{
    int     n;
    size_t  max;

    max = LOG_LINE_MAX - 96;
    if (len > max) {
        len = max;
    }

    if (request_id.len == 0) {
        return len;
    }

    n = snprintf(line + len, 92, ", request: %.*s",
                 (int) (request_id.len > 64 ? 64 : request_id.len),
                 (const char *) request_id.data);

    return len + (size_t) n;
}
