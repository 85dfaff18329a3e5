/* SPDX-License-Identifier: MIT */

/*
 * Keys and JSON Web Tokens (RFC 7515, 7517, 7519, 9068).
 *
 * The algorithm is pinned by the key and never chosen by the token.  HS256
 * goes through libjwt, the others through OpenSSL with the key parsed once:
 * Debian's libjwt 1.10 accepts an HS256 token forged with an RSA public
 * key, and parses the PEM at each call.  Nothing here waits; an ES256
 * signature costs about 25 microseconds, RS256 about 40 times that.
 */

#ifndef OAUTH2_JWT_H
#define OAUTH2_JWT_H

#include "buf.h"

#define OAUTH2_JWT_MAX  8192     /* bytes of a whole token */

#define OAUTH2_KEYS_MAX       32   /* in a set of ours */
#define OAUTH2_JWKS_KEYS_MAX  100  /* in a set of somebody else */
#define OAUTH2_JWKS_TRIED_MAX 8    /* of those without a kid */

/* The last row counts. */
typedef enum {
    OAUTH2_HS256 = 0,
    OAUTH2_RS256,
    OAUTH2_ES256,
    OAUTH2_PS256,
    OAUTH2_EDDSA,          /* Ed25519 only */
    OAUTH2_ALG_COUNT
} oauth2_alg_e;

/*
 * A key that is published or retired verifies and does not sign.  One that
 * must not verify is not in a set.
 */
typedef enum {
    OAUTH2_KEY_PUBLISHED = 0,
    OAUTH2_KEY_SIGNING,
    OAUTH2_KEY_RETIRED
} oauth2_key_state_e;

typedef struct oauth2_key_s  oauth2_key_t;

/* The first of those that sign is the default.  Zeros are an empty set. */
typedef struct {
    size_t               count;
    const oauth2_key_t  *keys[OAUTH2_KEYS_MAX];
    oauth2_key_state_e   states[OAUTH2_KEYS_MAX];
} oauth2_keys_t;

/* A token that was taken apart and is not trusted.  Absent members of the
 * header are null strings. */
typedef struct {
    oauth2_alg_e  alg;
    bool          brings_key;  /* jku, jwk, x5u: never followed */
    bool          names_key;   /* one of these, x5c, x5t: nor are they */
    oauth2_str_t  kid;
    oauth2_str_t  typ;
    oauth2_str_t  jwk;         /* of a DPoP proof, as it stands there */
    oauth2_str_t  header;
    oauth2_str_t  claims;
    oauth2_str_t  input;       /* what is signed; a part of the token */
    oauth2_str_t  signature;
} oauth2_jwt_t;


/* Case matters (RFC 7515 4.1.1); OAUTH2_BAD: none of ours, or "none". */
OAUTH2_MUST_USE oauth2_rc_e oauth2_alg_parse(oauth2_str_t name,
    oauth2_alg_e *alg);

const char *oauth2_alg_name(oauth2_alg_e alg);

/*
 * A signing key from the text of a file: a PEM private key (RSA of 2048
 * bits or more: RS256; P-256: ES256; Ed25519: EdDSA), or a secret of at
 * least 32 bytes (HS256; blanks at the ends are dropped).  The key lives in
 * the pool.  OAUTH2_BAD: *why is a sentence that says what to write
 * instead.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_key_init(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_key_t **key, const char **why);

/* As above for one algorithm, which the text must fit; the only way to have
 * a key for PS256. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_key_init_alg(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_alg_e alg, oauth2_key_t **key,
    const char **why);

/*
 * An HS256 key without an id, of a client's secret (client_secret_jwt).
 * OAUTH2_BAD: shorter than 32 bytes (RFC 7518 3.2), or than 4096 longer.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_key_init_secret(oauth2_pool_t *pool,
    oauth2_str_t secret, oauth2_key_t **key);

/*
 * A new private key as PEM, to be read by oauth2_key_init_alg(); RSA with
 * 3072 bits, which takes up to seconds and has no place in an event loop.
 * OAUTH2_BAD: HS256 has none.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_key_generate(oauth2_pool_t *pool,
    oauth2_alg_e alg, oauth2_str_t *pem);

/*
 * The public key of somebody else from a JWK (RFC 7517 4), for checking
 * signatures of one algorithm.  OAUTH2_BAD: another kty or curve, RSA of
 * fewer than 2048 bits, a point off the curve, private members, a secret,
 * or alg, use or key_ops say that it is for something else.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_key_parse_jwk(oauth2_pool_t *pool,
    oauth2_str_t jwk, oauth2_alg_e alg, oauth2_key_t **key);

/*
 * The keys of a JWK set that may have signed: of this kid when there is
 * one, else all that fit the algorithm, at most OAUTH2_JWKS_TRIED_MAX.
 * Keys that cannot be read are skipped (RFC 7517 5).  OAUTH2_NONE: nothing
 * fits; OAUTH2_BAD: this is no JWK set.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwks_find(oauth2_pool_t *pool,
    oauth2_str_t jwks, oauth2_str_t kid, oauth2_alg_e alg,
    oauth2_key_t *keys[OAUTH2_JWKS_TRIED_MAX], size_t *count);

/*
 * Has one of the keys of a JWK set signed this?  The algorithm is the
 * caller's, who knows which the client may use.  OAUTH2_NONE: no key fits,
 * so a newer set may help; OAUTH2_BAD: no.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwks_check(oauth2_pool_t *pool,
    oauth2_str_t jwks, oauth2_alg_e alg, const oauth2_jwt_t *jwt);

oauth2_alg_e oauth2_key_alg(const oauth2_key_t *key);

/* As in the header of a token. */
const char *oauth2_key_alg_name(const oauth2_key_t *key);

/* The thumbprint of an asymmetric key, with "-PS256" behind it for that
 * algorithm; for a secret the first 16 characters of the base64url of a
 * keyed digest. */
oauth2_str_t oauth2_key_id(const oauth2_key_t *key);

/* RFC 7638 3 with SHA-256; absent for a secret. */
oauth2_str_t oauth2_key_thumbprint(const oauth2_key_t *key);

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
 * The left half of the digest that goes with an algorithm, as base64url:
 * at_hash and c_hash (OpenID Connect Core 3.1.3.6); for EdDSA SHA-512, as
 * Ed25519 itself does.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwt_half_hash(oauth2_pool_t *pool,
    oauth2_alg_e alg, oauth2_str_t text, oauth2_str_t *hash);

/*
 * Takes a token apart and trusts nothing of it: three parts of canonical
 * base64url, an algorithm that is known here, two JSON objects without
 * duplicate members, no crit, b64, zip or encryption.  All of *jwt lives as
 * long as the pool and the token.  OAUTH2_BAD: refused.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwt_parse(oauth2_pool_t *pool,
    oauth2_str_t token, oauth2_jwt_t *jwt);

/*
 * Is the token's signature by this key, and its algorithm the key's?  kid,
 * typ and claims are for the caller.  OAUTH2_BAD: no.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwt_check(const oauth2_key_t *key,
    const oauth2_jwt_t *jwt);

/*
 * Checks a token of ours: form, header (kid of one of the keys, alg that
 * key's, typ as expected, no crit, no other way to name a key), signature,
 * exp (required), nbf and iss, and answers its claims.  now in seconds; a
 * leeway of 60 seconds for nbf, none for exp.  OAUTH2_BAD for any token
 * that is not accepted, whatever it is; *why is a short word for the log
 * ("expired", "signature", "form", ...), and "key" for an unknown kid.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_jwt_verify(oauth2_pool_t *pool,
    const oauth2_keys_t *keys, const char *typ, oauth2_str_t issuer,
    oauth2_str_t token, int64_t now, oauth2_str_t *claims,
    const char **why);

/* Adds a key, which stays the caller's.  OAUTH2_BAD: the set is full, or
 * has the id already. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_keys_add(oauth2_keys_t *keys,
    const oauth2_key_t *key, oauth2_key_state_e state);

/* The key that signs by default; NULL: none does. */
const oauth2_key_t *oauth2_keys_signing(const oauth2_keys_t *keys);

/* The one that signs with an algorithm; NULL: none does. */
const oauth2_key_t *oauth2_keys_signing_alg(const oauth2_keys_t *keys,
    oauth2_alg_e alg);

/* The key of an id, whatever its state; NULL: there is none. */
const oauth2_key_t *oauth2_keys_find(const oauth2_keys_t *keys,
    oauth2_str_t kid);

/* All public keys as a JWK set (RFC 7517 5), possibly an empty one. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_keys_write(oauth2_pool_t *pool,
    const oauth2_keys_t *keys, oauth2_str_t *jwks);

#endif
