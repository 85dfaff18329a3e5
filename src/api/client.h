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
    oauth2_jwt_t     jwt;              /* the assertion, taken apart */
    oauth2_claims_t  claims;
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
 * Has this client signed it, with a key of its metadata, or its secret for
 * HS256?  By the row of client_find.  OAUTH2_NONE: the client has no such
 * key; OAUTH2_BAD: no.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_client_signed(oauth2_flow_t *f,
    const oauth2_jwt_t *jwt);

/* May it sign with this algorithm, by the member of its metadata, if that
 * is there?  OAUTH2_NONE: no. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_client_alg(oauth2_flow_t *f,
    const char *member, oauth2_alg_e alg);

/*
 * An assertion instead of a secret.  read takes it apart, before anything
 * of it is trusted: it says which client this is.  NULL, or the error.  The
 * steps check it by the row of client_find; what they let pass is used up.
 */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_assertion_read(
    oauth2_flow_t *f);
extern const oauth2_step_t  oauth2_assertion_steps[];

#endif
