/* SPDX-License-Identifier: MIT */

/*
 * Fields: from a text into the struct of an endpoint.
 */

#include "str.h"
#include "field_put.h"

#include <stdlib.h>

#define FIELD_NAMES_FIRST  16


static oauth2_read_e field_put_str(oauth2_pool_t *pool,
    const oauth2_field_t *field, oauth2_str_t text, oauth2_str_t *target,
    oauth2_complaint_t **complaints);
static oauth2_rc_e field_parse_int(oauth2_str_t text, int64_t *value);
static int field_compare(const void *a, const void *b);


void
oauth2_complaint_add(oauth2_pool_t *pool, oauth2_complaint_t **list,
    const char *field, const char *detail)
{
    u_char              *pointer;
    size_t               len;
    oauth2_complaint_t  *complaint;

    complaint = oauth2_pool_alloc(pool, sizeof(oauth2_complaint_t));

    if (complaint == NULL) {
        return;
    }

    len = strlen(field);
    pointer = oauth2_pool_alloc(pool, len + 2);

    if (pointer == NULL) {
        return;
    }

    pointer[0] = '/';
    memcpy(pointer + 1, field, len);

    complaint->field = (const char *) pointer;
    complaint->detail = detail;

    while (*list != NULL) {
        list = &(*list)->next;
    }

    *list = complaint;
}


const oauth2_field_t *
oauth2_field_find(const oauth2_field_t *fields, oauth2_str_t name)
{
    for ( /* void */ ; fields->name != NULL; fields++) {
        if (oauth2_str_same(name, oauth2_str_of(fields->name))) {
            return fields;
        }
    }

    return NULL;
}


oauth2_read_e
oauth2_field_put(oauth2_pool_t *pool, const oauth2_field_t *field,
    oauth2_str_t text, void *target, oauth2_complaint_t **complaints)
{
    u_char  *p;

    p = (u_char *) target + field->offset;

    if (field->type == OAUTH2_FIELD_STR || field->type == OAUTH2_FIELD_LIST
        || field->type == OAUTH2_FIELD_JSON)
    {
        return field_put_str(pool, field, text, (oauth2_str_t *) (void *) p,
                             complaints);
    }

    if (field->type == OAUTH2_FIELD_INT) {
        if (field_parse_int(text, (int64_t *) (void *) p) != OAUTH2_OK) {
            return oauth2_field_complain(pool, field,
                                         "This must be a whole number.",
                                         complaints);
        }

        return OAUTH2_READ_OK;
    }

    if (!oauth2_str_same(text, oauth2_str("true"))
        && !oauth2_str_same(text, oauth2_str("false")))
    {
        return oauth2_field_complain(pool, field,
                                     "This must be true or false.",
                                     complaints);
    }

    *(bool *) p = oauth2_str_same(text, oauth2_str("true"));

    return OAUTH2_READ_OK;
}


oauth2_read_e
oauth2_field_complain(oauth2_pool_t *pool, const oauth2_field_t *field,
    const char *detail, oauth2_complaint_t **complaints)
{
    oauth2_complaint_t  **end;

    end = complaints;

    while (*end != NULL) {
        end = &(*end)->next;
    }

    oauth2_complaint_add(pool, complaints, field->name, detail);

    return (*end == NULL) ? OAUTH2_READ_NOMEM : OAUTH2_READ_FIELD;
}


oauth2_rc_e
oauth2_names_add(oauth2_names_t *list, oauth2_str_t name)
{
    size_t         size;
    oauth2_str_t  *names;

    if (list->count == list->size) {
        size = (list->size == 0) ? FIELD_NAMES_FIRST : list->size * 2;
        names = oauth2_pool_alloc(list->pool, size * sizeof(oauth2_str_t));

        if (names == NULL) {
            return OAUTH2_NOMEM;
        }

        if (list->count > 0) {
            memcpy(names, list->names, list->count * sizeof(oauth2_str_t));
        }

        list->names = names;
        list->size = size;
    }

    list->names[list->count++] = name;

    return OAUTH2_OK;
}


bool
oauth2_names_repeated(oauth2_names_t *list, size_t first)
{
    size_t         i, count;
    oauth2_str_t  *names;

    count = list->count - first;
    list->count = first;

    if (count < 2) {
        return false;
    }

    names = list->names + first;
    qsort(names, count, sizeof(oauth2_str_t), field_compare);

    for (i = 1; i < count; i++) {
        if (field_compare(&names[i - 1], &names[i]) == 0) {
            return true;
        }
    }

    return false;
}


static oauth2_read_e
field_put_str(oauth2_pool_t *pool, const oauth2_field_t *field,
    oauth2_str_t text, oauth2_str_t *target, oauth2_complaint_t **complaints)
{
    if (text.len == 0 && (field->flags & OAUTH2_REQUIRED)) {
        return oauth2_field_complain(pool, field, "This is required.",
                                     complaints);
    }

    if (text.len > field->max) {
        return oauth2_field_complain(pool, field, "This is too long.",
                                     complaints);
    }

    if (!(field->flags & OAUTH2_CONTROLS)
        && !oauth2_str_check_utf8(text, false))
    {
        return oauth2_field_complain(pool, field,
                                     "Control characters are not allowed.",
                                     complaints);
    }

    return (oauth2_pool_copy(pool, text, target) == OAUTH2_OK)
           ? OAUTH2_READ_OK : OAUTH2_READ_NOMEM;
}


static oauth2_rc_e
field_parse_int(oauth2_str_t text, int64_t *value)
{
    bool      negative;
    uint64_t  n;

    negative = text.len > 0 && text.data[0] == '-';

    if (negative) {
        text.data++;
        text.len--;
    }

    if (oauth2_str_parse_uint(text, INT64_MAX, &n) != OAUTH2_OK) {
        return OAUTH2_BAD;
    }

    *value = negative ? -(int64_t) n : (int64_t) n;

    return OAUTH2_OK;
}


static int
field_compare(const void *a, const void *b)
{
    int                  order;
    const oauth2_str_t  *left, *right;

    left = a;
    right = b;

    if (left->len != right->len) {
        return (left->len < right->len) ? -1 : 1;
    }

    order = (left->len > 0) ? memcmp(left->data, right->data, left->len) : 0;

    return order;
}
