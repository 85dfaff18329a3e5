/* SPDX-License-Identifier: MIT */

/*
 * Authorization responses.
 */

#include "response.h"
#include "uri.h"


void
oauth2_response_write_uri(oauth2_buf_t *b, oauth2_str_t redirect_uri,
    const oauth2_response_t *response)
{
    oauth2_buf_write(b, redirect_uri);

    for ( /* void */ ; response->name != NULL; response++) {
        oauth2_uri_write_param(b, response->name, response->value);
    }
}
