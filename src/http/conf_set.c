/* SPDX-License-Identifier: MIT */

/*
 * The directives that are more than a flag, a number or a string.  Secrets
 * come from files, which the master process reads.
 */

#include "http.h"


static char *set_pool_value(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *ocf,
    ngx_str_t *value);
static char *set_token_key(ngx_conf_t *cf, oauth2_pool_t *pool,
    ngx_str_t *name, oauth2_token_key_t *key);
static char *set_smtp_value(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *ocf,
    ngx_str_t *value);
static ngx_uint_t set_named(ngx_str_t *value, const char *name,
    ngx_str_t *rest);


char *
ngx_http_oauth2_set_pool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    char        *rc;
    ngx_str_t   *value;
    ngx_uint_t   i;

    (void) cmd;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        rc = set_pool_value(cf, ocf, &value[i]);

        if (rc != NGX_CONF_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is not understood; write "
                               "oauth2_database_pool fast=2 depth=8 slow=4 "
                               "queue=1024 timeout=2s;", &value[i]);
            return rc;
        }
    }

    return NGX_CONF_OK;
}


static char *
set_pool_value(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *ocf,
    ngx_str_t *value)
{
    ngx_int_t    n;
    ngx_str_t    rest;
    ngx_uint_t  *number;

    (void) cf;

    if (set_named(value, "timeout=", &rest)) {
        ocf->db_timeout = ngx_parse_time(&rest, 0);

        return (ocf->db_timeout == (ngx_msec_t) NGX_ERROR
                || ocf->db_timeout < 10)
               ? NGX_CONF_ERROR : NGX_CONF_OK;
    }

    if (set_named(value, "fast=", &rest)) {
        number = &ocf->db_fast;

    } else if (set_named(value, "depth=", &rest)) {
        number = &ocf->db_depth;

    } else if (set_named(value, "slow=", &rest)) {
        number = &ocf->db_slow;

    } else if (set_named(value, "queue=", &rest)) {
        number = &ocf->db_queue;

    } else {
        return NGX_CONF_ERROR;
    }

    n = ngx_atoi(rest.data, rest.len);

    if (n == NGX_ERROR || n < 1 || n > 65535) {
        return NGX_CONF_ERROR;
    }

    *number = (ngx_uint_t) n;

    return NGX_CONF_OK;
}


char *
ngx_http_oauth2_set_retention(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t  *value;

    (void) cmd;

    if (ocf->retention != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        ocf->retention = NGX_HTTP_OAUTH2_RETENTION_OFF;
        return NGX_CONF_OK;
    }

    ocf->retention = ngx_parse_time(&value[1], 1);

    if (ocf->retention == (time_t) NGX_ERROR || ocf->retention > INT32_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no time; write oauth2_retention 7d; or "
                           "oauth2_retention off;", &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* A slash at the end goes, so that paths can be put behind. */

char *
ngx_http_oauth2_set_url(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char       *rc;
    ngx_str_t  *field;

    rc = ngx_conf_set_str_slot(cf, cmd, conf);
    if (rc != NGX_CONF_OK) {
        return rc;
    }

    field = (ngx_str_t *) ((char *) conf + cmd->offset);

    while (field->len != 0 && field->data[field->len - 1] == '/') {
        field->len--;
    }

    if (oauth2_uri_origin(ngx_http_oauth2_own_str(*field)).data == NULL
        || ngx_strlchr(field->data, field->data + field->len, '?') != NULL
        || ngx_strlchr(field->data, field->data + field->len, '#') != NULL)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no URL of a server; write %V "
                           "https://auth.example.com;", field, &cmd->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* The first seals and derives; the others open what they have sealed. */

char *
ngx_http_oauth2_set_token_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t           *value;
    ngx_uint_t           i, n;
    oauth2_pool_t       *pool;
    oauth2_token_key_t  *keys;

    (void) cmd;

    if (ocf->token_key != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;
    n = cf->args->nelts - 1;
    pool = ngx_http_oauth2_secret_memory(cf);

    if (pool == NULL) {
        return NGX_CONF_ERROR;
    }

    keys = oauth2_pool_alloc(pool, n * sizeof(oauth2_token_key_t));

    if (keys == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < n; i++) {
        if (set_token_key(cf, pool, &value[i + 1], &keys[i]) != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }

        if (i > 0) {
            keys[i - 1].next = &keys[i];
        }
    }

    ocf->token_key = keys;

    return NGX_CONF_OK;
}


static char *
set_token_key(ngx_conf_t *cf, oauth2_pool_t *pool, ngx_str_t *name,
    oauth2_token_key_t *key)
{
    oauth2_str_t  text;

    if (ngx_http_oauth2_secret_read(cf, pool, name, &text) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (oauth2_token_key_init(key, text) != OAUTH2_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" does not hold 32 bytes in hexadecimal; "
                           "make it with: openssl rand -hex 32", name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_oauth2_set_worker(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_url_t                  u;
    ngx_str_t                 *value, rest;
    ngx_msec_t                 timeout;
    ngx_http_upstream_conf_t  *w;

    (void) cmd;

    w = &ocf->worker;

    if (w->upstream != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;
    timeout = 2000;

    if (cf->args->nelts == 3) {
        if (!set_named(&value[2], "timeout=", &rest)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is not understood; write "
                               "oauth2_worker %V timeout=2s;",
                               &value[2], &value[1]);
            return NGX_CONF_ERROR;
        }

        timeout = ngx_parse_time(&rest, 0);

        if (timeout == (ngx_msec_t) NGX_ERROR || timeout == 0) {
            return "has a timeout that is no time";
        }
    }

    ngx_memzero(&u, sizeof(ngx_url_t));
    u.url = value[1];
    u.no_resolve = 1;

    w->upstream = ngx_http_upstream_add(cf, &u, 0);
    if (w->upstream == NULL) {
        return NGX_CONF_ERROR;
    }

    ocf->breaker = ngx_http_oauth2_breaker_add(cf, w->upstream);
    if (ocf->breaker == NULL) {
        return NGX_CONF_ERROR;
    }

    w->connect_timeout = timeout;
    w->send_timeout = timeout;
    w->read_timeout = timeout;
    w->next_upstream_timeout = timeout;
    w->next_upstream = NGX_CONF_BITMASK_SET|NGX_HTTP_UPSTREAM_FT_ERROR
                       |NGX_HTTP_UPSTREAM_FT_NON_IDEMPOTENT;
    w->buffer_size = NGX_HTTP_OAUTH2_WORKER_MAX;
    w->ignore_client_abort = 1;
    ngx_str_set(&w->module, "oauth2");

    return NGX_CONF_OK;
}


char *
ngx_http_oauth2_set_thread_pool(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t  *value;

    (void) cmd;

    if (ocf->hash_pool != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    ocf->hash_pool = ngx_thread_pool_add(cf, &value[1]);

    /* never the same: a mail server that hangs would keep log-ins waiting */
    ocf->mail_pool = ngx_thread_pool_add(cf, cf->args->nelts == 3 ? &value[2]
                                                                  : NULL);

    if (ocf->hash_pool == NULL || ocf->mail_pool == NULL) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_oauth2_set_smtp(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    char          *rc;
    ngx_str_t     *value;
    ngx_uint_t     i;
    oauth2_str_t   url;

    (void) cmd;

    if (ocf->smtp_url.data != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;
    url = ngx_http_oauth2_own_str(value[1]);

    if (!oauth2_str_starts(url, oauth2_str("smtp://"))
        && !oauth2_str_starts(url, oauth2_str("smtps://")))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no mail server; write oauth2_smtp "
                           "smtp://mail.example.com:587;", &value[1]);
        return NGX_CONF_ERROR;
    }

    ocf->smtp_url = value[1];

    for (i = 2; i < cf->args->nelts; i++) {
        rc = set_smtp_value(cf, ocf, &value[i]);

        if (rc != NGX_CONF_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is not understood; write oauth2_smtp "
                               "%V user=NAME password_file=FILE "
                               "starttls=on|off ca=FILE;",
                               &value[i], &value[1]);
            return rc;
        }
    }

    return NGX_CONF_OK;
}


static char *
set_smtp_value(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *ocf,
    ngx_str_t *value)
{
    ngx_str_t       rest;
    oauth2_str_t    text;
    oauth2_pool_t  *pool;

    if (set_named(value, "user=", &rest)) {
        ocf->smtp_user = rest;
        return NGX_CONF_OK;
    }

    if (set_named(value, "ca=", &rest)) {
        ocf->smtp_ca = rest;
        return ngx_conf_full_name(cf->cycle, &ocf->smtp_ca, 1) == NGX_OK
               ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (set_named(value, "starttls=", &rest)) {
        ocf->smtp_starttls = (rest.len == 2
                              && ngx_strncmp(rest.data, "on", 2) == 0);

        return (ocf->smtp_starttls
                || (rest.len == 3 && ngx_strncmp(rest.data, "off", 3) == 0))
               ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (!set_named(value, "password_file=", &rest)) {
        return NGX_CONF_ERROR;
    }

    pool = ngx_http_oauth2_secret_memory(cf);

    if (pool == NULL
        || ngx_http_oauth2_secret_read(cf, pool, &rest, &text) != NGX_CONF_OK
        || oauth2_pool_copy(pool, oauth2_str_trim(text), &text) != OAUTH2_OK)
    {
        return NGX_CONF_ERROR;
    }

    ocf->smtp_password = ngx_http_oauth2_ngx_str(text);

    return NGX_CONF_OK;
}


char *
ngx_http_oauth2_set_clear_headers(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t   *value, *name;
    ngx_uint_t   i;

    (void) cmd;

    if (ocf->clear_headers != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    ocf->clear_headers = ngx_array_create(cf->pool, cf->args->nelts,
                                          sizeof(ngx_str_t));
    if (ocf->clear_headers == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        name = ngx_array_push(ocf->clear_headers);
        if (name == NULL) {
            return NGX_CONF_ERROR;
        }

        *name = value[i];
    }

    return NGX_CONF_OK;
}


static ngx_uint_t
set_named(ngx_str_t *value, const char *name, ngx_str_t *rest)
{
    size_t  len;

    len = ngx_strlen(name);

    if (value->len <= len || ngx_strncmp(value->data, name, len) != 0) {
        return 0;
    }

    rest->data = value->data + len;
    rest->len = value->len - len;

    return 1;
}
