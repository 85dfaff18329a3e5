/* SPDX-License-Identifier: MIT */

/* Pairwise subjects, and back (OpenID Connect Core 8.1). */

#include "../../src/core/subject.c"
#include "unit.h"

#define USER   oauth2_str("00112233-4455-6677-8899-aabbccddeeff")
#define OTHER  oauth2_str("00112233-4455-6677-8899-aabbccddeefe")

static const u_char  key[OAUTH2_SHA256_LEN] = { 7 };
static const u_char  other_key[OAUTH2_SHA256_LEN] = { 8 };


/* The cipher is that of FIPS 197 C.3. */
static void
cipher(oauth2_pool_t *pool)
{
    int              n;
    u_char           out[SUBJECT_BLOCK];
    oauth2_str_t     secret, in, expected;
    EVP_CIPHER_CTX  *ctx;

    secret = unit_hex(pool, "000102030405060708090a0b0c0d0e0f"
                            "101112131415161718191a1b1c1d1e1f");
    in = unit_hex(pool, "00112233445566778899aabbccddeeff");
    expected = unit_hex(pool, "8ea2b7ca516745bfeafc49904b496089");

    ctx = EVP_CIPHER_CTX_new();
    assert_int_equal(EVP_CipherInit_ex(ctx, EVP_aes_256_ecb(), NULL,
                                       secret.data, NULL, 1), 1);
    assert_int_equal(EVP_CIPHER_CTX_set_padding(ctx, 0), 1);
    assert_int_equal(EVP_CipherUpdate(ctx, out, &n, in.data,
                                      SUBJECT_BLOCK), 1);
    EVP_CIPHER_CTX_free(ctx);
    assert_memory_equal(out, expected.data, sizeof(out));
}


static void
there_and_back(oauth2_pool_t *pool)
{
    oauth2_str_t  sub, id;

    unit_rc(OAUTH2_OK, oauth2_subject_write(pool, key, oauth2_str("a.test"),
                                            USER, &sub));
    assert_int_equal(sub.len, 22);
    unit_rc(OAUTH2_OK, oauth2_subject_parse(pool, key, oauth2_str("a.test"),
                                            sub, &id));
    unit_str(id, "00112233-4455-6677-8899-aabbccddeeff");
}


/* Another sector, key or user: another subject. */
static void
apart(oauth2_pool_t *pool)
{
    oauth2_str_t  one, two, id;

    unit_rc(OAUTH2_OK, oauth2_subject_write(pool, key, oauth2_str("a.test"),
                                            USER, &one));
    unit_rc(OAUTH2_OK, oauth2_subject_write(pool, key, oauth2_str("b.test"),
                                            USER, &two));
    assert_false(oauth2_str_same(one, two));
    unit_rc(OAUTH2_OK, oauth2_subject_write(pool, other_key,
                                            oauth2_str("a.test"), USER,
                                            &two));
    assert_false(oauth2_str_same(one, two));
    unit_rc(OAUTH2_OK, oauth2_subject_write(pool, key, oauth2_str("a.test"),
                                            OTHER, &two));
    assert_false(oauth2_str_same(one, two));

    unit_rc(OAUTH2_OK, oauth2_subject_parse(pool, key, oauth2_str("b.test"),
                                            one, &id));
    assert_false(oauth2_str_same(id, USER));
}


static void
forms(oauth2_pool_t *pool)
{
    oauth2_str_t  s;

    unit_rc(OAUTH2_BAD, oauth2_subject_write(pool, key, oauth2_str("a"),
                                             oauth2_str("ada"), &s));
    unit_rc(OAUTH2_BAD, oauth2_subject_parse(pool, key, oauth2_str("a"),
                                             oauth2_str_null, &s));
    unit_rc(OAUTH2_BAD, oauth2_subject_parse(pool, key, oauth2_str("a"),
                                             USER, &s));
    unit_rc(OAUTH2_BAD,
            oauth2_subject_parse(pool, key, oauth2_str("a"),
                                 oauth2_str("AAAAAAAAAAAAAAAAAAAAAA=="), &s));
    unit_rc(OAUTH2_BAD,
            oauth2_subject_parse(pool, key, oauth2_str("a"),
                                 oauth2_str("AAAAAAAAAAAAAAAAAAAAAAAA"), &s));
}


static const struct CMUnitTest  tests[] = {
    unit_row(cipher), unit_row(there_and_back), unit_row(apart),
    unit_row(forms)
};


int
main(void)
{
    return cmocka_run_group_tests_name("subject", tests, NULL, NULL);
}
