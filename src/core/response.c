/* SPDX-License-Identifier: MIT */

/*
 * Authorization responses.
 */

#include "response.h"
#include "uri.h"

/* Its digest stands in OAUTH2_RESPONSE_CSP. */
#define RESPONSE_SCRIPT  "document.forms[0].submit();"


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
oauth2_response_write_form(oauth2_buf_t *b, oauth2_str_t redirect_uri,
    const oauth2_response_t *response)
{
    oauth2_buf_write_c(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<title>Back to the application</title>\n</head>\n<body>\n"
        "<form method=\"post\" action=\"");
    oauth2_buf_write_html(b, redirect_uri);
    oauth2_buf_write_c(b, "\">\n");

    for ( /* void */ ; response->name != NULL; response++) {
        if (response->value.data == NULL) {
            continue;
        }

        oauth2_buf_write_c(b, "<input type=\"hidden\" name=\"");
        oauth2_buf_write_c(b, response->name);
        oauth2_buf_write_c(b, "\" value=\"");
        oauth2_buf_write_html(b, response->value);
        oauth2_buf_write_c(b, "\">\n");
    }

    oauth2_buf_write_c(b, "<noscript><button type=\"submit\">Continue"
        "</button></noscript>\n</form>\n"
        "<script>" RESPONSE_SCRIPT "</script>\n</body>\n</html>\n");
}
