/* SPDX-License-Identifier: MIT */

/*
 * GET /oauth/transaction: what the consent page shows, and the proof that
 * the answer comes from it (csrf).  For the session of the browser only.
 */

#include "api.h"

typedef struct {
    oauth2_str_t     id;
    oauth2_ticket_t  ticket;
} transaction_t;

static oauth2_next_e transaction_find(oauth2_flow_t *f);
static oauth2_next_e transaction_reply(oauth2_flow_t *f);
static oauth2_str_t transaction_host(oauth2_str_t redirect_uri);
static void transaction_scopes(oauth2_json_t *j, oauth2_str_t scope);

static const oauth2_field_t  transaction_fields[] = {
    { "id", OAUTH2_FIELD_STR, 255, OAUTH2_REQUIRED,
      offsetof(transaction_t, id) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  transaction_steps[] = {
    { "finding transaction", transaction_find, &oauth2_err_server_error },
    { "replying", transaction_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(transaction, transaction_steps, transaction_t);


static oauth2_next_e
transaction_find(oauth2_flow_t *f)
{
    oauth2_str_t           digest;
    transaction_t         *transaction;
    const oauth2_error_t  *error;

    transaction = oauth2_state(f);

    if (!oauth2_identity(f)->is_session) {
        return oauth2_fail(f, &oauth2_err_no_session);
    }

    error = oauth2_read_query(f, transaction_fields, transaction);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (oauth2_ticket_parse(transaction->id, &transaction->ticket)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_transaction);
    }

    if (!oauth2_ticket_is_recent(f, &transaction->ticket)
        || !oauth2_ticket_is_user(f, &transaction->ticket))
    {
        return oauth2_fail(f, &oauth2_err_login_required);
    }

    if (oauth2_sha256_hex(oauth2_pool(f), transaction->id, &digest)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_authorization_find, digest,
                       oauth2_identity(f)->user_id);
}


static oauth2_next_e
transaction_reply(oauth2_flow_t *f)
{
    oauth2_str_t    csrf, host;
    oauth2_json_t   j;
    transaction_t  *transaction;

    transaction = oauth2_state(f);

    if (!oauth2_row_is(f, "found")) {
        return oauth2_fail(f, &oauth2_err_transaction);
    }

    if (oauth2_ticket_csrf(f, transaction->id, &csrf) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    host = transaction_host(oauth2_row(f, "redirect_uri"));

    oauth2_json_init(&j, oauth2_pool(f), 8192);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "transaction", transaction->id);
    oauth2_json_str(&j, "client_name", oauth2_row(f, "client_name"));
    oauth2_json_str(&j, "redirect_host", host);
    transaction_scopes(&j, oauth2_row(f, "scope"));
    oauth2_json_str(&j, "csrf", csrf);
    oauth2_json_open(&j, "user");
    oauth2_json_str(&j, "email", oauth2_identity(f)->email);
    oauth2_json_close(&j);
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}


/* Where the answer goes, as the user should see it; of an app's own scheme
 * there is only the whole URI. */

static oauth2_str_t
transaction_host(oauth2_str_t redirect_uri)
{
    u_char        *p;
    oauth2_str_t   origin;

    origin = oauth2_uri_origin(redirect_uri);

    if (origin.len == 0) {
        return redirect_uri;
    }

    p = memchr(origin.data, '/', origin.len);

    if (p == NULL) {
        return origin;
    }

    origin.len -= (size_t) (p + 2 - origin.data);
    origin.data = p + 2;

    return origin;
}


static void
transaction_scopes(oauth2_json_t *j, oauth2_str_t scope)
{
    oauth2_str_t  rest, word;

    rest = scope;

    oauth2_json_open_array(j, "scopes");

    while (oauth2_str_word(&rest, ' ', &word)) {
        oauth2_json_str(j, NULL, word);
    }

    oauth2_json_close_array(j);
}
