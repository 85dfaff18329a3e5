/* SPDX-License-Identifier: MIT */

/*
 * The document of sector_identifier_uri lists the redirect URIs of all the
 * clients of a sector (OpenID Connect Registration 5): a client that is not
 * in there would get the pairwise subjects of others.
 */

#include "api.h"

#define SECTOR_URIS_MAX  1024

typedef struct {
    size_t        n;
    oauth2_str_t  uris[SECTOR_URIS_MAX];
} registration_sector_t;

static oauth2_next_e registration_sector_fetch(oauth2_flow_t *f);
static oauth2_next_e registration_sector_compare(oauth2_flow_t *f);
static oauth2_rc_e registration_sector_member(oauth2_flow_t *f,
    const char *name, oauth2_str_t *value);
static oauth2_rc_e registration_sector_read(oauth2_flow_t *f,
    oauth2_str_t text, registration_sector_t *sector);
static bool registration_sector_has(const registration_sector_t *sector,
    oauth2_str_t uri);

const oauth2_step_t  oauth2_registration_sector_steps[] = {
    { "fetching sector", registration_sector_fetch, NULL },
    { "comparing sector", registration_sector_compare, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
registration_sector_fetch(oauth2_flow_t *f)
{
    oauth2_rc_e   rc;
    oauth2_str_t  uri;

    rc = registration_sector_member(f, "sector_identifier_uri", &uri);

    if (rc == OAUTH2_NONE) {
        return OAUTH2_NEXT;
    }

    return (rc == OAUTH2_OK) ? oauth2_fetch_now(f, uri)
                             : oauth2_fail(f, &oauth2_err_server_error);
}


static oauth2_next_e
registration_sector_compare(oauth2_flow_t *f)
{
    oauth2_rc_e             rc;
    oauth2_str_t            text, list, uri;
    registration_sector_t  *sector;

    rc = registration_sector_member(f, "sector_identifier_uri", &uri);

    if (rc == OAUTH2_NONE) {
        return OAUTH2_NEXT;
    }

    if (rc == OAUTH2_OK) {
        rc = registration_sector_member(f, "redirect_uris", &list);
    }

    sector = oauth2_pool_alloc(oauth2_pool(f), sizeof(*sector));

    if (sector == NULL || (rc != OAUTH2_OK && rc != OAUTH2_NONE)) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    text = oauth2_fetched(f);

    if (text.data == NULL
        || registration_sector_read(f, text, sector) != OAUTH2_OK)
    {
        oauth2_complain(f, "sector_identifier_uri",
                        "There is no list of redirect URIs.");
        return oauth2_fail(f, &oauth2_err_client_metadata);
    }

    while (rc == OAUTH2_OK && oauth2_list_next(oauth2_pool(f), &list, &uri)) {
        if (!registration_sector_has(sector, uri)) {
            oauth2_complain(f, "sector_identifier_uri",
                            "A redirect URI is not in its list.");
            return oauth2_fail(f, &oauth2_err_client_metadata);
        }
    }

    return OAUTH2_NEXT;
}


/* Of what is about to be registered. */

static oauth2_rc_e
registration_sector_member(oauth2_flow_t *f, const char *name,
    oauth2_str_t *value)
{
    oauth2_registration_t  *registration;

    registration = oauth2_state(f);

    return oauth2_json_find(oauth2_pool(f), registration->metadata.document,
                            name, value);
}


/* The text is foreign: it is read as the member of an object, which checks
 * the whole of it. */

static oauth2_rc_e
registration_sector_read(oauth2_flow_t *f, oauth2_str_t text,
    registration_sector_t *sector)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  object, list, element;

    oauth2_buf_init(&buf, oauth2_pool(f), text.len + sizeof("{\"v\":}"));
    oauth2_buf_write_c(&buf, "{\"v\":");
    oauth2_buf_write(&buf, text);
    oauth2_buf_write_byte(&buf, '}');

    rc = oauth2_buf_done(&buf, &object);

    if (rc == OAUTH2_OK) {
        rc = oauth2_json_find(oauth2_pool(f), object, "v", &list);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (list.len == 0 || list.data[0] != '[') {
        return OAUTH2_BAD;
    }

    while (rc == OAUTH2_OK && sector->n < SECTOR_URIS_MAX
           && oauth2_json_next(&list, &element))
    {
        rc = oauth2_list_string(oauth2_pool(f), &element,
                                &sector->uris[sector->n]);
        sector->n++;
    }

    return rc;
}


static bool
registration_sector_has(const registration_sector_t *sector,
    oauth2_str_t uri)
{
    size_t  i;

    for (i = 0; i < sector->n; i++) {
        if (oauth2_str_same(sector->uris[i], uri)) {
            return true;
        }
    }

    return false;
}
