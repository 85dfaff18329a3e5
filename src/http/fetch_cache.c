/* SPDX-License-Identifier: MIT */

/*
 * Documents of clients, as a worker process keeps them.
 *
 * Fetches under way at once are bounded, all and per host, so that they
 * cannot take the threads that something else needs, nor one slow host all
 * of them.
 */

#include "fetch.h"


#define CACHE_ENTRIES     512
#define CACHE_BYTES       4194304      /* of all texts */
#define CACHE_TASKS       16           /* under way at once */
#define CACHE_HOST_TASKS  4            /* of one host */
#define CACHE_AGE         300          /* seconds, when nothing is said */
#define CACHE_AGE_MIN     60
#define CACHE_AGE_MAX     3600
#define CACHE_STALE       3600         /* behind its age */
#define CACHE_RETRY       5            /* after a failure */
#define CACHE_FRESH       30           /* between two that are asked for */


static ngx_http_oauth2_document_t *cache_create(
    ngx_http_oauth2_egress_t *egress, oauth2_str_t uri, ngx_uint_t hash);
static void cache_shrink(ngx_http_oauth2_fetches_t *fetches,
    ngx_http_oauth2_document_t *keep);
static void cache_forget(ngx_http_oauth2_document_t *d);
static ngx_msec_t cache_now(void);


ngx_int_t
ngx_http_oauth2_fetch_init(ngx_http_oauth2_egress_t *egress, ngx_log_t *log)
{
    ngx_http_oauth2_fetches_t  *fetches;

    fetches = ngx_calloc(sizeof(ngx_http_oauth2_fetches_t), log);

    if (fetches == NULL) {
        return NGX_ERROR;
    }

    ngx_queue_init(&fetches->entries);
    egress->fetches = fetches;

    return NGX_OK;
}


ngx_http_oauth2_document_t *
ngx_http_oauth2_document(ngx_http_oauth2_egress_t *egress, oauth2_str_t uri)
{
    ngx_uint_t                   hash;
    ngx_queue_t                 *q, *entries;
    ngx_http_oauth2_document_t  *d;

    if (!oauth2_egress_check_url(uri)) {
        return NULL;
    }

    entries = &egress->fetches->entries;
    hash = ngx_hash_key(uri.data, uri.len);

    for (q = ngx_queue_head(entries);
         q != ngx_queue_sentinel(entries);
         q = ngx_queue_next(q))
    {
        d = ngx_queue_data(q, ngx_http_oauth2_document_t, queue);

        if (d->hash == hash
            && oauth2_str_same(ngx_http_oauth2_own_str(d->uri), uri))
        {
            ngx_queue_remove(q);
            ngx_queue_insert_head(entries, q);
            return d;
        }
    }

    return cache_create(egress, uri, hash);
}


void
ngx_http_oauth2_document_keep(ngx_http_oauth2_document_t *d,
    oauth2_str_t text, int64_t age)
{
    ngx_http_oauth2_fetches_t  *fetches;

    fetches = d->egress->fetches;

    age = (age < 0) ? CACHE_AGE : age;
    age = ngx_min(ngx_max(age, CACHE_AGE_MIN), CACHE_AGE_MAX);

    cache_forget(d);

    d->known = 1;
    d->tried = cache_now();
    d->retry = d->tried + CACHE_RETRY;
    d->expires = d->tried + (ngx_msec_t) age;

    d->text.data = ngx_alloc(text.len + 1, ngx_cycle->log);

    if (d->text.data == NULL) {
        return;
    }

    if (text.len != 0) {
        ngx_memcpy(d->text.data, text.data, text.len);
    }

    d->text.len = text.len;
    fetches->bytes += text.len;

    cache_shrink(fetches, d);
}


void
ngx_http_oauth2_document_fail(ngx_http_oauth2_document_t *d)
{
    d->known = 1;
    d->tried = cache_now();
    d->retry = d->tried + CACHE_RETRY;

    if (!ngx_http_oauth2_document_usable(d)) {
        cache_forget(d);
    }
}


ngx_uint_t
ngx_http_oauth2_document_due(ngx_http_oauth2_document_t *d, ngx_uint_t fresh)
{
    ngx_msec_t  now;

    now = cache_now();

    if (!d->known || (fresh && now >= d->tried + CACHE_FRESH)) {
        return 1;
    }

    return now >= d->retry && (d->text.data == NULL || now >= d->expires);
}


ngx_uint_t
ngx_http_oauth2_document_usable(ngx_http_oauth2_document_t *d)
{
    return d->text.data != NULL && cache_now() < d->expires + CACHE_STALE;
}


ngx_uint_t
ngx_http_oauth2_document_busy(ngx_http_oauth2_document_t *d)
{
    ngx_uint_t                   n;
    ngx_queue_t                 *q, *entries;
    ngx_http_oauth2_document_t  *other;

    n = 0;
    entries = &d->egress->fetches->entries;

    for (q = ngx_queue_head(entries);
         d->egress->fetches->tasks != 0 && q != ngx_queue_sentinel(entries);
         q = ngx_queue_next(q))
    {
        other = ngx_queue_data(q, ngx_http_oauth2_document_t, queue);
        n += (other->pending && other->host == d->host);
    }

    return n >= CACHE_HOST_TASKS || d->egress->fetches->tasks >= CACHE_TASKS;
}


static ngx_http_oauth2_document_t *
cache_create(ngx_http_oauth2_egress_t *egress, oauth2_str_t uri,
    ngx_uint_t hash)
{
    u_char                       name[OAUTH2_EGRESS_URL_MAX];
    oauth2_str_t                 host;
    ngx_http_oauth2_document_t  *d;

    d = ngx_calloc(sizeof(ngx_http_oauth2_document_t) + uri.len + 1,
                   ngx_cycle->log);

    if (d == NULL) {
        return NULL;
    }

    host = oauth2_uri_host(uri);

    d->egress = egress;
    d->hash = hash;
    d->host = ngx_hash_strlow(name, host.data, host.len);
    d->uri.len = uri.len;
    d->uri.data = (u_char *) d + sizeof(ngx_http_oauth2_document_t);
    ngx_memcpy(d->uri.data, uri.data, uri.len);

    ngx_queue_init(&d->waiters);
    ngx_queue_insert_head(&egress->fetches->entries, &d->queue);
    egress->fetches->nentries++;

    cache_shrink(egress->fetches, d);

    return d;
}


/* Back to the bounds; this one and those that are fetched stay, and there
 * are few of these. */

static void
cache_shrink(ngx_http_oauth2_fetches_t *fetches,
    ngx_http_oauth2_document_t *keep)
{
    ngx_queue_t                 *q, *prev;
    ngx_http_oauth2_document_t  *d;

    for (q = ngx_queue_last(&fetches->entries);
         q != ngx_queue_sentinel(&fetches->entries)
         && (fetches->nentries > CACHE_ENTRIES
             || fetches->bytes > CACHE_BYTES);
         q = prev)
    {
        prev = ngx_queue_prev(q);
        d = ngx_queue_data(q, ngx_http_oauth2_document_t, queue);

        if (d != keep && !d->pending) {
            cache_forget(d);
            ngx_queue_remove(q);
            fetches->nentries--;
            ngx_free(d);
        }
    }
}


static void
cache_forget(ngx_http_oauth2_document_t *d)
{
    if (d->text.data != NULL) {
        d->egress->fetches->bytes -= d->text.len;
        ngx_free(d->text.data);
        ngx_str_null(&d->text);
    }
}


/* Of a clock that only goes forward. */

static ngx_msec_t
cache_now(void)
{
    return ngx_current_msec / 1000;
}
