/* SPDX-License-Identifier: MIT */

/*
 * bcrypt ($2b$) by libxcrypt.  These two functions take tenths of a second
 * of CPU and belong on a thread.  They touch nothing but their arguments.
 */

#ifndef OAUTH2_PASSWORD_H
#define OAUTH2_PASSWORD_H

#include "base.h"

#define OAUTH2_HASH_LEN  60      /* characters of a bcrypt hash */

#define OAUTH2_COST_MIN  4
#define OAUTH2_COST_MAX  16

/*
 * Hashes a password of at most OAUTH2_PASSWORD_MAX bytes with 16 random
 * bytes of salt; writes OAUTH2_HASH_LEN characters and a NUL.
 * OAUTH2_BAD: too long, or a NUL byte within.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_password_hash(oauth2_str_t password,
    unsigned cost, const u_char salt[16], char hash[OAUTH2_HASH_LEN + 1]);

/* OAUTH2_OK when it is the password; OAUTH2_NONE when not; OAUTH2_BAD when
 * the hash is no hash.  Compares in constant time. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_password_verify(oauth2_str_t password,
    oauth2_str_t hash);

/*
 * A valid hash that no password matches, of the given cost: verifying
 * against it takes as long as against a user's (no enumeration by time).
 */
void oauth2_password_dummy(unsigned cost, char hash[OAUTH2_HASH_LEN + 1]);

#endif
