/* SPDX-License-Identifier: MIT */

/*
 * Requests to the servers of clients: documents that they name (jwks_uri,
 * request_uri, sector_identifier_uri) and endpoints of theirs that are told
 * something (logout).  The URLs are foreign, so whoever registers a client
 * could have us ask anything that we can reach:
 *
 * - https only; http where oauth2_egress_allow names the address;
 * - the address that a connection is really made to is checked, not one
 *   that a name had before; it is one of the internet, or allowed;
 * - no redirects, proxies, cookies, credentials or reused connections;
 * - bounded: the time of all of it, the bytes of head and body;
 * - TLS 1.2 and a certificate that the system, or ca_file, trusts.
 *
 * These functions BLOCK, for as long as the timeout says: they belong on a
 * thread.  They keep no state between calls and may run on several threads
 * at once.
 */

#ifndef OAUTH2_EGRESS_H
#define OAUTH2_EGRESS_H

#include "../core/address.h"
#include "../core/pool.h"

#define OAUTH2_EGRESS_MAX         65536   /* bytes of a document */
#define OAUTH2_EGRESS_URL_MAX     2048
#define OAUTH2_EGRESS_HOST_MAX    256     /* with its NUL */
#define OAUTH2_EGRESS_REASON_MAX  128     /* with its NUL */

/* Const while requests run; ca_file is terminated. */
typedef struct {
    const oauth2_cidr_t  *allow;
    size_t                nallow;
    const char           *ca_file;      /* beside the system's; or NULL */
    unsigned              timeout;      /* ms for everything; 0: 5000 */
} oauth2_egress_conf_t;

typedef enum {
    OAUTH2_EGRESS_OK = 0,
    OAUTH2_EGRESS_AWAY,         /* no answer, or 5xx: it may help to wait */
    OAUTH2_EGRESS_REFUSED       /* not asked, or not with such an answer */
} oauth2_egress_rc_e;

/* host and reason are for the log, and never hold more of the URL. */
typedef struct {
    oauth2_str_t  text;         /* of the answer; in the pool */
    long          status;       /* 0: there was none */
    int64_t       max_age;      /* seconds, of Cache-Control; -1: not said */
    char          host[OAUTH2_EGRESS_HOST_MAX];
    char          reason[OAUTH2_EGRESS_REASON_MAX];
} oauth2_egress_reply_t;


/*
 * Asks for a document.  OK: status 200, and a type that is no page, image
 * or the like; the text is in the pool, which no other thread may use
 * meanwhile.  Otherwise reason says why not.  Blocks.
 */
oauth2_egress_rc_e oauth2_egress_get(const oauth2_egress_conf_t *conf,
    oauth2_pool_t *pool, oauth2_str_t url, oauth2_egress_reply_t *reply);

/*
 * Sends a form (application/x-www-form-urlencoded).  OK: status 200 or
 * 204.  Blocks.
 */
oauth2_egress_rc_e oauth2_egress_post(const oauth2_egress_conf_t *conf,
    oauth2_pool_t *pool, oauth2_str_t url, oauth2_str_t form,
    oauth2_egress_reply_t *reply);

/* Can the URL be asked at all: https (or http), a host, no user, bytes of
 * RFC 3986, no more than OAUTH2_EGRESS_URL_MAX of them? */
bool oauth2_egress_check_url(oauth2_str_t url);

/* Once per process, before threads start (curl_global_init); and the end. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_egress_init(void);
void oauth2_egress_done(void);

#endif
