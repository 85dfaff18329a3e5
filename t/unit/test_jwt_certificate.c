/* SPDX-License-Identifier: MIT */

/* Certificates among a client's keys (RFC 8705 2.2.2). */

#include "../../src/core/jwt_certificate.c"
#include "certificates.h"
#include "unit.h"


/* A set with one key: x5c with this certificate, or the key itself. */
static oauth2_str_t
set(oauth2_pool_t *pool, const oauth2_certificate_t *c,
    const oauth2_key_t *key, bool escaped)
{
    size_t        i;
    unsigned      left;
    oauth2_str_t  base64, jwks;
    oauth2_buf_t  b;

    left = oauth2_pool_fail_at(0);
    oauth2_buf_init(&b, pool, 8192);
    oauth2_buf_write_base64(&b, c->der);
    assert_int_equal(oauth2_buf_done(&b, &base64), OAUTH2_OK);

    oauth2_buf_init(&b, pool, 16384);
    oauth2_buf_write_c(&b, "{\"keys\":[{\"kty\":\"EC\"},");

    if (key != NULL) {
        oauth2_buf_write(&b, key->jwk);

    } else {
        oauth2_buf_write_c(&b, "{\"x5c\":[\"");

        for (i = 0; i < base64.len; i++) {
            if (base64.data[i] == '/' && escaped) {
                oauth2_buf_write_byte(&b, '\\');
            }

            oauth2_buf_write_byte(&b, base64.data[i]);
        }

        oauth2_buf_write_c(&b, "\",\"AAAA\"]}");
    }

    oauth2_buf_write_c(&b, "]}");
    assert_int_equal(oauth2_buf_done(&b, &jwks), OAUTH2_OK);
    (void) oauth2_pool_fail_at(left);

    return jwks;
}


static void
found(oauth2_pool_t *pool)
{
    unsigned               alg;
    oauth2_key_t          *key;
    oauth2_certificate_t  *one, *two;

    for (alg = OAUTH2_RS256; alg < OAUTH2_ALG_COUNT; alg++) {
        key = keys_key(pool, alg);
        one = certificates_make(pool, key, "CN=one", NULL);
        two = certificates_make(pool, key, "CN=two", NULL);

        unit_rc(OAUTH2_OK, oauth2_certificate_is_among(pool, one,
                                            set(pool, one, NULL, false)));
        unit_rc(OAUTH2_OK, oauth2_certificate_is_among(pool, one,
                                            set(pool, one, NULL, true)));
        unit_rc(OAUTH2_NONE, oauth2_certificate_is_among(pool, two,
                                            set(pool, one, NULL, false)));
        unit_rc(OAUTH2_OK, oauth2_certificate_is_among(pool, two,
                                            set(pool, one, key, false)));
    }
}


static void
missing(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_key_t          *key;
    oauth2_certificate_t  *c;

    static const struct {
        const char   *jwks;
        oauth2_rc_e   rc;
    } rows[] = {
        { "", OAUTH2_BAD }, { "[]", OAUTH2_BAD }, { "{}", OAUTH2_BAD },
        { "{\"keys\":{}}", OAUTH2_BAD }, { "{\"keys\":1}", OAUTH2_BAD },
        { "{\"keys\":\"\"}", OAUTH2_BAD }, { "{\"keys\":[]}", OAUTH2_NONE },
        { "{\"keys\":[1,\"\",{},[],{\"x5c\":1},{\"x5c\":\"\"},"
          "{\"x5c\":[]},{\"x5c\":[1]},{\"x5c\":[\"!\"]},"
          "{\"x5c\":[\"AAAA\"]}]}", OAUTH2_NONE }
    };

    c = certificates_make(pool, keys_key(pool, OAUTH2_ES256), "CN=a", NULL);

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unit_rc(rows[i].rc, oauth2_certificate_is_among(pool, c,
                                             oauth2_str_of(rows[i].jwks)));
    }

    key = keys_key(pool, OAUTH2_EDDSA);
    unit_rc(OAUTH2_NONE, oauth2_certificate_is_among(pool, c,
                                              set(pool, c, key, false)));
}


static const struct CMUnitTest  tests[] = {
    unit_row(found), unit_row(missing)
};


int
main(void)
{
    return cmocka_run_group_tests_name("jwt_certificate", tests, NULL, NULL);
}
