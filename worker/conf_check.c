/* SPDX-License-Identifier: MIT */

/*
 * Whether what the configuration says goes together.
 */

#include <sys/stat.h>

#include "../src/core/str.h"
#include "conf.h"

#define CONF_TIMEOUT_MAX  30000


static oauth2_rc_e conf_check_temporal(const oauth2_conf_t *conf,
    const char *path);
static oauth2_rc_e conf_check_key_file(const char *file);
static bool conf_is_loopback(const char *address);


oauth2_rc_e
oauth2_conf_check(const oauth2_conf_t *conf, const char *path)
{
    size_t  len;

    if (conf->smtp_url == NULL && conf->mail_folder == NULL) {
        oauth2_log(OAUTH2_LOG_EMERG, "%s: mail goes nowhere: set "
                   "\"smtp_url\" or \"mail_folder\"", path);
        return OAUTH2_BAD;
    }

    if (conf->smtp_user != NULL
        && oauth2_mail_is_clear(conf->smtp_url, conf->smtp_starttls))
    {
        oauth2_log(OAUTH2_LOG_EMERG, "%s: the password would be sent to the "
                   "mail server in clear: write \"smtp_starttls = on\", or "
                   "an \"smtp_url\" with smtps://", path);
        return OAUTH2_BAD;
    }

    if (conf->operation_timeout < 10
        || conf->operation_timeout > CONF_TIMEOUT_MAX)
    {
        oauth2_log(OAUTH2_LOG_EMERG, "%s: \"operation_timeout\" must be "
                   "10ms to 30s", path);
        return OAUTH2_BAD;
    }

    len = strlen(conf->frontend_url);
    if (conf->frontend_url[len - 1] == '/') {
        oauth2_log(OAUTH2_LOG_EMERG, "%s: \"frontend_url\" must not end "
                   "with a slash", path);
        return OAUTH2_BAD;
    }

    return conf_check_temporal(conf, path);
}


static oauth2_rc_e
conf_check_temporal(const oauth2_conf_t *conf, const char *path)
{
    if (!conf->temporal_tls
        && (conf->temporal_tls_ca_file != NULL
            || conf->temporal_tls_server_name != NULL
            || conf->temporal_tls_cert_file != NULL
            || conf->temporal_tls_key_file != NULL))
    {
        oauth2_log(OAUTH2_LOG_EMERG, "%s: write \"temporal_tls = on\", or "
                   "take the other keys \"temporal_tls_...\" away", path);
        return OAUTH2_BAD;
    }

    if ((conf->temporal_tls_cert_file == NULL)
        != (conf->temporal_tls_key_file == NULL))
    {
        oauth2_log(OAUTH2_LOG_EMERG, "%s: \"temporal_tls_cert_file\" and "
                   "\"temporal_tls_key_file\" go together", path);
        return OAUTH2_BAD;
    }

    if (conf->temporal_api_key_file != NULL && !conf->temporal_tls
        && !conf_is_loopback(conf->temporal_address))
    {
        oauth2_log(OAUTH2_LOG_EMERG, "%s: the API key would be sent in "
                   "clear: write \"temporal_tls = on\"", path);
        return OAUTH2_BAD;
    }

    if (conf->temporal_tls_key_file == NULL) {
        return OAUTH2_OK;
    }

    return conf_check_key_file(conf->temporal_tls_key_file);
}


static oauth2_rc_e
conf_check_key_file(const char *file)
{
    struct stat  st;

    /* that it is not there is told by who reads it */
    if (stat(file, &st) == 0 && (st.st_mode & 07) != 0) {
        oauth2_log(OAUTH2_LOG_EMERG, "\"%s\" can be read by everyone: "
                   "chmod o= it", file);
        return OAUTH2_BAD;
    }

    return OAUTH2_OK;
}


/* Host and port. */
static bool
conf_is_loopback(const char *address)
{
    return strncmp(address, "127.0.0.1:", 10) == 0
           || strncmp(address, "[::1]:", 6) == 0
           || strncmp(address, "localhost:", 10) == 0;
}
