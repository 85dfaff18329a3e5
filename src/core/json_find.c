/* SPDX-License-Identifier: MIT */

/*
 * Single members of an object, strings of an array, and merging two
 * objects.
 */

#include "str.h"
#include "json.h"
#include "json_scan.h"


static oauth2_rc_e json_find_merge(oauth2_pool_t *pool, oauth2_pool_t *scan,
    oauth2_str_t a, oauth2_str_t b, oauth2_str_t *merged);
static const char *json_find_name(const oauth2_json_member_t *member);


oauth2_rc_e
oauth2_json_find(oauth2_pool_t *pool, oauth2_str_t text, const char *name,
    oauth2_str_t *value)
{
    oauth2_rc_e                  rc;
    oauth2_pool_t               *scan;
    oauth2_json_members_t        list;
    const oauth2_json_member_t  *member;

    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = oauth2_json_scan_rc(scan, text, &list);

    if (rc == OAUTH2_OK) {
        member = oauth2_json_member(&list, name);
        rc = (member == NULL || member->type == OAUTH2_JSON_NULL)
             ? OAUTH2_NONE : oauth2_pool_copy(pool, member->value, value);
    }

    oauth2_pool_release(scan);

    return rc;
}


oauth2_rc_e
oauth2_json_next_str(oauth2_pool_t *pool, oauth2_str_t *rest,
    oauth2_str_t *value)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  element, object;

    if (!oauth2_json_next(rest, &element)) {
        return OAUTH2_NONE;
    }

    if (element.data[0] != '"') {
        return OAUTH2_BAD;
    }

    /* the one reader decodes it, as the member of an object */

    oauth2_buf_init(&buf, pool, element.len + sizeof("{\"v\":}"));
    oauth2_buf_write_c(&buf, "{\"v\":");
    oauth2_buf_write(&buf, element);
    oauth2_buf_write_byte(&buf, '}');

    rc = oauth2_buf_done(&buf, &object);

    return (rc == OAUTH2_OK) ? oauth2_json_find(pool, object, "v", value)
                             : rc;
}


oauth2_rc_e
oauth2_json_merge(oauth2_pool_t *pool, oauth2_str_t a, oauth2_str_t b,
    oauth2_str_t *merged)
{
    oauth2_rc_e     rc;
    oauth2_pool_t  *scan;

    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = json_find_merge(pool, scan, a, b, merged);
    oauth2_pool_release(scan);

    return rc;
}


void
oauth2_json_member_write(oauth2_json_t *j, const oauth2_json_member_t *member)
{
    const char  *name;

    name = json_find_name(member);

    switch (member->type) {

    case OAUTH2_JSON_STR:
        oauth2_json_str(j, name, member->value);
        break;

    case OAUTH2_JSON_NULL:
        oauth2_json_null(j, name);
        break;

    default:
        oauth2_json_raw(j, name, member->value);
    }
}


static oauth2_rc_e
json_find_merge(oauth2_pool_t *pool, oauth2_pool_t *scan, oauth2_str_t a,
    oauth2_str_t b, oauth2_str_t *merged)
{
    size_t                       i, max;
    oauth2_rc_e                  rc;
    oauth2_json_t                j;
    oauth2_json_members_t        left, right;
    const oauth2_json_member_t  *member;

    rc = oauth2_json_scan_rc(scan, a, &left);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_json_scan_rc(scan, b, &right);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    /* what is written again is never longer than it was */
    if (!oauth2_size_add(a.len, b.len, &max)) {
        return OAUTH2_BAD;
    }

    oauth2_json_init(&j, pool, max);
    oauth2_json_open(&j, NULL);

    for (i = 0; i < left.count; i++) {
        member = &left.members[i];

        if (oauth2_json_member(&right, json_find_name(member)) == NULL) {
            oauth2_json_member_write(&j, member);
        }
    }

    for (i = 0; i < right.count; i++) {
        oauth2_json_member_write(&j, &right.members[i]);
    }

    oauth2_json_close(&j);

    return oauth2_json_done(&j, merged);
}


/* Names have no NUL within and one behind. */
static const char *
json_find_name(const oauth2_json_member_t *member)
{
    return (const char *) member->name.data;
}
