/* SPDX-License-Identifier: MIT */

/*
 * The documents of clients that a process keeps, and when they are fetched
 * again.  Pure: no clock (now is in seconds of any clock that only goes
 * forward) and no fetching, which is the host's.
 *
 * A document belongs to one URI.  While it is fetched (pending) it stays;
 * else it may go for another one, the one that was not used for longest
 * first.  So nobody holds on to one that is not pending.
 *
 *     d = oauth2_document_find(documents, uri);
 *     if (oauth2_document_due(d, fresh, now)
 *         && oauth2_document_start(documents, d)) { ... fetch ... }
 *
 * ends with oauth2_document_keep() or oauth2_document_fail().
 */

#ifndef OAUTH2_DOCUMENTS_H
#define OAUTH2_DOCUMENTS_H

#include "../core/pool.h"

#define OAUTH2_DOCUMENTS_MAX  512

typedef struct {
    oauth2_str_t    uri;
    oauth2_str_t    text;          /* absent: there is none */
    bool            pending;
    void           *data;          /* the host's, while it is pending */

    bool            known;         /* it was tried */
    int64_t         tried;         /* the end of the last fetch */
    int64_t         retry;         /* not before */
    int64_t         expires;       /* of the text */
    uint64_t        used;
    oauth2_pool_t  *pool;
    oauth2_pool_t  *text_pool;
} oauth2_document_t;

typedef struct {
    size_t              n;
    size_t              bytes;     /* of all texts */
    size_t              pending;
    uint64_t            uses;
    oauth2_document_t  *all[OAUTH2_DOCUMENTS_MAX];
} oauth2_documents_t;


/* An empty one; ends with all its documents, none of which is pending. */
void oauth2_documents_init(oauth2_documents_t *documents);
void oauth2_documents_done(oauth2_documents_t *documents);

/* Finds or makes it.  NULL: no memory, or no URI that can be fetched. */
oauth2_document_t *oauth2_document_find(oauth2_documents_t *documents,
    oauth2_str_t uri);

/* Should it be fetched now?  fresh: who asks misses something in it. */
bool oauth2_document_due(const oauth2_document_t *d, bool fresh,
    int64_t now);

/* Makes it pending; false when too many are, of all or of its host. */
bool oauth2_document_start(oauth2_documents_t *documents,
    oauth2_document_t *d);

/* The fetch has ended: age is what the server said of it in seconds, or -1.
 * Without memory there is no text. */
void oauth2_document_keep(oauth2_documents_t *documents,
    oauth2_document_t *d, oauth2_str_t text, int64_t age, int64_t now);

/* Likewise; the text that there is stays for a while. */
void oauth2_document_fail(oauth2_documents_t *documents,
    oauth2_document_t *d, int64_t now);

/* May the text be used? */
bool oauth2_document_usable(const oauth2_document_t *d, int64_t now);

#endif
