/* SPDX-License-Identifier: MIT */

/* What is no public key of somebody else (RFC 7517 4, RFC 7518 6). */

#include "../../src/core/jwt_jwk_parse.c"
#include "jwt_keys.h"
#include "unit.h"

#define EC_X   "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\""
#define EC_Y   "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""
#define EC     "\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X "," EC_Y
#define OKP_X  "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define OKP    "\"kty\":\"OKP\",\"crv\":\"Ed25519\"," OKP_X


static void
accepted(oauth2_pool_t *pool)
{
    size_t         i;
    oauth2_key_t  *key;

    static const char *const  good[] = {
        "{" EC "}", "{" EC ",\"use\":\"sig\",\"alg\":\"ES256\"}",
        "{" EC ",\"key_ops\":[\"sign\", \"verify\"]}",
        "{" EC ",\"x5c\":[\"ignored\"],\"kid\":\"a\",\"more\":{}}"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        unit_rc(OAUTH2_OK, oauth2_key_parse_jwk(pool, oauth2_str_of(good[i]),
                                                OAUTH2_ES256, &key));
        assert_int_equal(oauth2_key_alg(key), OAUTH2_ES256);
    }

    unit_rc(OAUTH2_OK, oauth2_key_parse_jwk(pool, oauth2_str("{" OKP "}"),
                                            OAUTH2_EDDSA, &key));
}


static void
refused(oauth2_pool_t *pool)
{
    size_t         i;
    unsigned       alg;
    oauth2_key_t  *key;

    static const char *const  bad[] = {
        "", "[]", "{}", "{\"kty\":\"EC\"}",
        "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ\"}",
        "{" EC ",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}",
        "{" EC ",\"k\":\"AA\"}", "{" EC ",\"kty\":\"EC\"}",
        "{" EC ",\"use\":\"enc\"}", "{" EC ",\"alg\":\"ES384\"}",
        "{" EC ",\"alg\":null}", "{" EC ",\"key_ops\":[]}",
        "{" EC ",\"key_ops\":\"verify\"}", "{" EC ",\"key_ops\":[\"sign\"]}",
        "{\"kty\":\"EC\",\"crv\":\"P-384\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\",\"crv\":\"secp256k1\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\"," EC_X "," EC_Y "}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X "}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X ",\"y\":1}",
        /* off the curve, the origin, short coordinates, padding */
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X ",\"y\":"
        "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5aw\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\","
        "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
        "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"\",\"y\":\"\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X ",\"y\":"
        "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0=\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\"," OKP_X "}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}",
        "{" OKP ",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}",
        "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"\"}", "{\"kty\":\"RSA\"}"
    };

    key = NULL;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (alg = 0; alg < OAUTH2_ALG_COUNT; alg++) {
            unit_rc(OAUTH2_BAD, oauth2_key_parse_jwk(pool,
                oauth2_str_of(bad[i]), alg, &key));
            assert_int_equal(ERR_peek_error(), 0);
        }
    }

    unit_rc(OAUTH2_BAD, oauth2_key_parse_jwk(pool, oauth2_str("{" EC "}"),
                                             OAUTH2_EDDSA, &key));
    assert_null(key);
}


/* A modulus of so many bytes that begin and end with these, and e. */
static oauth2_rc_e
rsa(oauth2_pool_t *pool, size_t len, u_char first, u_char last,
    const char *e)
{
    unsigned       left;
    u_char         n[1100];
    oauth2_rc_e    rc;
    oauth2_buf_t   b;
    oauth2_str_t   jwk;
    oauth2_key_t  *key;

    memset(n, 0x5a, sizeof(n));
    n[0] = first;
    n[len - 1] = last;

    left = oauth2_pool_fail_at(0);
    oauth2_buf_init(&b, pool, 4096);
    oauth2_buf_write_c(&b, "{\"kty\":\"RSA\",\"e\":\"");
    oauth2_buf_write_c(&b, e);
    oauth2_buf_write_c(&b, "\",\"n\":\"");
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { len, n });
    oauth2_buf_write_c(&b, "\"}");
    rc = oauth2_buf_done(&b, &jwk);
    assert_int_equal(rc, OAUTH2_OK);
    (void) oauth2_pool_fail_at(left);

    return oauth2_key_parse_jwk(pool, jwk, OAUTH2_RS256, &key);
}


static void
rsa_sizes(oauth2_pool_t *pool)
{
    unit_rc(OAUTH2_OK, rsa(pool, 256, 0x80, 1, "AQAB"));
    unit_rc(OAUTH2_OK, rsa(pool, 256, 0x80, 1, "Aw"));
    unit_rc(OAUTH2_OK, rsa(pool, 1024, 0x80, 1, "AQAB"));
    unit_rc(OAUTH2_BAD, rsa(pool, 256, 0x7f, 1, "AQAB"));
    unit_rc(OAUTH2_BAD, rsa(pool, 128, 0x80, 1, "AQAB"));
    unit_rc(OAUTH2_BAD, rsa(pool, 1025, 0x80, 1, "AQAB"));
    unit_rc(OAUTH2_BAD, rsa(pool, 256, 0x80, 2, "AQAB"));
    unit_rc(OAUTH2_BAD, rsa(pool, 257, 0x00, 1, "AQAB"));
    unit_rc(OAUTH2_BAD, rsa(pool, 256, 0x80, 1, "AQ"));
    unit_rc(OAUTH2_BAD, rsa(pool, 256, 0x80, 1, "Ag"));
    unit_rc(OAUTH2_BAD, rsa(pool, 256, 0x80, 1, "AQAAAAAAAAAB"));
}


static const struct CMUnitTest  tests[] = {
    unit_row(accepted), unit_row(refused), unit_row(rsa_sizes)
};


int
main(void)
{
    return cmocka_run_group_tests_name("jwt_jwk_parse", tests, NULL, NULL);
}
