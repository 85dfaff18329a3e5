/* SPDX-License-Identifier: MIT */

/* Certificates of TLS clients, by OpenSSL. */

#include "str.h"
#include "buf.h"
#include "digest.h"
#include "certificate_parts.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define CERTIFICATE_IP_MAX  64


static oauth2_rc_e certificate_describe(oauth2_pool_t *pool,
    oauth2_certificate_t *c);
static X509 *certificate_read(oauth2_str_t pem);
static void certificate_free(void *x509);
static oauth2_rc_e certificate_check_dn(const oauth2_certificate_t *c,
    oauth2_str_t name);
static oauth2_rc_e certificate_check_ip(const GENERAL_NAMES *names,
    oauth2_str_t name);
static bool certificate_has(const GENERAL_NAMES *names, int type,
    oauth2_str_t name);
static bool certificate_same(int type, oauth2_str_t a, oauth2_str_t b);
static bool certificate_same_email(oauth2_str_t a, oauth2_str_t b);
static oauth2_str_t certificate_text(const ASN1_STRING *s);


oauth2_rc_e
oauth2_certificate_parse(oauth2_pool_t *pool, oauth2_str_t pem,
    oauth2_certificate_t **certificate)
{
    oauth2_rc_e            rc;
    oauth2_certificate_t  *c;

    c = oauth2_pool_alloc(pool, sizeof(oauth2_certificate_t));

    if (c == NULL) {
        return OAUTH2_NOMEM;
    }

    c->x509 = certificate_read(pem);
    ERR_clear_error();

    if (c->x509 == NULL) {
        return OAUTH2_BAD;
    }

    if (oauth2_pool_cleanup(pool, certificate_free, c->x509) != OAUTH2_OK) {
        certificate_free(c->x509);
        return OAUTH2_NOMEM;
    }

    rc = certificate_describe(pool, c);

    if (rc == OAUTH2_OK) {
        *certificate = c;
    }

    return rc;
}


static X509 *
certificate_read(oauth2_str_t pem)
{
    BIO   *bio;
    X509  *x509;

    if (pem.len == 0 || pem.len > INT_MAX) {
        return NULL;
    }

    bio = BIO_new_mem_buf(pem.data, (int) pem.len);

    if (bio == NULL) {
        return NULL;
    }

    x509 = PEM_read_bio_X509(bio, NULL, NULL, (void *) "");
    BIO_free(bio);

    return x509;
}


static oauth2_rc_e
certificate_describe(oauth2_pool_t *pool, oauth2_certificate_t *c)
{
    int            len;
    u_char        *p, digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e    rc;
    oauth2_buf_t   b;

    len = i2d_X509(c->x509, NULL);

    if (len <= 0) {
        return OAUTH2_BAD;
    }

    c->der.len = (size_t) len;
    c->der.data = oauth2_pool_alloc(pool, c->der.len);

    if (c->der.data == NULL) {
        return OAUTH2_NOMEM;
    }

    p = c->der.data;
    (void) i2d_X509(c->x509, &p);

    rc = oauth2_sha256(c->der, digest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&b, pool, 64);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { sizeof(digest),
                                                    digest });

    return oauth2_buf_done(&b, &c->thumbprint);
}


static void
certificate_free(void *x509)
{
    X509_free(x509);
}


oauth2_str_t
oauth2_certificate_thumbprint(const oauth2_certificate_t *c)
{
    return c->thumbprint;
}


oauth2_rc_e
oauth2_certificate_check(const oauth2_certificate_t *c,
    oauth2_certificate_name_e kind, oauth2_str_t name)
{
    oauth2_rc_e     rc;
    GENERAL_NAMES  *names;

    static const int  types[] = {
        -1, GEN_DNS, GEN_URI, GEN_IPADD, GEN_EMAIL
    };

    if (name.len == 0) {
        return OAUTH2_BAD;
    }

    if (kind == OAUTH2_CERTIFICATE_DN) {
        return certificate_check_dn(c, name);
    }

    names = X509_get_ext_d2i(c->x509, NID_subject_alt_name, NULL, NULL);

    rc = (kind == OAUTH2_CERTIFICATE_IP)
         ? certificate_check_ip(names, name)
         : certificate_has(names, types[kind], name) ? OAUTH2_OK
                                                     : OAUTH2_NONE;

    GENERAL_NAMES_free(names);
    ERR_clear_error();

    return rc;
}


static oauth2_rc_e
certificate_check_dn(const oauth2_certificate_t *c, oauth2_str_t name)
{
    bool        same;
    X509_NAME  *expected;

    expected = oauth2_certificate_name(name);

    if (expected == NULL) {
        return OAUTH2_BAD;
    }

    same = X509_NAME_cmp(X509_get_subject_name(c->x509), expected) == 0;

    X509_NAME_free(expected);
    ERR_clear_error();

    return same ? OAUTH2_OK : OAUTH2_NONE;
}


/* An address has many texts, and one form of bytes (RFC 8705 2.1.2). */

static oauth2_rc_e
certificate_check_ip(const GENERAL_NAMES *names, oauth2_str_t name)
{
    char                text[CERTIFICATE_IP_MAX];
    oauth2_rc_e         rc;
    ASN1_OCTET_STRING  *ip;

    if (name.len >= sizeof(text)
        || memchr(name.data, '\0', name.len) != NULL)
    {
        return OAUTH2_BAD;
    }

    memcpy(text, name.data, name.len);
    text[name.len] = '\0';
    ip = a2i_IPADDRESS(text);

    if (ip == NULL) {
        return OAUTH2_BAD;
    }

    rc = certificate_has(names, GEN_IPADD, certificate_text(ip))
         ? OAUTH2_OK : OAUTH2_NONE;

    ASN1_OCTET_STRING_free(ip);

    return rc;
}


static bool
certificate_has(const GENERAL_NAMES *names, int type, oauth2_str_t name)
{
    int                 i, found;
    const ASN1_STRING  *value;
    const GENERAL_NAME *general;

    for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        general = sk_GENERAL_NAME_value(names, i);
        value = GENERAL_NAME_get0_value(general, &found);

        if (found == type
            && certificate_same(type, certificate_text(value), name))
        {
            return true;
        }
    }

    return false;
}


static bool
certificate_same(int type, oauth2_str_t a, oauth2_str_t b)
{
    if (type == GEN_DNS) {
        return oauth2_str_same_nocase(a, b);
    }

    if (type == GEN_EMAIL) {
        return certificate_same_email(a, b);
    }

    return oauth2_str_same(a, b);
}


/* RFC 5280 7.5: the host has no case, what is before it does. */

static bool
certificate_same_email(oauth2_str_t a, oauth2_str_t b)
{
    size_t  at;

    for (at = a.len; at > 0 && a.data[at - 1] != '@'; at--) {
        /* void */
    }

    return at > 0 && a.len == b.len && memcmp(a.data, b.data, at) == 0
           && oauth2_str_same_nocase(
                  (oauth2_str_t) { a.len - at, a.data + at },
                  (oauth2_str_t) { b.len - at, b.data + at });
}


static oauth2_str_t
certificate_text(const ASN1_STRING *s)
{
    oauth2_str_t  text;

    text.data = (u_char *) ASN1_STRING_get0_data(s);
    text.len = (size_t) ASN1_STRING_length(s);

    return text;
}
