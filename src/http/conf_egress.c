/* SPDX-License-Identifier: MIT */

/*
 * oauth2_egress_allow and oauth2_egress_ca_file: which addresses beside
 * those of the internet clients' documents may come from, and which
 * authority beside the system's is trusted for them.
 */

#include "http.h"


static ngx_uint_t egress_same(ngx_str_t *a, ngx_str_t *b);


char *
ngx_http_oauth2_set_egress_allow(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t      *value;
    ngx_uint_t      i;
    oauth2_cidr_t  *cidr;

    (void) cmd;

    if (ocf->egress_allow != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        ocf->egress_allow = NULL;
        return NGX_CONF_OK;
    }

    ocf->egress_allow = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                         sizeof(oauth2_cidr_t));
    if (ocf->egress_allow == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        cidr = ngx_array_push(ocf->egress_allow);

        if (cidr == NULL) {
            return NGX_CONF_ERROR;
        }

        if (oauth2_cidr_parse(ngx_http_oauth2_own_str(value[i]), cidr)
            != OAUTH2_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is no address and no network; write "
                               "oauth2_egress_allow 10.1.0.0/16 ::1; or "
                               "oauth2_egress_allow off;", &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_http_oauth2_set_egress_ca_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    char             *rc;
    ngx_file_info_t   info;

    rc = ngx_conf_set_str_slot(cf, cmd, conf);

    if (rc != NGX_CONF_OK) {
        return rc;
    }

    if (ngx_conf_full_name(cf->cycle, &ocf->egress_ca, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_file_info(ocf->egress_ca.data, &info) == NGX_FILE_ERROR
        || !ngx_is_file(&info))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "\"%V\" is no file of certificates; write "
                           "oauth2_egress_ca_file /etc/ssl/company.pem;",
                           &ocf->egress_ca);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


void
ngx_http_oauth2_merge_egress(ngx_http_oauth2_loc_conf_t *prev,
    ngx_http_oauth2_loc_conf_t *conf)
{
    ngx_conf_merge_ptr_value(conf->egress_allow, prev->egress_allow, NULL);

    if (conf->egress_ca.data == NULL) {
        conf->egress_ca = prev->egress_ca;
    }
}


/* Locations with the same settings share what is kept. */

char *
ngx_http_oauth2_conf_egress(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    ngx_uint_t                     i;
    ngx_http_oauth2_egress_t      *e, **known;
    ngx_http_oauth2_main_conf_t   *omcf;

    omcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_oauth2_module);
    known = omcf->egresses.elts;

    for (i = 0; i < omcf->egresses.nelts; i++) {
        if (known[i]->allow == conf->egress_allow
            && known[i]->thread_pool == conf->mail_pool
            && egress_same(&known[i]->ca, &conf->egress_ca))
        {
            conf->egress = known[i];
            return NGX_CONF_OK;
        }
    }

    e = ngx_pcalloc(cf->pool, sizeof(ngx_http_oauth2_egress_t));
    known = ngx_array_push(&omcf->egresses);

    if (e == NULL || known == NULL) {
        return NGX_CONF_ERROR;
    }

    e->allow = conf->egress_allow;
    e->ca = conf->egress_ca;
    e->thread_pool = conf->mail_pool;

    if (e->allow != NULL) {
        e->conf.allow = e->allow->elts;
        e->conf.nallow = e->allow->nelts;
    }

    if (e->ca.len != 0) {
        e->conf.ca_file = (char *) e->ca.data;
    }

    *known = e;
    conf->egress = e;

    return NGX_CONF_OK;
}


static ngx_uint_t
egress_same(ngx_str_t *a, ngx_str_t *b)
{
    return a->len == b->len && ngx_memcmp(a->data, b->data, a->len) == 0;
}
