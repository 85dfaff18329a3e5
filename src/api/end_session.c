/* SPDX-License-Identifier: MIT */

/*
 * GET, POST /oauth/logout (OpenID Connect RP-Initiated Logout 1.0): an app
 * sends the browser here to end the session.  With an ID token of just this
 * session it ends at once; else the user is asked, so that no link signs
 * anybody out.  Nothing is redirected but to an address that the client has
 * registered.  A POST from another site comes without the cookie (SameSite)
 * and is sent on as a GET.  A page of ours signs its user out by a POST that
 * says nothing but "logout", and gets the browser back.
 */

#include "api.h"

#define END_PATH     "/oauth/logout"
#define END_SIGN_IN  "/login?signed-out"

/* What the proof on the page is made for; no transaction has such an id. */
#define END_CSRF  oauth2_str("logout")

typedef struct {
    oauth2_str_t  hint;
    oauth2_str_t  client_id;
    oauth2_str_t  uri;           /* post_logout_redirect_uri */
    oauth2_str_t  state;
    oauth2_str_t  csrf;
    oauth2_str_t  logout;
    oauth2_str_t  stay;
    oauth2_str_t  claims;        /* of the hint */
    oauth2_str_t  apps;          /* that the browser must open */
    bool          own;           /* a page of ours asks */
    bool          closing;
} end_t;

static oauth2_next_e end_read(oauth2_flow_t *f);
static oauth2_next_e end_find_client(oauth2_flow_t *f);
static oauth2_next_e end_decide(oauth2_flow_t *f);
static oauth2_next_e end_close(oauth2_flow_t *f);
static oauth2_next_e end_reply(oauth2_flow_t *f);
static const oauth2_error_t *end_check_hint(oauth2_flow_t *f, end_t *end);
static bool end_uri_known(oauth2_flow_t *f, const end_t *end);
static bool end_is_own(oauth2_flow_t *f, const end_t *end);
static bool end_is_proven(oauth2_flow_t *f, const end_t *end);
static oauth2_next_e end_again(oauth2_flow_t *f, const end_t *end);
static oauth2_next_e end_ask(oauth2_flow_t *f, const end_t *end);
static oauth2_next_e end_find_apps(oauth2_flow_t *f, end_t *end);
static oauth2_next_e end_stay(oauth2_flow_t *f);

static const oauth2_field_t  end_fields[] = {
    { "id_token_hint", OAUTH2_FIELD_STR, OAUTH2_JWT_MAX, 0,
      offsetof(end_t, hint) },
    { "client_id", OAUTH2_FIELD_STR, 255, 0, offsetof(end_t, client_id) },
    { "post_logout_redirect_uri", OAUTH2_FIELD_STR, 2048, 0,
      offsetof(end_t, uri) },
    { "state", OAUTH2_FIELD_STR, 4096, 0, offsetof(end_t, state) },
    { "csrf", OAUTH2_FIELD_STR, 128, 0, offsetof(end_t, csrf) },
    { "logout", OAUTH2_FIELD_STR, 16, 0, offsetof(end_t, logout) },
    { "stay", OAUTH2_FIELD_STR, 16, 0, offsetof(end_t, stay) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  end_session_steps[] = {
    { "reading request", end_read, &oauth2_err_invalid_request },
    { "finding client", end_find_client, &oauth2_err_server_error },
    { "finding applications", end_decide, &oauth2_err_server_error },
    { "closing session", end_close, &oauth2_err_server_error },
    { "replying", end_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(end_session, end_session_steps, end_t);


static oauth2_next_e
end_read(oauth2_flow_t *f)
{
    return oauth2_read_parameters(f, end_fields, oauth2_state(f));
}


static oauth2_next_e
end_find_client(oauth2_flow_t *f)
{
    end_t                 *end;
    const oauth2_error_t  *error;

    end = oauth2_state(f);

    end->own = end_is_own(f, end);

    if (oauth2_is_post(f) && end->csrf.data == NULL && !end->own
        && !oauth2_identity(f)->is_session)
    {
        return end_again(f, end);
    }

    error = end_check_hint(f, end);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (end->client_id.data == NULL) {
        return end->uri.data == NULL
               ? OAUTH2_NEXT : oauth2_fail(f, &oauth2_err_logout_uri);
    }

    return oauth2_call(f, OAUTH2_STMT_client_find, end->client_id);
}


static oauth2_next_e
end_decide(oauth2_flow_t *f)
{
    end_t  *end;

    end = oauth2_state(f);

    if (end->client_id.data != NULL && !oauth2_row_is(f, "found")) {
        return oauth2_fail(f, &oauth2_err_unknown_client);
    }

    /* by the secret of the client, which is known now */

    if (end->hint.data != NULL && end->claims.data == NULL
        && oauth2_hint_verify(f, end->hint, &end->claims) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    if (end->uri.data != NULL && !end_uri_known(f, end)) {
        return oauth2_fail(f, &oauth2_err_logout_uri);
    }

    if (!oauth2_identity(f)->is_session) {
        return OAUTH2_NEXT;
    }

    if (end->own) {
        return end_find_apps(f, end);
    }

    if (!oauth2_is_post(f) || end->csrf.data == NULL) {
        return end_is_proven(f, end) ? end_find_apps(f, end)
                                     : end_ask(f, end);
    }

    if (!oauth2_ticket_is_own(f, END_CSRF, end->csrf)) {
        oauth2_log_warn(f, "logout refused");
        return oauth2_fail(f, &oauth2_err_access_denied);
    }

    return end->logout.data != NULL ? end_find_apps(f, end) : end_stay(f);
}


static oauth2_next_e
end_close(oauth2_flow_t *f)
{
    end_t         *end;
    oauth2_str_t   digest;

    end = oauth2_state(f);

    if (!end->closing) {
        return OAUTH2_NEXT;
    }

    end->apps = oauth2_row(f, "items");

    if (oauth2_sha256_hex(oauth2_pool(f), oauth2_session_cookie(f), &digest)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_session_close, digest,
                       oauth2_str_null, oauth2_str_null);
}


static oauth2_next_e
end_reply(oauth2_flow_t *f)
{
    end_t                *end;
    oauth2_buf_t          buf;
    oauth2_str_t          uri;
    oauth2_html_value_t   values[3];

    end = oauth2_state(f);
    uri = oauth2_str_null;

    oauth2_session_cookie_set(f, oauth2_str_null);
    oauth2_logout_kick(f);

    if (end->uri.data != NULL || end->own) {
        oauth2_buf_init(&buf, oauth2_pool(f), 16384);

        if (end->own) {
            oauth2_buf_write(&buf, oauth2_settings(f)->frontend_url);
            oauth2_buf_write_c(&buf, END_SIGN_IN);

        } else {
            oauth2_buf_write(&buf, end->uri);
            oauth2_uri_write_param(&buf, "state", end->state);
        }

        if (oauth2_buf_done(&buf, &uri) != OAUTH2_OK) {
            return oauth2_fail(f, &oauth2_err_server_error);
        }
    }

    if (oauth2_frontchannel_needed(end->apps)) {
        return oauth2_frontchannel_reply(f, end->apps,
                                         oauth2_identity(f)->session_id, uri);
    }

    if (uri.data != NULL) {
        return oauth2_reply_redirect(f, uri);
    }

    memset(values, 0, sizeof(values));
    values[0].name = "heading";
    values[0].value = oauth2_str("Signed out");
    values[1].name = "notice";
    values[1].value = oauth2_str("You are signed out here.");

    return oauth2_page_reply(f, 200, OAUTH2_PAGE_DONE, values);
}


/* It may have expired (RP-Initiated Logout 2): nothing expires at the time
 * 0.  It says which client asks. */

static const oauth2_error_t *
end_check_hint(oauth2_flow_t *f, end_t *end)
{
    oauth2_rc_e   rc;
    oauth2_str_t  client_id;

    if (end->hint.data == NULL) {
        return NULL;
    }

    rc = oauth2_hint_client(f, end->hint, &client_id);

    if (rc == OAUTH2_NONE
        && oauth2_verify(f, "JWT", end->hint, 0, &end->claims) == OAUTH2_OK)
    {
        rc = oauth2_json_find(oauth2_pool(f), end->claims, "aud",
                              &client_id);
    }

    if (rc != OAUTH2_OK) {
        return &oauth2_err_invalid_request;
    }

    if (end->client_id.data != NULL
        && !oauth2_str_same(end->client_id, client_id))
    {
        return &oauth2_err_invalid_request;
    }

    end->client_id = client_id;

    return NULL;
}


/* Compared exactly (RP-Initiated Logout 3). */

static bool
end_uri_known(oauth2_flow_t *f, const end_t *end)
{
    oauth2_str_t  list;

    return oauth2_json_find(oauth2_pool(f), oauth2_row(f, "metadata"),
                            "post_logout_redirect_uris", &list)
           == OAUTH2_OK
           && oauth2_list_has(oauth2_pool(f), list, end->uri);
}


/* Another site cannot send this; it could not sign anybody out by it. */

static bool
end_is_own(oauth2_flow_t *f, const end_t *end)
{
    return oauth2_is_post(f) && end->logout.data != NULL
           && end->csrf.data == NULL && end->client_id.data == NULL
           && end->hint.data == NULL && end->uri.data == NULL
           && oauth2_origin_is_own(f);
}


/* Is the hint of the session that the browser has? */

static bool
end_is_proven(oauth2_flow_t *f, const end_t *end)
{
    oauth2_str_t              sid, sub, own, user_id;
    const oauth2_identity_t  *identity;

    identity = oauth2_identity(f);

    return end->claims.data != NULL
           && oauth2_sid(f, end->client_id, identity->session_id, &own)
              == OAUTH2_OK
           && oauth2_json_find(oauth2_pool(f), end->claims, "sid", &sid)
              == OAUTH2_OK
           && oauth2_json_find(oauth2_pool(f), end->claims, "sub", &sub)
              == OAUTH2_OK
           && oauth2_str_same(sid, own)
           && oauth2_subject_find(f, oauth2_row(f, "metadata"), sub, &user_id)
              == OAUTH2_OK
           && oauth2_str_same_nocase(user_id, identity->user_id);
}


static oauth2_next_e
end_again(oauth2_flow_t *f, const end_t *end)
{
    oauth2_buf_t  buf;
    oauth2_str_t  uri;

    oauth2_buf_init(&buf, oauth2_pool(f), 65536);
    oauth2_buf_write(&buf, oauth2_settings(f)->issuer);
    oauth2_buf_write_c(&buf, END_PATH);
    oauth2_uri_write_param(&buf, "id_token_hint", end->hint);
    oauth2_uri_write_param(&buf, "client_id", end->client_id);
    oauth2_uri_write_param(&buf, "post_logout_redirect_uri", end->uri);
    oauth2_uri_write_param(&buf, "state", end->state);

    if (oauth2_buf_done(&buf, &uri) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_reply_redirect(f, uri);
}


static oauth2_next_e
end_ask(oauth2_flow_t *f, const end_t *end)
{
    oauth2_str_t          csrf, hidden;
    oauth2_html_value_t   fields[4], values[6];

    memset(fields, 0, sizeof(fields));
    fields[0].name = "client_id";
    fields[0].value = end->client_id;
    fields[1].name = "post_logout_redirect_uri";
    fields[1].value = end->uri;
    fields[2].name = "state";
    fields[2].value = end->state;

    if (oauth2_page_hidden(oauth2_pool(f), fields, &hidden) != OAUTH2_OK
        || oauth2_ticket_csrf(f, END_CSRF, oauth2_session_cookie(f), &csrf)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    memset(values, 0, sizeof(values));
    values[0].name = "action";
    values[0].value = oauth2_str(END_PATH);
    values[1].name = "hidden";
    values[1].value = hidden;
    values[1].markup = true;
    values[2].name = "csrf";
    values[2].value = csrf;
    values[3].name = "client_name";
    values[3].value = end->client_id.data != NULL
                      ? oauth2_row(f, "client_name") : oauth2_str_null;
    values[4].name = "email";
    values[4].value = oauth2_identity(f)->email;

    return oauth2_page_reply(f, 200, OAUTH2_PAGE_LOGOUT, values);
}


static oauth2_next_e
end_find_apps(oauth2_flow_t *f, end_t *end)
{
    end->closing = true;

    return oauth2_call(f, OAUTH2_STMT_session_clients_find,
                       oauth2_identity(f)->session_id);
}


static oauth2_next_e
end_stay(oauth2_flow_t *f)
{
    oauth2_buf_t  buf;
    oauth2_str_t  uri;

    oauth2_buf_init(&buf, oauth2_pool(f), 2048);
    oauth2_buf_write(&buf, oauth2_settings(f)->frontend_url);
    oauth2_buf_write_c(&buf, "/");

    if (oauth2_buf_done(&buf, &uri) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_reply_redirect(f, uri);
}
