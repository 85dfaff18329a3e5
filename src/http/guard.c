/* SPDX-License-Identifier: MIT */

/*
 * auth_oauth2: the guard of a location, in the access phase.
 *
 * The identity headers that an app behind us trusts are taken out of every
 * request to a guarded location, with or without a session, in whatever
 * spelling: "-" and "_" are the same here, and letters have no case.  Only
 * variables carry the identity.  Anything but success denies.
 */

#include "http.h"


static ngx_int_t guard_result(ngx_http_oauth2_ctx_t *ctx);
static oauth2_next_e guard_enter(oauth2_flow_t *f);
static oauth2_next_e guard_pass(oauth2_flow_t *f);
static ngx_int_t guard_refuse(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error);
static ngx_uint_t guard_redirects(ngx_http_oauth2_ctx_t *ctx);
static ngx_int_t guard_redirect(ngx_http_oauth2_ctx_t *ctx);
static ngx_int_t guard_authenticate(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error);
static ngx_int_t guard_tell(ngx_http_oauth2_ctx_t *ctx);
static ngx_int_t guard_clear(ngx_http_request_t *r,
    ngx_http_oauth2_loc_conf_t *ocf);
static ngx_int_t guard_rebuild(ngx_http_request_t *r,
    ngx_http_oauth2_loc_conf_t *ocf);
static ngx_uint_t guard_to_clear(ngx_str_t *name, ngx_array_t *more);
static ngx_uint_t guard_same_name(ngx_str_t *a, ngx_str_t *b);


static const oauth2_step_t  guard_steps[] = {
    { "waiting for keys", ngx_http_oauth2_keys_step,
      &oauth2_err_unavailable },
    { "checking who asks", guard_enter, &oauth2_err_unavailable },
    { "letting in", guard_pass, NULL },
    { NULL, NULL, NULL }
};


/* What other proxies pass identities in, and what /auth/check answers. */

static ngx_str_t  guard_headers[] = {
    ngx_string("x-auth-request-user"),
    ngx_string("x-auth-request-email"),
    ngx_string("x-auth-request-preferred-username"),
    ngx_string("x-auth-request-groups"),
    ngx_string("x-auth-request-scope"),
    ngx_string("x-forwarded-user"),
    ngx_string("x-forwarded-email"),
    ngx_string("x-forwarded-preferred-username"),
    ngx_string("x-forwarded-groups"),
    ngx_string("x-user-id"),
    ngx_string("x-user-email"),
    ngx_string("x-remote-user"),
    ngx_string("remote-user"),
    ngx_string("remote-email"),
    ngx_string("remote-name"),
    ngx_string("remote-groups"),
    ngx_null_string
};


ngx_int_t
ngx_http_oauth2_access_handler(ngx_http_request_t *r)
{
    ngx_http_oauth2_ctx_t       *ctx;
    ngx_http_oauth2_loc_conf_t  *ocf;

    ocf = ngx_http_get_module_loc_conf(r, ngx_http_oauth2_module);

    if (ocf->guard == NGX_HTTP_OAUTH2_GUARD_OFF) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_oauth2_module);

    if (ctx != NULL) {
        return guard_result(ctx);
    }

    if (guard_clear(r, ocf) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = ngx_http_oauth2_flow_create(r, 0);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->face = OAUTH2_FACE_BEARER;
    ctx->rc = NGX_AGAIN;

    if (ngx_http_oauth2_request_id(ctx) != NGX_OK) {
        ctx->ended = 1;
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_oauth2_flow_run(ctx, guard_steps);

    if (!ctx->ended) {
        ctx->waiting = 1;
        r->read_event_handler = ngx_http_test_reading;
        r->write_event_handler = ngx_http_request_empty_handler;
        return NGX_AGAIN;
    }

    return guard_result(ctx);
}


static ngx_int_t
guard_result(ngx_http_oauth2_ctx_t *ctx)
{
    if (!ctx->ended) {
        return NGX_AGAIN;
    }

    return ctx->rc;
}


void
ngx_http_oauth2_guard_ended(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error)
{
    ngx_http_request_t  *r;

    r = ctx->r;

    ctx->error = error;
    ctx->rc = (error == NULL) ? NGX_OK : guard_refuse(ctx, error);

    if (guard_tell(ctx) != NGX_OK) {
        ctx->rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->waiting) {
        ctx->waiting = 0;
        r->read_event_handler = ngx_http_block_reading;
        r->write_event_handler = ngx_http_core_run_phases;
        ngx_http_core_run_phases(r);
    }
}


static oauth2_next_e
guard_enter(oauth2_flow_t *f)
{
    ngx_uint_t              bearer;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;
    bearer = (ctx->r->headers_in.authorization != NULL);

    if (ctx->conf->audience.len > 0) {
        ctx->identity.audience = ngx_http_oauth2_own_str(ctx->conf->audience);
    }

    switch (ctx->conf->guard) {

    case NGX_HTTP_OAUTH2_GUARD_SESSION:
        return oauth2_enter(f, oauth2_maybe_steps);

    case NGX_HTTP_OAUTH2_GUARD_BEARER:
        return oauth2_enter(f, oauth2_bearer_steps);

    default:
        return oauth2_enter(f, bearer ? oauth2_bearer_steps
                                      : oauth2_maybe_steps);
    }
}


static oauth2_next_e
guard_pass(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    /* a client's own token (client_credentials) has no user */

    if (ctx->identity.user_id.len == 0 && ctx->identity.client_id.len == 0) {
        return oauth2_fail(f, &oauth2_err_no_session);
    }

    return OAUTH2_DONE;
}


static ngx_int_t
guard_refuse(ngx_http_oauth2_ctx_t *ctx, const oauth2_error_t *error)
{
    ngx_http_request_t  *r;

    r = ctx->r;

    if (error->status == NGX_HTTP_SERVICE_UNAVAILABLE) {
        if (ngx_http_oauth2_add_header(r, (ngx_str_t)
                                       ngx_string("Retry-After"),
                                       (ngx_str_t) ngx_string("2"))
            != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    if (error->status != NGX_HTTP_UNAUTHORIZED) {
        return error->status;
    }

    if (guard_redirects(ctx)) {
        return guard_redirect(ctx);
    }

    return guard_authenticate(ctx, error);
}


/* A browser that goes to a page can log in; a script or an API cannot. */

static ngx_uint_t
guard_redirects(ngx_http_oauth2_ctx_t *ctx)
{
    oauth2_str_t               mode, accept;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = ctx->r;
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (ctx->conf->unauthorized == NGX_HTTP_OAUTH2_UNAUTHORIZED_401
        || ctx->conf->guard == NGX_HTTP_OAUTH2_GUARD_BEARER
        || clcf->satisfy == NGX_HTTP_SATISFY_ANY)
    {
        return 0;
    }

    if (ctx->conf->unauthorized == NGX_HTTP_OAUTH2_UNAUTHORIZED_REDIRECT) {
        return 1;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
        || r->headers_in.authorization != NULL
        || r->headers_in.upgrade != NULL)
    {
        return 0;
    }

    mode = oauth2_header(ctx->flow, "sec-fetch-mode");

    if (mode.data != NULL) {
        return oauth2_str_same(mode, oauth2_str("navigate"));
    }

    accept = oauth2_header(ctx->flow, "accept");

    return accept.data != NULL
           && ngx_strlcasestrn(accept.data, accept.data + accept.len,
                               (u_char *) "text/html", 9 - 1)
              != NULL;
}


static ngx_int_t
guard_redirect(ngx_http_oauth2_ctx_t *ctx)
{
    ngx_str_t            value;
    ngx_http_request_t  *r;

    r = ctx->r;

    if (ngx_http_oauth2_login_url(r, ctx->conf, &value) != NGX_OK
        || ngx_http_oauth2_add_header(r, (ngx_str_t) ngx_string("Location"),
                                      value)
           != NGX_OK
        || ngx_http_oauth2_add_header(r, (ngx_str_t)
                                      ngx_string("Cache-Control"),
                                      (ngx_str_t) ngx_string("no-store"))
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_HTTP_MOVED_TEMPORARILY;
}


ngx_int_t
ngx_http_oauth2_login_url(ngx_http_request_t *r,
    ngx_http_oauth2_loc_conf_t *ocf, ngx_str_t *url)
{
    u_char        *p;
    size_t         len;
    uintptr_t      escapes;
    oauth2_str_t   front, back;

    static const char  login[] = "/login?next=";

    front = ocf->settings.frontend_url;
    back = ngx_http_oauth2_own_str(r->unparsed_uri);

    if (!oauth2_check_return_path(back)) {
        back = oauth2_str("/");
    }

    escapes = ngx_escape_uri(NULL, back.data, back.len,
                             NGX_ESCAPE_URI_COMPONENT);
    len = front.len + sizeof(login) - 1 + back.len + 2 * escapes;

    url->data = ngx_pnalloc(r->pool, len);
    if (url->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(url->data, front.data, front.len);
    p = ngx_cpymem(p, login, sizeof(login) - 1);

    (void) ngx_escape_uri(p, back.data, back.len, NGX_ESCAPE_URI_COMPONENT);

    url->len = len;

    return NGX_OK;
}


/* nginx itself takes the header off when "satisfy any" is satisfied by
 * another guard. */

static ngx_int_t
guard_authenticate(ngx_http_oauth2_ctx_t *ctx, const oauth2_error_t *error)
{
    oauth2_str_t  value;

    if (ngx_http_oauth2_challenge(ctx, error, &value) != NGX_OK
        || ngx_http_oauth2_add_header(ctx->r, (ngx_str_t)
                                      ngx_string("WWW-Authenticate"),
                                      ngx_http_oauth2_ngx_str(value))
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_HTTP_UNAUTHORIZED;
}


/* What the steps tell the client beside the answer (DPoP-Nonce). */

static ngx_int_t
guard_tell(ngx_http_oauth2_ctx_t *ctx)
{
    ngx_uint_t  i;

    for (i = 0; i < ctx->nheaders; i++) {
        if (ngx_http_oauth2_add_header(ctx->r, ctx->headers[i].name,
                                       ctx->headers[i].value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
guard_clear(ngx_http_request_t *r, ngx_http_oauth2_loc_conf_t *ocf)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (guard_to_clear(&h[i].key, ocf->clear_headers)) {
                return guard_rebuild(r, ocf);
            }
        }
    }

    return NGX_OK;
}


/*
 * A new list of the headers that stay.  nginx's own pointers to known
 * headers still lead to the old elements, which stay where they are.
 */

static ngx_int_t
guard_rebuild(ngx_http_request_t *r, ngx_http_oauth2_loc_conf_t *ocf)
{
    ngx_uint_t        i;
    ngx_list_t        kept;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *copy;

    if (ngx_list_init(&kept, r->pool, 20, sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (guard_to_clear(&h[i].key, ocf->clear_headers)) {
                continue;
            }

            copy = ngx_list_push(&kept);
            if (copy == NULL) {
                return NGX_ERROR;
            }

            *copy = h[i];
        }
    }

    r->headers_in.headers = kept;

    if (kept.last == &kept.part) {
        r->headers_in.headers.last = &r->headers_in.headers.part;
    }

    return NGX_OK;
}


static ngx_uint_t
guard_to_clear(ngx_str_t *name, ngx_array_t *more)
{
    ngx_str_t   *known;
    ngx_uint_t   i;

    for (known = guard_headers; known->len != 0; known++) {
        if (guard_same_name(name, known)) {
            return 1;
        }
    }

    if (more == NULL) {
        return 0;
    }

    known = more->elts;

    for (i = 0; i < more->nelts; i++) {
        if (guard_same_name(name, &known[i])) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
guard_same_name(ngx_str_t *a, ngx_str_t *b)
{
    u_char      x, y;
    ngx_uint_t  i;

    if (a->len != b->len) {
        return 0;
    }

    for (i = 0; i < a->len; i++) {
        x = ngx_tolower(a->data[i]);
        y = ngx_tolower(b->data[i]);

        if ((x == '_' ? '-' : x) != (y == '_' ? '-' : y)) {
            return 0;
        }
    }

    return 1;
}
