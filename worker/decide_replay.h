/* SPDX-License-Identifier: MIT */

/*
 * What the two halves of decide.h share.
 */

#ifndef OAUTH2_DECIDE_REPLAY_H
#define OAUTH2_DECIDE_REPLAY_H

#include "decide.h"


/* The current row of the table; NULL at its end. */
const oauth2_activity_t *oauth2_decide_row(const oauth2_decide_t *d);

/* The current row came to this JSON object: merges it, goes on. */
oauth2_decide_e oauth2_decide_took(oauth2_decide_t *d, oauth2_str_t result);

#endif
