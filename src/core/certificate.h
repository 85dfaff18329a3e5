/* SPDX-License-Identifier: MIT */

/*
 * The certificate of a TLS client (RFC 8705): its thumbprint, and whether
 * it is the one that was registered.  Whether its chain was verified is for
 * who has the connection to say.
 */

#ifndef OAUTH2_CERTIFICATE_H
#define OAUTH2_CERTIFICATE_H

#include "pool.h"

typedef struct oauth2_certificate_s  oauth2_certificate_t;

/* What a certificate can be registered by (RFC 8705 2.1.2). */
typedef enum {
    OAUTH2_CERTIFICATE_DN = 0,     /* RFC 4514 */
    OAUTH2_CERTIFICATE_DNS,
    OAUTH2_CERTIFICATE_URI,
    OAUTH2_CERTIFICATE_IP,
    OAUTH2_CERTIFICATE_EMAIL
} oauth2_certificate_name_e;


/* From PEM text; it lives in the pool.  OAUTH2_BAD: it is none. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_certificate_parse(oauth2_pool_t *pool,
    oauth2_str_t pem, oauth2_certificate_t **certificate);

/* base64url of SHA-256 over its DER, as in cnf x5t#S256 (RFC 8705 3.1). */
oauth2_str_t oauth2_certificate_thumbprint(const oauth2_certificate_t *c);

/*
 * Is this its subject, or one of its alternative names?  Names compare as
 * their kind does: distinguished ones attribute by attribute (RFC 5280
 * 7.1), host names and addresses without regard to how they are written,
 * URIs byte for byte.  OAUTH2_NONE: no; OAUTH2_BAD: the text is no name of
 * that kind.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_certificate_check(
    const oauth2_certificate_t *c, oauth2_certificate_name_e kind,
    oauth2_str_t name);

/*
 * Is it, or its key, one of a JWK set (RFC 8705 2.2.2)?  A key with x5c is
 * its first certificate, to the byte.  OAUTH2_NONE: no; OAUTH2_BAD: this is
 * no JWK set.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_certificate_is_among(oauth2_pool_t *pool,
    const oauth2_certificate_t *c, oauth2_str_t jwks);

#endif
