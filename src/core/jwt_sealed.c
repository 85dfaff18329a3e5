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
static oauth2_rc_e sealed_write(oauth2_pool_t *pool,
    oauth2_pool_t *temporary, const oauth2_token_key_t *by,
    oauth2_str_t pem, oauth2_sealed_key_t *sealed);
static oauth2_rc_e sealed_open(oauth2_pool_t *pool,
    const oauth2_token_key_t *by, const oauth2_sealed_key_t *sealed,
    oauth2_str_t *pem);
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


oauth2_rc_e
oauth2_sealed_key_again(oauth2_pool_t *pool, const oauth2_token_key_t *keys,
    const oauth2_sealed_key_t *sealed, oauth2_sealed_key_t *again)
{
    oauth2_rc_e                rc;
    oauth2_str_t               pem;
    oauth2_pool_t             *temporary;
    oauth2_sealed_key_t        made;
    const oauth2_token_key_t  *by;

    by = oauth2_token_key_find(keys, sealed->sealed_by);

    if (by == NULL || by == keys) {
        return OAUTH2_NONE;
    }

    temporary = oauth2_pool_create();

    if (temporary == NULL) {
        return OAUTH2_NOMEM;
    }

    made = *sealed;
    rc = sealed_open(temporary, by, sealed, &pem);

    if (rc == OAUTH2_OK) {
        rc = sealed_write(pool, temporary, keys, pem, &made);
    }

    if (rc == OAUTH2_OK) {
        *again = made;
    }

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
    oauth2_str_t          pem;
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
    rc = sealed_write(pool, temporary, by, pem, &made);

    if (rc == OAUTH2_OK) {
        *sealed = made;
    }

    return rc;
}


/* Seals the text under the names that are there. */
static oauth2_rc_e
sealed_write(oauth2_pool_t *pool, oauth2_pool_t *temporary,
    const oauth2_token_key_t *by, oauth2_str_t pem,
    oauth2_sealed_key_t *sealed)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  b;
    oauth2_str_t  names, bytes;

    rc = sealed_names(temporary, sealed->kid, sealed->alg, &names);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_seal_write(temporary, by->keys, names, pem, &bytes);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    sealed->sealed_by = oauth2_str_of(by->id);
    oauth2_buf_init(&b, pool, SEALED_MAX);
    oauth2_buf_write_hex(&b, bytes);

    return oauth2_buf_done(&b, &sealed->sealed);
}


static oauth2_rc_e
sealed_parse(oauth2_pool_t *pool, oauth2_pool_t *temporary,
    const oauth2_token_key_t *by, const oauth2_sealed_key_t *sealed,
    oauth2_key_t **key, const char **why)
{
    oauth2_rc_e    rc;
    oauth2_str_t   pem;
    oauth2_alg_e   alg;
    oauth2_key_t  *k;

    *why = "it was damaged, or is another one's.";

    if (oauth2_alg_parse(sealed->alg, &alg) != OAUTH2_OK) {
        return OAUTH2_BAD;
    }

    rc = sealed_open(temporary, by, sealed, &pem);

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


/* The text of the key, in the pool. */
static oauth2_rc_e
sealed_open(oauth2_pool_t *pool, const oauth2_token_key_t *by,
    const oauth2_sealed_key_t *sealed, oauth2_str_t *pem)
{
    oauth2_rc_e   rc;
    oauth2_str_t  names, bytes;

    rc = oauth2_encode_parse_hex(pool, sealed->sealed, &bytes);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = sealed_names(pool, sealed->kid, sealed->alg, &names);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_seal_parse(pool, by->keys, names, bytes, pem);
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
