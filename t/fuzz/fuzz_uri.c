/* SPDX-License-Identifier: MIT */

/* Any text as a redirect URI. */

#include "fuzz.h"

#include "../../src/core/str.h"
#include "../../src/core/uri.h"


static bool
has(oauth2_str_t s, char c)
{
    return s.len > 0 && memchr(s.data, c, s.len) != NULL;
}


/* The text up to a line end is what was registered. */
void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_str_t  rest, registered, origin;
    oauth2_buf_t  b;

    fuzz_require(text.len == 0 || oauth2_uri_same_redirect(text, text));

    if (oauth2_uri_check_redirect(text) == NULL) {
        fuzz_require(has(text, ':') && !has(text, '#') && !has(text, '*')
                     && !has(text, ' ') && !has(text, '\\')
                     && !has(text, '\0') && !has(text, '\n'));
        fuzz_require(!oauth2_str_starts(text, oauth2_str("http:"))
                     || oauth2_uri_loopback(text));
        fuzz_require(!oauth2_str_starts(text, oauth2_str("javascript:")));
    }

    origin = oauth2_uri_origin(text);
    fuzz_require(origin.data == NULL || origin.data == text.data);
    fuzz_require(origin.data == NULL || !has(origin, '@'));

    rest = text;

    if (oauth2_str_word(&rest, '\n', &registered) && rest.len > 0) {
        rest.data++;
        rest.len--;

        if (oauth2_uri_same_redirect(registered, rest)
            && !oauth2_str_same(registered, rest))
        {
            fuzz_require(oauth2_uri_loopback(registered)
                         && oauth2_uri_loopback(rest));
        }
    }

    oauth2_buf_init(&b, pool, 65536);
    oauth2_buf_write(&b, text);
    oauth2_uri_write_param(&b, "state", text);
    fuzz_require(b.rc == OAUTH2_OK);
}
