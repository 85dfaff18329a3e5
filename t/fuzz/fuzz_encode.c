/* SPDX-License-Identifier: MIT */

/* Any text decoded: what decodes at all is the one text of its bytes. */

#include "fuzz.h"

#include "../../src/core/buf.h"
#include "../../src/core/encode.h"
#include "../../src/core/str.h"


static void
same_again(oauth2_pool_t *pool, oauth2_str_t text, oauth2_str_t bytes,
    void (*write)(oauth2_buf_t *b, oauth2_str_t s))
{
    oauth2_str_t  written;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, text.len * 3 + 3);
    write(&b, bytes);
    fuzz_require(oauth2_buf_done(&b, &written) == OAUTH2_OK);
    fuzz_require(oauth2_str_same_nocase(written, text) || text.len == 0);
}


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_rc_e   rc;
    oauth2_str_t  bytes, again, written;
    oauth2_buf_t  b;

    rc = oauth2_encode_parse_base64url(pool, text, &bytes);

    if (rc == OAUTH2_OK) {
        same_again(pool, text, bytes, oauth2_buf_write_base64url);
    }

    rc = oauth2_encode_parse_hex(pool, text, &bytes);

    if (rc == OAUTH2_OK) {
        same_again(pool, text, bytes, oauth2_buf_write_hex);
    }

    rc = oauth2_encode_parse_base64(pool, text, &bytes);

    if (rc == OAUTH2_OK) {
        same_again(pool, text, bytes, oauth2_buf_write_base64);
    }

    if (oauth2_encode_parse_uri(pool, text, text.len % 2 == 0, &bytes)
        == OAUTH2_OK)
    {
        fuzz_require(bytes.len <= text.len);
        oauth2_buf_init(&b, pool, bytes.len * 3);
        oauth2_buf_write_uri(&b, bytes);
        fuzz_require(oauth2_buf_done(&b, &written) == OAUTH2_OK);
        fuzz_require(oauth2_encode_parse_uri(pool, written, true, &again)
                     == OAUTH2_OK);
        fuzz_require(oauth2_str_same(bytes, again));
    }

    fuzz_require(!oauth2_uuid_check(text) || text.len == OAUTH2_UUID_LEN);
}
