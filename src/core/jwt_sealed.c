/* SPDX-License-Identifier: MIT */

/* Private keys under the server key; what is in clear is wiped. */

#include "str.h"
#include "buf.h"
#include "encode.h"
#include "jwt_sealed.h"

#define SEALED_MAX  16384     /* bytes of an RSA key with 8192 bits, as hex */


static oauth2_rc_e sealed_make(oauth2_pool_t *pool, oauth2_pool_t *temporary,
    const oauth2_token_key_t *by, oauth2_alg_e alg,
    oauth2_sealed_key_t *sealed);
static oauth2_rc_e sealed_parse(oauth2_pool_t *pool,
    oauth2_pool_t *temporary, const oauth2_token_key_t *by,
    const oauth2_sealed_key_t *sealed, oauth2_key_t **key,
    const char **why);
static oauth2_rc_e sealed_names(oauth2_pool_t *pool, oauth2_str_t kid,
    oauth2_str_t alg, oauth2_str_t *names);


oauth2_rc_e
oauth2_sealed_key_make(oauth2_pool_t *pool, const oauth2_token_key_t *by,
    oauth2_alg_e alg, oauth2_sealed_key_t *sealed)
{
    oauth2_rc_e     rc;
    oauth2_pool_t  *temporary;

    temporary = oauth2_pool_create();

    if (temporary == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = sealed_make(pool, temporary, by, alg, sealed);
    oauth2_pool_release(temporary);

    return rc;
}


oauth2_rc_e
oauth2_sealed_key_parse(oauth2_pool_t *pool, const oauth2_token_key_t *keys,
    const oauth2_sealed_key_t *sealed, oauth2_key_t **key, const char **why)
{
    oauth2_rc_e                rc;
    oauth2_pool_t             *temporary;
    const oauth2_token_key_t  *by;

    by = oauth2_token_key_find(keys, sealed->sealed_by);

    if (by == NULL) {
        *why = "it is sealed under another oauth2_token_key.";
        return OAUTH2_BAD;
    }

    temporary = oauth2_pool_create();

    if (temporary == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = sealed_parse(pool, temporary, by, sealed, key, why);
    oauth2_pool_release(temporary);

    return rc;
}


static oauth2_rc_e
sealed_make(oauth2_pool_t *pool, oauth2_pool_t *temporary,
    const oauth2_token_key_t *by, oauth2_alg_e alg,
    oauth2_sealed_key_t *sealed)
{
    const char           *why;
    oauth2_rc_e           rc;
    oauth2_buf_t          b;
    oauth2_str_t          pem, names, bytes;
    oauth2_key_t         *key;
    oauth2_sealed_key_t   made;

    rc = oauth2_key_generate(temporary, alg, &pem);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_key_init_alg(temporary, pem, alg, &key, &why);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_pool_copy(pool, oauth2_key_id(key), &made.kid);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    made.alg = oauth2_str_of(oauth2_alg_name(alg));
    made.sealed_by = oauth2_str_of(by->id);
    rc = sealed_names(temporary, made.kid, made.alg, &names);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_seal_write(temporary, by->keys, names, pem, &bytes);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&b, pool, SEALED_MAX);
    oauth2_buf_write_hex(&b, bytes);
    rc = oauth2_buf_done(&b, &made.sealed);

    if (rc == OAUTH2_OK) {
        *sealed = made;
    }

    return rc;
}


static oauth2_rc_e
sealed_parse(oauth2_pool_t *pool, oauth2_pool_t *temporary,
    const oauth2_token_key_t *by, const oauth2_sealed_key_t *sealed,
    oauth2_key_t **key, const char **why)
{
    oauth2_rc_e    rc;
    oauth2_str_t   names, bytes, pem;
    oauth2_alg_e   alg;
    oauth2_key_t  *k;

    *why = "it was damaged, or is another one's.";

    if (oauth2_alg_parse(sealed->alg, &alg) != OAUTH2_OK) {
        return OAUTH2_BAD;
    }

    rc = oauth2_encode_parse_hex(temporary, sealed->sealed, &bytes);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = sealed_names(temporary, sealed->kid, sealed->alg, &names);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_seal_parse(temporary, by->keys, names, bytes, &pem);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_key_init_alg(pool, pem, alg, &k, why);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (!oauth2_str_same(oauth2_key_id(k), sealed->kid)) {
        *why = "it has another name than it should.";
        return OAUTH2_BAD;
    }

    *key = k;

    return OAUTH2_OK;
}


static oauth2_rc_e
sealed_names(oauth2_pool_t *pool, oauth2_str_t kid, oauth2_str_t alg,
    oauth2_str_t *names)
{
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, 1024);
    oauth2_buf_write_c(&b, "signing key");
    oauth2_buf_write_byte(&b, '\0');
    oauth2_buf_write(&b, kid);
    oauth2_buf_write_byte(&b, '\0');
    oauth2_buf_write(&b, alg);

    return oauth2_buf_done(&b, names);
}
