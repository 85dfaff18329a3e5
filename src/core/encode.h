/* SPDX-License-Identifier: MIT */

/*
 * Decoding what buf.h encodes, and UUIDs (RFC 9562).  Strict: no white
 * space, no padding, no stray bits, no other alphabet.
 */

#ifndef OAUTH2_ENCODE_H
#define OAUTH2_ENCODE_H

#include "pool.h"

#define OAUTH2_UUID_LEN   36     /* characters */
#define OAUTH2_UUID_SIZE  16     /* bytes */

/* OAUTH2_BAD: not base64url (RFC 4648 5, canonical). */
OAUTH2_MUST_USE oauth2_rc_e oauth2_encode_parse_base64url(
    oauth2_pool_t *pool, oauth2_str_t text, oauth2_str_t *bytes);

/* RFC 4648 4 with padding, as in HTTP Basic (RFC 7617). */
OAUTH2_MUST_USE oauth2_rc_e oauth2_encode_parse_base64(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_str_t *bytes);

OAUTH2_MUST_USE oauth2_rc_e oauth2_encode_parse_hex(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_str_t *bytes);

/* Percent-decoding; with plus true, '+' and ' ' are a space (forms). */
OAUTH2_MUST_USE oauth2_rc_e oauth2_encode_parse_uri(oauth2_pool_t *pool,
    oauth2_str_t text, bool plus, oauth2_str_t *bytes);

/* 8-4-4-4-12 lower- or upper-case hexadecimal digits. */
bool oauth2_uuid_check(oauth2_str_t text);

/* The 16 bytes of a UUID: false when the text is none.  And back. */
bool oauth2_uuid_parse(oauth2_str_t text, u_char bytes[OAUTH2_UUID_SIZE]);
void oauth2_uuid_write_bytes(const u_char bytes[OAUTH2_UUID_SIZE],
    char text[OAUTH2_UUID_LEN + 1]);

/*
 * UUIDv7 of a time in milliseconds and 16 random bytes: 36 characters and
 * a NUL into text.
 */
void oauth2_uuid_write(int64_t now_ms, const u_char random[16],
    char text[OAUTH2_UUID_LEN + 1]);

/* UUIDv8 of the first 16 bytes of a digest: the same input, the same id. */
void oauth2_uuid_write_digest(const u_char digest[32],
    char text[OAUTH2_UUID_LEN + 1]);

#endif
