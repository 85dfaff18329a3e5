/* SPDX-License-Identifier: MIT */

/* Certificates that their owners signed themselves, among a client's keys
 * (RFC 8705 2.2.2). */

#include "str.h"
#include "buf.h"
#include "certificate_parts.h"
#include "encode.h"
#include "json.h"
#include "jwt_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#define CERTIFICATE_JWK_MAX  16384


static oauth2_rc_e certificate_is(oauth2_pool_t *pool,
    const oauth2_certificate_t *c, oauth2_str_t jwk);
static oauth2_rc_e certificate_is_first(oauth2_pool_t *pool,
    const oauth2_certificate_t *c, oauth2_str_t x5c);
static oauth2_rc_e certificate_string(oauth2_pool_t *pool,
    oauth2_str_t element, oauth2_str_t *text);
static oauth2_rc_e certificate_has_key(oauth2_pool_t *pool,
    const oauth2_certificate_t *c, oauth2_str_t jwk);


oauth2_rc_e
oauth2_certificate_is_among(oauth2_pool_t *pool,
    const oauth2_certificate_t *c, oauth2_str_t jwks)
{
    size_t        n;
    oauth2_rc_e   rc;
    oauth2_str_t  keys, jwk;

    rc = oauth2_json_find(pool, jwks, "keys", &keys);

    if (rc == OAUTH2_NOMEM) {
        return rc;
    }

    if (rc != OAUTH2_OK || keys.len == 0 || keys.data[0] != '[') {
        return OAUTH2_BAD;
    }

    for (n = 0; n < OAUTH2_JWKS_KEYS_MAX; n++) {
        if (!oauth2_json_next(&keys, &jwk)) {
            break;
        }

        rc = certificate_is(pool, c, jwk);

        if (rc == OAUTH2_OK || rc == OAUTH2_NOMEM) {
            return rc;
        }
    }

    return OAUTH2_NONE;
}


/* Anything but OAUTH2_OK and OAUTH2_NOMEM: no. */

static oauth2_rc_e
certificate_is(oauth2_pool_t *pool, const oauth2_certificate_t *c,
    oauth2_str_t jwk)
{
    oauth2_rc_e   rc;
    oauth2_str_t  x5c;

    rc = oauth2_json_find(pool, jwk, "x5c", &x5c);

    if (rc == OAUTH2_OK) {
        return certificate_is_first(pool, c, x5c);
    }

    return (rc == OAUTH2_NONE) ? certificate_has_key(pool, c, jwk) : rc;
}


/* RFC 7517 4.7: base64, not base64url, of the DER. */

static oauth2_rc_e
certificate_is_first(oauth2_pool_t *pool, const oauth2_certificate_t *c,
    oauth2_str_t x5c)
{
    oauth2_rc_e   rc;
    oauth2_str_t  element, text, der;

    if (x5c.len == 0 || x5c.data[0] != '['
        || !oauth2_json_next(&x5c, &element))
    {
        return OAUTH2_BAD;
    }

    rc = certificate_string(pool, element, &text);

    if (rc == OAUTH2_OK) {
        rc = oauth2_encode_parse_base64(pool, text, &der);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_str_same(der, c->der) ? OAUTH2_OK : OAUTH2_NONE;
}


/* An element of an array is not decoded: JSON may write "/" as "\/". */

static oauth2_rc_e
certificate_string(oauth2_pool_t *pool, oauth2_str_t element,
    oauth2_str_t *text)
{
    oauth2_rc_e    rc;
    oauth2_str_t   object;
    oauth2_json_t  j;

    if (element.len == 0 || element.data[0] != '"') {
        return OAUTH2_BAD;
    }

    oauth2_json_init(&j, pool, CERTIFICATE_JWK_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_raw(&j, "v", element);
    oauth2_json_close(&j);

    rc = oauth2_json_done(&j, &object);

    return (rc == OAUTH2_OK) ? oauth2_json_find(pool, object, "v", text)
                             : rc;
}


static oauth2_rc_e
certificate_has_key(oauth2_pool_t *pool, const oauth2_certificate_t *c,
    oauth2_str_t jwk)
{
    unsigned       alg;
    EVP_PKEY      *pkey;
    oauth2_rc_e    rc;
    oauth2_key_t  *key;

    pkey = X509_get0_pubkey(c->x509);

    for (alg = 0; alg < OAUTH2_ALG_COUNT; alg++) {
        rc = oauth2_key_parse_jwk(pool, jwk, (oauth2_alg_e) alg, &key);

        if (rc == OAUTH2_NOMEM) {
            return rc;
        }

        if (rc == OAUTH2_OK && pkey != NULL
            && EVP_PKEY_eq(key->pkey, pkey) == 1)
        {
            return OAUTH2_OK;
        }
    }

    ERR_clear_error();

    return OAUTH2_NONE;
}
