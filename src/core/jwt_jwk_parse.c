/* SPDX-License-Identifier: MIT */

/*
 * A public key out of the JWK of somebody else (RFC 7517, RFC 7518 6, RFC
 * 8037 2).  What is wrong with it is nobody's business: it is no key.
 */

#include "str.h"
#include "json.h"
#include "encode.h"
#include "jwt_key.h"
#include "json_scan.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define JWK_COORDINATE_LEN  32
#define JWK_EXPONENT_MAX    8         /* bytes; a long one costs time */
#define JWK_TEXT_MAX        16384


static oauth2_rc_e jwk_parse(oauth2_pool_t *pool, oauth2_pool_t *scan,
    oauth2_str_t jwk, oauth2_alg_e alg, oauth2_key_t **key);
static oauth2_rc_e jwk_check(const oauth2_json_members_t *list,
    oauth2_alg_e alg);
static bool jwk_says(const oauth2_json_members_t *list, const char *name,
    const char *value, bool required);
static bool jwk_check_ops(const oauth2_json_members_t *list);
static oauth2_rc_e jwk_parse_rsa(oauth2_pool_t *scan,
    const oauth2_json_members_t *list, EVP_PKEY **pkey);
static oauth2_rc_e jwk_parse_ec(oauth2_pool_t *scan,
    const oauth2_json_members_t *list, EVP_PKEY **pkey);
static oauth2_rc_e jwk_parse_okp(oauth2_pool_t *scan,
    const oauth2_json_members_t *list, EVP_PKEY **pkey);
static oauth2_rc_e jwk_bytes(oauth2_pool_t *scan,
    const oauth2_json_members_t *list, const char *name,
    oauth2_str_t *bytes);
static EVP_PKEY *jwk_make_rsa(oauth2_str_t n, oauth2_str_t e);
static EVP_PKEY *jwk_make(const char *kind, OSSL_PARAM *params);
static void jwk_free(void *pkey);

/* Members of private and symmetric keys (RFC 7518 6.3.2, 6.4). */
static const char *const  jwk_private[] = {
    "d", "p", "q", "dp", "dq", "qi", "oth", "k", NULL
};


oauth2_rc_e
oauth2_key_parse_jwk(oauth2_pool_t *pool, oauth2_str_t jwk, oauth2_alg_e alg,
    oauth2_key_t **key)
{
    oauth2_rc_e     rc;
    oauth2_pool_t  *scan;

    if (jwk.len > JWK_TEXT_MAX) {
        return OAUTH2_BAD;
    }

    scan = oauth2_pool_create();

    if (scan == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = jwk_parse(pool, scan, jwk, alg, key);

    oauth2_pool_release(scan);
    ERR_clear_error();

    return rc;
}


static oauth2_rc_e
jwk_parse(oauth2_pool_t *pool, oauth2_pool_t *scan, oauth2_str_t jwk,
    oauth2_alg_e alg, oauth2_key_t **key)
{
    oauth2_rc_e            rc;
    oauth2_key_t          *k;
    oauth2_json_members_t  list;

    rc = oauth2_json_scan_rc(scan, jwk, &list);

    if (rc == OAUTH2_OK) {
        rc = jwk_check(&list, alg);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    k = oauth2_pool_alloc(pool, sizeof(oauth2_key_t));

    if (k == NULL) {
        return OAUTH2_NOMEM;
    }

    k->alg = alg;
    rc = (alg == OAUTH2_ES256) ? jwk_parse_ec(scan, &list, &k->pkey)
         : (alg == OAUTH2_EDDSA) ? jwk_parse_okp(scan, &list, &k->pkey)
         : jwk_parse_rsa(scan, &list, &k->pkey);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (oauth2_pool_cleanup(pool, jwk_free, k->pkey) != OAUTH2_OK) {
        jwk_free(k->pkey);
        return OAUTH2_NOMEM;
    }

    rc = oauth2_key_describe(pool, k);

    if (rc == OAUTH2_OK) {
        *key = k;
    }

    return rc;
}


/* Is this a public key, and does it say nothing against the algorithm? */
static oauth2_rc_e
jwk_check(const oauth2_json_members_t *list, oauth2_alg_e alg)
{
    size_t       i;
    const char  *kty, *curve;

    if (alg == OAUTH2_HS256) {
        return OAUTH2_BAD;
    }

    for (i = 0; jwk_private[i] != NULL; i++) {
        if (oauth2_json_member(list, jwk_private[i]) != NULL) {
            return OAUTH2_BAD;
        }
    }

    kty = (alg == OAUTH2_ES256) ? "EC" : (alg == OAUTH2_EDDSA) ? "OKP"
          : "RSA";
    curve = (alg == OAUTH2_ES256) ? "P-256" : "Ed25519";

    if (!jwk_says(list, "kty", kty, true)
        || (strcmp(kty, "RSA") != 0 && !jwk_says(list, "crv", curve, true))
        || !jwk_says(list, "alg", oauth2_alg_name(alg), false)
        || !jwk_says(list, "use", "sig", false)
        || !jwk_check_ops(list))
    {
        return OAUTH2_BAD;
    }

    return OAUTH2_OK;
}


static bool
jwk_says(const oauth2_json_members_t *list, const char *name,
    const char *value, bool required)
{
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, name);

    if (member == NULL) {
        return !required;
    }

    return member->type == OAUTH2_JSON_STR
           && oauth2_str_same(member->value, oauth2_str_of(value));
}


/* RFC 7517 4.3 */
static bool
jwk_check_ops(const oauth2_json_members_t *list)
{
    oauth2_str_t                 rest, element;
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, "key_ops");

    if (member == NULL) {
        return true;
    }

    if (member->type != OAUTH2_JSON_NESTED || member->value.data[0] != '[') {
        return false;
    }

    rest = member->value;

    while (oauth2_json_next(&rest, &element)) {
        if (oauth2_str_same(element, oauth2_str("\"verify\""))) {
            return true;
        }
    }

    return false;
}


static oauth2_rc_e
jwk_parse_rsa(oauth2_pool_t *scan, const oauth2_json_members_t *list,
    EVP_PKEY **pkey)
{
    int           bits;
    oauth2_rc_e   rc;
    oauth2_str_t  n, e;

    rc = jwk_bytes(scan, list, "n", &n);

    if (rc == OAUTH2_OK) {
        rc = jwk_bytes(scan, list, "e", &e);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    /* an even number is no modulus and no exponent, and 1 signs all */
    if (n.len > OAUTH2_RSA_MAX / 8 || e.len > JWK_EXPONENT_MAX
        || (n.data[n.len - 1] & 1) == 0 || (e.data[e.len - 1] & 1) == 0
        || n.data[0] == 0 || e.data[0] == 0
        || (e.len == 1 && e.data[0] == 1))
    {
        return OAUTH2_BAD;
    }

    *pkey = jwk_make_rsa(n, e);

    if (*pkey == NULL) {
        return OAUTH2_BAD;
    }

    bits = EVP_PKEY_get_bits(*pkey);

    if (bits < OAUTH2_RSA_MIN || bits > OAUTH2_RSA_MAX) {
        EVP_PKEY_free(*pkey);
        return OAUTH2_BAD;
    }

    return OAUTH2_OK;
}


/* OpenSSL refuses points that are not on the curve. */
static oauth2_rc_e
jwk_parse_ec(oauth2_pool_t *scan, const oauth2_json_members_t *list,
    EVP_PKEY **pkey)
{
    u_char        point[1 + 2 * JWK_COORDINATE_LEN];
    OSSL_PARAM    params[3];
    oauth2_rc_e   rc;
    oauth2_str_t  x, y;

    rc = jwk_bytes(scan, list, "x", &x);

    if (rc == OAUTH2_OK) {
        rc = jwk_bytes(scan, list, "y", &y);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (x.len != JWK_COORDINATE_LEN || y.len != JWK_COORDINATE_LEN) {
        return OAUTH2_BAD;
    }

    point[0] = 4;       /* uncompressed */
    memcpy(point + 1, x.data, x.len);
    memcpy(point + 1 + x.len, y.data, y.len);

    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                 (char *) "P-256", 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                  point, sizeof(point));
    params[2] = OSSL_PARAM_construct_end();
    *pkey = jwk_make("EC", params);

    return (*pkey != NULL) ? OAUTH2_OK : OAUTH2_BAD;
}


/* A point that is none is found when a signature is checked. */
static oauth2_rc_e
jwk_parse_okp(oauth2_pool_t *scan, const oauth2_json_members_t *list,
    EVP_PKEY **pkey)
{
    oauth2_rc_e   rc;
    oauth2_str_t  x;

    rc = jwk_bytes(scan, list, "x", &x);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *pkey = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, x.data,
                                           x.len);

    return (*pkey != NULL) ? OAUTH2_OK : OAUTH2_BAD;
}


static oauth2_rc_e
jwk_bytes(oauth2_pool_t *scan, const oauth2_json_members_t *list,
    const char *name, oauth2_str_t *bytes)
{
    oauth2_rc_e                  rc;
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, name);

    if (member == NULL || member->type != OAUTH2_JSON_STR) {
        return OAUTH2_BAD;
    }

    rc = oauth2_encode_parse_base64url(scan, member->value, bytes);

    return (rc == OAUTH2_OK && bytes->len == 0) ? OAUTH2_BAD : rc;
}


static EVP_PKEY *
jwk_make_rsa(oauth2_str_t n, oauth2_str_t e)
{
    BIGNUM          *bn, *be;
    EVP_PKEY        *pkey;
    OSSL_PARAM      *params;
    OSSL_PARAM_BLD  *build;

    pkey = NULL;
    params = NULL;
    bn = BN_bin2bn(n.data, (int) n.len, NULL);
    be = BN_bin2bn(e.data, (int) e.len, NULL);
    build = OSSL_PARAM_BLD_new();

    if (bn != NULL && be != NULL && build != NULL
        && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, bn) == 1
        && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, be) == 1)
    {
        params = OSSL_PARAM_BLD_to_param(build);
    }

    if (params != NULL) {
        pkey = jwk_make("RSA", params);
    }

    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_free(be);
    BN_free(bn);

    return pkey;
}


static EVP_PKEY *
jwk_make(const char *kind, OSSL_PARAM *params)
{
    EVP_PKEY      *pkey;
    EVP_PKEY_CTX  *ctx;

    pkey = NULL;
    ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);

    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1
        || EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
    {
        pkey = NULL;
    }

    EVP_PKEY_CTX_free(ctx);

    return pkey;
}


static void
jwk_free(void *pkey)
{
    EVP_PKEY_free(pkey);
}
