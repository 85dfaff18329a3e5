/* SPDX-License-Identifier: MIT */

/*
 * The profile of a user (OpenID Connect Core 5.1).
 */

#include "str.h"
#include "check.h"
#include "field_put.h"
#include "json_scan.h"
#include "profile.h"
#include "profile_check.h"

typedef const char *(*profile_check_pt)(oauth2_str_t value);

typedef struct {
    const char        *name;
    profile_check_pt   check;
} profile_row_t;

/* What the reading of one object needs. */
typedef struct {
    oauth2_pool_t        *pool;
    oauth2_pool_t        *scan;
    oauth2_json_t        *j;
    oauth2_complaint_t  **complaints;
} profile_t;


static oauth2_rc_e profile_read(profile_t *profile, oauth2_str_t text);
static oauth2_rc_e profile_put(profile_t *profile, const profile_row_t *row,
    const oauth2_json_member_t *member);
static oauth2_rc_e profile_put_text(profile_t *profile,
    const profile_row_t *row, const char *field,
    const oauth2_json_member_t *member, bool clear);
static oauth2_rc_e profile_put_address(profile_t *profile, const char *name,
    const oauth2_json_member_t *member);
static oauth2_rc_e profile_complain(profile_t *profile, const char *field,
    const char *detail);
static bool profile_is_empty(const oauth2_json_member_t *member);


#define PROFILE_none       NULL
#define PROFILE_name       oauth2_check_name
#define PROFILE_url        oauth2_profile_check_url
#define PROFILE_birthdate  oauth2_profile_check_birthdate
#define PROFILE_zone       oauth2_profile_check_zone
#define PROFILE_locale     oauth2_profile_check_locale
#define PROFILE_phone      oauth2_profile_check_phone
#define PROFILE_address    oauth2_profile_check_address

static const profile_row_t  profile_rows[] = {

#define OAUTH2_USER_CLAIM(name, scope, form, check)                          \
    { #name, PROFILE_##check },
#include "user_claims.def"
#undef OAUTH2_USER_CLAIM

    { NULL, NULL }
};

/* OpenID Connect Core 5.1.1; lines end within the first two. */

static const profile_row_t  profile_address_rows[] = {
    { "formatted", oauth2_profile_check_address },
    { "street_address", oauth2_profile_check_address },
    { "locality", oauth2_profile_check_line },
    { "region", oauth2_profile_check_line },
    { "postal_code", oauth2_profile_check_line },
    { "country", oauth2_profile_check_line },
    { NULL, NULL }
};

/* With the prefix of their pointer. */

static const char *const  profile_address_fields[] = {
    "address/formatted", "address/street_address", "address/locality",
    "address/region", "address/postal_code", "address/country"
};


oauth2_rc_e
oauth2_profile_read(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_json_t *j, oauth2_complaint_t **complaints)
{
    profile_t    profile;
    oauth2_rc_e  rc;

    profile.pool = pool;
    profile.scan = oauth2_pool_create();
    profile.j = j;
    profile.complaints = complaints;

    if (profile.scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = profile_read(&profile, text);
    oauth2_pool_release(profile.scan);

    return rc;
}


static oauth2_rc_e
profile_read(profile_t *profile, oauth2_str_t text)
{
    oauth2_rc_e                  rc;
    const profile_row_t         *row;
    oauth2_json_members_t        list;
    const oauth2_json_member_t  *member;

    rc = oauth2_json_scan_rc(profile->scan, text, &list);

    for (row = profile_rows; rc == OAUTH2_OK && row->name != NULL; row++) {
        member = oauth2_json_member(&list, row->name);

        if (member != NULL && row->check != NULL) {
            rc = profile_put(profile, row, member);
        }
    }

    return rc;
}


static oauth2_rc_e
profile_put(profile_t *profile, const profile_row_t *row,
    const oauth2_json_member_t *member)
{
    if (profile_is_empty(member)) {
        oauth2_json_null(profile->j, row->name);
        return OAUTH2_OK;
    }

    if (row->check == oauth2_profile_check_address) {
        return profile_put_address(profile, row->name, member);
    }

    return profile_put_text(profile, row, row->name, member, true);
}


static oauth2_rc_e
profile_put_text(profile_t *profile, const profile_row_t *row,
    const char *field, const oauth2_json_member_t *member, bool clear)
{
    const char    *detail;
    oauth2_str_t   value;

    if (member->type != OAUTH2_JSON_STR) {
        return profile_complain(profile, field, "This must be a string.");
    }

    value = oauth2_str_trim_lines(member->value);

    if (value.len == 0) {
        if (clear) {
            oauth2_json_null(profile->j, row->name);
        }

        return OAUTH2_OK;
    }

    detail = row->check(value);

    if (detail != NULL) {
        return profile_complain(profile, field, detail);
    }

    oauth2_json_str(profile->j, row->name, value);

    return OAUTH2_OK;
}


/* It is replaced as a whole. */

static oauth2_rc_e
profile_put_address(profile_t *profile, const char *name,
    const oauth2_json_member_t *member)
{
    size_t                       i, given;
    oauth2_rc_e                  rc;
    const profile_row_t         *row;
    oauth2_json_members_t        list;
    const oauth2_json_member_t  *part;

    if (member->type != OAUTH2_JSON_NESTED || member->value.data[0] != '{') {
        return profile_complain(profile, name, "This must be an object.");
    }

    rc = oauth2_json_scan_rc(profile->scan, member->value, &list);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    given = 0;

    for (row = profile_address_rows; row->name != NULL; row++) {
        part = oauth2_json_member(&list, row->name);
        given += (part != NULL && !profile_is_empty(part));
    }

    if (given == 0) {
        oauth2_json_null(profile->j, name);
        return OAUTH2_OK;
    }

    oauth2_json_open(profile->j, name);

    for (i = 0; rc == OAUTH2_OK && profile_address_rows[i].name != NULL;
         i++)
    {
        row = &profile_address_rows[i];
        part = oauth2_json_member(&list, row->name);

        if (part != NULL && !profile_is_empty(part)) {
            rc = profile_put_text(profile, row, profile_address_fields[i],
                                  part, false);
        }
    }

    oauth2_json_close(profile->j);

    return rc;
}


static oauth2_rc_e
profile_complain(profile_t *profile, const char *field, const char *detail)
{
    oauth2_field_t  named;

    memset(&named, 0, sizeof(named));
    named.name = field;

    return oauth2_field_complain(profile->pool, &named, detail,
                                 profile->complaints)
           == OAUTH2_READ_NOMEM
           ? OAUTH2_NOMEM : OAUTH2_OK;
}


static bool
profile_is_empty(const oauth2_json_member_t *member)
{
    return member->type == OAUTH2_JSON_NULL
           || (member->type == OAUTH2_JSON_STR
               && oauth2_str_trim_lines(member->value).len == 0);
}
