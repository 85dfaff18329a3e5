/* SPDX-License-Identifier: MIT */

/* Any text as the claims of a token of somebody else. */

#include "fuzz.h"

#include "../../src/core/claims.h"
#include "../../src/core/str.h"

#define NOW  1700000000


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_rc_e       rc;
    const char       *why;
    oauth2_claims_t   c;

    static const oauth2_str_t  names[] = {
        { 1, (u_char *) "a" }, { 9, (u_char *) "https://a" }
    };

    (void) oauth2_claims_check_type(text, "JWT");

    rc = oauth2_claims_read(pool, text, &c);
    fuzz_require(rc == OAUTH2_OK || rc == OAUTH2_BAD);

    if (rc != OAUTH2_OK) {
        return;
    }

    why = oauth2_claims_check_time(&c, NOW, 3600);
    fuzz_require(why != NULL || c.exp == OAUTH2_CLAIMS_NEVER
                 || (c.exp > NOW && c.exp <= NOW + 3660));

    rc = oauth2_claims_check_audience(pool, &c, names, 2, false);
    fuzz_require(rc == OAUTH2_OK || rc == OAUTH2_BAD);

    /* nothing is for us that does not name us */
    fuzz_require(rc != OAUTH2_OK
                 || memchr(text.data, 'a', text.len) != NULL
                 || memchr(text.data, '\\', text.len) != NULL);
}
