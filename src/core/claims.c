/* SPDX-License-Identifier: MIT */

/*
 * Claims of tokens that somebody else has signed.
 */

#include "str.h"
#include "json.h"
#include "claims.h"
#include "json_scan.h"


static oauth2_rc_e claims_read(oauth2_pool_t *pool,
    const oauth2_json_members_t *list, oauth2_claims_t *claims);
static oauth2_rc_e claims_text(oauth2_pool_t *pool,
    const oauth2_json_members_t *list, const char *name,
    oauth2_str_t *text);
static oauth2_rc_e claims_time(const oauth2_json_members_t *list,
    const char *name, int64_t *time);
static oauth2_rc_e claims_audience(oauth2_pool_t *pool,
    const oauth2_json_members_t *list, oauth2_claims_t *claims);
static bool claims_names(oauth2_str_t value, const oauth2_str_t *names,
    size_t n);


oauth2_rc_e
oauth2_claims_read(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_claims_t *claims)
{
    oauth2_rc_e             rc;
    oauth2_pool_t          *scan;
    oauth2_claims_t         read;
    oauth2_json_members_t   list;

    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_NOMEM;
    }

    memset(&read, 0, sizeof(read));
    rc = oauth2_json_scan_rc(scan, text, &list);

    if (rc == OAUTH2_OK) {
        rc = claims_read(pool, &list, &read);
    }

    if (rc == OAUTH2_OK) {
        *claims = read;
    }

    oauth2_pool_release(scan);

    return rc;
}


const char *
oauth2_claims_check_time(const oauth2_claims_t *claims, int64_t now,
    int64_t longest)
{
    if (claims->exp != OAUTH2_CLAIMS_NEVER && claims->exp <= now) {
        return "expired";
    }

    if (claims->exp != OAUTH2_CLAIMS_NEVER
        && claims->exp - now > longest + OAUTH2_CLAIMS_LEEWAY)
    {
        return "too long";
    }

    if (claims->nbf > now + OAUTH2_CLAIMS_LEEWAY
        || claims->iat > now + OAUTH2_CLAIMS_LEEWAY)
    {
        return "early";
    }

    return NULL;
}


oauth2_rc_e
oauth2_claims_check_audience(oauth2_pool_t *pool,
    const oauth2_claims_t *claims, const oauth2_str_t *names, size_t n,
    bool others)
{
    bool          found;
    oauth2_rc_e   rc;
    oauth2_str_t  rest, value;

    if (!claims->aud_list) {
        return claims_names(claims->aud, names, n) ? OAUTH2_OK : OAUTH2_BAD;
    }

    found = false;
    rest = claims->aud;

    for ( ;; ) {
        rc = oauth2_json_next_str(pool, &rest, &value);

        if (rc != OAUTH2_OK) {
            break;
        }

        if (claims_names(value, names, n)) {
            found = true;

        } else if (!others) {
            return OAUTH2_BAD;
        }
    }

    if (rc == OAUTH2_NONE) {
        return found ? OAUTH2_OK : OAUTH2_BAD;
    }

    return rc;
}


bool
oauth2_claims_check_type(oauth2_str_t given, const char *typ)
{
    oauth2_str_t  prefix, start;

    prefix = oauth2_str("application/");

    if (given.len > prefix.len) {
        start.data = given.data;
        start.len = prefix.len;

        if (oauth2_str_same_nocase(start, prefix)) {
            given.data += prefix.len;
            given.len -= prefix.len;
        }
    }

    return oauth2_str_same_nocase(given, oauth2_str_of(typ));
}


static oauth2_rc_e
claims_read(oauth2_pool_t *pool, const oauth2_json_members_t *list,
    oauth2_claims_t *claims)
{
    oauth2_rc_e  rc;

    rc = claims_text(pool, list, "iss", &claims->iss);

    if (rc == OAUTH2_OK) {
        rc = claims_text(pool, list, "sub", &claims->sub);
    }

    if (rc == OAUTH2_OK) {
        rc = claims_text(pool, list, "jti", &claims->jti);
    }

    if (rc == OAUTH2_OK) {
        rc = claims_time(list, "exp", &claims->exp);
    }

    if (rc == OAUTH2_OK) {
        rc = claims_time(list, "nbf", &claims->nbf);
    }

    if (rc == OAUTH2_OK) {
        rc = claims_time(list, "iat", &claims->iat);
    }

    return (rc == OAUTH2_OK) ? claims_audience(pool, list, claims) : rc;
}


static oauth2_rc_e
claims_text(oauth2_pool_t *pool, const oauth2_json_members_t *list,
    const char *name, oauth2_str_t *text)
{
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, name);

    if (member == NULL) {
        return OAUTH2_OK;
    }

    return (member->type == OAUTH2_JSON_STR)
           ? oauth2_pool_copy(pool, member->value, text) : OAUTH2_BAD;
}


static oauth2_rc_e
claims_time(const oauth2_json_members_t *list, const char *name,
    int64_t *time)
{
    size_t                       i;
    uint64_t                     seconds;
    oauth2_str_t                 text;
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, name);

    if (member == NULL) {
        *time = OAUTH2_CLAIMS_NEVER;
        return OAUTH2_OK;
    }

    if (member->type != OAUTH2_JSON_NUMBER) {
        return OAUTH2_BAD;
    }

    text = member->value;

    for (i = 0; i < text.len && text.data[i] != '.'; i++) {
        /* void */
    }

    /* what follows are digits, or an exponent, which is no time of ours */

    if (memchr(text.data, 'e', text.len) != NULL
        || memchr(text.data, 'E', text.len) != NULL)
    {
        return OAUTH2_BAD;
    }

    text.len = i;

    /* far from the end of the numbers, that nothing overflows */

    if (oauth2_str_parse_uint(text, INT64_MAX / 4, &seconds) != OAUTH2_OK) {
        return OAUTH2_BAD;
    }

    *time = (int64_t) seconds;

    return OAUTH2_OK;
}


static oauth2_rc_e
claims_audience(oauth2_pool_t *pool, const oauth2_json_members_t *list,
    oauth2_claims_t *claims)
{
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, "aud");

    if (member == NULL) {
        return OAUTH2_OK;
    }

    claims->aud_list = member->type == OAUTH2_JSON_NESTED;

    if (claims->aud_list ? member->value.data[0] != '['
                         : member->type != OAUTH2_JSON_STR)
    {
        return OAUTH2_BAD;
    }

    return oauth2_pool_copy(pool, member->value, &claims->aud);
}


static bool
claims_names(oauth2_str_t value, const oauth2_str_t *names, size_t n)
{
    size_t  i;

    if (value.data == NULL) {
        return false;
    }

    for (i = 0; i < n; i++) {
        if (oauth2_str_same(value, names[i])) {
            return true;
        }
    }

    return false;
}
