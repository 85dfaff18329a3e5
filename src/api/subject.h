/* SPDX-License-Identifier: MIT */

/*
 * Who a user is for a client (OpenID Connect Core 8).  A part of api.h,
 * which includes it.
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

#endif
