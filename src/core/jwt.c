/* SPDX-License-Identifier: MIT */

/*
 * Signing and checking tokens.
 *
 * The header is parsed here and pinned to the key before anything is
 * verified, and the payload is read only when the signature is right.
 *
 * libjwt 1.10 writes "JWT" over any typ and refuses to decode another one.
 * So it does HS256 for typ "JWT", and jwt_signature.c signs the "at+jwt"
 * of RFC 9068; without that typ an ID token would pass for an access token.
 */

#include "str.h"
#include "encode.h"
#include "jwt_key.h"
#include "json_scan.h"

#include <errno.h>
#include <jwt.h>
#include <stdlib.h>

#define JWT_LEEWAY  60

/* input is "header.payload" as it stands in the token. */
typedef struct {
    oauth2_str_t  header;
    oauth2_str_t  payload;
    oauth2_str_t  signature;
    oauth2_str_t  input;
} jwt_parts_t;

/* What is expected of a token. */
typedef struct {
    const oauth2_key_t  *key;
    const char          *typ;
    oauth2_str_t         issuer;
    int64_t              now;
} jwt_rules_t;


static oauth2_rc_e jwt_sign_libjwt(oauth2_pool_t *pool,
    const oauth2_key_t *key, oauth2_str_t claims, oauth2_str_t *token);
static int jwt_fill(jwt_t *jwt, const oauth2_key_t *key, const char *claims);

static oauth2_rc_e jwt_verify(oauth2_pool_t *pool, const jwt_rules_t *rules,
    oauth2_str_t token, oauth2_str_t *claims, const char **why);
static oauth2_rc_e jwt_split(oauth2_pool_t *pool, oauth2_str_t token,
    jwt_parts_t *parts);
static oauth2_rc_e jwt_check_header(oauth2_pool_t *pool,
    const jwt_rules_t *rules, oauth2_str_t header, const char **why);
static bool jwt_check_typ(const char *typ, oauth2_str_t given);
static oauth2_rc_e jwt_check_signature(oauth2_pool_t *pool,
    const jwt_rules_t *rules, oauth2_str_t token, const jwt_parts_t *parts);
static bool jwt_check_libjwt(const oauth2_key_t *key, const char *token);
static oauth2_rc_e jwt_check_claims(oauth2_pool_t *pool,
    const jwt_rules_t *rules, oauth2_str_t payload, const char **why);
static bool jwt_has(const oauth2_json_members_t *list, const char *name,
    oauth2_str_t value);
static bool jwt_time(const oauth2_json_member_t *member, uint64_t *time);

/*
 * Other ways to name or bring a key, and what changes how a token is read
 * (RFC 7515 4.1, RFC 7516 4.1, RFC 7797).  Whatever else a header has is
 * ignored, as RFC 7515 4 wants it.
 */
static const char *const  jwt_header_refused[] = {
    "crit", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "b64", "zip",
    "enc", "epk", "p2s", "p2c", NULL
};


oauth2_rc_e
oauth2_jwt_sign(oauth2_pool_t *pool, const oauth2_key_t *key,
    const char *typ, oauth2_str_t claims, oauth2_str_t *token)
{
    oauth2_rc_e             rc;
    oauth2_pool_t          *temporary;
    oauth2_json_members_t   list;

    temporary = oauth2_pool_create();

    if (temporary == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = oauth2_json_scan_rc(temporary, claims, &list);
    oauth2_pool_release(temporary);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return (key->alg == OAUTH2_HS256 && strcmp(typ, "JWT") == 0)
           ? jwt_sign_libjwt(pool, key, claims, token)
           : oauth2_jwt_sign_openssl(pool, key, typ, claims, token);
}


oauth2_rc_e
oauth2_jwt_verify(oauth2_pool_t *pool, const oauth2_key_t *key,
    const char *typ, oauth2_str_t issuer, oauth2_str_t token, int64_t now,
    oauth2_str_t *claims, const char **why)
{
    jwt_rules_t     rules;
    oauth2_rc_e     rc;
    oauth2_str_t    payload;
    oauth2_pool_t  *temporary;

    temporary = oauth2_pool_create();

    if (temporary == NULL) {
        return OAUTH2_NOMEM;
    }

    rules.key = key;
    rules.typ = typ;
    rules.issuer = issuer;
    rules.now = now;

    rc = jwt_verify(temporary, &rules, token, &payload, why);

    if (rc == OAUTH2_OK) {
        rc = oauth2_pool_copy(pool, payload, claims);
    }

    oauth2_pool_release(temporary);

    return rc;
}


static oauth2_rc_e
jwt_sign_libjwt(oauth2_pool_t *pool, const oauth2_key_t *key,
    oauth2_str_t claims, oauth2_str_t *token)
{
    int            error;
    char          *text;
    jwt_t         *jwt;
    oauth2_rc_e    rc;
    oauth2_str_t   copy;

    rc = oauth2_pool_copy(pool, claims, &copy);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (jwt_new(&jwt) != 0) {
        return OAUTH2_NOMEM;
    }

    text = NULL;
    error = jwt_fill(jwt, key, (const char *) copy.data);

    if (error == 0) {
        text = jwt_encode_str(jwt);
    }

    jwt_free(jwt);

    if (text == NULL) {
        return (error == EINVAL) ? OAUTH2_BAD : OAUTH2_NOMEM;
    }

    rc = (strlen(text) > OAUTH2_JWT_MAX)
         ? OAUTH2_BAD : oauth2_pool_copy(pool, oauth2_str_of(text), token);
    free(text);

    return rc;
}


/* 0, or one of errno's numbers. */
static int
jwt_fill(jwt_t *jwt, const oauth2_key_t *key, const char *claims)
{
    int  error;

    error = jwt_set_alg(jwt, JWT_ALG_HS256, key->secret.data,
                        (int) key->secret.len);

    if (error != 0) {
        return error;
    }

    error = jwt_add_header(jwt, "kid", (const char *) key->id.data);

    if (error != 0) {
        return error;
    }

    return jwt_add_grants_json(jwt, claims);
}


/* The payload lives in the pool, which ends with the caller. */
static oauth2_rc_e
jwt_verify(oauth2_pool_t *pool, const jwt_rules_t *rules, oauth2_str_t token,
    oauth2_str_t *claims, const char **why)
{
    oauth2_rc_e  rc;
    jwt_parts_t  parts;

    *why = "form";
    rc = jwt_split(pool, token, &parts);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = jwt_check_header(pool, rules, parts.header, why);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *why = "signature";
    rc = jwt_check_signature(pool, rules, token, &parts);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = jwt_check_claims(pool, rules, parts.payload, why);

    if (rc == OAUTH2_OK) {
        *claims = parts.payload;
    }

    return rc;
}


/* Three parts, none of them empty, nothing but canonical base64url. */
static oauth2_rc_e
jwt_split(oauth2_pool_t *pool, oauth2_str_t token, jwt_parts_t *parts)
{
    size_t         n;
    u_char        *p, *last, *start;
    oauth2_rc_e    rc;
    oauth2_str_t   text[3];

    if (token.len == 0 || token.len > OAUTH2_JWT_MAX) {
        return OAUTH2_BAD;
    }

    n = 0;
    start = token.data;
    last = token.data + token.len;

    for (p = token.data; p <= last; p++) {
        if (p < last && *p != '.') {
            continue;
        }

        if (n == 3 || p == start) {
            return OAUTH2_BAD;
        }

        text[n].data = start;
        text[n].len = (size_t) (p - start);
        start = p + 1;
        n++;
    }

    if (n != 3) {
        return OAUTH2_BAD;
    }

    parts->input.data = token.data;
    parts->input.len = text[0].len + 1 + text[1].len;
    rc = oauth2_encode_parse_base64url(pool, text[0], &parts->header);

    if (rc == OAUTH2_OK) {
        rc = oauth2_encode_parse_base64url(pool, text[1], &parts->payload);
    }

    if (rc == OAUTH2_OK) {
        rc = oauth2_encode_parse_base64url(pool, text[2],
                                           &parts->signature);
    }

    return rc;
}


static oauth2_rc_e
jwt_check_header(oauth2_pool_t *pool, const jwt_rules_t *rules,
    oauth2_str_t header, const char **why)
{
    size_t                       i;
    oauth2_rc_e                  rc;
    oauth2_json_members_t        list;
    const oauth2_json_member_t  *typ;

    *why = "header";
    rc = oauth2_json_scan_rc(pool, header, &list);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    for (i = 0; jwt_header_refused[i] != NULL; i++) {
        if (oauth2_json_member(&list, jwt_header_refused[i]) != NULL) {
            return OAUTH2_BAD;
        }
    }

    *why = "algorithm";

    if (!jwt_has(&list, "alg", oauth2_str_of(oauth2_key_alg_name(rules->key))))
    {
        return OAUTH2_BAD;
    }

    *why = "key";

    if (!jwt_has(&list, "kid", rules->key->id)) {
        return OAUTH2_BAD;
    }

    *why = "type";
    typ = oauth2_json_member(&list, "typ");

    if (typ == NULL || typ->type != OAUTH2_JSON_STR
        || !jwt_check_typ(rules->typ, typ->value))
    {
        return OAUTH2_BAD;
    }

    return OAUTH2_OK;
}


/* RFC 7515 4.1.9: "application/" may be left out. */
static bool
jwt_check_typ(const char *typ, oauth2_str_t given)
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
jwt_check_signature(oauth2_pool_t *pool, const jwt_rules_t *rules,
    oauth2_str_t token, const jwt_parts_t *parts)
{
    oauth2_str_t  copy;

    if (rules->key->alg != OAUTH2_HS256 || strcmp(rules->typ, "JWT") != 0) {
        return oauth2_jwt_signature_check(rules->key, parts->input,
                                          parts->signature);
    }

    /* libjwt takes a C string */
    if (oauth2_pool_copy(pool, token, &copy) != OAUTH2_OK) {
        return OAUTH2_NOMEM;
    }

    return jwt_check_libjwt(rules->key, (const char *) copy.data)
           ? OAUTH2_OK : OAUTH2_BAD;
}


static bool
jwt_check_libjwt(const oauth2_key_t *key, const char *token)
{
    bool    ok;
    jwt_t  *jwt;

    if (jwt_decode(&jwt, token, key->secret.data, (int) key->secret.len)
        != 0)
    {
        return false;
    }

    ok = jwt_get_alg(jwt) == JWT_ALG_HS256;
    jwt_free(jwt);

    return ok;
}


static oauth2_rc_e
jwt_check_claims(oauth2_pool_t *pool, const jwt_rules_t *rules,
    oauth2_str_t payload, const char **why)
{
    uint64_t                     time;
    oauth2_rc_e                  rc;
    oauth2_json_members_t        list;
    const oauth2_json_member_t  *member;

    *why = "claims";
    rc = oauth2_json_scan_rc(pool, payload, &list);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (!jwt_time(oauth2_json_member(&list, "exp"), &time)) {
        return OAUTH2_BAD;
    }

    if (rules->now < 0 || (uint64_t) rules->now >= time) {
        *why = "expired";
        return OAUTH2_BAD;
    }

    member = oauth2_json_member(&list, "nbf");

    if (member != NULL) {
        if (!jwt_time(member, &time)) {
            return OAUTH2_BAD;
        }

        if (time > (uint64_t) rules->now + JWT_LEEWAY) {
            *why = "early";
            return OAUTH2_BAD;
        }
    }

    if (!jwt_has(&list, "iss", rules->issuer)) {
        *why = "issuer";
        return OAUTH2_BAD;
    }

    return OAUTH2_OK;
}


/* Is there a string of this name and value? */
static bool
jwt_has(const oauth2_json_members_t *list, const char *name,
    oauth2_str_t value)
{
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, name);

    return member != NULL && member->type == OAUTH2_JSON_STR
           && oauth2_str_same(member->value, value);
}


/* NumericDate, whole seconds. */
static bool
jwt_time(const oauth2_json_member_t *member, uint64_t *time)
{
    return member != NULL && member->type == OAUTH2_JSON_NUMBER
           && oauth2_str_parse_uint(member->value, INT64_MAX, time)
              == OAUTH2_OK;
}
