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

#define SUBJECT_BLOCK  OAUTH2_UUID_SIZE

static oauth2_rc_e subject_cipher(const u_char *key, oauth2_str_t sector,
    bool encrypt, const u_char *in, u_char *out);


oauth2_rc_e
oauth2_subject_write(oauth2_pool_t *pool,
    const u_char key[OAUTH2_SHA256_LEN], oauth2_str_t sector,
    oauth2_str_t user_id, oauth2_str_t *subject)
{
    u_char        in[SUBJECT_BLOCK], out[SUBJECT_BLOCK];
    oauth2_rc_e   rc;
    oauth2_buf_t  b;

    if (!oauth2_uuid_parse(user_id, in)) {
        return OAUTH2_BAD;
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
    char          id[OAUTH2_UUID_LEN + 1];
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

    oauth2_uuid_write_bytes(out, id);

    return oauth2_pool_copy(pool, oauth2_str_of(id), user_id);
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
