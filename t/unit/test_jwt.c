/* SPDX-License-Identifier: MIT */

/* Tokens: what we sign, and what is refused. */

#include "../../src/core/jwt.c"
#include "../../src/core/json.h"
#include "jwt_keys.h"
#include "unit.h"

#define ISSUER  "https://id.example"
#define NOW     1700000000


static oauth2_rc_e
verify(oauth2_pool_t *pool, const oauth2_key_t *key, const char *typ,
    oauth2_str_t token, oauth2_str_t *claims, const char **why)
{
    oauth2_keys_t  keys = { 0 };

    *why = "";
    assert_int_equal(oauth2_keys_add(&keys, key, OAUTH2_KEY_SIGNING),
                     OAUTH2_OK);

    return oauth2_jwt_verify(pool, &keys, typ, oauth2_str(ISSUER), token, NOW,
                             claims, why);
}


/* One algorithm is enough where memory is refused on the way. */
static unsigned
last_alg(void)
{
    return unit_failing ? OAUTH2_HS256 : OAUTH2_EDDSA;
}


/* A header with the key's own alg and kid, and more. */
static const char *
header_of(const oauth2_key_t *key, const char *more)
{
    static char  text[512];

    (void) snprintf(text, sizeof(text),
                    "{\"alg\":\"%s\",\"kid\":\"%.*s\"%s%s}",
                    oauth2_key_alg_name(key), (int) key->id.len,
                    (char *) key->id.data, *more ? "," : "", more);

    return text;
}


static void
round_trips(oauth2_pool_t *pool)
{
    size_t         i;
    unsigned       alg;
    const char    *why;
    oauth2_key_t  *key;
    oauth2_str_t   token, claims, s;

    static const char *const  types[] = { "JWT", "at+jwt" };

    for (alg = OAUTH2_HS256; alg < OAUTH2_ALG_COUNT; alg++) {
        key = keys_key(pool, alg);

        for (i = 0; i < 2; i++) {
            unit_rc(OAUTH2_OK, oauth2_jwt_sign(pool, key, types[i],
                oauth2_str("{\"iss\":\"" ISSUER "\",\"exp\":1700000001,"
                           "\"nbf\":1700000060,\"n\":9007199254740993}"),
                &token));
            unit_rc(OAUTH2_OK, verify(pool, key, types[i], token, &claims,
                                      &why));
            unit_rc(OAUTH2_OK, oauth2_json_find(pool, claims, "n", &s));
            unit_str(s, "9007199254740993");

            /* one kind of token never passes for the other */
            unit_rc(OAUTH2_BAD, verify(pool, key, types[1 - i], token,
                                       &claims, &why));
            assert_string_equal(why, "type");
        }
    }
}


/* libjwt's tokens and ours are the same to each other. */
static void
libjwt_as_oracle(oauth2_pool_t *pool)
{
    jwt_t         *jwt;
    const char    *why;
    oauth2_key_t  *key;
    oauth2_str_t   token, claims;

    key = keys_key(pool, OAUTH2_HS256);
    token = keys_token(pool, key, header_of(key, "\"typ\":\"JWT\""),
                       "{\"iss\":\"" ISSUER "\",\"exp\":1700000001}");
    assert_int_equal(jwt_decode(&jwt, (char *) token.data, key->secret.data,
                                (int) key->secret.len), 0);
    assert_int_equal(jwt_get_grant_int(jwt, "exp"), 1700000001);
    jwt_free(jwt);

    unit_rc(OAUTH2_OK, oauth2_jwt_sign(pool, key, "JWT",
        oauth2_str("{\"iss\":\"" ISSUER "\",\"exp\":1700000001}"), &token));
    unit_rc(OAUTH2_OK, verify(pool, key, "JWT", token, &claims, &why));
    assert_non_null(strchr((char *) token.data, '.'));
}


static void
sign_refused(oauth2_pool_t *pool)
{
    size_t         i;
    unsigned       alg;
    oauth2_key_t  *key;
    oauth2_str_t   token;

    static const char *const  bad[] = {
        "", "[]", "x", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}"
    };

    token = oauth2_str("untouched");

    for (alg = OAUTH2_HS256; alg < OAUTH2_ALG_COUNT; alg++) {
        key = keys_key(pool, alg);

        for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
            unit_rc(OAUTH2_BAD, oauth2_jwt_sign(pool, key, "at+jwt",
                                                oauth2_str_of(bad[i]),
                                                &token));
            unit_rc(OAUTH2_BAD, oauth2_jwt_sign(pool, key, "JWT",
                                                oauth2_str_of(bad[i]),
                                                &token));
        }
    }

    unit_str(token, "untouched");
}


/* A whole token has a maximum, whoever signs it. */
static void
too_long(oauth2_pool_t *pool)
{
    unsigned       alg;
    oauth2_buf_t   b;
    oauth2_key_t  *key;
    oauth2_str_t   claims, token;

    oauth2_buf_init(&b, pool, 20000);
    oauth2_buf_write_c(&b, "{\"x\":\"");

    while (b.len < 7000 && b.rc == OAUTH2_OK) {
        oauth2_buf_write_byte(&b, 'x');
    }

    oauth2_buf_write_c(&b, "\"}");
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &claims));

    for (alg = OAUTH2_HS256; alg < OAUTH2_ALG_COUNT; alg++) {
        key = keys_key(pool, alg);
        unit_rc(OAUTH2_BAD, oauth2_jwt_sign(pool, key, "at+jwt", claims,
                                            &token));
        unit_rc(OAUTH2_BAD, oauth2_jwt_sign(pool, key, "JWT", claims,
                                            &token));
    }
}


static void
headers(oauth2_pool_t *pool)
{
    size_t         i;
    unsigned       alg;
    const char    *why;
    oauth2_key_t  *key;
    oauth2_str_t   claims, token;

    static const struct {
        const char  *more;
        const char  *why;          /* NULL: it is accepted */
    } rows[] = {
        { "\"typ\":\"at+jwt\"", NULL },
        { "\"typ\":\"application/at+jwt\"", NULL },
        { "\"typ\":\"Application/AT+JWT\"", NULL },
        { "\"typ\":\"at+jwt\",\"cty\":\"x\",\"foo\":{}", NULL },
        { "\"typ\":\"JWT\"", "type" },
        { "\"typ\":\"application/\"", "type" },
        { "\"typ\":\"application/application/at+jwt\"", "type" },
        { "\"typ\":null", "type" },
        { "\"typ\":[\"at+jwt\"]", "type" },
        { "", "type" },
        { "\"typ\":\"at+jwt\",\"crit\":[\"exp\"]", "header" },
        { "\"typ\":\"at+jwt\",\"crit\":[]", "header" },
        { "\"typ\":\"at+jwt\",\"b64\":false", "header" },
        { "\"typ\":\"at+jwt\",\"jku\":\"https://evil.example\"", "header" },
        { "\"typ\":\"at+jwt\",\"jwk\":{}", "header" },
        { "\"typ\":\"at+jwt\",\"x5u\":\"https://evil.example\"", "header" },
        { "\"typ\":\"at+jwt\",\"x5c\":[]", "header" },
        { "\"typ\":\"at+jwt\",\"x5t\":\"x\"", "header" },
        { "\"typ\":\"at+jwt\",\"x5t#S256\":\"x\"", "header" },
        { "\"typ\":\"at+jwt\",\"zip\":\"DEF\"", "header" },
        { "\"typ\":\"at+jwt\",\"j\\u006bu\":\"x\"", "header" },
        { "\"typ\":\"at+jwt\",\"typ\":\"at+jwt\"", "header" },
        { "\"typ\":\"at+jwt\",\"alg\":\"none\"", "header" },
        { "\"typ\":\"at+jwt\",\"kid\":\"x\"", "header" }
    };

    for (alg = OAUTH2_HS256; alg <= last_alg(); alg++) {
        key = keys_key(pool, alg);

        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            token = keys_token(pool, key, header_of(key, rows[i].more),
                               "{\"iss\":\"" ISSUER "\",\"exp\":1700000001}");
            unit_rc((rows[i].why == NULL) ? OAUTH2_OK : OAUTH2_BAD,
                    verify(pool, key, "at+jwt", token, &claims, &why));

            if (rows[i].why != NULL) {
                assert_string_equal(why, rows[i].why);
            }
        }
    }
}


/* With the right signature of the right key, as far as it has one. */
static void
algorithms(oauth2_pool_t *pool)
{
    size_t         i;
    char           header[256];
    unsigned       alg;
    const char    *why;
    oauth2_key_t  *key;
    oauth2_str_t   claims, token;

    static const char *const  others[] = {
        "\"none\"", "\"None\"", "\"NONE\"", "\"\"", "null", "1", "true",
        "\"hs256\"", "\"HS512\"", "\"ES384\"", "\"PS384\"", "[\"ES256\"]"
    };

    for (alg = OAUTH2_HS256; alg <= last_alg(); alg++) {
        key = keys_key(pool, alg);

        for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
            (void) snprintf(header, sizeof(header),
                            "{\"alg\":%s,\"typ\":\"JWT\",\"kid\":\"%.*s\"}",
                            others[i], (int) key->id.len,
                            (char *) key->id.data);
            token = keys_token(pool, key, header,
                               "{\"iss\":\"" ISSUER "\",\"exp\":1700000001}");
            unit_rc(OAUTH2_BAD, verify(pool, key, "JWT", token, &claims,
                                       &why));
            assert_string_equal(why, "algorithm");
        }
    }
}


/* An HS256 token whose secret is the public key of RS256 (libjwt 1.10
 * accepts one). */
static void
confusion(oauth2_pool_t *pool)
{
    char          *header;
    unsigned       left;
    const char    *why;
    oauth2_key_t   forged, *key;
    oauth2_str_t   claims, token;
    static char    pem[4096];

    key = keys_key(pool, OAUTH2_RS256);

    if (pem[0] == '\0') {
        EVP_PKEY_up_ref(key->pkey);
        (void) keys_pem(key->pkey, true, pem, sizeof(pem));
    }

    left = oauth2_pool_fail_at(0);
    forged = *key;
    forged.alg = OAUTH2_HS256;
    forged.secret = oauth2_str_of(pem);
    header = (char *) header_of(&forged, "\"typ\":\"JWT\"");
    token = keys_token(pool, &forged, header,
                       "{\"iss\":\"" ISSUER "\",\"exp\":1700000001}");
    (void) oauth2_pool_fail_at(left);

    unit_rc(OAUTH2_BAD, verify(pool, key, "JWT", token, &claims, &why));
    assert_string_equal(why, "algorithm");
}


static void
claims(oauth2_pool_t *pool)
{
    size_t         i;
    const char    *why;
    oauth2_key_t  *key;
    oauth2_str_t   found, token;

    static const struct {
        const char  *text;
        const char  *why;
    } rows[] = {
        { "{\"iss\":\"" ISSUER "\",\"exp\":1700000001}", NULL },
        { "{\"iss\":\"" ISSUER "\",\"exp\":1700000001,\"nbf\":1700000060}",
          NULL },
        { "{\"iss\":\"" ISSUER "\",\"exp\":1700000000}", "expired" },
        { "{\"iss\":\"" ISSUER "\",\"exp\":0}", "expired" },
        { "{\"iss\":\"" ISSUER "\"}", "claims" },
        { "{\"iss\":\"" ISSUER "\",\"exp\":null}", "claims" },
        { "{\"iss\":\"" ISSUER "\",\"exp\":\"1700000001\"}", "claims" },
        { "{\"iss\":\"" ISSUER "\",\"exp\":1.8e9}", "claims" },
        { "{\"iss\":\"" ISSUER "\",\"exp\":-1}", "claims" },
        { "{\"iss\":\"" ISSUER "\",\"exp\":99999999999999999999}", "claims" },
        { "{\"iss\":\"" ISSUER "\",\"exp\":1700000001,\"exp\":1700000001}",
          "claims" },
        { "{\"iss\":\"" ISSUER "\",\"exp\":1700000001,\"nbf\":1700000061}",
          "early" },
        { "{\"iss\":\"" ISSUER "\",\"exp\":1700000001,\"nbf\":\"0\"}",
          "claims" },
        { "{\"iss\":\"" ISSUER "/\",\"exp\":1700000001}", "issuer" },
        { "{\"iss\":[\"" ISSUER "\"],\"exp\":1700000001}", "issuer" },
        { "{\"exp\":1700000001}", "issuer" },
        { "[]", "claims" },
        { "x", "claims" }
    };

    key = keys_key(pool, OAUTH2_ES256);

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        token = keys_token(pool, key, header_of(key, "\"typ\":\"JWT\""),
                           rows[i].text);
        unit_rc((rows[i].why == NULL) ? OAUTH2_OK : OAUTH2_BAD,
                verify(pool, key, "JWT", token, &found, &why));

        if (rows[i].why != NULL) {
            assert_string_equal(why, rows[i].why);
        }
    }
}


/* Each byte changed, and each part taken away.  Too many for running them
 * again; the other tests refuse memory. */
static void
tampering(oauth2_pool_t *pool)
{
    size_t         i;
    u_char         c;
    unsigned       alg;
    const char    *why;
    oauth2_key_t  *key;
    oauth2_str_t   found, token, part;

    if (unit_failing) {
        return;
    }

    for (alg = OAUTH2_HS256; alg < OAUTH2_ALG_COUNT; alg += 2) {
        key = keys_key(pool, alg);
        token = keys_token(pool, key, header_of(key, "\"typ\":\"JWT\""),
                           "{\"iss\":\"" ISSUER "\",\"exp\":1700000001}");

        for (i = 0; i < token.len; i++) {
            c = token.data[i];
            token.data[i] = (c == 'A') ? 'B' : 'A';
            unit_rc(OAUTH2_BAD, verify(pool, key, "JWT", token, &found,
                                       &why));
            token.data[i] = c;

            part.data = token.data;
            part.len = i;
            unit_rc(OAUTH2_BAD, verify(pool, key, "JWT", part, &found,
                                       &why));
        }
    }
}


static void
forms(oauth2_pool_t *pool)
{
    size_t         i;
    const char    *why;
    oauth2_key_t  *key;
    oauth2_str_t   found, large;

    static const char *const  bad[] = {
        "", ".", "..", "...", "a", "a.b", "a.b.", ".b.c", "a..c", "e30.e30.",
        "e30.e30.e30.e30", "e30.e30.e30.", "e30.e30.A", "e30=.e30.e30",
        " e30.e30.e30", "e30.e30.e30\n", "e31.e30.e30", "+/+/.e30.e30"
    };

    key = keys_key(pool, OAUTH2_HS256);

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unit_rc(OAUTH2_BAD, verify(pool, key, "JWT", oauth2_str_of(bad[i]),
                                   &found, &why));
        assert_string_equal(why, "form");
    }

    unit_rc(OAUTH2_BAD, verify(pool, key, "JWT", oauth2_str("e30.e30.e30"),
                               &found, &why));
    assert_string_equal(why, "algorithm");

    large.data = (u_char *) "";
    large.len = OAUTH2_JWT_MAX + 1;
    unit_rc(OAUTH2_BAD, verify(pool, key, "JWT", large, &found, &why));
    unit_rc(OAUTH2_BAD, verify(pool, key, "JWT", oauth2_str_null, &found,
                               &why));
}


static const struct CMUnitTest  tests[] = {
    unit_row(round_trips), unit_row(libjwt_as_oracle), unit_row(sign_refused),
    unit_row(too_long), unit_row(headers), unit_row(algorithms),
    unit_row(confusion), unit_row(claims), unit_row(tampering),
    unit_row(forms)
};


int
main(void)
{
    return cmocka_run_group_tests_name("jwt", tests, NULL, NULL);
}
