/* SPDX-License-Identifier: MIT */

/*
 * What every file knows: the string, the result code, the attributes.
 *
 * Nothing in src/core does I/O, reads a clock or keeps a global.  Time is
 * an argument named now: seconds since the epoch, UTC.
 */

#ifndef OAUTH2_BASE_H
#define OAUTH2_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define OAUTH2_VERSION  "0.1.0"

#define OAUTH2_MUST_USE  __attribute__((warn_unused_result))
#define OAUTH2_UNUSED    __attribute__((unused))


/*
 * The result of a function that can fail.  BAD blames the input, NOMEM the
 * machine; NONE means that there is nothing, which is no failure.
 */
typedef enum {
    OAUTH2_OK = 0,
    OAUTH2_NONE,
    OAUTH2_BAD,
    OAUTH2_NOMEM
} oauth2_rc_e;


/*
 * Bytes and their number, laid out as ngx_str_t.  Not terminated.  Passed
 * by value; the bytes belong to whatever they were allocated from.  A null
 * string has data == NULL and means "absent"; an empty one has len == 0.
 */
typedef struct {
    size_t   len;
    u_char  *data;
} oauth2_str_t;

#define oauth2_str(literal)                                                  \
    ((oauth2_str_t) { sizeof(literal) - 1, (u_char *) (literal) })

#define oauth2_str_null  ((oauth2_str_t) { 0, NULL })

#endif
