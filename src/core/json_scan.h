/* SPDX-License-Identifier: MIT */

/*
 * The one strict reader of JSON objects; json_read(), json_find(),
 * json_merge() and jwt.c stand on it.  Not for use outside src/core.
 */

#ifndef OAUTH2_JSON_SCAN_H
#define OAUTH2_JSON_SCAN_H

#include "field.h"
#include "json.h"

typedef enum {
    OAUTH2_JSON_STR = 0,
    OAUTH2_JSON_NUMBER,
    OAUTH2_JSON_BOOL,
    OAUTH2_JSON_NULL,
    OAUTH2_JSON_NESTED          /* an object or an array */
} oauth2_json_e;

/*
 * A member of the object.  The name is decoded and has a NUL behind it.
 * A string comes decoded, a number, true or false as written, an object or
 * array as its text.  All of it lives as long as the pool of the scan.
 */
typedef struct {
    oauth2_str_t   name;
    oauth2_str_t   value;
    oauth2_json_e  type;
} oauth2_json_member_t;

typedef struct {
    oauth2_json_member_t  *members;
    size_t                 count;
    size_t                 size;
} oauth2_json_members_t;


/*
 * Reads an object as field.h describes it for oauth2_json_read(); the
 * members come in their order.  READ_FIELD never occurs.  Give it a pool
 * that ends soon: it needs about four times the text.
 */
OAUTH2_MUST_USE oauth2_read_e oauth2_json_scan(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_json_members_t *list);

/* Its first part: UTF-8, byte order mark, white space, escapes. */
OAUTH2_MUST_USE oauth2_read_e oauth2_json_check_text(oauth2_str_t text);

/* The scan for those who need not tell how a text is bad. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_json_scan_rc(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_json_members_t *list);

/* The member of a name; NULL when there is none. */
const oauth2_json_member_t *oauth2_json_member(
    const oauth2_json_members_t *list, const char *name);

/* Writes a member as it was read. */
void oauth2_json_member_write(oauth2_json_t *j,
    const oauth2_json_member_t *member);

#endif
