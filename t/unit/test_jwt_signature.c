/* SPDX-License-Identifier: MIT */

/* Signatures, with the examples of RFC 7515 A.1 and A.3. */

#include "../../src/core/jwt_signature.c"
#include "jwt_keys.h"
#include "unit.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "../../src/core/encode.h"


static void
rfc7515_a1(oauth2_pool_t *pool)
{
    u_char        bytes[OAUTH2_SIGNATURE_MAX];
    size_t        len;
    oauth2_key_t  key = { .alg = OAUTH2_HS256 };
    oauth2_str_t  input, signature;

    input = oauth2_str("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                       "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
                       "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ");
    unit_rc(OAUTH2_OK, oauth2_encode_parse_base64url(pool,
        oauth2_str("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKt"
                   "MN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"), &key.secret));
    unit_rc(OAUTH2_OK, oauth2_encode_parse_base64url(pool,
        oauth2_str("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        &signature));

    unit_rc(OAUTH2_OK, oauth2_jwt_signature_check(&key, input, signature));
    unit_rc(OAUTH2_OK, oauth2_jwt_signature_write(&key, input, bytes, &len));
    assert_int_equal(len, signature.len);
    assert_memory_equal(bytes, signature.data, len);

    signature.data[0] ^= 1;
    unit_rc(OAUTH2_BAD, oauth2_jwt_signature_check(&key, input, signature));
    signature.len = 0;
    unit_rc(OAUTH2_BAD, oauth2_jwt_signature_check(&key, input, signature));
}


/* A public key of two coordinates in base64url. */
static EVP_PKEY *
public_key(oauth2_pool_t *pool, oauth2_str_t x, oauth2_str_t y)
{
    u_char           point[65];
    EVP_PKEY        *pkey;
    unsigned         left;
    OSSL_PARAM       params[3];
    oauth2_str_t     s;
    EVP_PKEY_CTX    *ctx;

    left = oauth2_pool_fail_at(0);
    point[0] = 4;
    assert_int_equal(oauth2_encode_parse_base64url(pool, x, &s), OAUTH2_OK);
    memcpy(point + 1, s.data, 32);
    assert_int_equal(oauth2_encode_parse_base64url(pool, y, &s), OAUTH2_OK);
    memcpy(point + 33, s.data, 32);
    (void) oauth2_pool_fail_at(left);

    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                 (char *) "P-256", 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                  point, sizeof(point));
    params[2] = OSSL_PARAM_construct_end();

    pkey = NULL;
    ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
    assert_int_equal(EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY,
                                       params), 1);
    EVP_PKEY_CTX_free(ctx);

    return pkey;
}


static void
rfc7515_a3(oauth2_pool_t *pool)
{
    size_t        i;
    u_char        zeros[64] = { 0 };
    oauth2_rc_e   rc;
    oauth2_key_t  key = { .alg = OAUTH2_ES256 };
    oauth2_str_t  input, signature;

    input = oauth2_str("eyJhbGciOiJFUzI1NiJ9."
                       "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
                       "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ");
    rc = oauth2_encode_parse_base64url(pool,
        oauth2_str("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxL"
                   "a8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"), &signature);
    unit_rc(OAUTH2_OK, rc);

    key.pkey = public_key(pool,
        oauth2_str("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
        oauth2_str("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));

    assert_int_equal(oauth2_jwt_signature_check(&key, input, signature),
                     OAUTH2_OK);

    for (i = 0; i < 64; i += 7) {
        signature.data[i] ^= 0x80;
        assert_int_equal(oauth2_jwt_signature_check(&key, input, signature),
                         OAUTH2_BAD);
        signature.data[i] ^= 0x80;
    }

    for (i = 0; i < 64; i++) {
        signature.len = i;
        assert_int_equal(oauth2_jwt_signature_check(&key, input, signature),
                         OAUTH2_BAD);
    }

    /* "psychic signatures": r and s of zero */
    assert_int_equal(oauth2_jwt_signature_check(&key, input,
                                                (oauth2_str_t) { 64, zeros }),
                     OAUTH2_BAD);
    assert_int_equal(ERR_peek_error(), 0);
    EVP_PKEY_free(key.pkey);
}


static void
round_trips(oauth2_pool_t *pool)
{
    u_char         bytes[OAUTH2_SIGNATURE_MAX];
    size_t         len;
    unsigned       alg;
    oauth2_key_t  *key;
    oauth2_str_t   input, signature;

    static const size_t  lengths[] = { 32, 256, 64, 256, 64 };

    input = oauth2_str("a.b");

    for (alg = OAUTH2_HS256; alg < OAUTH2_ALG_COUNT; alg++) {
        key = keys_key(pool, alg);
        unit_rc(OAUTH2_OK, oauth2_jwt_signature_write(key, input, bytes,
                                                      &len));
        assert_int_equal(len, lengths[alg]);

        signature.data = bytes;
        signature.len = len;
        unit_rc(OAUTH2_OK, oauth2_jwt_signature_check(key, input,
                                                      signature));
        unit_rc(OAUTH2_BAD, oauth2_jwt_signature_check(key,
                                                       oauth2_str("a.c"),
                                                       signature));
        bytes[5] ^= 1;
        unit_rc(OAUTH2_BAD, oauth2_jwt_signature_check(key, input,
                                                       signature));
        bytes[5] ^= 1;
        signature.len--;
        unit_rc(OAUTH2_BAD, oauth2_jwt_signature_check(key, input,
                                                       signature));
        unit_rc(OAUTH2_BAD, oauth2_jwt_signature_check(key, input,
                                                       oauth2_str_null));
        assert_int_equal(ERR_peek_error(), 0);
    }
}


/* A short r or s has zeros in front: 100 signatures have some. */
static void
padding(oauth2_pool_t *pool)
{
    int            i;
    u_char         bytes[OAUTH2_SIGNATURE_MAX];
    size_t         len;
    oauth2_key_t  *key;

    key = keys_key(pool, OAUTH2_ES256);

    for (i = 0; i < 600; i++) {
        unit_rc(OAUTH2_OK, oauth2_jwt_signature_write(key, oauth2_str("x"),
                                                      bytes, &len));
        assert_int_equal(len, 64);
        unit_rc(OAUTH2_OK,
                oauth2_jwt_signature_check(key, oauth2_str("x"),
                                           (oauth2_str_t) { len, bytes }));

        if (bytes[0] == 0 || bytes[32] == 0) {
            return;
        }
    }
}


/* OpenID Connect Core A.3 */
static void
half_hash(oauth2_pool_t *pool)
{
    oauth2_str_t  token, hash;

    token = oauth2_str("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");

    unit_rc(OAUTH2_OK, oauth2_jwt_half_hash(pool, OAUTH2_RS256, token,
                                            &hash));
    unit_str(hash, "77QmUPtjPfzWtF2AnpK9RQ");
    unit_rc(OAUTH2_OK, oauth2_jwt_half_hash(pool, OAUTH2_EDDSA, token,
                                            &hash));
    unit_str(hash, "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM");
}


static const struct CMUnitTest  tests[] = {
    unit_row(rfc7515_a1), unit_row(rfc7515_a3), unit_row(round_trips),
    unit_row(padding), unit_row(half_hash)
};


int
main(void)
{
    return cmocka_run_group_tests_name("jwt_signature", tests, NULL, NULL);
}
