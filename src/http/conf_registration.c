/* SPDX-License-Identifier: MIT */

/*
 * oauth2_registration off | token FILE | open: may clients register
 * themselves (RFC 7591)?  The initial access token is kept as its digest.
 */

#include "http.h"


#define REGISTRATION_TOKEN_MIN  32     /* characters */


static char *registration_token(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *ocf, ngx_str_t *name);


char *
ngx_http_oauth2_set_registration(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t  *value;

    (void) cmd;

    if (ocf->registration != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 3 && ngx_strcmp(value[1].data, "token") == 0) {
        ocf->registration = OAUTH2_REGISTRATION_TOKEN;
        return registration_token(cf, ocf, &value[2]);
    }

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "open") == 0) {
        ocf->registration = OAUTH2_REGISTRATION_OPEN;
        return NGX_CONF_OK;
    }

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        ocf->registration = OAUTH2_REGISTRATION_OFF;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V\" is not understood; write oauth2_registration "
                       "off; or oauth2_registration token "
                       "/etc/nginx/oauth2/registration.token; or "
                       "oauth2_registration open;", &value[1]);

    return NGX_CONF_ERROR;
}


void
ngx_http_oauth2_merge_registration(ngx_http_oauth2_loc_conf_t *prev,
    ngx_http_oauth2_loc_conf_t *conf)
{
    if (conf->registration == NGX_CONF_UNSET_UINT) {
        conf->registration = prev->registration;
        conf->registration_token = prev->registration_token;
    }

    if (conf->registration == NGX_CONF_UNSET_UINT) {
        conf->registration = OAUTH2_REGISTRATION_OFF;
    }
}


static char *
registration_token(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *ocf,
    ngx_str_t *name)
{
    oauth2_str_t    text;
    oauth2_pool_t  *pool;

    pool = ngx_http_oauth2_secret_memory(cf);

    if (pool == NULL
        || ngx_http_oauth2_secret_read(cf, pool, name, &text) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    text = oauth2_str_trim_lines(text);

    if (text.len < REGISTRATION_TOKEN_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" holds a token that can be guessed; make "
                           "it with: openssl rand -hex 32", name);
        return NGX_CONF_ERROR;
    }

    return oauth2_sha256_hex(pool, text, &ocf->registration_token)
           == OAUTH2_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}
