/* SPDX-License-Identifier: MIT */

/*
 * The string of a distinguished name (RFC 4514 3): attributes by their
 * short names or as dotted numbers, "+" in a multi-valued part, escapes,
 * and values as "#" with their DER.
 */

#include "str.h"
#include "certificate_parts.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#define NAME_TEXT_MAX  1024      /* bytes of a name */
#define NAME_TYPE_MAX  64

/* Where the reader is, and where a value goes. */
typedef struct {
    u_char    *p;
    u_char    *last;
    u_char     value[NAME_TEXT_MAX];
    size_t     len;
    bool       der;              /* the value came as "#..." */
} name_t;


static bool name_read(name_t *n, X509_NAME *name);
static bool name_read_type(name_t *n, ASN1_OBJECT **type);
static bool name_read_value(name_t *n);
static bool name_read_text(name_t *n);
static bool name_read_escape(name_t *n);
static bool name_read_der(name_t *n);
static bool name_add(const name_t *n, const ASN1_OBJECT *type, int set,
    X509_NAME *name);
static bool name_add_der(const name_t *n, const ASN1_OBJECT *type, int set,
    X509_NAME *name);
static int name_hex(const name_t *n);
static int name_digit(u_char c);
static void name_skip(name_t *n);


X509_NAME *
oauth2_certificate_name(oauth2_str_t text)
{
    name_t      n;
    X509_NAME  *name;

    if (text.len == 0 || text.len > NAME_TEXT_MAX) {
        return NULL;
    }

    name = X509_NAME_new();

    if (name == NULL) {
        return NULL;
    }

    n.p = text.data;
    n.last = text.data + text.len;

    if (!name_read(&n, name)) {
        X509_NAME_free(name);
        name = NULL;
    }

    ERR_clear_error();

    return name;
}


/* What is written first is last in the certificate: each part goes to the
 * beginning, and joins it behind a "+". */

static bool
name_read(name_t *n, X509_NAME *name)
{
    int           set;
    bool          added;
    ASN1_OBJECT  *type;

    set = 0;

    for ( ;; ) {
        if (!name_read_type(n, &type)) {
            return false;
        }

        added = name_read_value(n) && name_add(n, type, set, name);
        ASN1_OBJECT_free(type);

        if (!added) {
            return false;
        }

        if (n->p == n->last) {
            return true;
        }

        if (*n->p != ',' && *n->p != '+') {
            return false;
        }

        set = (*n->p == '+') ? 1 : 0;
        n->p++;
    }
}


/* The names of RFC 4514 3 have no case; OpenSSL's do. */

static bool
name_read_type(name_t *n, ASN1_OBJECT **type)
{
    char           text[NAME_TYPE_MAX];
    size_t         i, len;
    oauth2_str_t   given;

    static const char *const  known[] = {
        "CN", "L", "ST", "O", "OU", "C", "street", "DC", "UID",
        "emailAddress", "serialNumber", "SN", "GN", "title", NULL
    };

    name_skip(n);

    given.data = n->p;

    while (n->p < n->last && *n->p != '=' && *n->p != ' ') {
        n->p++;
    }

    given.len = (size_t) (n->p - given.data);
    name_skip(n);

    if (given.len == 0 || given.len >= sizeof(text) || n->p == n->last
        || *n->p != '=' || memchr(given.data, '\0', given.len) != NULL)
    {
        return false;
    }

    n->p++;
    len = given.len;
    memcpy(text, given.data, len);
    text[len] = '\0';

    for (i = 0; known[i] != NULL; i++) {
        if (oauth2_str_same_nocase(given, oauth2_str_of(known[i]))) {
            memcpy(text, known[i], len);
        }
    }

    *type = OBJ_txt2obj(text, 0);

    return *type != NULL;
}


static bool
name_read_value(name_t *n)
{
    n->len = 0;
    n->der = false;
    name_skip(n);

    if (n->p < n->last && *n->p == '#') {
        return name_read_der(n);
    }

    return name_read_text(n);
}


/* Blanks at its end count only when they are escaped. */

static bool
name_read_text(name_t *n)
{
    u_char  c;
    size_t  kept;

    kept = 0;

    while (n->p < n->last && *n->p != ',' && *n->p != '+') {
        c = *n->p;

        if (c == '\\') {
            if (!name_read_escape(n)) {
                return false;
            }

            kept = n->len;
            continue;
        }

        if (c == '\0' || c == '"' || c == ';' || c == '<' || c == '>') {
            return false;
        }

        n->value[n->len++] = c;
        n->p++;

        if (c != ' ') {
            kept = n->len;
        }
    }

    n->len = kept;

    return kept > 0;
}


static bool
name_read_escape(name_t *n)
{
    int  c;

    n->p++;

    if (n->p == n->last) {
        return false;
    }

    if (strchr("\"+,;<> #=\\", *n->p) != NULL && *n->p != '\0') {
        n->value[n->len++] = *n->p++;
        return true;
    }

    c = name_hex(n);

    if (c < 0) {
        return false;
    }

    n->value[n->len++] = (u_char) c;
    n->p += 2;

    return true;
}


static bool
name_read_der(name_t *n)
{
    int  c;

    n->p++;
    n->der = true;

    while (n->p < n->last && *n->p != ',' && *n->p != '+' && *n->p != ' ') {
        c = name_hex(n);

        if (c < 0) {
            return false;
        }

        n->value[n->len++] = (u_char) c;
        n->p += 2;
    }

    name_skip(n);

    return n->len > 0;
}


static bool
name_add(const name_t *n, const ASN1_OBJECT *type, int set, X509_NAME *name)
{
    if (n->der) {
        return name_add_der(n, type, set, name);
    }

    return X509_NAME_add_entry_by_OBJ(name, type, MBSTRING_UTF8, n->value,
                                      (int) n->len, 0, set)
           == 1;
}


static bool
name_add_der(const name_t *n, const ASN1_OBJECT *type, int set,
    X509_NAME *name)
{
    bool                 added;
    ASN1_TYPE           *value;
    const u_char        *p;
    X509_NAME_ENTRY     *entry;
    const ASN1_STRING   *s;

    p = n->value;
    value = d2i_ASN1_TYPE(NULL, &p, (long) n->len);

    if (value == NULL) {
        return false;
    }

    added = false;

    /* the strings of RFC 5280's DirectoryString, and IA5String */

    if (p == n->value + n->len
        && (value->type == V_ASN1_UTF8STRING
            || value->type == V_ASN1_PRINTABLESTRING
            || value->type == V_ASN1_IA5STRING
            || value->type == V_ASN1_T61STRING
            || value->type == V_ASN1_BMPSTRING
            || value->type == V_ASN1_UNIVERSALSTRING))
    {
        s = value->value.asn1_string;
        entry = X509_NAME_ENTRY_create_by_OBJ(NULL, type, value->type,
                                              ASN1_STRING_get0_data(s),
                                              ASN1_STRING_length(s));
        added = entry != NULL
                && X509_NAME_add_entry(name, entry, 0, set) == 1;
        X509_NAME_ENTRY_free(entry);
    }

    ASN1_TYPE_free(value);

    return added;
}


/* Of the two digits here, or -1. */

static int
name_hex(const name_t *n)
{
    int  high, low;

    if (n->last - n->p < 2) {
        return -1;
    }

    high = name_digit(n->p[0]);
    low = name_digit(n->p[1]);

    return (high < 0 || low < 0) ? -1 : high * 16 + low;
}


static int
name_digit(u_char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}


static void
name_skip(name_t *n)
{
    while (n->p < n->last && *n->p == ' ') {
        n->p++;
    }
}
