/* SPDX-License-Identifier: MIT */

/* Any text as the request parameter "claims". */

#include "fuzz.h"

#include "../../src/core/user_claims.h"
#include "../../src/core/str.h"


/* Whatever it says, only names of the table come out of it. */
void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_str_t    names;
    oauth2_asked_t  claims;

    if (oauth2_user_claims_parse(pool, text, &claims) != OAUTH2_OK) {
        return;
    }

    fuzz_require(text.len > 0 && memchr(text.data, '{', text.len) != NULL);
    fuzz_require(oauth2_user_claims_beyond(pool, &claims, oauth2_str_null,
                                           &names)
                 == OAUTH2_OK);
    fuzz_require(oauth2_str_subset(claims.userinfo, names));
    fuzz_require(oauth2_str_subset(claims.id_token, names));
    fuzz_require(oauth2_user_claims_beyond(pool, &claims,
                                           oauth2_str("profile email"),
                                           &names)
                 == OAUTH2_OK);
    fuzz_require(!oauth2_str_has_word(names, oauth2_str("email")));
}
