/* SPDX-License-Identifier: MIT */

/*
 * Does another site make the browser ask?  For endpoints that set or use
 * the session cookie.  SameSite=Lax is the first line, this is the second.
 */

#include "api.h"

static bool origin_is_of(oauth2_str_t origin, oauth2_str_t url);


bool
oauth2_origin_is_foreign(oauth2_flow_t *f)
{
    oauth2_str_t              site, origin;
    const oauth2_settings_t  *settings;

    site = oauth2_header(f, "sec-fetch-site");

    if (oauth2_str_same(site, oauth2_str("cross-site"))) {
        return true;
    }

    /* No page can forge it, and under Referrer-Policy: no-referrer the
     * Origin of our own forms is "null". */

    if (oauth2_str_same(site, oauth2_str("same-origin"))) {
        return false;
    }

    origin = oauth2_header(f, "origin");

    if (origin.data == NULL) {
        return false;
    }

    settings = oauth2_settings(f);

    return !origin_is_of(origin, settings->issuer)
           && !origin_is_of(origin, settings->frontend_url);
}


static bool
origin_is_of(oauth2_str_t origin, oauth2_str_t url)
{
    return origin.len > 0
           && oauth2_str_same_nocase(origin, oauth2_uri_origin(url));
}
