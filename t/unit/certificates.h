/* SPDX-License-Identifier: MIT */

/*
 * Certificates for tests, signed by their own key, of which jwt_keys.h has
 * some.  Memory is not refused while one is made.
 */

#ifndef OAUTH2_UNIT_CERTIFICATES_H
#define OAUTH2_UNIT_CERTIFICATES_H

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "../../src/core/certificate_parts.h"
#include "jwt_keys.h"


/* subject as openssl's config has it in one line, alternative names as its
 * subjectAltName (NULL: none). */
OAUTH2_UNUSED static oauth2_certificate_t *
certificates_make(oauth2_pool_t *pool, const oauth2_key_t *key,
    const char *subject, const char *names)
{
    char                   text[8192];
    int                    n;
    BIO                   *bio;
    X509                  *x509;
    unsigned               left;
    X509_NAME             *name;
    X509_EXTENSION        *extension;
    oauth2_certificate_t  *c;

    left = oauth2_pool_fail_at(0);
    x509 = X509_new();
    assert_non_null(x509);
    assert_int_equal(X509_set_version(x509, 2), 1);
    (void) ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    (void) X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    (void) X509_gmtime_adj(X509_getm_notAfter(x509), 86400);

    name = oauth2_certificate_name(oauth2_str_of(subject));
    assert_non_null(name);
    assert_int_equal(X509_set_subject_name(x509, name), 1);
    assert_int_equal(X509_set_issuer_name(x509, name), 1);
    X509_NAME_free(name);

    if (names != NULL) {
        extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name,
                                        names);
        assert_non_null(extension);
        assert_int_equal(X509_add_ext(x509, extension, -1), 1);
        X509_EXTENSION_free(extension);
    }

    assert_int_equal(X509_set_pubkey(x509, key->pkey), 1);
    assert_true(X509_sign(x509, key->pkey, key->alg == OAUTH2_EDDSA
                                           ? NULL : EVP_sha256()) > 0);

    bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_X509(bio, x509), 1);
    n = BIO_read(bio, text, (int) sizeof(text) - 1);
    assert_true(n > 0);
    BIO_free(bio);
    X509_free(x509);

    assert_int_equal(oauth2_certificate_parse(pool,
        (oauth2_str_t) { (size_t) n, (u_char *) text }, &c), OAUTH2_OK);
    (void) oauth2_pool_fail_at(left);

    return c;
}

#endif
