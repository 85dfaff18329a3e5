/* SPDX-License-Identifier: MIT */

/*
 * What an endpoint may use.  An endpoint is a table of steps over a state
 * struct (conventions, section 3); the host (src/http) provides the rest.
 * Everything handed out lives in the flow's pool, until the flow ends.
 *
 * Functions that answer oauth2_next_e begin an operation, or end the flow,
 * and are the last statement of a step: return oauth2_...(f, ...).
 */

#ifndef OAUTH2_API_H
#define OAUTH2_API_H

#include "../core/buf.h"
#include "../core/certificate.h"
#include "../core/check.h"
#include "../core/claims.h"
#include "../core/codec.h"
#include "../core/digest.h"
#include "../core/encode.h"
#include "../core/error.h"
#include "../core/fault.h"
#include "../core/field.h"
#include "../core/html.h"
#include "../core/json.h"
#include "../core/jwt.h"
#include "../core/jwt_dpop.h"
#include "../core/metadata.h"
#include "../core/opaque.h"
#include "../core/profile.h"
#include "../core/request.h"
#include "../core/response.h"
#include "../core/secret.h"
#include "../core/str.h"
#include "../core/subject.h"
#include "../core/uri.h"
#include "../core/user_claims.h"
#include "../db/db.h"
#include "../flow/flow.h"
#include "../flow/operation.h"
#include "client.h"
#include "registration.h"

#define OAUTH2_TOKEN_TYP    "at+jwt"
#define OAUTH2_CLIENT_SELF  oauth2_str("account")   /* login's own tokens */
#define OAUTH2_SCOPE_SELF   oauth2_str("openid profile email")

/* How errors are told (conventions, section 5). */
typedef enum {
    OAUTH2_FACE_PROBLEM = 0,    /* application/problem+json */
    OAUTH2_FACE_OAUTH,          /* error, error_description */
    OAUTH2_FACE_BEARER,         /* the same with WWW-Authenticate */
    OAUTH2_FACE_PAGE            /* static HTML; a redirect once allowed */
} oauth2_face_e;

typedef struct {
    const oauth2_step_t  *steps;
    size_t                state_size;
} oauth2_endpoint_t;

#define OAUTH2_ENDPOINT(name, steps, state_t)                                \
    const oauth2_endpoint_t  oauth2_endpoint_##name = {                      \
        steps, sizeof(state_t)                                               \
    }

/* Who must send a code challenge (RFC 9700 2.1.1): a public client always. */
typedef enum {
    OAUTH2_PKCE_ALL = 0,
    OAUTH2_PKCE_NONCE,          /* or, if confidential, a nonce */
    OAUTH2_PKCE_PUBLIC          /* nobody else */
} oauth2_pkce_e;

/* The configuration as endpoints see it; const once requests run.
 * Lifetimes are seconds.  URLs have no slash at their end. */
typedef struct {
    oauth2_str_t               issuer;
    oauth2_str_t               frontend_url;
    int64_t                    access_lifetime;
    int64_t                    refresh_lifetime;
    int64_t                    refresh_grace;
    int64_t                    code_lifetime;
    int64_t                    session_lifetime;
    int64_t                    transaction_lifetime;
    int64_t                    verification_lifetime;
    int64_t                    reset_lifetime;
    unsigned                   password_cost;
    size_t                     password_min;
    bool                       register_reveal;
    oauth2_registration_e      registration;
    oauth2_str_t               registration_token;   /* its digest */
    oauth2_pkce_e              pkce;
    bool                       dpop_nonce;
    oauth2_str_t               mtls_url;       /* empty: none */
    int64_t                    keys_age;       /* of what /oauth/jwks says */
    const oauth2_token_key_t  *token_key;
} oauth2_settings_t;

/* Who asks, filled by the guard oauth2_user_steps. */
typedef struct {
    oauth2_str_t  user_id;
    oauth2_str_t  session_id;
    oauth2_str_t  client_id;     /* absent for a session */
    oauth2_str_t  scope;         /* absent for a session */
    oauth2_str_t  email;
    oauth2_str_t  username;
    oauth2_str_t  first_name;
    oauth2_str_t  last_name;
    oauth2_str_t  profile;       /* JSON, the public user object */
    oauth2_str_t  token_id;      /* jti; absent for a session */
    oauth2_str_t  claims;        /* of a token that is a JWT, or absent */
    oauth2_str_t  audience;      /* of a token; absent: the issuer */
    oauth2_str_t  client;        /* its metadata, JSON; absent likewise */
    oauth2_str_t  parameters;    /* of the token's family, likewise */
    int64_t       auth_time;
    int64_t       updated_at;
    bool          is_verified;
    bool          is_superuser;
    bool          is_session;
} oauth2_identity_t;

/* What an account operation came to, whichever way it went. */
typedef struct {
    oauth2_str_t  status;        /* of the deciding function */
    oauth2_str_t  method;        /* temporal_workflow, direct_... */
    oauth2_str_t  result;        /* JSON object */
} oauth2_outcome_t;


/* -- the flow ------------------------------------------------------- */

/* The endpoint's zeroed struct. */
void *oauth2_state(oauth2_flow_t *f);
oauth2_pool_t *oauth2_pool(oauth2_flow_t *f);
const oauth2_settings_t *oauth2_settings(oauth2_flow_t *f);
oauth2_identity_t *oauth2_identity(oauth2_flow_t *f);
oauth2_client_t *oauth2_client(oauth2_flow_t *f);
oauth2_outcome_t *oauth2_outcome(oauth2_flow_t *f);

/* Seconds since the epoch, and milliseconds. */
int64_t oauth2_now(oauth2_flow_t *f);
int64_t oauth2_now_ms(oauth2_flow_t *f);

/* A number as text, for a parameter; without memory "0". */
oauth2_str_t oauth2_str_int(oauth2_flow_t *f, int64_t value);

/* "true" or "false", for a parameter. */
oauth2_str_t oauth2_str_bool(bool value);

/* Writes an info line, or a warn line (a refusal that matters to
 * security): a stable phrase without foreign values. */
void oauth2_log_info(oauth2_flow_t *f, const char *phrase);
void oauth2_log_warn(oauth2_flow_t *f, const char *phrase);


/* -- reading the request ------------------------------------------- */

/*
 * Read the body into the target (waits).  They fail the flow by themselves
 * with the exact error: media type, size, syntax, UTF-8, repetition,
 * fields.  An empty body without Content-Type counts as {} where the route
 * says OPTIONAL.
 */
oauth2_next_e oauth2_read_json(oauth2_flow_t *f,
    const oauth2_field_t *fields, void *target);
oauth2_next_e oauth2_read_form(oauth2_flow_t *f,
    const oauth2_field_t *fields, void *target);

/* Reads the body as it is (waits); then oauth2_body() has it. */
oauth2_next_e oauth2_read_raw(oauth2_flow_t *f);
oauth2_str_t oauth2_body(oauth2_flow_t *f);

/* The query string, at once; NULL when it is fine. */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_read_query(oauth2_flow_t *f,
    const oauth2_field_t *fields, void *target);

/* The form of a POST (waits), else the query string; for what may be asked
 * in both ways. */
oauth2_next_e oauth2_read_parameters(oauth2_flow_t *f,
    const oauth2_field_t *fields, void *target);

/* The query string as it came, without '?'. */
oauth2_str_t oauth2_query(oauth2_flow_t *f);

/* A header by its lower-case name, the first one; absent when missing. */
oauth2_str_t oauth2_header(oauth2_flow_t *f, const char *name);

bool oauth2_is_post(oauth2_flow_t *f);
oauth2_str_t oauth2_path(oauth2_flow_t *f);
oauth2_str_t oauth2_address(oauth2_flow_t *f);
oauth2_str_t oauth2_request_id(oauth2_flow_t *f);

/* The value of the session cookie; absent when missing, repeated or not
 * 43 characters of base64url. */
oauth2_str_t oauth2_session_cookie(oauth2_flow_t *f);

/* The same of the cookie that tells browsers apart before anybody has
 * signed in (oauth2_browser_cookie_set). */
oauth2_str_t oauth2_browser_cookie(oauth2_flow_t *f);

/* Adds a complaint about a field (detail NULL: none); oauth2_complained()
 * says whether there is any, and the step then fails with
 * oauth2_err_invalid_fields. */
void oauth2_complain(oauth2_flow_t *f, const char *field,
    const char *detail);
bool oauth2_complained(oauth2_flow_t *f);


/* -- operations ---------------------------------------------------- */

/*
 * Calls a statement; the parameters are oauth2_str_t.  Fails the flow with
 * the step's error, or with oauth2_err_unavailable when the database is
 * away.  The row is read in the next step.
 */
oauth2_next_e oauth2_call_n(oauth2_flow_t *f, oauth2_stmt_e stmt,
    const oauth2_str_t *params, size_t n);

#define oauth2_call(f, stmt, ...)                                            \
    oauth2_call_n(f, stmt, (const oauth2_str_t[]) { __VA_ARGS__ },           \
                  sizeof((const oauth2_str_t[]) { __VA_ARGS__ })             \
                  / sizeof(oauth2_str_t))

/* Of the first row of the last call; absent, 0 or false for null. */
oauth2_str_t oauth2_row(oauth2_flow_t *f, const char *column);
int64_t oauth2_row_int(oauth2_flow_t *f, const char *column);
bool oauth2_row_bool(oauth2_flow_t *f, const char *column);

/* Is the row's status this one? */
bool oauth2_row_is(oauth2_flow_t *f, const char *status);

/* The last row, and to make one of before the last one again. */
void *oauth2_row_keep(oauth2_flow_t *f);
void oauth2_row_back(oauth2_flow_t *f, void *row);

/*
 * bcrypt on the thread pool.  Fails with oauth2_err_busy when its queue is
 * full.  hash: the result by oauth2_hashed(); verify: the result by
 * oauth2_verified(); an absent hash is a dummy one, which takes as long and
 * never matches.
 */
oauth2_next_e oauth2_hash(oauth2_flow_t *f, oauth2_str_t password);
oauth2_next_e oauth2_hash_verify(oauth2_flow_t *f, oauth2_str_t password,
    oauth2_str_t hash);
oauth2_str_t oauth2_hashed(oauth2_flow_t *f);
bool oauth2_verified(oauth2_flow_t *f);

/*
 * Asks the worker over its socket: GET when body is absent, else POST with
 * JSON.  Never fails the flow: oauth2_worker_status() is the HTTP status of
 * the answer, 0 when there was none within the deadline (or no worker is
 * configured).
 */
oauth2_next_e oauth2_worker_ask(oauth2_flow_t *f, const char *path,
    oauth2_str_t body);
unsigned oauth2_worker_status(oauth2_flow_t *f);
oauth2_str_t oauth2_worker_body(oauth2_flow_t *f);
bool oauth2_worker_configured(oauth2_flow_t *f);

/* There is mail in the outbox that no workflow sends: have it drained. */
void oauth2_mail_kick(oauth2_flow_t *f);


/* -- answering ----------------------------------------------------- */

/* All end the flow.  JSON answers carry Cache-Control: no-store. */
oauth2_next_e oauth2_reply(oauth2_flow_t *f, unsigned status,
    oauth2_json_t *j);
oauth2_next_e oauth2_reply_text(oauth2_flow_t *f, unsigned status,
    const char *content_type, oauth2_str_t body);
oauth2_next_e oauth2_reply_empty(oauth2_flow_t *f, unsigned status);

/* 303 See Other. */
oauth2_next_e oauth2_reply_redirect(oauth2_flow_t *f, oauth2_str_t uri);

/* Adds a header to the answer; the value is checked for control bytes. */
void oauth2_reply_header(oauth2_flow_t *f, const char *name,
    oauth2_str_t value);

/*
 * From now on errors go to the client's redirect URI (face PAGE), with
 * state (may be absent) and iss; mode is the response mode, form_post or
 * anything else for the query.
 */
void oauth2_redirect_errors(oauth2_flow_t *f, oauth2_str_t redirect_uri,
    oauth2_str_t state, oauth2_str_t mode);

/* Sends a response there, in that mode. */
oauth2_next_e oauth2_redirect_reply(oauth2_flow_t *f,
    const oauth2_response_t *response);

/* Set-Cookie for the session; an absent secret takes the cookie away. */
void oauth2_session_cookie_set(oauth2_flow_t *f, oauth2_str_t secret);

/* Set-Cookie for the browser, until it is closed. */
void oauth2_browser_cookie_set(oauth2_flow_t *f, oauth2_str_t secret);


/* -- shared tables (src/api) --------------------------------------- */

/* Session cookie or bearer token; fills oauth2_identity(). */
extern const oauth2_step_t  oauth2_user_steps[];

/* The same, for administrators: a session or a token of our own login. */
extern const oauth2_step_t  oauth2_admin_steps[];

/* The same, but a bearer token only (OAuth resources). */
extern const oauth2_step_t  oauth2_bearer_steps[];

/* The session cookie or nothing: no failure when there is none. */
extern const oauth2_step_t  oauth2_maybe_steps[];

/*
 * Runs an account operation through the worker, or directly; fills
 * oauth2_outcome().  What it needs is set by oauth2_operation_prepare().
 */
extern const oauth2_step_t  oauth2_operation_steps[];

/*
 * Chooses the operation and its input (a JSON object, without
 * "fingerprint"); makes the operation id, from the Idempotency-Key when
 * there is one; fingerprint is what two requests with the same key must
 * have in common (the secret-free part of the body), digested here.
 */
oauth2_next_e oauth2_operation_run(oauth2_flow_t *f,
    const oauth2_operation_t *operation, oauth2_str_t input,
    oauth2_str_t fingerprint);

/* The operation's own state; the host keeps it. */
typedef struct {
    const oauth2_operation_t  *operation;
    const oauth2_activity_t   *activity;
    oauth2_str_t               id;
    oauth2_str_t               input;
} oauth2_operation_state_t;

oauth2_operation_state_t *oauth2_operation_state(oauth2_flow_t *f);


/* The parts of a fingerprint, each ended by a zero byte; an absent one
 * differs from an empty one.  Absent without memory. */
oauth2_str_t oauth2_operation_join_n(oauth2_flow_t *f,
    const oauth2_str_t *parts, size_t n);

#define oauth2_operation_join(f, ...)                                        \
    oauth2_operation_join_n(f, (const oauth2_str_t[]) { __VA_ARGS__ },       \
                            sizeof((const oauth2_str_t[]) { __VA_ARGS__ })   \
                            / sizeof(oauth2_str_t))

/* A fresh UUIDv7. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_operation_id(oauth2_flow_t *f,
    oauth2_str_t *id);


/* -- shared functions (src/api) ------------------------------------ */

/*
 * Does another site make the browser ask (CSRF)?  By Sec-Fetch-Site, and
 * by an Origin that is neither the issuer's nor the frontend's.
 */
bool oauth2_origin_is_foreign(oauth2_flow_t *f);

/* Does the browser say that a page of ours asks? */
bool oauth2_origin_is_own(oauth2_flow_t *f);

/* The page that asks is the client's own: it may read the answer, without
 * a cookie (cors.c). */
void oauth2_origin_allow(oauth2_flow_t *f);

/* The token of "Authorization: Bearer"; absent when there is none. */
oauth2_str_t oauth2_bearer(oauth2_flow_t *f);

/* Does a page ask whose origin the configuration lists (cors.c)? */
bool oauth2_origin_is_listed(oauth2_flow_t *f);

/*
 * JSON arrays of strings, as the database has them.  next takes the next
 * element of *rest (the whole text at first); false at the end.
 */
bool oauth2_list_next(oauth2_pool_t *pool, oauth2_str_t *rest,
    oauth2_str_t *value);
bool oauth2_list_has(oauth2_pool_t *pool, oauth2_str_t list,
    oauth2_str_t value);

/* Takes a JSON string from the beginning of *rest, decoded, and the blanks
 * around it. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_list_string(oauth2_pool_t *pool,
    oauth2_str_t *rest, oauth2_str_t *value);

/*
 * The id of an authorization transaction: a secret, and what the sign-in
 * must still fulfil.  The database knows the digest of the whole, so that
 * none of it can be taken away in the browser.
 */
typedef struct {
    oauth2_str_t  user_id;           /* id_token_hint; absent: anyone */
    int64_t       auth_time;         /* not before; 0: any */
    bool          consent;           /* ask even when it was given before */
    bool          silent;            /* prompt=none: ask nothing */
} oauth2_ticket_t;

OAUTH2_MUST_USE oauth2_rc_e oauth2_ticket_write(oauth2_flow_t *f,
    const oauth2_ticket_t *ticket, oauth2_str_t *id);

/* OAUTH2_BAD: not of that form. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_ticket_parse(oauth2_str_t id,
    oauth2_ticket_t *ticket);

/* Is there a session, recent enough?  Is it the user that was meant? */
bool oauth2_ticket_is_recent(oauth2_flow_t *f,
    const oauth2_ticket_t *ticket);
bool oauth2_ticket_is_user(oauth2_flow_t *f, const oauth2_ticket_t *ticket);

/* Ends the transaction of this digest with a fresh code (code_issue);
 * remember: the consent was given just now. */
oauth2_next_e oauth2_ticket_issue(oauth2_flow_t *f, oauth2_str_t digest,
    bool remember, oauth2_str_t *code);

/* And answers: to the client, with code, state and iss (RFC 9207). */
oauth2_next_e oauth2_ticket_reply(oauth2_flow_t *f, oauth2_str_t code);

/* oauth2_redirect_errors() with what the last row says. */
void oauth2_ticket_redirect(oauth2_flow_t *f);

/* base64url of the keyed digest of transaction and cookie (that of the
 * session, or of the browser). */
OAUTH2_MUST_USE oauth2_rc_e oauth2_ticket_csrf(oauth2_flow_t *f,
    oauth2_str_t id, oauth2_str_t cookie, oauth2_str_t *csrf);

/* Does a form come from a page that this session was given, for what id
 * says?  csrf is what the form sent. */
bool oauth2_ticket_is_own(oauth2_flow_t *f, oauth2_str_t id,
    oauth2_str_t csrf);

/* 303 to a path of ours with the transaction, and prompt unless NULL. */
oauth2_next_e oauth2_ticket_goto(oauth2_flow_t *f, const char *path,
    oauth2_str_t id, const char *prompt);

/* An authorization request, as it came and as it is understood. */
typedef struct {
    oauth2_str_t     response_type;
    oauth2_str_t     response_mode;
    oauth2_str_t     client_id;
    oauth2_str_t     redirect_uri;
    oauth2_str_t     scope;
    oauth2_str_t     state;
    oauth2_str_t     nonce;
    oauth2_str_t     challenge;
    oauth2_str_t     challenge_method;
    oauth2_str_t     prompt;
    oauth2_str_t     max_age;
    oauth2_str_t     hint;           /* id_token_hint */
    oauth2_str_t     login_hint;
    oauth2_str_t     resource;       /* separated by blanks */
    oauth2_str_t     dpop_jkt;       /* RFC 9449 10 */
    oauth2_str_t     request;
    oauth2_str_t     request_uri;
    oauth2_str_t     claims;         /* JSON (OpenID Connect Core 5.5) */
    oauth2_str_t     transaction;    /* given: this resumes one */
    oauth2_str_t     id;             /* of the transaction, in any case */
    oauth2_str_t     digest;
    oauth2_str_t     code;
    oauth2_ticket_t  ticket;
    oauth2_asked_t   requested;      /* by claims */
    bool             login;          /* prompt=login, now */
    bool             pushed;         /* RFC 9126 */
} oauth2_authorize_t;

#define OAUTH2_PUSHED_PREFIX  "urn:ietf:params:oauth:request_uri:"

extern const oauth2_field_t  oauth2_authorize_fields[];

/* Is it one of the client's?  Reads the row of client_find. */
bool oauth2_authorize_redirect_known(oauth2_flow_t *f,
    const oauth2_authorize_t *auth);

/* The error that its client is told, or NULL.  Reads the row of
 * client_find; fills scope, ticket, requested and login. */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_authorize_check(
    oauth2_flow_t *f, oauth2_authorize_t *auth);

#include "fetch.h"
#include "grant.h"
#include "logout.h"
#include "pages.h"
#include "pop.h"
#include "sign.h"
#include "subject.h"

#endif
