/* SPDX-License-Identifier: MIT */

/*
 * An authorization response, good or bad, as it goes to the client through
 * the browser: in the query of the redirect URI (RFC 6749 4.1.2), or in a
 * form that the browser posts there (OAuth 2.0 Form Post Response Mode), which
 * is a page and not here.
 */

#ifndef OAUTH2_RESPONSE_H
#define OAUTH2_RESPONSE_H

#include "buf.h"

/* The last one has no name; one without a value is left out. */
typedef struct {
    const char    *name;
    oauth2_str_t   value;
} oauth2_response_t;

void oauth2_response_write_uri(oauth2_buf_t *b, oauth2_str_t redirect_uri,
    const oauth2_response_t *response);

#endif
