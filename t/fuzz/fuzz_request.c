/* SPDX-License-Identifier: MIT */

/* Any text as the claims of a request object. */

#include "fuzz.h"

#include "../../src/core/json.h"
#include "../../src/core/request.h"
#include "../../src/core/str.h"

#define NOW  1700000000


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    size_t            i;
    oauth2_rc_e       rc;
    const char       *why;
    oauth2_str_t      parameters, value;
    oauth2_claims_t   c;

    static const char *const  never[] = {
        "request", "request_uri", "transaction", "aud", "exp"
    };

    rc = oauth2_request_read(pool, text, &parameters);
    fuzz_require(rc == OAUTH2_OK || rc == OAUTH2_BAD);

    if (rc == OAUTH2_OK) {
        for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
            fuzz_require(oauth2_json_find(pool, parameters, never[i],
                                          &value)
                         == OAUTH2_NONE);
        }
    }

    if (oauth2_claims_read(pool, text, &c) != OAUTH2_OK) {
        return;
    }

    why = oauth2_request_check(pool, &c, oauth2_str("https://a"),
                               oauth2_str("c"), true, NOW);
    fuzz_require(why != NULL
                 || (c.exp > NOW && c.exp - c.nbf <= 3600
                     && oauth2_str_same(c.iss, oauth2_str("c"))));

    why = oauth2_request_check(pool, &c, oauth2_str("https://a"),
                               oauth2_str("c"), false, NOW);
    fuzz_require(why == NULL || *why != '\0');
}
