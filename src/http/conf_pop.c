/* SPDX-License-Identifier: MIT */

/*
 * The directives of proof of possession: whether proofs need a nonce of
 * ours, where clients show certificates, and by which origins they know
 * what is guarded here.
 */

#include "http.h"


static ngx_array_t *pop_default(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);
static ngx_uint_t pop_is_origin(ngx_str_t *value);


void
ngx_http_oauth2_init_pop(ngx_http_oauth2_loc_conf_t *conf)
{
    conf->dpop_nonce = NGX_CONF_UNSET;
    conf->origins = NGX_CONF_UNSET_PTR;
}


void
ngx_http_oauth2_merge_pop(ngx_http_oauth2_loc_conf_t *prev,
    ngx_http_oauth2_loc_conf_t *conf)
{
    ngx_conf_merge_value(conf->dpop_nonce, prev->dpop_nonce, 1);
    ngx_conf_merge_ptr_value(conf->origins, prev->origins, NULL);
    ngx_conf_merge_str_value(conf->mtls_url, prev->mtls_url, "");
}


char *
ngx_http_oauth2_finish_pop(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    oauth2_str_t  url;

    url = ngx_http_oauth2_own_str(conf->mtls_url);

    if (url.len != 0 && !oauth2_str_starts(url, oauth2_str("https://"))) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" has no TLS, and so no certificates; "
                           "write oauth2_mtls_url "
                           "https://mtls.auth.example.com;",
                           &conf->mtls_url);
        return NGX_CONF_ERROR;
    }

    conf->settings.mtls_url = url;
    conf->settings.dpop_nonce = conf->dpop_nonce;
    conf->targets = conf->origins;

    if (conf->targets == NULL) {
        conf->targets = pop_default(cf, conf);
    }

    return conf->targets == NULL ? NGX_CONF_ERROR : NGX_CONF_OK;
}


/* The resource that the tokens name, or else the issuer. */

static ngx_array_t *
pop_default(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    ngx_str_t     *origin;
    ngx_array_t   *list;
    oauth2_str_t   url;

    list = ngx_array_create(cf->pool, 1, sizeof(ngx_str_t));
    if (list == NULL) {
        return NULL;
    }

    origin = ngx_array_push(list);
    if (origin == NULL) {
        return NULL;
    }

    url = oauth2_uri_origin(ngx_http_oauth2_own_str(conf->audience));

    if (url.data == NULL) {
        url = oauth2_uri_origin(conf->settings.issuer);
    }

    *origin = ngx_http_oauth2_ngx_str(url);

    return list;
}


char *
ngx_http_oauth2_set_origin(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t   *value, *origin;
    ngx_uint_t   i;

    (void) cmd;

    if (ocf->origins != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    if (cf->args->nelts - 1 > OAUTH2_TARGETS_MAX) {
        return "has too many origins";
    }

    value = cf->args->elts;

    ocf->origins = ngx_array_create(cf->pool, cf->args->nelts,
                                    sizeof(ngx_str_t));
    if (ocf->origins == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (!pop_is_origin(&value[i])) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is no origin; write "
                               "auth_oauth2_origin https://api.example.com; "
                               "without a path", &value[i]);
            return NGX_CONF_ERROR;
        }

        origin = ngx_array_push(ocf->origins);
        if (origin == NULL) {
            return NGX_CONF_ERROR;
        }

        *origin = value[i];
    }

    return NGX_CONF_OK;
}


static ngx_uint_t
pop_is_origin(ngx_str_t *value)
{
    oauth2_str_t  s;

    s = ngx_http_oauth2_own_str(*value);

    return (oauth2_str_starts(s, oauth2_str("https://"))
            || oauth2_str_starts(s, oauth2_str("http://")))
           && oauth2_str_same(oauth2_uri_origin(s), s);
}
