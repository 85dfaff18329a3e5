/* SPDX-License-Identifier: MIT */

/*
 * Digests, keys derived from the server key, and sealing.  OpenSSL fails
 * here only for lack of memory, hence OAUTH2_NOMEM.
 */

#include "str.h"
#include "buf.h"
#include "digest.h"
#include "encode.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#define DIGEST_NONCE  12
#define DIGEST_TAG    16


static oauth2_rc_e digest_derive_all(oauth2_token_key_t *key,
    oauth2_str_t master);
static oauth2_rc_e digest_hkdf(oauth2_str_t master, oauth2_str_t salt,
    oauth2_str_t info, u_char *p, size_t size);
static oauth2_rc_e digest_seal(const u_char *key, const u_char *nonce,
    oauth2_str_t aad, oauth2_str_t plain, u_char *sealed);
static oauth2_rc_e digest_open(EVP_CIPHER_CTX *ctx, const u_char *key,
    oauth2_str_t aad, oauth2_str_t sealed, u_char *plain);


oauth2_rc_e
oauth2_sha256(oauth2_str_t s, u_char digest[OAUTH2_SHA256_LEN])
{
    if (EVP_Digest(s.data, s.len, digest, NULL, EVP_sha256(), NULL) != 1) {
        return OAUTH2_NOMEM;
    }

    return OAUTH2_OK;
}


oauth2_rc_e
oauth2_sha256_hex(oauth2_pool_t *pool, oauth2_str_t s, oauth2_str_t *hex)
{
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_buf_t  b;

    if (oauth2_sha256(s, digest) != OAUTH2_OK) {
        return OAUTH2_NOMEM;
    }

    oauth2_buf_init(&b, pool, OAUTH2_SHA256_LEN * 2);
    oauth2_buf_write_hex(&b, (oauth2_str_t) { sizeof(digest), digest });

    return oauth2_buf_done(&b, hex);
}


oauth2_rc_e
oauth2_hmac_sha256(const u_char key[OAUTH2_SHA256_LEN], oauth2_str_t s,
    u_char digest[OAUTH2_SHA256_LEN])
{
    if (HMAC(EVP_sha256(), key, OAUTH2_SHA256_LEN, s.data, s.len, digest,
             NULL)
        == NULL)
    {
        return OAUTH2_NOMEM;
    }

    return OAUTH2_OK;
}


void
oauth2_digest_thread_done(void)
{
    OPENSSL_thread_stop();
}


oauth2_rc_e
oauth2_random(u_char *p, size_t size)
{
    if (size > INT_MAX || RAND_bytes(p, (int) size) != 1) {
        return OAUTH2_NOMEM;
    }

    return OAUTH2_OK;
}


oauth2_rc_e
oauth2_random_secret(oauth2_pool_t *pool, oauth2_str_t *secret)
{
    u_char        bytes[OAUTH2_SECRET_LEN];
    oauth2_rc_e   rc;
    oauth2_buf_t  b;

    if (oauth2_random(bytes, sizeof(bytes)) != OAUTH2_OK) {
        return OAUTH2_NOMEM;
    }

    oauth2_buf_init(&b, pool, OAUTH2_SECRET_LEN * 2);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { sizeof(bytes), bytes });
    rc = oauth2_buf_done(&b, secret);
    oauth2_wipe(bytes, sizeof(bytes));

    return rc;
}


oauth2_rc_e
oauth2_token_key_init(oauth2_token_key_t *key, oauth2_str_t file_text)
{
    oauth2_rc_e     rc;
    oauth2_str_t    text, master;
    oauth2_pool_t  *pool;

    pool = oauth2_pool_create();

    if (pool == NULL) {
        return OAUTH2_NOMEM;
    }

    text = oauth2_str_trim_lines(file_text);
    rc = (text.len == OAUTH2_SHA256_LEN * 2)
         ? oauth2_encode_parse_hex(pool, text, &master)
         : oauth2_encode_parse_base64url(pool, text, &master);

    if (rc == OAUTH2_OK) {
        rc = (master.len == OAUTH2_SHA256_LEN)
             ? digest_derive_all(key, master) : OAUTH2_BAD;
    }

    oauth2_pool_release(pool);

    return rc;
}


const oauth2_token_key_t *
oauth2_token_key_find(const oauth2_token_key_t *key, oauth2_str_t id)
{
    while (key != NULL && !oauth2_str_same(id, oauth2_str_of(key->id))) {
        key = key->next;
    }

    return key;
}


oauth2_rc_e
oauth2_token_derive(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    oauth2_str_t kind, oauth2_str_t operation_id, oauth2_str_t *token)
{
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e   rc;
    oauth2_str_t  message;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, 1024);
    oauth2_buf_write(&b, kind);
    oauth2_buf_write_byte(&b, '\0');
    oauth2_buf_write(&b, operation_id);
    rc = oauth2_buf_done(&b, &message);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (oauth2_hmac_sha256(key->mail, message, digest) != OAUTH2_OK) {
        return OAUTH2_NOMEM;
    }

    oauth2_buf_init(&b, pool, OAUTH2_SHA256_LEN * 2);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { sizeof(digest), digest });
    oauth2_wipe(digest, sizeof(digest));

    return oauth2_buf_done(&b, token);
}


oauth2_rc_e
oauth2_seal_write(oauth2_pool_t *pool, const u_char key[OAUTH2_SHA256_LEN],
    oauth2_str_t aad, oauth2_str_t plain, oauth2_str_t *sealed)
{
    u_char  *data;
    size_t   size;

    if (plain.len > INT_MAX || aad.len > INT_MAX) {
        return OAUTH2_BAD;
    }

    size = DIGEST_NONCE + plain.len + DIGEST_TAG;
    data = oauth2_pool_alloc(pool, size);

    if (data == NULL || oauth2_random(data, DIGEST_NONCE) != OAUTH2_OK
        || digest_seal(key, data, aad, plain, data + DIGEST_NONCE)
           != OAUTH2_OK)
    {
        return OAUTH2_NOMEM;
    }

    sealed->data = data;
    sealed->len = size;

    return OAUTH2_OK;
}


oauth2_rc_e
oauth2_seal_parse(oauth2_pool_t *pool, const u_char key[OAUTH2_SHA256_LEN],
    oauth2_str_t aad, oauth2_str_t sealed, oauth2_str_t *plain)
{
    u_char          *data;
    size_t           size;
    oauth2_rc_e      rc;
    EVP_CIPHER_CTX  *ctx;

    if (sealed.len < DIGEST_NONCE + DIGEST_TAG || sealed.len > INT_MAX
        || aad.len > INT_MAX)
    {
        return OAUTH2_BAD;
    }

    size = sealed.len - DIGEST_NONCE - DIGEST_TAG;
    data = oauth2_pool_alloc(pool, size + 1);

    if (data == NULL) {
        return OAUTH2_NOMEM;
    }

    ctx = EVP_CIPHER_CTX_new();

    if (ctx == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = digest_open(ctx, key, aad, sealed, data);
    EVP_CIPHER_CTX_free(ctx);

    if (rc != OAUTH2_OK) {
        /* nginx reports what is left in OpenSSL's queue as an alert */
        ERR_clear_error();
        oauth2_wipe(data, size);
        return rc;
    }

    plain->data = data;
    plain->len = size;

    return OAUTH2_OK;
}


static oauth2_rc_e
digest_derive_all(oauth2_token_key_t *key, oauth2_str_t master)
{
    u_char              id[OAUTH2_KEY_ID_LEN / 2];
    unsigned            i;
    oauth2_token_key_t  all;

    static const oauth2_str_t  salt = { 10, (u_char *) "oauth2 key" };

    memset(&all, 0, sizeof(all));

    if (digest_hkdf(master, salt, oauth2_str("mail"), all.mail,
                    sizeof(all.mail)) != OAUTH2_OK
        || digest_hkdf(master, salt, oauth2_str("seal"), all.seal,
                       sizeof(all.seal)) != OAUTH2_OK
        || digest_hkdf(master, salt, oauth2_str("csrf"), all.csrf,
                       sizeof(all.csrf)) != OAUTH2_OK
        || digest_hkdf(master, salt, oauth2_str("idempotency"),
                       all.idempotency, sizeof(all.idempotency))
           != OAUTH2_OK
        || digest_hkdf(master, salt, oauth2_str("refresh"), all.refresh,
                       sizeof(all.refresh)) != OAUTH2_OK
        || digest_hkdf(master, salt, oauth2_str("subject"), all.subject,
                       sizeof(all.subject)) != OAUTH2_OK
        || digest_hkdf(master, salt, oauth2_str("opaque"), all.opaque,
                       sizeof(all.opaque)) != OAUTH2_OK
        || digest_hkdf(master, salt, oauth2_str("client"), all.client,
                       sizeof(all.client)) != OAUTH2_OK
        || digest_hkdf(master, salt, oauth2_str("keys"), all.keys,
                       sizeof(all.keys)) != OAUTH2_OK
        || digest_hkdf(master, salt, oauth2_str("nonce"), all.nonce,
                       sizeof(all.nonce)) != OAUTH2_OK
        || digest_hkdf(master, salt, oauth2_str("id"), id, sizeof(id))
           != OAUTH2_OK)
    {
        oauth2_wipe(&all, sizeof(all));
        return OAUTH2_NOMEM;
    }

    for (i = 0; i < sizeof(id); i++) {
        all.id[i * 2] = "0123456789abcdef"[id[i] >> 4];
        all.id[i * 2 + 1] = "0123456789abcdef"[id[i] & 15];
    }

    all.id[OAUTH2_KEY_ID_LEN] = '\0';
    all.next = NULL;
    *key = all;
    oauth2_wipe(&all, sizeof(all));

    return OAUTH2_OK;
}


static oauth2_rc_e
digest_hkdf(oauth2_str_t master, oauth2_str_t salt, oauth2_str_t info,
    u_char *p, size_t size)
{
    int            rc;
    EVP_KDF       *kdf;
    OSSL_PARAM     params[5];
    EVP_KDF_CTX   *ctx;

    kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);

    if (kdf == NULL) {
        return OAUTH2_NOMEM;
    }

    ctx = EVP_KDF_CTX_new(kdf);
    EVP_KDF_free(kdf);

    if (ctx == NULL) {
        return OAUTH2_NOMEM;
    }

    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                                 (char *) "SHA256", 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
                                                  master.data, master.len);
    params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
                                                  salt.data, salt.len);
    params[3] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
                                                  info.data, info.len);
    params[4] = OSSL_PARAM_construct_end();

    rc = EVP_KDF_derive(ctx, p, size, params);
    EVP_KDF_CTX_free(ctx);

    return (rc == 1) ? OAUTH2_OK : OAUTH2_NOMEM;
}


/* Writes the ciphertext and the tag; lengths were checked. */
static oauth2_rc_e
digest_seal(const u_char *key, const u_char *nonce, oauth2_str_t aad,
    oauth2_str_t plain, u_char *sealed)
{
    int              n;
    bool             ok;
    EVP_CIPHER_CTX  *ctx;

    ctx = EVP_CIPHER_CTX_new();

    if (ctx == NULL) {
        return OAUTH2_NOMEM;
    }

    ok = EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1
         && (aad.len == 0
             || EVP_EncryptUpdate(ctx, NULL, &n, aad.data, (int) aad.len)
                == 1)
         && (plain.len == 0
             || EVP_EncryptUpdate(ctx, sealed, &n, plain.data,
                                  (int) plain.len) == 1)
         && EVP_EncryptFinal_ex(ctx, sealed + plain.len, &n) == 1
         && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, DIGEST_TAG,
                                sealed + plain.len) == 1;

    EVP_CIPHER_CTX_free(ctx);

    return ok ? OAUTH2_OK : OAUTH2_NOMEM;
}


static oauth2_rc_e
digest_open(EVP_CIPHER_CTX *ctx, const u_char *key, oauth2_str_t aad,
    oauth2_str_t sealed, u_char *plain)
{
    int      n;
    u_char  *tag;
    size_t   size;

    tag = sealed.data + sealed.len - DIGEST_TAG;
    size = sealed.len - DIGEST_NONCE - DIGEST_TAG;

    if (EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, sealed.data)
        != 1)
    {
        return OAUTH2_NOMEM;
    }

    if (aad.len > 0
        && EVP_DecryptUpdate(ctx, NULL, &n, aad.data, (int) aad.len) != 1)
    {
        return OAUTH2_NOMEM;
    }

    if (size > 0
        && EVP_DecryptUpdate(ctx, plain, &n, sealed.data + DIGEST_NONCE,
                             (int) size) != 1)
    {
        return OAUTH2_NOMEM;
    }

    if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, DIGEST_TAG, tag) != 1)
    {
        return OAUTH2_NOMEM;
    }

    return (EVP_DecryptFinal_ex(ctx, plain + size, &n) == 1) ? OAUTH2_OK
                                                             : OAUTH2_BAD;
}
