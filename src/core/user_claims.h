/* SPDX-License-Identifier: MIT */

/*
 * Claims about users, by the table in user_claims.def: which of them a scope or
 * the request parameter "claims" (OpenID Connect Core 5.4, 5.5) asks for.
 * Lists of names are texts with blanks between them.
 */

#ifndef OAUTH2_USER_CLAIMS_H
#define OAUTH2_USER_CLAIMS_H

#include "json.h"

/* How a user has signed in: by a password, over a protected transport
 * (SAML 2.0 Authentication Context 3.4.11; RFC 8176 2). */
#define OAUTH2_ACR_PASSWORD                                                  \
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
#define OAUTH2_AMR_PASSWORD  "pwd"

/* What a request asks for; names that are not in the table are left out. */
typedef struct {
    oauth2_str_t  userinfo;
    oauth2_str_t  id_token;
    oauth2_str_t  sub;          /* it must be this user; absent: any */
    bool          unmet;        /* an essential acr that nobody has here */
} oauth2_asked_t;

/*
 * Reads the parameter.  OAUTH2_BAD: it is no JSON, a member is not what
 * Core 5.5.1 says, or two users are asked for at once.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_user_claims_parse(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_asked_t *claims);

/* The names that none of the scopes is for, each once, without those that
 * are not in the table. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_user_claims_beyond(oauth2_pool_t *pool,
    const oauth2_asked_t *claims, oauth2_str_t scope, oauth2_str_t *names);

/* Writes the claims that the scopes are for, or that are named, as far as
 * values, a JSON object, has them. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_user_claims_write(oauth2_json_t *j,
    oauth2_str_t values, oauth2_str_t scope, oauth2_str_t names);

/*
 * Writes the members of an object, a user's profile, into an open one,
 * without the claims that none of the scopes is for.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_user_claims_filter(oauth2_json_t *j,
    oauth2_str_t object, oauth2_str_t scope);

/* Writes all names into an array of the document. */
void oauth2_user_claims_write_names(oauth2_json_t *j);

#endif
