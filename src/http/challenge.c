/* SPDX-License-Identifier: MIT */

/*
 * WWW-Authenticate of a resource: RFC 6750 3, and RFC 9449 7.1 for those
 * whose tokens are bound to a key.  Who sent a DPoP token is answered about
 * that; anybody else hears of both schemes.
 */

#include "http.h"


static void challenge_error(oauth2_buf_t *b, const oauth2_error_t *error);
static ngx_uint_t challenge_is_due(const oauth2_error_t *error);
static ngx_uint_t challenge_has_keys(const ngx_http_oauth2_ctx_t *ctx);


ngx_int_t
ngx_http_oauth2_challenge(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error, oauth2_str_t *value)
{
    oauth2_buf_t  b;

    if (!challenge_is_due(error)) {
        return NGX_DECLINED;
    }

    oauth2_buf_init(&b, ctx->flow->pool, 1024);

    if (!ctx->pop.scheme) {
        oauth2_buf_write_c(&b, "Bearer realm=\"");
        oauth2_buf_write(&b, ctx->conf->settings.issuer);
        oauth2_buf_write_byte(&b, '"');
        challenge_error(&b, error);
    }

    if (challenge_has_keys(ctx)) {
        oauth2_buf_write_c(&b, ctx->pop.scheme ? "" : ", ");
        oauth2_buf_write_c(&b, "DPoP algs=\"" OAUTH2_DPOP_ALGS "\"");
    }

    if (ctx->pop.scheme) {
        challenge_error(&b, error);
    }

    return oauth2_buf_done(&b, value) == OAUTH2_OK ? NGX_OK : NGX_ERROR;
}


/* RFC 6750 3: no error code when there were no credentials at all. */

static void
challenge_error(oauth2_buf_t *b, const oauth2_error_t *error)
{
    if (error == &oauth2_err_no_session) {
        return;
    }

    oauth2_buf_write_c(b, ", error=\"");
    oauth2_buf_write_c(b, error->oauth_code);
    oauth2_buf_write_c(b, "\", error_description=\"");
    oauth2_buf_write_c(b, error->detail);
    oauth2_buf_write_byte(b, '"');
}


static ngx_uint_t
challenge_is_due(const oauth2_error_t *error)
{
    return error == &oauth2_err_no_session
           || error == &oauth2_err_invalid_token
           || error == &oauth2_err_token_key
           || error == &oauth2_err_insufficient_scope
           || error == &oauth2_err_resource_proof
           || error == &oauth2_err_resource_nonce;
}


/* Tokens that registration is managed with are bound to no key; they are
 * for routes that look at no access token. */

static ngx_uint_t
challenge_has_keys(const ngx_http_oauth2_ctx_t *ctx)
{
    return ctx->route == NULL || ctx->route->guard != NULL;
}
