/* SPDX-License-Identifier: MIT */

/*
 * POST /oauth/authorize: the answer of the consent page.  It counts only
 * from the session that the page was made for.
 */

#include "api.h"

typedef struct {
    oauth2_str_t     transaction;
    oauth2_str_t     csrf;
    oauth2_str_t     decision;
    oauth2_str_t     code;
    oauth2_ticket_t  ticket;
} consent_t;

static oauth2_next_e consent_read(oauth2_flow_t *f);
static oauth2_next_e consent_decide(oauth2_flow_t *f);
static oauth2_next_e consent_reply(oauth2_flow_t *f);
static oauth2_rc_e consent_check(oauth2_flow_t *f, consent_t *consent);

static const oauth2_field_t  consent_fields[] = {
    { "transaction", OAUTH2_FIELD_STR, 255, OAUTH2_REQUIRED,
      offsetof(consent_t, transaction) },
    { "csrf", OAUTH2_FIELD_STR, 128, OAUTH2_REQUIRED,
      offsetof(consent_t, csrf) },
    { "decision", OAUTH2_FIELD_STR, 16, OAUTH2_REQUIRED,
      offsetof(consent_t, decision) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  consent_steps[] = {
    { "reading form", consent_read, &oauth2_err_invalid_request },
    { "ending transaction", consent_decide, &oauth2_err_server_error },
    { "replying", consent_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(consent, consent_steps, consent_t);


static oauth2_next_e
consent_read(oauth2_flow_t *f)
{
    if (oauth2_origin_is_foreign(f)) {
        return oauth2_fail(f, &oauth2_err_cross_site);
    }

    return oauth2_read_form(f, consent_fields, oauth2_state(f));
}


static oauth2_next_e
consent_decide(oauth2_flow_t *f)
{
    oauth2_rc_e    rc;
    consent_t     *consent;
    oauth2_str_t   digest;

    consent = oauth2_state(f);
    rc = consent_check(f, consent);

    if (rc == OAUTH2_BAD) {
        oauth2_log_warn(f, "consent refused");
        return oauth2_fail(f, &oauth2_err_access_denied);
    }

    if (rc != OAUTH2_OK
        || oauth2_sha256_hex(oauth2_pool(f), consent->transaction, &digest)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (oauth2_str_same(consent->decision, oauth2_str("allow"))) {
        return oauth2_ticket_issue(f, digest, true, &consent->code);
    }

    if (oauth2_str_same(consent->decision, oauth2_str("deny"))) {
        return oauth2_call(f, OAUTH2_STMT_authorization_deny, digest);
    }

    return oauth2_fail(f, &oauth2_err_invalid_request);
}


static oauth2_next_e
consent_reply(oauth2_flow_t *f)
{
    consent_t  *consent;

    consent = oauth2_state(f);

    if (oauth2_row_is(f, "issued")) {
        return oauth2_ticket_reply(f, consent->code);
    }

    if (!oauth2_row_is(f, "denied")) {
        return oauth2_fail(f, &oauth2_err_transaction);
    }

    oauth2_ticket_redirect(f);

    return oauth2_fail(f, &oauth2_err_access_denied);
}


/* What the sign-in had to fulfil is asked again: the page alone does not
 * keep anyone from posting. */

static oauth2_rc_e
consent_check(oauth2_flow_t *f, consent_t *consent)
{
    oauth2_rc_e   rc;
    oauth2_str_t  csrf;

    rc = oauth2_ticket_parse(consent->transaction, &consent->ticket);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (!oauth2_ticket_is_recent(f, &consent->ticket)
        || !oauth2_ticket_is_user(f, &consent->ticket))
    {
        return OAUTH2_BAD;
    }

    rc = oauth2_ticket_csrf(f, consent->transaction, &csrf);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_str_same_secret(consent->csrf, csrf)
           ? OAUTH2_OK : OAUTH2_BAD;
}
