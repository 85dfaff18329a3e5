/* SPDX-License-Identifier: MIT */

/*
 * base64url into memory of the caller: what buf.c, check.c and digest.c
 * share.  Not for use outside src/core.
 */

#ifndef OAUTH2_BASE64URL_H
#define OAUTH2_BASE64URL_H

#include "base.h"

/* The characters that n bytes need; n is at most SIZE_MAX / 2. */
#define OAUTH2_BASE64URL_LEN(n)  ((n) / 3 * 4 + ((n) % 3 * 4 + 2) / 3)

/* Writes OAUTH2_BASE64URL_LEN(bytes.len) characters, no NUL; never fails
 * and never allocates. */
void oauth2_base64url_write(oauth2_str_t bytes, u_char *text);

#endif
