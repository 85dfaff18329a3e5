/* SPDX-License-Identifier: MIT */

/*
 * What an endpoint expects of a JSON object, a form or a query string: one
 * row a field, written into the endpoint's own struct.
 *
 *     static const oauth2_field_t  login_fields[] = {
 *         { "email",    OAUTH2_FIELD_STR, 254, OAUTH2_REQUIRED,
 *           offsetof(login_t, email) },
 *         { NULL, 0, 0, 0, 0 }
 *     };
 *
 * STR is an oauth2_str_t (absent stays null), BOOL a bool, INT an int64_t.
 * LIST, in JSON only, is the text of an array, which oauth2_json_next()
 * takes apart (with OAUTH2_CONTROLS, for its blanks).  JSON is the text of
 * an object, which may come as a string as well.  max is in bytes of
 * UTF-8.  Members not in the table are ignored, so no caller can set what
 * it is not asked for.
 */

#ifndef OAUTH2_FIELD_H
#define OAUTH2_FIELD_H

#include "pool.h"

typedef enum {
    OAUTH2_FIELD_STR = 0,
    OAUTH2_FIELD_BOOL,
    OAUTH2_FIELD_INT,
    OAUTH2_FIELD_LIST,
    OAUTH2_FIELD_JSON
} oauth2_field_e;

#define OAUTH2_REQUIRED  0x01    /* missing, null or empty is an error */
#define OAUTH2_CONTROLS  0x02    /* control characters are allowed */
#define OAUTH2_MULTIPLE  0x04    /* form: all count, joined by blanks */

typedef struct {
    const char      *name;
    oauth2_field_e   type;
    size_t           max;
    unsigned         flags;
    size_t           offset;
} oauth2_field_t;

/*
 * The complaints: a linked list in order, each with a JSON pointer (RFC
 * 6901) of a field's name and a detail.  Neither echoes input.
 */
typedef struct oauth2_complaint_s  oauth2_complaint_t;

struct oauth2_complaint_s {
    const char          *field;
    const char          *detail;
    oauth2_complaint_t  *next;
};

/* Appends to the list; without memory the list stays as it is. */
void oauth2_complaint_add(oauth2_pool_t *pool, oauth2_complaint_t **list,
    const char *field, const char *detail);

/*
 * How a document was: FIELD means well formed, with complaints; REPEATED a
 * member or parameter given twice; UTF8 bytes that are no UTF-8 (or a NUL).
 */
typedef enum {
    OAUTH2_READ_OK = 0,
    OAUTH2_READ_SYNTAX,
    OAUTH2_READ_UTF8,
    OAUTH2_READ_REPEATED,
    OAUTH2_READ_FIELD,
    OAUTH2_READ_NOMEM
} oauth2_read_e;

/*
 * Reads a JSON object (RFC 8259) into target.  Depth at most 16; comments,
 * lone surrogates, trailing bytes and any byte order mark are refused.  A
 * nested value of an unknown member is skipped.  Strings live in the pool.
 */
OAUTH2_MUST_USE oauth2_read_e oauth2_json_read(oauth2_pool_t *pool,
    oauth2_str_t text, const oauth2_field_t *fields, void *target,
    oauth2_complaint_t **complaints);

/*
 * Reads application/x-www-form-urlencoded text, or a query string, into
 * target.  An empty value counts as absent (RFC 6749 3.1).  A parameter
 * given twice is REPEATED even when it is not in the table.
 */
OAUTH2_MUST_USE oauth2_read_e oauth2_form_read(oauth2_pool_t *pool,
    oauth2_str_t text, const oauth2_field_t *fields, void *target,
    oauth2_complaint_t **complaints);

#endif
