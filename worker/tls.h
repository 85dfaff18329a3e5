/* SPDX-License-Identifier: MIT */

/*
 * TLS towards Temporal (OpenSSL below libevent): the server's certificate
 * and name are always checked, the protocol must be h2 (RFC 7301), and the
 * worker may show a certificate of its own (mTLS).
 *
 * The files are read again for each connection, so that renewed ones are
 * taken up without a restart.
 */

#ifndef OAUTH2_TLS_H
#define OAUTH2_TLS_H

#include <event2/event.h>

#include "conf.h"

/*
 * Are the files there and good?  OAUTH2_BAD: a sentence was logged.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_tls_check(const oauth2_conf_t *conf);

/*
 * A bufferevent that will connect to host, or to whoever the configuration
 * says that its certificate must name.  NULL after a line in the log.
 */
struct bufferevent *oauth2_tls_create(const oauth2_conf_t *conf,
    struct event_base *base, const char *host);

/* Has the connected server agreed to h2? */
bool oauth2_tls_is_h2(struct bufferevent *bev);

/* Why it failed; NULL when TLS has nothing to say about it.  A constant. */
const char *oauth2_tls_reason(struct bufferevent *bev);

#endif
