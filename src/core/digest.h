/* SPDX-License-Identifier: MIT */

/*
 * Digests, keyed digests, randomness and sealing, all by OpenSSL.
 */

#ifndef OAUTH2_DIGEST_H
#define OAUTH2_DIGEST_H

#include "pool.h"

#define OAUTH2_SHA256_LEN   32
#define OAUTH2_SECRET_LEN   32     /* bytes of a random secret */
#define OAUTH2_KEY_ID_LEN   8      /* characters that name a seal key */

/*
 * The server key (oauth2_token_key) and what is derived from it by
 * HKDF-SHA-256 (RFC 5869), one key a purpose.  The file holds 32 bytes in
 * hexadecimal or base64url.  id names the key in sealed payloads.  next is
 * an older key, with which nothing is made any more and what it has sealed
 * is opened.
 */
typedef struct oauth2_token_key_s  oauth2_token_key_t;

struct oauth2_token_key_s {
    u_char  mail[OAUTH2_SHA256_LEN];
    u_char  seal[OAUTH2_SHA256_LEN];
    u_char  csrf[OAUTH2_SHA256_LEN];
    u_char  idempotency[OAUTH2_SHA256_LEN];
    u_char  refresh[OAUTH2_SHA256_LEN];
    u_char  client[OAUTH2_SHA256_LEN];
    u_char  subject[OAUTH2_SHA256_LEN];
    u_char  opaque[OAUTH2_SHA256_LEN];
    u_char  keys[OAUTH2_SHA256_LEN];
    u_char  nonce[OAUTH2_SHA256_LEN];
    char    id[OAUTH2_KEY_ID_LEN + 1];

    const oauth2_token_key_t  *next;
};


OAUTH2_MUST_USE oauth2_rc_e oauth2_sha256(oauth2_str_t s,
    u_char digest[OAUTH2_SHA256_LEN]);

/* The digest as 64 hexadecimal digits, as tables hold it. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_sha256_hex(oauth2_pool_t *pool,
    oauth2_str_t s, oauth2_str_t *hex);

OAUTH2_MUST_USE oauth2_rc_e oauth2_hmac_sha256(
    const u_char key[OAUTH2_SHA256_LEN], oauth2_str_t s,
    u_char digest[OAUTH2_SHA256_LEN]);

/*
 * Frees what OpenSSL keeps for the calling thread, which may go on using it.
 * A thread that ends does so by itself, but then it may do so while the
 * process ends, and the same is freed there.
 */
void oauth2_digest_thread_done(void);

/* OAUTH2_NOMEM when the system has no randomness to give. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_random(u_char *p, size_t size);

/* A fresh secret of 256 bits as 43 characters of base64url. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_random_secret(oauth2_pool_t *pool,
    oauth2_str_t *secret);

/* OAUTH2_BAD: not 32 bytes in one of the two forms (blanks at the ends
 * are allowed). */
OAUTH2_MUST_USE oauth2_rc_e oauth2_token_key_init(oauth2_token_key_t *key,
    oauth2_str_t file_text);

/* The key of an id: this one, or one of those after it; NULL for none. */
const oauth2_token_key_t *oauth2_token_key_find(
    const oauth2_token_key_t *key, oauth2_str_t id);

/*
 * The token that a mail carries: base64url of HMAC-SHA-256 over kind, a
 * zero byte and the operation id.  The same operation, the same token, so
 * that nothing need keep it.  Kinds: "verification", "reset".
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_token_derive(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, oauth2_str_t kind,
    oauth2_str_t operation_id, oauth2_str_t *token);

/*
 * AES-256-GCM: 12 bytes of nonce, the ciphertext, 16 bytes of tag.  aad is
 * authenticated and not stored.  Opening answers OAUTH2_BAD for anything
 * but what was sealed with the same key and aad.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_seal_write(oauth2_pool_t *pool,
    const u_char key[OAUTH2_SHA256_LEN], oauth2_str_t aad,
    oauth2_str_t plain, oauth2_str_t *sealed);
OAUTH2_MUST_USE oauth2_rc_e oauth2_seal_parse(oauth2_pool_t *pool,
    const u_char key[OAUTH2_SHA256_LEN], oauth2_str_t aad,
    oauth2_str_t sealed, oauth2_str_t *plain);

#endif
