/* SPDX-License-Identifier: MIT */

/* Request objects, once their signature is known to be right. */

#include "str.h"
#include "json.h"
#include "request.h"
#include "json_scan.h"

#define REQUEST_MAX       65536
#define REQUEST_LIFETIME  3600           /* seconds, of a strict one */
#define REQUEST_FOREVER   (INT64_MAX / 2)


static const char *request_check_strict(const oauth2_claims_t *claims,
    int64_t now);
static oauth2_rc_e request_read(oauth2_pool_t *pool, oauth2_pool_t *scan,
    const oauth2_json_members_t *list, oauth2_str_t *parameters);
static oauth2_rc_e request_write(oauth2_pool_t *scan, oauth2_json_t *j,
    const oauth2_json_member_t *member);
static oauth2_rc_e request_join(oauth2_pool_t *scan, oauth2_str_t array,
    oauth2_str_t *text);
static bool request_has(const char *const *names, const char *name);

/* RFC 9101 4: one in another would have no end. */
static const char *const  request_refused[] = {
    "request", "request_uri", NULL
};

/* RFC 7519 4.1, and a name of ours that no client sets. */
static const char *const  request_skipped[] = {
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "transaction", NULL
};


const char *
oauth2_request_check(oauth2_pool_t *pool, const oauth2_claims_t *claims,
    oauth2_str_t issuer, oauth2_str_t client_id, bool strict, int64_t now)
{
    oauth2_rc_e   rc;
    const char   *why;

    if (claims->iss.data != NULL || strict) {
        if (!oauth2_str_same(claims->iss, client_id)) {
            return "issuer";
        }
    }

    /* RFC 9101 10.8: it would pass for an assertion */

    if (oauth2_str_same(claims->sub, client_id)) {
        return "subject";
    }

    if (claims->aud.data != NULL || strict) {
        rc = oauth2_claims_check_audience(pool, claims, &issuer, 1, true);

        if (rc != OAUTH2_OK) {
            return (rc == OAUTH2_NOMEM) ? "memory" : "audience";
        }
    }

    why = strict ? request_check_strict(claims, now) : NULL;

    return (why != NULL)
           ? why
           : oauth2_claims_check_time(claims, now, strict ? REQUEST_LIFETIME
                                                          : REQUEST_FOREVER);
}


oauth2_rc_e
oauth2_request_read(oauth2_pool_t *pool, oauth2_str_t claims,
    oauth2_str_t *parameters)
{
    oauth2_rc_e             rc;
    oauth2_pool_t          *scan;
    oauth2_json_members_t   list;

    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = oauth2_json_scan_rc(scan, claims, &list);

    if (rc == OAUTH2_OK) {
        rc = request_read(pool, scan, &list, parameters);
    }

    oauth2_pool_release(scan);

    return rc;
}


static const char *
request_check_strict(const oauth2_claims_t *claims, int64_t now)
{
    if (claims->exp == OAUTH2_CLAIMS_NEVER
        || claims->nbf == OAUTH2_CLAIMS_NEVER)
    {
        return "without exp or nbf";
    }

    return (now - claims->nbf > REQUEST_LIFETIME
            || claims->exp - claims->nbf > REQUEST_LIFETIME)
           ? "too long" : NULL;
}


static oauth2_rc_e
request_read(oauth2_pool_t *pool, oauth2_pool_t *scan,
    const oauth2_json_members_t *list, oauth2_str_t *parameters)
{
    size_t         i;
    oauth2_rc_e    rc;
    const char    *name;
    oauth2_json_t  j;

    for (i = 0; i < list->count; i++) {
        if (request_has(request_refused,
                        (const char *) list->members[i].name.data))
        {
            return OAUTH2_BAD;
        }
    }

    oauth2_json_init(&j, pool, REQUEST_MAX);
    oauth2_json_open(&j, NULL);

    for (i = 0; i < list->count; i++) {
        name = (const char *) list->members[i].name.data;

        if (request_has(request_skipped, name)) {
            continue;
        }

        rc = request_write(scan, &j, &list->members[i]);

        if (rc != OAUTH2_OK) {
            return (j.buf.rc == OAUTH2_NOMEM) ? OAUTH2_NOMEM : rc;
        }
    }

    oauth2_json_close(&j);

    return oauth2_json_done(&j, parameters);
}


static oauth2_rc_e
request_write(oauth2_pool_t *scan, oauth2_json_t *j,
    const oauth2_json_member_t *member)
{
    const char    *name;
    oauth2_rc_e    rc;
    oauth2_str_t   text;

    name = (const char *) member->name.data;
    text = member->value;

    if (member->type == OAUTH2_JSON_NESTED && text.data[0] == '['
        && strcmp(name, "resource") == 0)
    {
        rc = request_join(scan, member->value, &text);

        if (rc != OAUTH2_OK) {
            return rc;
        }
    }

    if (member->type != OAUTH2_JSON_NULL && text.len > 0) {
        oauth2_json_str(j, name, text);
    }

    return OAUTH2_OK;
}


/* A blank in a URI would make two of it. */
static oauth2_rc_e
request_join(oauth2_pool_t *scan, oauth2_str_t array, oauth2_str_t *text)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  rest, value;

    rest = array;
    oauth2_buf_init(&buf, scan, array.len + 1);

    for ( ;; ) {
        rc = oauth2_json_next_str(scan, &rest, &value);

        if (rc != OAUTH2_OK) {
            break;
        }

        if (value.len == 0 || memchr(value.data, ' ', value.len) != NULL) {
            return (buf.rc == OAUTH2_NOMEM) ? OAUTH2_NOMEM : OAUTH2_BAD;
        }

        if (buf.len > 0) {
            oauth2_buf_write_byte(&buf, ' ');
        }

        oauth2_buf_write(&buf, value);
    }

    if (rc != OAUTH2_NONE) {
        return (buf.rc == OAUTH2_NOMEM) ? OAUTH2_NOMEM : rc;
    }

    return oauth2_buf_done(&buf, text);
}


static bool
request_has(const char *const *names, const char *name)
{
    size_t  i;

    for (i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }

    return false;
}
