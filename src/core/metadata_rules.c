/* SPDX-License-Identifier: MIT */

/*
 * What the members of client metadata must be together, and what is
 * registered where a client did not say.
 */

#include "str.h"
#include "uri.h"
#include "metadata_parts.h"

/* What becomes of the rules' common ground. */
typedef struct {
    oauth2_metadata_read_t  *m;
    oauth2_str_t             method;
    bool                     code;       /* a user is sent here and back */
    bool                     public;
    bool                     native;
} rules_t;

typedef oauth2_rc_e (*rules_pt)(rules_t *rules);


static oauth2_rc_e rules_grants(rules_t *rules);
static oauth2_rc_e rules_method(rules_t *rules);
static oauth2_rc_e rules_redirects(rules_t *rules);
static oauth2_rc_e rules_redirect(rules_t *rules, oauth2_str_t uri);
static oauth2_rc_e rules_keys(rules_t *rules);
static oauth2_rc_e rules_signing(rules_t *rules);
static oauth2_rc_e rules_tls(rules_t *rules);
static oauth2_rc_e rules_subject(rules_t *rules);
static oauth2_rc_e rules_logout(rules_t *rules);
static oauth2_rc_e rules_defaults(rules_t *rules);
static void rules_default_scope(rules_t *rules);
static bool rules_given(rules_t *rules, const char *name);
static bool rules_has(rules_t *rules, const char *name, const char *value);
static oauth2_str_t rules_host(oauth2_str_t uri);


/* In this order: a rule stands on what the ones before have found. */

static const rules_pt  rules_all[] = {
    rules_grants, rules_method, rules_redirects, rules_keys, rules_signing,
    rules_tls, rules_subject, rules_logout, rules_defaults, NULL
};

static const char *const  rules_tls_members[] = {
    "tls_client_auth_subject_dn", "tls_client_auth_san_dns",
    "tls_client_auth_san_uri", "tls_client_auth_san_ip",
    "tls_client_auth_san_email", NULL
};


oauth2_rc_e
oauth2_metadata_rules(oauth2_metadata_read_t *m)
{
    rules_t          rules;
    oauth2_rc_e      rc;
    const rules_pt  *rule;

    memset(&rules, 0, sizeof(rules));
    rules.m = m;
    rc = OAUTH2_OK;

    for (rule = rules_all; rc == OAUTH2_OK && *rule != NULL; rule++) {
        rc = (*rule)(&rules);

        if (m->rc != OAUTH2_OK) {
            rc = m->rc;
        }
    }

    return rc;
}


/* RFC 7591 2.1: the code grant and the response type go together. */

static oauth2_rc_e
rules_grants(rules_t *rules)
{
    bool  grants, responses, code;

    grants = rules_given(rules, "grant_types");
    responses = rules_given(rules, "response_types");
    code = rules_has(rules, "response_types", "code");

    rules->code = grants ? rules_has(rules, "grant_types",
                                     "authorization_code") : true;

    if (responses && code != rules->code) {
        return oauth2_metadata_refuse(rules->m, "response_types",
                                      "They do not go with grant_types.");
    }

    return OAUTH2_OK;
}


static oauth2_rc_e
rules_method(rules_t *rules)
{
    const oauth2_json_member_t  *member;

    member = oauth2_metadata_given(rules->m, "token_endpoint_auth_method");

    rules->method = (member == NULL) ? oauth2_str("client_secret_basic")
                                     : member->value;
    rules->public = oauth2_str_same(rules->method, oauth2_str("none"));

    /* RFC 6749 4.4: confidential clients only */

    if (rules->public
        && rules_has(rules, "grant_types", "client_credentials"))
    {
        return oauth2_metadata_refuse(rules->m, "grant_types",
                                      "client_credentials is not for a "
                                      "client that does not authenticate.");
    }

    return oauth2_pool_copy(rules->m->pool, rules->method,
                            &rules->m->metadata->auth_method);
}


static oauth2_rc_e
rules_redirects(rules_t *rules)
{
    size_t                       n;
    oauth2_rc_e                  rc;
    oauth2_str_t                 rest, uri;
    const oauth2_json_member_t  *type, *list;

    type = oauth2_metadata_given(rules->m, "application_type");

    if (type != NULL) {
        rules->native = oauth2_str_same(type->value, oauth2_str("native"));
    }

    list = oauth2_metadata_given(rules->m, "redirect_uris");
    rest = (list == NULL) ? oauth2_str_null : list->value;

    for (n = 0; oauth2_metadata_next(rules->m, &rest, &uri) == OAUTH2_OK;
         n++)
    {
        rc = rules_redirect(rules, uri);

        if (rc != OAUTH2_OK) {
            return rc;
        }
    }

    if (rules->code && n == 0) {
        return oauth2_metadata_refuse(rules->m, "redirect_uris",
                                      "The code grant needs one at least.");
    }

    return OAUTH2_OK;
}


/*
 * OpenID Connect Registration 2, RFC 8252 7: what is not https is on the
 * user's own machine and makes a client a native one, whatever it says; its
 * secret, if any, is this instance's own (RFC 8252 8.4).
 */

static oauth2_rc_e
rules_redirect(rules_t *rules, oauth2_str_t uri)
{
    u_char  *end;

    if (oauth2_str_starts(uri, oauth2_str("https://"))) {
        return OAUTH2_OK;
    }

    rules->native = true;

    if (oauth2_uri_loopback(uri)) {
        return OAUTH2_OK;
    }

    if (oauth2_str_starts(uri, oauth2_str("http://"))) {
        return oauth2_metadata_refuse(rules->m, "redirect_uris",
                                      "With http they are of loopback "
                                      "hosts.");
    }

    /* RFC 8252 7.1: a scheme is the reverse of a domain of the app's */

    end = memchr(uri.data, ':', uri.len);

    if (end == NULL || memchr(uri.data, '.', (size_t) (end - uri.data))
                       == NULL)
    {
        return oauth2_metadata_refuse(rules->m, "redirect_uris",
                                      "A scheme of one's own has a dot: "
                                      "com.example.app.");
    }

    return OAUTH2_OK;
}


static oauth2_rc_e
rules_keys(rules_t *rules)
{
    bool  keys, uri;

    keys = rules_given(rules, "jwks");
    uri = rules_given(rules, "jwks_uri");

    if (keys && uri) {
        return oauth2_metadata_refuse(rules->m, "jwks",
                                      "It is this or jwks_uri.");
    }

    if (!keys && !uri
        && (oauth2_str_same(rules->method, oauth2_str("private_key_jwt"))
            || oauth2_str_same(rules->method,
                               oauth2_str("self_signed_tls_client_auth"))))
    {
        return oauth2_metadata_refuse(rules->m, "jwks",
                                      "token_endpoint_auth_method needs "
                                      "this or jwks_uri.");
    }

    return OAUTH2_OK;
}


static oauth2_rc_e
rules_signing(rules_t *rules)
{
    return oauth2_metadata_signing(rules->m, rules->method);
}


/* RFC 8705 2.1.2: one of them, when a certificate's subject is checked. */

static oauth2_rc_e
rules_tls(rules_t *rules)
{
    bool    tls;
    size_t  i, n;

    n = 0;
    tls = oauth2_str_same(rules->method, oauth2_str("tls_client_auth"));

    for (i = 0; rules_tls_members[i] != NULL; i++) {
        n += rules_given(rules, rules_tls_members[i]);
    }

    if (tls ? n != 1 : n > 1) {
        return oauth2_metadata_refuse(rules->m,
                                      "tls_client_auth_subject_dn",
                                      "Of the members tls_client_auth_... "
                                      "there is one.");
    }

    return OAUTH2_OK;
}


/* OpenID Connect Core 8.1: whose pairwise subjects would these be? */

static oauth2_rc_e
rules_subject(rules_t *rules)
{
    oauth2_str_t                 rest, uri, host, first;
    const oauth2_json_member_t  *type, *list;

    type = oauth2_metadata_given(rules->m, "subject_type");
    list = oauth2_metadata_given(rules->m, "redirect_uris");

    if (type == NULL || list == NULL
        || !oauth2_str_same(type->value, oauth2_str("pairwise"))
        || rules_given(rules, "sector_identifier_uri"))
    {
        return OAUTH2_OK;
    }

    first = oauth2_str_null;
    rest = list->value;

    while (oauth2_metadata_next(rules->m, &rest, &uri) == OAUTH2_OK) {
        host = rules_host(uri);

        if (first.data != NULL && !oauth2_str_same(first, host)) {
            return oauth2_metadata_refuse(rules->m, "subject_type",
                                          "Redirect URIs of several hosts "
                                          "need sector_identifier_uri.");
        }

        first = host;
    }

    return OAUTH2_OK;
}


/* OpenID Connect Front-Channel Logout 2: the origin of a redirect URI. */

static oauth2_rc_e
rules_logout(rules_t *rules)
{
    oauth2_str_t                 rest, uri;
    const oauth2_json_member_t  *logout, *list;

    logout = oauth2_metadata_given(rules->m, "frontchannel_logout_uri");
    list = oauth2_metadata_given(rules->m, "redirect_uris");

    if (logout == NULL) {
        return OAUTH2_OK;
    }

    rest = (list == NULL) ? oauth2_str_null : list->value;

    while (oauth2_metadata_next(rules->m, &rest, &uri) == OAUTH2_OK) {
        if (oauth2_str_same(oauth2_uri_origin(uri),
                            oauth2_uri_origin(logout->value)))
        {
            return OAUTH2_OK;
        }
    }

    return oauth2_metadata_refuse(rules->m, "frontchannel_logout_uri",
                                  "It has the origin of a redirect URI.");
}


static oauth2_rc_e
rules_defaults(rules_t *rules)
{
    oauth2_json_t  *j;

    j = &rules->m->j;

    if (!rules_given(rules, "redirect_uris")) {
        oauth2_json_raw(j, "redirect_uris", oauth2_str("[]"));
    }

    if (!rules_given(rules, "grant_types")) {
        oauth2_json_raw(j, "grant_types",
                        oauth2_str("[\"authorization_code\"]"));
    }

    if (!rules_given(rules, "response_types")) {
        oauth2_json_raw(j, "response_types",
                        rules->code ? oauth2_str("[\"code\"]")
                                    : oauth2_str("[]"));
    }

    if (!rules_given(rules, "token_endpoint_auth_method")) {
        oauth2_json_str(j, "token_endpoint_auth_method", rules->method);
    }

    oauth2_json_c(j, "application_type", rules->native ? "native" : "web");

    if (!rules_given(rules, "scope")) {
        rules_default_scope(rules);
    }

    /* OpenID Connect Registration 2, for whom there are ID tokens */

    if (rules->code && !rules_given(rules, "id_token_signed_response_alg")
        && oauth2_metadata_lists(rules->m, &rules->m->offered,
                                 "id_token_signing_alg_values_supported",
                                 "RS256"))
    {
        oauth2_json_c(j, "id_token_signed_response_alg", "RS256");
    }

    return OAUTH2_OK;
}


/* All that discovery offers; access without the user there only to those
 * who can use it. */

static void
rules_default_scope(rules_t *rules)
{
    oauth2_buf_t                 buf;
    oauth2_str_t                 rest, word, scope;
    const oauth2_json_member_t  *offered;

    scope = oauth2_str("");
    offered = oauth2_json_member(&rules->m->offered, "scopes_supported");
    rest = (offered == NULL) ? oauth2_str_null : offered->value;

    oauth2_buf_init(&buf, rules->m->scan, rest.len + 1);

    while (oauth2_metadata_next(rules->m, &rest, &word) == OAUTH2_OK) {
        if (!rules_has(rules, "grant_types", "refresh_token")
            && oauth2_str_same(word, oauth2_str("offline_access")))
        {
            continue;
        }

        if (buf.len > 0) {
            oauth2_buf_write_byte(&buf, ' ');
        }

        oauth2_buf_write(&buf, word);
    }

    if (rules->m->rc == OAUTH2_OK) {
        rules->m->rc = oauth2_buf_done(&buf, &scope);
    }

    oauth2_json_str(&rules->m->j, "scope", scope);
}


static bool
rules_given(rules_t *rules, const char *name)
{
    return oauth2_metadata_given(rules->m, name) != NULL;
}


static bool
rules_has(rules_t *rules, const char *name, const char *value)
{
    return oauth2_metadata_lists(rules->m, &rules->m->given, name, value);
}


/* Without the port; the whole of what has no host. */

static oauth2_str_t
rules_host(oauth2_str_t uri)
{
    size_t        i;
    oauth2_str_t  origin;

    origin = oauth2_uri_origin(uri);

    if (origin.data == NULL) {
        return uri;
    }

    for (i = origin.len; i > 0 && origin.data[i - 1] >= '0'
                         && origin.data[i - 1] <= '9'; i--)
    {
        /* void */
    }

    if (i > 0 && i < origin.len && origin.data[i - 1] == ':') {
        origin.len = i - 1;
    }

    return origin;
}
