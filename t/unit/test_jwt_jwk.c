/* SPDX-License-Identifier: MIT */

/* Keys as JWK, with the thumbprints of RFC 7638 3.1 and RFC 8037 A.3. */

#include "../../src/core/jwt_jwk.c"
#include "jwt_keys.h"
#include "unit.h"


static void
thumbprint(oauth2_pool_t *pool)
{
    oauth2_key_t  key = { .alg = OAUTH2_RS256 };

    unit_rc(OAUTH2_OK, jwk_write_public(pool, &key, oauth2_str("AQAB"),
        oauth2_str("0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbf"
                   "AAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
                   "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65"
                   "YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
                   "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lF"
                   "d2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
                   "nqDKgw")));
    unit_str(key.id, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}


static void
thumbprint_okp(oauth2_pool_t *pool)
{
    oauth2_key_t  *key;

    unit_rc(OAUTH2_OK, oauth2_key_parse_jwk(pool,
        oauth2_str("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"other\","
                   "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"),
        OAUTH2_EDDSA, &key));
    unit_str(oauth2_key_thumbprint(key),
             "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_true(oauth2_str_same(key->id, key->thumbprint));
}


/* What we publish, others can read: ourselves too. */
static void
round_trips(oauth2_pool_t *pool)
{
    unsigned       alg, other;
    oauth2_str_t   jwk, token;
    oauth2_jwt_t   jwt;
    oauth2_key_t  *key, *public;

    for (alg = OAUTH2_RS256; alg < OAUTH2_ALG_COUNT; alg++) {
        key = keys_key(pool, alg);
        unit_rc(OAUTH2_OK, oauth2_key_write_jwk(pool, key, &jwk));

        for (other = 0; other < OAUTH2_ALG_COUNT; other++) {
            if (other != alg) {
                unit_rc(OAUTH2_BAD, oauth2_key_parse_jwk(pool, jwk, other,
                                                         &public));
            }
        }

        unit_rc(OAUTH2_OK, oauth2_key_parse_jwk(pool, jwk, alg, &public));
        assert_true(oauth2_str_same(public->id, key->id));
        unit_rc(OAUTH2_OK, oauth2_jwt_sign(pool, key, "dpop+jwt",
                                           oauth2_str("{}"), &token));
        unit_rc(OAUTH2_OK, oauth2_jwt_parse(pool, token, &jwt));
        unit_rc(OAUTH2_OK, oauth2_jwt_check(public, &jwt));
        jwt.signature.data[7] ^= 1;
        unit_rc(OAUTH2_BAD, oauth2_jwt_check(public, &jwt));
    }
}


/* A JWK set of ours without some kid, or with a text as its keys. */
static void
sets(oauth2_pool_t *pool)
{
    size_t         n;
    oauth2_str_t   jwks, token;
    oauth2_jwt_t   jwt;
    oauth2_key_t  *ec, *found[OAUTH2_JWKS_TRIED_MAX];
    oauth2_keys_t  keys = { 0 };

    ec = keys_key(pool, OAUTH2_ES256);
    unit_rc(OAUTH2_OK, oauth2_keys_add(&keys, keys_key(pool, OAUTH2_RS256),
                                       OAUTH2_KEY_SIGNING));
    unit_rc(OAUTH2_OK, oauth2_keys_add(&keys, ec, OAUTH2_KEY_SIGNING));
    unit_rc(OAUTH2_OK, oauth2_keys_write(pool, &keys, &jwks));

    unit_rc(OAUTH2_OK, oauth2_jwks_find(pool, jwks, oauth2_str_null,
                                        OAUTH2_ES256, found, &n));
    assert_int_equal(n, 1);
    assert_true(oauth2_str_same(found[0]->id, ec->id));
    unit_rc(OAUTH2_OK, oauth2_jwks_find(pool, jwks, ec->id, OAUTH2_ES256,
                                        found, &n));
    unit_rc(OAUTH2_NONE, oauth2_jwks_find(pool, jwks, ec->id, OAUTH2_RS256,
                                          found, &n));
    unit_rc(OAUTH2_NONE, oauth2_jwks_find(pool, jwks, oauth2_str("x"),
                                          OAUTH2_ES256, found, &n));
    unit_rc(OAUTH2_BAD, oauth2_jwks_find(pool, oauth2_str("{}"), ec->id,
                                         OAUTH2_ES256, found, &n));
    unit_rc(OAUTH2_BAD, oauth2_jwks_find(pool, oauth2_str("{\"keys\":{}}"),
                                         ec->id, OAUTH2_ES256, found, &n));
    unit_rc(OAUTH2_NONE, oauth2_jwks_find(pool,
        oauth2_str("{\"keys\":[1,\"x\",{},{\"kty\":\"EC\"},null]}"),
        oauth2_str_null, OAUTH2_ES256, found, &n));

    unit_rc(OAUTH2_OK, oauth2_jwt_sign(pool, ec, "JWT", oauth2_str("{}"),
                                       &token));
    unit_rc(OAUTH2_OK, oauth2_jwt_parse(pool, token, &jwt));
    unit_rc(OAUTH2_OK, oauth2_jwks_check(pool, jwks, OAUTH2_ES256, &jwt));
    unit_rc(OAUTH2_BAD, oauth2_jwks_check(pool, jwks, OAUTH2_RS256, &jwt));
    jwt.kid = oauth2_str_null;
    unit_rc(OAUTH2_OK, oauth2_jwks_check(pool, jwks, OAUTH2_ES256, &jwt));
    jwt.kid = oauth2_str("x");
    unit_rc(OAUTH2_NONE, oauth2_jwks_check(pool, jwks, OAUTH2_ES256, &jwt));
}


/* Several without a kid are tried in turn, and not for ever. */
static void
candidates(oauth2_pool_t *pool)
{
    size_t         i, n, place;
    oauth2_str_t   jwk, own, jwks, token;
    oauth2_jwt_t   jwt;
    oauth2_buf_t   b;
    oauth2_key_t  *key, *other, *found[OAUTH2_JWKS_TRIED_MAX];

    if (unit_failing) {
        unit_ptr(oauth2_pool_alloc(pool, 1));       /* sets() has it */
        return;
    }

    key = keys_key(pool, OAUTH2_ES256);
    keys_p256[0] = '\0';
    other = keys_key(pool, OAUTH2_ES256);
    assert_false(oauth2_str_same(key->id, other->id));
    unit_rc(OAUTH2_OK, oauth2_key_write_jwk(pool, key, &own));
    unit_rc(OAUTH2_OK, oauth2_key_write_jwk(pool, other, &jwk));
    unit_rc(OAUTH2_OK, oauth2_jwt_sign(pool, key, "JWT", oauth2_str("{}"),
                                       &token));
    unit_rc(OAUTH2_OK, oauth2_jwt_parse(pool, token, &jwt));
    jwt.kid = oauth2_str_null;

    for (place = 0; place < 10; place++) {
        oauth2_buf_init(&b, pool, 16384);
        oauth2_buf_write_c(&b, "{\"keys\":[");

        for (i = 0; i < 10; i++) {
            oauth2_buf_write_c(&b, i == 0 ? "" : ",");
            oauth2_buf_write(&b, (i == place) ? own : jwk);
        }

        oauth2_buf_write_c(&b, "]}");
        unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &jwks));
        unit_rc(OAUTH2_OK, oauth2_jwks_find(pool, jwks, oauth2_str_null,
                                            OAUTH2_ES256, found, &n));
        assert_int_equal(n, OAUTH2_JWKS_TRIED_MAX);
        unit_rc((place < OAUTH2_JWKS_TRIED_MAX) ? OAUTH2_OK : OAUTH2_BAD,
                oauth2_jwks_check(pool, jwks, OAUTH2_ES256, &jwt));
    }
}


static const struct CMUnitTest  tests[] = {
    unit_row(thumbprint), unit_row(thumbprint_okp), unit_row(round_trips),
    unit_row(sets), unit_row(candidates)
};


int
main(void)
{
    return cmocka_run_group_tests_name("jwt_jwk", tests, NULL, NULL);
}
