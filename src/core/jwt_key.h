/* SPDX-License-Identifier: MIT */

/*
 * What jwt_key.c and jwt_jwk*.c make, jwt_signature.c signs with, and jwt.c and
 * jwt_parse.c put into tokens and take out of them.  Not for use outside.
 */

#ifndef OAUTH2_JWT_KEY_H
#define OAUTH2_JWT_KEY_H

#include "jwt.h"

#include <openssl/types.h>

/* pkey for all but HS256, secret for that.  jwk and thumbprint are
 * absent for a secret. */
struct oauth2_key_s {
    oauth2_alg_e   alg;
    EVP_PKEY      *pkey;
    oauth2_str_t   secret;
    oauth2_str_t   id;
    oauth2_str_t   thumbprint;
    oauth2_str_t   jwk;
};

#define OAUTH2_SIGNATURE_MAX  1024      /* RSA with 8192 bits */
#define OAUTH2_RSA_MIN        2048      /* bits */
#define OAUTH2_RSA_MAX        8192

/*
 * Fills in thumbprint, id and jwk from alg and pkey.  The id is the
 * thumbprint; PS256 has a suffix, since the same RSA key may be there for
 * RS256 as well.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_key_describe(oauth2_pool_t *pool,
    oauth2_key_t *key);

/* oauth2_jwt_parse() with a word for the log, as oauth2_jwt_verify() has. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwt_read(oauth2_pool_t *pool,
    oauth2_str_t token, oauth2_jwt_t *jwt, const char **why);

/* oauth2_jwt_sign() for all but HS256 with typ "JWT". */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwt_sign_openssl(oauth2_pool_t *pool,
    const oauth2_key_t *key, const char *typ, oauth2_str_t claims,
    oauth2_str_t *token);

/* The bytes of a signature as RFC 7518 3 has them, not yet base64url. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwt_signature_write(
    const oauth2_key_t *key, oauth2_str_t input,
    u_char p[OAUTH2_SIGNATURE_MAX], size_t *len);

/* OAUTH2_BAD: this is not the signature of the input by the key. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwt_signature_check(
    const oauth2_key_t *key, oauth2_str_t input, oauth2_str_t signature);

#endif
