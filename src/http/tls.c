/* SPDX-License-Identifier: MIT */

/*
 * The certificate of the client at the other end of the TLS connection, as
 * nginx has it.  What a proxy in front writes into a header is not one:
 * anybody could have written it.
 */

#include "http.h"


#if (NGX_HTTP_SSL)

static ngx_uint_t tls_is_ours(ngx_http_request_t *r);


/* verified: the chain leads to one of ssl_trusted_certificate (or
 * ssl_client_certificate) of this very server. */

oauth2_rc_e
oauth2_peer(oauth2_flow_t *f, oauth2_str_t *pem, bool *verified)
{
    ngx_str_t               cert, verify;
    ngx_connection_t       *c;
    ngx_http_request_t     *r;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;
    r = ctx->r->main;
    c = r->connection;

    if (c->ssl == NULL || !tls_is_ours(r)) {
        return OAUTH2_NONE;
    }

    if (ngx_ssl_get_raw_certificate(c, r->pool, &cert) != NGX_OK
        || ngx_ssl_get_client_verify(c, r->pool, &verify) != NGX_OK)
    {
        return OAUTH2_NOMEM;
    }

    if (cert.len == 0) {
        return OAUTH2_NONE;
    }

    *verified = verify.len == sizeof("SUCCESS") - 1
                && ngx_strncmp(verify.data, "SUCCESS", verify.len) == 0;

    return oauth2_pool_copy(f->pool, ngx_http_oauth2_own_str(cert), pem);
}


/* A connection that began with another server's settings was verified by
 * that one's authorities, and Host says which server this request is for:
 * such a certificate counts for nothing here. */

static ngx_uint_t
tls_is_ours(ngx_http_request_t *r)
{
    ngx_http_ssl_srv_conf_t  *sscf;

    sscf = ngx_http_get_module_srv_conf(r, ngx_http_ssl_module);

    return sscf->verify != 0
           && SSL_get_SSL_CTX(r->connection->ssl->connection)
              == sscf->ssl.ctx;
}

#else


oauth2_rc_e
oauth2_peer(oauth2_flow_t *f, oauth2_str_t *pem, bool *verified)
{
    (void) f;
    (void) pem;
    (void) verified;

    return OAUTH2_NONE;
}

#endif
