/* SPDX-License-Identifier: MIT */

/*
 * URIs as OAuth needs them (RFC 3986, 6749, 8252).
 */

#include "str.h"
#include "uri.h"

#define URI_PORT_MAX  65535

/* Slices of the text; host keeps the brackets of an IPv6 address. */
typedef struct {
    oauth2_str_t  scheme;
    oauth2_str_t  user;          /* null without "@" */
    oauth2_str_t  host;          /* null without "//" */
    oauth2_str_t  port;          /* null without ":" */
    oauth2_str_t  rest;          /* path, query and fragment */
} uri_t;


static bool uri_parse(oauth2_str_t text, uri_t *uri);
static bool uri_parse_authority(oauth2_str_t text, uri_t *uri);
static bool uri_check_host(oauth2_str_t host);
static bool uri_is_web(const uri_t *uri);
static bool uri_is_loopback(oauth2_str_t host);
static bool uri_is_loopback_4(oauth2_str_t host);
static bool uri_check_bytes(oauth2_str_t s);
static bool uri_hex(u_char c);

static const char *const  uri_schemes_refused[] = {
    "javascript", "data", "vbscript", "file", "blob", "filesystem", "about",
    "view-source", "mailto", NULL
};


bool
oauth2_uri_same_redirect(oauth2_str_t registered, oauth2_str_t given)
{
    uri_t  a, b;

    if (registered.len == 0 || given.len == 0) {
        return false;
    }

    if (oauth2_str_same(registered, given)) {
        return true;
    }

    if (!uri_parse(registered, &a) || !uri_parse(given, &b)) {
        return false;
    }

    /* the addresses only: "localhost" may be another's (RFC 8252 8.3) */
    if (!oauth2_str_same(a.scheme, oauth2_str("http"))
        || (!oauth2_str_same(a.host, oauth2_str("127.0.0.1"))
            && !oauth2_str_same(a.host, oauth2_str("[::1]"))))
    {
        return false;
    }

    return oauth2_str_same(a.scheme, b.scheme)
           && oauth2_str_same(a.host, b.host)
           && a.user.data == NULL && b.user.data == NULL
           && oauth2_str_same(a.rest, b.rest);
}


const char *
oauth2_uri_check_redirect(oauth2_str_t uri)
{
    size_t  i;
    uri_t   u;

    if (!uri_check_bytes(uri)) {
        return "A redirect URI has the characters of RFC 3986 only.";
    }

    if (memchr(uri.data, '*', uri.len) != NULL) {
        return "A redirect URI has no wildcard.";
    }

    if (memchr(uri.data, '#', uri.len) != NULL) {
        return "A redirect URI has no fragment.";
    }

    if (!uri_parse(uri, &u)) {
        return "A redirect URI is absolute: scheme, host, path.";
    }

    for (i = 0; uri_schemes_refused[i] != NULL; i++) {
        if (oauth2_str_same_nocase(u.scheme,
                                   oauth2_str_of(uri_schemes_refused[i])))
        {
            return "This scheme is not allowed in a redirect URI.";
        }
    }

    if (u.user.data != NULL) {
        return "A redirect URI has no user information.";
    }

    if (!uri_is_web(&u)) {
        return NULL;
    }

    if (u.host.len == 0) {
        return "A redirect URI is absolute: scheme, host, path.";
    }

    if (oauth2_str_same_nocase(u.scheme, oauth2_str("http"))
        && !uri_is_loopback(u.host))
    {
        return "A redirect URI is https; http is for loopback addresses.";
    }

    return NULL;
}


bool
oauth2_uri_loopback(oauth2_str_t uri)
{
    uri_t  u;

    return uri_parse(uri, &u) && uri_is_web(&u) && u.user.data == NULL
           && uri_is_loopback(u.host);
}


void
oauth2_uri_write_param(oauth2_buf_t *b, const char *name,
    oauth2_str_t value)
{
    u_char  last;

    if (value.data == NULL) {
        return;
    }

    last = (b->len > 0) ? b->data[b->len - 1] : '\0';

    if (b->len == 0 || memchr(b->data, '?', b->len) == NULL) {
        oauth2_buf_write_byte(b, '?');

    } else if (last != '?' && last != '&') {
        oauth2_buf_write_byte(b, '&');
    }

    oauth2_buf_write_uri(b, oauth2_str_of(name));
    oauth2_buf_write_byte(b, '=');
    oauth2_buf_write_uri(b, value);
}


bool
oauth2_uri_is_resource(oauth2_str_t uri)
{
    uri_t  u;

    return uri_check_bytes(uri) && memchr(uri.data, '#', uri.len) == NULL
           && uri_parse(uri, &u) && (!uri_is_web(&u) || u.host.len > 0);
}


oauth2_str_t
oauth2_uri_origin(oauth2_str_t uri)
{
    uri_t  u;

    if (!uri_parse(uri, &u) || u.host.len == 0 || u.user.data != NULL) {
        return oauth2_str_null;
    }

    return (oauth2_str_t) { uri.len - u.rest.len, uri.data };
}


oauth2_str_t
oauth2_uri_host(oauth2_str_t uri)
{
    uri_t  u;

    if (!uri_parse(uri, &u) || u.host.len == 0 || u.user.data != NULL) {
        return oauth2_str_null;
    }

    return u.host;
}


static bool
uri_parse(oauth2_str_t text, uri_t *uri)
{
    u_char  c;
    size_t  i;

    memset(uri, 0, sizeof(uri_t));

    for (i = 0; i < text.len && text.data[i] != ':'; i++) {
        c = text.data[i] | 0x20;

        if (c >= 'a' && c <= 'z') {
            continue;
        }

        c = text.data[i];

        if (i == 0 || ((c < '0' || c > '9') && c != '+' && c != '-'
                       && c != '.'))
        {
            return false;
        }
    }

    if (i == 0 || i + 1 >= text.len) {
        return false;
    }

    uri->scheme.data = text.data;
    uri->scheme.len = i;
    uri->rest.data = text.data + i + 1;
    uri->rest.len = text.len - i - 1;

    if (!oauth2_str_starts(uri->rest, oauth2_str("//"))) {
        return true;
    }

    uri->rest.data += 2;
    uri->rest.len -= 2;

    return uri_parse_authority(uri->rest, uri);
}


static bool
uri_parse_authority(oauth2_str_t text, uri_t *uri)
{
    size_t    i, end, start;
    uint64_t  port;

    for (end = 0; end < text.len; end++) {
        if (text.data[end] == '/' || text.data[end] == '?'
            || text.data[end] == '#')
        {
            break;
        }
    }

    uri->rest.data = text.data + end;
    uri->rest.len = text.len - end;
    start = 0;

    for (i = 0; i < end; i++) {
        if (text.data[i] == '@') {
            uri->user.data = text.data;
            uri->user.len = i;
            start = i + 1;
        }
    }

    /* the port's colon is behind the brackets, if there are any */
    for (i = end; i > start && text.data[i - 1] >= '0'
                  && text.data[i - 1] <= '9'; i--)
    {
        /* void */
    }

    if (i > start && i < end && text.data[i - 1] == ':') {
        uri->port.data = text.data + i;
        uri->port.len = end - i;
        end = i - 1;

        if (oauth2_str_parse_uint(uri->port, URI_PORT_MAX, &port)
            != OAUTH2_OK)
        {
            return false;
        }
    }

    uri->host.data = text.data + start;
    uri->host.len = end - start;

    return uri_check_host(uri->host);
}


/* A name, an IPv4 address, or an IPv6 address in brackets. */
static bool
uri_check_host(oauth2_str_t host)
{
    bool    literal;
    u_char  c;
    size_t  i;

    literal = host.len > 2 && host.data[0] == '['
              && host.data[host.len - 1] == ']';

    if (literal) {
        host.data++;
        host.len -= 2;
    }

    for (i = 0; i < host.len; i++) {
        c = host.data[i];

        if (c == '[' || c == ']' || (c == ':' && !literal) || c <= ' '
            || c >= 0x7f || c == '\\')
        {
            return false;
        }

        if (literal && !uri_hex(c) && c != ':' && c != '.') {
            return false;
        }
    }

    return true;
}


static bool
uri_is_web(const uri_t *uri)
{
    return oauth2_str_same_nocase(uri->scheme, oauth2_str("http"))
           || oauth2_str_same_nocase(uri->scheme, oauth2_str("https"));
}


static bool
uri_is_loopback(oauth2_str_t host)
{
    return oauth2_str_same_nocase(host, oauth2_str("localhost"))
           || oauth2_str_same(host, oauth2_str("[::1]"))
           || uri_is_loopback_4(host);
}


/* 127.0.0.0/8 in its plain form: a name such as 127.0.0.1.example.com
 * or 127.1 is not. */
static bool
uri_is_loopback_4(oauth2_str_t host)
{
    size_t        parts;
    uint64_t      n;
    oauth2_str_t  part;

    if (!oauth2_str_starts(host, oauth2_str("127."))
        || host.data[host.len - 1] == '.')
    {
        return false;
    }

    parts = 0;

    while (oauth2_str_word(&host, '.', &part)) {
        if (part.len > 3
            || oauth2_str_parse_uint(part, 255, &n) != OAUTH2_OK)
        {
            return false;
        }

        parts++;
    }

    return parts == 4;
}


static bool
uri_check_bytes(oauth2_str_t s)
{
    u_char  c;
    size_t  i;

    if (s.len == 0) {
        return false;
    }

    for (i = 0; i < s.len; i++) {
        c = s.data[i];

        if (c <= ' ' || c >= 0x7f || strchr("\"<>\\^`{|}", c) != NULL) {
            return false;
        }

        if (c == '%' && (s.len - i < 3 || !uri_hex(s.data[i + 1])
                         || !uri_hex(s.data[i + 2])))
        {
            return false;
        }
    }

    return true;
}


static bool
uri_hex(u_char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
           || (c >= 'A' && c <= 'F');
}
