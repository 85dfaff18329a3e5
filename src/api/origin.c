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
    if (oauth2_str_same(oauth2_header(f, "sec-fetch-site"),
                        oauth2_str("cross-site")))
    {
        return true;
    }

    return oauth2_header(f, "origin").data != NULL && !oauth2_origin_is_own(f);
}


bool
oauth2_origin_is_own(oauth2_flow_t *f)
{
    oauth2_str_t              site, origin;
    const oauth2_settings_t  *settings;

    site = oauth2_header(f, "sec-fetch-site");

    /* No page can forge it, and under Referrer-Policy: no-referrer the
     * Origin of our own forms is "null". */

    if (oauth2_str_same(site, oauth2_str("same-origin"))) {
        return true;
    }

    origin = oauth2_header(f, "origin");
    settings = oauth2_settings(f);

    return !oauth2_str_same(site, oauth2_str("cross-site"))
           && (origin_is_of(origin, settings->issuer)
               || origin_is_of(origin, settings->frontend_url));
}


static bool
origin_is_of(oauth2_str_t origin, oauth2_str_t url)
{
    return origin.len > 0
           && oauth2_str_same_nocase(origin, oauth2_uri_origin(url));
}
