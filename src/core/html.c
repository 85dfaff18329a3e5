/* SPDX-License-Identifier: MIT */

/*
 * Pages out of templates.
 */

#include "html.h"
#include "str.h"


static const char *html_write_tag(oauth2_buf_t *b, oauth2_str_t tag,
    const char *rest, const oauth2_html_value_t *values);
static const oauth2_html_value_t *html_find(oauth2_str_t name,
    const oauth2_html_value_t *values);
static const char *html_skip(const char *text, oauth2_str_t name);


void
oauth2_html_write(oauth2_buf_t *b, const char *text,
    const oauth2_html_value_t *values)
{
    const char    *open, *close;
    oauth2_str_t   tag;

    while (text != NULL) {
        open = strstr(text, "{{");
        close = (open == NULL) ? NULL : strstr(open, "}}");

        if (close == NULL) {
            oauth2_buf_write_c(b, text);
            return;
        }

        oauth2_buf_write(b, (oauth2_str_t) { (size_t) (open - text),
                                             (u_char *) text });

        tag.data = (u_char *) open + 2;
        tag.len = (size_t) (close - open) - 2;

        text = html_write_tag(b, tag, close + 2, values);
    }

    b->rc = (b->rc == OAUTH2_OK) ? OAUTH2_BAD : b->rc;
}


void
oauth2_html_write_value(oauth2_buf_t *b, oauth2_str_t value)
{
    if (!oauth2_str_check_utf8(value, true)) {
        oauth2_buf_write_c(b, "\xef\xbf\xbd");
        return;
    }

    oauth2_buf_write_html(b, value);
}


/* Where the template goes on; NULL when it is wrong. */

static const char *
html_write_tag(oauth2_buf_t *b, oauth2_str_t tag, const char *rest,
    const oauth2_html_value_t *values)
{
    u_char                      kind;
    oauth2_str_t                name;
    const oauth2_html_value_t  *value;

    name = tag;
    kind = (tag.len > 0) ? tag.data[0] : '\0';

    if (kind == '#' || kind == '^' || kind == '/') {
        name.data++;
        name.len--;
    }

    value = html_find(name, values);

    if (value == NULL) {
        return NULL;
    }

    if (kind == '/') {
        return rest;
    }

    if (kind == '#' || kind == '^') {
        return ((value->value.len > 0) == (kind == '#'))
               ? rest : html_skip(rest, name);
    }

    if (value->markup) {
        oauth2_buf_write(b, value->value);

    } else {
        oauth2_html_write_value(b, value->value);
    }

    return rest;
}


static const oauth2_html_value_t *
html_find(oauth2_str_t name, const oauth2_html_value_t *values)
{
    for ( /* void */ ; values->name != NULL; values++) {
        if (oauth2_str_same(oauth2_str_of(values->name), name)) {
            return values;
        }
    }

    return NULL;
}


/* Behind the end of the section; NULL when it has none. */

static const char *
html_skip(const char *text, oauth2_str_t name)
{
    for (text = strstr(text, "{{/"); text != NULL;
         text = strstr(text, "{{/"))
    {
        text += sizeof("{{/") - 1;

        if (strncmp(text, (const char *) name.data, name.len) == 0
            && strncmp(text + name.len, "}}", 2) == 0)
        {
            return text + name.len + 2;
        }
    }

    return NULL;
}
