/* SPDX-License-Identifier: MIT */

/*
 * application/x-www-form-urlencoded into the struct of an endpoint.
 */

#include "str.h"
#include "buf.h"
#include "encode.h"
#include "field_put.h"

typedef struct {
    oauth2_pool_t         *pool;        /* the caller's */
    oauth2_pool_t         *scan;        /* ends with the reading */
    const oauth2_field_t  *fields;
    oauth2_str_t          *values;      /* one a field, null when absent */
    oauth2_names_t         names;
} form_t;


static oauth2_read_e form_read(form_t *form, oauth2_str_t text, void *target,
    oauth2_complaint_t **complaints);
static oauth2_read_e form_read_pair(form_t *form, oauth2_str_t pair);
static oauth2_rc_e form_join(form_t *form, oauth2_str_t value,
    oauth2_str_t *target);
static oauth2_read_e form_decode(form_t *form, oauth2_str_t text,
    oauth2_str_t *s);
static oauth2_read_e form_put_all(form_t *form, void *target,
    oauth2_complaint_t **complaints);


oauth2_read_e
oauth2_form_read(oauth2_pool_t *pool, oauth2_str_t text,
    const oauth2_field_t *fields, void *target,
    oauth2_complaint_t **complaints)
{
    form_t         form;
    oauth2_read_e  rc;

    memset(&form, 0, sizeof(form_t));
    form.pool = pool;
    form.fields = fields;
    form.scan = oauth2_pool_create();

    if (form.scan == NULL) {
        return OAUTH2_READ_NOMEM;
    }

    form.names.pool = form.scan;
    rc = form_read(&form, text, target, complaints);
    oauth2_pool_release(form.scan);

    return rc;
}


static oauth2_read_e
form_read(form_t *form, oauth2_str_t text, void *target,
    oauth2_complaint_t **complaints)
{
    size_t         n;
    oauth2_str_t   pair;
    oauth2_read_e  rc;

    for (n = 0; form->fields[n].name != NULL; n++) { /* void */ }

    form->values = oauth2_pool_alloc(form->scan, n * sizeof(oauth2_str_t));

    if (form->values == NULL) {
        return OAUTH2_READ_NOMEM;
    }

    while (oauth2_str_word(&text, '&', &pair)) {
        rc = form_read_pair(form, pair);

        if (rc != OAUTH2_READ_OK) {
            return rc;
        }
    }

    if (oauth2_names_repeated(&form->names, 0)) {
        return OAUTH2_READ_REPEATED;
    }

    return form_put_all(form, target, complaints);
}


static oauth2_read_e
form_read_pair(form_t *form, oauth2_str_t pair)
{
    size_t                 len;
    oauth2_str_t           name, value;
    oauth2_read_e          rc;
    const oauth2_field_t  *field;

    for (len = 0; len < pair.len && pair.data[len] != '='; len++) {
        /* void */
    }

    rc = form_decode(form, (oauth2_str_t) { len, pair.data }, &name);

    if (rc != OAUTH2_READ_OK) {
        return rc;
    }

    if (len < pair.len) {
        len++;
    }

    rc = form_decode(form,
                     (oauth2_str_t) { pair.len - len, pair.data + len },
                     &value);

    if (rc != OAUTH2_READ_OK) {
        return rc;
    }

    field = oauth2_field_find(form->fields, name);

    if (field == NULL || !(field->flags & OAUTH2_MULTIPLE)) {
        if (oauth2_names_add(&form->names, name) != OAUTH2_OK) {
            return OAUTH2_READ_NOMEM;
        }
    }

    if (field == NULL || value.len == 0) {
        return OAUTH2_READ_OK;
    }

    return (form_join(form, value, &form->values[field - form->fields])
            == OAUTH2_OK)
           ? OAUTH2_READ_OK : OAUTH2_READ_NOMEM;
}


/* With what the same parameter said before.  Not longer than the text of
 * the form, which has a limit. */

static oauth2_rc_e
form_join(form_t *form, oauth2_str_t value, oauth2_str_t *target)
{
    oauth2_buf_t  buf;

    oauth2_buf_init(&buf, form->scan, target->len + value.len + 1);
    oauth2_buf_write(&buf, *target);

    if (target->len > 0) {
        oauth2_buf_write_byte(&buf, ' ');
    }

    oauth2_buf_write(&buf, value);

    return oauth2_buf_done(&buf, target);
}


static oauth2_read_e
form_decode(form_t *form, oauth2_str_t text, oauth2_str_t *s)
{
    oauth2_rc_e  rc;

    rc = oauth2_encode_parse_uri(form->scan, text, true, s);

    if (rc != OAUTH2_OK) {
        return (rc == OAUTH2_NOMEM) ? OAUTH2_READ_NOMEM : OAUTH2_READ_SYNTAX;
    }

    return oauth2_str_check_utf8(*s, true) ? OAUTH2_READ_OK
                                           : OAUTH2_READ_UTF8;
}


/* All complaints, in the order of the table. */
static oauth2_read_e
form_put_all(form_t *form, void *target, oauth2_complaint_t **complaints)
{
    oauth2_str_t           value;
    oauth2_read_e          rc, one;
    const oauth2_field_t  *field;

    rc = OAUTH2_READ_OK;

    for (field = form->fields; field->name != NULL; field++) {
        value = form->values[field - form->fields];

        if (value.data != NULL) {
            one = oauth2_field_put(form->pool, field, value, target,
                                   complaints);

        } else if (field->flags & OAUTH2_REQUIRED) {
            one = oauth2_field_complain(form->pool, field,
                                        "This is required.", complaints);

        } else {
            continue;
        }

        if (one == OAUTH2_READ_NOMEM) {
            return one;
        }

        if (one != OAUTH2_READ_OK) {
            rc = one;
        }
    }

    return rc;
}
