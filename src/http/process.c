/* SPDX-License-Identifier: MIT */

/*
 * The life of a worker process: database connections, signing keys and
 * drains begin with it and end with it.
 */

#include "http.h"


static ngx_http_oauth2_main_conf_t *process_conf(ngx_cycle_t *cycle);


ngx_int_t
ngx_http_oauth2_init_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                     i;
    ngx_http_oauth2_outbox_t     **outboxes;
    ngx_http_oauth2_egress_t     **egresses;
    ngx_http_oauth2_keystore_t   **keystores;
    ngx_http_oauth2_notices_t    **notices;
    ngx_http_oauth2_database_t   **databases;
    ngx_http_oauth2_main_conf_t   *omcf;

    omcf = process_conf(cycle);

    if (omcf == NULL || omcf->databases.nelts == 0
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    if (oauth2_mail_init() != OAUTH2_OK
        || oauth2_egress_init() != OAUTH2_OK)
    {
        return NGX_ERROR;
    }

    databases = omcf->databases.elts;

    for (i = 0; i < omcf->databases.nelts; i++) {
        databases[i]->db = oauth2_db_create(&databases[i]->conf,
                                            &ngx_http_oauth2_db_host, NULL);
        if (databases[i]->db == NULL
            || ngx_http_oauth2_purge_init(databases[i], cycle->log)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    keystores = omcf->keystores.elts;

    for (i = 0; i < omcf->keystores.nelts; i++) {
        if (ngx_http_oauth2_keys_init(keystores[i], cycle->log) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    outboxes = omcf->outboxes.elts;

    for (i = 0; i < omcf->outboxes.nelts; i++) {
        if (ngx_http_oauth2_drain_init(outboxes[i], cycle->log) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    egresses = omcf->egresses.elts;

    for (i = 0; i < omcf->egresses.nelts; i++) {
        if (ngx_http_oauth2_fetch_init(egresses[i], cycle->log) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    notices = omcf->notices.elts;

    for (i = 0; i < omcf->notices.nelts; i++) {
        if (ngx_http_oauth2_notices_init(notices[i], cycle->log) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


void
ngx_http_oauth2_exit_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                     i;
    ngx_http_oauth2_keystore_t   **keystores;
    ngx_http_oauth2_database_t   **databases;
    ngx_http_oauth2_main_conf_t   *omcf;

    omcf = process_conf(cycle);

    if (omcf == NULL) {
        return;
    }

    databases = omcf->databases.elts;

    for (i = 0; i < omcf->databases.nelts; i++) {
        if (databases[i]->db != NULL) {
            oauth2_db_destroy(databases[i]->db);
            databases[i]->db = NULL;
        }
    }

    keystores = omcf->keystores.elts;

    for (i = 0; i < omcf->keystores.nelts; i++) {
        ngx_http_oauth2_keys_done(keystores[i]);
    }
}


static ngx_http_oauth2_main_conf_t *
process_conf(ngx_cycle_t *cycle)
{
    if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == NULL) {
        return NULL;
    }

    return ngx_http_cycle_get_module_main_conf(cycle, ngx_http_oauth2_module);
}
