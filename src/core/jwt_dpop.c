/* SPDX-License-Identifier: MIT */

/*
 * Checking DPoP proofs (RFC 9449 4.3).
 */

#include "str.h"
#include "buf.h"
#include "jwt_dpop.h"
#include "encode.h"
#include "json_scan.h"
#include "jwt.h"
#include "uri.h"

#define DPOP_TYP     "dpop+jwt"
#define DPOP_WINDOW  150          /* seconds of one nonce */

static oauth2_rc_e dpop_check_key(oauth2_pool_t *pool,
    const oauth2_jwt_t *jwt, oauth2_str_t *thumbprint, const char **why);
static oauth2_rc_e dpop_check_claims(oauth2_pool_t *pool,
    const oauth2_dpop_request_t *request,
    const oauth2_json_members_t *list, oauth2_dpop_t *dpop,
    const char **why);
static oauth2_rc_e dpop_check_uri(oauth2_pool_t *pool,
    const oauth2_dpop_request_t *request, oauth2_str_t uri);
static oauth2_rc_e dpop_check_token(oauth2_pool_t *pool,
    const oauth2_dpop_request_t *request,
    const oauth2_json_members_t *list);
static oauth2_rc_e dpop_check_nonce(oauth2_pool_t *pool,
    const oauth2_dpop_request_t *request,
    const oauth2_json_members_t *list);
static bool dpop_check_times(const oauth2_dpop_request_t *request,
    const oauth2_json_members_t *list, int64_t *lifetime);
static oauth2_str_t dpop_text(const oauth2_json_members_t *list,
    const char *name);
static bool dpop_time(const oauth2_json_members_t *list, const char *name,
    int64_t absent, int64_t *time);
static oauth2_rc_e dpop_digest(oauth2_pool_t *pool, u_char *digest,
    oauth2_str_t *text);


oauth2_rc_e
oauth2_dpop_check(oauth2_pool_t *pool, const oauth2_dpop_request_t *request,
    oauth2_str_t proof, oauth2_dpop_t *dpop, const char **why)
{
    oauth2_rc_e            rc;
    oauth2_jwt_t           jwt;
    oauth2_dpop_t          found;
    oauth2_json_members_t  list;

    memset(&found, 0, sizeof(found));
    *why = "DPoP proof refused: form";
    rc = oauth2_jwt_parse(pool, proof, &jwt);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = dpop_check_key(pool, &jwt, &found.thumbprint, why);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *why = "DPoP proof refused: claims";
    rc = oauth2_json_scan_rc(pool, jwt.claims, &list);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = dpop_check_claims(pool, request, &list, &found, why);

    if (rc == OAUTH2_OK) {
        *dpop = found;
    }

    return rc;
}


/* The key comes with the proof, and has nothing secret in it. */

static oauth2_rc_e
dpop_check_key(oauth2_pool_t *pool, const oauth2_jwt_t *jwt,
    oauth2_str_t *thumbprint, const char **why)
{
    oauth2_rc_e    rc;
    oauth2_key_t  *key;

    *why = "DPoP proof refused: typ";

    if (!oauth2_str_same_nocase(jwt->typ, oauth2_str(DPOP_TYP))) {
        return OAUTH2_BAD;
    }

    *why = "DPoP proof refused: key";

    if (jwt->jwk.data == NULL) {
        return OAUTH2_BAD;
    }

    rc = oauth2_key_parse_jwk(pool, jwt->jwk, jwt->alg, &key);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *why = "DPoP proof refused: signature";
    rc = oauth2_jwt_check(key, jwt);

    if (rc == OAUTH2_OK) {
        *thumbprint = oauth2_key_thumbprint(key);
    }

    return rc;
}


/* The nonce comes before the times: who is told one need not be right about
 * them (RFC 9449 11.1). */

static oauth2_rc_e
dpop_check_claims(oauth2_pool_t *pool, const oauth2_dpop_request_t *request,
    const oauth2_json_members_t *list, oauth2_dpop_t *dpop,
    const char **why)
{
    oauth2_rc_e  rc;

    dpop->jti = dpop_text(list, "jti");

    if (dpop->jti.len == 0 || oauth2_json_member(list, "iat") == NULL) {
        return OAUTH2_BAD;
    }

    *why = "DPoP proof refused: htm";

    if (request->method.len == 0
        || !oauth2_str_same(dpop_text(list, "htm"), request->method))
    {
        return OAUTH2_BAD;
    }

    *why = "DPoP proof refused: htu";
    rc = dpop_check_uri(pool, request, dpop_text(list, "htu"));

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *why = "DPoP proof refused: ath";
    rc = dpop_check_token(pool, request, list);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *why = "DPoP proof refused: nonce";
    rc = dpop_check_nonce(pool, request, list);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *why = "DPoP proof refused: time";

    return dpop_check_times(request, list, &dpop->lifetime)
           ? OAUTH2_OK : OAUTH2_BAD;
}


static oauth2_rc_e
dpop_check_uri(oauth2_pool_t *pool, const oauth2_dpop_request_t *request,
    oauth2_str_t uri)
{
    size_t        i;
    oauth2_rc_e   rc;
    oauth2_str_t  said, asked;

    rc = oauth2_uri_normal(pool, uri, &said);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    for (i = 0; i < request->count; i++) {
        rc = oauth2_uri_normal(pool, request->uris[i], &asked);

        if (rc == OAUTH2_NOMEM) {
            return rc;
        }

        if (rc == OAUTH2_OK && oauth2_str_same(said, asked)) {
            return OAUTH2_OK;
        }
    }

    return OAUTH2_BAD;
}


static oauth2_rc_e
dpop_check_token(oauth2_pool_t *pool, const oauth2_dpop_request_t *request,
    const oauth2_json_members_t *list)
{
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e   rc;
    oauth2_str_t  hash;

    if (request->access_token.data == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_sha256(request->access_token, digest);

    if (rc == OAUTH2_OK) {
        rc = dpop_digest(pool, digest, &hash);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_str_same_secret(dpop_text(list, "ath"), hash)
           ? OAUTH2_OK : OAUTH2_BAD;
}


static oauth2_rc_e
dpop_check_nonce(oauth2_pool_t *pool, const oauth2_dpop_request_t *request,
    const oauth2_json_members_t *list)
{
    bool          same;
    oauth2_rc_e   rc;
    oauth2_str_t  given, nonce;

    if (request->nonce_key == NULL) {
        return OAUTH2_OK;
    }

    given = dpop_text(list, "nonce");

    if (given.data == NULL) {
        return OAUTH2_NONE;
    }

    rc = oauth2_dpop_nonce_write(pool, request->nonce_key, request->now,
                                 &nonce);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    same = oauth2_str_same_secret(given, nonce);

    rc = oauth2_dpop_nonce_write(pool, request->nonce_key,
                                 request->now - DPOP_WINDOW, &nonce);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    same = oauth2_str_same_secret(given, nonce) || same;

    return same ? OAUTH2_OK : OAUTH2_NONE;
}


/* A nonce of ours says how old a proof is, whatever the client's clock says
 * (RFC 9449 4.3).  exp and nbf are no claims of a proof; what says them means
 * them. */

static bool
dpop_check_times(const oauth2_dpop_request_t *request,
    const oauth2_json_members_t *list, int64_t *lifetime)
{
    int64_t  now, iat, nbf, exp;

    now = request->now;

    if (!dpop_time(list, "iat", -1, &iat)
        || !dpop_time(list, "nbf", 0, &nbf)
        || !dpop_time(list, "exp", INT64_MAX, &exp))
    {
        return false;
    }

    if (nbf > now + OAUTH2_DPOP_AHEAD || exp <= now) {
        return false;
    }

    if (request->nonce_key != NULL) {
        *lifetime = 2 * DPOP_WINDOW;
        return true;
    }

    *lifetime = iat + OAUTH2_DPOP_AGE - now + 1;

    return iat >= now - OAUTH2_DPOP_AGE && iat <= now + OAUTH2_DPOP_AHEAD;
}


/* A string, or absent. */

static oauth2_str_t
dpop_text(const oauth2_json_members_t *list, const char *name)
{
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, name);

    return (member != NULL && member->type == OAUTH2_JSON_STR)
           ? member->value : oauth2_str_null;
}


/* NumericDate (RFC 7519 2); whoever counts fractions loses them. */

static bool
dpop_time(const oauth2_json_members_t *list, const char *name,
    int64_t absent, int64_t *time)
{
    u_char                      *dot;
    uint64_t                     value, fraction;
    oauth2_str_t                 text;
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, name);

    if (member == NULL) {
        *time = absent;
        return absent >= 0;
    }

    if (member->type != OAUTH2_JSON_NUMBER) {
        return false;
    }

    text = member->value;
    dot = memchr(text.data, '.', text.len);

    if (dot != NULL) {
        text.len = (size_t) (dot - text.data);

        if (oauth2_str_parse_uint((oauth2_str_t)
                                  { member->value.len - text.len - 1,
                                    dot + 1 }, UINT64_MAX, &fraction)
            != OAUTH2_OK)
        {
            return false;
        }
    }

    if (oauth2_str_parse_uint(text, INT64_MAX / 2, &value) != OAUTH2_OK) {
        return false;
    }

    *time = (int64_t) value;

    return true;
}


oauth2_rc_e
oauth2_dpop_nonce_write(oauth2_pool_t *pool,
    const u_char key[OAUTH2_SHA256_LEN], int64_t now, oauth2_str_t *nonce)
{
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e   rc;
    oauth2_buf_t  b;
    oauth2_str_t  window;

    oauth2_buf_init(&b, pool, 32);
    oauth2_buf_write_int(&b, now / DPOP_WINDOW);
    rc = oauth2_buf_done(&b, &window);

    if (rc == OAUTH2_OK) {
        rc = oauth2_hmac_sha256(key, window, digest);
    }

    return (rc == OAUTH2_OK) ? dpop_digest(pool, digest, nonce) : rc;
}


static oauth2_rc_e
dpop_digest(oauth2_pool_t *pool, u_char *digest, oauth2_str_t *text)
{
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, 64);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { OAUTH2_SHA256_LEN,
                                                    digest });

    return oauth2_buf_done(&b, text);
}


bool
oauth2_dpop_is_thumbprint(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_str_t  bytes;

    return oauth2_encode_parse_base64url(pool, text, &bytes) == OAUTH2_OK
           && bytes.len == OAUTH2_SHA256_LEN;
}
