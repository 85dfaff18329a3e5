/* SPDX-License-Identifier: MIT */

/*
 * Secrets of the configuration: from files that not everybody can read,
 * into memory that ends, wiped, with the configuration.
 */

#include "http.h"


#define SECRET_FILE_MAX  16384     /* bytes of a key or password file */


static void secret_release(void *data);
static char *secret_check(ngx_conf_t *cf, ngx_str_t *name,
    ngx_file_info_t *info);


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
