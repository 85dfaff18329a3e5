/* SPDX-License-Identifier: MIT */

/*
 * GET /oauth/login: the login page of an authorization transaction.  Its
 * forms carry a proof of having been made for this browser, which is known
 * by a cookie before anybody has signed in: nobody can be signed in as
 * somebody else from elsewhere.  What is under way is the transaction's, so
 * that tabs do not disturb each other.  Other pages of the server that need
 * a user send the browser here with ?next= and get it back.
 */

#include "api.h"

#define LOGIN_PAGE_NEXT_MAX  1024
#define LOGIN_PAGE_URL_MAX   8192

static oauth2_next_e login_page_read(oauth2_flow_t *f);
static oauth2_next_e login_page_show(oauth2_flow_t *f);
static bool login_page_next_is_ours(oauth2_str_t next);
static oauth2_str_t login_page_id(const oauth2_login_page_t *page);
static oauth2_str_t login_page_email(oauth2_flow_t *f,
    const oauth2_login_page_t *page);
static oauth2_rc_e login_page_csrf(oauth2_flow_t *f, oauth2_str_t id,
    oauth2_str_t *csrf);
static oauth2_rc_e login_page_lead(oauth2_flow_t *f,
    const oauth2_login_page_t *page, oauth2_str_t *lead);
static oauth2_rc_e login_page_keep(oauth2_flow_t *f,
    const oauth2_login_page_t *page, oauth2_str_t *keep);

static const oauth2_field_t  login_page_fields[] = {
    { "transaction", OAUTH2_FIELD_STR, 255, 0,
      offsetof(oauth2_login_page_t, transaction) },
    { "next", OAUTH2_FIELD_STR, LOGIN_PAGE_NEXT_MAX, 0,
      offsetof(oauth2_login_page_t, next) },
    { "prompt", OAUTH2_FIELD_STR, 32, 0,
      offsetof(oauth2_login_page_t, prompt) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  login_page_steps[] = {
    { "finding transaction", login_page_read, &oauth2_err_server_error },
    { "replying", login_page_show, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(login_page, login_page_steps, oauth2_login_page_t);


static oauth2_next_e
login_page_read(oauth2_flow_t *f)
{
    const oauth2_error_t  *error;

    error = oauth2_read_query(f, login_page_fields, oauth2_state(f));

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    return oauth2_login_page_find(f);
}


/* Who has signed in meanwhile, in another tab, goes on. */

static oauth2_next_e
login_page_show(oauth2_flow_t *f)
{
    oauth2_login_page_t   *page;
    const oauth2_error_t  *error;

    page = oauth2_state(f);
    error = oauth2_login_page_take(f);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (page->prompt.data == NULL
        && oauth2_ticket_is_recent(f, &page->ticket))
    {
        return oauth2_login_page_leave(f);
    }

    page->login.email = login_page_email(f, page);

    return oauth2_login_page_reply(f, 200);
}


/* Who the application means (OpenID Connect Core 3.1.2.1, login_hint), or
 * who is signed in and does it again; not who wants another account. */

static oauth2_str_t
login_page_email(oauth2_flow_t *f, const oauth2_login_page_t *page)
{
    oauth2_str_t  hint;

    if (oauth2_str_same(page->prompt, oauth2_str("select_account"))) {
        return oauth2_str_null;
    }

    if (page->transaction.data != NULL
        && oauth2_json_find(oauth2_pool(f), oauth2_row(f, "parameters"),
                            "login_hint", &hint)
           == OAUTH2_OK
        && hint.len <= OAUTH2_EMAIL_MAX)
    {
        return hint;
    }

    return oauth2_identity(f)->is_session ? oauth2_identity(f)->email
                                          : oauth2_str_null;
}


oauth2_next_e
oauth2_login_page_find(oauth2_flow_t *f)
{
    oauth2_str_t          digest;
    oauth2_login_page_t  *page;

    page = oauth2_state(f);

    if (page->transaction.data == NULL && login_page_next_is_ours(page->next))
    {
        return OAUTH2_NEXT;
    }

    if (page->transaction.data == NULL || page->next.data != NULL) {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    if (oauth2_ticket_parse(page->transaction, &page->ticket) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_transaction);
    }

    if (oauth2_sha256_hex(oauth2_pool(f), page->transaction, &digest)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_authorization_find, digest,
                       oauth2_identity(f)->user_id);
}


const oauth2_error_t *
oauth2_login_page_take(oauth2_flow_t *f)
{
    oauth2_login_page_t  *page;

    page = oauth2_state(f);

    if (page->transaction.data == NULL) {
        return NULL;
    }

    if (!oauth2_row_is(f, "found")) {
        return &oauth2_err_transaction;
    }

    page->client_name = oauth2_row(f, "client_name");
    page->client = oauth2_row(f, "client_metadata");

    return NULL;
}


bool
oauth2_login_page_is_own(oauth2_flow_t *f)
{
    oauth2_str_t          cookie, csrf;
    oauth2_login_page_t  *page;

    page = oauth2_state(f);
    cookie = oauth2_browser_cookie(f);

    return cookie.data != NULL
           && oauth2_ticket_csrf(f, login_page_id(page), cookie, &csrf)
              == OAUTH2_OK
           && oauth2_str_same_secret(page->csrf, csrf);
}


oauth2_next_e
oauth2_login_page_reply(oauth2_flow_t *f, unsigned status)
{
    oauth2_str_t           lead, csrf, keep;
    oauth2_html_value_t    values[10 + OAUTH2_PAGE_CLIENT];
    oauth2_login_page_t   *page;
    const oauth2_error_t  *error;

    page = oauth2_state(f);
    error = page->login.error;

    if (login_page_csrf(f, login_page_id(page), &csrf) != OAUTH2_OK
        || login_page_lead(f, page, &lead) != OAUTH2_OK
        || login_page_keep(f, page, &keep) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    memset(values, 0, sizeof(values));
    values[0].name = "transaction";
    values[0].value = page->transaction;
    values[1].name = "csrf";
    values[1].value = csrf;
    values[2].name = "lead";
    values[2].value = lead;
    values[3].name = "email";
    values[3].value = page->login.email;
    values[4].name = "keep";
    values[4].value = keep;
    values[5].name = "error";
    values[5].value = (error == NULL) ? oauth2_str_null
                                      : oauth2_str_of(error->detail);
    values[6].name = "notice";
    values[6].value = page->notice;
    values[7].name = "unverified";
    values[7].value = (error == &oauth2_err_not_verified)
                      ? oauth2_str("yes") : oauth2_str_null;
    values[8].name = "next";
    values[8].value = page->next;
    oauth2_page_client(f, page->client, &values[9]);

    return oauth2_page_reply(f, status, OAUTH2_PAGE_LOGIN, values);
}


oauth2_next_e
oauth2_login_page_leave(oauth2_flow_t *f)
{
    oauth2_buf_t          buf;
    oauth2_str_t          uri;
    oauth2_login_page_t  *page;

    page = oauth2_state(f);

    if (page->transaction.data != NULL) {
        return oauth2_ticket_goto(f, "/oauth/authorize", page->transaction,
                                  NULL);
    }

    oauth2_buf_init(&buf, oauth2_pool(f), LOGIN_PAGE_URL_MAX);
    oauth2_buf_write(&buf, oauth2_settings(f)->issuer);
    oauth2_buf_write(&buf, page->next);

    if (oauth2_buf_done(&buf, &uri) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_reply_redirect(f, uri);
}


/* Behind the issuer, and one of our own pages: leads nowhere else. */

static bool
login_page_next_is_ours(oauth2_str_t next)
{
    size_t  i;

    for (i = 0; i < next.len; i++) {
        if (next.data[i] <= ' ' || next.data[i] > '~'
            || next.data[i] == '\\')
        {
            return false;
        }
    }

    return oauth2_str_starts(next, oauth2_str("/oauth/"));
}


/* What a form is bound to. */

static oauth2_str_t
login_page_id(const oauth2_login_page_t *page)
{
    return page->transaction.data != NULL ? page->transaction : page->next;
}


/* The browser keeps its cookie for all its tabs. */

static oauth2_rc_e
login_page_csrf(oauth2_flow_t *f, oauth2_str_t id, oauth2_str_t *csrf)
{
    oauth2_rc_e   rc;
    oauth2_str_t  cookie;

    cookie = oauth2_browser_cookie(f);

    if (cookie.data == NULL) {
        rc = oauth2_random_secret(oauth2_pool(f), &cookie);

        if (rc != OAUTH2_OK) {
            return rc;
        }

        oauth2_browser_cookie_set(f, cookie);
    }

    return oauth2_ticket_csrf(f, id, cookie, csrf);
}


static oauth2_rc_e
login_page_lead(oauth2_flow_t *f, const oauth2_login_page_t *page,
    oauth2_str_t *lead)
{
    bool          again;
    oauth2_buf_t  buf;

    again = oauth2_str_same(page->prompt, oauth2_str("login"));

    oauth2_buf_init(&buf, oauth2_pool(f), 2048);
    oauth2_buf_write_c(&buf, again ? "Please confirm that it is you" : "");

    if (page->client_name.data != NULL) {
        oauth2_buf_write_c(&buf, again ? ", to continue to "
                                       : "to continue to ");
        oauth2_buf_write(&buf, page->client_name);

    } else if (again) {
        oauth2_buf_write_byte(&buf, '.');
    }

    return oauth2_buf_done(&buf, lead);
}


/* With this behind it, the address of a React page leads back here. */

static oauth2_rc_e
login_page_keep(oauth2_flow_t *f, const oauth2_login_page_t *page,
    oauth2_str_t *keep)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  next;

    oauth2_buf_init(&buf, oauth2_pool(f), LOGIN_PAGE_URL_MAX);
    oauth2_buf_write_c(&buf, "/oauth/authorize");
    oauth2_uri_write_param(&buf, "transaction", page->transaction);
    rc = oauth2_buf_done(&buf, &next);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&buf, oauth2_pool(f), LOGIN_PAGE_URL_MAX);
    oauth2_uri_write_param(&buf, "next", page->transaction.data != NULL
                                         ? next : page->next);

    return oauth2_buf_done(&buf, keep);
}
