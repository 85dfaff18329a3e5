/* SPDX-License-Identifier: MIT */

/*
 * What locations with the same settings share: the connections of a
 * database, and the drain of its outbox.
 */

#include "http.h"


/* Locations with the same database share its connections. */

char *
ngx_http_oauth2_conf_database(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf)
{
    ngx_uint_t                     i;
    ngx_http_oauth2_database_t    *d, **known;
    ngx_http_oauth2_main_conf_t   *omcf;

    omcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_oauth2_module);
    known = omcf->databases.elts;

    for (i = 0; i < omcf->databases.nelts; i++) {
        if (known[i]->conninfo.len == conf->conninfo.len
            && ngx_strcmp(known[i]->conninfo.data, conf->conninfo.data) == 0)
        {
            conf->database = known[i];
            return NGX_CONF_OK;
        }
    }

    d = ngx_pcalloc(cf->pool, sizeof(ngx_http_oauth2_database_t));
    known = ngx_array_push(&omcf->databases);

    if (d == NULL || known == NULL) {
        return NGX_CONF_ERROR;
    }

    d->conninfo = conf->conninfo;
    d->conf.conninfo = (const char *) conf->conninfo.data;
    d->conf.fast = (unsigned) conf->db_fast;
    d->conf.depth = (unsigned) conf->db_depth;
    d->conf.slow = (unsigned) conf->db_slow;
    d->conf.queue = (unsigned) conf->db_queue;
    d->conf.timeout = (unsigned) conf->db_timeout;
    d->retention = conf->retention;

    *known = d;
    conf->database = d;

    return NGX_CONF_OK;
}


/* One drain a database, with the mail settings it was first seen with. */

char *
ngx_http_oauth2_conf_outbox(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    ngx_uint_t                     i;
    ngx_http_oauth2_outbox_t      *o, **known;
    ngx_http_oauth2_main_conf_t   *omcf;

    if (conf->smtp_url.len == 0 && conf->mail_folder.len == 0) {
        return NGX_CONF_OK;
    }

    omcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_oauth2_module);
    known = omcf->outboxes.elts;

    for (i = 0; i < omcf->outboxes.nelts; i++) {
        if (known[i]->database == conf->database) {
            conf->outbox = known[i];
            return NGX_CONF_OK;
        }
    }

    o = ngx_pcalloc(cf->pool, sizeof(ngx_http_oauth2_outbox_t));
    known = ngx_array_push(&omcf->outboxes);

    if (o == NULL || known == NULL) {
        return NGX_CONF_ERROR;
    }

    o->database = conf->database;
    o->frontend_url = conf->settings.frontend_url;
    o->token_key = conf->token_key;
    o->thread_pool = conf->mail_pool;

    o->mail.url = conf->smtp_url.len ? (char *) conf->smtp_url.data : NULL;
    o->mail.user = conf->smtp_user.len ? (char *) conf->smtp_user.data
                                       : NULL;
    o->mail.password = (char *) conf->smtp_password.data;
    o->mail.ca_file = conf->smtp_ca.len ? (char *) conf->smtp_ca.data : NULL;
    o->mail.starttls = conf->smtp_starttls;
    o->mail.folder = (char *) conf->mail_folder.data;
    o->mail.from = conf->mail_from.len ? (char *) conf->mail_from.data
                                       : "oauth2@localhost";
    o->mail.timeout = 30;

    *known = o;
    conf->outbox = o;

    return NGX_CONF_OK;
}
