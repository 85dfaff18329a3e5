/* SPDX-License-Identifier: MIT */

/*
 * ngx_http_oauth2_module: directives, contexts and hooks.  No logic here;
 * src/http has it.  docs/directives.md explains each directive.
 */

#include "src/http/http.h"


static ngx_int_t oauth2_preconfiguration(ngx_conf_t *cf);
static ngx_int_t oauth2_postconfiguration(ngx_conf_t *cf);


#define OAUTH2_ANYWHERE  (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF               \
                          |NGX_HTTP_LOC_CONF)

#define OAUTH2_SLOT(field)                                                   \
    NGX_HTTP_LOC_CONF_OFFSET, offsetof(ngx_http_oauth2_loc_conf_t, field)


static ngx_conf_enum_t  oauth2_guards[] = {
    { ngx_string("off"), NGX_HTTP_OAUTH2_GUARD_OFF },
    { ngx_string("session"), NGX_HTTP_OAUTH2_GUARD_SESSION },
    { ngx_string("bearer"), NGX_HTTP_OAUTH2_GUARD_BEARER },
    { ngx_string("any"), NGX_HTTP_OAUTH2_GUARD_ANY },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  oauth2_unauthorized[] = {
    { ngx_string("auto"), NGX_HTTP_OAUTH2_UNAUTHORIZED_AUTO },
    { ngx_string("redirect"), NGX_HTTP_OAUTH2_UNAUTHORIZED_REDIRECT },
    { ngx_string("401"), NGX_HTTP_OAUTH2_UNAUTHORIZED_401 },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  oauth2_pkce[] = {
    { ngx_string("all"), OAUTH2_PKCE_ALL },
    { ngx_string("nonce"), OAUTH2_PKCE_NONCE },
    { ngx_string("public"), OAUTH2_PKCE_PUBLIC },
    { ngx_null_string, 0 }
};


static ngx_command_t  oauth2_commands[] = {

    /* the server */

    { ngx_string("oauth2"), OAUTH2_ANYWHERE|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot, OAUTH2_SLOT(enable), NULL },

    { ngx_string("oauth2_database"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot, OAUTH2_SLOT(conninfo), NULL },

    { ngx_string("oauth2_database_pool"), OAUTH2_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_oauth2_set_pool, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_retention"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_oauth2_set_retention, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_issuer"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_oauth2_set_url, OAUTH2_SLOT(issuer), NULL },

    { ngx_string("oauth2_frontend_url"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_oauth2_set_url, OAUTH2_SLOT(frontend_url), NULL },

    { ngx_string("oauth2_signing_key"), OAUTH2_ANYWHERE|NGX_CONF_TAKE12,
      ngx_http_oauth2_set_signing_key, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_signing_algs"), OAUTH2_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_oauth2_set_signing_algs, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_signing_key_rotation"),
      OAUTH2_ANYWHERE|NGX_CONF_TAKE123,
      ngx_http_oauth2_set_signing_rotation, NGX_HTTP_LOC_CONF_OFFSET, 0,
      NULL },

    { ngx_string("oauth2_token_key"), OAUTH2_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_oauth2_set_token_key, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_worker"), OAUTH2_ANYWHERE|NGX_CONF_TAKE12,
      ngx_http_oauth2_set_worker, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_thread_pool"), OAUTH2_ANYWHERE|NGX_CONF_TAKE12,
      ngx_http_oauth2_set_thread_pool, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_access_token_lifetime"),
      OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot, OAUTH2_SLOT(access_lifetime), NULL },

    { ngx_string("oauth2_refresh_token_lifetime"),
      OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot, OAUTH2_SLOT(refresh_lifetime), NULL },

    { ngx_string("oauth2_refresh_grace"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot, OAUTH2_SLOT(refresh_grace), NULL },

    { ngx_string("oauth2_pkce"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot, OAUTH2_SLOT(pkce), oauth2_pkce },

    { ngx_string("oauth2_dpop_nonce"), OAUTH2_ANYWHERE|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot, OAUTH2_SLOT(dpop_nonce), NULL },

    { ngx_string("oauth2_mtls_url"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_oauth2_set_url, OAUTH2_SLOT(mtls_url), NULL },

    { ngx_string("oauth2_code_lifetime"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot, OAUTH2_SLOT(code_lifetime), NULL },

    { ngx_string("oauth2_session_lifetime"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot, OAUTH2_SLOT(session_lifetime), NULL },

    { ngx_string("oauth2_verification_lifetime"),
      OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot, OAUTH2_SLOT(verification_lifetime), NULL },

    { ngx_string("oauth2_reset_lifetime"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot, OAUTH2_SLOT(reset_lifetime), NULL },

    { ngx_string("oauth2_password_cost"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot, OAUTH2_SLOT(password_cost), NULL },

    { ngx_string("oauth2_password_min_length"),
      OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot, OAUTH2_SLOT(password_min), NULL },

    { ngx_string("oauth2_register_reveal"), OAUTH2_ANYWHERE|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot, OAUTH2_SLOT(register_reveal), NULL },

    { ngx_string("oauth2_registration"), OAUTH2_ANYWHERE|NGX_CONF_TAKE12,
      ngx_http_oauth2_set_registration, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_cors_origin"), OAUTH2_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_oauth2_set_cors_origin, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_smtp"), OAUTH2_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_oauth2_set_smtp, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_mail_folder"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot, OAUTH2_SLOT(mail_folder), NULL },

    { ngx_string("oauth2_mail_from"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot, OAUTH2_SLOT(mail_from), NULL },

    { ngx_string("oauth2_egress_allow"), OAUTH2_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_oauth2_set_egress_allow, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("oauth2_egress_ca_file"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_oauth2_set_egress_ca_file, OAUTH2_SLOT(egress_ca), NULL },

    /* the guard */

    { ngx_string("auth_oauth2"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot, OAUTH2_SLOT(guard), oauth2_guards },

    { ngx_string("auth_oauth2_unauthorized"),
      OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot, OAUTH2_SLOT(unauthorized),
      oauth2_unauthorized },

    { ngx_string("auth_oauth2_audience"), OAUTH2_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot, OAUTH2_SLOT(audience), NULL },

    { ngx_string("auth_oauth2_origin"), OAUTH2_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_oauth2_set_origin, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    { ngx_string("auth_oauth2_headers"), OAUTH2_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_oauth2_set_clear_headers, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL },

    ngx_null_command
};


static ngx_http_module_t  oauth2_module_ctx = {
    oauth2_preconfiguration,               /* preconfiguration */
    oauth2_postconfiguration,              /* postconfiguration */

    ngx_http_oauth2_create_main_conf,      /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_oauth2_create_loc_conf,       /* create location configuration */
    ngx_http_oauth2_merge_loc_conf         /* merge location configuration */
};


ngx_module_t  ngx_http_oauth2_module = {
    NGX_MODULE_V1,
    &oauth2_module_ctx,                    /* module context */
    oauth2_commands,                       /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_oauth2_init_process,          /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_oauth2_exit_process,          /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
oauth2_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_oauth2_add_variables(cf);
}


static ngx_int_t
oauth2_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_oauth2_access_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_oauth2_precontent_handler;

    return NGX_OK;
}
