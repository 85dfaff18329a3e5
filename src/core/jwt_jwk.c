/* SPDX-License-Identifier: MIT */

/*
 * Writing keys as JWK, with the thumbprint that names them (RFC 7638), and
 * taking a key out of the JWK set of somebody else.
 */

#include "str.h"
#include "json.h"
#include "digest.h"
#include "jwt_key.h"
#include "json_scan.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#define JWK_P256_LEN     32
#define JWK_ED25519_LEN  32


static oauth2_rc_e jwk_write_numbers(oauth2_pool_t *pool,
    const oauth2_key_t *key, oauth2_str_t *first, oauth2_str_t *second);
static oauth2_rc_e jwk_write_number(oauth2_pool_t *pool,
    const oauth2_key_t *key, const char *param, oauth2_str_t *text);
static oauth2_rc_e jwk_write_point(oauth2_pool_t *pool,
    const oauth2_key_t *key, oauth2_str_t *text);
static oauth2_rc_e jwk_write_bytes(oauth2_pool_t *pool, oauth2_str_t bytes,
    oauth2_str_t *text);
static oauth2_rc_e jwk_write_public(oauth2_pool_t *pool, oauth2_key_t *key,
    oauth2_str_t first, oauth2_str_t second);
static oauth2_rc_e jwk_write_members(oauth2_pool_t *pool,
    const oauth2_key_t *key, oauth2_str_t first, oauth2_str_t second,
    oauth2_str_t *members);
static oauth2_rc_e jwk_write_id(oauth2_pool_t *pool, oauth2_key_t *key);

static oauth2_rc_e jwk_find(oauth2_pool_t *pool, oauth2_str_t array,
    oauth2_str_t kid, oauth2_alg_e alg, oauth2_key_t **keys, size_t *count);
static oauth2_rc_e jwk_check_kid(oauth2_str_t jwk, oauth2_str_t kid);


oauth2_rc_e
oauth2_key_describe(oauth2_pool_t *pool, oauth2_key_t *key)
{
    oauth2_rc_e   rc;
    oauth2_str_t  first, second;

    rc = jwk_write_numbers(pool, key, &first, &second);

    return (rc == OAUTH2_OK) ? jwk_write_public(pool, key, first, second)
                             : rc;
}


oauth2_rc_e
oauth2_jwks_find(oauth2_pool_t *pool, oauth2_str_t jwks, oauth2_str_t kid,
    oauth2_alg_e alg, oauth2_key_t *keys[OAUTH2_JWKS_TRIED_MAX],
    size_t *count)
{
    oauth2_rc_e                  rc;
    oauth2_pool_t               *scan;
    oauth2_json_members_t        list;
    const oauth2_json_member_t  *member;

    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = oauth2_json_scan_rc(scan, jwks, &list);

    if (rc == OAUTH2_OK) {
        member = oauth2_json_member(&list, "keys");
        rc = (member == NULL || member->type != OAUTH2_JSON_NESTED
              || member->value.data[0] != '[')
             ? OAUTH2_BAD
             : jwk_find(pool, member->value, kid, alg, keys, count);
    }

    oauth2_pool_release(scan);

    return rc;
}


oauth2_rc_e
oauth2_jwks_check(oauth2_pool_t *pool, oauth2_str_t jwks, oauth2_alg_e alg,
    const oauth2_jwt_t *jwt)
{
    size_t         i, count;
    oauth2_rc_e    rc;
    oauth2_key_t  *keys[OAUTH2_JWKS_TRIED_MAX];

    if (jwt->alg != alg) {
        return OAUTH2_BAD;
    }

    rc = oauth2_jwks_find(pool, jwks, jwt->kid, alg, keys, &count);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = OAUTH2_BAD;

    for (i = 0; i < count && rc == OAUTH2_BAD; i++) {
        rc = oauth2_jwt_check(keys[i], jwt);
    }

    return rc;
}


/* The second is absent for Ed25519. */
static oauth2_rc_e
jwk_write_numbers(oauth2_pool_t *pool, const oauth2_key_t *key,
    oauth2_str_t *first, oauth2_str_t *second)
{
    bool         ec;
    oauth2_rc_e  rc;

    if (key->alg == OAUTH2_EDDSA) {
        *second = oauth2_str_null;
        return jwk_write_point(pool, key, first);
    }

    ec = key->alg == OAUTH2_ES256;
    rc = jwk_write_number(pool, key, ec ? OSSL_PKEY_PARAM_EC_PUB_X
                                        : OSSL_PKEY_PARAM_RSA_E, first);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return jwk_write_number(pool, key, ec ? OSSL_PKEY_PARAM_EC_PUB_Y
                                          : OSSL_PKEY_PARAM_RSA_N, second);
}


/* Coordinates have a fixed length (RFC 7518 6.2.1.2), n and e have not. */
static oauth2_rc_e
jwk_write_number(oauth2_pool_t *pool, const oauth2_key_t *key,
    const char *param, oauth2_str_t *text)
{
    int      len;
    BIGNUM  *n;
    u_char   bytes[OAUTH2_RSA_MAX / 8];

    n = NULL;

    if (EVP_PKEY_get_bn_param(key->pkey, param, &n) != 1) {
        return OAUTH2_NOMEM;
    }

    len = (key->alg == OAUTH2_ES256) ? JWK_P256_LEN : BN_num_bytes(n);

    if (BN_num_bytes(n) > len || len > (int) sizeof(bytes)) {
        len = -1;

    } else {
        len = BN_bn2binpad(n, bytes, len);
    }

    BN_free(n);

    if (len < 0) {
        return OAUTH2_NOMEM;
    }

    return jwk_write_bytes(pool, (oauth2_str_t) { (size_t) len, bytes },
                           text);
}


/* RFC 8037 2 */
static oauth2_rc_e
jwk_write_point(oauth2_pool_t *pool, const oauth2_key_t *key,
    oauth2_str_t *text)
{
    size_t  len;
    u_char  bytes[JWK_ED25519_LEN];

    len = sizeof(bytes);

    if (EVP_PKEY_get_raw_public_key(key->pkey, bytes, &len) != 1) {
        return OAUTH2_NOMEM;
    }

    return jwk_write_bytes(pool, (oauth2_str_t) { len, bytes }, text);
}


static oauth2_rc_e
jwk_write_bytes(oauth2_pool_t *pool, oauth2_str_t bytes, oauth2_str_t *text)
{
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, OAUTH2_RSA_MAX / 4);
    oauth2_buf_write_base64url(&b, bytes);

    return oauth2_buf_done(&b, text);
}


static oauth2_rc_e
jwk_write_public(oauth2_pool_t *pool, oauth2_key_t *key, oauth2_str_t first,
    oauth2_str_t second)
{
    u_char         digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e    rc;
    oauth2_str_t   members;
    oauth2_json_t  j;

    rc = jwk_write_members(pool, key, first, second, &members);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (oauth2_sha256(members, digest) != OAUTH2_OK) {
        return OAUTH2_NOMEM;
    }

    rc = jwk_write_bytes(pool, (oauth2_str_t) { sizeof(digest), digest },
                         &key->thumbprint);

    if (rc == OAUTH2_OK) {
        rc = jwk_write_id(pool, key);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, pool, OAUTH2_JWT_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_members(&j, members);
    oauth2_json_str(&j, "kid", key->id);
    oauth2_json_c(&j, "use", "sig");
    oauth2_json_c(&j, "alg", oauth2_key_alg_name(key));
    oauth2_json_close(&j);

    return oauth2_json_done(&j, &key->jwk);
}


/*
 * The members of RFC 7638 3.2 (RFC 8037 2 for OKP), in alphabetical order
 * and without white space, are what the thumbprint is of; the JWK adds to
 * them.
 */
static oauth2_rc_e
jwk_write_members(oauth2_pool_t *pool, const oauth2_key_t *key,
    oauth2_str_t first, oauth2_str_t second, oauth2_str_t *members)
{
    oauth2_json_t  j;

    oauth2_json_init(&j, pool, OAUTH2_JWT_MAX);
    oauth2_json_open(&j, NULL);

    switch (key->alg) {

    case OAUTH2_EDDSA:
        oauth2_json_c(&j, "crv", "Ed25519");
        oauth2_json_c(&j, "kty", "OKP");
        oauth2_json_str(&j, "x", first);
        break;

    case OAUTH2_ES256:
        oauth2_json_c(&j, "crv", "P-256");
        oauth2_json_c(&j, "kty", "EC");
        oauth2_json_str(&j, "x", first);
        oauth2_json_str(&j, "y", second);
        break;

    default:
        oauth2_json_str(&j, "e", first);
        oauth2_json_c(&j, "kty", "RSA");
        oauth2_json_str(&j, "n", second);
    }

    oauth2_json_close(&j);

    return oauth2_json_done(&j, members);
}


static oauth2_rc_e
jwk_write_id(oauth2_pool_t *pool, oauth2_key_t *key)
{
    oauth2_buf_t  b;

    if (key->alg != OAUTH2_PS256) {
        key->id = key->thumbprint;
        return OAUTH2_OK;
    }

    oauth2_buf_init(&b, pool, OAUTH2_SHA256_LEN * 2);
    oauth2_buf_write(&b, key->thumbprint);
    oauth2_buf_write_c(&b, "-PS256");

    return oauth2_buf_done(&b, &key->id);
}


static oauth2_rc_e
jwk_find(oauth2_pool_t *pool, oauth2_str_t array, oauth2_str_t kid,
    oauth2_alg_e alg, oauth2_key_t **keys, size_t *count)
{
    size_t        n, found;
    oauth2_rc_e   rc;
    oauth2_str_t  jwk;

    found = 0;

    for (n = 0; n < OAUTH2_JWKS_KEYS_MAX && found < OAUTH2_JWKS_TRIED_MAX;
         n++)
    {
        if (!oauth2_json_next(&array, &jwk)) {
            break;
        }

        rc = jwk_check_kid(jwk, kid);

        if (rc == OAUTH2_OK) {
            rc = oauth2_key_parse_jwk(pool, jwk, alg, &keys[found]);
        }

        if (rc == OAUTH2_NOMEM) {
            return rc;
        }

        if (rc == OAUTH2_OK) {
            found++;
        }
    }

    *count = found;

    return (found > 0) ? OAUTH2_OK : OAUTH2_NONE;
}


/* No kid asked for: any key will do. */
static oauth2_rc_e
jwk_check_kid(oauth2_str_t jwk, oauth2_str_t kid)
{
    oauth2_rc_e     rc;
    oauth2_str_t    value;
    oauth2_pool_t  *scan;

    if (kid.data == NULL) {
        return OAUTH2_OK;
    }

    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = oauth2_json_find(scan, jwk, "kid", &value);

    if (rc == OAUTH2_OK && !oauth2_str_same(value, kid)) {
        rc = OAUTH2_NONE;
    }

    oauth2_pool_release(scan);

    return rc;
}
