/* SPDX-License-Identifier: MIT */

/*
 * Signing keys from text, their names, and the public ones as JWK.
 */

#include "str.h"
#include "json.h"
#include "digest.h"
#include "jwt_key.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#define KEY_SECRET_MIN    32
#define KEY_SECRET_MAX    4096
#define KEY_DISTINCT_MIN  8
#define KEY_ID_LEN        16
#define KEY_RSA_MIN       2048      /* bits */
#define KEY_RSA_MAX       8192
#define KEY_P256_LEN      32

#define KEY_MAKE_ONE  "make one with \"openssl rand -base64 48\"."


static oauth2_rc_e key_init_secret(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_key_t *key, const char **why);
static const char *key_check_secret(oauth2_str_t secret);
static oauth2_rc_e key_init_pem(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_key_t *key, const char **why);
static EVP_PKEY *key_parse_pem(oauth2_str_t text);
static int key_no_passphrase(char *p, int size, int writing, void *data);
static void key_free(void *pkey);
static const char *key_check_kind(oauth2_key_t *key);
static oauth2_rc_e key_describe(oauth2_pool_t *pool, oauth2_key_t *key);
static oauth2_rc_e key_write_number(oauth2_pool_t *pool,
    const oauth2_key_t *key, const char *param, oauth2_str_t *text);
static oauth2_rc_e key_write_public(oauth2_pool_t *pool,
    oauth2_key_t *key, oauth2_str_t first, oauth2_str_t second);

static const char *const  key_alg_names[] = { "HS256", "RS256", "ES256" };

/* Beginnings of the secrets that examples and templates are made of. */
static const char *const  key_defaults[] = {
    "your-", "your_", "yoursecret", "changeme", "change-me", "change_me",
    "change-this", "change_this", "please-change", "replace-me",
    "replace_me", "replace-with", "secret-key", "secret_key", "secretkey",
    "secret", "my-secret", "my_secret", "mysecret", "super-secret",
    "super_secret", "supersecret", "jwt-secret", "jwt_secret", "jwtsecret",
    "dev-secret", "dev_secret", "development", "test-secret", "test_secret",
    "example", "default", "insecure", "password", "qwerty", "0123456789",
    "1234567890", "abcdefgh", NULL
};


oauth2_rc_e
oauth2_key_init(oauth2_pool_t *pool, oauth2_str_t text, oauth2_key_t **key,
    const char **why)
{
    oauth2_rc_e    rc;
    oauth2_key_t  *k;

    k = oauth2_pool_alloc(pool, sizeof(oauth2_key_t));

    if (k == NULL) {
        return OAUTH2_NOMEM;
    }

    text = oauth2_str_trim_lines(text);

    rc = oauth2_str_starts(text, oauth2_str("-----BEGIN"))
         ? key_init_pem(pool, text, k, why)
         : key_init_secret(pool, text, k, why);

    if (rc == OAUTH2_OK) {
        *key = k;
    }

    return rc;
}


oauth2_alg_e
oauth2_key_alg(const oauth2_key_t *key)
{
    return key->alg;
}


const char *
oauth2_key_alg_name(const oauth2_key_t *key)
{
    return key_alg_names[key->alg];
}


oauth2_str_t
oauth2_key_id(const oauth2_key_t *key)
{
    return key->id;
}


oauth2_rc_e
oauth2_key_write_jwk(oauth2_pool_t *pool, const oauth2_key_t *key,
    oauth2_str_t *jwk)
{
    if (key->alg == OAUTH2_HS256) {
        return OAUTH2_NONE;
    }

    return oauth2_pool_copy(pool, key->jwk, jwk);
}


/* The name tells nothing of the secret that a token would not tell. */
static oauth2_rc_e
key_init_secret(oauth2_pool_t *pool, oauth2_str_t text, oauth2_key_t *key,
    const char **why)
{
    u_char         hash[OAUTH2_SHA256_LEN], digest[OAUTH2_SHA256_LEN];
    const char    *refused;
    oauth2_rc_e    rc;
    oauth2_buf_t   b;

    refused = key_check_secret(text);

    if (refused != NULL) {
        *why = refused;
        return OAUTH2_BAD;
    }

    if (oauth2_sha256(text, hash) != OAUTH2_OK
        || oauth2_hmac_sha256(hash, oauth2_str("oauth2 key id"), digest)
           != OAUTH2_OK)
    {
        return OAUTH2_NOMEM;
    }

    oauth2_wipe(hash, sizeof(hash));
    oauth2_buf_init(&b, pool, OAUTH2_SHA256_LEN * 2);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { sizeof(digest), digest });
    rc = oauth2_buf_done(&b, &key->id);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    key->id.len = KEY_ID_LEN;
    key->id.data[KEY_ID_LEN] = '\0';
    key->alg = OAUTH2_HS256;

    return oauth2_pool_copy(pool, text, &key->secret);
}


static const char *
key_check_secret(oauth2_str_t secret)
{
    bool          seen[256];
    size_t        i;
    unsigned      distinct;
    oauth2_str_t  start, known;

    if (secret.len < KEY_SECRET_MIN) {
        return "the secret is shorter than 32 bytes; " KEY_MAKE_ONE;
    }

    if (secret.len > KEY_SECRET_MAX) {
        return "the secret is longer than 4096 bytes; " KEY_MAKE_ONE;
    }

    for (i = 0; key_defaults[i] != NULL; i++) {
        known = oauth2_str_of(key_defaults[i]);
        start.data = secret.data;
        start.len = known.len;

        if (oauth2_str_same_nocase(start, known)) {
            return "the secret is one that examples use, not a secret; "
                   KEY_MAKE_ONE;
        }
    }

    memset(seen, 0, sizeof(seen));
    distinct = 0;

    for (i = 0; i < secret.len; i++) {
        if (!seen[secret.data[i]]) {
            seen[secret.data[i]] = true;
            distinct++;
        }
    }

    if (distinct < KEY_DISTINCT_MIN) {
        return "the secret repeats a few characters only; " KEY_MAKE_ONE;
    }

    return NULL;
}


static oauth2_rc_e
key_init_pem(oauth2_pool_t *pool, oauth2_str_t text, oauth2_key_t *key,
    const char **why)
{
    const char  *refused;

    if (oauth2_str_starts(text, oauth2_str("-----BEGIN PUBLIC"))
        || oauth2_str_starts(text, oauth2_str("-----BEGIN CERT")))
    {
        *why = "this is a public key or a certificate; the private key is "
               "needed.";
        return OAUTH2_BAD;
    }

    key->pkey = key_parse_pem(text);

    if (key->pkey == NULL) {
        ERR_clear_error();
        *why = "this is not a PEM private key without a passphrase; make "
               "one with \"openssl ecparam -name prime256v1 -genkey "
               "-noout\".";
        return OAUTH2_BAD;
    }

    if (oauth2_pool_cleanup(pool, key_free, key->pkey) != OAUTH2_OK) {
        key_free(key->pkey);
        return OAUTH2_NOMEM;
    }

    refused = key_check_kind(key);

    if (refused != NULL) {
        ERR_clear_error();
        *why = refused;
        return OAUTH2_BAD;
    }

    return key_describe(pool, key);
}


static EVP_PKEY *
key_parse_pem(oauth2_str_t text)
{
    BIO       *bio;
    EVP_PKEY  *pkey;

    if (text.len > INT_MAX) {
        return NULL;
    }

    bio = BIO_new_mem_buf(text.data, (int) text.len);

    if (bio == NULL) {
        return NULL;
    }

    pkey = PEM_read_bio_PrivateKey(bio, NULL, key_no_passphrase, NULL);
    BIO_free(bio);

    return pkey;
}


/* Without it OpenSSL would ask at the terminal. */
static int
key_no_passphrase(char *p OAUTH2_UNUSED, int size OAUTH2_UNUSED,
    int writing OAUTH2_UNUSED, void *data OAUTH2_UNUSED)
{
    return -1;
}


static void
key_free(void *pkey)
{
    EVP_PKEY_free(pkey);
}


static const char *
key_check_kind(oauth2_key_t *key)
{
    int     bits;
    char    curve[32];
    size_t  len;

    if (EVP_PKEY_is_a(key->pkey, "RSA")) {
        bits = EVP_PKEY_get_bits(key->pkey);

        if (bits < KEY_RSA_MIN || bits > KEY_RSA_MAX) {
            return "an RSA key needs 2048 to 8192 bits; 3072 is a good "
                   "choice.";
        }

        key->alg = OAUTH2_RS256;

        return NULL;
    }

    if (EVP_PKEY_is_a(key->pkey, "EC")
        && EVP_PKEY_get_group_name(key->pkey, curve, sizeof(curve), &len) == 1
        && strcmp(curve, "prime256v1") == 0)
    {
        key->alg = OAUTH2_ES256;

        return NULL;
    }

    return "the key is neither RSA (RS256) nor EC on P-256 (ES256).";
}


/*
 * The members of RFC 7638 3.2, in alphabetical order and without white
 * space, are what the thumbprint is of; the JWK adds to them.
 */
static oauth2_rc_e
key_describe(oauth2_pool_t *pool, oauth2_key_t *key)
{
    oauth2_rc_e   rc;
    oauth2_str_t  first, second;

    rc = key_write_number(pool, key, (key->alg == OAUTH2_RS256)
                                     ? OSSL_PKEY_PARAM_RSA_E
                                     : OSSL_PKEY_PARAM_EC_PUB_X, &first);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = key_write_number(pool, key, (key->alg == OAUTH2_RS256)
                                     ? OSSL_PKEY_PARAM_RSA_N
                                     : OSSL_PKEY_PARAM_EC_PUB_Y, &second);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return key_write_public(pool, key, first, second);
}


/* Coordinates have a fixed length (RFC 7518 6.2.1.2), n and e have not. */
static oauth2_rc_e
key_write_number(oauth2_pool_t *pool, const oauth2_key_t *key,
    const char *param, oauth2_str_t *text)
{
    int            len;
    BIGNUM        *n;
    u_char         bytes[KEY_RSA_MAX / 8];
    oauth2_buf_t   b;

    n = NULL;

    if (EVP_PKEY_get_bn_param(key->pkey, param, &n) != 1) {
        return OAUTH2_NOMEM;
    }

    len = (key->alg == OAUTH2_ES256) ? KEY_P256_LEN : BN_num_bytes(n);

    if (BN_num_bytes(n) > len || len > (int) sizeof(bytes)) {
        len = -1;

    } else {
        len = BN_bn2binpad(n, bytes, len);
    }

    BN_free(n);

    if (len < 0) {
        return OAUTH2_NOMEM;
    }

    oauth2_buf_init(&b, pool, sizeof(bytes) * 2);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { (size_t) len, bytes });

    return oauth2_buf_done(&b, text);
}


static oauth2_rc_e
key_write_public(oauth2_pool_t *pool, oauth2_key_t *key, oauth2_str_t first,
    oauth2_str_t second)
{
    u_char         digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e    rc;
    oauth2_str_t   members;
    oauth2_buf_t   b;
    oauth2_json_t  j;

    oauth2_json_init(&j, pool, OAUTH2_JWT_MAX);
    oauth2_json_open(&j, NULL);

    if (key->alg == OAUTH2_RS256) {
        oauth2_json_str(&j, "e", first);
        oauth2_json_c(&j, "kty", "RSA");
        oauth2_json_str(&j, "n", second);

    } else {
        oauth2_json_c(&j, "crv", "P-256");
        oauth2_json_c(&j, "kty", "EC");
        oauth2_json_str(&j, "x", first);
        oauth2_json_str(&j, "y", second);
    }

    oauth2_json_close(&j);
    rc = oauth2_json_done(&j, &members);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (oauth2_sha256(members, digest) != OAUTH2_OK) {
        return OAUTH2_NOMEM;
    }

    oauth2_buf_init(&b, pool, OAUTH2_SHA256_LEN * 2);
    oauth2_buf_write_base64url(&b, (oauth2_str_t) { sizeof(digest), digest });
    rc = oauth2_buf_done(&b, &key->id);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, pool, OAUTH2_JWT_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_members(&j, members);
    oauth2_json_str(&j, "kid", key->id);
    oauth2_json_c(&j, "use", "sig");
    oauth2_json_c(&j, "alg", oauth2_key_alg_name(key));
    oauth2_json_close(&j);

    return oauth2_json_done(&j, &key->jwk);
}
