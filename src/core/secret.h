/* SPDX-License-Identifier: MIT */

/*
 * Secrets of clients that are needed themselves, for an HMAC, and not just
 * to be compared: as tables hold them, sealed under the server key (AES-
 * 256-GCM) together with the client's id, so that none passes for another
 * client's.  The text is the id of the server key, a dot, and base64url.
 */

#ifndef OAUTH2_SECRET_H
#define OAUTH2_SECRET_H

#include "digest.h"


/* Seals with the first of the keys. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_secret_seal(oauth2_pool_t *pool,
    const oauth2_token_key_t *keys, oauth2_str_t client_id,
    oauth2_str_t secret, oauth2_str_t *sealed);

/* OAUTH2_BAD: not what was sealed for this client, or under none of the
 * keys.  The secret lives in the pool, which is not wiped. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_secret_open(oauth2_pool_t *pool,
    const oauth2_token_key_t *keys, oauth2_str_t client_id,
    oauth2_str_t sealed, oauth2_str_t *secret);

#endif
