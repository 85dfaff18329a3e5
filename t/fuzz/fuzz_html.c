/* SPDX-License-Identifier: MIT */

/*
 * Any value in a page, as text and within quotes: it ends neither, starts
 * no element, and reads as what it was.
 */

#include "fuzz.h"

#include "../../src/core/html.h"
#include "../../src/core/str.h"

#define FUZZ_BEFORE   "<p title=\""
#define FUZZ_BETWEEN  "\">"
#define FUZZ_AFTER    "</p>"


static const struct {
    const char  *name;
    u_char       byte;
} entities[] = {
    { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' },
    { "&#39;", '\'' }
};


/* What a browser reads in it; only in these five forms is there an '&'. */

static oauth2_str_t
read_again(oauth2_pool_t *pool, oauth2_str_t text)
{
    size_t        i, entity;
    oauth2_str_t  rest, bytes;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, text.len + 1);

    for (i = 0; i < text.len; i++) {
        if (text.data[i] != '&') {
            fuzz_require(strchr("<>\"'", text.data[i]) == NULL);
            oauth2_buf_write_byte(&b, text.data[i]);
            continue;
        }

        rest.data = text.data + i;
        rest.len = text.len - i;

        for (entity = 0; entity < 5; entity++) {
            if (oauth2_str_starts(rest,
                                  oauth2_str_of(entities[entity].name)))
            {
                break;
            }
        }

        fuzz_require(entity < 5);
        oauth2_buf_write_byte(&b, entities[entity].byte);
        i += strlen(entities[entity].name) - 1;
    }

    fuzz_require(oauth2_buf_done(&b, &bytes) == OAUTH2_OK);

    return bytes;
}


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_str_t         page, one, two;
    oauth2_buf_t         b;
    oauth2_html_value_t  values[2];

    memset(values, 0, sizeof(values));
    values[0].name = "v";
    values[0].value = text;

    oauth2_buf_init(&b, pool, 12 * text.len + 100);
    oauth2_html_write(&b, FUZZ_BEFORE "{{v}}" FUZZ_BETWEEN "{{v}}" FUZZ_AFTER
                      "{{#v}}{{/v}}", values);
    fuzz_require(oauth2_buf_done(&b, &page) == OAUTH2_OK);
    fuzz_require(oauth2_str_starts(page, oauth2_str(FUZZ_BEFORE)));

    one.data = page.data + sizeof(FUZZ_BEFORE) - 1;
    one.len = page.len - (sizeof(FUZZ_BEFORE FUZZ_BETWEEN FUZZ_AFTER) - 1);
    fuzz_require(one.len % 2 == 0);
    one.len /= 2;

    two.data = one.data + one.len + sizeof(FUZZ_BETWEEN) - 1;
    two.len = one.len;
    fuzz_require(oauth2_str_same(one, two));

    one = read_again(pool, one);

    fuzz_require(oauth2_str_check_utf8(text, true)
                 ? one.len == text.len && (text.len == 0
                   || memcmp(one.data, text.data, text.len) == 0)
                 : oauth2_str_same(one, oauth2_str("\xef\xbf\xbd")));
}
