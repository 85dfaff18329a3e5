/* SPDX-License-Identifier: MIT */

/*
 * Pages out of templates.  A template is HTML with
 *
 *     {{name}}                a value, escaped, as text or within quotes
 *     {{#name}} ... {{/name}} only when the value is there and not empty
 *     {{^name}} ... {{/name}} only when it is not
 *
 * Sections may hold sections of other names.  A value never brings a
 * placeholder of its own, and a name that the list does not know makes the
 * buffer fail.
 */

#ifndef OAUTH2_HTML_H
#define OAUTH2_HTML_H

#include "buf.h"

/* The last one of a list has no name. */
typedef struct {
    const char    *name;
    oauth2_str_t   value;
    bool           markup;      /* written here before: not escaped again */
} oauth2_html_value_t;


/* Writes a template with its values; how it went, oauth2_buf_done() says. */
void oauth2_html_write(oauth2_buf_t *b, const char *text,
    const oauth2_html_value_t *values);

/* Writes a value as text or into a quoted attribute; what is no UTF-8, or
 * holds a NUL, is written as U+FFFD. */
void oauth2_html_write_value(oauth2_buf_t *b, oauth2_str_t value);

#endif
