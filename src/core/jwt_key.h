/* SPDX-License-Identifier: MIT */

/*
 * What jwt_key.c makes, jwt_signature.c signs with, and jwt.c puts into
 * tokens.  Not for use outside these three.
 */

#ifndef OAUTH2_JWT_KEY_H
#define OAUTH2_JWT_KEY_H

#include "jwt.h"

#include <openssl/types.h>

/* pkey for RS256 and ES256, secret for HS256. */
struct oauth2_key_s {
    oauth2_alg_e   alg;
    EVP_PKEY      *pkey;
    oauth2_str_t   secret;
    oauth2_str_t   id;
    oauth2_str_t   jwk;
};

#define OAUTH2_SIGNATURE_MAX  1024      /* RS256 with 8192 bits */

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
