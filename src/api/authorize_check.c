/* SPDX-License-Identifier: MIT */

/*
 * What an authorization request must be like, once client and redirect URI
 * are known: any error from here goes to the client.
 */

#include "api.h"

static const oauth2_error_t *authorize_check_scope(oauth2_flow_t *f,
    oauth2_authorize_t *auth);
static const oauth2_error_t *authorize_check_challenge(oauth2_flow_t *f,
    const oauth2_authorize_t *auth);
static bool authorize_may_go_without(oauth2_flow_t *f,
    const oauth2_authorize_t *auth);
static const oauth2_error_t *authorize_check_prompt(oauth2_flow_t *f,
    oauth2_authorize_t *auth);
static bool authorize_must_push(oauth2_flow_t *f);
static const oauth2_error_t *authorize_check_age(oauth2_flow_t *f,
    oauth2_authorize_t *auth);
static const oauth2_error_t *authorize_check_hint(oauth2_flow_t *f,
    oauth2_authorize_t *auth);
static oauth2_rc_e authorize_default_scope(oauth2_flow_t *f,
    oauth2_str_t *scope);


const oauth2_error_t *
oauth2_authorize_check(oauth2_flow_t *f, oauth2_authorize_t *auth)
{
    const oauth2_error_t  *error;

    if (!auth->pushed && authorize_must_push(f)) {
        return &oauth2_err_must_push;
    }

    if (!oauth2_str_same(auth->response_type, oauth2_str("code"))) {
        return &oauth2_err_response_type;
    }

    if (!oauth2_list_has(oauth2_pool(f), oauth2_row(f, "response_types"),
                         oauth2_str("code"))
        || !oauth2_list_has(oauth2_pool(f), oauth2_row(f, "grant_types"),
                            oauth2_str("authorization_code")))
    {
        return &oauth2_err_unauthorized_client;
    }

    if (auth->response_mode.data != NULL
        && !oauth2_str_same(auth->response_mode, oauth2_str("query"))
        && !oauth2_str_same(auth->response_mode, oauth2_str("form_post")))
    {
        return &oauth2_err_invalid_request;
    }

    if (auth->dpop_jkt.data != NULL
        && !oauth2_dpop_is_thumbprint(oauth2_pool(f), auth->dpop_jkt))
    {
        return &oauth2_err_invalid_request;
    }

    error = authorize_check_scope(f, auth);

    if (error != NULL) {
        return error;
    }

    error = authorize_check_challenge(f, auth);

    if (error != NULL) {
        return error;
    }

    error = oauth2_resource_check(f, oauth2_row(f, "metadata"),
                                  &auth->resource);

    if (error != NULL) {
        return error;
    }

    error = authorize_check_hint(f, auth);

    if (error != NULL) {
        return error;
    }

    error = oauth2_user_claims_check(f, auth);

    if (error != NULL) {
        return error;
    }

    return authorize_check_prompt(f, auth);
}


/* RFC 9126 6, for this client; FAPI 2.0 5.3.2.2. */

static bool
authorize_must_push(oauth2_flow_t *f)
{
    oauth2_str_t  metadata;

    metadata = oauth2_row(f, "metadata");

    return oauth2_client_is_fapi2(f, metadata)
           || oauth2_client_flag(f, metadata,
                                 "require_pushed_authorization_requests");
}


static const oauth2_error_t *
authorize_check_scope(oauth2_flow_t *f, oauth2_authorize_t *auth)
{
    if (auth->scope.data == NULL) {
        if (authorize_default_scope(f, &auth->scope) != OAUTH2_OK) {
            return &oauth2_err_server_error;
        }

        return auth->scope.len > 0 ? NULL : &oauth2_err_invalid_scope;
    }

    if (!oauth2_check_scope(auth->scope)
        || !oauth2_str_subset(auth->scope, oauth2_row(f, "scope")))
    {
        return &oauth2_err_invalid_scope;
    }

    return NULL;
}


/* A challenge without a method would be a plain one (RFC 7636 4.3). */

static const oauth2_error_t *
authorize_check_challenge(oauth2_flow_t *f, const oauth2_authorize_t *auth)
{
    oauth2_str_t  digest;

    if (auth->challenge.data == NULL && auth->challenge_method.data == NULL
        && authorize_may_go_without(f, auth))
    {
        return NULL;
    }

    if (!oauth2_str_same(auth->challenge_method, oauth2_str("S256"))
        || auth->challenge.data == NULL)
    {
        return &oauth2_err_challenge;
    }

    if (oauth2_encode_parse_base64url(oauth2_pool(f), auth->challenge,
                                      &digest)
        != OAUTH2_OK
        || digest.len != OAUTH2_SHA256_LEN)
    {
        return &oauth2_err_challenge;
    }

    return NULL;
}


/* RFC 9700 2.1.1: the nonce of a confidential client does it too, as it
 * checks the ID token that carries it. */

static bool
authorize_may_go_without(oauth2_flow_t *f, const oauth2_authorize_t *auth)
{
    if (oauth2_str_same(oauth2_row(f, "token_endpoint_auth_method"),
                        oauth2_str("none"))
        || oauth2_client_is_fapi2(f, oauth2_row(f, "metadata")))
    {
        return false;
    }

    switch (oauth2_settings(f)->pkce) {

    case OAUTH2_PKCE_PUBLIC:
        return true;

    case OAUTH2_PKCE_NONCE:
        return auth->nonce.data != NULL
               && oauth2_str_has_word(auth->scope, oauth2_str("openid"));

    default:
        return false;
    }
}


/* OpenID Connect Core 3.1.2.1; the ticket keeps what a sign-in fulfils. */

static const oauth2_error_t *
authorize_check_prompt(oauth2_flow_t *f, oauth2_authorize_t *auth)
{
    oauth2_str_t           rest, word;
    const oauth2_error_t  *error;

    rest = auth->prompt;

    while (oauth2_str_word(&rest, ' ', &word)) {
        if (oauth2_str_same(word, oauth2_str("none"))) {
            auth->ticket.silent = true;

        } else if (oauth2_str_same(word, oauth2_str("login"))
                   || oauth2_str_same(word, oauth2_str("select_account")))
        {
            auth->login = true;
            auth->ticket.auth_time = oauth2_now(f);

        } else if (oauth2_str_same(word, oauth2_str("consent"))) {
            auth->ticket.consent = true;

        } else {
            return &oauth2_err_invalid_request;
        }
    }

    if (auth->ticket.silent && (auth->login || auth->ticket.consent)) {
        return &oauth2_err_invalid_request;
    }

    error = authorize_check_age(f, auth);

    if (error != NULL) {
        return error;
    }

    /* Of a POST, only what it leads to knows the session. */

    if (auth->ticket.silent && !oauth2_is_post(f)
        && !oauth2_ticket_is_recent(f, &auth->ticket))
    {
        return &oauth2_err_login_required;
    }

    return NULL;
}


static const oauth2_error_t *
authorize_check_age(oauth2_flow_t *f, oauth2_authorize_t *auth)
{
    uint64_t      age;
    oauth2_str_t  text;

    text = auth->max_age;

    /* OpenID Connect Registration 2: what the client is registered with */

    if (text.data == NULL
        && oauth2_json_find(oauth2_pool(f), oauth2_row(f, "metadata"),
                            "default_max_age", &text)
           == OAUTH2_NOMEM)
    {
        return &oauth2_err_server_error;
    }

    if (text.data == NULL || auth->login) {
        return NULL;
    }

    if (oauth2_str_parse_uint(text, INT32_MAX, &age) != OAUTH2_OK) {
        return &oauth2_err_invalid_request;
    }

    auth->ticket.auth_time = oauth2_now(f) - (int64_t) age;

    return NULL;
}


/* A hint may have expired (OpenID Connect Core 3.1.2.1): nothing expires
 * at the time 0. */

static const oauth2_error_t *
authorize_check_hint(oauth2_flow_t *f, oauth2_authorize_t *auth)
{
    oauth2_str_t  claims, sub;

    if (auth->hint.data == NULL) {
        return NULL;
    }

    if (oauth2_hint_verify(f, auth->hint, &claims) != OAUTH2_OK
        || oauth2_json_find(oauth2_pool(f), claims, "sub", &sub)
           != OAUTH2_OK
        || oauth2_subject_find(f, oauth2_row(f, "metadata"), sub,
                               &auth->ticket.user_id)
           != OAUTH2_OK)
    {
        return &oauth2_err_invalid_request;
    }

    return NULL;
}


/* All that the client may have, but no access without the user there,
 * which is for who asks for it. */

static oauth2_rc_e
authorize_default_scope(oauth2_flow_t *f, oauth2_str_t *scope)
{
    oauth2_buf_t  buf;
    oauth2_str_t  rest, word;

    rest = oauth2_row(f, "scope");

    oauth2_buf_init(&buf, oauth2_pool(f), rest.len + 1);

    while (oauth2_str_word(&rest, ' ', &word)) {
        if (oauth2_str_same(word, oauth2_str("offline_access"))) {
            continue;
        }

        if (buf.len > 0) {
            oauth2_buf_write_byte(&buf, ' ');
        }

        oauth2_buf_write(&buf, word);
    }

    return oauth2_buf_done(&buf, scope);
}
