/* SPDX-License-Identifier: MIT */

/*
 * Sending by libcurl.  What an answer means depends on what it answers: a
 * 5xx to RCPT or to the message condemns this mail; one to EHLO, AUTH or
 * MAIL is between the server and us, and may be mended.
 *
 * Answers often repeat the address, so of their text only the codes go
 * into the reason.
 */

#include <stdio.h>
#include <strings.h>

#include <curl/curl.h>

#include "../core/check.h"
#include "../core/str.h"
#include "parts.h"

#define SMTP_TIMEOUT      30
#define SMTP_CONNECT_MAX  10
#define SMTP_ADDRESS_MAX  (OAUTH2_EMAIL_MAX + 3)

typedef enum {
    SMTP_GREETING = 0,
    SMTP_HELLO,
    SMTP_STARTTLS,
    SMTP_AUTH,
    SMTP_MAIL,
    SMTP_RCPT,
    SMTP_DATA,
    SMTP_MESSAGE
} smtp_stage_e;

typedef struct {
    const char    *verb;
    smtp_stage_e   stage;
} smtp_verb_t;

/* One attempt.  enhanced is the code of RFC 3463, as "5.1.1". */
typedef struct {
    oauth2_str_t                rest;
    smtp_stage_e                stage;
    bool                        handed;      /* the message, to its end */
    bool                        quitting;
    char                        enhanced[16];
    const oauth2_mail_lease_t  *lease;
} smtp_t;


static oauth2_mail_rc_e smtp_send(const oauth2_mail_conf_t *conf,
    const char *from, const char *to, smtp_t *smtp,
    char reason[OAUTH2_REASON_MAX]);
static bool smtp_address(oauth2_str_t address, char text[SMTP_ADDRESS_MAX]);
static bool smtp_init(CURL *curl, const oauth2_mail_conf_t *conf,
    const char *from, struct curl_slist *to, smtp_t *smtp);
static bool smtp_init_security(CURL *curl,
    const oauth2_mail_conf_t *conf);
static bool smtp_held(const smtp_t *smtp);
static size_t smtp_read(char *p, size_t size, size_t n, void *data);
static int smtp_progress(void *data, curl_off_t dltotal, curl_off_t dlnow,
    curl_off_t ultotal, curl_off_t ulnow);
static int smtp_debug(CURL *curl, curl_infotype type, char *p, size_t len,
    void *data);
static void smtp_sent(smtp_t *smtp, oauth2_str_t line);
static void smtp_answered(smtp_t *smtp, oauth2_str_t line);
static oauth2_mail_rc_e smtp_explain(const smtp_t *smtp, CURLcode code,
    long answer, char reason[OAUTH2_REASON_MAX]);
static bool smtp_is_final(const smtp_t *smtp, long answer);


/* Hosts to which nothing leaves this machine. */
static const char *const  smtp_local[] = {
    "127.0.0.1", "localhost", "[::1]", NULL
};

static const char  *smtp_stages[] = {
    "the connection", "the greeting", "STARTTLS", "our login", "our sender",
    "the recipient", "the message", "the message"
};

static const smtp_verb_t  smtp_verbs[] = {
    { "EHLO", SMTP_HELLO },
    { "HELO", SMTP_HELLO },
    { "STARTTLS", SMTP_STARTTLS },
    { "AUTH", SMTP_AUTH },
    { "MAIL", SMTP_MAIL },
    { "RCPT", SMTP_RCPT },
    { "DATA", SMTP_DATA },
    { NULL, SMTP_GREETING }
};


oauth2_rc_e
oauth2_mail_init(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? OAUTH2_OK
                                                             : OAUTH2_NOMEM;
}


void
oauth2_mail_done(void)
{
    curl_global_cleanup();
}


bool
oauth2_mail_is_clear(const char *url, bool starttls)
{
    size_t              len;
    const char         *host;
    const char *const  *local;

    if (url == NULL || starttls || strncmp(url, "smtp://", 7) != 0) {
        return false;
    }

    host = url + 7;

    for (local = smtp_local; *local != NULL; local++) {
        len = strlen(*local);

        if (strncmp(host, *local, len) == 0
            && (host[len] == '\0' || host[len] == ':' || host[len] == '/'))
        {
            return false;
        }
    }

    return true;
}


oauth2_mail_rc_e
oauth2_mail_send(const oauth2_mail_conf_t *conf,
    const oauth2_mail_row_t *row, oauth2_str_t message,
    char reason[OAUTH2_REASON_MAX])
{
    char          from[SMTP_ADDRESS_MAX], to[SMTP_ADDRESS_MAX];
    smtp_t        smtp;
    oauth2_str_t  name, address;

    if (oauth2_check_email(row->recipient) != NULL
        || !oauth2_mail_id_check(row->message_id)
        || !smtp_address(row->recipient, to))
    {
        (void) snprintf(reason, OAUTH2_REASON_MAX,
                        "the row is not one that can be sent");
        return OAUTH2_MAIL_PARK;
    }

    if (conf->url == NULL && conf->folder != NULL) {
        return oauth2_mail_folder_write(conf->folder, row->message_id,
                                        message, reason);
    }

    if (conf->url == NULL) {
        (void) snprintf(reason, OAUTH2_REASON_MAX,
                        "no mail server and no folder are configured");
        return OAUTH2_MAIL_RETRY;
    }

    if (oauth2_mail_address_parse(oauth2_str_of(conf->from), &name, &address)
        != OAUTH2_OK || !smtp_address(address, from))
    {
        (void) snprintf(reason, OAUTH2_REASON_MAX,
                        "the sender that is configured is no address");
        return OAUTH2_MAIL_RETRY;
    }

    memset(&smtp, 0, sizeof(smtp));
    smtp.rest = message;
    smtp.lease = row->lease;

    return smtp_send(conf, from, to, &smtp, reason);
}


static oauth2_mail_rc_e
smtp_send(const oauth2_mail_conf_t *conf, const char *from, const char *to,
    smtp_t *smtp, char reason[OAUTH2_REASON_MAX])
{
    long                answer;
    CURL               *curl;
    CURLcode            code;
    struct curl_slist  *recipients;

    answer = 0;
    code = CURLE_OUT_OF_MEMORY;

    curl = curl_easy_init();
    recipients = curl_slist_append(NULL, to);

    if (curl != NULL && recipients != NULL
        && smtp_init(curl, conf, from, recipients, smtp))
    {
        code = curl_easy_perform(curl);
        (void) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    }

    curl_easy_cleanup(curl);
    curl_slist_free_all(recipients);

    return smtp_explain(smtp, code, answer, reason);
}


/* In angle brackets, as libcurl takes it without guessing. */
static bool
smtp_address(oauth2_str_t address, char text[SMTP_ADDRESS_MAX])
{
    int  n;

    n = snprintf(text, SMTP_ADDRESS_MAX, "<%.*s>", (int) address.len,
                 (char *) address.data);

    return n > 0 && n < SMTP_ADDRESS_MAX;
}


/*
 * A connection serves one message: closing it within perform() lets our
 * timeouts bound the QUIT as well.  Proxies of the environment are for the
 * web.
 */
static bool
smtp_init(CURL *curl, const oauth2_mail_conf_t *conf, const char *from,
    struct curl_slist *to, smtp_t *smtp)
{
    long  timeout, connect;

    timeout = conf->timeout == 0 ? SMTP_TIMEOUT : (long) conf->timeout;
    connect = timeout < SMTP_CONNECT_MAX ? timeout : SMTP_CONNECT_MAX;

    return curl_easy_setopt(curl, CURLOPT_URL, conf->url) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_READFUNCTION, smtp_read)
              == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_READDATA, smtp) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION,
                               smtp_progress) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_XFERINFODATA, smtp) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, smtp_debug)
              == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_TIMEOUT, timeout) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect)
              == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_FTP_RESPONSE_TIMEOUT, timeout)
              == CURLE_OK
           && smtp_init_security(curl, conf);
}


/* Certificates are always verified: that is libcurl's default. */
static bool
smtp_init_security(CURL *curl, const oauth2_mail_conf_t *conf)
{
    long  use;

    use = conf->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE;

    if (curl_easy_setopt(curl, CURLOPT_USE_SSL, use) != CURLE_OK
        || curl_easy_setopt(curl, CURLOPT_SSLVERSION,
                            (long) CURL_SSLVERSION_TLSv1_2) != CURLE_OK)
    {
        return false;
    }

#if LIBCURL_VERSION_NUM >= 0x075500
    if (curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        != CURLE_OK)
    {
        return false;
    }
#else
    if (curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
                         (long) (CURLPROTO_SMTP | CURLPROTO_SMTPS))
        != CURLE_OK)
    {
        return false;
    }
#endif

    if (conf->ca_file != NULL
        && curl_easy_setopt(curl, CURLOPT_CAINFO, conf->ca_file) != CURLE_OK)
    {
        return false;
    }

    if (conf->user == NULL) {
        return true;
    }

    return curl_easy_setopt(curl, CURLOPT_USERNAME, conf->user) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_PASSWORD,
                               conf->password == NULL ? "" : conf->password)
              == CURLE_OK;
}


static bool
smtp_held(const smtp_t *smtp)
{
    return smtp->lease == NULL || smtp->lease->held(smtp->lease->data);
}


/* Without its end, which is sent after the read that answers nothing, the
 * server must drop the message (RFC 5321 4.1.1.4). */
static size_t
smtp_read(char *p, size_t size, size_t n, void *data)
{
    smtp_t  *smtp;

    smtp = data;
    smtp->stage = SMTP_MESSAGE;

    if (!smtp_held(smtp)) {
        return CURL_READFUNC_ABORT;
    }

    n *= size;
    n = n < smtp->rest.len ? n : smtp->rest.len;

    if (n != 0) {
        memcpy(p, smtp->rest.data, n);
    }

    smtp->rest.data += n;
    smtp->rest.len -= n;
    smtp->handed = (n == 0);

    return n;
}


/* Called about once a second while nothing happens. */
static int
smtp_progress(void *data, curl_off_t dltotal OAUTH2_UNUSED,
    curl_off_t dlnow OAUTH2_UNUSED, curl_off_t ultotal OAUTH2_UNUSED,
    curl_off_t ulnow OAUTH2_UNUSED)
{
    smtp_t  *smtp;

    smtp = data;

    return (smtp->handed || smtp_held(smtp)) ? 0 : 1;
}


/* Only the commands and the codes of answers are looked at. */
static int
smtp_debug(CURL *curl OAUTH2_UNUSED, curl_infotype type, char *p, size_t len,
    void *data)
{
    oauth2_str_t  line;

    line.data = (u_char *) p;
    line.len = len;

    if (type == CURLINFO_HEADER_OUT) {
        smtp_sent(data, line);

    } else if (type == CURLINFO_HEADER_IN) {
        smtp_answered(data, line);
    }

    return 0;
}


static void
smtp_sent(smtp_t *smtp, oauth2_str_t line)
{
    size_t  i, len;

    if (line.len >= 4 && strncasecmp((char *) line.data, "QUIT", 4) == 0) {
        smtp->quitting = true;
    }

    for (i = 0; smtp_verbs[i].verb != NULL; i++) {
        len = strlen(smtp_verbs[i].verb);

        if (line.len >= len && strncasecmp((char *) line.data,
                                           smtp_verbs[i].verb, len) == 0)
        {
            smtp->stage = smtp_verbs[i].stage;
            smtp->enhanced[0] = '\0';
            return;
        }
    }
}


/* "550 5.1.1 ...": the second word, when it is digits and dots. */
static void
smtp_answered(smtp_t *smtp, oauth2_str_t line)
{
    size_t  i;

    if (smtp->quitting) {
        return;
    }

    smtp->enhanced[0] = '\0';

    for (i = 4; i < line.len; i++) {
        if ((line.data[i] < '0' || line.data[i] > '9')
            && line.data[i] != '.')
        {
            break;
        }
    }

    if (i < 9 || i - 4 >= sizeof(smtp->enhanced) - 1
        || line.data[5] != '.')
    {
        return;
    }

    smtp->enhanced[0] = ' ';
    memcpy(smtp->enhanced + 1, line.data + 4, i - 4);
    smtp->enhanced[i - 3] = '\0';
}


static oauth2_mail_rc_e
smtp_explain(const smtp_t *smtp, CURLcode code, long answer,
    char reason[OAUTH2_REASON_MAX])
{
    if (code == CURLE_OK) {
        return OAUTH2_MAIL_SENT;
    }

    if (code == CURLE_ABORTED_BY_CALLBACK) {
        (void) snprintf(reason, OAUTH2_REASON_MAX,
                        "given up before the end, at %s",
                        smtp_stages[smtp->stage]);
        return OAUTH2_MAIL_RETRY;
    }

    if (code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY
        || code == CURLE_LOGIN_DENIED || code == CURLE_REMOTE_ACCESS_DENIED)
    {
        if (answer >= 400 && answer <= 599) {
            (void) snprintf(reason, OAUTH2_REASON_MAX,
                            "the mail server refused %s: %ld%s",
                            smtp_stages[smtp->stage], answer,
                            smtp->enhanced);
            return code != CURLE_LOGIN_DENIED && smtp_is_final(smtp, answer)
                   ? OAUTH2_MAIL_PARK : OAUTH2_MAIL_RETRY;
        }
    }

    (void) snprintf(reason, OAUTH2_REASON_MAX, "mail server: %s, at %s",
                    curl_easy_strerror(code), smtp_stages[smtp->stage]);

    return OAUTH2_MAIL_RETRY;
}


/* 53x is about our login, whenever it is said (RFC 4954 6). */
static bool
smtp_is_final(const smtp_t *smtp, long answer)
{
    return smtp->stage >= SMTP_RCPT && answer >= 500
           && !(answer >= 530 && answer <= 539);
}
