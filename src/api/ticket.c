/* SPDX-License-Identifier: MIT */

/*
 * The id of an authorization transaction: 43 characters of base64url, then
 * what the sign-in must still fulfil: ".t<seconds>" (max_age, prompt=login),
 * ".c" (prompt=consent), ".n" (prompt=none), ".u<user id>" (id_token_hint).
 */

#include "api.h"

#define TICKET_SECRET_LEN  43
#define TICKET_TIME_MAX    253402300799     /* the year 9999 */

static oauth2_rc_e ticket_parse_word(oauth2_str_t word,
    oauth2_ticket_t *ticket);


oauth2_rc_e
oauth2_ticket_write(oauth2_flow_t *f, const oauth2_ticket_t *ticket,
    oauth2_str_t *id)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  secret;

    rc = oauth2_random_secret(oauth2_pool(f), &secret);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&buf, oauth2_pool(f), 128);
    oauth2_buf_write(&buf, secret);

    if (ticket->auth_time > 0) {
        oauth2_buf_write_c(&buf, ".t");
        oauth2_buf_write_int(&buf, ticket->auth_time);
    }

    if (ticket->consent) {
        oauth2_buf_write_c(&buf, ".c");
    }

    if (ticket->silent) {
        oauth2_buf_write_c(&buf, ".n");
    }

    if (ticket->user_id.data != NULL) {
        oauth2_buf_write_c(&buf, ".u");
        oauth2_buf_write(&buf, ticket->user_id);
    }

    return oauth2_buf_done(&buf, id);
}


oauth2_rc_e
oauth2_ticket_parse(oauth2_str_t id, oauth2_ticket_t *ticket)
{
    oauth2_str_t  rest, word;

    memset(ticket, 0, sizeof(oauth2_ticket_t));

    rest = id;

    if (!oauth2_str_word(&rest, '.', &word)
        || word.len != TICKET_SECRET_LEN)
    {
        return OAUTH2_BAD;
    }

    while (oauth2_str_word(&rest, '.', &word)) {
        if (ticket_parse_word(word, ticket) != OAUTH2_OK) {
            return OAUTH2_BAD;
        }
    }

    return OAUTH2_OK;
}


bool
oauth2_ticket_is_recent(oauth2_flow_t *f, const oauth2_ticket_t *ticket)
{
    const oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    return identity->is_session && identity->auth_time >= ticket->auth_time;
}


bool
oauth2_ticket_is_user(oauth2_flow_t *f, const oauth2_ticket_t *ticket)
{
    return ticket->user_id.data == NULL
           || oauth2_str_same_nocase(ticket->user_id,
                                     oauth2_identity(f)->user_id);
}


oauth2_next_e
oauth2_ticket_issue(oauth2_flow_t *f, oauth2_str_t digest, bool remember,
    oauth2_str_t *code)
{
    oauth2_str_t  session, hex, lifetime;

    if (oauth2_random_secret(oauth2_pool(f), code) != OAUTH2_OK
        || oauth2_sha256_hex(oauth2_pool(f), *code, &hex) != OAUTH2_OK
        || oauth2_sha256_hex(oauth2_pool(f), oauth2_session_cookie(f),
                             &session)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    lifetime = oauth2_str_int(f, oauth2_settings(f)->code_lifetime);

    return oauth2_call(f, OAUTH2_STMT_code_issue, digest, session, hex,
                       oauth2_str_bool(remember), lifetime);
}


oauth2_next_e
oauth2_ticket_reply(oauth2_flow_t *f, oauth2_str_t code)
{
    oauth2_response_t  response[4];

    memset(response, 0, sizeof(response));

    response[0].name = "code";
    response[0].value = code;
    response[1].name = "state";
    response[1].value = oauth2_row(f, "state");
    response[2].name = "iss";
    response[2].value = oauth2_settings(f)->issuer;

    oauth2_ticket_redirect(f);

    return oauth2_redirect_reply(f, response);
}


void
oauth2_ticket_redirect(oauth2_flow_t *f)
{
    oauth2_str_t  parameters, mode;

    parameters = oauth2_row(f, "parameters");

    if (parameters.data == NULL
        || oauth2_json_find(oauth2_pool(f), parameters, "response_mode",
                            &mode)
           != OAUTH2_OK)
    {
        mode = oauth2_str_null;
    }

    oauth2_redirect_errors(f, oauth2_row(f, "redirect_uri"),
                           oauth2_row(f, "state"), mode);
}


oauth2_rc_e
oauth2_ticket_csrf(oauth2_flow_t *f, oauth2_str_t id, oauth2_str_t cookie,
    oauth2_str_t *csrf)
{
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  text, bytes;

    oauth2_buf_init(&buf, oauth2_pool(f), 512);
    oauth2_buf_write(&buf, id);
    oauth2_buf_write_byte(&buf, '\0');
    oauth2_buf_write(&buf, cookie);

    rc = oauth2_buf_done(&buf, &text);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_hmac_sha256(oauth2_settings(f)->token_key->csrf, text,
                            digest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    bytes.data = digest;
    bytes.len = sizeof(digest);

    oauth2_buf_init(&buf, oauth2_pool(f), 64);
    oauth2_buf_write_base64url(&buf, bytes);

    return oauth2_buf_done(&buf, csrf);
}


bool
oauth2_ticket_is_own(oauth2_flow_t *f, oauth2_str_t id, oauth2_str_t csrf)
{
    oauth2_str_t  expected;

    return !oauth2_origin_is_foreign(f)
           && oauth2_ticket_csrf(f, id, oauth2_session_cookie(f), &expected)
              == OAUTH2_OK
           && oauth2_str_same_secret(csrf, expected);
}


oauth2_next_e
oauth2_ticket_goto(oauth2_flow_t *f, const char *path, oauth2_str_t id,
    const char *prompt)
{
    oauth2_buf_t  buf;
    oauth2_str_t  uri;

    oauth2_buf_init(&buf, oauth2_pool(f), 4096);
    oauth2_buf_write(&buf, oauth2_settings(f)->issuer);
    oauth2_buf_write_c(&buf, path);
    oauth2_uri_write_param(&buf, "transaction", id);

    if (prompt != NULL) {
        oauth2_uri_write_param(&buf, "prompt", oauth2_str_of(prompt));
    }

    if (oauth2_buf_done(&buf, &uri) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_reply_redirect(f, uri);
}


static oauth2_rc_e
ticket_parse_word(oauth2_str_t word, oauth2_ticket_t *ticket)
{
    u_char        kind;
    uint64_t      time;
    oauth2_str_t  value;

    kind = word.data[0];
    value.data = word.data + 1;
    value.len = word.len - 1;

    switch (kind) {

    case 't':
        if (oauth2_str_parse_uint(value, TICKET_TIME_MAX, &time)
            != OAUTH2_OK)
        {
            return OAUTH2_BAD;
        }

        ticket->auth_time = (int64_t) time;
        return OAUTH2_OK;

    case 'c':
        ticket->consent = true;
        return OAUTH2_OK;

    case 'n':
        ticket->silent = true;
        return OAUTH2_OK;

    case 'u':
        ticket->user_id = value;
        return OAUTH2_OK;

    default:
        return OAUTH2_BAD;
    }
}
