/* SPDX-License-Identifier: MIT */

/*
 * Cross-origin requests (Fetch standard, 3.2): the pages of the origins that
 * oauth2_cors_origin lists may read our answers, with the session cookie
 * where the browser sends it; a public client's page the answers to this
 * client, without (cors_client.c); all pages discovery and keys.  Never
 * what belongs to the pages of the sign-in themselves.
 *
 * Being allowed to read is no permission to act: what uses the cookie to
 * change something still wants our own origin (src/api/origin.c).
 */

#include "http.h"


static ngx_uint_t cors_check_origin(oauth2_str_t origin);
static ngx_uint_t cors_is_possible(ngx_http_oauth2_ctx_t *ctx);
static ngx_uint_t cors_is_public(ngx_str_t *uri);
static ngx_int_t cors_add(ngx_http_request_t *r,
    const ngx_http_oauth2_header_t *h);
static ngx_str_t *cors_listed(ngx_http_oauth2_ctx_t *ctx);


/* The first is for those only who may send the cookie. */

static const ngx_http_oauth2_header_t  cors_headers[] = {
    { ngx_string("Access-Control-Allow-Credentials"), ngx_string("true") },
    { ngx_string("Access-Control-Expose-Headers"),
      ngx_string("X-Request-ID, WWW-Authenticate, Retry-After, "
                 "DPoP-Nonce") },
    { ngx_null_string, ngx_null_string }
};


static const ngx_http_oauth2_header_t  cors_public[] = {
    { ngx_string("Access-Control-Allow-Origin"), ngx_string("*") },
    { ngx_null_string, ngx_null_string }
};


char *
ngx_http_oauth2_set_cors_origin(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t   *value, *origin;
    ngx_uint_t   i;

    (void) cmd;

    if (ocf->cors_origins != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        ocf->cors_origins = NULL;
        return NGX_CONF_OK;
    }

    ocf->cors_origins = ngx_array_create(cf->pool, cf->args->nelts,
                                         sizeof(ngx_str_t));
    if (ocf->cors_origins == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (!cors_check_origin(ngx_http_oauth2_own_str(value[i]))) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is no origin as browsers send it; "
                               "write oauth2_cors_origin "
                               "https://app.example.com; without a path, a "
                               "default port or a wildcard, and http for "
                               "localhost only", &value[i]);
            return NGX_CONF_ERROR;
        }

        origin = ngx_array_push(ocf->cors_origins);
        if (origin == NULL) {
            return NGX_CONF_ERROR;
        }

        *origin = value[i];
    }

    return NGX_CONF_OK;
}


/* RFC 6454 6.2: lower case, and no port where it is the default one. */

static ngx_uint_t
cors_check_origin(oauth2_str_t origin)
{
    size_t        i;
    oauth2_str_t  port;

    if (!oauth2_str_same(oauth2_uri_origin(origin), origin)) {
        return 0;
    }

    for (i = 0; i < origin.len; i++) {
        if ((origin.data[i] >= 'A' && origin.data[i] <= 'Z')
            || origin.data[i] == '*')
        {
            return 0;
        }
    }

    if (oauth2_str_starts(origin, oauth2_str("https://"))) {
        port = oauth2_str(":443");

    } else if (oauth2_str_starts(origin, oauth2_str("http://"))
               && oauth2_uri_loopback(origin))
    {
        port = oauth2_str(":80");

    } else {
        return 0;
    }

    return ngx_memcmp(origin.data + origin.len - port.len, port.data,
                      port.len)
           != 0;
}


ngx_int_t
ngx_http_oauth2_cors_headers(ngx_http_oauth2_ctx_t *ctx)
{
    ngx_str_t            *listed, origin;
    ngx_http_request_t   *r;

    r = ctx->r;
    listed = cors_listed(ctx);

    if (cors_is_possible(ctx)
        && ngx_http_oauth2_add_header(r, (ngx_str_t) ngx_string("Vary"),
                                      (ngx_str_t) ngx_string("Origin"))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (listed == NULL && cors_is_public(&r->uri)) {
        return cors_add(r, cors_public);
    }

    if (listed == NULL && !ctx->own_origin) {
        return NGX_OK;
    }

    origin = ngx_http_oauth2_ngx_str(oauth2_header(ctx->flow, "origin"));

    if (ngx_http_oauth2_add_header(r, (ngx_str_t)
                                   ngx_string("Access-Control-Allow-Origin"),
                                   origin)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return cors_add(r, listed == NULL ? &cors_headers[1] : cors_headers);
}


/* May another origin get another answer? */

static ngx_uint_t
cors_is_possible(ngx_http_oauth2_ctx_t *ctx)
{
    return (ctx->conf->cors_origins != NULL
            && !ngx_http_oauth2_is_page(&ctx->r->uri))
           || ngx_http_oauth2_is_for_clients(&ctx->r->uri);
}


/* Discovery and keys, the same for everybody. */

static ngx_uint_t
cors_is_public(ngx_str_t *uri)
{
    oauth2_str_t  path;

    path = ngx_http_oauth2_own_str(*uri);

    return oauth2_str_starts(path, oauth2_str("/.well-known/"))
           || oauth2_str_same(path, oauth2_str("/oauth/jwks"));
}


static ngx_int_t
cors_add(ngx_http_request_t *r, const ngx_http_oauth2_header_t *h)
{
    for ( /* void */ ; h->name.len != 0; h++) {
        if (ngx_http_oauth2_add_header(r, h->name, h->value) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


void
oauth2_origin_allow(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;
    ctx->own_origin = 1;
}


ngx_uint_t
ngx_http_oauth2_cors_preflight(ngx_http_oauth2_ctx_t *ctx)
{
    return ctx->r->method == NGX_HTTP_OPTIONS && ctx->r == ctx->r->main
           && oauth2_header(ctx->flow, "origin").data != NULL
           && oauth2_header(ctx->flow, "access-control-request-method").data
              != NULL;
}


ngx_uint_t
ngx_http_oauth2_cors_allows(ngx_http_oauth2_ctx_t *ctx)
{
    if (cors_listed(ctx) == NULL && !ctx->own_origin
        && !cors_is_public(&ctx->r->uri))
    {
        return 0;
    }

    oauth2_reply_header(ctx->flow, "Access-Control-Allow-Headers",
                        oauth2_str("content-type, authorization, dpop, "
                                   "x-namespace, x-request-id, "
                                   "idempotency-key, x-requested-with, "
                                   "traceparent, tracestate, baggage"));
    oauth2_reply_header(ctx->flow, "Access-Control-Max-Age",
                        oauth2_str("600"));

    return 1;
}


bool
oauth2_origin_is_listed(oauth2_flow_t *f)
{
    return cors_listed(f->data) != NULL;
}


/* The origin that asks, when it is one of the list, else NULL. */

static ngx_str_t *
cors_listed(ngx_http_oauth2_ctx_t *ctx)
{
    ngx_str_t     *known;
    ngx_uint_t     i;
    ngx_array_t   *list;
    oauth2_str_t   origin;

    list = ctx->conf->cors_origins;

    if (list == NULL || ngx_http_oauth2_is_page(&ctx->r->uri)) {
        return NULL;
    }

    origin = oauth2_header(ctx->flow, "origin");
    known = list->elts;

    for (i = 0; i < list->nelts; i++) {
        if (oauth2_str_same(origin, ngx_http_oauth2_own_str(known[i]))) {
            return &known[i];
        }
    }

    return NULL;
}
