/* SPDX-License-Identifier: MIT */

/*
 * What a proof of possession must be about: the method, and the URI as the
 * client knows it.  Its path is what was asked for, before nginx decodes
 * and rewrites it; its origin is configured, since Host is whatever the
 * client says.
 */

#include "http.h"


static size_t pop_add(oauth2_flow_t *f, oauth2_str_t base, oauth2_str_t path,
    oauth2_str_t *uris, size_t n);
static oauth2_str_t pop_path(ngx_http_request_t *r);


oauth2_pop_t *
oauth2_pop(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return &ctx->pop;
}


oauth2_str_t
oauth2_method(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ngx_http_oauth2_own_str(ctx->r->main->method_name);
}


/* An endpoint is where discovery says; whatever is guarded, and asked about
 * in a subrequest, is where auth_oauth2_origin says. */

size_t
oauth2_targets(oauth2_flow_t *f, oauth2_str_t uris[OAUTH2_TARGETS_MAX])
{
    size_t                  n;
    ngx_str_t              *origin;
    ngx_uint_t              i;
    oauth2_str_t            path;
    ngx_http_oauth2_ctx_t  *ctx;

    n = 0;
    ctx = f->data;

    if (ctx->route != NULL && ctx->r == ctx->r->main) {
        path = oauth2_path(f);
        n = pop_add(f, ctx->conf->settings.issuer, path, uris, n);

        return (ctx->conf->mtls_url.len == 0) ? n
               : pop_add(f, ctx->conf->settings.mtls_url, path, uris, n);
    }

    path = pop_path(ctx->r->main);
    origin = ctx->conf->targets->elts;

    for (i = 0; i < ctx->conf->targets->nelts; i++) {
        n = pop_add(f, ngx_http_oauth2_own_str(origin[i]), path, uris, n);
    }

    return n;
}


static size_t
pop_add(oauth2_flow_t *f, oauth2_str_t base, oauth2_str_t path,
    oauth2_str_t *uris, size_t n)
{
    oauth2_buf_t  b;

    oauth2_buf_init(&b, f->pool, OAUTH2_URI_MAX);
    oauth2_buf_write(&b, base);
    oauth2_buf_write(&b, path);

    return oauth2_buf_done(&b, &uris[n]) == OAUTH2_OK ? n + 1 : n;
}


static oauth2_str_t
pop_path(ngx_http_request_t *r)
{
    u_char        *query;
    oauth2_str_t   path;

    path = ngx_http_oauth2_own_str(r->unparsed_uri);
    query = ngx_strlchr(path.data, path.data + path.len, '?');

    if (query != NULL) {
        path.len = (size_t) (query - path.data);
    }

    return path;
}


size_t
oauth2_header_count(oauth2_flow_t *f, const char *name)
{
    size_t                  len, n;
    ngx_uint_t              i;
    ngx_list_part_t        *part;
    ngx_table_elt_t        *h;
    ngx_http_oauth2_ctx_t  *ctx;

    n = 0;
    ctx = f->data;
    len = ngx_strlen(name);

    for (part = &ctx->r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            n += (h[i].key.len == len
                  && ngx_strncmp(h[i].lowcase_key, name, len) == 0);
        }
    }

    return n;
}
