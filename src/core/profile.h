/* SPDX-License-Identifier: MIT */

/*
 * What users tell of themselves beyond their names: the claims of
 * user_claims.def that can be set.
 */

#ifndef OAUTH2_PROFILE_H
#define OAUTH2_PROFILE_H

#include "field.h"
#include "json.h"

/*
 * Takes these claims out of a JSON object and writes them into an open one,
 * checked and without blanks around them: null where it is null, empty or
 * an address of nothing, which clears it.  What is not acceptable is
 * complained about and left out.  OAUTH2_BAD: the text is no JSON object.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_profile_read(oauth2_pool_t *pool,
    oauth2_str_t text, oauth2_json_t *j, oauth2_complaint_t **complaints);

#endif
