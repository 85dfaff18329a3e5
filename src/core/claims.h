/* SPDX-License-Identifier: MIT */

/*
 * Claims of tokens that somebody else has signed: a client that
 * authenticates (RFC 7523 3), a request object (RFC 9101 4).  Nothing here
 * is about the signature, and nothing waits.
 */

#ifndef OAUTH2_CLAIMS_H
#define OAUTH2_CLAIMS_H

#include "pool.h"

#define OAUTH2_CLAIMS_LEEWAY  60    /* seconds that clocks may differ */

/* Times are OAUTH2_CLAIMS_NEVER, texts null strings, when they are not
 * there.  Seconds may have a fraction (RFC 7519 2), which is cut off. */
#define OAUTH2_CLAIMS_NEVER  (-1)

typedef struct {
    oauth2_str_t  iss;
    oauth2_str_t  sub;
    oauth2_str_t  jti;
    oauth2_str_t  aud;          /* a string, or the text of an array */
    bool          aud_list;
    int64_t       exp;
    int64_t       nbf;
    int64_t       iat;
} oauth2_claims_t;


/* Reads the JSON object of a token.  OAUTH2_BAD: a claim that is read here
 * has another type than RFC 7519 4.1 gives it. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_claims_read(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_claims_t *claims);

/*
 * May it be used at this time?  longest is how many seconds from now exp
 * may be at most.  What is not there is for the caller.  NULL, or a word
 * for the log.
 */
const char *oauth2_claims_check_time(const oauth2_claims_t *claims,
    int64_t now, int64_t longest);

/*
 * Is it for one of these names?  others: it may be for somebody else too,
 * who can then use the token as well as we can.  OAUTH2_BAD: no.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_claims_check_audience(
    oauth2_pool_t *pool, const oauth2_claims_t *claims,
    const oauth2_str_t *names, size_t n, bool others);

/*
 * Is this the typ of a token's header?  RFC 7515 4.1.9: "application/" may
 * be left out, and case does not matter.
 */
bool oauth2_claims_check_type(oauth2_str_t given, const char *typ);

#endif
