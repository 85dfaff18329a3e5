/* SPDX-License-Identifier: MIT */

/*
 * One request by libcurl, whose defaults are left where they are safe:
 * certificates are verified, redirects are not followed, and there are no
 * cookies, no .netrc and no decoding of content.
 */

#include "egress.h"
#include "header.h"
#include "../core/buf.h"
#include "../core/str.h"
#include "../core/uri.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#define EGRESS_TIMEOUT      5000      /* ms */
#define EGRESS_CONNECT_MAX  3000      /* ms */
#define EGRESS_HEAD_MAX     16384     /* bytes */
#define EGRESS_AGENT        "oauth2/" OAUTH2_VERSION
#define EGRESS_ACCEPT                                                        \
    "Accept: application/json, application/jwk-set+json, "                   \
    "application/oauth-authz-req+jwt, application/jwt, */*;q=0.1"

typedef struct {
    const oauth2_egress_conf_t  *conf;
    oauth2_egress_reply_t       *reply;
    oauth2_buf_t                 body;
    size_t                       head;
    bool                         post;
    bool                         clear;      /* http */
    bool                         refused;    /* an address was */
    bool                         large;
} egress_t;


static oauth2_egress_rc_e egress_ask(egress_t *e, oauth2_pool_t *pool,
    oauth2_str_t url, oauth2_str_t form);
static CURLcode egress_perform(egress_t *e, const char *url,
    oauth2_str_t form, bool *type);
static bool egress_init(CURL *curl, egress_t *e, const char *url);
static bool egress_init_bounds(CURL *curl, const egress_t *e);
static bool egress_init_security(CURL *curl, const egress_t *e);
static bool egress_init_form(CURL *curl, oauth2_str_t form);
static curl_socket_t egress_open(void *data, curlsocktype purpose,
    struct curl_sockaddr *sa);
static bool egress_allows(const egress_t *e, const struct curl_sockaddr *sa);
static size_t egress_head(char *p, size_t size, size_t n, void *data);
static size_t egress_body(char *p, size_t size, size_t n, void *data);
static bool egress_take_type(CURL *curl);
static oauth2_egress_rc_e egress_explain(egress_t *e, CURLcode code,
    bool type);
static oauth2_egress_rc_e egress_say(egress_t *e, oauth2_egress_rc_e rc,
    const char *reason);


oauth2_rc_e
oauth2_egress_init(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? OAUTH2_OK
                                                             : OAUTH2_NOMEM;
}


void
oauth2_egress_done(void)
{
    curl_global_cleanup();
}


bool
oauth2_egress_check_url(oauth2_str_t url)
{
    u_char        *hash;
    oauth2_str_t   scheme;

    if (url.len == 0 || url.len > OAUTH2_EGRESS_URL_MAX) {
        return false;
    }

    hash = memchr(url.data, '#', url.len);

    if (hash != NULL) {
        url.len = (size_t) (hash - url.data);
    }

    if (!oauth2_uri_is_resource(url) || oauth2_uri_host(url).len == 0) {
        return false;
    }

    scheme.data = url.data;
    scheme.len = (size_t) ((u_char *) memchr(url.data, ':', url.len)
                           - url.data);

    return oauth2_str_same_nocase(scheme, oauth2_str("https"))
           || oauth2_str_same_nocase(scheme, oauth2_str("http"));
}


oauth2_egress_rc_e
oauth2_egress_get(const oauth2_egress_conf_t *conf, oauth2_pool_t *pool,
    oauth2_str_t url, oauth2_egress_reply_t *reply)
{
    egress_t  e;

    memset(&e, 0, sizeof(e));
    e.conf = conf;
    e.reply = reply;

    return egress_ask(&e, pool, url, oauth2_str_null);
}


oauth2_egress_rc_e
oauth2_egress_post(const oauth2_egress_conf_t *conf, oauth2_pool_t *pool,
    oauth2_str_t url, oauth2_str_t form, oauth2_egress_reply_t *reply)
{
    egress_t  e;

    memset(&e, 0, sizeof(e));
    e.conf = conf;
    e.reply = reply;
    e.post = true;

    return egress_ask(&e, pool, url, form);
}


static oauth2_egress_rc_e
egress_ask(egress_t *e, oauth2_pool_t *pool, oauth2_str_t url,
    oauth2_str_t form)
{
    bool                type;
    CURLcode            code;
    oauth2_str_t        host, copy;
    oauth2_egress_rc_e  rc;

    memset(e->reply, 0, sizeof(oauth2_egress_reply_t));
    e->reply->max_age = -1;

    if (!oauth2_egress_check_url(url)) {
        return egress_say(e, OAUTH2_EGRESS_REFUSED,
                          "the URL is not one that can be asked");
    }

    host = oauth2_uri_host(url);
    (void) snprintf(e->reply->host, sizeof(e->reply->host), "%.*s",
                    (int) host.len, (char *) host.data);

    e->clear = (url.data[4] == ':');
    oauth2_buf_init(&e->body, pool, OAUTH2_EGRESS_MAX);

    if (oauth2_pool_copy(pool, url, &copy) != OAUTH2_OK) {
        return egress_say(e, OAUTH2_EGRESS_AWAY, "no memory");
    }

    type = true;
    code = egress_perform(e, (char *) copy.data, form, &type);
    rc = egress_explain(e, code, type);

    if (rc == OAUTH2_EGRESS_OK
        && oauth2_buf_done(&e->body, &e->reply->text) != OAUTH2_OK)
    {
        return egress_say(e, OAUTH2_EGRESS_AWAY, "no memory");
    }

    return rc;
}


static CURLcode
egress_perform(egress_t *e, const char *url, oauth2_str_t form, bool *type)
{
    CURL               *curl;
    CURLcode            code;
    struct curl_slist  *headers;

    code = CURLE_OUT_OF_MEMORY;

    curl = curl_easy_init();
    headers = curl_slist_append(NULL, EGRESS_ACCEPT);

    if (curl != NULL && headers != NULL && egress_init(curl, e, url)
        && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK
        && (!e->post || egress_init_form(curl, form)))
    {
        code = curl_easy_perform(curl);
        (void) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE,
                                 &e->reply->status);
        *type = egress_take_type(curl);
    }

    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);

    return code;
}


static bool
egress_init(CURL *curl, egress_t *e, const char *url)
{
    return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_USERAGENT, EGRESS_AGENT)
              == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
                               (long) CURL_HTTP_VERSION_1_1) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, egress_open)
              == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, e) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, egress_head)
              == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_HEADERDATA, e) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, egress_body)
              == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_WRITEDATA, e) == CURLE_OK
           && egress_init_bounds(curl, e)
           && egress_init_security(curl, e);
}


/* A name that is slow to resolve would hold the end of the handle up. */
static bool
egress_init_bounds(CURL *curl, const egress_t *e)
{
    long  timeout, connect;

    timeout = e->conf->timeout == 0 ? EGRESS_TIMEOUT
                                    : (long) e->conf->timeout;
    connect = timeout < EGRESS_CONNECT_MAX ? timeout : EGRESS_CONNECT_MAX;

#if LIBCURL_VERSION_NUM >= 0x075700
    if (curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L) != CURLE_OK) {
        return false;
    }
#endif

    return curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect)
              == CURLE_OK;
}


static bool
egress_init_security(CURL *curl, const egress_t *e)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    if (curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
                         e->clear ? "http" : "https") != CURLE_OK)
    {
        return false;
    }
#else
    if (curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
                         (long) (e->clear ? CURLPROTO_HTTP
                                          : CURLPROTO_HTTPS)) != CURLE_OK)
    {
        return false;
    }
#endif

    if (e->conf->ca_file != NULL
        && curl_easy_setopt(curl, CURLOPT_CAINFO, e->conf->ca_file)
           != CURLE_OK)
    {
        return false;
    }

    return curl_easy_setopt(curl, CURLOPT_SSLVERSION,
                            (long) CURL_SSLVERSION_TLSv1_2) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK;
}


static bool
egress_init_form(CURL *curl, oauth2_str_t form)
{
    const char  *data;

    data = (form.data == NULL) ? "" : (char *) form.data;

    return curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                               (curl_off_t) form.len) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_POSTFIELDS, data) == CURLE_OK;
}


/*
 * libcurl connects the socket to the very address that it shows here, which
 * is why a name that resolves to another one the next time does not help.
 */
static curl_socket_t
egress_open(void *data, curlsocktype purpose OAUTH2_UNUSED,
    struct curl_sockaddr *sa)
{
    egress_t  *e;

    e = data;

    if (!egress_allows(e, sa)) {
        e->refused = true;
        return CURL_SOCKET_BAD;
    }

    return socket(sa->family, sa->socktype | SOCK_CLOEXEC, sa->protocol);
}


static bool
egress_allows(const egress_t *e, const struct curl_sockaddr *sa)
{
    size_t               i;
    oauth2_address_t     address;
    struct sockaddr_in   in;
    struct sockaddr_in6  in6;

    memset(&address, 0, sizeof(address));

    if (sa->family == AF_INET && sa->addrlen >= sizeof(in)) {
        memcpy(&in, &sa->addr, sizeof(in));
        address.len = 4;
        memcpy(address.bytes, &in.sin_addr, 4);

    } else if (sa->family == AF_INET6 && sa->addrlen >= sizeof(in6)) {
        memcpy(&in6, &sa->addr, sizeof(in6));
        address.len = 16;
        memcpy(address.bytes, &in6.sin6_addr, 16);

    } else {
        return false;
    }

    for (i = 0; i < e->conf->nallow; i++) {
        if (oauth2_cidr_has(&e->conf->allow[i], &address)) {
            return true;
        }
    }

    return !e->clear && oauth2_address_is_public(&address);
}


static size_t
egress_head(char *p, size_t size, size_t n, void *data)
{
    egress_t      *e;
    oauth2_str_t   line;

    e = data;
    n *= size;
    e->head += n;

    if (e->head > EGRESS_HEAD_MAX) {
        e->large = true;
        return 0;
    }

    line.data = (u_char *) p;
    line.len = n;
    oauth2_egress_header_age(line, &e->reply->max_age);

    return n;
}


static size_t
egress_body(char *p, size_t size, size_t n, void *data)
{
    egress_t      *e;
    oauth2_str_t   piece;

    e = data;
    n *= size;

    piece.data = (u_char *) p;
    piece.len = n;
    oauth2_buf_write(&e->body, piece);

    if (e->body.rc != OAUTH2_OK) {
        e->large = (e->body.rc == OAUTH2_BAD);
        return 0;
    }

    return n;
}


static bool
egress_take_type(CURL *curl)
{
    char  *type;

    type = NULL;

    if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK
        || type == NULL)
    {
        return true;
    }

    return oauth2_egress_header_type(oauth2_str_of(type));
}


static oauth2_egress_rc_e
egress_explain(egress_t *e, CURLcode code, bool type)
{
    long  status;

    status = e->reply->status;

    if (e->large) {
        return egress_say(e, OAUTH2_EGRESS_REFUSED,
                          "the answer is too large");
    }

    if (code == CURLE_COULDNT_CONNECT && e->refused) {
        return egress_say(e, OAUTH2_EGRESS_REFUSED, e->clear
                          ? "http is for addresses of oauth2_egress_allow"
                          : "the address is not public, and not in "
                            "oauth2_egress_allow");
    }

    if (code != CURLE_OK) {
        return egress_say(e, OAUTH2_EGRESS_AWAY, curl_easy_strerror(code));
    }

    if (status != 200 && !(e->post && status == 204)) {
        (void) snprintf(e->reply->reason, sizeof(e->reply->reason),
                        "the answer is %ld%s", status,
                        status / 100 == 3 ? ", which is not followed" : "");
        return (status >= 500 || status == 408 || status == 429)
               ? OAUTH2_EGRESS_AWAY : OAUTH2_EGRESS_REFUSED;
    }

    if (!e->post && !type) {
        return egress_say(e, OAUTH2_EGRESS_REFUSED,
                          "the answer is of another type");
    }

    return OAUTH2_EGRESS_OK;
}


static oauth2_egress_rc_e
egress_say(egress_t *e, oauth2_egress_rc_e rc, const char *reason)
{
    (void) snprintf(e->reply->reason, sizeof(e->reply->reason), "%s",
                    reason);

    return rc;
}
