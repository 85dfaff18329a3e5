/* SPDX-License-Identifier: MIT */

/*
 * Opaque access tokens.  Half of a digest is enough: 128 bits that nobody
 * can guess (RFC 6749 10.10), and that are tried over the network.
 */

#include "str.h"
#include "buf.h"
#include "encode.h"
#include "opaque.h"

#define OPAQUE_PROOF  (OAUTH2_SHA256_LEN / 2)

typedef struct {
    u_char  id[OAUTH2_UUID_SIZE];
    u_char  proof[OPAQUE_PROOF];
} opaque_t;


static oauth2_rc_e opaque_proof(oauth2_pool_t *pool, const u_char *key,
    oauth2_str_t issuer, opaque_t *opaque);


oauth2_rc_e
oauth2_opaque_write(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    oauth2_str_t issuer, oauth2_str_t token_id, oauth2_str_t *token)
{
    opaque_t      opaque;
    oauth2_rc_e   rc;
    oauth2_buf_t  b;

    if (!oauth2_uuid_parse(token_id, opaque.id)) {
        return OAUTH2_BAD;
    }

    rc = opaque_proof(pool, key->opaque, issuer, &opaque);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&b, pool, OAUTH2_OPAQUE_LEN);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) {
        sizeof(opaque), (u_char *) &opaque });

    return oauth2_buf_done(&b, token);
}


oauth2_rc_e
oauth2_opaque_parse(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    oauth2_str_t issuer, oauth2_str_t token, oauth2_str_t *token_id)
{
    char          id[OAUTH2_UUID_LEN + 1];
    opaque_t      opaque;
    oauth2_rc_e   rc;
    oauth2_str_t  bytes;

    if (token.len != OAUTH2_OPAQUE_LEN) {
        return OAUTH2_BAD;
    }

    rc = oauth2_encode_parse_base64url(pool, token, &bytes);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    for ( /* void */ ; key != NULL; key = key->next) {
        memcpy(opaque.id, bytes.data, sizeof(opaque.id));
        rc = opaque_proof(pool, key->opaque, issuer, &opaque);

        if (rc != OAUTH2_OK) {
            return rc;
        }

        if (oauth2_str_same_secret(bytes, (oauth2_str_t) {
                sizeof(opaque), (u_char *) &opaque }))
        {
            oauth2_uuid_write_bytes(opaque.id, id);
            return oauth2_pool_copy(pool, oauth2_str_of(id), token_id);
        }
    }

    return OAUTH2_BAD;
}


static oauth2_rc_e
opaque_proof(oauth2_pool_t *pool, const u_char *key, oauth2_str_t issuer,
    opaque_t *opaque)
{
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e   rc;
    oauth2_buf_t  b;
    oauth2_str_t  message;

    oauth2_buf_init(&b, pool, issuer.len + 1 + OAUTH2_UUID_SIZE);
    oauth2_buf_write(&b, issuer);
    oauth2_buf_write_byte(&b, '\0');
    oauth2_buf_write(&b, (oauth2_str_t) { sizeof(opaque->id), opaque->id });
    rc = oauth2_buf_done(&b, &message);

    if (rc == OAUTH2_OK) {
        rc = oauth2_hmac_sha256(key, message, digest);
    }

    if (rc == OAUTH2_OK) {
        memcpy(opaque->proof, digest, sizeof(opaque->proof));
    }

    return rc;
}
