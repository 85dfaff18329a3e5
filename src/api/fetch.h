/* SPDX-License-Identifier: MIT */

/*
 * A part of api.h, which includes it: documents of clients (jwks_uri,
 * request_uri, sector_identifier_uri), fetched as src/egress/egress.h says,
 * on a thread, and kept for a while by each worker process.
 *
 * A document is kept as long as its Cache-Control allows, but at least a
 * minute and at most an hour (five minutes if it says nothing), and that it
 * cannot be had for five seconds.  A kept one is used for an hour longer
 * while its server is away.  Who asks for one that is being fetched waits
 * for the same fetch.
 */

#ifndef OAUTH2_FETCH_H
#define OAUTH2_FETCH_H

/*
 * Finds the document (may wait, for some seconds).  Never fails the flow
 * for the document's sake: the next step looks at oauth2_fetched().  The
 * URI stays the caller's and is copied.
 */
oauth2_next_e oauth2_fetch(oauth2_flow_t *f, oauth2_str_t uri);

/*
 * The same, for who misses something in the document, such as a key: it is
 * fetched again unless that was tried in the last half minute.
 */
oauth2_next_e oauth2_fetch_fresh(oauth2_flow_t *f, oauth2_str_t uri);

/* The same, fetched in any case (with those who wait for it already): for
 * what each caller pays for, as by a registration. */
oauth2_next_e oauth2_fetch_now(oauth2_flow_t *f, oauth2_str_t uri);

/* The text of the last one, in the flow's pool, as it came: no more than 64
 * kB of anything.  Absent when there is none; the log says why. */
oauth2_str_t oauth2_fetched(oauth2_flow_t *f);

#endif
