/* SPDX-License-Identifier: MIT */

/*
 * Authorization responses.
 */

#include "response.h"
#include "str.h"
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


void
oauth2_response_write_fragment(oauth2_buf_t *b, oauth2_str_t redirect_uri,
    const oauth2_response_t *response)
{
    u_char  separator;

    oauth2_buf_write(b, redirect_uri);
    separator = '#';

    for ( /* void */ ; response->name != NULL; response++) {
        if (response->value.data == NULL) {
            continue;
        }

        oauth2_buf_write_byte(b, separator);
        oauth2_buf_write_uri(b, oauth2_str_of(response->name));
        oauth2_buf_write_byte(b, '=');
        oauth2_buf_write_uri(b, response->value);
        separator = '&';
    }
}
