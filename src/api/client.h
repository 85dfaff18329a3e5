/* SPDX-License-Identifier: MIT */

/* A part of api.h, which includes it: who a client is, and its proof. */

#ifndef OAUTH2_CLIENT_H
#define OAUTH2_CLIENT_H

#define OAUTH2_CLIENT_ID_MAX  255

/* Which client asks, filled by the guard oauth2_client_steps. */
typedef struct {
    oauth2_str_t     client_id;
    oauth2_str_t     grant_types;      /* JSON array */
    oauth2_str_t     scope;
    oauth2_str_t     metadata;         /* JSON object */
    oauth2_str_t     resource;         /* may come several times (RFC 8707) */
    oauth2_str_t     secret;           /* as sent; the guard takes it away */
    oauth2_str_t     assertion;        /* a JWT (RFC 7523 2.2) */
    oauth2_str_t     assertion_type;
    oauth2_jwt_t     jwt;              /* what it signed, taken apart */
    oauth2_claims_t  claims;
    oauth2_rc_e      signature;        /* of that */
    oauth2_str_t     jwks_uri;
    void            *row;              /* of client_find */
    bool             is_public;
} oauth2_client_t;

/* Client authentication by Basic, body or assertion; fills
 * oauth2_client().  The last row is then that of client_find. */
extern const oauth2_step_t  oauth2_client_steps[];

/* invalid_client, whatever the reason was (RFC 6749 5.2). */
oauth2_next_e oauth2_client_refuse(oauth2_flow_t *f);

/* How this client authenticates, by the row of client_find, is it there. */
bool oauth2_client_method_is(oauth2_flow_t *f, const char *method);

/*
 * Has this client signed oauth2_client(f)->jwt, with a key of its metadata,
 * or of its jwks_uri (waits), or with its secret for HS256?  By the row of
 * client_find.  signature is then OAUTH2_OK; OAUTH2_NONE: the client has no
 * such key; OAUTH2_BAD: no.
 */
extern const oauth2_step_t  oauth2_signature_steps[];

/* The key that its secret is, by the row of client_find.  OAUTH2_NONE: the
 * secret is not kept. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_client_secret_key(oauth2_flow_t *f,
    oauth2_key_t **key);

/* May it sign with this algorithm, by the member of its metadata, if that
 * is there?  OAUTH2_NONE: no, as for RS256 of a client of FAPI 2.0 (5.4). */
OAUTH2_MUST_USE oauth2_rc_e oauth2_client_alg(oauth2_flow_t *f,
    const char *member, oauth2_alg_e alg);

/* Is the flag of a client's metadata set? */
bool oauth2_client_flag(oauth2_flow_t *f, oauth2_str_t metadata,
    const char *name);

/* Has the operator said that it is a client of FAPI 2.0? */
bool oauth2_client_is_fapi2(oauth2_flow_t *f, oauth2_str_t metadata);

/*
 * An assertion instead of a secret.  read takes it apart, before anything
 * of it is trusted: it says which client this is.  NULL, or the error.  The
 * steps check it by the row of client_find; what they let pass is used up.
 */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_assertion_read(
    oauth2_flow_t *f);
extern const oauth2_step_t  oauth2_assertion_steps[];

/*
 * An authorization request that comes as a request object: takes its
 * parameters into the endpoint's state, which begins with an
 * oauth2_authorize_t, and refuses an unsigned one of a client that must
 * sign.  By the row of client_find; may wait.
 */
extern const oauth2_step_t  oauth2_request_steps[];

/* Does this client authenticate by a certificate (RFC 8705)?  The steps
 * check the one of the connection by the row of client_find. */
bool oauth2_client_has_certificate(oauth2_flow_t *f);
extern const oauth2_step_t  oauth2_certificate_steps[];

#endif
