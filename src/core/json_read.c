/* SPDX-License-Identifier: MIT */

/*
 * A JSON object into the struct of an endpoint.
 */

#include "str.h"
#include "json_scan.h"
#include "field_put.h"


static oauth2_read_e json_read_fields(oauth2_pool_t *pool,
    const oauth2_json_members_t *list, const oauth2_field_t *fields,
    void *target, oauth2_complaint_t **complaints);
static oauth2_read_e json_read_field(oauth2_pool_t *pool,
    const oauth2_json_members_t *list, const oauth2_field_t *field,
    void *target, oauth2_complaint_t **complaints);
static const char *json_read_type(const oauth2_field_t *field,
    const oauth2_json_member_t *member);


oauth2_read_e
oauth2_json_read(oauth2_pool_t *pool, oauth2_str_t text,
    const oauth2_field_t *fields, void *target,
    oauth2_complaint_t **complaints)
{
    oauth2_read_e           rc;
    oauth2_pool_t          *scan;
    oauth2_json_members_t   list;

    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_READ_NOMEM;
    }

    rc = oauth2_json_scan(scan, text, &list);

    if (rc == OAUTH2_READ_OK) {
        rc = json_read_fields(pool, &list, fields, target, complaints);
    }

    oauth2_pool_release(scan);

    return rc;
}


/* All complaints, in the order of the table. */
static oauth2_read_e
json_read_fields(oauth2_pool_t *pool, const oauth2_json_members_t *list,
    const oauth2_field_t *fields, void *target,
    oauth2_complaint_t **complaints)
{
    oauth2_read_e  rc, one;

    rc = OAUTH2_READ_OK;

    for ( /* void */ ; fields->name != NULL; fields++) {
        one = json_read_field(pool, list, fields, target, complaints);

        if (one == OAUTH2_READ_NOMEM) {
            return one;
        }

        if (one != OAUTH2_READ_OK) {
            rc = one;
        }
    }

    return rc;
}


static oauth2_read_e
json_read_field(oauth2_pool_t *pool, const oauth2_json_members_t *list,
    const oauth2_field_t *field, void *target,
    oauth2_complaint_t **complaints)
{
    const char                  *detail;
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, field->name);

    if (member == NULL || member->type == OAUTH2_JSON_NULL) {
        if (!(field->flags & OAUTH2_REQUIRED)) {
            return OAUTH2_READ_OK;
        }

        return oauth2_field_complain(pool, field, "This is required.",
                                     complaints);
    }

    detail = json_read_type(field, member);

    if (detail != NULL) {
        return oauth2_field_complain(pool, field, detail, complaints);
    }

    return oauth2_field_put(pool, field, member->value, target, complaints);
}


static const char *
json_read_type(const oauth2_field_t *field,
    const oauth2_json_member_t *member)
{
    if (field->type == OAUTH2_FIELD_STR && member->type != OAUTH2_JSON_STR) {
        return "This must be a string.";
    }

    if (field->type == OAUTH2_FIELD_BOOL
        && member->type != OAUTH2_JSON_BOOL)
    {
        return "This must be true or false.";
    }

    if (field->type == OAUTH2_FIELD_INT
        && member->type != OAUTH2_JSON_NUMBER)
    {
        return "This must be a whole number.";
    }

    if (field->type == OAUTH2_FIELD_LIST
        && (member->type != OAUTH2_JSON_NESTED
            || member->value.data[0] != '['))
    {
        return "This must be an array.";
    }

    if (field->type == OAUTH2_FIELD_JSON && member->type != OAUTH2_JSON_STR
        && (member->type != OAUTH2_JSON_NESTED
            || member->value.data[0] != '{'))
    {
        return "This must be an object.";
    }

    return NULL;
}
