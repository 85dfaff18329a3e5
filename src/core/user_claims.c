/* SPDX-License-Identifier: MIT */

/*
 * Claims about users.
 */

#include "str.h"
#include "user_claims.h"
#include "json_scan.h"

#define CLAIMS_NAMES_MAX  1024

typedef struct {
    const char  *name;
    const char  *scope;
    bool         raw;
} claims_row_t;

/* What a member of the parameter says of one claim. */
typedef struct {
    bool          essential;
    oauth2_str_t  value;        /* JSON text of a string, decoded */
    oauth2_str_t  values;       /* JSON text of an array */
} claims_request_t;


static oauth2_rc_e claims_parse(oauth2_pool_t *pool, oauth2_pool_t *scan,
    oauth2_str_t text, oauth2_asked_t *claims);
static oauth2_rc_e claims_parse_part(oauth2_pool_t *pool,
    oauth2_pool_t *scan, const oauth2_json_members_t *list,
    const char *name, oauth2_asked_t *claims, oauth2_str_t *names);
static oauth2_rc_e claims_parse_request(oauth2_pool_t *scan,
    const oauth2_json_member_t *member, claims_request_t *request);
static oauth2_rc_e claims_take(oauth2_pool_t *pool, bool id_token,
    const oauth2_json_member_t *member, const claims_request_t *request,
    oauth2_asked_t *claims);
static bool claims_is_met(const claims_request_t *request);
static const claims_row_t *claims_find(oauth2_str_t name);
static void claims_add(oauth2_buf_t *b, oauth2_str_t name);


#define CLAIMS_text  false
#define CLAIMS_raw   true

static const claims_row_t  claims_rows[] = {

#define OAUTH2_USER_CLAIM(name, scope, form, check)                          \
    { #name, #scope, CLAIMS_##form },
#include "user_claims.def"
#undef OAUTH2_USER_CLAIM

    { NULL, NULL, false }
};


oauth2_rc_e
oauth2_user_claims_parse(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_asked_t *claims)
{
    oauth2_rc_e      rc;
    oauth2_pool_t   *scan;
    oauth2_asked_t   read;

    memset(&read, 0, sizeof(read));
    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = claims_parse(pool, scan, text, &read);
    oauth2_pool_release(scan);

    if (rc == OAUTH2_OK) {
        *claims = read;
    }

    return rc;
}


oauth2_rc_e
oauth2_user_claims_beyond(oauth2_pool_t *pool, const oauth2_asked_t *claims,
    oauth2_str_t scope, oauth2_str_t *names)
{
    oauth2_buf_t         b;
    oauth2_str_t         name;
    const claims_row_t  *row;

    oauth2_buf_init(&b, pool, CLAIMS_NAMES_MAX);

    for (row = claims_rows; row->name != NULL; row++) {
        name = oauth2_str_of(row->name);

        if ((oauth2_str_has_word(claims->userinfo, name)
             || oauth2_str_has_word(claims->id_token, name))
            && !oauth2_str_has_word(scope, oauth2_str_of(row->scope)))
        {
            claims_add(&b, name);
        }
    }

    return oauth2_buf_done(&b, names);
}


oauth2_rc_e
oauth2_user_claims_write(oauth2_json_t *j, oauth2_str_t values,
    oauth2_str_t scope, oauth2_str_t names)
{
    oauth2_rc_e                  rc;
    oauth2_pool_t               *scan;
    const claims_row_t          *row;
    oauth2_json_members_t        list;
    const oauth2_json_member_t  *member;

    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = oauth2_json_scan_rc(scan, values, &list);

    for (row = claims_rows; rc == OAUTH2_OK && row->name != NULL; row++) {
        member = oauth2_json_member(&list, row->name);

        if (member == NULL || member->type == OAUTH2_JSON_NULL
            || (!oauth2_str_has_word(scope, oauth2_str_of(row->scope))
                && !oauth2_str_has_word(names, oauth2_str_of(row->name))))
        {
            continue;
        }

        if (row->raw) {
            oauth2_json_raw(j, row->name, member->value);

        } else {
            oauth2_json_str(j, row->name, member->value);
        }
    }

    oauth2_pool_release(scan);

    return rc;
}


oauth2_rc_e
oauth2_user_claims_filter(oauth2_json_t *j, oauth2_str_t object,
    oauth2_str_t scope)
{
    size_t                       i;
    oauth2_rc_e                  rc;
    oauth2_pool_t               *scan;
    const claims_row_t          *row;
    oauth2_json_members_t        list;
    const oauth2_json_member_t  *member;

    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = oauth2_json_scan_rc(scan, object, &list);

    for (i = 0; rc == OAUTH2_OK && i < list.count; i++) {
        member = &list.members[i];
        row = claims_find(member->name);

        if (row == NULL
            || oauth2_str_has_word(scope, oauth2_str_of(row->scope)))
        {
            oauth2_json_member_write(j, member);
        }
    }

    oauth2_pool_release(scan);

    return rc;
}


void
oauth2_user_claims_write_names(oauth2_json_t *j)
{
    const claims_row_t  *row;

    for (row = claims_rows; row->name != NULL; row++) {
        oauth2_json_c(j, NULL, row->name);
    }
}


static oauth2_rc_e
claims_parse(oauth2_pool_t *pool, oauth2_pool_t *scan, oauth2_str_t text,
    oauth2_asked_t *claims)
{
    oauth2_rc_e            rc;
    oauth2_json_members_t  list;

    rc = oauth2_json_scan_rc(scan, text, &list);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = claims_parse_part(pool, scan, &list, "userinfo", claims,
                           &claims->userinfo);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return claims_parse_part(pool, scan, &list, "id_token", claims,
                             &claims->id_token);
}


static oauth2_rc_e
claims_parse_part(oauth2_pool_t *pool, oauth2_pool_t *scan,
    const oauth2_json_members_t *list, const char *name,
    oauth2_asked_t *claims, oauth2_str_t *names)
{
    bool                         id_token;
    size_t                       i;
    oauth2_rc_e                  rc;
    oauth2_buf_t                 b;
    claims_request_t             request;
    oauth2_json_members_t        part;
    const oauth2_json_member_t  *member;

    id_token = names == &claims->id_token;
    member = oauth2_json_member(list, name);

    if (member == NULL || member->type == OAUTH2_JSON_NULL) {
        return OAUTH2_OK;
    }

    if (member->type != OAUTH2_JSON_NESTED) {
        return OAUTH2_BAD;
    }

    rc = oauth2_json_scan_rc(scan, member->value, &part);
    oauth2_buf_init(&b, pool, CLAIMS_NAMES_MAX);

    for (i = 0; rc == OAUTH2_OK && i < part.count; i++) {
        member = &part.members[i];
        rc = claims_parse_request(scan, member, &request);

        if (rc == OAUTH2_OK) {
            rc = claims_take(pool, id_token, member, &request, claims);
        }

        if (rc == OAUTH2_OK && claims_find(member->name) != NULL) {
            claims_add(&b, member->name);
        }
    }

    return (rc == OAUTH2_OK) ? oauth2_buf_done(&b, names) : rc;
}


/* null, or an object (Core 5.5.1); what else is in it is not understood. */

static oauth2_rc_e
claims_parse_request(oauth2_pool_t *scan, const oauth2_json_member_t *member,
    claims_request_t *request)
{
    oauth2_rc_e                  rc;
    oauth2_json_members_t        list;
    const oauth2_json_member_t  *essential, *value, *values;

    memset(request, 0, sizeof(claims_request_t));

    if (member->type == OAUTH2_JSON_NULL) {
        return OAUTH2_OK;
    }

    if (member->type != OAUTH2_JSON_NESTED) {
        return OAUTH2_BAD;
    }

    rc = oauth2_json_scan_rc(scan, member->value, &list);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    essential = oauth2_json_member(&list, "essential");
    value = oauth2_json_member(&list, "value");
    values = oauth2_json_member(&list, "values");

    if ((essential != NULL && essential->type != OAUTH2_JSON_BOOL)
        || (values != NULL && (values->type != OAUTH2_JSON_NESTED
                               || values->value.data[0] != '[')))
    {
        return OAUTH2_BAD;
    }

    request->essential = essential != NULL
                         && oauth2_str_same(essential->value,
                                            oauth2_str("true"));

    if (value != NULL && value->type == OAUTH2_JSON_STR) {
        request->value = value->value;
    }

    if (values != NULL) {
        request->values = values->value;
    }

    return OAUTH2_OK;
}


/* The two claims whose values matter.  Who must be the user is not a matter
 * of being essential (Core 5.5.1: never another one's tokens). */

static oauth2_rc_e
claims_take(oauth2_pool_t *pool, bool id_token,
    const oauth2_json_member_t *member, const claims_request_t *request,
    oauth2_asked_t *claims)
{
    if (id_token && oauth2_str_same(member->name, oauth2_str("acr"))
        && request->essential && !claims_is_met(request))
    {
        claims->unmet = true;
    }

    if (!oauth2_str_same(member->name, oauth2_str("sub"))) {
        return OAUTH2_OK;
    }

    if (request->value.data == NULL) {
        return (request->values.data == NULL) ? OAUTH2_OK : OAUTH2_BAD;
    }

    if (claims->sub.data != NULL) {
        return oauth2_str_same(claims->sub, request->value) ? OAUTH2_OK
                                                            : OAUTH2_BAD;
    }

    return oauth2_pool_copy(pool, request->value, &claims->sub);
}


/* Is ours among the values that are asked for, if any are? */

static bool
claims_is_met(const claims_request_t *request)
{
    oauth2_str_t  rest, element;

    if (request->value.data != NULL) {
        return oauth2_str_same(request->value,
                               oauth2_str(OAUTH2_ACR_PASSWORD));
    }

    if (request->values.data == NULL) {
        return true;
    }

    rest = request->values;

    while (oauth2_json_next(&rest, &element)) {
        if (oauth2_str_same(element,
                            oauth2_str("\"" OAUTH2_ACR_PASSWORD "\"")))
        {
            return true;
        }
    }

    return false;
}


static const claims_row_t *
claims_find(oauth2_str_t name)
{
    const claims_row_t  *row;

    for (row = claims_rows; row->name != NULL; row++) {
        if (oauth2_str_same(name, oauth2_str_of(row->name))) {
            return row;
        }
    }

    return NULL;
}


static void
claims_add(oauth2_buf_t *b, oauth2_str_t name)
{
    if (b->len > 0) {
        oauth2_buf_write_byte(b, ' ');
    }

    oauth2_buf_write(b, name);
}
