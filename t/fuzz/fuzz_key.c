/* SPDX-License-Identifier: MIT */

/* Any text as a key file, and any bytes as a sealed payload. */

#include "fuzz.h"

#include "../../src/core/digest.h"
#include "../../src/core/jwt.h"
#include "../../src/core/str.h"


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_rc_e          rc;
    const char          *why;
    oauth2_str_t         plain, jwk;
    oauth2_key_t        *key;
    oauth2_token_key_t   token_key;

    rc = oauth2_token_key_init(&token_key, text);
    fuzz_require(rc == OAUTH2_OK || rc == OAUTH2_BAD);

    if (rc == OAUTH2_OK) {
        fuzz_require(strlen(token_key.id) == OAUTH2_KEY_ID_LEN);
    }

    why = NULL;
    rc = oauth2_key_init(pool, text, &key, &why);

    if (rc == OAUTH2_OK) {
        fuzz_require(oauth2_key_id(key).len > 0);
        (void) oauth2_key_write_jwk(pool, key, &jwk);

    } else {
        fuzz_require(rc == OAUTH2_BAD && why != NULL);
    }

    memset(&token_key, 1, sizeof(token_key));
    fuzz_require(oauth2_seal_parse(pool, token_key.seal, oauth2_str("aad"),
                                   text, &plain)
                 == OAUTH2_BAD);
}
