/* SPDX-License-Identifier: MIT */

/* Any text as an array of payloads, and as the inside of a sealed one: what
 * comes out is JSON, and what is not sealed comes out as it went in. */

#include "fuzz.h"

#include "../../src/core/codec.h"
#include "../../src/core/str.h"

static oauth2_token_key_t  key;


/* An object around an array with one payload; absent when it is none. */
static oauth2_str_t
opened(oauth2_pool_t *pool, oauth2_str_t payload)
{
    oauth2_rc_e            rc;
    oauth2_str_t           text;
    oauth2_json_t          j;
    const oauth2_error_t  *why;

    why = NULL;
    oauth2_json_init(&j, pool, payload.len * 6 + 256);
    oauth2_json_open(&j, NULL);
    oauth2_json_open_array(&j, "p");
    rc = oauth2_codec_open(pool, &key, payload, &j, &why);
    oauth2_json_close_array(&j);
    oauth2_json_close(&j);

    if (rc != OAUTH2_OK) {
        fuzz_require(rc == OAUTH2_BAD && why != NULL);
        return oauth2_str_null;
    }

    fuzz_require(oauth2_json_done(&j, &text) == OAUTH2_OK);
    fuzz_require(oauth2_json_find(pool, text, "p", &text) == OAUTH2_OK);

    return text;
}


static void
inside(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_buf_t  b;
    oauth2_str_t  sealed, payload;

    fuzz_require(oauth2_seal_write(pool, key.seal, oauth2_str_null, text,
                                   &sealed) == OAUTH2_OK);

    oauth2_buf_init(&b, pool, sealed.len * 2 + 256);
    oauth2_buf_write_c(&b, "{\"metadata\":{"
                       "\"encoding\":\"YmluYXJ5L2VuY3J5cHRlZA==\","
                       "\"encryption-key-id\":\"");
    oauth2_buf_write_base64(&b, oauth2_str_of(key.id));
    oauth2_buf_write_c(&b, "\"},\"data\":\"");
    oauth2_buf_write_base64(&b, sealed);
    oauth2_buf_write_c(&b, "\"}");
    fuzz_require(oauth2_buf_done(&b, &payload) == OAUTH2_OK);

    (void) opened(pool, payload);
}


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    u_char        *end;
    oauth2_str_t   rest, element, result;

    if (key.id[0] == '\0') {
        fuzz_require(oauth2_token_key_init(&key, oauth2_str(
            "000102030405060708090a0b0c0d0e0f"
            "101112131415161718191a1b1c1d1e1f")) == OAUTH2_OK);
    }

    rest = text;
    end = text.data;

    while (oauth2_json_next(&rest, &element)) {
        fuzz_require(element.len > 0 && element.data > end);
        end = element.data + element.len;
        fuzz_require(end < text.data + text.len);

        result = opened(pool, element);

        if (result.data != NULL) {
            fuzz_require(result.len == element.len + 2);
            fuzz_require(memcmp(result.data + 1, element.data, element.len)
                         == 0);
        }
    }

    inside(pool, text);
}
