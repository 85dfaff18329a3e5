/* SPDX-License-Identifier: MIT */

/* A part of api.h, which includes it: the registration of clients. */

#ifndef OAUTH2_REGISTRATION_H
#define OAUTH2_REGISTRATION_H

/* Who may register a client (oauth2_registration). */
typedef enum {
    OAUTH2_REGISTRATION_OFF = 0,
    OAUTH2_REGISTRATION_TOKEN,       /* who has the initial access token */
    OAUTH2_REGISTRATION_OPEN
} oauth2_registration_e;

/* The discovery document, which is also what a client may register for. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_discovery_write(oauth2_flow_t *f,
    oauth2_str_t *text);

/*
 * A registration under way (RFC 7591, 7592): who asks, by the query and the
 * bearer token, and what the body says.
 */
typedef struct {
    oauth2_str_t       client_id;
    oauth2_str_t       token;            /* registration access token */
    oauth2_str_t       token_digest;
    oauth2_str_t       secret;           /* to be told; may be absent */
    oauth2_str_t       secret_digest;
    oauth2_str_t       sealed;           /* absent: it need not be */
    oauth2_str_t       given_secret;     /* as the client sent it */
    oauth2_metadata_t  metadata;
} oauth2_registration_t;

/* For the management endpoints: the client that is named, and the digest of
 * the token.  NULL, or the error. */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_registration_read(
    oauth2_flow_t *f, oauth2_registration_t *registration);

/* Checks the metadata in the body, which was read before; the complaint is
 * made.  NULL, or the error. */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_registration_check(
    oauth2_flow_t *f, oauth2_registration_t *registration);

/* What follows: the redirect URIs against sector_identifier_uri. */
extern const oauth2_step_t  oauth2_registration_sector_steps[];

/* A fresh secret and its digest. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_registration_secret(oauth2_flow_t *f,
    oauth2_str_t *secret, oauth2_str_t *digest);

/* A secret for a client, by its metadata, with what is kept of it; nothing
 * for one that has none. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_registration_make_secret(
    oauth2_flow_t *f, oauth2_registration_t *registration);

/* Answers what is registered, by the last row (RFC 7591 3.2.1). */
oauth2_next_e oauth2_registration_reply(oauth2_flow_t *f, unsigned status,
    const oauth2_registration_t *registration);

#endif
