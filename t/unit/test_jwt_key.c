/* SPDX-License-Identifier: MIT */

/* Keys from text, and new ones. */

#include "../../src/core/jwt_key.c"
#include "jwt_keys.h"
#include "unit.h"


static void
secret(oauth2_pool_t *pool)
{
    const char    *why;
    oauth2_str_t   jwk;
    oauth2_key_t  *a, *b, *c;

    unit_rc(OAUTH2_OK, oauth2_key_init(pool, oauth2_str(KEYS_SECRET), &a,
                                       &why));
    unit_rc(OAUTH2_OK, oauth2_key_init(pool,
                                       oauth2_str(" " KEYS_SECRET "\r\n"), &b,
                                       &why));
    unit_rc(OAUTH2_OK, oauth2_key_init(pool, oauth2_str(KEYS_SECRET "x"), &c,
                                       &why));

    assert_int_equal(oauth2_key_alg(a), OAUTH2_HS256);
    assert_string_equal(oauth2_key_alg_name(a), "HS256");
    assert_int_equal(oauth2_key_id(a).len, 16);
    assert_true(oauth2_str_same(oauth2_key_id(a), oauth2_key_id(b)));
    assert_false(oauth2_str_same(oauth2_key_id(a), oauth2_key_id(c)));
    unit_str(a->secret, KEYS_SECRET);

    jwk = oauth2_str("untouched");
    unit_rc(OAUTH2_NONE, oauth2_key_write_jwk(pool, a, &jwk));
    unit_str(jwk, "untouched");
}


static void
secret_refused(oauth2_pool_t *pool)
{
    size_t         i;
    const char    *why;
    oauth2_key_t  *key;

    static const char *const  bad[] = {
        "", "short", "k3NqV8xW2bZ7tR5yP1mC9dF4gH6jL0s", "  \n",
        "your-super-secret-jwt-key-change-in-production",
        "Your-Super-Secret-Key-That-Is-Long-Enough-1234",
        "changeme-changeme-changeme-changeme-changeme",
        "CHANGE_ME_k3NqV8xW2bZ7tR5yP1mC9dF4gH6jL0sA",
        "secret-k3NqV8xW2bZ7tR5yP1mC9dF4gH6jL0sA",
        "01234567890123456789012345678901",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "abcabcabcabcabcabcabcabcabcabcabcabcabca"
    };

    key = NULL;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        why = NULL;
        unit_rc(OAUTH2_BAD, oauth2_key_init(pool, oauth2_str_of(bad[i]), &key,
                                            &why));
        assert_non_null(strstr(why, "openssl rand"));
    }

    assert_null(key);
}


static void
asymmetric(oauth2_pool_t *pool)
{
    const char    *why;
    oauth2_str_t   jwk, s;
    oauth2_key_t  *key;

    unit_rc(OAUTH2_OK, oauth2_key_init(pool, keys_text(OAUTH2_ES256), &key,
                                       &why));
    assert_string_equal(oauth2_key_alg_name(key), "ES256");
    assert_int_equal(oauth2_key_id(key).len, 43);
    unit_rc(OAUTH2_OK, oauth2_key_write_jwk(pool, key, &jwk));
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, jwk, "kty", &s));
    unit_str(s, "EC");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, jwk, "crv", &s));
    unit_str(s, "P-256");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, jwk, "y", &s));
    assert_int_equal(s.len, 43);
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, jwk, "use", &s));
    unit_str(s, "sig");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, jwk, "alg", &s));
    unit_str(s, "ES256");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, jwk, "kid", &s));
    assert_true(oauth2_str_same(s, oauth2_key_id(key)));
    unit_rc(OAUTH2_NONE, oauth2_json_find(pool, jwk, "d", &s));

    unit_rc(OAUTH2_OK, oauth2_key_init(pool, keys_text(OAUTH2_RS256), &key,
                                       &why));
    assert_string_equal(oauth2_key_alg_name(key), "RS256");
    unit_rc(OAUTH2_OK, oauth2_key_write_jwk(pool, key, &jwk));
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, jwk, "kty", &s));
    unit_str(s, "RSA");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, jwk, "e", &s));
    unit_str(s, "AQAB");
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, jwk, "n", &s));
    assert_int_equal(s.len, 342);
    unit_rc(OAUTH2_NONE, oauth2_json_find(pool, jwk, "d", &s));
}


static void
pem_refused(oauth2_pool_t *pool)
{
    size_t         i;
    const char    *why;
    oauth2_key_t  *key;

    static char          texts[5][4096];
    static oauth2_str_t  bad[8];

    if (bad[0].data == NULL) {
        bad[0] = keys_pem(EVP_RSA_gen(1024), false, texts[0], 4096);
        bad[1] = keys_pem(EVP_EC_gen("P-384"), false, texts[1], 4096);
        bad[2] = keys_pem(EVP_PKEY_Q_keygen(NULL, NULL, "ED448"), false,
                          texts[2], 4096);
        bad[3] = keys_pem(EVP_EC_gen("P-256"), true, texts[3], 4096);
        bad[4] = keys_pem(EVP_EC_gen("P-256"), false, texts[4], 4096);
        bad[4].len /= 2;
        bad[5] = oauth2_str("-----BEGIN PRIVATE KEY-----\n");
        bad[6] = oauth2_str("-----BEGIN CERTIFICATE-----\nAAAA\n");
        bad[7] = oauth2_str("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                            "AAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    }

    key = NULL;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        why = NULL;
        unit_rc(OAUTH2_BAD, oauth2_key_init(pool, bad[i], &key, &why));
        assert_non_null(why);
        assert_int_equal(why[strlen(why) - 1], '.');

        /* nginx would report what is left as an alert of its own */
        assert_int_equal(ERR_peek_error(), 0);
    }

    assert_null(key);
}


/* The one place where OpenSSL would ask for a passphrase, on a terminal. */
static void
encrypted(oauth2_pool_t *pool)
{
    int            n;
    BIO           *bio;
    EVP_PKEY      *pkey;
    const char    *why;
    oauth2_key_t  *key;
    static char    text[1024];

    if (text[0] == '\0') {
        bio = BIO_new(BIO_s_mem());
        pkey = EVP_EC_gen("P-256");
        assert_int_equal(PEM_write_bio_PrivateKey(bio, pkey,
            EVP_aes_256_cbc(), (const u_char *) "pass", 4, NULL, NULL), 1);
        n = BIO_read(bio, text, (int) sizeof(text) - 1);
        assert_true(n > 0);
        BIO_free(bio);
        EVP_PKEY_free(pkey);
    }

    unit_rc(OAUTH2_BAD, oauth2_key_init(pool, oauth2_str_of(text), &key,
                                        &why));
    assert_non_null(strstr(why, "passphrase"));
}


/* What is generated is read again, for its algorithm and no other. */
static void
generated(oauth2_pool_t *pool)
{
    unsigned       alg, other;
    const char    *why;
    oauth2_str_t   pem;
    oauth2_key_t  *key, *a, *b;

    static const oauth2_alg_e  quick[] = { OAUTH2_ES256, OAUTH2_EDDSA };

    unit_rc(OAUTH2_BAD, oauth2_key_generate(pool, OAUTH2_HS256, &pem));

    for (alg = 0; alg < 2; alg++) {
        unit_rc(OAUTH2_OK, oauth2_key_generate(pool, quick[alg], &pem));

        for (other = 0; other < OAUTH2_ALG_COUNT; other++) {
            unit_rc((other == quick[alg]) ? OAUTH2_OK : OAUTH2_BAD,
                    oauth2_key_init_alg(pool, pem, other, &key, &why));
        }

        assert_int_equal(oauth2_key_alg(key), quick[alg]);
    }

    unit_rc(OAUTH2_OK, oauth2_key_init_alg(pool, keys_text(OAUTH2_RS256),
                                           OAUTH2_RS256, &a, &why));
    unit_rc(OAUTH2_OK, oauth2_key_init_alg(pool, keys_text(OAUTH2_RS256),
                                           OAUTH2_PS256, &b, &why));
    assert_string_equal(oauth2_key_alg_name(b), "PS256");
    assert_true(oauth2_str_same(oauth2_key_thumbprint(a),
                                oauth2_key_thumbprint(b)));
    assert_false(oauth2_str_same(oauth2_key_id(a), oauth2_key_id(b)));
}


static void
generated_rsa(oauth2_pool_t *pool)
{
    const char    *why;
    oauth2_str_t   pem;
    oauth2_key_t  *key;

    if (unit_failing) {
        unit_ptr(oauth2_pool_alloc(pool, 1));       /* one run is enough */
        return;
    }

    unit_rc(OAUTH2_OK, oauth2_key_generate(pool, OAUTH2_PS256, &pem));
    unit_rc(OAUTH2_OK, oauth2_key_init_alg(pool, pem, OAUTH2_PS256, &key,
                                           &why));
    assert_int_equal(EVP_PKEY_get_bits(key->pkey), 3072);
}


static void
client_secret(oauth2_pool_t *pool)
{
    oauth2_str_t   secret;
    oauth2_key_t  *key;

    secret = oauth2_str(KEYS_SECRET);
    unit_rc(OAUTH2_OK, oauth2_key_init_secret(pool, secret, &key));
    assert_int_equal(oauth2_key_alg(key), OAUTH2_HS256);
    assert_null(oauth2_key_thumbprint(key).data);
    secret.len = 31;
    unit_rc(OAUTH2_BAD, oauth2_key_init_secret(pool, secret, &key));
}


static void
names(oauth2_pool_t *pool)
{
    unsigned      i;
    oauth2_alg_e  alg;

    static const char *const  bad[] = { "", "none", "None", "rs256", "RS512",
                                        "HS384", "ES256K", "Ed25519" };

    (void) pool;

    for (i = 0; i < OAUTH2_ALG_COUNT; i++) {
        assert_int_equal(oauth2_alg_parse(oauth2_str_of(oauth2_alg_name(i)),
                                          &alg), OAUTH2_OK);
        assert_int_equal(alg, i);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(oauth2_alg_parse(oauth2_str_of(bad[i]), &alg),
                         OAUTH2_BAD);
    }
}


static const struct CMUnitTest  tests[] = {
    unit_row(secret), unit_row(secret_refused), unit_row(asymmetric),
    unit_row(pem_refused), unit_row(encrypted), unit_row(generated),
    unit_row(generated_rsa), unit_row(client_secret), unit_row(names)
};


int
main(void)
{
    return cmocka_run_group_tests_name("jwt_key", tests, NULL, NULL);
}
