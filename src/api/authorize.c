/* SPDX-License-Identifier: MIT */

/*
 * GET, POST /oauth/authorize: the code flow with PKCE (RFC 6749 4.1, 7636,
 * 9700; OpenID Connect Core 3.1.2).  Nothing is redirected anywhere before
 * client and redirect URI are known to be good.  A checked request becomes
 * a transaction in the database; the pages carry its id and nothing else,
 * and come back here with ?transaction=.  So does a POST, at once: what
 * another site posts comes without the session's cookie (SameSite), and
 * what it leads to has it.
 */

#include "api.h"

static oauth2_next_e authorize_read(oauth2_flow_t *f);
static oauth2_next_e authorize_take(oauth2_flow_t *f);
static oauth2_next_e authorize_find_client(oauth2_flow_t *f);
static oauth2_next_e authorize_object(oauth2_flow_t *f);
static oauth2_next_e authorize_client(oauth2_flow_t *f);
static oauth2_next_e authorize_start(oauth2_flow_t *f);
static oauth2_next_e authorize_find(oauth2_flow_t *f);
static oauth2_next_e authorize_decide(oauth2_flow_t *f);
static oauth2_next_e authorize_reply(oauth2_flow_t *f);
static oauth2_next_e authorize_unpack(oauth2_flow_t *f,
    oauth2_authorize_t *auth);
static oauth2_rc_e authorize_parameters(oauth2_flow_t *f,
    const oauth2_authorize_t *auth, oauth2_str_t *parameters);
static oauth2_next_e authorize_issue(oauth2_flow_t *f,
    oauth2_authorize_t *auth);

const oauth2_field_t  oauth2_authorize_fields[] = {
    { "response_type", OAUTH2_FIELD_STR, 128, 0,
      offsetof(oauth2_authorize_t, response_type) },
    { "response_mode", OAUTH2_FIELD_STR, 128, 0,
      offsetof(oauth2_authorize_t, response_mode) },
    { "client_id", OAUTH2_FIELD_STR, 255, 0,
      offsetof(oauth2_authorize_t, client_id) },
    { "redirect_uri", OAUTH2_FIELD_STR, 2048, 0,
      offsetof(oauth2_authorize_t, redirect_uri) },
    { "scope", OAUTH2_FIELD_STR, 1024, 0,
      offsetof(oauth2_authorize_t, scope) },
    { "state", OAUTH2_FIELD_STR, 4096, 0,
      offsetof(oauth2_authorize_t, state) },
    { "nonce", OAUTH2_FIELD_STR, 1024, 0,
      offsetof(oauth2_authorize_t, nonce) },
    { "code_challenge", OAUTH2_FIELD_STR, 256, 0,
      offsetof(oauth2_authorize_t, challenge) },
    { "code_challenge_method", OAUTH2_FIELD_STR, 64, 0,
      offsetof(oauth2_authorize_t, challenge_method) },
    { "prompt", OAUTH2_FIELD_STR, 128, 0,
      offsetof(oauth2_authorize_t, prompt) },
    { "max_age", OAUTH2_FIELD_STR, 32, 0,
      offsetof(oauth2_authorize_t, max_age) },
    { "id_token_hint", OAUTH2_FIELD_STR, OAUTH2_JWT_MAX, 0,
      offsetof(oauth2_authorize_t, hint) },
    { "login_hint", OAUTH2_FIELD_STR, 1024, 0,
      offsetof(oauth2_authorize_t, login_hint) },
    { "resource", OAUTH2_FIELD_STR, 4096, OAUTH2_MULTIPLE,
      offsetof(oauth2_authorize_t, resource) },
    { "dpop_jkt", OAUTH2_FIELD_STR, 128, 0,
      offsetof(oauth2_authorize_t, dpop_jkt) },
    { "request", OAUTH2_FIELD_STR, OAUTH2_JWT_MAX, 0,
      offsetof(oauth2_authorize_t, request) },
    { "request_uri", OAUTH2_FIELD_STR, 2048, 0,
      offsetof(oauth2_authorize_t, request_uri) },
    { "claims", OAUTH2_FIELD_JSON, 4096, OAUTH2_CONTROLS,
      offsetof(oauth2_authorize_t, claims) },
    { "transaction", OAUTH2_FIELD_STR, 255, 0,
      offsetof(oauth2_authorize_t, transaction) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  authorize_steps[] = {
    { "reading request", authorize_read, &oauth2_err_server_error },
    { "taking pushed request", authorize_take, &oauth2_err_server_error },
    { "finding client", authorize_find_client, &oauth2_err_server_error },
    { "taking request object", authorize_object, NULL },
    { "checking client", authorize_client, NULL },
    { "starting transaction", authorize_start, &oauth2_err_server_error },
    { "finding transaction", authorize_find, &oauth2_err_server_error },
    { "issuing code", authorize_decide, &oauth2_err_server_error },
    { "replying", authorize_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(authorize, authorize_steps, oauth2_authorize_t);


static oauth2_next_e
authorize_read(oauth2_flow_t *f)
{
    return oauth2_read_parameters(f, oauth2_authorize_fields, oauth2_state(f));
}


/* RFC 9126 4; any other request_uri is refused when the client is known. */

static oauth2_next_e
authorize_take(oauth2_flow_t *f)
{
    oauth2_str_t         secret, digest;
    oauth2_authorize_t  *auth;

    auth = oauth2_state(f);

    if (auth->transaction.data != NULL || auth->client_id.data == NULL
        || !oauth2_str_starts(auth->request_uri,
                              oauth2_str(OAUTH2_PUSHED_PREFIX)))
    {
        return OAUTH2_NEXT;
    }

    secret = auth->request_uri;
    secret.data += sizeof(OAUTH2_PUSHED_PREFIX) - 1;
    secret.len -= sizeof(OAUTH2_PUSHED_PREFIX) - 1;

    if (oauth2_sha256_hex(oauth2_pool(f), secret, &digest) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    auth->pushed = true;

    return oauth2_call(f, OAUTH2_STMT_request_take, digest,
                       auth->client_id);
}


static oauth2_next_e
authorize_find_client(oauth2_flow_t *f)
{
    oauth2_authorize_t  *auth;

    auth = oauth2_state(f);

    if (auth->pushed) {
        return authorize_unpack(f, auth);
    }

    if (auth->transaction.data != NULL) {
        auth->id = auth->transaction;

        if (oauth2_ticket_parse(auth->id, &auth->ticket) != OAUTH2_OK) {
            return oauth2_fail(f, &oauth2_err_transaction);
        }

        return OAUTH2_NEXT;
    }

    if (auth->client_id.data == NULL) {
        return oauth2_fail(f, &oauth2_err_unknown_client);
    }

    return oauth2_call(f, OAUTH2_STMT_client_find, auth->client_id);
}


/* What is wrong with a request object goes to where the request without it
 * would have gone, if that is known. */

static oauth2_next_e
authorize_object(oauth2_flow_t *f)
{
    oauth2_authorize_t  *auth;

    auth = oauth2_state(f);

    if (auth->transaction.data != NULL || auth->pushed
        || !oauth2_row_is(f, "found"))
    {
        return OAUTH2_NEXT;
    }

    if (oauth2_authorize_redirect_known(f, auth)) {
        oauth2_redirect_errors(f, auth->redirect_uri, auth->state,
                               auth->response_mode);
    }

    return oauth2_enter(f, oauth2_request_steps);
}


static oauth2_next_e
authorize_client(oauth2_flow_t *f)
{
    oauth2_authorize_t  *auth;

    auth = oauth2_state(f);

    if (auth->transaction.data != NULL) {
        return OAUTH2_NEXT;
    }

    if (!oauth2_row_is(f, "found")) {
        return oauth2_fail(f, &oauth2_err_unknown_client);
    }

    if (!oauth2_authorize_redirect_known(f, auth)) {
        oauth2_redirect_errors(f, oauth2_str_null, oauth2_str_null,
                               oauth2_str_null);
        return oauth2_fail(f, &oauth2_err_redirect_uri);
    }

    oauth2_redirect_errors(f, auth->redirect_uri, auth->state,
                           auth->response_mode);

    return OAUTH2_NEXT;
}


static oauth2_next_e
authorize_start(oauth2_flow_t *f)
{
    oauth2_authorize_t    *auth;
    oauth2_str_t           parameters, lifetime;
    const oauth2_error_t  *error;

    auth = oauth2_state(f);

    if (auth->transaction.data == NULL) {
        error = oauth2_authorize_check(f, auth);

        if (error != NULL) {
            return oauth2_fail(f, error);
        }

        if (oauth2_ticket_write(f, &auth->ticket, &auth->id) != OAUTH2_OK) {
            return oauth2_fail(f, &oauth2_err_server_error);
        }
    }

    if (oauth2_sha256_hex(oauth2_pool(f), auth->id, &auth->digest)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (auth->transaction.data != NULL) {
        return OAUTH2_NEXT;
    }

    if (authorize_parameters(f, auth, &parameters) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    lifetime = oauth2_str_int(f, oauth2_settings(f)->transaction_lifetime);

    return oauth2_call(f, OAUTH2_STMT_authorization_start, auth->digest,
                       auth->client_id, parameters, lifetime);
}


static oauth2_next_e
authorize_find(oauth2_flow_t *f)
{
    oauth2_authorize_t  *auth;

    auth = oauth2_state(f);

    if (auth->transaction.data == NULL && !oauth2_row_is(f, "started")) {
        return oauth2_fail(f, &oauth2_err_unauthorized_client);
    }

    if (oauth2_is_post(f)) {
        return oauth2_ticket_goto(f, "/oauth/authorize", auth->id, NULL);
    }

    return oauth2_call(f, OAUTH2_STMT_authorization_find, auth->digest,
                       oauth2_identity(f)->user_id);
}


static oauth2_next_e
authorize_decide(oauth2_flow_t *f)
{
    oauth2_authorize_t  *auth;

    auth = oauth2_state(f);

    if (!oauth2_row_is(f, "found")) {
        return oauth2_fail(f, &oauth2_err_transaction);
    }

    oauth2_ticket_redirect(f);

    if (auth->login || !oauth2_ticket_is_recent(f, &auth->ticket)) {
        if (auth->ticket.silent) {
            return oauth2_fail(f, &oauth2_err_login_required);
        }

        /* Who is signed in must sign in again all the same. */

        return oauth2_ticket_goto(f, "/oauth/login", auth->id,
                                  oauth2_identity(f)->is_session
                                  ? "login" : NULL);
    }

    if (!oauth2_ticket_is_user(f, &auth->ticket)) {
        return oauth2_fail(f, &oauth2_err_login_required);
    }

    if (oauth2_row_bool(f, "is_granted") && !auth->ticket.consent) {
        return authorize_issue(f, auth);
    }

    if (auth->ticket.silent) {
        return oauth2_fail(f, &oauth2_err_consent_required);
    }

    return oauth2_ticket_goto(f, "/oauth/consent", auth->id, NULL);
}


static oauth2_next_e
authorize_reply(oauth2_flow_t *f)
{
    oauth2_authorize_t  *auth;

    if (!oauth2_row_is(f, "issued")) {
        return oauth2_fail(f, &oauth2_err_login_required);
    }

    auth = oauth2_state(f);

    return oauth2_ticket_reply(f, auth->code);
}


/* What came beside it counts for nothing (RFC 9101 6.3). */

static oauth2_next_e
authorize_unpack(oauth2_flow_t *f, oauth2_authorize_t *auth)
{
    oauth2_complaint_t  *complaints;

    if (!oauth2_row_is(f, "taken")) {
        return oauth2_fail(f, &oauth2_err_pushed);
    }

    complaints = NULL;
    memset(auth, 0, sizeof(oauth2_authorize_t));
    auth->pushed = true;

    if (oauth2_json_read(oauth2_pool(f), oauth2_row(f, "parameters"),
                         oauth2_authorize_fields, auth, &complaints)
        != OAUTH2_READ_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_client_find, auth->client_id);
}


/* Compared exactly; there is no default, not even for a single one. */

bool
oauth2_authorize_redirect_known(oauth2_flow_t *f,
    const oauth2_authorize_t *auth)
{
    oauth2_str_t  rest, uri;

    if (auth->redirect_uri.data == NULL) {
        return false;
    }

    rest = oauth2_row(f, "redirect_uris");

    while (oauth2_list_next(oauth2_pool(f), &rest, &uri)) {
        if (oauth2_uri_same_redirect(uri, auth->redirect_uri)) {
            return true;
        }
    }

    return false;
}


static oauth2_rc_e
authorize_parameters(oauth2_flow_t *f, const oauth2_authorize_t *auth,
    oauth2_str_t *parameters)
{
    oauth2_json_t  j;

    oauth2_json_init(&j, oauth2_pool(f), 65536);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "redirect_uri", auth->redirect_uri);
    oauth2_json_str(&j, "scope", auth->scope);
    oauth2_json_str(&j, "state", auth->state);
    oauth2_json_str(&j, "nonce", auth->nonce);
    oauth2_json_str(&j, "code_challenge", auth->challenge);

    if (auth->login_hint.data != NULL) {
        oauth2_json_str(&j, "login_hint", auth->login_hint);
    }

    if (auth->resource.data != NULL) {
        oauth2_json_str(&j, "resource", auth->resource);
    }

    oauth2_json_optional(&j, "dpop_jkt", auth->dpop_jkt);

    if (oauth2_str_same(auth->response_mode, oauth2_str("form_post"))) {
        oauth2_json_str(&j, "response_mode", auth->response_mode);
    }

    if (oauth2_user_claims_keep(f, &j, auth) != OAUTH2_OK) {
        return OAUTH2_NOMEM;
    }

    oauth2_json_close(&j);

    return oauth2_json_done(&j, parameters);
}


/* Consented before, or the operator's own app: nothing to ask. */

static oauth2_next_e
authorize_issue(oauth2_flow_t *f, oauth2_authorize_t *auth)
{
    return oauth2_ticket_issue(f, auth->digest, false, &auth->code);
}
