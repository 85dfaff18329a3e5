/* SPDX-License-Identifier: MIT */

/*
 * The end of a session, as applications hear of it.  A part of api.h, which
 * includes it.
 */

#ifndef OAUTH2_API_LOGOUT_H
#define OAUTH2_API_LOGOUT_H

/* What a client knows a session by, the claim "sid"; absent without a
 * session. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_sid(oauth2_flow_t *f,
    oauth2_str_t client_id, oauth2_str_t session_id, oauth2_str_t *sid);

/* There may be notices of a logout: have them sent. */
void oauth2_logout_kick(oauth2_flow_t *f);

/* The logout token (Back-Channel Logout 1.0 2.4) of a notice, the row of
 * logout_claim.  OAUTH2_BAD: no key signs for this client. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_logout_token(oauth2_flow_t *f,
    oauth2_str_t *token);

/*
 * Front-Channel Logout 1.0.  apps: the items of session_clients_find.
 * needed: is there any?  reply: answers with a page that opens them, and
 * goes on to the URI unless it is absent.
 */
bool oauth2_frontchannel_needed(oauth2_str_t apps);
oauth2_next_e oauth2_frontchannel_reply(oauth2_flow_t *f, oauth2_str_t apps,
    oauth2_str_t session_id, oauth2_str_t uri);

#endif
