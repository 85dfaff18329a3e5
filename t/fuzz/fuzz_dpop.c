/* SPDX-License-Identifier: MIT */

/* Any text as a DPoP proof, as the header and claims of one, and as its
 * htu. */

#include "fuzz.h"

#include "../../src/core/buf.h"
#include "../../src/core/jwt_dpop.h"
#include "../../src/core/str.h"
#include "../../src/core/uri.h"


static void
check(oauth2_pool_t *pool, oauth2_str_t proof)
{
    const char            *why;
    oauth2_rc_e            rc;
    oauth2_str_t           uri;
    oauth2_dpop_t          dpop;
    oauth2_dpop_request_t  request;

    static const u_char  key[OAUTH2_SHA256_LEN];

    uri = oauth2_str("https://id.example/token");
    memset(&request, 0, sizeof(request));
    request.method = oauth2_str("POST");
    request.uris = &uri;
    request.count = 1;
    request.now = 1700000000;
    request.access_token = proof;
    request.nonce_key = key;

    rc = oauth2_dpop_check(pool, &request, proof, &dpop, &why);
    fuzz_require(rc == OAUTH2_BAD || rc == OAUTH2_NONE);
}


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_buf_t  b;
    oauth2_str_t  rest, header, proof, normal, again;

    check(pool, text);

    rest = text;

    if (oauth2_str_word(&rest, '\n', &header)) {
        oauth2_buf_init(&b, pool, 65536);
        oauth2_buf_write_base64url(&b, header);
        oauth2_buf_write_byte(&b, '.');
        oauth2_buf_write_base64url(&b, rest);
        oauth2_buf_write_c(&b, ".AAAA");
        fuzz_require(oauth2_buf_done(&b, &proof) == OAUTH2_OK);
        check(pool, proof);
    }

    /* what is normal stays so, and has nothing to go up with */
    if (oauth2_uri_normal(pool, text, &normal) == OAUTH2_OK) {
        fuzz_require(oauth2_uri_normal(pool, normal, &again) == OAUTH2_OK);
        fuzz_require(oauth2_str_same(normal, again));
        fuzz_require(memchr(normal.data, '?', normal.len) == NULL);
    }
}
