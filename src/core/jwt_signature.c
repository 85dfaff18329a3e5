/* SPDX-License-Identifier: MIT */

/*
 * Tokens and signatures by OpenSSL, with keys that were parsed once.
 */

#include "str.h"
#include "json.h"
#include "digest.h"
#include "jwt_key.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#define SIGNATURE_P256_LEN  32


static oauth2_rc_e signature_write_header(oauth2_pool_t *pool,
    const oauth2_key_t *key, const char *typ, oauth2_str_t *header);
static bool signature_hmac(const oauth2_key_t *key, oauth2_str_t input,
    u_char digest[OAUTH2_SHA256_LEN]);
static bool signature_write_evp(const oauth2_key_t *key, oauth2_str_t input,
    u_char *p, size_t *len);
static bool signature_check_evp(const oauth2_key_t *key, oauth2_str_t input,
    oauth2_str_t signature);
static const EVP_MD *signature_digest(const oauth2_key_t *key);
static bool signature_padding(const oauth2_key_t *key, EVP_PKEY_CTX *pctx);
static bool signature_to_raw(u_char *p, size_t *len);
static bool signature_to_der(oauth2_str_t raw, u_char **der, size_t *len);


oauth2_rc_e
oauth2_jwt_sign_openssl(oauth2_pool_t *pool, const oauth2_key_t *key,
    const char *typ, oauth2_str_t claims, oauth2_str_t *token)
{
    size_t        len;
    u_char        signature[OAUTH2_SIGNATURE_MAX];
    oauth2_rc_e   rc;
    oauth2_str_t  header, input;
    oauth2_buf_t  b;

    rc = signature_write_header(pool, key, typ, &header);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&b, pool, OAUTH2_JWT_MAX);
    oauth2_buf_write_base64url(&b, header);
    oauth2_buf_write_byte(&b, '.');
    oauth2_buf_write_base64url(&b, claims);

    if (b.rc != OAUTH2_OK) {
        return b.rc;
    }

    input.data = b.data;
    input.len = b.len;
    rc = oauth2_jwt_signature_write(key, input, signature, &len);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_write_byte(&b, '.');
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { len, signature });

    return oauth2_buf_done(&b, token);
}


oauth2_rc_e
oauth2_jwt_signature_write(const oauth2_key_t *key, oauth2_str_t input,
    u_char p[OAUTH2_SIGNATURE_MAX], size_t *len)
{
    bool  ok;

    if (key->alg == OAUTH2_HS256) {
        *len = OAUTH2_SHA256_LEN;
        return signature_hmac(key, input, p) ? OAUTH2_OK : OAUTH2_NOMEM;
    }

    ok = signature_write_evp(key, input, p, len)
         && (key->alg != OAUTH2_ES256 || signature_to_raw(p, len));

    /* nginx reports what is left in OpenSSL's queue as an alert */
    ERR_clear_error();

    return ok ? OAUTH2_OK : OAUTH2_NOMEM;
}


oauth2_rc_e
oauth2_jwt_signature_check(const oauth2_key_t *key, oauth2_str_t input,
    oauth2_str_t signature)
{
    bool          ok;
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_str_t  expected;

    if (key->alg != OAUTH2_HS256) {
        ok = signature_check_evp(key, input, signature);
        ERR_clear_error();

        return ok ? OAUTH2_OK : OAUTH2_BAD;
    }

    if (!signature_hmac(key, input, digest)) {
        return OAUTH2_NOMEM;
    }

    expected.data = digest;
    expected.len = sizeof(digest);

    return oauth2_str_same_secret(expected, signature) ? OAUTH2_OK
                                                       : OAUTH2_BAD;
}


static oauth2_rc_e
signature_write_header(oauth2_pool_t *pool, const oauth2_key_t *key,
    const char *typ, oauth2_str_t *header)
{
    oauth2_json_t  j;

    oauth2_json_init(&j, pool, 512);
    oauth2_json_open(&j, NULL);
    oauth2_json_c(&j, "alg", oauth2_key_alg_name(key));
    oauth2_json_c(&j, "typ", typ);

    if (key->id.data != NULL) {
        oauth2_json_str(&j, "kid", key->id);
    }

    oauth2_json_close(&j);

    return oauth2_json_done(&j, header);
}


static bool
signature_hmac(const oauth2_key_t *key, oauth2_str_t input,
    u_char digest[OAUTH2_SHA256_LEN])
{
    return HMAC(EVP_sha256(), key->secret.data, (int) key->secret.len,
                input.data, input.len, digest, NULL)
           != NULL;
}


static bool
signature_write_evp(const oauth2_key_t *key, oauth2_str_t input, u_char *p,
    size_t *len)
{
    bool           ok;
    EVP_MD_CTX    *ctx;
    EVP_PKEY_CTX  *pctx;

    ctx = EVP_MD_CTX_new();

    if (ctx == NULL) {
        return false;
    }

    *len = OAUTH2_SIGNATURE_MAX;
    ok = EVP_DigestSignInit(ctx, &pctx, signature_digest(key), NULL,
                            key->pkey) == 1
         && signature_padding(key, pctx)
         && EVP_DigestSign(ctx, p, len, input.data, input.len) == 1;

    EVP_MD_CTX_free(ctx);

    return ok;
}


static bool
signature_check_evp(const oauth2_key_t *key, oauth2_str_t input,
    oauth2_str_t signature)
{
    bool           ok;
    size_t         len;
    u_char        *der, *p;
    EVP_MD_CTX    *ctx;
    EVP_PKEY_CTX  *pctx;

    der = NULL;
    p = signature.data;
    len = signature.len;

    if (key->alg == OAUTH2_ES256) {
        if (len != SIGNATURE_P256_LEN * 2
            || !signature_to_der(signature, &der, &len))
        {
            return false;
        }

        p = der;
    }

    ctx = EVP_MD_CTX_new();
    ok = ctx != NULL
         && EVP_DigestVerifyInit(ctx, &pctx, signature_digest(key), NULL,
                                 key->pkey)
            == 1
         && signature_padding(key, pctx)
         && EVP_DigestVerify(ctx, p, len, input.data, input.len) == 1;

    EVP_MD_CTX_free(ctx);
    OPENSSL_free(der);

    return ok;
}


/* Ed25519 hashes by itself (RFC 8037 3.1). */
static const EVP_MD *
signature_digest(const oauth2_key_t *key)
{
    return (key->alg == OAUTH2_EDDSA) ? NULL : EVP_sha256();
}


/* RFC 7518 3.5: MGF1 with the same hash, and a salt as long as that. */
static bool
signature_padding(const oauth2_key_t *key, EVP_PKEY_CTX *pctx)
{
    return key->alg != OAUTH2_PS256
           || (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1
               && EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx,
                                                   RSA_PSS_SALTLEN_DIGEST)
                  == 1);
}


/* RFC 7518 3.4: r and s with 32 bytes each, where OpenSSL has DER. */
static bool
signature_to_raw(u_char *p, size_t *len)
{
    bool           ok;
    ECDSA_SIG     *sig;
    const u_char  *der;

    der = p;
    sig = d2i_ECDSA_SIG(NULL, &der, (long) *len);

    if (sig == NULL) {
        return false;
    }

    *len = SIGNATURE_P256_LEN * 2;
    ok = BN_bn2binpad(ECDSA_SIG_get0_r(sig), p, SIGNATURE_P256_LEN)
         == SIGNATURE_P256_LEN
         && BN_bn2binpad(ECDSA_SIG_get0_s(sig), p + SIGNATURE_P256_LEN,
                         SIGNATURE_P256_LEN)
            == SIGNATURE_P256_LEN;

    ECDSA_SIG_free(sig);

    return ok;
}


/* The caller frees *der with OPENSSL_free(). */
static bool
signature_to_der(oauth2_str_t raw, u_char **der, size_t *len)
{
    int         n;
    BIGNUM     *r, *s;
    ECDSA_SIG  *sig;

    sig = ECDSA_SIG_new();
    r = BN_bin2bn(raw.data, SIGNATURE_P256_LEN, NULL);
    s = BN_bin2bn(raw.data + SIGNATURE_P256_LEN, SIGNATURE_P256_LEN, NULL);

    if (sig == NULL || r == NULL || s == NULL
        || ECDSA_SIG_set0(sig, r, s) != 1)
    {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(sig);
        return false;
    }

    n = i2d_ECDSA_SIG(sig, der);
    ECDSA_SIG_free(sig);

    if (n <= 0) {
        return false;
    }

    *len = (size_t) n;

    return true;
}


oauth2_rc_e
oauth2_jwt_half_hash(oauth2_pool_t *pool, oauth2_alg_e alg,
    oauth2_str_t text, oauth2_str_t *hash)
{
    u_char         digest[EVP_MAX_MD_SIZE];
    unsigned       len;
    const EVP_MD  *md;
    oauth2_buf_t   b;

    md = (alg == OAUTH2_EDDSA) ? EVP_sha512() : EVP_sha256();

    if (EVP_Digest(text.data, text.len, digest, &len, md, NULL) != 1) {
        ERR_clear_error();
        return OAUTH2_NOMEM;
    }

    oauth2_buf_init(&b, pool, EVP_MAX_MD_SIZE);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { len / 2, digest });

    return oauth2_buf_done(&b, hash);
}
