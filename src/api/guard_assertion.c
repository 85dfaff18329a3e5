/* SPDX-License-Identifier: MIT */

/*
 * A client that authenticates by a JWT which it has signed (RFC 7521 4.2,
 * RFC 7523 3, OpenID Connect Core 9): private_key_jwt, and with an HMAC by
 * its secret client_secret_jwt.
 *
 * A client that is not there, one that authenticates otherwise and one
 * whose key is another's cost the same: a key of nobody is tried instead.
 */

#include "api.h"

#define ASSERTION_TYPE                                                       \
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define ASSERTION_LIFETIME  3600     /* seconds from now, at most */

/* Nobody has their private halves. */
static oauth2_next_e assertion_choose(oauth2_flow_t *f);
static oauth2_next_e assertion_check(oauth2_flow_t *f);
static oauth2_next_e assertion_use(oauth2_flow_t *f);
static oauth2_rc_e assertion_check_method(oauth2_flow_t *f);
static oauth2_rc_e assertion_try_dummy(oauth2_flow_t *f);
static const char *assertion_check_claims(oauth2_flow_t *f);
static bool assertion_check_type(oauth2_str_t typ);
static oauth2_rc_e assertion_check_audience(oauth2_flow_t *f);
static oauth2_rc_e assertion_url(oauth2_flow_t *f, oauth2_str_t path,
    oauth2_str_t *url);
static oauth2_rc_e assertion_digest(oauth2_flow_t *f, oauth2_str_t *digest);

/* Of these public keys the private halves were not kept. */

static const char  assertion_dummy[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
    "\"x\":\"ep8fPMgi0wSZolpmS6FUp2phgcZGfFXDaacYGfL_TFk\","
    "\"y\":\"TLvWwanjvWtoq2S8pJIaIMOzGy1M2fNP0D0dqyeg5pk\"},"
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
    "\"x\":\"0H2LWjFmJeAH27CicE4OfjkpEfbEA7yYZTwq8KqdzaQ\"},"
    "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\""
    "u6sCpOrERy6setsMBgjc7cm33JeoLbDel0pU2s9-uOITw_2tiju3MEL7Hp19BUVY"
    "TqmAL_VJgq4bvl8RuTdFZJT3Wb6X_VUc4PSNUZswxl3lb97_3_SgJqo9RrdAPFMs"
    "Qpb9e7-jx0UT_hFJ22I00mMyHzDy-GtYFrDcDpPTmV0P81GTsyDQfMFKZgHaAflF"
    "lRPkZi4gXa6iu_9Cz-dMWIvZOpESPt3rLv_J-jYs3Fip6Y9-zp8hZvt3jN31w6i3"
    "wBYxpN9Vs464V65Yf17_JGmUXeN_jCJ8hboLtiLdAZIb7lLdUHqVJXstXdw2XVfh"
    "0Cq1qkDVthPakFCJXksyXw"
    "\"}]}";

static const char *const  assertion_types[] = {
    "JWT", "client-authentication+jwt", NULL
};

const oauth2_step_t  oauth2_assertion_steps[] = {
    { "choosing key", assertion_choose, &oauth2_err_server_error },
    { "checking assertion", assertion_check, &oauth2_err_server_error },
    { "using assertion", assertion_use, NULL },
    { NULL, NULL, NULL }
};


const oauth2_error_t *
oauth2_assertion_read(oauth2_flow_t *f)
{
    oauth2_rc_e       rc;
    oauth2_client_t  *client;

    client = oauth2_client(f);

    if (client->assertion.data == NULL
        || !oauth2_str_same(client->assertion_type,
                            oauth2_str(ASSERTION_TYPE)))
    {
        return &oauth2_err_invalid_request;
    }

    /* RFC 6749 2.3: one way of authentication in each request */

    if (client->secret.data != NULL
        || oauth2_header(f, "authorization").data != NULL)
    {
        return &oauth2_err_invalid_request;
    }

    rc = oauth2_jwt_parse(oauth2_pool(f), client->assertion, &client->jwt);

    if (rc == OAUTH2_OK) {
        rc = oauth2_claims_read(oauth2_pool(f), client->jwt.claims,
                                &client->claims);
    }

    if (rc == OAUTH2_NOMEM) {
        return &oauth2_err_server_error;
    }

    /* RFC 7521 4.2: client_id may be left out, and is the same */

    if (rc != OAUTH2_OK || client->claims.sub.len == 0
        || client->claims.sub.len > OAUTH2_CLIENT_ID_MAX
        || (client->client_id.data != NULL
            && !oauth2_str_same(client->client_id, client->claims.sub)))
    {
        return &oauth2_err_invalid_client;
    }

    client->client_id = client->claims.sub;

    return NULL;
}


static oauth2_next_e
assertion_choose(oauth2_flow_t *f)
{
    oauth2_rc_e  rc;

    rc = assertion_check_method(f);

    if (rc == OAUTH2_OK) {
        return oauth2_enter(f, oauth2_signature_steps);
    }

    oauth2_client(f)->signature = rc;

    return (rc == OAUTH2_NOMEM) ? oauth2_fail(f, &oauth2_err_server_error)
                                : OAUTH2_NEXT;
}


/* Whoever the client is, one signature is checked, or more than one. */

static oauth2_next_e
assertion_check(oauth2_flow_t *f)
{
    const char       *why;
    oauth2_str_t      digest;
    oauth2_client_t  *client;

    client = oauth2_client(f);

    if (client->signature == OAUTH2_NONE
        && assertion_try_dummy(f) == OAUTH2_NOMEM)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    why = (client->signature == OAUTH2_OK) ? assertion_check_claims(f)
                                           : "client assertion: signature";

    if (why != NULL) {
        oauth2_log_info(f, why);
        return oauth2_client_refuse(f);
    }

    if (assertion_digest(f, &digest) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_replay_use, digest,
                       oauth2_str_int(f, client->claims.exp
                                         - oauth2_now(f)
                                         + OAUTH2_CLAIMS_LEEWAY));
}


static oauth2_next_e
assertion_use(oauth2_flow_t *f)
{
    if (!oauth2_row_is(f, "first")) {
        oauth2_log_warn(f, "client assertion used before");
        return oauth2_client_refuse(f);
    }

    oauth2_row_back(f, oauth2_client(f)->row);

    return OAUTH2_NEXT;
}


/* OAUTH2_NONE: the client authenticates otherwise. */

static oauth2_rc_e
assertion_check_method(oauth2_flow_t *f)
{
    bool          hmac;
    oauth2_alg_e  alg;

    alg = oauth2_client(f)->jwt.alg;
    hmac = oauth2_client_method_is(f, "client_secret_jwt");

    if ((!hmac && !oauth2_client_method_is(f, "private_key_jwt"))
        || hmac != (alg == OAUTH2_HS256))
    {
        return OAUTH2_NONE;
    }

    return oauth2_client_alg(f, "token_endpoint_auth_signing_alg", alg);
}


static oauth2_rc_e
assertion_try_dummy(oauth2_flow_t *f)
{
    oauth2_jwt_t   jwt;
    oauth2_rc_e    rc;
    oauth2_key_t  *key;

    jwt = oauth2_client(f)->jwt;
    jwt.kid = oauth2_str_null;

    if (jwt.alg != OAUTH2_HS256) {
        return oauth2_jwks_check(oauth2_pool(f),
                                 oauth2_str_of(assertion_dummy), jwt.alg,
                                 &jwt);
    }

    rc = oauth2_key_init_secret(oauth2_pool(f),
                                oauth2_str_of(assertion_dummy), &key);

    return (rc == OAUTH2_OK) ? oauth2_jwt_check(key, &jwt) : rc;
}


/* RFC 7523 3, OpenID Connect Core 9.  NULL, or a phrase for the log. */

static const char *
assertion_check_claims(oauth2_flow_t *f)
{
    const char       *why;
    oauth2_client_t  *client;

    client = oauth2_client(f);

    if (client->jwt.brings_key || !assertion_check_type(client->jwt.typ)) {
        return "client assertion: header";
    }

    if (!oauth2_str_same(client->claims.iss, client->claims.sub)) {
        return "client assertion: issuer";
    }

    if (assertion_check_audience(f) != OAUTH2_OK) {
        return "client assertion: audience";
    }

    if (client->claims.exp == OAUTH2_CLAIMS_NEVER
        || client->claims.jti.len == 0)
    {
        return "client assertion: without exp or jti";
    }

    why = oauth2_claims_check_time(&client->claims, oauth2_now(f),
                                   ASSERTION_LIFETIME);

    return (why == NULL) ? NULL : "client assertion: time";
}


/* What was made for something else says so (RFC 8725 3.11). */

static bool
assertion_check_type(oauth2_str_t typ)
{
    size_t  i;

    if (typ.data == NULL) {
        return true;
    }

    for (i = 0; assertion_types[i] != NULL; i++) {
        if (oauth2_claims_check_type(typ, assertion_types[i])) {
            return true;
        }
    }

    return false;
}


/*
 * The issuer, as newer specifications want it (FAPI 2.0 5.3.2.1), or the
 * URL of the token endpoint or of the one that is asked, as older ones do
 * (RFC 7523 3, OpenID Connect Core 9, RFC 9126 2); the issuer alone where
 * FAPI 2.0 counts (5.3.2.1).
 */

static oauth2_rc_e
assertion_check_audience(oauth2_flow_t *f)
{
    oauth2_rc_e       rc;
    oauth2_str_t      names[3];
    oauth2_client_t  *client;

    client = oauth2_client(f);
    names[0] = oauth2_settings(f)->issuer;

    if (oauth2_client_is_fapi2(f, oauth2_row(f, "metadata"))) {
        return !client->claims.aud_list
               && oauth2_str_same(client->claims.aud, names[0])
               ? OAUTH2_OK : OAUTH2_BAD;
    }

    rc = assertion_url(f, oauth2_str("/oauth/token"), &names[1]);

    if (rc == OAUTH2_OK) {
        rc = assertion_url(f, oauth2_path(f), &names[2]);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_claims_check_audience(oauth2_pool(f),
                                        &client->claims, names, 3,
                                        false);
}


static oauth2_rc_e
assertion_url(oauth2_flow_t *f, oauth2_str_t path, oauth2_str_t *url)
{
    oauth2_buf_t  buf;

    oauth2_buf_init(&buf, oauth2_pool(f), 4096);
    oauth2_buf_write(&buf, oauth2_settings(f)->issuer);
    oauth2_buf_write(&buf, path);

    return oauth2_buf_done(&buf, url);
}


static oauth2_rc_e
assertion_digest(oauth2_flow_t *f, oauth2_str_t *digest)
{
    oauth2_rc_e       rc;
    oauth2_buf_t      buf;
    oauth2_str_t      text;
    oauth2_client_t  *client;

    client = oauth2_client(f);

    oauth2_buf_init(&buf, oauth2_pool(f), 2 * OAUTH2_JWT_MAX);
    oauth2_buf_write_c(&buf, "client_assertion");
    oauth2_buf_write_byte(&buf, '\0');
    oauth2_buf_write(&buf, client->client_id);
    oauth2_buf_write_byte(&buf, '\0');
    oauth2_buf_write(&buf, client->claims.jti);

    rc = oauth2_buf_done(&buf, &text);

    return (rc == OAUTH2_OK)
           ? oauth2_sha256_hex(oauth2_pool(f), text, digest) : rc;
}
