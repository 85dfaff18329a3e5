/* SPDX-License-Identifier: MIT */

/*
 * What json_read.c and form.c share behind field.h: putting values into
 * the target, complaining, and finding a name that is given twice.  Not
 * for use outside src/core.
 */

#ifndef OAUTH2_FIELD_PUT_H
#define OAUTH2_FIELD_PUT_H

#include "field.h"

/* The field of a name, or NULL. */
const oauth2_field_t *oauth2_field_find(const oauth2_field_t *fields,
    oauth2_str_t name);

/*
 * Puts the text of a value into the target: a string as it is (copied into
 * the pool), true or false, or an integer.  READ_FIELD when a complaint
 * was added instead.
 */
OAUTH2_MUST_USE oauth2_read_e oauth2_field_put(oauth2_pool_t *pool,
    const oauth2_field_t *field, oauth2_str_t text, void *target,
    oauth2_complaint_t **complaints);

/* Adds a complaint: READ_FIELD, or READ_NOMEM when it could not. */
OAUTH2_MUST_USE oauth2_read_e oauth2_field_complain(oauth2_pool_t *pool,
    const oauth2_field_t *field, const char *detail,
    oauth2_complaint_t **complaints);


/* Names in a growing array; no memory shows in the result of adding. */
typedef struct {
    oauth2_pool_t  *pool;
    oauth2_str_t   *names;
    size_t          count;
    size_t          size;
} oauth2_names_t;

OAUTH2_MUST_USE oauth2_rc_e oauth2_names_add(oauth2_names_t *list,
    oauth2_str_t name);

/*
 * Is one of the names from the first on there twice?  Takes these off the
 * list.  n log n, for the names are the caller's choice.
 */
bool oauth2_names_repeated(oauth2_names_t *list, size_t first);

#endif
