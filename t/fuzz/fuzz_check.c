/* SPDX-License-Identifier: MIT */

/* Any text where a user or a client may write. */

#include "fuzz.h"

#include "../../src/core/check.h"
#include "../../src/core/str.h"


/* Bytes that could end a line, a header or an attribute. */
static bool
is_tame(oauth2_str_t s)
{
    size_t  i;

    for (i = 0; i < s.len; i++) {
        if (s.data[i] <= ' ' || s.data[i] >= 0x7f || s.data[i] == '<'
            || s.data[i] == '>' || s.data[i] == '"' || s.data[i] == '\\')
        {
            return false;
        }
    }

    return true;
}


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_str_t  normal, again;

    if (oauth2_check_email(text) == NULL) {
        fuzz_require(is_tame(text) && text.len <= OAUTH2_EMAIL_MAX);
        fuzz_require(memchr(text.data, '@', text.len)
                     == memrchr(text.data, '@', text.len));
        fuzz_require(oauth2_check_username(text) != NULL);
    }

    fuzz_require(oauth2_check_email_write(pool, text, &normal)
                 == OAUTH2_OK);
    fuzz_require(oauth2_check_email_write(pool, normal, &again)
                 == OAUTH2_OK);
    fuzz_require(oauth2_str_same(normal, again));

    fuzz_require(oauth2_check_username(text) != NULL || is_tame(text));
    fuzz_require(oauth2_check_name(text) != NULL
                 || oauth2_str_check_utf8(text, false));
    fuzz_require(oauth2_check_password(text, 8) != NULL
                 || (text.len >= 8 && text.len <= OAUTH2_PASSWORD_MAX));
    fuzz_require(!oauth2_check_verifier(text) || is_tame(text));
    fuzz_require(!oauth2_check_request_id(text) || is_tame(text));
    fuzz_require(!oauth2_check_challenge(text, text));

    if (oauth2_check_scope(text)) {
        fuzz_require(oauth2_str_subset(text, text));
    }

    if (oauth2_check_return_path(text)) {
        fuzz_require(text.data[0] == '/'
                     && (text.len == 1 || (text.data[1] != '/'
                                           && text.data[1] != '\\')));
    }
}
