/* SPDX-License-Identifier: MIT */

/*
 * Keys for tests, made once a program, and tokens with any header: signed
 * as they should be, so that a test refuses what it says it refuses.
 * Memory is not refused while these are made.
 */

#ifndef OAUTH2_JWT_KEYS_H
#define OAUTH2_JWT_KEYS_H

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "../../src/core/buf.h"
#include "../../src/core/jwt_key.h"
#include "unit.h"

#define KEYS_SECRET  "k3NqV8xW2bZ7tR5yP1mC9dF4gH6jL0sA"

static char  keys_rsa[4096];
static char  keys_p256[1024];
static char  keys_ed25519[1024];


/* The PEM text of a key, which is freed; public_only as a test needs it. */
OAUTH2_UNUSED static oauth2_str_t
keys_pem(EVP_PKEY *pkey, bool public_only, char *text, size_t size)
{
    int   n;
    BIO  *bio;

    assert_non_null(pkey);
    bio = BIO_new(BIO_s_mem());
    assert_non_null(bio);

    assert_int_equal(public_only
                     ? PEM_write_bio_PUBKEY(bio, pkey)
                     : PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0,
                                                NULL, NULL), 1);
    n = BIO_read(bio, text, (int) size - 1);
    assert_true(n > 0 && n < (int) size - 1);
    text[n] = '\0';

    BIO_free(bio);
    EVP_PKEY_free(pkey);

    return oauth2_str_of(text);
}


OAUTH2_UNUSED static oauth2_str_t
keys_text(oauth2_alg_e alg)
{
    if (alg == OAUTH2_HS256) {
        return oauth2_str(KEYS_SECRET);
    }

    if (alg == OAUTH2_EDDSA) {
        return (keys_ed25519[0] != '\0') ? oauth2_str_of(keys_ed25519)
               : keys_pem(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), false,
                          keys_ed25519, sizeof(keys_ed25519));
    }

    if (alg == OAUTH2_RS256 || alg == OAUTH2_PS256) {
        return (keys_rsa[0] != '\0') ? oauth2_str_of(keys_rsa)
               : keys_pem(EVP_RSA_gen(2048), false, keys_rsa,
                          sizeof(keys_rsa));
    }

    return (keys_p256[0] != '\0') ? oauth2_str_of(keys_p256)
           : keys_pem(EVP_EC_gen("P-256"), false, keys_p256,
                      sizeof(keys_p256));
}


OAUTH2_UNUSED static oauth2_key_t *
keys_key(oauth2_pool_t *pool, oauth2_alg_e alg)
{
    unsigned       left;
    const char    *why;
    oauth2_key_t  *key;

    left = oauth2_pool_fail_at(0);
    assert_int_equal(oauth2_key_init_alg(pool, keys_text(alg), alg, &key,
                                         &why), OAUTH2_OK);
    (void) oauth2_pool_fail_at(left);

    return key;
}


/* The compact form of a header, a payload and the key's signature. */
OAUTH2_UNUSED static oauth2_str_t
keys_token(oauth2_pool_t *pool, const oauth2_key_t *key, const char *header,
    const char *payload)
{
    u_char        signature[OAUTH2_SIGNATURE_MAX];
    size_t        len;
    unsigned      left;
    oauth2_str_t  input, token;
    oauth2_buf_t  b;

    left = oauth2_pool_fail_at(0);
    oauth2_buf_init(&b, pool, 65536);
    oauth2_buf_write_base64url(&b, oauth2_str_of(header));
    oauth2_buf_write_byte(&b, '.');
    oauth2_buf_write_base64url(&b, oauth2_str_of(payload));
    assert_int_equal(b.rc, OAUTH2_OK);

    input.data = b.data;
    input.len = b.len;
    assert_int_equal(oauth2_jwt_signature_write(key, input, signature, &len),
                     OAUTH2_OK);

    oauth2_buf_write_byte(&b, '.');
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { len, signature });
    assert_int_equal(oauth2_buf_done(&b, &token), OAUTH2_OK);
    (void) oauth2_pool_fail_at(left);

    return token;
}

#endif
