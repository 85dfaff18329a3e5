/* SPDX-License-Identifier: MIT */

/*
 * Who a user is for a client: the same for all of them, or, for clients
 * that asked for it, another for each sector (OpenID Connect Core 8.1).
 */

#include "api.h"

static oauth2_rc_e subject_sector(oauth2_flow_t *f, oauth2_str_t metadata,
    oauth2_str_t *sector);


oauth2_rc_e
oauth2_subject(oauth2_flow_t *f, oauth2_str_t metadata, oauth2_str_t user_id,
    oauth2_str_t *sub)
{
    oauth2_rc_e   rc;
    oauth2_str_t  sector;

    rc = subject_sector(f, metadata, &sector);

    if (rc == OAUTH2_NONE) {
        *sub = user_id;
        return OAUTH2_OK;
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_subject_write(oauth2_pool(f),
                                oauth2_settings(f)->token_key->subject,
                                sector, user_id, sub);
}


oauth2_rc_e
oauth2_subject_find(oauth2_flow_t *f, oauth2_str_t metadata,
    oauth2_str_t sub, oauth2_str_t *user_id)
{
    oauth2_rc_e   rc;
    oauth2_str_t  sector;

    rc = subject_sector(f, metadata, &sector);

    if (rc == OAUTH2_NONE) {
        *user_id = sub;
        return oauth2_uuid_check(sub) ? OAUTH2_OK : OAUTH2_BAD;
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_subject_parse(oauth2_pool(f),
                                oauth2_settings(f)->token_key->subject,
                                sector, sub, user_id);
}


/* OAUTH2_NONE: the subjects are public.  A pairwise client without a sector
 * is none that the database tells of, and gets no subject at all. */

static oauth2_rc_e
subject_sector(oauth2_flow_t *f, oauth2_str_t metadata, oauth2_str_t *sector)
{
    oauth2_rc_e   rc;
    oauth2_str_t  type;

    if (metadata.data == NULL) {
        return OAUTH2_NONE;
    }

    rc = oauth2_json_find(oauth2_pool(f), metadata, "subject_type", &type);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (!oauth2_str_same(type, oauth2_str("pairwise"))) {
        return OAUTH2_NONE;
    }

    rc = oauth2_json_find(oauth2_pool(f), metadata, "sector_identifier",
                          sector);

    return rc == OAUTH2_NONE ? OAUTH2_BAD : rc;
}
