/* SPDX-License-Identifier: MIT */

/*
 * The documents that a worker process keeps: fetch_cache.c has them,
 * fetch.c gets them.
 *
 * An entry belongs to one URI.  While it is fetched (pending) it stays,
 * with those who wait for it; else it may go for another one, the one that
 * was not used for longest first.  Nobody holds on to one that is not
 * pending.
 */

#ifndef NGX_HTTP_OAUTH2_FETCH_H
#define NGX_HTTP_OAUTH2_FETCH_H

#include "http.h"

struct ngx_http_oauth2_fetches_s {
    ngx_queue_t  entries;              /* used last first */
    ngx_uint_t   nentries;
    ngx_uint_t   tasks;                /* under way */
    size_t       bytes;
};

/* Times are seconds of ngx_current_msec, which only goes forward. */
typedef struct {
    ngx_queue_t                queue;
    ngx_queue_t                waiters;
    ngx_http_oauth2_egress_t  *egress;
    ngx_str_t                  uri;
    ngx_str_t                  text;       /* data NULL: none */
    ngx_msec_t                 tried;      /* the end of the last fetch */
    ngx_msec_t                 retry;      /* not before */
    ngx_msec_t                 expires;    /* of the text */
    ngx_uint_t                 hash;
    ngx_uint_t                 host;       /* a hash, too */
    unsigned                   known:1;    /* it was tried */
    unsigned                   pending:1;
} ngx_http_oauth2_document_t;


/* Finds or makes the entry.  NULL: no memory, no room, or no URI that can
 * be fetched. */
ngx_http_oauth2_document_t *ngx_http_oauth2_document(
    ngx_http_oauth2_egress_t *egress, oauth2_str_t uri);

/* Keeps a text for so many seconds (those that the server said, or -1);
 * other entries may go for it. */
void ngx_http_oauth2_document_keep(ngx_http_oauth2_document_t *d,
    oauth2_str_t text, int64_t age);

/* The fetch has failed; the text that there is stays for a while. */
void ngx_http_oauth2_document_fail(ngx_http_oauth2_document_t *d);

/* Should it be fetched now?  fresh: the asker misses something. */
ngx_uint_t ngx_http_oauth2_document_due(ngx_http_oauth2_document_t *d,
    ngx_uint_t fresh);

/* May its text still be used? */
ngx_uint_t ngx_http_oauth2_document_usable(ngx_http_oauth2_document_t *d);

/* Are there too many fetches under way for another one of its host? */
ngx_uint_t ngx_http_oauth2_document_busy(ngx_http_oauth2_document_t *d);

#endif
