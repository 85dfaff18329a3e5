/* SPDX-License-Identifier: MIT */

/*
 * Building a string of unknown length, with a maximum from birth.
 *
 * Writing never reports an error; the first one (too long, no memory) makes
 * the buffer fail for good, and oauth2_buf_done() tells it once, at the
 * end.  The memory is the pool's.
 */

#ifndef OAUTH2_BUF_H
#define OAUTH2_BUF_H

#include "pool.h"

typedef struct {
    oauth2_pool_t  *pool;
    u_char         *data;
    size_t          len;
    size_t          size;
    size_t          max;
    oauth2_rc_e     rc;
} oauth2_buf_t;


/* Starts an empty buffer of at most max bytes.  Allocates nothing yet. */
void oauth2_buf_init(oauth2_buf_t *b, oauth2_pool_t *pool, size_t max);

void oauth2_buf_write(oauth2_buf_t *b, oauth2_str_t s);
void oauth2_buf_write_c(oauth2_buf_t *b, const char *s);
void oauth2_buf_write_byte(oauth2_buf_t *b, u_char byte);
void oauth2_buf_write_int(oauth2_buf_t *b, int64_t value);

/* Lower-case hexadecimal, two digits a byte. */
void oauth2_buf_write_hex(oauth2_buf_t *b, oauth2_str_t bytes);

/* base64url without padding (RFC 4648 5). */
void oauth2_buf_write_base64url(oauth2_buf_t *b, oauth2_str_t bytes);

/* base64 with padding (RFC 4648 4). */
void oauth2_buf_write_base64(oauth2_buf_t *b, oauth2_str_t bytes);

/* Percent-encodes all but the unreserved characters (RFC 3986 2.3). */
void oauth2_buf_write_uri(oauth2_buf_t *b, oauth2_str_t s);

/* Escapes & < > " ' for HTML text and quoted attributes. */
void oauth2_buf_write_html(oauth2_buf_t *b, oauth2_str_t s);

/*
 * What was written, with a NUL byte behind it; OAUTH2_BAD when too long,
 * OAUTH2_NOMEM without memory, and then *s is untouched.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_buf_done(oauth2_buf_t *b,
    oauth2_str_t *s);

#endif
