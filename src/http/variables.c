/* SPDX-License-Identifier: MIT */

/*
 * $oauth2_...: who asks, for proxy_set_header, logs and conditions.  Not
 * found (empty) unless a guard has let the request in.
 */

#include "http.h"


static ngx_int_t variable_str(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t variable_auth_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t variable_acr(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t variable_method(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t variable_error(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t variable_step(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t variable_claim(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t variable_no_cache(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t variable_login_url(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_http_oauth2_ctx_t *variable_ctx(ngx_http_request_t *r);
static ngx_int_t variable_set(ngx_http_variable_value_t *v, oauth2_str_t s);


static ngx_http_variable_t  variables[] = {

    { ngx_string("oauth2_user_id"), NULL, variable_str,
      offsetof(ngx_http_oauth2_ctx_t, identity.user_id),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_email"), NULL, variable_str,
      offsetof(ngx_http_oauth2_ctx_t, identity.email),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_username"), NULL, variable_str,
      offsetof(ngx_http_oauth2_ctx_t, identity.username),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_scope"), NULL, variable_str,
      offsetof(ngx_http_oauth2_ctx_t, identity.scope),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_client_id"), NULL, variable_str,
      offsetof(ngx_http_oauth2_ctx_t, identity.client_id),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_auth_time"), NULL, variable_auth_time, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_acr"), NULL, variable_acr, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_method"), NULL, variable_method, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_error"), NULL, variable_error, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_step"), NULL, variable_step, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_no_cache"), NULL, variable_no_cache, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_login_url"), NULL, variable_login_url, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("oauth2_claim_"), NULL, variable_claim, 0,
      NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_PREFIX, 0 },

    ngx_http_null_variable
};


ngx_int_t
ngx_http_oauth2_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
variable_str(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = variable_ctx(r);

    if (ctx == NULL || ctx->error != NULL) {
        return variable_set(v, oauth2_str_null);
    }

    return variable_set(v, *(oauth2_str_t *) ((char *) ctx + data));
}


static ngx_int_t
variable_auth_time(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_http_oauth2_ctx_t  *ctx;

    (void) data;

    ctx = variable_ctx(r);

    if (ctx == NULL || ctx->error != NULL || ctx->identity.auth_time == 0) {
        return variable_set(v, oauth2_str_null);
    }

    return variable_set(v, oauth2_str_int(ctx->flow,
                                          ctx->identity.auth_time));
}


/* Every sign-in is by password. */

static ngx_int_t
variable_acr(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_http_oauth2_ctx_t  *ctx;

    (void) data;

    ctx = variable_ctx(r);

    if (ctx == NULL || ctx->error != NULL || ctx->identity.auth_time == 0) {
        return variable_set(v, oauth2_str_null);
    }

    return variable_set(v, oauth2_str(OAUTH2_ACR_PASSWORD));
}


static ngx_int_t
variable_method(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_http_oauth2_ctx_t  *ctx;

    (void) data;

    ctx = variable_ctx(r);

    if (ctx == NULL || ctx->error != NULL) {
        return variable_set(v, oauth2_str_null);
    }

    if (ctx->identity.is_session) {
        return variable_set(v, oauth2_str("session"));
    }

    if (ctx->identity.token_id.len != 0) {
        return variable_set(v, ctx->pop.scheme ? oauth2_str("dpop")
                                               : oauth2_str("bearer"));
    }

    return variable_set(v, oauth2_str_null);
}


static ngx_int_t
variable_error(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_http_oauth2_ctx_t  *ctx;

    (void) data;

    ctx = variable_ctx(r);

    if (ctx == NULL || ctx->error == NULL) {
        return variable_set(v, oauth2_str_null);
    }

    return variable_set(v, oauth2_str_of(ctx->error->code));
}


/* The step that the flow was at, or ended at. */

static ngx_int_t
variable_step(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_http_oauth2_ctx_t  *ctx;

    (void) data;

    ctx = variable_ctx(r);

    if (ctx == NULL || ctx->step == NULL) {
        return variable_set(v, oauth2_str_null);
    }

    return variable_set(v, oauth2_str_of(ctx->step));
}


static ngx_int_t
variable_no_cache(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    (void) data;

    if (variable_ctx(r) == NULL) {
        return variable_set(v, oauth2_str_null);
    }

    return variable_set(v, oauth2_str("1"));
}


/* A claim of the bearer token by its name, or of the session's profile. */

static ngx_int_t
variable_claim(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_str_t              *name = (ngx_str_t *) data;
    oauth2_str_t            claim, value, source;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = variable_ctx(r);

    if (ctx == NULL || ctx->error != NULL) {
        return variable_set(v, oauth2_str_null);
    }

    claim.data = name->data + (sizeof("oauth2_claim_") - 1);
    claim.len = name->len - (sizeof("oauth2_claim_") - 1);
    source = ctx->identity.is_session ? ctx->identity.profile
                                      : ctx->identity.claims;

    if (source.len == 0
        || oauth2_pool_copy(ctx->flow->pool, claim, &claim) != OAUTH2_OK
        || oauth2_json_find(ctx->flow->pool, source, (char *) claim.data,
                            &value)
           != OAUTH2_OK)
    {
        return variable_set(v, oauth2_str_null);
    }

    return variable_set(v, value);
}


/* For error_page beside auth_request: there before any guard has run. */

static ngx_int_t
variable_login_url(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_str_t                    url;
    ngx_http_oauth2_loc_conf_t  *ocf;

    (void) data;

    ocf = ngx_http_get_module_loc_conf(r, ngx_http_oauth2_module);

    if (ocf->settings.frontend_url.len == 0) {
        return variable_set(v, oauth2_str_null);
    }

    if (ngx_http_oauth2_login_url(r, ocf, &url) != NGX_OK) {
        return NGX_ERROR;
    }

    return variable_set(v, ngx_http_oauth2_own_str(url));
}


/* A subrequest (a worker's call among them) has no identity of its own. */

static ngx_http_oauth2_ctx_t *
variable_ctx(ngx_http_request_t *r)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_oauth2_module);

    if (ctx == NULL || !ctx->ended) {
        return NULL;
    }

    return ctx;
}


static ngx_int_t
variable_set(ngx_http_variable_value_t *v, oauth2_str_t s)
{
    if (s.data == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->len = (unsigned) s.len;
    v->data = s.data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
