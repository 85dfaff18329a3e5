/* SPDX-License-Identifier: MIT */

/*
 * oauth2_signing_algs and oauth2_signing_key_rotation: keys that the
 * database has, when there are none in files.
 */

#include "http.h"


#define CONF_KEYS_ALGS      "ES256 RS256"
#define CONF_KEYS_ROTATION  (90 * 86400)
#define CONF_KEYS_PUBLISH   86400
#define CONF_KEYS_MARGIN    3600            /* s beyond the last token */
#define CONF_KEYS_MAX       (3650 * 86400)


static const char *conf_keys_alg(ngx_str_t *algs, ngx_str_t *value);
static char *conf_keys_time(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *ocf,
    ngx_str_t *value);
static char *conf_keys_check(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);
static char *conf_keys_store(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);
static ngx_http_oauth2_keystore_t *conf_keys_add(ngx_conf_t *cf,
    ngx_http_oauth2_loc_conf_t *conf);


char *
ngx_http_oauth2_set_signing_algs(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t   *value;
    ngx_uint_t   i;
    const char  *why;

    (void) cmd;

    if (ocf->signing_algs.data != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    ocf->signing_algs.len = 0;
    ocf->signing_algs.data = ngx_pcalloc(cf->pool, 64);

    if (ocf->signing_algs.data == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        why = conf_keys_alg(&ocf->signing_algs, &value[i]);

        if (why != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" %s", &value[i],
                               why);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/* Room for all of them is there; none comes twice. */

static const char *
conf_keys_alg(ngx_str_t *algs, ngx_str_t *value)
{
    oauth2_str_t  name;
    oauth2_alg_e  alg;

    name = ngx_http_oauth2_own_str(*value);

    if (oauth2_alg_parse(name, &alg) != OAUTH2_OK) {
        return "is no algorithm; write oauth2_signing_algs with some of "
               "ES256 RS256 PS256 EdDSA;";
    }

    if (alg == OAUTH2_HS256) {
        return "has a secret, which is never made here; write "
               "oauth2_signing_key FILE HS256; instead";
    }

    if (oauth2_str_has_word(ngx_http_oauth2_own_str(*algs), name)) {
        return "is there twice";
    }

    if (algs->len > 0) {
        algs->data[algs->len++] = ' ';
    }

    ngx_memcpy(algs->data + algs->len, name.data, name.len);
    algs->len += name.len;

    return NULL;
}


char *
ngx_http_oauth2_set_signing_rotation(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t   *value;
    ngx_uint_t   i;

    (void) cmd;

    if (ocf->key_rotation != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (conf_keys_time(cf, ocf, &value[i]) != NGX_CONF_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is not understood; write "
                               "oauth2_signing_key_rotation 90d publish=1d "
                               "keep=8d;", &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
conf_keys_time(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *ocf,
    ngx_str_t *value)
{
    time_t     *field, time;
    ngx_str_t   rest;

    rest = *value;
    field = NULL;

    if (value == (ngx_str_t *) cf->args->elts + 1) {
        field = &ocf->key_rotation;

    } else if (ngx_strncmp(rest.data, "publish=", 8) == 0) {
        field = &ocf->key_publish;
        rest.data += 8;
        rest.len -= 8;

    } else if (ngx_strncmp(rest.data, "keep=", 5) == 0) {
        field = &ocf->key_keep;
        rest.data += 5;
        rest.len -= 5;
    }

    if (field == NULL || *field != NGX_CONF_UNSET) {
        return NGX_CONF_ERROR;
    }

    time = ngx_parse_time(&rest, 1);

    if (time <= 0 || time > CONF_KEYS_MAX) {
        return NGX_CONF_ERROR;
    }

    *field = time;

    return NGX_CONF_OK;
}


void
ngx_http_oauth2_create_keys(ngx_http_oauth2_loc_conf_t *conf)
{
    conf->keys = NGX_CONF_UNSET_PTR;
    conf->key_rotation = NGX_CONF_UNSET;
    conf->key_publish = NGX_CONF_UNSET;
    conf->key_keep = NGX_CONF_UNSET;
}


void
ngx_http_oauth2_merge_keys(ngx_http_oauth2_loc_conf_t *prev,
    ngx_http_oauth2_loc_conf_t *conf)
{
    ngx_conf_merge_ptr_value(conf->keys, prev->keys, NULL);
    ngx_conf_merge_str_value(conf->signing_algs, prev->signing_algs, "");

    if (conf->key_rotation == NGX_CONF_UNSET) {
        conf->key_rotation = prev->key_rotation;
        conf->key_publish = prev->key_publish;
        conf->key_keep = prev->key_keep;
    }
}


char *
ngx_http_oauth2_finish_keys(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    time_t  keep;

    conf->settings.keys_age = NGX_HTTP_OAUTH2_KEYS_AGE;

    if (conf->keys != NULL) {
        if (conf->signing_algs.len == 0
            && conf->key_rotation == NGX_CONF_UNSET)
        {
            return NGX_CONF_OK;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "oauth2_signing_algs and "
                           "oauth2_signing_key_rotation are for keys in the "
                           "database, and oauth2_signing_key names a file; "
                           "leave one or the other out");
        return NGX_CONF_ERROR;
    }

    if (conf->signing_algs.len == 0) {
        ngx_str_set(&conf->signing_algs, CONF_KEYS_ALGS);
    }

    keep = ngx_max(conf->access_lifetime, conf->session_lifetime)
           + CONF_KEYS_MARGIN;

    ngx_conf_init_value(conf->key_rotation, CONF_KEYS_ROTATION);
    ngx_conf_init_value(conf->key_publish,
                        ngx_min(CONF_KEYS_PUBLISH, conf->key_rotation / 2));
    ngx_conf_init_value(conf->key_keep, keep);

    if (conf_keys_check(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    /* whoever has an old set gets the next one before it is used */

    conf->settings.keys_age = ngx_min(NGX_HTTP_OAUTH2_KEYS_AGE,
                                      conf->key_publish / 2);

    return conf_keys_store(cf, conf);
}


static char *
conf_keys_check(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    time_t         n;
    oauth2_str_t   rest, word;

    if (conf->key_publish < 1 || conf->key_publish > conf->key_rotation / 2) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a key is published before it signs, for at most "
                           "half of the time that one signs; write "
                           "oauth2_signing_key_rotation 90d publish=1d;");
        return NGX_CONF_ERROR;
    }

    if (conf->key_keep < conf->access_lifetime) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "tokens would outlive the key that checks them; "
                           "leave keep= out of oauth2_signing_key_rotation, "
                           "or write at least oauth2_access_token_lifetime");
        return NGX_CONF_ERROR;
    }

    /* for each algorithm: one that signs, the next, and those before */

    n = 0;
    rest = ngx_http_oauth2_own_str(conf->signing_algs);

    while (oauth2_str_word(&rest, ' ', &word)) {
        n += 3 + conf->key_keep / conf->key_rotation;
    }

    if (n > OAUTH2_KEYS_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "there would be up to %T keys at a time, and %d "
                           "is the most; let them sign for longer, or keep "
                           "them less long, by oauth2_signing_key_rotation",
                           n, OAUTH2_KEYS_MAX);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* Locations that agree share a keyring. */

static char *
conf_keys_store(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    ngx_uint_t                     i;
    ngx_http_oauth2_keystore_t    *s, **known;
    ngx_http_oauth2_main_conf_t   *omcf;

    omcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_oauth2_module);
    known = omcf->keystores.elts;

    for (i = 0; i < omcf->keystores.nelts; i++) {
        s = known[i];

        if (s->database != conf->database) {
            continue;
        }

        if (ngx_strcmp(s->token_key->id, conf->token_key->id) != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "signing keys in one database are sealed "
                               "under one oauth2_token_key; here and "
                               "elsewhere over \"%V\" they are different",
                               &conf->conninfo);
            return NGX_CONF_ERROR;
        }

        if (oauth2_str_same(s->algs,
                            ngx_http_oauth2_own_str(conf->signing_algs))
            && s->rotation == conf->key_rotation
            && s->publish == conf->key_publish)
        {
            s->keep = ngx_max(s->keep, conf->key_keep);
            conf->keystore = s;
            return NGX_CONF_OK;
        }
    }

    conf->keystore = conf_keys_add(cf, conf);

    return (conf->keystore == NULL) ? NGX_CONF_ERROR : NGX_CONF_OK;
}


static ngx_http_oauth2_keystore_t *
conf_keys_add(ngx_conf_t *cf, ngx_http_oauth2_loc_conf_t *conf)
{
    ngx_http_oauth2_keystore_t    *s, **place;
    ngx_http_oauth2_main_conf_t   *omcf;

    omcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_oauth2_module);

    s = ngx_pcalloc(cf->pool, sizeof(ngx_http_oauth2_keystore_t));
    place = ngx_array_push(&omcf->keystores);

    if (s == NULL || place == NULL) {
        return NULL;
    }

    s->database = conf->database;
    s->token_key = conf->token_key;
    s->thread_pool = conf->hash_pool;
    s->algs = ngx_http_oauth2_own_str(conf->signing_algs);
    s->rotation = conf->key_rotation;
    s->publish = conf->key_publish;
    s->keep = conf->key_keep;

    *place = s;

    return s;
}
