/* SPDX-License-Identifier: MIT */

/*
 * Documents as a process keeps them.
 *
 * Fetches under way at once are bounded, all and per host, so that they
 * cannot take the threads that something else needs, nor one slow host all
 * of them.
 */

#include "documents.h"
#include "egress.h"
#include "../core/str.h"
#include "../core/uri.h"

#define DOCUMENTS_BYTES    4194304     /* of all texts */
#define DOCUMENTS_PENDING  16
#define DOCUMENTS_HOST     4           /* of them */
#define DOCUMENTS_AGE      300         /* seconds, when nothing is said */
#define DOCUMENTS_AGE_MIN  60
#define DOCUMENTS_AGE_MAX  3600
#define DOCUMENTS_STALE    3600        /* behind its age */
#define DOCUMENTS_RETRY    5           /* after a failure */
#define DOCUMENTS_FRESH    30          /* between two that are asked for */


static oauth2_document_t *documents_create(oauth2_documents_t *documents,
    oauth2_str_t uri);
static bool documents_shrink(oauth2_documents_t *documents,
    const oauth2_document_t *keep, size_t n);
static void documents_remove(oauth2_documents_t *documents, size_t i);
static void documents_forget(oauth2_documents_t *documents,
    oauth2_document_t *d);
static void documents_end(oauth2_documents_t *documents,
    oauth2_document_t *d, int64_t now);


void
oauth2_documents_init(oauth2_documents_t *documents)
{
    memset(documents, 0, sizeof(oauth2_documents_t));
}


void
oauth2_documents_done(oauth2_documents_t *documents)
{
    while (documents->n > 0) {
        documents_remove(documents, documents->n - 1);
    }
}


oauth2_document_t *
oauth2_document_find(oauth2_documents_t *documents, oauth2_str_t uri)
{
    size_t  i;

    if (!oauth2_egress_check_url(uri)) {
        return NULL;
    }

    for (i = 0; i < documents->n; i++) {
        if (oauth2_str_same(documents->all[i]->uri, uri)) {
            documents->all[i]->used = ++documents->uses;
            return documents->all[i];
        }
    }

    return documents_create(documents, uri);
}


bool
oauth2_document_due(const oauth2_document_t *d, bool fresh, int64_t now)
{
    if (!d->known || (fresh && now >= d->tried + DOCUMENTS_FRESH)) {
        return true;
    }

    return now >= d->retry && (d->text.data == NULL || now >= d->expires);
}


bool
oauth2_document_start(oauth2_documents_t *documents, oauth2_document_t *d)
{
    size_t        i, n;
    oauth2_str_t  host, other;

    host = oauth2_uri_host(d->uri);
    n = 0;

    for (i = 0; i < documents->n && documents->pending > 0; i++) {
        other = oauth2_uri_host(documents->all[i]->uri);
        n += documents->all[i]->pending
             && oauth2_str_same_nocase(host, other);
    }

    if (n >= DOCUMENTS_HOST || documents->pending >= DOCUMENTS_PENDING) {
        return false;
    }

    d->pending = true;
    documents->pending++;

    return true;
}


void
oauth2_document_keep(oauth2_documents_t *documents, oauth2_document_t *d,
    oauth2_str_t text, int64_t age, int64_t now)
{
    documents_end(documents, d, now);
    documents_forget(documents, d);

    age = (age < 0) ? DOCUMENTS_AGE : age;
    age = (age < DOCUMENTS_AGE_MIN) ? DOCUMENTS_AGE_MIN : age;
    age = (age > DOCUMENTS_AGE_MAX) ? DOCUMENTS_AGE_MAX : age;

    d->expires = now + age;
    d->text_pool = oauth2_pool_create();

    if (d->text_pool == NULL
        || oauth2_pool_copy(d->text_pool, text, &d->text) != OAUTH2_OK)
    {
        return;
    }

    documents->bytes += d->text.len;
    (void) documents_shrink(documents, d, OAUTH2_DOCUMENTS_MAX);
}


void
oauth2_document_fail(oauth2_documents_t *documents, oauth2_document_t *d,
    int64_t now)
{
    documents_end(documents, d, now);

    if (!oauth2_document_usable(d, now)) {
        documents_forget(documents, d);
    }
}


bool
oauth2_document_usable(const oauth2_document_t *d, int64_t now)
{
    return d->text.data != NULL && now < d->expires + DOCUMENTS_STALE;
}


static oauth2_document_t *
documents_create(oauth2_documents_t *documents, oauth2_str_t uri)
{
    oauth2_pool_t      *pool;
    oauth2_document_t  *d;

    if (!documents_shrink(documents, NULL, OAUTH2_DOCUMENTS_MAX - 1)) {
        return NULL;
    }

    pool = oauth2_pool_create();

    if (pool == NULL) {
        return NULL;
    }

    d = oauth2_pool_alloc(pool, sizeof(oauth2_document_t));

    if (d == NULL || oauth2_pool_copy(pool, uri, &d->uri) != OAUTH2_OK) {
        oauth2_pool_release(pool);
        return NULL;
    }

    d->pool = pool;
    d->used = ++documents->uses;
    documents->all[documents->n++] = d;

    return d;
}


/* Down to n documents, and to the bytes that there may be: this one and
 * those that are pending stay. */
static bool
documents_shrink(oauth2_documents_t *documents,
    const oauth2_document_t *keep, size_t n)
{
    size_t                    i, oldest;
    const oauth2_document_t  *d;

    while (documents->n > n || documents->bytes > DOCUMENTS_BYTES) {
        oldest = documents->n;

        for (i = 0; i < documents->n; i++) {
            d = documents->all[i];

            if (d != keep && !d->pending
                && (oldest == documents->n
                    || d->used < documents->all[oldest]->used))
            {
                oldest = i;
            }
        }

        if (oldest == documents->n) {
            return false;
        }

        documents_remove(documents, oldest);
    }

    return true;
}


static void
documents_remove(oauth2_documents_t *documents, size_t i)
{
    oauth2_document_t  *d;

    d = documents->all[i];
    documents->all[i] = documents->all[--documents->n];

    documents_forget(documents, d);
    oauth2_pool_release(d->pool);
}


static void
documents_forget(oauth2_documents_t *documents, oauth2_document_t *d)
{
    if (d->text_pool != NULL) {
        documents->bytes -= d->text.len;
        oauth2_pool_release(d->text_pool);
        d->text_pool = NULL;
        d->text = oauth2_str_null;
    }
}


static void
documents_end(oauth2_documents_t *documents, oauth2_document_t *d,
    int64_t now)
{
    d->pending = false;
    documents->pending--;

    d->known = true;
    d->tried = now;
    d->retry = now + DOCUMENTS_RETRY;
}
