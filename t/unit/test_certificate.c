/* SPDX-License-Identifier: MIT */

/* Certificates of clients, and the names in them (RFC 8705 2.1.2). */

#include "../../src/core/certificate.c"
#include "certificates.h"
#include "unit.h"

#define DN    OAUTH2_CERTIFICATE_DN
#define DNS   OAUTH2_CERTIFICATE_DNS
#define URI   OAUTH2_CERTIFICATE_URI
#define IP    OAUTH2_CERTIFICATE_IP
#define EMAIL OAUTH2_CERTIFICATE_EMAIL


static void
names(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_certificate_t  *c;

    static const struct {
        oauth2_certificate_name_e  kind;
        const char                *name;
        oauth2_rc_e                rc;
    } rows[] = {
        { DN, "CN=one,O=Two,C=DE", OAUTH2_OK },
        { DN, "cn=ONE, o=two , c=DE", OAUTH2_OK },
        { DN, "C=DE,O=Two,CN=one", OAUTH2_NONE },
        { DN, "CN=one", OAUTH2_NONE },
        { DN, "one", OAUTH2_BAD },
        { DN, "", OAUTH2_BAD },
        { DNS, "A.EXAMPLE", OAUTH2_OK },
        { DNS, "b.example", OAUTH2_NONE },
        { DNS, "a.example.", OAUTH2_NONE },
        { DNS, "https://a.example/x", OAUTH2_NONE },
        { URI, "https://a.example/x", OAUTH2_OK },
        { URI, "https://A.example/x", OAUTH2_NONE },
        { URI, "a.example", OAUTH2_NONE },
        { IP, "192.0.2.1", OAUTH2_OK },
        { IP, "192.0.2.2", OAUTH2_NONE },
        { IP, "2001:DB8::0:1", OAUTH2_OK },
        { IP, "2001:db8::2", OAUTH2_NONE },
        { IP, "a.example", OAUTH2_BAD },
        { IP, "192.0.2.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1",
          OAUTH2_BAD },
        { EMAIL, "Ada@A.Example", OAUTH2_OK },
        { EMAIL, "ada@a.example", OAUTH2_NONE },
        { EMAIL, "Ada@b.example", OAUTH2_NONE },
        { EMAIL, "a.example", OAUTH2_NONE }
    };

    c = certificates_make(pool, keys_key(pool, OAUTH2_ES256),
                          "CN=one,O=Two,C=DE",
                          "DNS:a.example,URI:https://a.example/x,"
                          "IP:192.0.2.1,IP:2001:db8::1,email:Ada@a.example");

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (oauth2_certificate_check(c, rows[i].kind,
                                     oauth2_str_of(rows[i].name))
            != rows[i].rc)
        {
            fail_msg("%s", rows[i].name);
        }
    }

    c = certificates_make(pool, keys_key(pool, OAUTH2_ES256), "CN=a.example",
                          NULL);
    assert_int_equal(oauth2_certificate_check(c, DNS,
                                              oauth2_str("a.example")),
                     OAUTH2_NONE);
}


static void
parsed(oauth2_pool_t *pool)
{
    BIO                   *bio;
    char                  *text;
    u_char                 digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e            rc;
    oauth2_buf_t           b;
    oauth2_str_t           pem, thumbprint;
    oauth2_certificate_t  *c, *again;

    c = certificates_make(pool, keys_key(pool, OAUTH2_ES256), "CN=a", NULL);
    bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_X509(bio, c->x509), 1);
    pem.len = (size_t) BIO_get_mem_data(bio, &text);
    pem.data = (u_char *) text;

    rc = oauth2_certificate_parse(pool, pem, &again);
    BIO_free(bio);
    unit_rc(OAUTH2_OK, rc);

    assert_int_equal(oauth2_sha256(again->der, digest), OAUTH2_OK);
    oauth2_buf_init(&b, pool, 64);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { sizeof(digest),
                                                    digest });
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &thumbprint));
    assert_true(oauth2_str_same(oauth2_certificate_thumbprint(c),
                                thumbprint));
}


static void
none(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_certificate_t  *c;

    static const char *const  rows[] = {
        "", "x", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unit_rc(OAUTH2_BAD, oauth2_certificate_parse(pool,
                                                     oauth2_str_of(rows[i]),
                                                     &c));
    }
}


static const struct CMUnitTest  tests[] = {
    unit_row(names), unit_row(parsed), unit_row(none)
};


int
main(void)
{
    return cmocka_run_group_tests_name("certificate", tests, NULL, NULL);
}
