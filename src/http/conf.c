/* SPDX-License-Identifier: MIT */

/*
 * Creating and merging the configuration, and what nginx -t refuses: each
 * refusal is a sentence that says what to write instead.
 *
 * A location that serves endpoints or guards something needs the whole of
 * the settings; they come from wherever above it they are written.
 */

#include "http.h"


static char *conf_need(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf);
static char *conf_check(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf);
static char *conf_check_smtp(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);
static char *conf_check_issuer(ngx_conf_t *cf, ngx_str_t *issuer);
static char *conf_finish(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf);
static void conf_settings(ngx_http_oauth2_loc_conf_t *conf);
static void conf_merge_worker(ngx_http_oauth2_loc_conf_t *prev,
    ngx_http_oauth2_loc_conf_t *conf);


#define CONF_TRANSACTION_LIFETIME  900     /* seconds to log in and agree */


void *
ngx_http_oauth2_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_oauth2_main_conf_t  *omcf;

    omcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_oauth2_main_conf_t));
    if (omcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&omcf->databases, cf->pool, 1,
                       sizeof(ngx_http_oauth2_database_t *))
        != NGX_OK
        || ngx_array_init(&omcf->keystores, cf->pool, 1,
                          sizeof(ngx_http_oauth2_keystore_t *))
           != NGX_OK
        || ngx_array_init(&omcf->outboxes, cf->pool, 1,
                          sizeof(ngx_http_oauth2_outbox_t *))
           != NGX_OK
        || ngx_array_init(&omcf->egresses, cf->pool, 1,
                          sizeof(ngx_http_oauth2_egress_t *))
           != NGX_OK
        || ngx_array_init(&omcf->notices, cf->pool, 1,
                          sizeof(ngx_http_oauth2_notices_t *))
           != NGX_OK)
    {
        return NULL;
    }

    return omcf;
}


void *
ngx_http_oauth2_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_oauth2_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_oauth2_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->enable = NGX_CONF_UNSET;
    conf->guard = NGX_CONF_UNSET_UINT;
    conf->unauthorized = NGX_CONF_UNSET_UINT;
    conf->clear_headers = NGX_CONF_UNSET_PTR;

    conf->db_fast = NGX_CONF_UNSET_UINT;
    conf->db_depth = NGX_CONF_UNSET_UINT;
    conf->db_slow = NGX_CONF_UNSET_UINT;
    conf->db_queue = NGX_CONF_UNSET_UINT;
    conf->db_timeout = NGX_CONF_UNSET_MSEC;
    conf->retention = NGX_CONF_UNSET;

    conf->token_key = NGX_CONF_UNSET_PTR;
    ngx_http_oauth2_create_keys(conf);

    conf->access_lifetime = NGX_CONF_UNSET;
    conf->refresh_lifetime = NGX_CONF_UNSET;
    conf->refresh_grace = NGX_CONF_UNSET;
    conf->code_lifetime = NGX_CONF_UNSET;
    conf->session_lifetime = NGX_CONF_UNSET;
    conf->verification_lifetime = NGX_CONF_UNSET;
    conf->reset_lifetime = NGX_CONF_UNSET;
    conf->password_cost = NGX_CONF_UNSET;
    conf->password_min = NGX_CONF_UNSET;
    conf->register_reveal = NGX_CONF_UNSET;
    conf->registration = NGX_CONF_UNSET_UINT;
    conf->pkce = NGX_CONF_UNSET_UINT;
    ngx_http_oauth2_init_pop(conf);
    conf->cors_origins = NGX_CONF_UNSET_PTR;

    conf->worker.read_timeout = NGX_CONF_UNSET_MSEC;

    conf->hash_pool = NGX_CONF_UNSET_PTR;
    conf->mail_pool = NGX_CONF_UNSET_PTR;
    conf->smtp_starttls = NGX_CONF_UNSET;
    conf->egress_allow = NGX_CONF_UNSET_PTR;

    return conf;
}


char *
ngx_http_oauth2_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_oauth2_loc_conf_t  *prev = parent;
    ngx_http_oauth2_loc_conf_t  *conf = child;

    ngx_conf_merge_value(conf->enable, prev->enable, 0);
    ngx_conf_merge_uint_value(conf->guard, prev->guard,
                              NGX_HTTP_OAUTH2_GUARD_OFF);
    ngx_conf_merge_uint_value(conf->unauthorized, prev->unauthorized,
                              NGX_HTTP_OAUTH2_UNAUTHORIZED_AUTO);
    ngx_conf_merge_str_value(conf->audience, prev->audience, "");
    ngx_conf_merge_ptr_value(conf->clear_headers, prev->clear_headers, NULL);

    ngx_conf_merge_str_value(conf->conninfo, prev->conninfo, "");
    ngx_conf_merge_uint_value(conf->db_fast, prev->db_fast, 2);
    ngx_conf_merge_uint_value(conf->db_depth, prev->db_depth, 8);
    ngx_conf_merge_uint_value(conf->db_slow, prev->db_slow, 4);
    ngx_conf_merge_uint_value(conf->db_queue, prev->db_queue, 1024);
    ngx_conf_merge_msec_value(conf->db_timeout, prev->db_timeout, 2000);
    ngx_conf_merge_value(conf->retention, prev->retention, 7 * 86400);

    ngx_conf_merge_str_value(conf->issuer, prev->issuer, "");
    ngx_conf_merge_str_value(conf->frontend_url, prev->frontend_url, "");
    ngx_conf_merge_ptr_value(conf->token_key, prev->token_key, NULL);
    ngx_http_oauth2_merge_keys(prev, conf);

    ngx_conf_merge_value(conf->access_lifetime, prev->access_lifetime, 1800);
    ngx_conf_merge_value(conf->refresh_lifetime, prev->refresh_lifetime,
                         7 * 86400);
    ngx_conf_merge_uint_value(conf->pkce, prev->pkce, OAUTH2_PKCE_NONCE);
    ngx_conf_merge_value(conf->refresh_grace, prev->refresh_grace, 10);
    ngx_conf_merge_value(conf->code_lifetime, prev->code_lifetime, 60);
    ngx_conf_merge_value(conf->session_lifetime, prev->session_lifetime,
                         7 * 86400);
    ngx_conf_merge_value(conf->verification_lifetime,
                         prev->verification_lifetime, 86400);
    ngx_conf_merge_value(conf->reset_lifetime, prev->reset_lifetime, 3600);
    ngx_conf_merge_value(conf->password_cost, prev->password_cost, 12);
    ngx_conf_merge_value(conf->password_min, prev->password_min, 8);
    ngx_conf_merge_value(conf->register_reveal, prev->register_reveal, 0);
    ngx_http_oauth2_merge_registration(prev, conf);
    ngx_http_oauth2_merge_pop(prev, conf);
    ngx_conf_merge_ptr_value(conf->cors_origins, prev->cors_origins, NULL);

    conf_merge_worker(prev, conf);

    ngx_conf_merge_ptr_value(conf->hash_pool, prev->hash_pool, NULL);
    ngx_conf_merge_ptr_value(conf->mail_pool, prev->mail_pool, NULL);

    ngx_conf_merge_str_value(conf->smtp_url, prev->smtp_url, "");
    ngx_conf_merge_str_value(conf->smtp_user, prev->smtp_user, "");
    ngx_conf_merge_str_value(conf->smtp_password, prev->smtp_password, "");
    ngx_conf_merge_str_value(conf->smtp_ca, prev->smtp_ca, "");
    ngx_conf_merge_value(conf->smtp_starttls, prev->smtp_starttls, 1);
    ngx_conf_merge_str_value(conf->mail_folder, prev->mail_folder, "");
    ngx_conf_merge_str_value(conf->mail_from, prev->mail_from, "");
    ngx_http_oauth2_merge_egress(prev, conf);

    if (!conf->enable && conf->guard == NGX_HTTP_OAUTH2_GUARD_OFF) {
        return NGX_CONF_OK;
    }

    if (conf_need(cf, conf) != NGX_CONF_OK
        || conf_check(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return conf_finish(cf, conf);
}


static void
conf_merge_worker(ngx_http_oauth2_loc_conf_t *prev,
    ngx_http_oauth2_loc_conf_t *conf)
{
    if (conf->worker.upstream == NULL) {
        conf->worker = prev->worker;
        conf->breaker = prev->breaker;
    }
}


static char *
conf_need(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    const char  *missing;

    missing = NULL;

    if (conf->conninfo.len == 0) {
        missing = "oauth2_database \"host=/run/postgresql dbname=oauth2 "
                  "user=oauth2_app\";";

    } else if (conf->issuer.len == 0) {
        missing = "oauth2_issuer https://auth.example.com;";

    } else if (conf->token_key == NULL) {
        missing = "oauth2_token_key /etc/nginx/oauth2/token.key;";

    } else if (conf->hash_pool == NULL) {
        missing = "oauth2_thread_pool oauth2; and, outside of http {}, "
                  "thread_pool oauth2 threads=1 max_queue=16;";
    }

    if (missing == NULL) {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "oauth2 and auth_oauth2 need another directive here "
                       "or above: write %s", missing);

    return NGX_CONF_ERROR;
}


static char *
conf_check(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    if (conf_check_issuer(cf, &conf->issuer) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (conf->frontend_url.len == 0) {
        conf->frontend_url = conf->issuer;
    }

    if (conf_check_issuer(cf, &conf->frontend_url) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (conf->password_cost < OAUTH2_COST_MIN
        || conf->password_cost > OAUTH2_COST_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "oauth2_password_cost is from %d to %d; write "
                           "oauth2_password_cost 12;",
                           OAUTH2_COST_MIN, OAUTH2_COST_MAX);
        return NGX_CONF_ERROR;
    }

    if (conf->password_min < 6 || conf->password_min > OAUTH2_PASSWORD_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "oauth2_password_min_length is from 6 to %d; "
                           "write oauth2_password_min_length 8;",
                           OAUTH2_PASSWORD_MAX);
        return NGX_CONF_ERROR;
    }

    if (conf->refresh_grace < 0 || conf->refresh_grace > 300) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a grace of more than five minutes is one for "
                           "thieves; write oauth2_refresh_grace 10s;");
        return NGX_CONF_ERROR;
    }

    if (conf->access_lifetime <= 0 || conf->refresh_lifetime <= 0
        || conf->code_lifetime <= 0 || conf->session_lifetime <= 0
        || conf->verification_lifetime <= 0 || conf->reset_lifetime <= 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a lifetime of zero lets nobody in; write, for "
                           "example, oauth2_access_token_lifetime 30m;");
        return NGX_CONF_ERROR;
    }

    return conf_check_smtp(cf, conf);
}


static char *
conf_check_smtp(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    if (conf->smtp_url.len == 0) {
        return NGX_CONF_OK;
    }

    if (conf->mail_from.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "oauth2_smtp needs a sender; write "
                           "oauth2_mail_from no-reply@example.com;");
        return NGX_CONF_ERROR;
    }

    if (conf->smtp_user.len != 0
        && oauth2_mail_is_clear((char *) conf->smtp_url.data,
                                conf->smtp_starttls))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" would get the password in clear; leave "
                           "starttls=off out, or write smtps://",
                           &conf->smtp_url);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* Everything that a token or a mail says of us is under this URL. */

static char *
conf_check_issuer(ngx_conf_t *cf, ngx_str_t *issuer)
{
    oauth2_str_t  s;

    s = ngx_http_oauth2_own_str(*issuer);

    if (oauth2_str_starts(s, oauth2_str("https://"))
        || (oauth2_str_starts(s, oauth2_str("http://"))
            && oauth2_uri_loopback(s)))
    {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V\" would send tokens in clear over a network; "
                       "write https://..., http is for localhost only",
                       issuer);

    return NGX_CONF_ERROR;
}


static char *
conf_finish(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    oauth2_str_t  issuer;

    issuer = ngx_http_oauth2_own_str(conf->issuer);
    conf->secure = oauth2_str_starts(issuer, oauth2_str("https://"));

    /* RFC 6265bis 4.1.3.2: only we, and only over TLS, can have set it */

    if (conf->secure) {
        ngx_str_set(&conf->cookie_name, "__Host-oauth2_session");
        ngx_str_set(&conf->browser_name, "__Host-oauth2_browser");

    } else {
        ngx_str_set(&conf->cookie_name, "oauth2_session");
        ngx_str_set(&conf->browser_name, "oauth2_browser");
    }

    oauth2_password_dummy((unsigned) conf->password_cost, conf->dummy_hash);

    conf_settings(conf);

    if (ngx_http_oauth2_conf_database(cf, conf) != NGX_CONF_OK
        || ngx_http_oauth2_finish_pop(cf, conf) != NGX_CONF_OK
        || ngx_http_oauth2_finish_keys(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_oauth2_conf_egress(cf, conf) != NGX_CONF_OK
        || ngx_http_oauth2_conf_notices(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_oauth2_conf_outbox(cf, conf);
}


static void
conf_settings(ngx_http_oauth2_loc_conf_t *conf)
{
    oauth2_settings_t  *s;

    s = &conf->settings;

    s->issuer = ngx_http_oauth2_own_str(conf->issuer);
    s->frontend_url = ngx_http_oauth2_own_str(conf->frontend_url);
    s->access_lifetime = conf->access_lifetime;
    s->refresh_lifetime = conf->refresh_lifetime;
    s->refresh_grace = conf->refresh_grace;
    s->pkce = (oauth2_pkce_e) conf->pkce;
    s->code_lifetime = conf->code_lifetime;
    s->session_lifetime = conf->session_lifetime;
    s->transaction_lifetime = CONF_TRANSACTION_LIFETIME;
    s->verification_lifetime = conf->verification_lifetime;
    s->reset_lifetime = conf->reset_lifetime;
    s->password_cost = (unsigned) conf->password_cost;
    s->password_min = (size_t) conf->password_min;
    s->register_reveal = conf->register_reveal;
    s->registration = (oauth2_registration_e) conf->registration;
    s->registration_token = conf->registration_token;
    s->token_key = conf->token_key;
}
