/* SPDX-License-Identifier: MIT */

/* DPoP proofs (RFC 9449 4.3), and nonces. */

#include "../../src/core/jwt_dpop.c"
#include "jwt_keys.h"
#include "unit.h"

#define NOW  1700000000

static const u_char  nonce_key[OAUTH2_SHA256_LEN] = { 1, 2, 3 };


/* A proof by a key of these claims. */
static oauth2_str_t
make(oauth2_pool_t *pool, oauth2_alg_e alg, const char *more,
    const char *claims)
{
    char           header[8192];
    oauth2_str_t   jwk;
    oauth2_key_t  *key;

    key = keys_key(pool, alg);
    jwk = key->jwk;
    (void) snprintf(header, sizeof(header),
                    "{\"typ\":\"dpop+jwt\",\"alg\":\"%s\",\"jwk\":%.*s%s}",
                    oauth2_alg_name(alg), (int) jwk.len, (char *) jwk.data,
                    more);

    return keys_token(pool, key, header, claims);
}


static void
ask(oauth2_dpop_request_t *request, const oauth2_str_t *uri)
{
    memset(request, 0, sizeof(*request));
    request->method = oauth2_str("POST");
    request->uris = uri;
    request->count = 1;
    request->now = NOW;
}


static void
right(oauth2_pool_t *pool)
{
    unsigned               alg;
    const char            *why;
    oauth2_str_t           uris[2];
    oauth2_dpop_t          dpop;
    oauth2_dpop_request_t  request;

    uris[0] = oauth2_str("https://other.example/token");
    uris[1] = oauth2_str("https://id.example/token");
    ask(&request, uris);
    request.count = 2;

    for (alg = OAUTH2_RS256; alg < OAUTH2_ALG_COUNT; alg++) {
        unit_rc(OAUTH2_OK, oauth2_dpop_check(pool, &request,
            make(pool, alg, "", "{\"jti\":\"a\",\"htm\":\"POST\","
                 "\"htu\":\"https://ID.example:443/token?q\","
                 "\"iat\":1700000000.25}"), &dpop, &why));
        unit_str(dpop.jti, "a");
        assert_int_equal(dpop.lifetime, OAUTH2_DPOP_AGE + 1);
        assert_true(oauth2_str_same(dpop.thumbprint,
            oauth2_key_thumbprint(keys_key(pool, alg))));
    }
}


static void
wrong(oauth2_pool_t *pool)
{
    size_t                 i;
    const char            *why;
    oauth2_str_t           uri;
    oauth2_dpop_t          dpop;
    oauth2_dpop_request_t  request;

    static const struct {
        const char  *claims;
        const char  *why;
    } rows[] = {
#define ABOUT  "\"htm\":\"POST\",\"htu\":\"https://id.example/token\""
        { "{}", "claims" },
        { "{" ABOUT ",\"iat\":1700000000}", "claims" },
        { "{\"jti\":\"\"," ABOUT ",\"iat\":1700000000}", "claims" },
        { "{\"jti\":1," ABOUT ",\"iat\":1700000000}", "claims" },
        { "{\"jti\":\"a\"," ABOUT "}", "claims" },
        { "{\"jti\":\"a\",\"iat\":1,\"htu\":\"https://id.example/token\"}",
          "htm" },
        { "{\"jti\":\"a\",\"iat\":1,\"htm\":\"GET\"}", "htm" },
        { "{\"jti\":\"a\",\"iat\":1,\"htm\":\"post\"}", "htm" },
        { "{\"jti\":\"a\",\"iat\":1,\"htm\":\"POST\"}", "htu" },
        { "{\"jti\":\"a\",\"iat\":1,\"htm\":\"POST\",\"htu\":\"/token\"}",
          "htu" },
        { "{\"jti\":\"a\",\"iat\":1,\"htm\":\"POST\","
          "\"htu\":\"https://id.example/\"}", "htu" },
        { "{\"jti\":\"a\"," ABOUT ",\"iat\":1699999939}", "time" },
        { "{\"jti\":\"a\"," ABOUT ",\"iat\":1700000061}", "time" },
        { "{\"jti\":\"a\"," ABOUT ",\"iat\":\"1700000000\"}", "time" },
        { "{\"jti\":\"a\"," ABOUT ",\"iat\":-1}", "time" },
        { "{\"jti\":\"a\"," ABOUT ",\"iat\":17e8}", "time" },
        { "{\"jti\":\"a\"," ABOUT ",\"iat\":1700000000.5e1}", "time" },
        { "{\"jti\":\"a\"," ABOUT ",\"iat\":99999999999999999999}",
          "time" },
        { "{\"jti\":\"a\"," ABOUT ",\"iat\":1700000000,"
          "\"exp\":1700000000}", "time" },
        { "{\"jti\":\"a\"," ABOUT ",\"iat\":1700000000,"
          "\"nbf\":1700000061}", "time" }
    };

    uri = oauth2_str("https://id.example/token");
    ask(&request, &uri);

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unit_rc(OAUTH2_BAD, oauth2_dpop_check(pool, &request,
            make(pool, OAUTH2_ES256, "", rows[i].claims), &dpop, &why));
        assert_string_equal(strrchr(why, ' ') + 1, rows[i].why);
    }
}


static void
no_key(oauth2_pool_t *pool)
{
    size_t                 i;
    const char            *why;
    oauth2_str_t           uri;
    oauth2_key_t          *key;
    oauth2_dpop_t          dpop;
    oauth2_dpop_request_t  request;

    static const char *const  headers[] = {
        "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\"}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{}}",
        "{\"typ\":\"JWT\",\"alg\":\"ES256\",\"jwk\":{}}",
        "{\"alg\":\"ES256\",\"jwk\":{}}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"HS256\",\"jwk\":"
        "{\"kty\":\"oct\",\"k\":\"AAAA\"}}"
    };

    uri = oauth2_str("https://id.example/token");
    key = keys_key(pool, OAUTH2_ES256);
    ask(&request, &uri);

    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        unit_rc(OAUTH2_BAD, oauth2_dpop_check(pool, &request,
            keys_token(pool, key, headers[i], "{}"), &dpop, &why));
    }

    unit_rc(OAUTH2_BAD, oauth2_dpop_check(pool, &request, oauth2_str("a.b"),
                                          &dpop, &why));
}


/* RFC 9449 4.3 (12), with the hash of section 7.1's example */
static void
access_token(oauth2_pool_t *pool)
{
    const char            *why;
    oauth2_str_t           uri;
    oauth2_dpop_t          dpop;
    oauth2_dpop_request_t  request;

    uri = oauth2_str("https://id.example/token");
    ask(&request, &uri);
    request.access_token = oauth2_str(
        "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");

    unit_rc(OAUTH2_OK, oauth2_dpop_check(pool, &request,
        make(pool, OAUTH2_ES256, "", "{\"jti\":\"a\"," ABOUT
             ",\"iat\":1700000000,"
             "\"ath\":\"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo\"}"),
        &dpop, &why));
    unit_rc(OAUTH2_BAD, oauth2_dpop_check(pool, &request,
        make(pool, OAUTH2_ES256, "", "{\"jti\":\"a\"," ABOUT
             ",\"iat\":1700000000}"), &dpop, &why));
    assert_string_equal(why, "DPoP proof refused: ath");
}


static void
nonces(oauth2_pool_t *pool)
{
    size_t                 i;
    char                   claims[512];
    const char            *why;
    oauth2_str_t           uri, nonce;
    oauth2_dpop_t          dpop;
    oauth2_dpop_request_t  request;

    static const struct {
        int          age;         /* of the nonce */
        oauth2_rc_e  rc;
    } rows[] = {
        { 0, OAUTH2_OK }, { DPOP_WINDOW, OAUTH2_OK },
        { 2 * DPOP_WINDOW, OAUTH2_NONE }, { -DPOP_WINDOW, OAUTH2_NONE }
    };

    uri = oauth2_str("https://id.example/token");
    ask(&request, &uri);
    request.nonce_key = nonce_key;

    /* who is told the time may be late */
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unit_rc(OAUTH2_OK, oauth2_dpop_nonce_write(pool, nonce_key,
                                                   NOW - rows[i].age,
                                                   &nonce));
        assert_int_equal(nonce.len, 43);
        (void) snprintf(claims, sizeof(claims),
                        "{\"jti\":\"a\"," ABOUT ",\"iat\":1,"
                        "\"nonce\":\"%.43s\"}", (char *) nonce.data);
        unit_rc(rows[i].rc, oauth2_dpop_check(pool, &request,
            make(pool, OAUTH2_ES256, "", claims), &dpop, &why));
    }

    unit_rc(OAUTH2_NONE, oauth2_dpop_check(pool, &request,
        make(pool, OAUTH2_ES256, "", "{\"jti\":\"a\"," ABOUT ",\"iat\":1}"),
        &dpop, &why));
}


static void
thumbprints(oauth2_pool_t *pool)
{
    unsigned  left;

    left = oauth2_pool_fail_at(0);
    assert_true(oauth2_dpop_is_thumbprint(pool, oauth2_str(
        "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")));
    assert_false(oauth2_dpop_is_thumbprint(pool, oauth2_str("")));
    assert_false(oauth2_dpop_is_thumbprint(pool, oauth2_str(
        "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQE")));
    (void) oauth2_pool_fail_at(left);
}


static const struct CMUnitTest  tests[] = {
    unit_row(right), unit_row(wrong), unit_row(no_key),
    unit_row(access_token), unit_row(nonces), unit_row(thumbprints)
};


int
main(void)
{
    return cmocka_run_group_tests_name("jwt_dpop", tests, NULL, NULL);
}
