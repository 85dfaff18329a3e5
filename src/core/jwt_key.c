/* SPDX-License-Identifier: MIT */

/*
 * Signing keys from text, and new ones as text.
 */

#include "str.h"
#include "json.h"
#include "digest.h"
#include "jwt_key.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#define KEY_SECRET_MIN    32
#define KEY_SECRET_MAX    4096
#define KEY_DISTINCT_MIN  8
#define KEY_ID_LEN        16
#define KEY_GENERATED     3072      /* bits of an RSA key */

#define KEY_MAKE_ONE  "make one with \"openssl rand -base64 48\"."


static oauth2_rc_e key_write_pem(oauth2_pool_t *pool, EVP_PKEY *pkey,
    oauth2_str_t *pem);
static oauth2_rc_e key_init_secret(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_key_t *key, const char **why);
static const char *key_check_secret(oauth2_str_t secret);
static oauth2_rc_e key_init_pem(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_key_t *key, const char **why);
static EVP_PKEY *key_parse_pem(oauth2_str_t text);
static int key_no_passphrase(char *p, int size, int writing, void *data);
static void key_free(void *pkey);
static const char *key_check_kind(oauth2_key_t *key);
static bool key_check_alg(const oauth2_key_t *key, oauth2_alg_e alg);

static const char *const  key_alg_names[OAUTH2_ALG_COUNT] = {
    "HS256", "RS256", "ES256", "PS256", "EdDSA"
};

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


oauth2_rc_e
oauth2_key_init_alg(oauth2_pool_t *pool, oauth2_str_t text, oauth2_alg_e alg,
    oauth2_key_t **key, const char **why)
{
    oauth2_rc_e    rc;
    oauth2_key_t  *k;

    rc = oauth2_key_init(pool, text, &k, why);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (!key_check_alg(k, alg)) {
        *why = "the key is not of the kind that the algorithm needs.";
        return OAUTH2_BAD;
    }

    if (k->alg != alg) {
        k->alg = alg;
        rc = oauth2_key_describe(pool, k);
    }

    if (rc == OAUTH2_OK) {
        *key = k;
    }

    return rc;
}


oauth2_rc_e
oauth2_key_init_secret(oauth2_pool_t *pool, oauth2_str_t secret,
    oauth2_key_t **key)
{
    oauth2_rc_e    rc;
    oauth2_key_t  *k;

    if (secret.len < KEY_SECRET_MIN || secret.len > KEY_SECRET_MAX) {
        return OAUTH2_BAD;
    }

    k = oauth2_pool_alloc(pool, sizeof(oauth2_key_t));

    if (k == NULL) {
        return OAUTH2_NOMEM;
    }

    k->alg = OAUTH2_HS256;
    rc = oauth2_pool_copy(pool, secret, &k->secret);

    if (rc == OAUTH2_OK) {
        *key = k;
    }

    return rc;
}


oauth2_rc_e
oauth2_key_generate(oauth2_pool_t *pool, oauth2_alg_e alg, oauth2_str_t *pem)
{
    EVP_PKEY     *pkey;
    oauth2_rc_e   rc;

    switch (alg) {

    case OAUTH2_RS256:
    case OAUTH2_PS256:
        pkey = EVP_RSA_gen(KEY_GENERATED);
        break;

    case OAUTH2_ES256:
        pkey = EVP_EC_gen("P-256");
        break;

    case OAUTH2_EDDSA:
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        break;

    default:
        return OAUTH2_BAD;
    }

    rc = (pkey == NULL) ? OAUTH2_NOMEM : key_write_pem(pool, pkey, pem);
    key_free(pkey);
    ERR_clear_error();

    return rc;
}


oauth2_rc_e
oauth2_alg_parse(oauth2_str_t name, oauth2_alg_e *alg)
{
    unsigned  i;

    for (i = 0; i < OAUTH2_ALG_COUNT; i++) {
        if (oauth2_str_same(name, oauth2_str_of(key_alg_names[i]))) {
            *alg = (oauth2_alg_e) i;
            return OAUTH2_OK;
        }
    }

    return OAUTH2_BAD;
}


const char *
oauth2_alg_name(oauth2_alg_e alg)
{
    return key_alg_names[alg];
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


oauth2_str_t
oauth2_key_thumbprint(const oauth2_key_t *key)
{
    return key->thumbprint;
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


static oauth2_rc_e
key_write_pem(oauth2_pool_t *pool, EVP_PKEY *pkey, oauth2_str_t *pem)
{
    BIO          *bio;
    char         *data;
    long          len;
    oauth2_rc_e   rc;

    bio = BIO_new(BIO_s_secmem());

    if (bio == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = OAUTH2_NOMEM;

    if (PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1) {
        len = BIO_get_mem_data(bio, &data);
        rc = oauth2_pool_copy(pool, (oauth2_str_t) { (size_t) len,
                                                     (u_char *) data }, pem);
        oauth2_wipe(data, (size_t) len);
    }

    BIO_free(bio);

    return rc;
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

    return oauth2_key_describe(pool, key);
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

        if (bits < OAUTH2_RSA_MIN || bits > OAUTH2_RSA_MAX) {
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

    if (EVP_PKEY_is_a(key->pkey, "ED25519")) {
        key->alg = OAUTH2_EDDSA;

        return NULL;
    }

    return "the key is neither RSA (RS256, PS256), nor EC on P-256 (ES256), "
           "nor Ed25519 (EdDSA).";
}


/* What a text gave may serve for: RSA keys have two algorithms. */
static bool
key_check_alg(const oauth2_key_t *key, oauth2_alg_e alg)
{
    return key->alg == alg
           || (key->alg == OAUTH2_RS256 && alg == OAUTH2_PS256);
}
