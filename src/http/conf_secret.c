/* SPDX-License-Identifier: MIT */

/*
 * Secrets of the configuration: from files that not everybody can read,
 * into memory that ends, wiped, with the configuration.
 */

#include "http.h"


#define SECRET_FILE_MAX  16384     /* bytes of a key or password file */


static char *secret_key(oauth2_pool_t *pool, oauth2_str_t text,
    ngx_str_t *alg, oauth2_keys_t *keys, const char **why);
static void secret_release(void *data);
static char *secret_check(ngx_conf_t *cf, ngx_str_t *name,
    ngx_file_info_t *info);


/* The first one signs by default; every one checks and is published. */

char *
ngx_http_oauth2_set_signing_key(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_oauth2_loc_conf_t  *ocf = conf;

    ngx_str_t      *value, *alg;
    const char     *why;
    oauth2_str_t    text;
    oauth2_pool_t  *pool;

    (void) cmd;

    if (ocf->keys == NGX_CONF_UNSET_PTR) {
        ocf->keys = ngx_pcalloc(cf->pool, sizeof(oauth2_keys_t));
    }

    value = cf->args->elts;
    alg = (cf->args->nelts == 3) ? &value[2] : NULL;
    pool = ngx_http_oauth2_secret_memory(cf);

    if (pool == NULL || ocf->keys == NULL
        || ngx_http_oauth2_secret_read(cf, pool, &value[1], &text)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    why = "no memory";

    if (secret_key(pool, text, alg, ocf->keys, &why) != NGX_CONF_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\": %s", &value[1],
                           why);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
secret_key(oauth2_pool_t *pool, oauth2_str_t text, ngx_str_t *alg,
    oauth2_keys_t *keys, const char **why)
{
    oauth2_rc_e    rc;
    oauth2_alg_e   given;
    oauth2_key_t  *key;

    if (alg == NULL) {
        rc = oauth2_key_init(pool, text, &key, why);

    } else if (oauth2_alg_parse((oauth2_str_t) { alg->len, alg->data },
                                &given)
               != OAUTH2_OK)
    {
        *why = "the algorithm is none of RS256, PS256, ES256, EdDSA, HS256.";
        rc = OAUTH2_BAD;

    } else {
        rc = oauth2_key_init_alg(pool, text, given, &key, why);
    }

    if (rc != OAUTH2_OK) {
        return NGX_CONF_ERROR;
    }

    if (oauth2_keys_add(keys, key, OAUTH2_KEY_SIGNING) != OAUTH2_OK) {
        *why = "the key is there already, or there are more than 32.";
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


oauth2_pool_t *
ngx_http_oauth2_secret_memory(ngx_conf_t *cf)
{
    oauth2_pool_t       *pool;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    pool = oauth2_pool_create();

    if (cln == NULL || pool == NULL) {
        return NULL;
    }

    cln->handler = secret_release;
    cln->data = pool;

    return pool;
}


static void
secret_release(void *data)
{
    oauth2_pool_release(data);
}


char *
ngx_http_oauth2_secret_read(ngx_conf_t *cf, oauth2_pool_t *pool,
    ngx_str_t *name, oauth2_str_t *text)
{
    ssize_t          n;
    ngx_fd_t         fd;
    ngx_file_info_t  info;

    if (ngx_conf_full_name(cf->cycle, name, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE || ngx_fd_info(fd, &info) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "cannot read \"%V\"", name);

        if (fd != NGX_INVALID_FILE) {
            (void) ngx_close_file(fd);
        }

        return NGX_CONF_ERROR;
    }

    if (secret_check(cf, name, &info) != NGX_CONF_OK) {
        (void) ngx_close_file(fd);
        return NGX_CONF_ERROR;
    }

    text->data = oauth2_pool_alloc(pool, SECRET_FILE_MAX + 1);
    n = (text->data == NULL) ? NGX_ERROR
                             : ngx_read_fd(fd, text->data, SECRET_FILE_MAX);

    (void) ngx_close_file(fd);

    if (n <= 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is empty or cannot be read", name);
        return NGX_CONF_ERROR;
    }

    text->len = (size_t) n;

    return NGX_CONF_OK;
}


static char *
secret_check(ngx_conf_t *cf, ngx_str_t *name, ngx_file_info_t *info)
{
    if (ngx_is_dir(info) || ngx_file_size(info) > SECRET_FILE_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is no file of a key", name);
        return NGX_CONF_ERROR;
    }

    if (info->st_mode & (S_IROTH|S_IWOTH)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" can be read by everybody; run: chmod 600 "
                           "%V", name, name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
