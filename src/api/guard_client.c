/* SPDX-License-Identifier: MIT */

/*
 * Client authentication (RFC 6749 2.3): HTTP Basic, client_id and
 * client_secret in the form, or an assertion (guard_assertion.c), never two
 * of them.  A public client says its id only.  An unknown client costs the
 * same work as a wrong secret.
 */

#include "api.h"

/* As long as a digest, and none. */
#define CLIENT_DUMMY  oauth2_str("--------------------------------"          \
                                 "--------------------------------")

static oauth2_next_e client_read(oauth2_flow_t *f);
static oauth2_next_e client_find(oauth2_flow_t *f);
static oauth2_next_e client_authenticate(oauth2_flow_t *f);
static oauth2_next_e client_accept(oauth2_flow_t *f);
static bool client_has_secret(oauth2_flow_t *f);
static bool client_is_own_page(oauth2_flow_t *f);
static const oauth2_error_t *client_parse_basic(oauth2_flow_t *f,
    oauth2_str_t header);
static oauth2_rc_e client_parse_pair(oauth2_flow_t *f, oauth2_str_t text,
    oauth2_str_t *id, oauth2_str_t *secret);
static oauth2_str_t client_decode(oauth2_flow_t *f, oauth2_str_t text);
static oauth2_rc_e client_check_secret(oauth2_flow_t *f,
    oauth2_str_t stored, bool *same);

static const oauth2_field_t  client_fields[] = {
    { "client_id", OAUTH2_FIELD_STR, OAUTH2_CLIENT_ID_MAX, 0,
      offsetof(oauth2_client_t, client_id) },
    { "client_secret", OAUTH2_FIELD_STR, 1024, 0,
      offsetof(oauth2_client_t, secret) },
    { "client_assertion", OAUTH2_FIELD_STR, OAUTH2_JWT_MAX, 0,
      offsetof(oauth2_client_t, assertion) },
    { "client_assertion_type", OAUTH2_FIELD_STR, 255, 0,
      offsetof(oauth2_client_t, assertion_type) },
    { "resource", OAUTH2_FIELD_STR, 4096, OAUTH2_MULTIPLE,
      offsetof(oauth2_client_t, resource) },
    { NULL, 0, 0, 0, 0 }
};

const oauth2_step_t  oauth2_client_steps[] = {
    { "reading form", client_read, &oauth2_err_invalid_request },
    { "finding client", client_find, &oauth2_err_server_error },
    { "authenticating client", client_authenticate,
      &oauth2_err_server_error },
    { "accepting client", client_accept, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
client_read(oauth2_flow_t *f)
{
    oauth2_client_t        query;
    const oauth2_error_t  *error;

    memset(&query, 0, sizeof(query));

    error = oauth2_read_query(f, client_fields, &query);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    /* RFC 6749 2.3.1: never in the URI, which ends in logs. */

    if (query.client_id.data != NULL || query.secret.data != NULL
        || query.assertion.data != NULL || query.assertion_type.data != NULL)
    {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    return oauth2_read_form(f, client_fields, oauth2_client(f));
}


static oauth2_next_e
client_find(oauth2_flow_t *f)
{
    oauth2_str_t           header;
    oauth2_client_t       *client;
    const oauth2_error_t  *error;

    error = NULL;
    client = oauth2_client(f);
    header = oauth2_header(f, "authorization");

    if (client->assertion.data != NULL
        || client->assertion_type.data != NULL)
    {
        error = oauth2_assertion_read(f);

    } else if (header.data != NULL) {
        error = client_parse_basic(f, header);
    }

    if (error == &oauth2_err_invalid_client || (error == NULL
        && client->client_id.len == 0))
    {
        return oauth2_client_refuse(f);
    }

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    return oauth2_call(f, OAUTH2_STMT_client_find, client->client_id);
}


static oauth2_next_e
client_authenticate(oauth2_flow_t *f)
{
    bool              same;
    oauth2_str_t      stored;
    oauth2_client_t  *client;

    client = oauth2_client(f);
    client->row = oauth2_row_keep(f);

    if (client->assertion.data != NULL) {
        return oauth2_enter(f, oauth2_assertion_steps);
    }

    if (oauth2_client_has_certificate(f)) {
        return oauth2_enter(f, oauth2_certificate_steps);
    }

    client->is_public = oauth2_client_method_is(f, "none");
    stored = client_has_secret(f) ? oauth2_row(f, "client_secret")
                                  : CLIENT_DUMMY;

    if (client_check_secret(f, stored, &same) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (client->is_public) {
        same = client->secret.data == NULL;
    }

    client->secret = oauth2_str_null;

    if (same) {
        return OAUTH2_NEXT;
    }

    /* The page of a client that should be a public one may read why not. */

    if (oauth2_row_is(f, "found") && client_is_own_page(f)) {
        oauth2_origin_allow(f);
    }

    return oauth2_client_refuse(f);
}


static oauth2_next_e
client_accept(oauth2_flow_t *f)
{
    oauth2_client_t  *client;

    client = oauth2_client(f);
    client->client_id = oauth2_row(f, "client_id");
    client->grant_types = oauth2_row(f, "grant_types");
    client->scope = oauth2_row(f, "scope");
    client->metadata = oauth2_row(f, "metadata");

    if (client->is_public && client_is_own_page(f)) {
        oauth2_origin_allow(f);
    }

    return OAUTH2_NEXT;
}


bool
oauth2_client_method_is(oauth2_flow_t *f, const char *method)
{
    return oauth2_row_is(f, "found")
           && oauth2_str_same(oauth2_row(f, "token_endpoint_auth_method"),
                              oauth2_str_of(method));
}


/* The two ways to send it are one for a client that has it. */

static bool
client_has_secret(oauth2_flow_t *f)
{
    return oauth2_client_method_is(f, "client_secret_basic")
           || oauth2_client_method_is(f, "client_secret_post");
}


/* An app in a browser asks from the origin of one of its redirect URIs, or
 * one that the operator has told (client_has_origin.sql). */

static bool
client_is_own_page(oauth2_flow_t *f)
{
    oauth2_str_t  origin, rest, uri;

    origin = oauth2_header(f, "origin");

    if (origin.data == NULL) {
        return false;
    }

    rest = oauth2_row(f, "redirect_uris");

    while (oauth2_list_next(oauth2_pool(f), &rest, &uri)) {
        if (oauth2_str_same(oauth2_uri_origin(uri), origin)) {
            return true;
        }
    }

    return oauth2_json_find(oauth2_pool(f), oauth2_row(f, "metadata"),
                            "allowed_origins", &rest)
           == OAUTH2_OK
           && oauth2_list_has(oauth2_pool(f), rest, origin);
}


static const oauth2_error_t *
client_parse_basic(oauth2_flow_t *f, oauth2_str_t header)
{
    oauth2_str_t      rest, scheme, text, id, secret;
    oauth2_client_t  *client;

    rest = header;

    if (!oauth2_str_word(&rest, ' ', &scheme)
        || !oauth2_str_same_nocase(scheme, oauth2_str("Basic")))
    {
        return &oauth2_err_invalid_client;
    }

    if (oauth2_encode_parse_base64(oauth2_pool(f), oauth2_str_trim(rest),
                                   &text)
        != OAUTH2_OK)
    {
        return &oauth2_err_invalid_client;
    }

    if (client_parse_pair(f, text, &id, &secret) != OAUTH2_OK) {
        return &oauth2_err_invalid_client;
    }

    client = oauth2_client(f);

    if (client->secret.data != NULL) {
        return &oauth2_err_invalid_request;
    }

    if (client->client_id.data != NULL
        && !oauth2_str_same(client->client_id, id))
    {
        return &oauth2_err_invalid_request;
    }

    client->client_id = id;

    if (secret.len > 0) {
        client->secret = secret;
    }

    return NULL;
}


static oauth2_rc_e
client_parse_pair(oauth2_flow_t *f, oauth2_str_t text, oauth2_str_t *id,
    oauth2_str_t *secret)
{
    u_char        *colon;
    oauth2_str_t   first;

    if (text.len == 0 || !oauth2_str_check_utf8(text, false)) {
        return OAUTH2_BAD;
    }

    colon = memchr(text.data, ':', text.len);

    if (colon == NULL) {
        return OAUTH2_BAD;
    }

    first.data = text.data;
    first.len = (size_t) (colon - text.data);
    secret->data = colon + 1;
    secret->len = text.len - first.len - 1;

    *id = client_decode(f, first);

    return OAUTH2_OK;
}


/* As it is, when it is not form-encoded text. */

static oauth2_str_t
client_decode(oauth2_flow_t *f, oauth2_str_t text)
{
    oauth2_str_t  bytes;

    if (oauth2_encode_parse_uri(oauth2_pool(f), text, true, &bytes)
        != OAUTH2_OK
        || !oauth2_str_check_utf8(bytes, false))
    {
        return text;
    }

    return bytes;
}


/*
 * In HTTP Basic the secret is form-encoded before it is joined to the id
 * (RFC 6749 2.3.1), which many clients leave out: it may be either.
 */

static oauth2_rc_e
client_check_secret(oauth2_flow_t *f, oauth2_str_t stored, bool *same)
{
    oauth2_rc_e   rc;
    oauth2_str_t  secret, decoded, digest;

    *same = false;
    secret = oauth2_client(f)->secret;
    decoded = secret;

    if (oauth2_header(f, "authorization").data != NULL) {
        decoded = client_decode(f, secret);
    }

    rc = oauth2_sha256_hex(oauth2_pool(f), secret, &digest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *same = oauth2_str_same_secret(digest, stored);

    rc = oauth2_sha256_hex(oauth2_pool(f), decoded, &digest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *same = oauth2_str_same_secret(digest, stored) || *same;
    *same = *same && secret.len > 0;

    return OAUTH2_OK;
}


/* RFC 6749 5.2: the scheme that was tried is named. */

oauth2_next_e
oauth2_client_refuse(oauth2_flow_t *f)
{
    oauth2_log_warn(f, "client authentication failed");

    if (oauth2_header(f, "authorization").data != NULL) {
        oauth2_reply_header(f, "WWW-Authenticate",
                            oauth2_str("Basic realm=\"oauth2\", "
                                       "charset=\"UTF-8\""));
    }

    return oauth2_fail(f, &oauth2_err_invalid_client);
}
