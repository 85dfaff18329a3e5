/* SPDX-License-Identifier: MIT */

/*
 * Client metadata, a member after the other by metadata.def.
 */

#include "str.h"
#include "metadata_parts.h"

#include <assert.h>

#define METADATA_MAX       32768     /* bytes of a registered document */
#define METADATA_NEEDS_MAX  64       /* of a name in metadata.def */


static oauth2_rc_e metadata_read(oauth2_metadata_read_t *m,
    oauth2_str_t text, oauth2_str_t discovery);
static oauth2_rc_e metadata_put(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row);
static bool metadata_is_offered(oauth2_metadata_read_t *m,
    const char *needs);


static const oauth2_metadata_row_t  metadata_rows[] = {

#define OAUTH2_METADATA_LEFT     false
#define OAUTH2_METADATA_REFUSED  true
#define OAUTH2_METADATA(name, kind, needs, otherwise)                        \
    { #name, oauth2_metadata_##kind, needs, OAUTH2_METADATA_##otherwise },
#include "metadata.def"
#undef OAUTH2_METADATA

    { NULL, NULL, NULL, false }
};


oauth2_rc_e
oauth2_metadata_read(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_str_t discovery, oauth2_metadata_t *metadata)
{
    oauth2_rc_e             rc;
    oauth2_metadata_read_t  m;

    memset(metadata, 0, sizeof(*metadata));
    memset(&m, 0, sizeof(m));

    m.pool = pool;
    m.metadata = metadata;
    m.scan = oauth2_pool_create();

    if (m.scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = metadata_read(&m, text, discovery);
    oauth2_pool_release(m.scan);

    return rc;
}


static oauth2_rc_e
metadata_read(oauth2_metadata_read_t *m, oauth2_str_t text,
    oauth2_str_t discovery)
{
    oauth2_rc_e            rc;
    const oauth2_metadata_row_t  *row;

    rc = oauth2_json_scan_rc(m->scan, text, &m->given);

    if (rc == OAUTH2_OK) {
        rc = oauth2_json_scan_rc(m->scan, discovery, &m->offered);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&m->j, m->pool, METADATA_MAX);
    oauth2_json_open(&m->j, NULL);

    for (row = metadata_rows; rc == OAUTH2_OK && row->name != NULL; row++) {
        rc = metadata_put(m, row);
    }

    if (rc == OAUTH2_OK) {
        rc = oauth2_metadata_rules(m);
    }

    if (rc != OAUTH2_OK) {
        return (m->j.buf.rc == OAUTH2_NOMEM) ? OAUTH2_NOMEM : rc;
    }

    oauth2_json_close(&m->j);

    return oauth2_json_done(&m->j, &m->metadata->document);
}


static oauth2_rc_e
metadata_put(oauth2_metadata_read_t *m, const oauth2_metadata_row_t *row)
{
    const char                  *detail;
    const oauth2_json_member_t  *member;

    member = oauth2_metadata_given(m, row->name);

    if (member == NULL) {
        return OAUTH2_OK;
    }

    if (row->needs != NULL && !metadata_is_offered(m, row->needs)) {
        if (!row->refused
            || oauth2_str_same(member->value, oauth2_str("false")))
        {
            return OAUTH2_OK;
        }

        return oauth2_metadata_refuse(m, row->name,
                                      "This is not supported here.");
    }

    detail = row->put(m, row, member);

    if (m->rc != OAUTH2_OK) {
        return m->rc;
    }

    return (detail == NULL) ? OAUTH2_OK
                            : oauth2_metadata_refuse(m, row->name, detail);
}


static bool
metadata_is_offered(oauth2_metadata_read_t *m, const char *needs)
{
    char                         name[METADATA_NEEDS_MAX];
    size_t                       len;
    const oauth2_json_member_t  *member;

    len = strcspn(needs, ":");

    if (needs[len] == ':') {
        assert(len < sizeof(name));
        memcpy(name, needs, len);
        name[len] = '\0';

        return oauth2_metadata_lists(m, &m->offered, name, needs + len + 1);
    }

    member = oauth2_json_member(&m->offered, needs);

    return member != NULL && member->type != OAUTH2_JSON_NULL
           && !(member->type == OAUTH2_JSON_BOOL
                && oauth2_str_same(member->value, oauth2_str("false")));
}


oauth2_rc_e
oauth2_metadata_refuse(oauth2_metadata_read_t *m, const char *member,
    const char *detail)
{
    m->metadata->member = member;
    m->metadata->detail = detail;
    m->metadata->redirect = strcmp(member, "redirect_uris") == 0;

    return OAUTH2_BAD;
}


const oauth2_json_member_t *
oauth2_metadata_given(const oauth2_metadata_read_t *m, const char *name)
{
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(&m->given, name);

    return (member == NULL || member->type == OAUTH2_JSON_NULL) ? NULL
                                                                : member;
}


oauth2_rc_e
oauth2_metadata_next(oauth2_metadata_read_t *m, oauth2_str_t *rest,
    oauth2_str_t *value)
{
    oauth2_rc_e  rc;

    rc = oauth2_json_next_str(m->scan, rest, value);

    if (rc == OAUTH2_NOMEM) {
        m->rc = rc;
    }

    return rc;
}


bool
oauth2_metadata_lists(oauth2_metadata_read_t *m,
    const oauth2_json_members_t *from, const char *name, const char *value)
{
    oauth2_str_t                 rest, element;
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(from, name);

    if (member == NULL || member->type != OAUTH2_JSON_NESTED) {
        return false;
    }

    rest = member->value;

    while (oauth2_metadata_next(m, &rest, &element) == OAUTH2_OK) {
        if (oauth2_str_same(element, oauth2_str_of(value))) {
            return true;
        }
    }

    return false;
}
