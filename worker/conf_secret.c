/* SPDX-License-Identifier: MIT */

/*
 * Files of the configuration: reading one, and those that hold secrets.
 */

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "../src/core/str.h"
#include "conf.h"

#define SECRET_FILE_MAX  65536


static oauth2_rc_e secret_token_keys(oauth2_conf_t *conf,
    oauth2_pool_t *pool, const char *path);
static oauth2_rc_e secret_token_key(oauth2_pool_t *pool, const char *path,
    const char *file, oauth2_token_key_t *key);


oauth2_rc_e
oauth2_conf_read_secrets(oauth2_conf_t *conf, oauth2_pool_t *pool,
    const char *path)
{
    oauth2_rc_e          rc;
    oauth2_str_t         text;
    oauth2_mail_conf_t  *mail;

    rc = secret_token_keys(conf, pool, path);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    mail = &conf->mail;
    mail->url = conf->smtp_url;
    mail->user = conf->smtp_user;
    mail->starttls = conf->smtp_starttls;
    mail->ca_file = conf->smtp_ca_file;
    mail->folder = conf->mail_folder;
    mail->from = conf->mail_from;
    mail->timeout = 30;

    if (conf->smtp_password_file == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_conf_read_file(pool, conf->smtp_password_file, true, &text);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    while (text.len != 0 && (text.data[text.len - 1] == '\n'
                             || text.data[text.len - 1] == '\r'))
    {
        text.data[--text.len] = '\0';
    }

    mail->password = (const char *) text.data;

    return OAUTH2_OK;
}


/* The current key, and older ones behind it. */
static oauth2_rc_e
secret_token_keys(oauth2_conf_t *conf, oauth2_pool_t *pool, const char *path)
{
    oauth2_rc_e          rc;
    oauth2_str_t         rest, name, file;
    oauth2_token_key_t  *key, *next;

    key = &conf->token_key;

    rc = secret_token_key(pool, path, conf->token_key_file, key);
    if (rc != OAUTH2_OK || conf->token_key_file_old == NULL) {
        return rc;
    }

    rest = oauth2_str_of(conf->token_key_file_old);

    while (oauth2_str_word(&rest, ',', &name)) {
        next = oauth2_pool_alloc(pool, sizeof(oauth2_token_key_t));
        if (next == NULL
            || oauth2_pool_copy(pool, oauth2_str_trim(name), &file)
               != OAUTH2_OK)
        {
            return OAUTH2_NOMEM;
        }

        rc = secret_token_key(pool, path, (const char *) file.data, next);
        if (rc != OAUTH2_OK) {
            return rc;
        }

        key->next = next;
        key = next;
    }

    return OAUTH2_OK;
}


static oauth2_rc_e
secret_token_key(oauth2_pool_t *pool, const char *path, const char *file,
    oauth2_token_key_t *key)
{
    oauth2_rc_e    rc;
    oauth2_str_t   text;

    rc = oauth2_conf_read_file(pool, file, true, &text);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_token_key_init(key, text);
    if (rc != OAUTH2_OK) {
        oauth2_log(OAUTH2_LOG_EMERG, "%s: \"%s\" must hold 32 bytes in "
                   "hexadecimal or base64url", path, file);
        return OAUTH2_BAD;
    }

    return OAUTH2_OK;
}


oauth2_rc_e
oauth2_conf_read_file(oauth2_pool_t *pool, const char *path, bool secret,
    oauth2_str_t *text)
{
    FILE         *file;
    u_char       *p;
    size_t        n;
    struct stat   st;

    file = fopen(path, "re");
    if (file == NULL || fstat(fileno(file), &st) != 0) {
        oauth2_log(OAUTH2_LOG_EMERG, "cannot read \"%s\": %s", path,
                   strerror(errno));
        if (file != NULL) {
            (void) fclose(file);
        }

        return OAUTH2_BAD;
    }

    if (secret && (st.st_mode & 07) != 0) {
        oauth2_log(OAUTH2_LOG_EMERG, "\"%s\" can be read by everyone: "
                   "chmod o= it", path);
        (void) fclose(file);
        return OAUTH2_BAD;
    }

    p = oauth2_pool_alloc(pool, SECRET_FILE_MAX + 1);
    n = (p == NULL) ? 0 : fread(p, 1, SECRET_FILE_MAX, file);
    (void) fclose(file);

    if (p == NULL) {
        return OAUTH2_NOMEM;
    }

    text->data = p;
    text->len = n;

    return OAUTH2_OK;
}
