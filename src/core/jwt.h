/* SPDX-License-Identifier: MIT */

/*
 * Keys and JSON Web Tokens (RFC 7515, 7517, 7519, 9068).
 *
 * The algorithm is pinned by the key and never chosen by the token.  HS256
 * goes through libjwt, RS256 and ES256 through OpenSSL with the key parsed
 * once: Debian's libjwt 1.10 accepts an HS256 token forged with an RSA
 * public key, and parses the PEM at each call.  Both live in jwt.c alone.
 * Nothing here waits; an ES256 signature costs about 25 microseconds.
 */

#ifndef OAUTH2_JWT_H
#define OAUTH2_JWT_H

#include "buf.h"

#define OAUTH2_JWT_MAX  8192     /* bytes of a whole token */

typedef enum {
    OAUTH2_HS256 = 0,
    OAUTH2_RS256,
    OAUTH2_ES256
} oauth2_alg_e;

typedef struct oauth2_key_s  oauth2_key_t;


/*
 * A signing key from the text of a file: a PEM private key (RSA of 2048
 * bits or more: RS256; P-256: ES256), or a secret of at least 32 bytes
 * (HS256; blanks at the ends are dropped).  The key lives in the pool.
 * OAUTH2_BAD: *why is a sentence that says what to write instead.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_key_init(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_key_t **key, const char **why);

oauth2_alg_e oauth2_key_alg(const oauth2_key_t *key);

/* "HS256", "RS256" or "ES256". */
const char *oauth2_key_alg_name(const oauth2_key_t *key);

/* The thumbprint (RFC 7638) of an asymmetric key; for a secret the first
 * 16 characters of the base64url of a keyed digest. */
oauth2_str_t oauth2_key_id(const oauth2_key_t *key);

/* The public key as a JWK with kid, use and alg; nothing for a secret. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_key_write_jwk(oauth2_pool_t *pool,
    const oauth2_key_t *key, oauth2_str_t *jwk);

/*
 * Signs claims (a JSON object) as a compact JWS.  typ goes into the header:
 * "at+jwt" for access tokens (RFC 9068), "JWT" for ID tokens.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwt_sign(oauth2_pool_t *pool,
    const oauth2_key_t *key, const char *typ, oauth2_str_t claims,
    oauth2_str_t *token);

/*
 * Checks a token's form, header (alg, kid and typ as expected, no crit,
 * no other way to name a key), signature, exp (required), nbf and iss, and
 * answers its claims.  now in seconds; a leeway of 60 seconds for nbf, none
 * for exp.  OAUTH2_BAD for any token that is not accepted, whatever it is;
 * *why is a short word for the log ("expired", "signature", "form", ...).
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwt_verify(oauth2_pool_t *pool,
    const oauth2_key_t *key, const char *typ, oauth2_str_t issuer,
    oauth2_str_t token, int64_t now, oauth2_str_t *claims,
    const char **why);

#endif
