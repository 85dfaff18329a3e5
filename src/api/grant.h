/* SPDX-License-Identifier: MIT */

/*
 * Tokens: issuing them, reading those that clients show, and the grants of
 * the token endpoint.  A part of api.h, which includes it.
 */

#ifndef OAUTH2_GRANT_H
#define OAUTH2_GRANT_H

#define OAUTH2_CLAIMS_MAX  16384    /* bytes of the claims of a token */

/*
 * Tokens that are about to be issued.  init makes the token id and, when
 * it is wanted, the refresh token with its digest; the rest is filled from
 * the row that the issuing function answered.
 */
typedef struct {
    oauth2_str_t  token_id;          /* jti */
    oauth2_str_t  refresh;           /* absent: none is issued */
    oauth2_str_t  refresh_digest;
    oauth2_str_t  subject;           /* the user, or the client */
    oauth2_str_t  client_id;
    oauth2_str_t  session_id;        /* absent for a client's own */
    oauth2_str_t  scope;
    oauth2_str_t  nonce;
    oauth2_str_t  profile;           /* JSON; the answer's member "user" */
    oauth2_str_t  parameters;        /* JSON, of the token's family */
    oauth2_str_t  issued_type;       /* RFC 8693 2.2.1; else absent */
    oauth2_str_t  claims;            /* about the user, JSON; or absent */
    int64_t       auth_time;         /* 0: no user */
    int64_t       expires_at;        /* 0: after the configured lifetime */
} oauth2_issue_t;

OAUTH2_MUST_USE oauth2_rc_e oauth2_issue_init(oauth2_flow_t *f,
    oauth2_issue_t *issue, bool refresh);

/*
 * The same for the successor of a refresh token: token id and refresh
 * token are derived from it by the server's key, so that a request that is
 * sent again because its answer was lost is answered with the same.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_issue_succeed(oauth2_flow_t *f,
    oauth2_issue_t *issue, oauth2_str_t refresh_token);

/* Fills user, session, scope, time and parameters from the last row. */
void oauth2_issue_row(oauth2_flow_t *f, oauth2_issue_t *issue);

/* Signs the access token, and an ID token for an app that asked for
 * "openid", and answers 200 (RFC 6749 5.1). */
oauth2_next_e oauth2_issue_reply(oauth2_flow_t *f,
    const oauth2_issue_t *issue);

/* Seconds that the access token will live from now on. */
int64_t oauth2_issue_lifetime(oauth2_flow_t *f, const oauth2_issue_t *issue);

/* The tokens themselves; access is what the hash in an ID token is of. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_issue_access(oauth2_flow_t *f,
    const oauth2_issue_t *issue, oauth2_str_t *token);
OAUTH2_MUST_USE oauth2_rc_e oauth2_issue_id(oauth2_flow_t *f,
    const oauth2_issue_t *issue, oauth2_str_t access, oauth2_str_t *token);

/*
 * Resource indicators (RFC 8707): a list of URIs, separated by blanks, in
 * which we ourselves are "self", so that another issuer name does not
 * change whom a token is for.  check answers the error, or NULL, and
 * replaces *list by that form; what a client may name is in its metadata
 * as "resources", and ourselves.
 */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_resource_check(
    oauth2_flow_t *f, oauth2_str_t metadata, oauth2_str_t *list);

/* The same for a token exchange (RFC 8693 2.1), which has an audience as
 * well: names that need not be URIs, added to *list. */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_audience_check(
    oauth2_flow_t *f, oauth2_str_t metadata, oauth2_str_t audience,
    oauth2_str_t *list);

/* For what is issued: {"audience": list}, and the key that it is bound to
 * (pop.h); absent when there is neither. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_resource_parameters(oauth2_flow_t *f,
    oauth2_str_t list, oauth2_str_t *parameters);

/* Whom a token with these parameters is for: writes the member "aud"; is
 * it for this resource (absent: for us)? */
OAUTH2_MUST_USE oauth2_rc_e oauth2_resource_write(oauth2_flow_t *f,
    oauth2_json_t *j, oauth2_str_t parameters);
bool oauth2_resource_is_for(oauth2_flow_t *f, oauth2_str_t parameters,
    oauth2_str_t audience);

/* Writes "act" of a token with these parameters, of the client with this
 * metadata, if somebody acts (RFC 8693 4.1); "may_act" (4.4) if the
 * operator says so of the client. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_actor_write(oauth2_flow_t *f,
    oauth2_json_t *j, oauth2_str_t metadata, oauth2_str_t parameters);
OAUTH2_MUST_USE oauth2_rc_e oauth2_actor_write_may(oauth2_flow_t *f,
    oauth2_json_t *j);

/* An info line: which client has got a token for whose. */
void oauth2_log_exchange(oauth2_flow_t *f, const oauth2_issue_t *issue);

/*
 * A token that a client shows: the id of an access token of ours, or the
 * digest of what may be a refresh token; the other one is absent.
 * OAUTH2_BAD: a JWT that is not ours, or expired; OAUTH2_NONE as
 * oauth2_verify() has it.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_token_read(oauth2_flow_t *f,
    oauth2_str_t token, oauth2_str_t *id, oauth2_str_t *digest);

/* The parameters of RFC 8693 2.1. */
typedef struct {
    oauth2_str_t  audience;          /* may come several times */
    oauth2_str_t  requested_token_type;
    oauth2_str_t  subject_token;
    oauth2_str_t  subject_token_type;
    oauth2_str_t  actor_token;
    oauth2_str_t  actor_token_type;
} oauth2_exchange_t;

/* The same of an access token only; claims are those of a JWT, else
 * absent. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_token_read_access(oauth2_flow_t *f,
    oauth2_str_t token, oauth2_str_t *id, oauth2_str_t *claims);

/* Answers what introspection has found, to the client that asks: as JSON,
 * or signed (RFC 9701). */
oauth2_next_e oauth2_introspect_answer(oauth2_flow_t *f, oauth2_json_t *j);

/* The grants of the token endpoint, entered by token.c; their state is
 * the endpoint's. */
typedef struct {
    oauth2_str_t       grant_type;
    oauth2_str_t       code;
    oauth2_str_t       redirect_uri;
    oauth2_str_t       code_verifier;
    oauth2_str_t       refresh_token;
    oauth2_str_t       device_code;
    oauth2_str_t       scope;
    oauth2_str_t       resource;
    oauth2_exchange_t  exchange;
    oauth2_issue_t     issue;
} oauth2_grant_t;

extern const oauth2_step_t  oauth2_grant_code_steps[];
extern const oauth2_step_t  oauth2_grant_refresh_steps[];
extern const oauth2_step_t  oauth2_grant_client_steps[];
extern const oauth2_step_t  oauth2_grant_device_steps[];
extern const oauth2_step_t  oauth2_grant_exchange_steps[];

#define OAUTH2_GRANT_DEVICE  "urn:ietf:params:oauth:grant-type:device_code"
#define OAUTH2_GRANT_EXCHANGE                                                \
    "urn:ietf:params:oauth:grant-type:token-exchange"

#endif
