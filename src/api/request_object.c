/* SPDX-License-Identifier: MIT */

/*
 * Authorization requests as a JWT that the client has signed (RFC 9101,
 * OpenID Connect Core 6): in "request", or behind "request_uri".  For the
 * authorization and the PAR endpoint, whose state begins with the request;
 * the last row is that of client_find.
 *
 * What stands beside a request object counts for nothing (RFC 9101 6.3),
 * except that OpenID Connect Core 6.3.3 completes by it the requests of its
 * own, which have the scope "openid" there.  That weakens nothing: a client
 * that may send its request unsigned may be sent that for.  So it is not
 * done for those that must sign, and not at the PAR endpoint (RFC 9126 3).
 */

#include "api.h"

static oauth2_next_e request_fetch(oauth2_flow_t *f);
static oauth2_next_e request_parse(oauth2_flow_t *f);
static oauth2_next_e request_use(oauth2_flow_t *f);
static bool request_uri_known(oauth2_flow_t *f, oauth2_str_t uri);
static oauth2_str_t request_uri_bare(oauth2_str_t uri);
static const char *request_check(oauth2_flow_t *f, bool strict);
static oauth2_next_e request_take(oauth2_flow_t *f, bool assemble);
static bool request_must_sign(oauth2_flow_t *f);
static oauth2_next_e request_refuse(oauth2_flow_t *f, const char *why);

static const char *const  request_types[] = {
    "oauth-authz-req+jwt", "JWT", NULL
};

const oauth2_step_t  oauth2_request_steps[] = {
    { "fetching request object", request_fetch, &oauth2_err_request_uri },
    { "reading request object", request_parse, &oauth2_err_server_error },
    { "using request object", request_use, NULL },
    { NULL, NULL, NULL }
};


/* RFC 9101 5.2: only what the client has registered is asked for. */

static oauth2_next_e
request_fetch(oauth2_flow_t *f)
{
    oauth2_authorize_t  *auth;

    auth = oauth2_state(f);

    if (auth->request_uri.data == NULL) {
        return OAUTH2_NEXT;
    }

    /* RFC 9101 5, OpenID Connect Core 6.1 */

    if (auth->request.data != NULL) {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    if (!request_uri_known(f, auth->request_uri)) {
        return oauth2_fail(f, &oauth2_err_request_uri);
    }

    return oauth2_fetch(f, request_uri_bare(auth->request_uri));
}


static oauth2_next_e
request_parse(oauth2_flow_t *f)
{
    oauth2_rc_e          rc;
    oauth2_client_t     *client;
    oauth2_authorize_t  *auth;

    auth = oauth2_state(f);
    client = oauth2_client(f);

    if (auth->request_uri.data != NULL) {
        auth->request = oauth2_str_trim_lines(oauth2_fetched(f));

        if (auth->request.len == 0) {
            return oauth2_fail(f, &oauth2_err_request_uri);
        }
    }

    if (auth->request.data == NULL) {
        return OAUTH2_NEXT;
    }

    rc = oauth2_jwt_parse(oauth2_pool(f), auth->request, &client->jwt);

    if (rc == OAUTH2_OK) {
        rc = oauth2_claims_read(oauth2_pool(f), client->jwt.claims,
                                &client->claims);
    }

    if (rc == OAUTH2_OK) {
        rc = oauth2_client_alg(f, "request_object_signing_alg",
                               client->jwt.alg);
    }

    if (rc == OAUTH2_NOMEM) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return (rc == OAUTH2_OK) ? oauth2_enter(f, oauth2_signature_steps)
                             : request_refuse(f, "request object: form");
}


static oauth2_next_e
request_use(oauth2_flow_t *f)
{
    bool                 strict;
    const char          *why;
    oauth2_authorize_t  *auth;

    auth = oauth2_state(f);
    strict = request_must_sign(f);

    if (auth->request.data == NULL) {
        return strict ? oauth2_fail(f, &oauth2_err_must_sign) : OAUTH2_NEXT;
    }

    why = (oauth2_client(f)->signature == OAUTH2_OK)
          ? request_check(f, strict) : "request object: signature";

    if (why != NULL) {
        return request_refuse(f, why);
    }

    return request_take(f, !strict && oauth2_client(f)->client_id.data == NULL
                           && oauth2_str_has_word(auth->scope,
                                                  oauth2_str("openid")));
}


/* OpenID Connect Core 6.2: the fragment says which contents are meant, and
 * may change. */

static bool
request_uri_known(oauth2_flow_t *f, oauth2_str_t uri)
{
    oauth2_str_t  rest, known;

    if (!oauth2_str_starts(uri, oauth2_str("https://"))
        || oauth2_json_find(oauth2_pool(f), oauth2_row(f, "metadata"),
                            "request_uris", &rest)
           != OAUTH2_OK)
    {
        return false;
    }

    while (oauth2_list_next(oauth2_pool(f), &rest, &known)) {
        if (oauth2_str_same(known, uri)
            || oauth2_str_same(known, request_uri_bare(uri)))
        {
            return true;
        }
    }

    return false;
}


static oauth2_str_t
request_uri_bare(oauth2_str_t uri)
{
    u_char  *fragment;

    fragment = memchr(uri.data, '#', uri.len);

    if (fragment != NULL) {
        uri.len = (size_t) (fragment - uri.data);
    }

    return uri;
}


/* NULL, or a phrase for the log. */

static const char *
request_check(oauth2_flow_t *f, bool strict)
{
    size_t            i;
    oauth2_str_t      typ;
    oauth2_client_t  *client;

    client = oauth2_client(f);
    typ = client->jwt.typ;

    for (i = 0; typ.data != NULL && request_types[i] != NULL; i++) {
        if (oauth2_claims_check_type(typ, request_types[i])) {
            typ = oauth2_str_null;
        }
    }

    if (client->jwt.brings_key || typ.data != NULL) {
        return "request object: header";
    }

    return (oauth2_request_check(oauth2_pool(f), &client->claims,
                                 oauth2_settings(f)->issuer,
                                 oauth2_row(f, "client_id"), strict,
                                 oauth2_now(f))
            == NULL) ? NULL : "request object: claims";
}


/* The client is the one that was found, and what was said twice is the
 * same (OpenID Connect Core 6.1, RFC 9101 6.3, RFC 9126 3). */

static oauth2_next_e
request_take(oauth2_flow_t *f, bool assemble)
{
    oauth2_str_t         text;
    oauth2_read_e        rc;
    oauth2_authorize_t  *auth, read;
    oauth2_complaint_t  *complaints;

    auth = oauth2_state(f);
    complaints = NULL;

    if (assemble) {
        read = *auth;

    } else {
        memset(&read, 0, sizeof(read));
    }

    switch (oauth2_request_read(oauth2_pool(f),
                                oauth2_client(f)->jwt.claims, &text))
    {
    case OAUTH2_OK:
        rc = oauth2_json_read(oauth2_pool(f), text, oauth2_authorize_fields,
                              &read, &complaints);
        break;

    case OAUTH2_NOMEM:
        rc = OAUTH2_READ_NOMEM;
        break;

    default:
        rc = OAUTH2_READ_SYNTAX;
    }

    if (rc == OAUTH2_READ_NOMEM) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (rc != OAUTH2_READ_OK
        || !oauth2_str_same(read.client_id, oauth2_row(f, "client_id"))
        || (auth->response_type.data != NULL
            && !oauth2_str_same(auth->response_type, read.response_type)))
    {
        return request_refuse(f, "request object: parameters");
    }

    *auth = read;
    auth->request = oauth2_str_null;
    auth->request_uri = oauth2_str_null;

    return OAUTH2_NEXT;
}


/* RFC 9101 10.5 */

static bool
request_must_sign(oauth2_flow_t *f)
{
    oauth2_str_t  value;

    return oauth2_json_find(oauth2_pool(f), oauth2_row(f, "metadata"),
                            "require_signed_request_object", &value)
           == OAUTH2_OK
           && oauth2_str_same(value, oauth2_str("true"));
}


static oauth2_next_e
request_refuse(oauth2_flow_t *f, const char *why)
{
    oauth2_log_info(f, why);

    return oauth2_fail(f, &oauth2_err_request_object);
}
