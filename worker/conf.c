/* SPDX-License-Identifier: MIT */

/*
 * Reading the configuration: a row a key.
 */

#include <stdio.h>

#include "../src/core/str.h"
#include "conf.h"

typedef enum {
    CONF_TEXT = 0,
    CONF_SWITCH,       /* on, off */
    CONF_TIME,         /* milliseconds: 1500ms, 5s, 0 */
    CONF_MODE,         /* octal */
    CONF_LEVEL
} conf_kind_e;

typedef struct {
    const char   *name;
    conf_kind_e   kind;
    bool          required;
    size_t        offset;
} conf_key_t;

/* Where we are, for complaints. */
typedef struct {
    oauth2_conf_t  *conf;
    oauth2_pool_t  *pool;
    const char     *path;
    unsigned        line;
} conf_reader_t;


static oauth2_rc_e conf_read_lines(conf_reader_t *reader, oauth2_str_t text);
static oauth2_rc_e conf_read_line(conf_reader_t *reader, oauth2_str_t line);
static oauth2_rc_e conf_set(conf_reader_t *reader, const conf_key_t *key,
    oauth2_str_t value);
static oauth2_rc_e conf_parse_time(oauth2_str_t value, int64_t *ms);
static oauth2_rc_e conf_parse_mode(oauth2_str_t value, unsigned *mode);
static oauth2_rc_e conf_check(conf_reader_t *reader);


#define CONF_AT(member)  offsetof(oauth2_conf_t, member)

static const conf_key_t  conf_keys[] = {
    { "database", CONF_TEXT, true, CONF_AT(database) },
    { "socket", CONF_TEXT, true, CONF_AT(socket) },
    { "socket_mode", CONF_MODE, false, CONF_AT(socket_mode) },
    { "temporal_address", CONF_TEXT, false, CONF_AT(temporal_address) },
    { "temporal_tls", CONF_SWITCH, false, CONF_AT(temporal_tls) },
    { "temporal_tls_ca_file", CONF_TEXT, false,
      CONF_AT(temporal_tls_ca_file) },
    { "temporal_tls_server_name", CONF_TEXT, false,
      CONF_AT(temporal_tls_server_name) },
    { "temporal_tls_cert_file", CONF_TEXT, false,
      CONF_AT(temporal_tls_cert_file) },
    { "temporal_tls_key_file", CONF_TEXT, false,
      CONF_AT(temporal_tls_key_file) },
    { "temporal_api_key_file", CONF_TEXT, false,
      CONF_AT(temporal_api_key_file) },
    { "namespace", CONF_TEXT, false, CONF_AT(namespace) },
    { "task_queue", CONF_TEXT, false, CONF_AT(task_queue) },
    { "token_key_file", CONF_TEXT, true, CONF_AT(token_key_file) },
    { "token_key_file_old", CONF_TEXT, false, CONF_AT(token_key_file_old) },
    { "frontend_url", CONF_TEXT, true, CONF_AT(frontend_url) },
    { "mail_from", CONF_TEXT, true, CONF_AT(mail_from) },
    { "smtp_url", CONF_TEXT, false, CONF_AT(smtp_url) },
    { "smtp_user", CONF_TEXT, false, CONF_AT(smtp_user) },
    { "smtp_password_file", CONF_TEXT, false, CONF_AT(smtp_password_file) },
    { "smtp_starttls", CONF_SWITCH, false, CONF_AT(smtp_starttls) },
    { "smtp_ca_file", CONF_TEXT, false, CONF_AT(smtp_ca_file) },
    { "mail_folder", CONF_TEXT, false, CONF_AT(mail_folder) },
    { "log_level", CONF_LEVEL, false, CONF_AT(log_level) },
    { "drain_interval", CONF_TIME, false, CONF_AT(drain_interval) },
    { "operation_timeout", CONF_TIME, false, CONF_AT(operation_timeout) },
    { NULL, CONF_TEXT, false, 0 }
};


oauth2_rc_e
oauth2_conf_init(oauth2_conf_t *conf, oauth2_pool_t *pool, const char *path)
{
    oauth2_rc_e    rc;
    oauth2_str_t   text;
    conf_reader_t  reader;

    memset(conf, 0, sizeof(oauth2_conf_t));
    conf->socket_mode = 0660;
    conf->temporal_address = "127.0.0.1:7233";
    conf->namespace = "default";
    conf->task_queue = "oauth2-task-queue";
    conf->log_level = OAUTH2_LOG_NOTICE;
    conf->drain_interval = 5000;
    conf->operation_timeout = 1500;

    reader.conf = conf;
    reader.pool = pool;
    reader.path = path;
    reader.line = 0;

    rc = oauth2_conf_read_file(pool, path, false, &text);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = conf_read_lines(&reader, text);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = conf_check(&reader);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_conf_read_secrets(conf, pool, path);
}


static oauth2_rc_e
conf_read_lines(conf_reader_t *reader, oauth2_str_t text)
{
    u_char        *end;
    oauth2_rc_e    rc;
    oauth2_str_t   line;

    while (text.len != 0) {
        end = memchr(text.data, '\n', text.len);

        line.data = text.data;
        line.len = (end == NULL) ? text.len : (size_t) (end - text.data);

        text.data += line.len;
        text.len -= line.len;

        if (end != NULL) {
            text.data++;
            text.len--;
        }

        reader->line++;

        rc = conf_read_line(reader, oauth2_str_trim(line));
        if (rc != OAUTH2_OK) {
            return rc;
        }
    }

    return OAUTH2_OK;
}


static oauth2_rc_e
conf_read_line(conf_reader_t *reader, oauth2_str_t line)
{
    u_char            *equals;
    oauth2_str_t       name, value;
    const conf_key_t  *key;

    if (line.len == 0 || line.data[0] == '#') {
        return OAUTH2_OK;
    }

    equals = memchr(line.data, '=', line.len);
    if (equals == NULL) {
        oauth2_log(OAUTH2_LOG_EMERG, "%s:%u: write \"key = value\"",
                   reader->path, reader->line);
        return OAUTH2_BAD;
    }

    name = line;
    name.len = (size_t) (equals - line.data);
    name = oauth2_str_trim(name);

    value.data = equals + 1;
    value.len = line.len - (size_t) (equals + 1 - line.data);
    value = oauth2_str_trim(value);

    for (key = conf_keys; key->name != NULL; key++) {
        if (oauth2_str_same(name, oauth2_str_of(key->name))) {
            return conf_set(reader, key, value);
        }
    }

    oauth2_log(OAUTH2_LOG_EMERG, "%s:%u: there is no key \"%.*s\"",
               reader->path, reader->line, (int) name.len,
               (const char *) name.data);

    return OAUTH2_BAD;
}


static oauth2_rc_e
conf_set(conf_reader_t *reader, const conf_key_t *key, oauth2_str_t value)
{
    void          *target;
    oauth2_rc_e    rc;
    oauth2_str_t   copy;

    target = (u_char *) reader->conf + key->offset;
    rc = OAUTH2_OK;

    switch (key->kind) {
    case CONF_TEXT:
        if (value.len == 0) {
            break;
        }

        rc = oauth2_pool_copy(reader->pool, value, &copy);
        if (rc == OAUTH2_OK) {
            *(const char **) target = (const char *) copy.data;
        }

        break;

    case CONF_SWITCH:
        *(bool *) target = oauth2_str_same(value, oauth2_str("on"));
        if (!*(bool *) target
            && !oauth2_str_same(value, oauth2_str("off")))
        {
            rc = OAUTH2_BAD;
        }

        break;

    case CONF_TIME:
        rc = conf_parse_time(value, target);
        break;

    case CONF_MODE:
        rc = conf_parse_mode(value, target);
        break;

    case CONF_LEVEL:
        rc = oauth2_log_find_level(value, target);
        break;
    }

    if (rc != OAUTH2_OK) {
        oauth2_log(OAUTH2_LOG_EMERG, "%s:%u: \"%s\" cannot have this value",
                   reader->path, reader->line, key->name);
        return OAUTH2_BAD;
    }

    return OAUTH2_OK;
}


static oauth2_rc_e
conf_parse_time(oauth2_str_t value, int64_t *ms)
{
    int64_t       unit;
    uint64_t      n;
    oauth2_str_t  digits;

    digits = value;
    while (digits.len != 0
           && (digits.data[digits.len - 1] < '0'
               || digits.data[digits.len - 1] > '9'))
    {
        digits.len--;
    }

    value.data += digits.len;
    value.len -= digits.len;

    if (value.len == 0 || oauth2_str_same(value, oauth2_str("s"))) {
        unit = 1000;

    } else if (oauth2_str_same(value, oauth2_str("ms"))) {
        unit = 1;

    } else if (oauth2_str_same(value, oauth2_str("m"))) {
        unit = 60000;

    } else {
        return OAUTH2_BAD;
    }

    if (oauth2_str_parse_uint(digits, 1000000, &n) != OAUTH2_OK) {
        return OAUTH2_BAD;
    }

    *ms = (int64_t) n * unit;

    return OAUTH2_OK;
}


static oauth2_rc_e
conf_parse_mode(oauth2_str_t value, unsigned *mode)
{
    size_t    i;
    unsigned  n;

    n = 0;

    for (i = 0; i < value.len; i++) {
        if (value.data[i] < '0' || value.data[i] > '7' || n > 0777) {
            return OAUTH2_BAD;
        }

        n = n * 8 + (unsigned) (value.data[i] - '0');
    }

    if (value.len == 0 || n > 0777) {
        return OAUTH2_BAD;
    }

    *mode = n;

    return OAUTH2_OK;
}


static oauth2_rc_e
conf_check(conf_reader_t *reader)
{
    const char        *text;
    oauth2_conf_t     *conf;
    const conf_key_t  *key;

    conf = reader->conf;

    for (key = conf_keys; key->name != NULL; key++) {
        if (!key->required) {
            continue;
        }

        text = *(const char **) ((u_char *) conf + key->offset);
        if (text == NULL) {
            oauth2_log(OAUTH2_LOG_EMERG, "%s: \"%s\" is missing",
                       reader->path, key->name);
            return OAUTH2_BAD;
        }
    }

    return oauth2_conf_check(conf, reader->path);
}
