/* SPDX-License-Identifier: MIT */

/*
 * The configuration file of the worker: lines "key = value", '#' begins a
 * comment.  Read once; constant from then on.
 */

#ifndef OAUTH2_CONF_H
#define OAUTH2_CONF_H

#include "../src/core/digest.h"
#include "../src/mail/mail.h"
#include "log.h"

typedef struct {
    const char          *database;            /* libpq's conninfo */
    const char          *socket;              /* path */
    unsigned             socket_mode;         /* octal, 0660 */
    const char          *temporal_address;    /* host:port */
    bool                 temporal_tls;
    const char          *temporal_tls_ca_file;      /* NULL: the system's */
    const char          *temporal_tls_server_name;  /* NULL: the address's */
    const char          *temporal_tls_cert_file;
    const char          *temporal_tls_key_file;
    const char          *temporal_api_key_file;
    const char          *namespace;
    const char          *task_queue;
    const char          *token_key_file;
    const char          *token_key_file_old;  /* several: with commas */
    const char          *frontend_url;
    const char          *mail_from;
    const char          *smtp_url;
    const char          *smtp_user;
    const char          *smtp_password_file;
    bool                 smtp_starttls;
    const char          *smtp_ca_file;
    const char          *mail_folder;
    oauth2_log_e         log_level;
    int64_t              drain_interval;      /* ms; 0: never */
    int64_t              operation_timeout;   /* ms */
    oauth2_token_key_t   token_key;
    oauth2_mail_conf_t   mail;
} oauth2_conf_t;


/*
 * Reads the file and the files it names.  The strings live in the pool.
 * OAUTH2_BAD: a sentence on standard error has said what to write.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_conf_init(oauth2_conf_t *conf,
    oauth2_pool_t *pool, const char *path);

/*
 * conf_secret.c, for conf.c: reads a file, which with secret true must not
 * be everyone's to read; and the keys and the password that conf names.
 * Both complain by themselves.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_conf_read_file(oauth2_pool_t *pool,
    const char *path, bool secret, oauth2_str_t *text);
OAUTH2_MUST_USE oauth2_rc_e oauth2_conf_read_secrets(oauth2_conf_t *conf,
    oauth2_pool_t *pool, const char *path);

/* conf_check.c, for conf.c: do the keys go together? */
OAUTH2_MUST_USE oauth2_rc_e oauth2_conf_check(const oauth2_conf_t *conf,
    const char *path);

#endif
