/* SPDX-License-Identifier: MIT */

/*
 * Who a user is for a client (OpenID Connect Core 8), and which claims it
 * asked for (5.5).  A part of api.h, which includes it.
 *
 * Whatever a client is told or tells as "sub" goes through here.  metadata
 * are the client's as client_find and token_find answer them (absent: our
 * own pages), of which a pairwise client's have a sector_identifier.
 */

#ifndef OAUTH2_API_SUBJECT_H
#define OAUTH2_API_SUBJECT_H

/* The user's id, or the pairwise subject of the client's sector. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_subject(oauth2_flow_t *f,
    oauth2_str_t metadata, oauth2_str_t user_id, oauth2_str_t *sub);

/* The way back; it may be nobody's id.  OAUTH2_BAD: this client was never
 * told such a subject. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_subject_find(oauth2_flow_t *f,
    oauth2_str_t metadata, oauth2_str_t sub, oauth2_str_t *user_id);

/*
 * The request parameter "claims" becomes auth->requested, and the user it
 * names the ticket's.  Answers the error, or NULL.  Of a request that is
 * none of OpenID Connect's it is not looked at.  Reads the row of
 * client_find; scope must be known.
 */
OAUTH2_MUST_USE const oauth2_error_t *oauth2_user_claims_check(oauth2_flow_t *f,
    oauth2_authorize_t *auth);

/*
 * What remains of it with the tokens is the member "claims" of their
 * parameters: {"userinfo": names, "id_token": names, "beyond": names that
 * no scope is for, about which the user is asked}.  keep adds it to an open
 * object, unless nothing was requested; kept answers one of the lists,
 * absent when it is not there.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_user_claims_keep(oauth2_flow_t *f,
    oauth2_json_t *j, const oauth2_authorize_t *auth);
OAUTH2_MUST_USE oauth2_rc_e oauth2_user_claims_kept(oauth2_flow_t *f,
    oauth2_str_t parameters, const char *list, oauth2_str_t *names);

#endif
