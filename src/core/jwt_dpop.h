/* SPDX-License-Identifier: MIT */

/*
 * Demonstrating proof of possession (RFC 9449): the JWT in the header DPoP,
 * and nonces that need no memory.
 *
 * A nonce is a keyed digest of its window of time.  The current one and
 * that before are taken, so one is good for 150 to 300 seconds.
 */

#ifndef OAUTH2_JWT_DPOP_H
#define OAUTH2_JWT_DPOP_H

#include "digest.h"

/* Seconds around iat, when no nonce of ours tells how old a proof is. */
#define OAUTH2_DPOP_AGE    60
#define OAUTH2_DPOP_AHEAD  60

/* Algorithms of proofs, as discovery and challenges name them. */
#define OAUTH2_DPOP_ALGS  "ES256 EdDSA PS256 RS256"

/* What a proof must be about. */
typedef struct {
    oauth2_str_t         method;
    const oauth2_str_t  *uris;          /* it may be about one of these */
    size_t               count;
    oauth2_str_t         access_token;  /* absent: none is presented */
    const u_char        *nonce_key;     /* NULL: no nonces are given out */
    int64_t              now;
} oauth2_dpop_request_t;

/* What it says: by which key, and for how long it must be remembered. */
typedef struct {
    oauth2_str_t  thumbprint;           /* RFC 7638, as in cnf.jkt */
    oauth2_str_t  jti;
    int64_t       lifetime;             /* seconds */
} oauth2_dpop_t;


/*
 * Checks a proof (RFC 9449 4.3, but for the number of headers and whether
 * it was seen before).  OAUTH2_NONE: all but the nonce is right, and
 * another one is wanted; OAUTH2_BAD: refused, *why being a stable phrase
 * for the log.  The thumbprint lives in the pool.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_dpop_check(oauth2_pool_t *pool,
    const oauth2_dpop_request_t *request, oauth2_str_t proof,
    oauth2_dpop_t *dpop, const char **why);

/* The nonce of this moment: 43 characters. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_dpop_nonce_write(oauth2_pool_t *pool,
    const u_char key[OAUTH2_SHA256_LEN], int64_t now, oauth2_str_t *nonce);

/* Is it a thumbprint as a client sends it (dpop_jkt)? */
bool oauth2_dpop_is_thumbprint(oauth2_pool_t *pool, oauth2_str_t text);

#endif
