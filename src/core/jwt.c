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
#include "claims.h"
#include "jwt_key.h"
#include "json_scan.h"

#include <errno.h>
#include <jwt.h>
#include <stdlib.h>

#define JWT_LEEWAY  60

/* What is expected of a token. */
typedef struct {
    const oauth2_keys_t  *keys;
    const char           *typ;
    oauth2_str_t          issuer;
    int64_t               now;
} jwt_rules_t;


static oauth2_rc_e jwt_sign_libjwt(oauth2_pool_t *pool,
    const oauth2_key_t *key, oauth2_str_t claims, oauth2_str_t *token);
static int jwt_fill(jwt_t *jwt, const oauth2_key_t *key, const char *claims);

static oauth2_rc_e jwt_verify(oauth2_pool_t *pool, const jwt_rules_t *rules,
    oauth2_str_t token, oauth2_str_t *claims, const char **why);
static oauth2_rc_e jwt_check_header(const jwt_rules_t *rules,
    const oauth2_jwt_t *jwt, const oauth2_key_t **key, const char **why);
static oauth2_rc_e jwt_check_signature(oauth2_pool_t *pool,
    const oauth2_key_t *key, const char *typ, oauth2_str_t token,
    const oauth2_jwt_t *jwt);
static bool jwt_check_libjwt(const oauth2_key_t *key, const char *token);
static oauth2_rc_e jwt_check_claims(oauth2_pool_t *pool,
    const jwt_rules_t *rules, oauth2_str_t payload, const char **why);
static bool jwt_has(const oauth2_json_members_t *list, const char *name,
    oauth2_str_t value);
static bool jwt_time(const oauth2_json_member_t *member, uint64_t *time);


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
oauth2_jwt_verify(oauth2_pool_t *pool, const oauth2_keys_t *keys,
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

    rules.keys = keys;
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

    /* a client's secret has no id */

    if (key->id.data != NULL) {
        error = jwt_add_header(jwt, "kid", (const char *) key->id.data);

        if (error != 0) {
            return error;
        }
    }

    return jwt_add_grants_json(jwt, claims);
}


/* The payload lives in the pool, which ends with the caller. */
static oauth2_rc_e
jwt_verify(oauth2_pool_t *pool, const jwt_rules_t *rules, oauth2_str_t token,
    oauth2_str_t *claims, const char **why)
{
    oauth2_rc_e          rc;
    oauth2_jwt_t         jwt;
    const oauth2_key_t  *key;

    rc = oauth2_jwt_read(pool, token, &jwt, why);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = jwt_check_header(rules, &jwt, &key, why);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *why = "signature";
    rc = jwt_check_signature(pool, key, rules->typ, token, &jwt);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = jwt_check_claims(pool, rules, jwt.claims, why);

    if (rc == OAUTH2_OK) {
        *claims = jwt.claims;
    }

    return rc;
}


/* What we sign names its key by kid alone. */
static oauth2_rc_e
jwt_check_header(const jwt_rules_t *rules, const oauth2_jwt_t *jwt,
    const oauth2_key_t **key, const char **why)
{
    *why = "header";

    if (jwt->names_key) {
        return OAUTH2_BAD;
    }

    *why = "key";
    *key = (jwt->kid.data == NULL) ? NULL
           : oauth2_keys_find(rules->keys, jwt->kid);

    if (*key == NULL) {
        return OAUTH2_BAD;
    }

    *why = "algorithm";

    if ((*key)->alg != jwt->alg) {
        return OAUTH2_BAD;
    }

    *why = "type";

    if (jwt->typ.data == NULL
        || !oauth2_claims_check_type(jwt->typ, rules->typ))
    {
        return OAUTH2_BAD;
    }

    return OAUTH2_OK;
}


static oauth2_rc_e
jwt_check_signature(oauth2_pool_t *pool, const oauth2_key_t *key,
    const char *typ, oauth2_str_t token, const oauth2_jwt_t *jwt)
{
    oauth2_str_t  copy;

    if (key->alg != OAUTH2_HS256 || strcmp(typ, "JWT") != 0) {
        return oauth2_jwt_check(key, jwt);
    }

    /* libjwt takes a C string */
    if (oauth2_pool_copy(pool, token, &copy) != OAUTH2_OK) {
        return OAUTH2_NOMEM;
    }

    return jwt_check_libjwt(key, (const char *) copy.data)
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
