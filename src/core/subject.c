/* SPDX-License-Identifier: MIT */

/*
 * Pairwise subjects.  A UUID is one block of AES, so the cipher alone is a
 * permutation of all ids under the sector's key: no two users of a sector
 * share a subject, and only who has the key can go back.
 */

#include "str.h"
#include "buf.h"
#include "encode.h"
#include "subject.h"

#include <openssl/evp.h>

#define SUBJECT_BLOCK  16

static oauth2_rc_e subject_cipher(const u_char *key, oauth2_str_t sector,
    bool encrypt, const u_char *in, u_char *out);
static oauth2_rc_e subject_read_uuid(oauth2_pool_t *pool, oauth2_str_t id,
    u_char block[SUBJECT_BLOCK]);
static oauth2_rc_e subject_write_uuid(oauth2_pool_t *pool,
    u_char block[SUBJECT_BLOCK], oauth2_str_t *id);


oauth2_rc_e
oauth2_subject_write(oauth2_pool_t *pool,
    const u_char key[OAUTH2_SHA256_LEN], oauth2_str_t sector,
    oauth2_str_t user_id, oauth2_str_t *subject)
{
    u_char        in[SUBJECT_BLOCK], out[SUBJECT_BLOCK];
    oauth2_rc_e   rc;
    oauth2_buf_t  b;

    rc = subject_read_uuid(pool, user_id, in);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = subject_cipher(key, sector, true, in, out);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&b, pool, SUBJECT_BLOCK * 2);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { sizeof(out), out });

    return oauth2_buf_done(&b, subject);
}


oauth2_rc_e
oauth2_subject_parse(oauth2_pool_t *pool,
    const u_char key[OAUTH2_SHA256_LEN], oauth2_str_t sector,
    oauth2_str_t subject, oauth2_str_t *user_id)
{
    u_char        out[SUBJECT_BLOCK];
    oauth2_rc_e   rc;
    oauth2_str_t  bytes;

    rc = oauth2_encode_parse_base64url(pool, subject, &bytes);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (bytes.len != SUBJECT_BLOCK) {
        return OAUTH2_BAD;
    }

    rc = subject_cipher(key, sector, false, bytes.data, out);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return subject_write_uuid(pool, out, user_id);
}


static oauth2_rc_e
subject_cipher(const u_char *key, oauth2_str_t sector, bool encrypt,
    const u_char *in, u_char *out)
{
    int              n;
    bool             ok;
    u_char           own[OAUTH2_SHA256_LEN];
    EVP_CIPHER_CTX  *ctx;

    if (oauth2_hmac_sha256(key, sector, own) != OAUTH2_OK) {
        return OAUTH2_NOMEM;
    }

    ctx = EVP_CIPHER_CTX_new();

    ok = ctx != NULL
         && EVP_CipherInit_ex(ctx, EVP_aes_256_ecb(), NULL, own, NULL,
                              encrypt) == 1
         && EVP_CIPHER_CTX_set_padding(ctx, 0) == 1
         && EVP_CipherUpdate(ctx, out, &n, in, SUBJECT_BLOCK) == 1
         && n == SUBJECT_BLOCK;

    EVP_CIPHER_CTX_free(ctx);
    oauth2_wipe(own, sizeof(own));

    return ok ? OAUTH2_OK : OAUTH2_NOMEM;
}


static oauth2_rc_e
subject_read_uuid(oauth2_pool_t *pool, oauth2_str_t id,
    u_char block[SUBJECT_BLOCK])
{
    size_t        i;
    oauth2_rc_e   rc;
    oauth2_buf_t  b;
    oauth2_str_t  digits, bytes;

    if (!oauth2_uuid_check(id)) {
        return OAUTH2_BAD;
    }

    oauth2_buf_init(&b, pool, SUBJECT_BLOCK * 2);

    for (i = 0; i < id.len; i++) {
        if (id.data[i] != '-') {
            oauth2_buf_write_byte(&b, id.data[i]);
        }
    }

    rc = oauth2_buf_done(&b, &digits);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_encode_parse_hex(pool, digits, &bytes);

    if (rc == OAUTH2_OK) {
        memcpy(block, bytes.data, SUBJECT_BLOCK);
    }

    return rc;
}


static oauth2_rc_e
subject_write_uuid(oauth2_pool_t *pool, u_char block[SUBJECT_BLOCK],
    oauth2_str_t *id)
{
    size_t        i;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, OAUTH2_UUID_LEN);

    for (i = 0; i < SUBJECT_BLOCK; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            oauth2_buf_write_byte(&b, '-');
        }

        oauth2_buf_write_hex(&b, (oauth2_str_t) { 1, block + i });
    }

    return oauth2_buf_done(&b, id);
}
