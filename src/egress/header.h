/* SPDX-License-Identifier: MIT */

/* What headers of foreign answers say.  Pure, for tests and fuzzers. */

#ifndef OAUTH2_EGRESS_HEADER_H
#define OAUTH2_EGRESS_HEADER_H

#include "../core/base.h"

/*
 * Takes a line of an answer's head: Cache-Control makes max_age what it
 * says (RFC 9111 5.2.2), the shortest of several; 0 for what may not be
 * kept.  -1 at first.
 */
void oauth2_egress_header_age(oauth2_str_t line, int64_t *max_age);

/* May a document have this Content-Type (RFC 9110 8.3.1)?  Absent: yes. */
bool oauth2_egress_header_type(oauth2_str_t value);

#endif
