/* SPDX-License-Identifier: MIT */

/*
 * POST /oauth/consent: the answer of the consent page.  It counts only from
 * the session that the page was made for; in another one of the browser,
 * it is asked again.
 */

#include "api.h"

static oauth2_next_e consent_read(oauth2_flow_t *f);
static oauth2_next_e consent_decide(oauth2_flow_t *f);
static oauth2_next_e consent_reply(oauth2_flow_t *f);
static oauth2_rc_e consent_check(oauth2_flow_t *f,
    const oauth2_consent_t *consent);
static oauth2_next_e consent_end(oauth2_flow_t *f,
    oauth2_consent_t *consent);

static const oauth2_field_t  consent_fields[] = {
    { "transaction", OAUTH2_FIELD_STR, 255, OAUTH2_REQUIRED,
      offsetof(oauth2_consent_t, transaction) },
    { "csrf", OAUTH2_FIELD_STR, 128, OAUTH2_REQUIRED,
      offsetof(oauth2_consent_t, csrf) },
    { "allow", OAUTH2_FIELD_STR, 16, 0,
      offsetof(oauth2_consent_t, allow) },
    { "deny", OAUTH2_FIELD_STR, 16, 0,
      offsetof(oauth2_consent_t, deny) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  consent_steps[] = {
    { "reading form", consent_read, &oauth2_err_invalid_request },
    { "ending transaction", consent_decide, &oauth2_err_server_error },
    { "replying", consent_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(consent, consent_steps, oauth2_consent_t);


static oauth2_next_e
consent_read(oauth2_flow_t *f)
{
    if (oauth2_origin_is_foreign(f)) {
        return oauth2_fail(f, &oauth2_err_cross_site);
    }

    return oauth2_read_form(f, consent_fields, oauth2_state(f));
}


/* What the sign-in had to fulfil is asked again: the page alone does not
 * keep anyone from posting. */

static oauth2_next_e
consent_decide(oauth2_flow_t *f)
{
    oauth2_consent_t  *consent;

    consent = oauth2_state(f);

    if (oauth2_ticket_parse(consent->transaction, &consent->ticket)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_transaction);
    }

    if (!oauth2_ticket_is_recent(f, &consent->ticket)
        || !oauth2_ticket_is_user(f, &consent->ticket))
    {
        return oauth2_ticket_goto(f, "/oauth/authorize",
                                  consent->transaction, NULL);
    }

    switch (consent_check(f, consent)) {

    case OAUTH2_OK:
        return consent_end(f, consent);

    case OAUTH2_BAD:
        oauth2_log_warn(f, "consent refused");
        return oauth2_consent_find(f);

    default:
        return oauth2_fail(f, &oauth2_err_server_error);
    }
}


static oauth2_next_e
consent_reply(oauth2_flow_t *f)
{
    oauth2_consent_t  *consent;

    consent = oauth2_state(f);

    if (oauth2_row_is(f, "found")) {
        return oauth2_consent_reply(f, oauth2_err_form.status,
                                    oauth2_err_form.detail);
    }

    if (oauth2_row_is(f, "issued")) {
        return oauth2_ticket_reply(f, consent->code);
    }

    if (!oauth2_row_is(f, "denied")) {
        return oauth2_fail(f, &oauth2_err_transaction);
    }

    oauth2_ticket_redirect(f);

    return oauth2_fail(f, &oauth2_err_access_denied);
}


static oauth2_rc_e
consent_check(oauth2_flow_t *f, const oauth2_consent_t *consent)
{
    oauth2_rc_e   rc;
    oauth2_str_t  csrf;

    rc = oauth2_ticket_csrf(f, consent->transaction,
                            oauth2_session_cookie(f), &csrf);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_str_same_secret(consent->csrf, csrf)
           ? OAUTH2_OK : OAUTH2_BAD;
}


static oauth2_next_e
consent_end(oauth2_flow_t *f, oauth2_consent_t *consent)
{
    oauth2_str_t  digest;

    if ((consent->allow.data == NULL) == (consent->deny.data == NULL)) {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    if (oauth2_sha256_hex(oauth2_pool(f), consent->transaction, &digest)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (consent->allow.data != NULL) {
        return oauth2_ticket_issue(f, digest, true, &consent->code);
    }

    return oauth2_call(f, OAUTH2_STMT_authorization_deny, digest);
}
