/* SPDX-License-Identifier: MIT */

/* What the files of certificate.h share.  Not for use outside. */

#ifndef OAUTH2_CERTIFICATE_PARTS_H
#define OAUTH2_CERTIFICATE_PARTS_H

#include "certificate.h"

#include <openssl/types.h>

struct oauth2_certificate_s {
    X509          *x509;
    oauth2_str_t   der;
    oauth2_str_t   thumbprint;
};

/*
 * A distinguished name from its string (RFC 4514), the last of which comes
 * first; the caller frees it.  NULL without memory, or when it is none.
 */
X509_NAME *oauth2_certificate_name(oauth2_str_t text);

#endif
