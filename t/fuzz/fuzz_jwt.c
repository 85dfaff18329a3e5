/* SPDX-License-Identifier: MIT */

/* Any text as a token, and as header and payload that are signed. */

#include "fuzz.h"

#include "../../src/core/jwt_key.h"
#include "../../src/core/str.h"

#define ISSUER  "https://id.example"
#define NOW     1700000000


static const oauth2_key_t *
key_of(oauth2_pool_t *pool)
{
    const char    *why;
    oauth2_key_t  *key;

    fuzz_require(oauth2_key_init(pool,
                                 oauth2_str("k3NqV8xW2bZ7tR5yP1mC9dF4gH6jL0s"
                                            "A"), &key, &why)
                 == OAUTH2_OK);

    /* a name that the fuzzer can find */
    key->id = oauth2_str("k");

    return key;
}


/* The text up to a line end is the header. */
static oauth2_str_t
signed_token(oauth2_pool_t *pool, const oauth2_key_t *key, oauth2_str_t text)
{
    u_char        signature[OAUTH2_SIGNATURE_MAX];
    size_t        len;
    oauth2_str_t  header, token;
    oauth2_buf_t  b;

    if (!oauth2_str_word(&text, '\n', &header)) {
        return oauth2_str_null;
    }

    oauth2_buf_init(&b, pool, 65536);
    oauth2_buf_write_base64url(&b, header);
    oauth2_buf_write_byte(&b, '.');
    oauth2_buf_write_base64url(&b, text);
    token = (oauth2_str_t) { b.len, b.data };
    fuzz_require(oauth2_jwt_signature_write(key, token, signature, &len)
                 == OAUTH2_OK);
    oauth2_buf_write_byte(&b, '.');
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { len, signature });
    fuzz_require(oauth2_buf_done(&b, &token) == OAUTH2_OK);

    return token;
}


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    size_t               i;
    oauth2_rc_e          rc;
    const char          *why;
    oauth2_jwt_t         jwt;
    oauth2_str_t         token, claims;
    oauth2_keys_t        keys;
    const oauth2_key_t  *key;

    static const char *const  types[] = { "JWT", "at+jwt" };

    memset(&keys, 0, sizeof(keys));
    key = key_of(pool);
    fuzz_require(oauth2_keys_add(&keys, key, OAUTH2_KEY_SIGNING)
                 == OAUTH2_OK);
    token = signed_token(pool, key, text);

    rc = oauth2_jwt_parse(pool, text, &jwt);
    fuzz_require(rc == OAUTH2_OK || rc == OAUTH2_BAD);
    fuzz_require(rc == OAUTH2_BAD
                 || oauth2_jwt_check(key, &jwt) == OAUTH2_BAD);
    rc = oauth2_jwt_parse(pool, token, &jwt);
    fuzz_require(rc == OAUTH2_BAD
                 || (rc == OAUTH2_OK
                     && (oauth2_jwt_check(key, &jwt) == OAUTH2_OK)
                        == (jwt.alg == OAUTH2_HS256)));

    for (i = 0; i < 2; i++) {
        rc = oauth2_jwt_verify(pool, &keys, types[i], oauth2_str(ISSUER), text,
                               NOW, &claims, &why);
        fuzz_require(rc == OAUTH2_BAD && why != NULL);

        rc = oauth2_jwt_verify(pool, &keys, types[i], oauth2_str(ISSUER),
                               token, NOW, &claims, &why);
        fuzz_require(rc == OAUTH2_OK || rc == OAUTH2_BAD);

        if (rc == OAUTH2_OK) {
            fuzz_require(memmem(claims.data, claims.len, "exp", 3) != NULL
                         || memchr(claims.data, '\\', claims.len) != NULL);
        }
    }
}
