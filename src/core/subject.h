/* SPDX-License-Identifier: MIT */

/*
 * Pairwise subjects (OpenID Connect Core 8.1): another name of the same
 * user for the clients of each sector, so that two sectors cannot tell that
 * they know the same one.
 */

#ifndef OAUTH2_SUBJECT_H
#define OAUTH2_SUBJECT_H

#include "digest.h"

/*
 * The subject of a user, 22 characters of base64url: the user's id, a
 * UUID, enciphered with the key of the sector.  key is the server's key for
 * all sectors (oauth2_token_key_t).  OAUTH2_BAD: the id is no UUID.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_subject_write(oauth2_pool_t *pool,
    const u_char key[OAUTH2_SHA256_LEN], oauth2_str_t sector,
    oauth2_str_t user_id, oauth2_str_t *subject);

/*
 * The user's id of a subject; of one that was never written it is nobody's.
 * OAUTH2_BAD: not of that form.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_subject_parse(oauth2_pool_t *pool,
    const u_char key[OAUTH2_SHA256_LEN], oauth2_str_t sector,
    oauth2_str_t subject, oauth2_str_t *user_id);

#endif
