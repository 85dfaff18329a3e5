/* SPDX-License-Identifier: MIT */

/* Distinguished names as strings (RFC 4514). */

#include "../../src/core/certificate_name.c"
#include "unit.h"


/* Pairs that are the same, and pairs that are not. */
static void
compared(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t      i;
    X509_NAME  *a, *b;

    static const struct {
        const char  *a;
        const char  *b;
        bool         same;
    } rows[] = {
        { "CN=a", "cn=A", true },
        { "CN=a", "2.5.4.3=a", true },
        { "CN=a", "commonName=a", true },
        { "CN=a", "CN= a ", true },
        { "CN=a", "CN = a", true },
        { "CN=a b", "CN=a  b", true },
        { "CN=a", "CN=\\61", true },
        { "CN=a", "CN=#0C0161", true },
        { "CN=a", "CN=#130161", true },
        { "CN=a,O=b", "CN=a, O=b", true },
        { "CN=a+O=b", "O=b+CN=a", true },
        { "CN=a+O=b,C=DE", "O=b + CN=a , C=de", true },
        { "CN=\\,", "CN=\\2C", true },
        { "CN=\\ a", "CN=a", true },
        { "CN=\\#a", "CN=\\23a", true },
        { "street=x", "STREET=x", true },
        { "DC=example,DC=com", "dc=EXAMPLE,dc=com", true },
        { "UID=1", "0.9.2342.19200300.100.1.1=1", true },
        { "emailAddress=a@b", "1.2.840.113549.1.9.1=#1603614062", true },
        { "CN=\xc3\xbc", "CN=\\C3\\BC", true },
        { "CN=a", "CN=b", false },
        { "CN=a", "O=a", false },
        { "CN=a,O=b", "O=b,CN=a", false },
        { "CN=a,O=b", "CN=a+O=b", false },
        { "CN=a", "CN=a,O=b", false },
        { "CN=a", "CN=a\\00", false },
        { "CN=\xc3\xbc", "CN=u", false },
        { "DC=example,DC=com", "DC=com,DC=example", false }
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        a = oauth2_certificate_name(oauth2_str_of(rows[i].a));
        b = oauth2_certificate_name(oauth2_str_of(rows[i].b));

        if (a == NULL || b == NULL
            || (X509_NAME_cmp(a, b) == 0) != rows[i].same)
        {
            fail_msg("%s, %s", rows[i].a, rows[i].b);
        }

        X509_NAME_free(a);
        X509_NAME_free(b);
    }
}


static void
refused(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char    text[NAME_TEXT_MAX + 16];
    size_t  i;

    static const char *const  rows[] = {
        "", " ", "a", "=", "=a", "CN", "CN=", "CN= ", "CN=a,", "CN=a+",
        ",CN=a", "+CN=a", "CN=a,,O=b", "nothing=a", "1.=a", "CN a=b",
        "CN=a;O=b", "CN=\"a\"", "CN=<a>", "CN=a\\", "CN=a\\g", "CN=a\\6",
        "CN=#", "CN=#0C", "CN=#0C016", "CN=#0C0161 x", "CN=#0C016161",
        "CN=#020101", "CN=#3000", "C=DEU", "CN=\xc3", "CN=a\\C3"
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (oauth2_certificate_name(oauth2_str_of(rows[i])) != NULL) {
            fail_msg("%s", rows[i]);
        }
    }

    memset(text, ' ', sizeof(text));
    memcpy(text, "CN=a", 4);
    assert_null(oauth2_certificate_name((oauth2_str_t) { sizeof(text),
                                                         (u_char *) text }));
    assert_null(oauth2_certificate_name((oauth2_str_t) { 5,
                                                  (u_char *) "CN=a\0" }));
    assert_null(oauth2_certificate_name(oauth2_str_null));
}


static const struct CMUnitTest  tests[] = {
    unit_row(compared), unit_row(refused)
};


int
main(void)
{
    return cmocka_run_group_tests_name("certificate_name", tests, NULL,
                                       NULL);
}
