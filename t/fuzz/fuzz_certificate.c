/* SPDX-License-Identifier: MIT */

/* Any text as a certificate; and as what one is registered by: a name of
 * each kind (the text up to a line end), and a key set (what is behind). */

#include "fuzz.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "../../src/core/certificate_parts.h"
#include "../../src/core/str.h"

#define NAMES  "DNS:a.example,URI:https://a.example/x,IP:192.0.2.1," \
               "IP:2001:db8::1,email:ada@a.example"


/* Made once: a certificate with names of every kind, as PEM. */
static oauth2_str_t
pem(void)
{
    int             len;
    BIO            *bio;
    X509           *x509;
    EVP_PKEY       *key;
    X509_NAME      *name;
    X509_EXTENSION *extension;

    static char  text[4096];

    if (text[0] != '\0') {
        return oauth2_str_of(text);
    }

    x509 = X509_new();
    key = EVP_EC_gen("P-256");
    name = oauth2_certificate_name(oauth2_str("CN=a,O=b,C=DE"));
    extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, NAMES);
    bio = BIO_new(BIO_s_mem());

    fuzz_require(x509 != NULL && key != NULL && name != NULL
                 && extension != NULL && bio != NULL);
    fuzz_require(X509_set_subject_name(x509, name) == 1
                 && X509_set_pubkey(x509, key) == 1
                 && X509_set_version(x509, 2) == 1
                 && X509_add_ext(x509, extension, -1) == 1
                 && X509_gmtime_adj(X509_getm_notBefore(x509), 0) != NULL
                 && X509_gmtime_adj(X509_getm_notAfter(x509), 1) != NULL
                 && X509_sign(x509, key, EVP_sha256()) > 0
                 && PEM_write_bio_X509(bio, x509) == 1);

    len = BIO_read(bio, text, sizeof(text) - 1);
    fuzz_require(len > 0);

    BIO_free(bio);
    X509_EXTENSION_free(extension);
    X509_NAME_free(name);
    EVP_PKEY_free(key);
    X509_free(x509);

    return oauth2_str_of(text);
}


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    unsigned               kind;
    X509_NAME             *name, *again;
    oauth2_rc_e            rc;
    oauth2_str_t           rest, word;
    oauth2_certificate_t  *c, *other;

    fuzz_require(oauth2_certificate_parse(pool, pem(), &c) == OAUTH2_OK);

    rc = oauth2_certificate_parse(pool, text, &other);
    fuzz_require(rc == OAUTH2_OK || rc == OAUTH2_BAD);

    rc = oauth2_certificate_is_among(pool, c, text);
    fuzz_require(rc == OAUTH2_NONE || rc == OAUTH2_BAD);

    rest = text;

    if (!oauth2_str_word(&rest, '\n', &word)) {
        return;
    }

    rc = oauth2_certificate_is_among(pool, c, rest);
    fuzz_require(rc == OAUTH2_NONE || rc == OAUTH2_BAD);

    for (kind = OAUTH2_CERTIFICATE_DN; kind <= OAUTH2_CERTIFICATE_EMAIL;
         kind++)
    {
        rc = oauth2_certificate_check(c, kind, word);
        fuzz_require(rc == OAUTH2_OK || rc == OAUTH2_NONE
                     || rc == OAUTH2_BAD);
    }

    /* the same text, the same name */
    name = oauth2_certificate_name(word);
    again = oauth2_certificate_name(word);
    fuzz_require((name == NULL) == (again == NULL));
    fuzz_require(name == NULL || X509_NAME_cmp(name, again) == 0);
    X509_NAME_free(name);
    X509_NAME_free(again);
}
