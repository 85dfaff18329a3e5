/* SPDX-License-Identifier: MIT */

/* Tokens taken apart, and what is none (RFC 7515 4, 5.2). */

#include "../../src/core/jwt_parse.c"
#include "jwt_keys.h"
#include "unit.h"


static void
parts(oauth2_pool_t *pool)
{
    oauth2_key_t  *key;
    oauth2_jwt_t   jwt;
    oauth2_str_t   token;

    key = keys_key(pool, OAUTH2_ES256);
    token = keys_token(pool, key, "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\","
                       "\"jwk\":{\"kty\":\"EC\"},\"more\":[1]}",
                       "{\"jti\":\"a\"}");
    unit_rc(OAUTH2_OK, oauth2_jwt_parse(pool, token, &jwt));
    assert_int_equal(jwt.alg, OAUTH2_ES256);
    assert_true(jwt.names_key);
    assert_true(jwt.brings_key);
    assert_null(jwt.kid.data);
    unit_str(jwt.typ, "dpop+jwt");
    unit_str(jwt.jwk, "{\"kty\":\"EC\"}");
    unit_str(jwt.claims, "{\"jti\":\"a\"}");
    assert_ptr_equal(jwt.input.data, token.data);
    assert_int_equal(jwt.signature.len, 64);
    unit_rc(OAUTH2_OK, oauth2_jwt_check(key, &jwt));

    token = keys_token(pool, key, "{\"alg\":\"ES256\",\"kid\":\"k\"}", "{}");
    unit_rc(OAUTH2_OK, oauth2_jwt_parse(pool, token, &jwt));
    assert_false(jwt.names_key);
    unit_str(jwt.kid, "k");
    assert_null(jwt.typ.data);
    assert_null(jwt.jwk.data);

    token = keys_token(pool, key, "{\"alg\":\"ES256\",\"x5t\":\"k\"}", "{}");
    unit_rc(OAUTH2_OK, oauth2_jwt_parse(pool, token, &jwt));
    assert_true(jwt.names_key);
    assert_false(jwt.brings_key);
}


/* RFC 8725 3.1: the algorithm is the key's, whoever asks for another. */
static void
other_algorithm(oauth2_pool_t *pool)
{
    oauth2_key_t  *rsa, *hmac;
    oauth2_jwt_t   jwt;
    oauth2_str_t   token;

    rsa = keys_key(pool, OAUTH2_RS256);
    hmac = keys_key(pool, OAUTH2_HS256);
    token = keys_token(pool, rsa, "{\"alg\":\"HS256\"}", "{}");
    unit_rc(OAUTH2_OK, oauth2_jwt_parse(pool, token, &jwt));
    unit_rc(OAUTH2_BAD, oauth2_jwt_check(rsa, &jwt));
    unit_rc(OAUTH2_BAD, oauth2_jwt_check(hmac, &jwt));

    token = keys_token(pool, rsa, "{\"alg\":\"PS256\"}", "{}");
    unit_rc(OAUTH2_OK, oauth2_jwt_parse(pool, token, &jwt));
    unit_rc(OAUTH2_BAD, oauth2_jwt_check(rsa, &jwt));
    unit_rc(OAUTH2_BAD, oauth2_jwt_check(keys_key(pool, OAUTH2_PS256),
                                         &jwt));
}


static void
refused(oauth2_pool_t *pool)
{
    size_t         i;
    oauth2_jwt_t   jwt;
    oauth2_key_t  *key;

    static const char *const  headers[] = {
        "{}", "[]", "{\"alg\":\"none\"}", "{\"alg\":1}", "{\"alg\":null}",
        "{\"alg\":\"hs256\"}", "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"kid\":\"a\",\"kid\":\"b\"}",
        "{\"alg\":\"HS256\",\"kid\":1}", "{\"alg\":\"HS256\",\"kid\":null}",
        "{\"alg\":\"HS256\",\"typ\":[]}", "{\"alg\":\"HS256\",\"jwk\":\"\"}",
        "{\"alg\":\"HS256\",\"crit\":[]}", "{\"alg\":\"HS256\",\"b64\":false}",
        "{\"alg\":\"HS256\",\"b64\":true}", "{\"alg\":\"HS256\",\"zip\":\"\"}",
        "{\"alg\":\"HS256\",\"enc\":\"A128GCM\"}", "{\"alg\":\"HS256\"} x"
    };
    static const char *const  claims[] = {
        "[]", "1", "x", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{} {}"
    };
    static const char *const  tokens[] = {
        "", ".", "..", "...", "e30", "e30.e30", "e30.e30.", ".e30.e30",
        "e30.e30.e30.e30", "eyJhbGciOiJIUzI1NiJ9.e30=.AA",
        "eyJhbGciOiJIUzI1NiJ9.e30.A", "eyJhbGciOiJIUzI1NiJ9.e30.AB",
        "eyJhbGciOiJIUzI1NiJ9.e30 .AA"
    };

    key = keys_key(pool, OAUTH2_HS256);

    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        unit_rc(OAUTH2_BAD, oauth2_jwt_parse(pool,
            keys_token(pool, key, headers[i], "{}"), &jwt));
    }

    for (i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        unit_rc(OAUTH2_BAD, oauth2_jwt_parse(pool,
            keys_token(pool, key, "{\"alg\":\"HS256\"}", claims[i]), &jwt));
    }

    for (i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        unit_rc(OAUTH2_BAD, oauth2_jwt_parse(pool, oauth2_str_of(tokens[i]),
                                             &jwt));
    }
}


static const struct CMUnitTest  tests[] = {
    unit_row(parts), unit_row(other_algorithm), unit_row(refused)
};


int
main(void)
{
    return cmocka_run_group_tests_name("jwt_parse", tests, NULL, NULL);
}
