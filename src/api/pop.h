/* SPDX-License-Identifier: MIT */

/*
 * Proof of possession: tokens that are bound to a key of the client, by
 * DPoP (RFC 9449) or by the certificate of its TLS connection (RFC 8705).
 * A part of api.h, which includes it.
 *
 * What a token is bound to stands in its family's parameters as "cnf".
 */

#ifndef OAUTH2_POP_H
#define OAUTH2_POP_H

#define OAUTH2_TARGETS_MAX  8

/* What this request has proved so far; the host keeps it, zeroed. */
typedef struct {
    oauth2_str_t  jkt;           /* of a proof's key; absent: no proof */
    oauth2_str_t  digest;        /* of the proof, which is good once */
    int64_t       lifetime;      /* seconds to remember it */
    void         *row;           /* the last one before it was used */
    bool          scheme;        /* a token came as "DPoP" */
    oauth2_str_t  x5t;           /* of the certificate that binds */
    bool          verified;      /* its chain was, by nginx */

    oauth2_certificate_t  *certificate;
} oauth2_pop_t;

oauth2_pop_t *oauth2_pop(oauth2_flow_t *f);

/* The request's method, as it came; that of the main request, where this
 * one asks on its behalf (auth_request). */
oauth2_str_t oauth2_method(oauth2_flow_t *f);

/* The URIs that this request may be for, all of them by configuration and
 * by the path that was asked for; never by Host.  How many there are. */
size_t oauth2_targets(oauth2_flow_t *f,
    oauth2_str_t uris[OAUTH2_TARGETS_MAX]);

/*
 * The certificate that the client showed to this server in TLS, as PEM, and
 * whether nginx has verified it.  OAUTH2_NONE: it showed none.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_peer(oauth2_flow_t *f, oauth2_str_t *pem,
    bool *verified);

/* The same, read; it is read once. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_pop_certificate(oauth2_flow_t *f,
    oauth2_certificate_t **certificate);

/* How many headers of this lower-case name there are. */
size_t oauth2_header_count(oauth2_flow_t *f, const char *name);

/*
 * Reads and checks the proof in the header DPoP, if there is one; answers
 * the error, or NULL, and fills oauth2_pop().  With an access token it is
 * that of a resource, where there must be one.
 */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_proof_check(oauth2_flow_t *f,
    oauth2_str_t access_token);

/* Two steps that let a proof pass once (RFC 9449 11.1), after it was
 * checked.  The last row is the same before and after them. */
oauth2_next_e oauth2_proof_use(oauth2_flow_t *f);
oauth2_next_e oauth2_proof_used(oauth2_flow_t *f);

/* All three for endpoints of the authorization server, where a proof binds
 * what is issued. */
extern const oauth2_step_t  oauth2_proof_steps[];

/* The token of "Authorization: Bearer" or "DPoP"; absent when there is
 * none. */
oauth2_str_t oauth2_pop_token(oauth2_flow_t *f);

/* Has the client proved what it was registered to prove always?  NULL, or
 * the error. */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_pop_require(oauth2_flow_t *f);

/* Writes the member "cnf" of what is issued, if it is bound. */
void oauth2_pop_write(oauth2_flow_t *f, oauth2_json_t *j);
bool oauth2_pop_is_bound(oauth2_flow_t *f);

/* May this request use a token with these parameters?  NULL, or the
 * error: a bound token works with its key only. */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_pop_check(oauth2_flow_t *f,
    oauth2_str_t parameters);

/* "cnf" of a token's parameters; absent when it is not bound. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_pop_find(oauth2_flow_t *f,
    oauth2_str_t parameters, oauth2_str_t *cnf);

/* RFC 6749 7.1: "DPoP" when it is bound to a proof's key. */
const char *oauth2_pop_type(oauth2_flow_t *f, oauth2_str_t cnf);

/* tls_client_certificate_bound_access_tokens and mtls_endpoint_aliases,
 * with oauth2_mtls_url. */
void oauth2_discovery_mtls(oauth2_flow_t *f, oauth2_json_t *j);

#endif
