/* SPDX-License-Identifier: MIT */

/* Any text as a JWK and as a JWK set of somebody else. */

#include "fuzz.h"

#include "../../src/core/jwt.h"


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    size_t         n;
    unsigned       alg;
    oauth2_rc_e    rc;
    oauth2_str_t   jwk;
    oauth2_key_t  *key, *again, *found[OAUTH2_JWKS_TRIED_MAX];

    for (alg = 0; alg < OAUTH2_ALG_COUNT; alg++) {
        rc = oauth2_key_parse_jwk(pool, text, alg, &key);
        fuzz_require(rc == OAUTH2_OK || rc == OAUTH2_BAD);

        /* what was read can be written, and read again */
        if (rc == OAUTH2_OK) {
            fuzz_require(alg != OAUTH2_HS256);
            fuzz_require(oauth2_key_write_jwk(pool, key, &jwk) == OAUTH2_OK);
            fuzz_require(oauth2_key_parse_jwk(pool, jwk, alg, &again)
                         == OAUTH2_OK);
        }

        rc = oauth2_jwks_find(pool, text, oauth2_str_null, alg, found, &n);
        fuzz_require(rc == OAUTH2_OK || rc == OAUTH2_NONE
                     || rc == OAUTH2_BAD);
        fuzz_require(rc != OAUTH2_OK
                     || (n > 0 && n <= OAUTH2_JWKS_TRIED_MAX));
    }
}
