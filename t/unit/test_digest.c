/* SPDX-License-Identifier: MIT */

/* Digests and sealing, with the vectors of RFC 4231, RFC 5869 and of GCM. */

#include "../../src/core/digest.c"
#include "unit.h"


static void
sha256(oauth2_pool_t *pool)
{
    oauth2_str_t  s;

    unit_rc(OAUTH2_OK, oauth2_sha256_hex(pool, oauth2_str("abc"), &s));
    unit_str(s, "ba7816bf8f01cfea414140de5dae2223"
             "b00361a396177a9cb410ff61f20015ad");
    unit_rc(OAUTH2_OK, oauth2_sha256_hex(pool, oauth2_str_null, &s));
    unit_str(s, "e3b0c44298fc1c149afbf4c8996fb924"
             "27ae41e4649b934ca495991b7852b855");
}


/* RFC 4231 4.2; a shorter key is filled with zeros anyway. */
static void
hmac(oauth2_pool_t *pool)
{
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_str_t  key, expected;

    key = unit_hex(pool, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"
                         "0b0b0b0b000000000000000000000000");
    expected = unit_hex(pool, "b0344c61d8db38535ca8afceaf0bf12b"
                              "881dc200c9833da726e9376c2e32cff7");

    unit_rc(OAUTH2_OK,
            oauth2_hmac_sha256(key.data, oauth2_str("Hi There"), digest));
    assert_memory_equal(digest, expected.data, sizeof(digest));
}


/* RFC 5869 A.1 and A.3. */
static void
hkdf(oauth2_pool_t *pool)
{
    u_char        out[42];
    oauth2_str_t  master, expected;

    master = unit_hex(pool, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");

    expected = unit_hex(pool, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a"
                              "5a4c5db02d56ecc4c5bf34007208d5b887185865");
    unit_rc(OAUTH2_OK,
            digest_hkdf(master, unit_hex(pool, "000102030405060708090a0b0c"),
                        unit_hex(pool, "f0f1f2f3f4f5f6f7f8f9"), out,
                        sizeof(out)));
    assert_memory_equal(out, expected.data, sizeof(out));

    expected = unit_hex(pool, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1"
                              "879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    unit_rc(OAUTH2_OK,
            digest_hkdf(master, oauth2_str(""), oauth2_str(""), out,
                        sizeof(out)));
    assert_memory_equal(out, expected.data, sizeof(out));
}


static void
secrets(oauth2_pool_t *pool)
{
    oauth2_str_t  a, b;

    unit_rc(OAUTH2_OK, oauth2_random_secret(pool, &a));
    unit_rc(OAUTH2_OK, oauth2_random_secret(pool, &b));
    assert_int_equal(a.len, 43);
    assert_false(oauth2_str_same(a, b));
    assert_int_equal(oauth2_random(a.data, SIZE_MAX), OAUTH2_NOMEM);
}


static void
token_key(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    oauth2_token_key_t  hex, url, bad;

    unit_rc(OAUTH2_OK,
            oauth2_token_key_init(&hex,
                oauth2_str(" 000102030405060708090a0b0c0d0e0f"
                           "101112131415161718191A1B1C1D1E1F\r\n")));
    unit_rc(OAUTH2_OK,
            oauth2_token_key_init(&url,
                oauth2_str("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n")));
    assert_memory_equal(&hex, &url, sizeof(hex));
    assert_int_equal(strlen(hex.id), OAUTH2_KEY_ID_LEN);

    /* one key a purpose */
    assert_memory_not_equal(hex.mail, hex.seal, OAUTH2_SHA256_LEN);
    assert_memory_not_equal(hex.seal, hex.csrf, OAUTH2_SHA256_LEN);
    assert_memory_not_equal(hex.csrf, hex.idempotency, OAUTH2_SHA256_LEN);
    assert_memory_not_equal(hex.idempotency, hex.refresh, OAUTH2_SHA256_LEN);
    assert_memory_not_equal(hex.refresh, hex.subject, OAUTH2_SHA256_LEN);
    assert_memory_not_equal(hex.subject, hex.opaque, OAUTH2_SHA256_LEN);

    memset(&bad, 7, sizeof(bad));
    unit_rc(OAUTH2_BAD, oauth2_token_key_init(&bad, oauth2_str("")));
    unit_rc(OAUTH2_BAD,
            oauth2_token_key_init(&bad, oauth2_str("AAECAwQFBgcICQoLDA0ODw")));
    unit_rc(OAUTH2_BAD,
            oauth2_token_key_init(&bad,
                oauth2_str("000102030405060708090a0b0c0d0e0f"
                           "101112131415161718191a1b1c1d1e1")));
    unit_rc(OAUTH2_BAD,
            oauth2_token_key_init(&bad,
                oauth2_str("000102030405060708090a0b0c0d0e0f\n"
                           "101112131415161718191a1b1c1d1e1f")));
    assert_int_equal(bad.mail[0], 7);
}


/* Deterministic, and bound to kind, operation and key. */
static void
mail_token(oauth2_pool_t *pool)
{
    oauth2_str_t        a, b, c, d, e;
    oauth2_token_key_t  key, other;

    memset(&key, 1, sizeof(key));
    memset(&other, 2, sizeof(other));

    unit_rc(OAUTH2_OK, oauth2_token_derive(pool, &key, oauth2_str("reset"),
                                           oauth2_str("op"), &a));
    unit_rc(OAUTH2_OK, oauth2_token_derive(pool, &key, oauth2_str("reset"),
                                           oauth2_str("op"), &b));
    unit_rc(OAUTH2_OK, oauth2_token_derive(pool, &key, oauth2_str("resetop"),
                                           oauth2_str(""), &c));
    unit_rc(OAUTH2_OK, oauth2_token_derive(pool, &key, oauth2_str("reset"),
                                           oauth2_str("oq"), &d));
    unit_rc(OAUTH2_OK, oauth2_token_derive(pool, &other, oauth2_str("reset"),
                                           oauth2_str("op"), &e));

    assert_int_equal(a.len, 43);
    assert_true(oauth2_str_same(a, b));
    assert_false(oauth2_str_same(a, c));
    assert_false(oauth2_str_same(a, d));
    assert_false(oauth2_str_same(a, e));
}


/* Test cases 13, 14 and 16 of the GCM specification. */
static void
gcm(oauth2_pool_t *pool)
{
    u_char        out[80];
    u_char        zeros[32] = { 0 };
    oauth2_str_t  key, expected;

    expected = unit_hex(pool, "530f8afbc74536b9a963b4f1c4cb738b");
    unit_rc(OAUTH2_OK, digest_seal(zeros, zeros, oauth2_str_null,
                                   oauth2_str_null, out));
    assert_memory_equal(out, expected.data, expected.len);

    expected = unit_hex(pool, "cea7403d4d606b6e074ec5d3baf39d18"
                              "d0d1c8a799996bf0265b98b5d48ab919");
    unit_rc(OAUTH2_OK, digest_seal(zeros, zeros, oauth2_str_null,
                                   (oauth2_str_t) { 16, zeros }, out));
    assert_memory_equal(out, expected.data, expected.len);

    key = unit_hex(pool, "feffe9928665731c6d6a8f9467308308"
                         "feffe9928665731c6d6a8f9467308308");
    expected = unit_hex(pool, "522dc1f099567d07f47f37a32a84427d"
                              "643a8cdcbfe5c0c97598a2bd2555d1aa"
                              "8cb08e48590dbb3da7b08b1056828838"
                              "c5f61e6393ba7a0abcc9f662"
                              "76fc6ece0f4e1768cddf8853bb2d551b");
    unit_rc(OAUTH2_OK,
            digest_seal(key.data,
                        unit_hex(pool, "cafebabefacedbaddecaf888").data,
                        unit_hex(pool, "feedfacedeadbeeffeedfacedeadbeef"
                                       "abaddad2"),
                        unit_hex(pool, "d9313225f88406e5a55909c5aff5269a"
                                       "86a7a9531534f7da2e4c303d8a318a72"
                                       "1c3c0c95956809532fcf0e2449a6b525"
                                       "b16aedf5aa0de657ba637b39"), out));
    assert_memory_equal(out, expected.data, expected.len);
}


static void
seal(oauth2_pool_t *pool)
{
    u_char        key[OAUTH2_SHA256_LEN], other[OAUTH2_SHA256_LEN];
    size_t        i;
    oauth2_str_t  sealed, again, plain;

    memset(key, 1, sizeof(key));
    memset(other, 2, sizeof(other));

    unit_rc(OAUTH2_OK, oauth2_seal_write(pool, key, oauth2_str("aad"),
                                         oauth2_str("hello"), &sealed));
    unit_rc(OAUTH2_OK, oauth2_seal_write(pool, key, oauth2_str("aad"),
                                         oauth2_str("hello"), &again));
    assert_false(oauth2_str_same(sealed, again));
    unit_rc(OAUTH2_OK, oauth2_seal_parse(pool, key, oauth2_str("aad"),
                                         sealed, &plain));
    unit_str(plain, "hello");

    plain = oauth2_str("untouched");
    unit_rc(OAUTH2_BAD, oauth2_seal_parse(pool, other, oauth2_str("aad"),
                                          sealed, &plain));
    unit_rc(OAUTH2_BAD, oauth2_seal_parse(pool, key, oauth2_str("aae"),
                                          sealed, &plain));
    unit_rc(OAUTH2_BAD, oauth2_seal_parse(pool, key, oauth2_str_null, sealed,
                                          &plain));

    for (i = 0; i < sealed.len; i++) {
        sealed.data[i] ^= 1;
        unit_rc(OAUTH2_BAD, oauth2_seal_parse(pool, key, oauth2_str("aad"),
                                              sealed, &plain));
        sealed.data[i] ^= 1;
    }

    while (sealed.len-- > 0) {
        unit_rc(OAUTH2_BAD, oauth2_seal_parse(pool, key, oauth2_str("aad"),
                                              sealed, &plain));
    }

    unit_str(plain, "untouched");

    /* nginx would report what is left as an alert of its own */
    assert_int_equal(ERR_peek_error(), 0);
}


static void
seal_nothing(oauth2_pool_t *pool)
{
    u_char        key[OAUTH2_SHA256_LEN] = { 0 };
    oauth2_str_t  sealed, plain;

    unit_rc(OAUTH2_OK, oauth2_seal_write(pool, key, oauth2_str_null,
                                         oauth2_str_null, &sealed));
    assert_int_equal(sealed.len, DIGEST_NONCE + DIGEST_TAG);
    unit_rc(OAUTH2_OK, oauth2_seal_parse(pool, key, oauth2_str_null, sealed,
                                         &plain));
    unit_str(plain, "");

    plain.len = (size_t) INT_MAX + 1;
    unit_rc(OAUTH2_BAD, oauth2_seal_write(pool, key, oauth2_str_null, plain,
                                          &sealed));
    unit_rc(OAUTH2_BAD, oauth2_seal_parse(pool, key, plain, sealed, &plain));
}


static void
ring(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    oauth2_token_key_t  one, two;

    unit_rc(OAUTH2_OK, oauth2_token_key_init(&one, oauth2_str(
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")));
    unit_rc(OAUTH2_OK, oauth2_token_key_init(&two, oauth2_str(
        "010102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")));
    assert_null(one.next);
    assert_null(oauth2_token_key_find(&one, oauth2_str_of(two.id)));

    one.next = &two;
    assert_ptr_equal(oauth2_token_key_find(&one, oauth2_str_of(one.id)),
                     &one);
    assert_ptr_equal(oauth2_token_key_find(&one, oauth2_str_of(two.id)),
                     &two);
    assert_null(oauth2_token_key_find(&one, oauth2_str("")));
    assert_null(oauth2_token_key_find(&one, oauth2_str_null));
    assert_null(oauth2_token_key_find(NULL, oauth2_str_of(two.id)));
}


static const struct CMUnitTest  tests[] = {
    unit_row(sha256), unit_row(hmac), unit_row(hkdf), unit_row(secrets),
    unit_row(token_key), unit_row(ring), unit_row(mail_token),
    unit_row(gcm), unit_row(seal), unit_row(seal_nothing)
};


int
main(void)
{
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
