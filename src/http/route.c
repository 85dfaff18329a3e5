/* SPDX-License-Identifier: MIT */

/*
 * Finding the route of a request, and running its guard and endpoint.
 *
 * The precontent phase comes after access control and limits, and before
 * try_files; a dynamic module's handler runs before nginx's own.  So one
 * "oauth2 on;" serves our paths in front of whatever else the server does.
 */

#include "http.h"


#define ROUTE_GET     (NGX_HTTP_GET|NGX_HTTP_HEAD)
#define ROUTE_POST    NGX_HTTP_POST
#define ROUTE_PUT     NGX_HTTP_PUT
#define ROUTE_DELETE  NGX_HTTP_DELETE

#define ROUTE_GUARD_NONE    NULL
#define ROUTE_GUARD_USER    oauth2_user_steps
#define ROUTE_GUARD_ADMIN   oauth2_admin_steps
#define ROUTE_GUARD_BEARER  oauth2_bearer_steps
#define ROUTE_GUARD_MAYBE   oauth2_maybe_steps
#define ROUTE_GUARD_CLIENT  oauth2_client_steps


static ngx_int_t route_handler(ngx_http_request_t *r);
static void route_have_body(ngx_http_request_t *r);
static void route_start(ngx_http_request_t *r, const oauth2_error_t *error);
static oauth2_next_e route_enter_origin(oauth2_flow_t *f);
static oauth2_next_e route_enter_guard(oauth2_flow_t *f);
static oauth2_next_e route_enter_endpoint(oauth2_flow_t *f);
static oauth2_next_e route_refuse(oauth2_flow_t *f);
static oauth2_next_e route_preflight(oauth2_flow_t *f);
static const ngx_http_oauth2_route_t *route_find(ngx_http_request_t *r,
    ngx_uint_t *allowed);
static ngx_uint_t route_is_at(const ngx_http_oauth2_route_t *route,
    ngx_str_t *uri);
static ngx_uint_t route_ours(ngx_str_t *uri);
static void route_methods(ngx_http_oauth2_ctx_t *ctx, const char *header,
    ngx_uint_t allowed);


#define OAUTH2_ROUTE(methods, path, face, guard, body, endpoint)             \
    extern const oauth2_endpoint_t  oauth2_endpoint_##endpoint;
#include "../api/routes.def"
#undef OAUTH2_ROUTE


static const ngx_http_oauth2_route_t  routes[] = {

#define OAUTH2_ROUTE(methods, path, face, guard, body, endpoint)             \
    { ROUTE_##methods, ngx_string(path), OAUTH2_FACE_##face,                 \
      ROUTE_GUARD_##guard, NGX_HTTP_OAUTH2_BODY_##body,                      \
      &oauth2_endpoint_##endpoint },
#include "../api/routes.def"
#undef OAUTH2_ROUTE

    { 0, ngx_null_string, OAUTH2_FACE_PROBLEM, NULL,
      NGX_HTTP_OAUTH2_BODY_NO, NULL }
};


/* What lies below these is ours, whether there is such a route or not. */

static const ngx_str_t  prefixes[] = {
    ngx_string("/auth/"),
    ngx_string("/user/"),
    ngx_string("/users/"),
    ngx_string("/oauth/"),
    ngx_null_string
};


/* The route of a request that is refused before its own one begins. */

static const oauth2_step_t  refuse_steps[] = {
    { "refusing", route_refuse, &oauth2_err_server_error },
    { NULL, NULL, NULL }
};


static const oauth2_step_t  preflight_steps[] = {
    { "checking the origin", route_enter_origin, &oauth2_err_server_error },
    { "answering a preflight", route_preflight, &oauth2_err_server_error },
    { NULL, NULL, NULL }
};


static const ngx_http_oauth2_route_t  refuse_route = {
    0, ngx_null_string, OAUTH2_FACE_PROBLEM, NULL, NGX_HTTP_OAUTH2_BODY_NO,
    NULL
};


static const oauth2_step_t  route_steps[] = {
    { "waiting for keys", ngx_http_oauth2_keys_step,
      &oauth2_err_unavailable },
    { "checking the origin", route_enter_origin, &oauth2_err_server_error },
    { "checking who asks", route_enter_guard, &oauth2_err_server_error },
    { "serving", route_enter_endpoint, &oauth2_err_server_error },
    { NULL, NULL, NULL }
};


/*
 * NGX_OK leaves the phase at once, so that neither try_files nor mirror
 * sees a request of ours.
 */

ngx_int_t
ngx_http_oauth2_precontent_handler(ngx_http_request_t *r)
{
    ngx_uint_t                   allowed;
    ngx_http_oauth2_loc_conf_t  *ocf;

    ocf = ngx_http_get_module_loc_conf(r, ngx_http_oauth2_module);

    if (!ocf->enable) {
        return NGX_DECLINED;
    }

    if (route_find(r, &allowed) == NULL && allowed == 0
        && !route_ours(&r->uri))
    {
        return NGX_DECLINED;
    }

    r->content_handler = route_handler;

    return NGX_OK;
}


static ngx_int_t
route_handler(ngx_http_request_t *r)
{
    ngx_int_t                       rc;
    ngx_uint_t                      allowed;
    const oauth2_error_t           *error;
    const ngx_http_oauth2_route_t  *route;

    error = NULL;
    route = route_find(r, &allowed);

    if (r == r->main && route != NULL
        && route->body != NGX_HTTP_OAUTH2_BODY_NO)
    {
        if (r->headers_in.content_length_n
            <= ngx_http_oauth2_body_max(route))
        {
            r->request_body_in_single_buf = 1;

            rc = ngx_http_read_client_request_body(r, route_have_body);

            return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
        }

        error = &oauth2_err_too_large;
    }

    if (r == r->main) {
        rc = ngx_http_discard_request_body(r);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    r->main->count++;

    route_start(r, error);

    return NGX_DONE;
}


off_t
ngx_http_oauth2_body_max(const ngx_http_oauth2_route_t *route)
{
    return (route->body == NGX_HTTP_OAUTH2_BODY_LARGE)
           ? NGX_HTTP_OAUTH2_LARGE_MAX : NGX_HTTP_OAUTH2_BODY_MAX;
}


static void
route_have_body(ngx_http_request_t *r)
{
    route_start(r, NULL);
}


/* Holds one count of the request, which the end of the flow gives back. */

static void
route_start(ngx_http_request_t *r, const oauth2_error_t *error)
{
    ngx_uint_t                      allowed;
    ngx_http_oauth2_ctx_t          *ctx;
    const ngx_http_oauth2_route_t  *route;

    route = route_find(r, &allowed);

    ctx = ngx_http_oauth2_flow_create(r, route == NULL
                                         ? 0 : route->endpoint->state_size);
    if (ctx == NULL) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ctx->route = (route == NULL) ? &refuse_route : route;
    ctx->face = ctx->route->face;

    if (ngx_http_oauth2_request_id(ctx) != NGX_OK) {
        ctx->ended = 1;
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (r == r->main) {
        r->read_event_handler = ngx_http_test_reading;
        r->write_event_handler = ngx_http_request_empty_handler;
    }

    if (allowed != 0 && ngx_http_oauth2_cors_preflight(ctx)) {
        ngx_http_oauth2_flow_run(ctx, preflight_steps);
        return;
    }

    if (route == NULL) {
        error = (allowed != 0) ? &oauth2_err_method : &oauth2_err_not_found;
        route_methods(ctx, "Allow", allowed);
    }

    ctx->error = error;

    ngx_http_oauth2_flow_run(ctx, error != NULL ? refuse_steps
                                                : route_steps);
}


static oauth2_next_e
route_enter_origin(oauth2_flow_t *f)
{
    return oauth2_enter(f, ngx_http_oauth2_cors_client_steps);
}


static oauth2_next_e
route_enter_guard(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    if (ctx->route->guard == NULL) {
        return OAUTH2_NEXT;
    }

    return oauth2_enter(f, ctx->route->guard);
}


static oauth2_next_e
route_enter_endpoint(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return oauth2_enter(f, ctx->route->endpoint->steps);
}


static oauth2_next_e
route_refuse(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return oauth2_fail(f, ctx->error);
}


static oauth2_next_e
route_preflight(oauth2_flow_t *f)
{
    ngx_uint_t              allowed;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    (void) route_find(ctx->r, &allowed);

    if (!ngx_http_oauth2_cors_allows(ctx)) {
        route_methods(ctx, "Allow", allowed);
        return oauth2_fail(f, &oauth2_err_method);
    }

    route_methods(ctx, "Access-Control-Allow-Methods", allowed);

    return oauth2_reply_empty(f, NGX_HTTP_NO_CONTENT);
}


/* allowed: the methods that the path has, 0 when there is no such path. */

static const ngx_http_oauth2_route_t *
route_find(ngx_http_request_t *r, ngx_uint_t *allowed)
{
    const ngx_http_oauth2_route_t  *route;

    *allowed = 0;

    for (route = routes; route->endpoint != NULL; route++) {

        if (!route_is_at(route, &r->uri)) {
            continue;
        }

        if (route->methods & r->method) {
            return route;
        }

        *allowed |= route->methods;
    }

    return NULL;
}


ngx_uint_t
ngx_http_oauth2_is_page(ngx_str_t *uri)
{
    const ngx_http_oauth2_route_t  *route;

    for (route = routes; route->endpoint != NULL; route++) {
        if (route->face == OAUTH2_FACE_PAGE && route_is_at(route, uri)) {
            return 1;
        }
    }

    return 0;
}


/* What an app asks for itself: with its id, or with a token of its user. */

ngx_uint_t
ngx_http_oauth2_is_for_clients(ngx_str_t *uri)
{
    const ngx_http_oauth2_route_t  *route;

    for (route = routes; route->endpoint != NULL; route++) {
        if ((route->guard == oauth2_client_steps
             || route->guard == oauth2_bearer_steps)
            && route_is_at(route, uri))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
route_is_at(const ngx_http_oauth2_route_t *route, ngx_str_t *uri)
{
    return route->path.len == uri->len
           && ngx_memcmp(route->path.data, uri->data, uri->len) == 0;
}


static ngx_uint_t
route_ours(ngx_str_t *uri)
{
    const ngx_str_t  *prefix;

    for (prefix = prefixes; prefix->len != 0; prefix++) {
        if (uri->len >= prefix->len
            && ngx_memcmp(uri->data, prefix->data, prefix->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* RFC 9110 10.2.1 */

static void
route_methods(ngx_http_oauth2_ctx_t *ctx, const char *header,
    ngx_uint_t allowed)
{
    u_char  *p, *value;

    if (allowed == 0) {
        return;
    }

    value = oauth2_pool_alloc(ctx->flow->pool,
                              sizeof("GET, HEAD, POST, PUT, DELETE, "));
    if (value == NULL) {
        return;
    }

    p = value;

    if (allowed & NGX_HTTP_GET) {
        p = ngx_cpymem(p, "GET, HEAD, ", sizeof("GET, HEAD, ") - 1);
    }

    if (allowed & NGX_HTTP_POST) {
        p = ngx_cpymem(p, "POST, ", sizeof("POST, ") - 1);
    }

    if (allowed & NGX_HTTP_PUT) {
        p = ngx_cpymem(p, "PUT, ", sizeof("PUT, ") - 1);
    }

    if (allowed & NGX_HTTP_DELETE) {
        p = ngx_cpymem(p, "DELETE, ", sizeof("DELETE, ") - 1);
    }

    p[-2] = '\0';

    oauth2_reply_header(ctx->flow, header, oauth2_str_of((char *) value));
}
