/* SPDX-License-Identifier: MIT */

/*
 * GET /oauth/consent: asks the user of the session whether an application
 * may do what it asks for.
 */

#include "api.h"

static oauth2_next_e consent_page_read(oauth2_flow_t *f);
static oauth2_next_e consent_page_reply(oauth2_flow_t *f);
static oauth2_rc_e consent_page_switch(oauth2_flow_t *f, oauth2_str_t id,
    oauth2_str_t *url);
static oauth2_rc_e consent_page_hidden(oauth2_flow_t *f, oauth2_str_t id,
    oauth2_str_t *hidden);

static const oauth2_field_t  consent_page_fields[] = {
    { "transaction", OAUTH2_FIELD_STR, 255, OAUTH2_REQUIRED,
      offsetof(oauth2_consent_t, transaction) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  consent_page_steps[] = {
    { "finding transaction", consent_page_read, &oauth2_err_server_error },
    { "replying", consent_page_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(consent_page, consent_page_steps, oauth2_consent_t);


static oauth2_next_e
consent_page_read(oauth2_flow_t *f)
{
    oauth2_consent_t      *consent;
    const oauth2_error_t  *error;

    consent = oauth2_state(f);
    error = oauth2_read_query(f, consent_page_fields, consent);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (oauth2_ticket_parse(consent->transaction, &consent->ticket)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_transaction);
    }

    /* It knows what must come first. */

    if (!oauth2_ticket_is_recent(f, &consent->ticket)
        || !oauth2_ticket_is_user(f, &consent->ticket))
    {
        return oauth2_ticket_goto(f, "/oauth/authorize",
                                  consent->transaction, NULL);
    }

    return oauth2_consent_find(f);
}


static oauth2_next_e
consent_page_reply(oauth2_flow_t *f)
{
    return oauth2_consent_reply(f, 200, NULL);
}


oauth2_next_e
oauth2_consent_find(oauth2_flow_t *f)
{
    oauth2_str_t       digest;
    oauth2_consent_t  *consent;

    consent = oauth2_state(f);

    if (oauth2_sha256_hex(oauth2_pool(f), consent->transaction, &digest)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_authorization_find, digest,
                       oauth2_identity(f)->user_id);
}


oauth2_next_e
oauth2_consent_reply(oauth2_flow_t *f, unsigned status, const char *error)
{
    oauth2_str_t          csrf, url, hidden, scopes, claims;
    oauth2_consent_t     *consent;
    oauth2_html_value_t   values[10 + OAUTH2_PAGE_CLIENT];

    consent = oauth2_state(f);

    if (!oauth2_row_is(f, "found")) {
        return oauth2_fail(f, &oauth2_err_transaction);
    }

    if (oauth2_ticket_csrf(f, consent->transaction, oauth2_session_cookie(f),
                           &csrf)
        != OAUTH2_OK
        || consent_page_switch(f, consent->transaction, &url) != OAUTH2_OK
        || consent_page_hidden(f, consent->transaction, &hidden) != OAUTH2_OK
        || oauth2_user_claims_kept(f, oauth2_row(f, "parameters"), "beyond",
                              &claims)
           != OAUTH2_OK
        || oauth2_page_scopes(oauth2_pool(f), oauth2_row(f, "scope"), claims,
                              &scopes)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    memset(values, 0, sizeof(values));
    values[0].name = "action";
    values[0].value = oauth2_str("/oauth/consent");
    values[1].name = "hidden";
    values[1].value = hidden;
    values[1].markup = true;
    values[2].name = "csrf";
    values[2].value = csrf;
    values[3].name = "client_name";
    values[3].value = oauth2_row(f, "client_name");
    values[4].name = "scopes";
    values[4].value = scopes;
    values[4].markup = true;
    values[5].name = "host";
    values[5].value = oauth2_page_host(oauth2_row(f, "redirect_uri"));
    values[6].name = "email";
    values[6].value = oauth2_identity(f)->email;
    values[7].name = "switch_url";
    values[7].value = url;
    values[8].name = "error";
    values[8].value = (error == NULL) ? oauth2_str_null
                                      : oauth2_str_of(error);
    oauth2_page_client(f, oauth2_row(f, "client_metadata"), &values[9]);

    return oauth2_page_reply(f, status, OAUTH2_PAGE_CONSENT, values);
}


static oauth2_rc_e
consent_page_switch(oauth2_flow_t *f, oauth2_str_t id, oauth2_str_t *url)
{
    oauth2_buf_t  buf;

    oauth2_buf_init(&buf, oauth2_pool(f), 1024);
    oauth2_buf_write_c(&buf, "/oauth/login");
    oauth2_uri_write_param(&buf, "transaction", id);
    oauth2_uri_write_param(&buf, "prompt", oauth2_str("select_account"));

    return oauth2_buf_done(&buf, url);
}


static oauth2_rc_e
consent_page_hidden(oauth2_flow_t *f, oauth2_str_t id, oauth2_str_t *hidden)
{
    oauth2_html_value_t  values[2];

    memset(values, 0, sizeof(values));
    values[0].name = "transaction";
    values[0].value = id;

    return oauth2_page_hidden(oauth2_pool(f), values, hidden);
}
