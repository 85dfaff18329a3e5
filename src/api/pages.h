/* SPDX-License-Identifier: MIT */

/*
 * The rest of api.h, which includes it: signing in, and the pages that the
 * server makes itself.
 */

#ifndef OAUTH2_PAGES_H
#define OAUTH2_PAGES_H


/* -- signing in ---------------------------------------------------- */

/*
 * Signing in by password, for every endpoint that does: its state begins
 * with this.  Set email, password (as they came) and tokens (is a pair
 * issued with the session?), and enter the steps.  Then error says why it
 * was refused; NULL: there is a session, and its secret belongs into the
 * cookie.
 */
typedef struct {
    oauth2_str_t           email;
    oauth2_str_t           password;
    oauth2_str_t           user_id;
    oauth2_str_t           hash;
    oauth2_str_t           secret;       /* of the session */
    oauth2_issue_t         issue;
    bool                   tokens;
    bool                   is_active;
    bool                   is_verified;
    const oauth2_error_t  *error;
} oauth2_login_t;

extern const oauth2_step_t  oauth2_login_steps[];

/* Sends the verification mail again; the state of the endpoint begins with
 * the address, an oauth2_str_t. */
extern const oauth2_step_t  oauth2_resend_steps[];


/* -- pages (templates in html/plain) ------------------------------- */

/*
 * What a page shows are values by the names of its template.  All may give
 * error and notice (sentences), lead; names that none of these lists has
 * are unknown.
 *
 *     LOGIN    transaction or next, csrf, email, keep, unverified,
 *              those of oauth2_page_client()
 *     CONSENT  action, hidden, csrf, client_name, scopes, host, email,
 *              switch_url, user_code, those of oauth2_page_client(); posts
 *              allow or deny
 *     LOGOUT   action, hidden, csrf, client_name, email; posts logout or
 *              stay
 *     DEVICE   action, hidden, csrf, user_code, email; posts user_code
 *     DONE     heading, url
 *     SIGNED_OUT  frames, url, refresh (where it goes on to by itself)
 *     POST     url (whereto), host, hidden; submits itself
 *     ERROR    advice, code, request
 *
 * action and switch_url are paths of ours; hidden, scopes and frames are made
 * by the functions below.
 */
typedef enum {
    OAUTH2_PAGE_LOGIN = 0,
    OAUTH2_PAGE_CONSENT,
    OAUTH2_PAGE_LOGOUT,
    OAUTH2_PAGE_DEVICE,
    OAUTH2_PAGE_DONE,
    OAUTH2_PAGE_SIGNED_OUT,
    OAUTH2_PAGE_POST,
    OAUTH2_PAGE_ERROR
} oauth2_page_e;

OAUTH2_MUST_USE oauth2_rc_e oauth2_page_write(oauth2_pool_t *pool,
    const oauth2_settings_t *settings, oauth2_page_e page,
    const oauth2_html_value_t *values, oauth2_str_t *content);

/* Hidden fields of a form; values as of a template. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_page_hidden(oauth2_pool_t *pool,
    const oauth2_html_value_t *values, oauth2_str_t *markup);

/* The items of a list of scopes, and of claims that none of them is for,
 * in words (html/plain/scopes.json, claims.json). */
OAUTH2_MUST_USE oauth2_rc_e oauth2_page_scopes(oauth2_pool_t *pool,
    oauth2_str_t scope, oauth2_str_t claims, oauth2_str_t *markup);

/*
 * What a client shows of itself by its metadata (OpenID Connect Registration
 * 2), as three values: logo_uri, policy_uri, tos_uri.  A page with a logo may
 * load an image from where that is.
 */
#define OAUTH2_PAGE_CLIENT  3

void oauth2_page_client(oauth2_flow_t *f, oauth2_str_t metadata,
    oauth2_html_value_t *values);

/* Writes a frame, of uri and client_id. */
void oauth2_page_frame(oauth2_buf_t *b, const oauth2_html_value_t *values);

/* Where a redirect URI leads, as the user should see it; of an app's own
 * scheme there is only the whole URI. */
oauth2_str_t oauth2_page_host(oauth2_str_t redirect_uri);

/* The style of all pages, and the policy that goes with one. */
oauth2_str_t oauth2_page_style(void);
const char *oauth2_page_policy(oauth2_page_e page);

/* Answers with a page; the second one may have frames of these origins
 * (before each a blank); the last adds its headers to an answer. */
oauth2_next_e oauth2_page_reply(oauth2_flow_t *f, unsigned status,
    oauth2_page_e page, const oauth2_html_value_t *values);
oauth2_next_e oauth2_page_reply_frames(oauth2_flow_t *f, oauth2_page_e page,
    const oauth2_html_value_t *values, oauth2_str_t origins);
void oauth2_page_headers(oauth2_flow_t *f, oauth2_page_e page);

/*
 * The login page, and the forms on it: /oauth/login?transaction= of an
 * authorization, or ?next= of any page of ours that wants a user, a path
 * (with its query) below /oauth/, which it leads back to.  With
 * &prompt=login it asks even who is signed in.
 */
typedef struct {
    oauth2_login_t   login;              /* first: see above */
    oauth2_str_t     transaction;
    oauth2_str_t     next;
    oauth2_str_t     csrf;
    oauth2_str_t     prompt;
    oauth2_str_t     client_name;
    oauth2_str_t     client;             /* its metadata */
    oauth2_str_t     notice;
    oauth2_ticket_t  ticket;
} oauth2_login_page_t;

/* Begins: finds the transaction, if it is one. */
oauth2_next_e oauth2_login_page_find(oauth2_flow_t *f);

/* Takes the row.  Not NULL: the error that it fails with. */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_login_page_take(
    oauth2_flow_t *f);

/* Does what was posted come from a page that this browser was given? */
bool oauth2_login_page_is_own(oauth2_flow_t *f);

/* Answers with a redirect to where the sign-in leads. */
oauth2_next_e oauth2_login_page_leave(oauth2_flow_t *f);

/* Answers with the page; login.error and notice are shown on it. */
oauth2_next_e oauth2_login_page_reply(oauth2_flow_t *f, unsigned status);

/* The consent page likewise. */
typedef struct {
    oauth2_str_t     transaction;
    oauth2_str_t     csrf;
    oauth2_str_t     allow;
    oauth2_str_t     deny;
    oauth2_str_t     code;
    oauth2_ticket_t  ticket;
} oauth2_consent_t;

oauth2_next_e oauth2_consent_find(oauth2_flow_t *f);

/* Answers with the page of the transaction in the last row. */
oauth2_next_e oauth2_consent_reply(oauth2_flow_t *f, unsigned status,
    const char *error);

#endif
