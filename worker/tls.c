/* SPDX-License-Identifier: MIT */

/*
 * TLS towards Temporal.
 */

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "tls.h"


static SSL_CTX *tls_context(const oauth2_conf_t *conf);
static bool tls_trust(SSL_CTX *ctx, const oauth2_conf_t *conf);
static bool tls_identify(SSL_CTX *ctx, const oauth2_conf_t *conf);
static bool tls_expect(SSL *ssl, const char *name);
static void tls_log(const char *what, const char *file);

static const unsigned char  tls_protocols[] = { 2, 'h', '2' };


oauth2_rc_e
oauth2_tls_check(const oauth2_conf_t *conf)
{
    SSL_CTX  *ctx;

    ctx = tls_context(conf);
    if (ctx == NULL) {
        return OAUTH2_BAD;
    }

    SSL_CTX_free(ctx);

    return OAUTH2_OK;
}


struct bufferevent *
oauth2_tls_create(const oauth2_conf_t *conf, struct event_base *base,
    const char *host)
{
    SSL                 *ssl;
    SSL_CTX             *ctx;
    const char          *name;
    struct bufferevent  *bev;

    ctx = tls_context(conf);
    if (ctx == NULL) {
        return NULL;
    }

    /* keeps the context */
    ssl = SSL_new(ctx);
    SSL_CTX_free(ctx);

    name = conf->temporal_tls_server_name;
    if (name == NULL) {
        name = host;
    }

    if (ssl == NULL || !tls_expect(ssl, name)) {
        tls_log("cannot expect the name", name);
        SSL_free(ssl);
        return NULL;
    }

    bev = bufferevent_openssl_socket_new(base, -1, ssl,
                                         BUFFEREVENT_SSL_CONNECTING,
                                         BEV_OPT_CLOSE_ON_FREE
                                         | BEV_OPT_DEFER_CALLBACKS);
    if (bev == NULL) {
        SSL_free(ssl);
        return NULL;
    }

    /* h2 says by itself when it is through */
    bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);

    return bev;
}


bool
oauth2_tls_is_h2(struct bufferevent *bev)
{
    SSL                  *ssl;
    unsigned              len;
    const unsigned char  *name;

    ssl = bufferevent_openssl_get_ssl(bev);
    SSL_get0_alpn_selected(ssl, &name, &len);

    return len == 2 && memcmp(name, "h2", 2) == 0;
}


const char *
oauth2_tls_reason(struct bufferevent *bev)
{
    long            verified;
    unsigned long   error;

    verified = SSL_get_verify_result(bufferevent_openssl_get_ssl(bev));
    if (verified != X509_V_OK) {
        return X509_verify_cert_error_string(verified);
    }

    error = bufferevent_get_openssl_error(bev);

    /* the same, seen by another layer */
    if (ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        return "end of file";
    }

    return error == 0 ? NULL : ERR_reason_error_string(error);
}


static SSL_CTX *
tls_context(const oauth2_conf_t *conf)
{
    SSL_CTX  *ctx;

    ERR_clear_error();

    ctx = SSL_CTX_new(TLS_client_method());
    if (ctx == NULL) {
        tls_log("cannot use TLS", "");
        return NULL;
    }

    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);

    /* an answer of 0 is a success here */
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1
        || SSL_CTX_set_alpn_protos(ctx, tls_protocols,
                                   sizeof(tls_protocols)) != 0
        || !tls_trust(ctx, conf) || !tls_identify(ctx, conf))
    {
        SSL_CTX_free(ctx);
        return NULL;
    }

    return ctx;
}


static bool
tls_trust(SSL_CTX *ctx, const oauth2_conf_t *conf)
{
    const char  *file;

    file = conf->temporal_tls_ca_file;

    if (file == NULL) {
        return SSL_CTX_set_default_verify_paths(ctx) == 1;
    }

    if (SSL_CTX_load_verify_locations(ctx, file, NULL) != 1) {
        tls_log("there are no certificates to trust in", file);
        return false;
    }

    return true;
}


static bool
tls_identify(SSL_CTX *ctx, const oauth2_conf_t *conf)
{
    const char  *file;

    file = conf->temporal_tls_cert_file;

    if (file == NULL) {
        return true;
    }

    if (SSL_CTX_use_certificate_chain_file(ctx, file) != 1) {
        tls_log("there is no certificate in", file);
        return false;
    }

    file = conf->temporal_tls_key_file;

    if (SSL_CTX_use_PrivateKey_file(ctx, file, SSL_FILETYPE_PEM) != 1
        || SSL_CTX_check_private_key(ctx) != 1)
    {
        tls_log("there is no private key for the certificate in", file);
        return false;
    }

    return true;
}


/* An address is checked as one, and is no name to ask for (RFC 6066 3). */
static bool
tls_expect(SSL *ssl, const char *name)
{
    X509_VERIFY_PARAM  *param;

    param = SSL_get0_param(ssl);

    if (X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1) {
        return true;
    }

    ERR_clear_error();
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);

    return SSL_set1_host(ssl, name) == 1
           && SSL_set_tlsext_host_name(ssl, name) == 1;
}


static void
tls_log(const char *what, const char *file)
{
    const char  *reason;

    reason = ERR_reason_error_string(ERR_peek_last_error());

    oauth2_log(OAUTH2_LOG_ERROR, "TLS to temporal: %s \"%s\": %s", what, file,
               reason == NULL ? "unknown" : reason);
    ERR_clear_error();
}
