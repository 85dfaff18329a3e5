/* SPDX-License-Identifier: MIT */

/* Secrets of clients, sealed. */

#include "str.h"
#include "buf.h"
#include "encode.h"
#include "secret.h"

#define SECRET_MAX  8192     /* bytes of a sealed one */


oauth2_rc_e
oauth2_secret_seal(oauth2_pool_t *pool, const oauth2_token_key_t *keys,
    oauth2_str_t client_id, oauth2_str_t secret, oauth2_str_t *sealed)
{
    oauth2_rc_e   rc;
    oauth2_str_t  bytes;
    oauth2_buf_t  b;

    rc = oauth2_seal_write(pool, keys->client, client_id, secret, &bytes);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&b, pool, SECRET_MAX);
    oauth2_buf_write_c(&b, keys->id);
    oauth2_buf_write_byte(&b, '.');
    oauth2_buf_write_base64url(&b, bytes);

    return oauth2_buf_done(&b, sealed);
}


oauth2_rc_e
oauth2_secret_open(oauth2_pool_t *pool, const oauth2_token_key_t *keys,
    oauth2_str_t client_id, oauth2_str_t sealed, oauth2_str_t *secret)
{
    oauth2_rc_e                rc;
    oauth2_str_t               id, text, bytes;
    const oauth2_token_key_t  *key;

    if (sealed.len <= OAUTH2_KEY_ID_LEN
        || sealed.data[OAUTH2_KEY_ID_LEN] != '.')
    {
        return OAUTH2_BAD;
    }

    id.data = sealed.data;
    id.len = OAUTH2_KEY_ID_LEN;
    text.data = sealed.data + id.len + 1;
    text.len = sealed.len - id.len - 1;
    key = oauth2_token_key_find(keys, id);

    if (key == NULL) {
        return OAUTH2_BAD;
    }

    rc = oauth2_encode_parse_base64url(pool, text, &bytes);

    return (rc == OAUTH2_OK)
           ? oauth2_seal_parse(pool, key->client, client_id, bytes, secret)
           : rc;
}
