/* SPDX-License-Identifier: MIT */

/*
 * Writing JSON, and looking single members up.  Reading a whole object is
 * oauth2_json_read() in field.h.
 *
 * Writing never reports an error; oauth2_json_done() does.  A name of NULL
 * writes an element of an array or the outermost value.  Strings that are
 * no UTF-8 fail the document.
 */

#ifndef OAUTH2_JSON_H
#define OAUTH2_JSON_H

#include "buf.h"

#define OAUTH2_JSON_DEPTH  16

typedef struct {
    oauth2_buf_t  buf;
    unsigned      depth;
    bool          comma[OAUTH2_JSON_DEPTH];
} oauth2_json_t;


/* max in bytes. */
void oauth2_json_init(oauth2_json_t *j, oauth2_pool_t *pool, size_t max);

void oauth2_json_open(oauth2_json_t *j, const char *name);      /* { */
void oauth2_json_close(oauth2_json_t *j);                       /* } */
void oauth2_json_open_array(oauth2_json_t *j, const char *name);
void oauth2_json_close_array(oauth2_json_t *j);

/* An absent string is written as null. */
void oauth2_json_str(oauth2_json_t *j, const char *name, oauth2_str_t s);

/* An absent string is left out. */
void oauth2_json_optional(oauth2_json_t *j, const char *name,
    oauth2_str_t s);

void oauth2_json_c(oauth2_json_t *j, const char *name, const char *s);
void oauth2_json_int(oauth2_json_t *j, const char *name, int64_t value);
void oauth2_json_bool(oauth2_json_t *j, const char *name, bool value);
void oauth2_json_null(oauth2_json_t *j, const char *name);

/* Writes a value that is JSON already (from the database or ourselves). */
void oauth2_json_raw(oauth2_json_t *j, const char *name, oauth2_str_t json);

/* All members of an object that is JSON already, without its braces. */
void oauth2_json_members(oauth2_json_t *j, oauth2_str_t object);

OAUTH2_MUST_USE oauth2_rc_e oauth2_json_done(oauth2_json_t *j,
    oauth2_str_t *text);

/*
 * Finds a member of an object.  A string comes decoded, in the pool; a
 * number, true and false as written; objects and arrays as their text.
 * OAUTH2_NONE: not there, or null.  OAUTH2_BAD: text is no JSON object, or
 * has the member twice.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_json_find(oauth2_pool_t *pool,
    oauth2_str_t text, const char *name, oauth2_str_t *value);

/*
 * Takes the next element of an array from *rest, which is at first the text
 * of the array, one that was read before: false at its end.  The element is
 * a part of that text, undecoded.  Never allocates.
 */
bool oauth2_json_next(oauth2_str_t *rest, oauth2_str_t *element);

/*
 * The same for an array of strings, each of which comes decoded, in the
 * pool.  OAUTH2_NONE: the end; OAUTH2_BAD: the element is no string.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_json_next_str(oauth2_pool_t *pool,
    oauth2_str_t *rest, oauth2_str_t *value);

/* Merges two objects; members of b win.  OAUTH2_BAD: one is no object. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_json_merge(oauth2_pool_t *pool,
    oauth2_str_t a, oauth2_str_t b, oauth2_str_t *merged);

#endif
