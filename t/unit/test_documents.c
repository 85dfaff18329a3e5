/* SPDX-License-Identifier: MIT */

/* The documents that a process keeps: when they are fetched, and which go. */

#include "../../src/egress/documents.c"
#include "unit.h"

#define URI  "https://app.example.com/jwks"


/* src/egress/egress.c has libcurl with it. */
bool
oauth2_egress_check_url(oauth2_str_t url)
{
    return oauth2_str_starts(url, oauth2_str("https://"));
}


/* In memory of the test, which ends however it ends. */
static oauth2_documents_t *
documents_of(oauth2_pool_t *pool)
{
    unsigned             left;
    oauth2_documents_t  *documents;

    left = oauth2_pool_fail_at(0);
    documents = oauth2_pool_alloc(pool, sizeof(oauth2_documents_t));
    assert_int_equal(oauth2_pool_cleanup(pool, (oauth2_cleanup_pt)
                                               oauth2_documents_done,
                                         documents), OAUTH2_OK);
    (void) oauth2_pool_fail_at(left);

    oauth2_documents_init(documents);

    return documents;
}


static oauth2_str_t
uri_of(oauth2_pool_t *pool, const char *host, int number)
{
    char          text[64];
    unsigned      left;
    oauth2_str_t  uri;

    (void) snprintf(text, sizeof(text), "https://%s/%d", host, number);

    left = oauth2_pool_fail_at(0);
    assert_int_equal(oauth2_pool_copy(pool, oauth2_str_of(text), &uri),
                     OAUTH2_OK);
    (void) oauth2_pool_fail_at(left);

    return uri;
}


static void
ages(oauth2_pool_t *pool)
{
    size_t               i;
    oauth2_document_t   *d;
    oauth2_documents_t  *documents;

    /* what the server said, and for so long it is kept */
    static const struct {
        int64_t  age;
        int64_t  kept;
    } rows[] = {
        { -1, 300 }, { 0, 60 }, { 59, 60 }, { 60, 60 }, { 61, 61 },
        { 3600, 3600 }, { 3601, 3600 }, { 31622400, 3600 }
    };

    documents = documents_of(pool);
    d = oauth2_document_find(documents, oauth2_str(URI));
    unit_ptr(d);

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_true(oauth2_document_start(documents, d));
        oauth2_document_keep(documents, d, oauth2_str("{}"), rows[i].age,
                             1000);

        if (unit_refused(d->text.data == NULL)) {
            return;
        }

        unit_str(d->text, "{}");

        if (oauth2_document_due(d, false, 1000 + rows[i].kept - 1)
            || !oauth2_document_due(d, false, 1000 + rows[i].kept))
        {
            fail_msg("row %zu", i);
        }

        assert_true(oauth2_document_usable(d, 1000 + rows[i].kept + 3599));
        assert_false(oauth2_document_usable(d, 1000 + rows[i].kept + 3600));
    }
}


static void
fresh(oauth2_pool_t *pool)
{
    oauth2_document_t   *d;
    oauth2_documents_t  *documents;

    documents = documents_of(pool);
    d = oauth2_document_find(documents, oauth2_str(URI));
    unit_ptr(d);

    assert_true(oauth2_document_due(d, false, 0));
    assert_true(oauth2_document_due(d, true, 0));
    assert_false(oauth2_document_usable(d, 0));

    assert_true(oauth2_document_start(documents, d));
    oauth2_document_keep(documents, d, oauth2_str(""), 600, 1000);

    if (unit_refused(d->text.data == NULL)) {
        return;
    }

    /* an empty text is one, too */
    assert_true(oauth2_document_usable(d, 1000));
    assert_false(oauth2_document_due(d, true, 1029));
    assert_true(oauth2_document_due(d, true, 1030));
    assert_false(oauth2_document_due(d, false, 1030));

    /* it counts when it was tried, not how that ended */
    assert_true(oauth2_document_start(documents, d));
    oauth2_document_fail(documents, d, 1030);
    assert_false(oauth2_document_due(d, true, 1059));
    assert_true(oauth2_document_due(d, true, 1060));
    assert_true(oauth2_document_usable(d, 1060));
}


static void
failures(oauth2_pool_t *pool)
{
    oauth2_document_t   *d;
    oauth2_documents_t  *documents;

    documents = documents_of(pool);
    d = oauth2_document_find(documents, oauth2_str(URI));
    unit_ptr(d);

    assert_true(oauth2_document_start(documents, d));
    oauth2_document_fail(documents, d, 1000);
    assert_false(oauth2_document_usable(d, 1000));
    assert_false(oauth2_document_due(d, false, 1004));
    assert_true(oauth2_document_due(d, false, 1005));

    assert_true(oauth2_document_start(documents, d));
    oauth2_document_keep(documents, d, oauth2_str("x"), 60, 2000);

    if (unit_refused(d->text.data == NULL)) {
        return;
    }

    /* the old one serves while its server is away, for an hour */
    assert_true(oauth2_document_due(d, false, 2060));
    assert_true(oauth2_document_start(documents, d));
    oauth2_document_fail(documents, d, 2061);
    assert_false(oauth2_document_due(d, false, 2065));
    assert_true(oauth2_document_due(d, false, 2066));
    assert_true(oauth2_document_usable(d, 5659));
    assert_int_equal(documents->bytes, 1);

    assert_true(oauth2_document_start(documents, d));
    oauth2_document_fail(documents, d, 5660);
    assert_false(oauth2_document_usable(d, 5660));
    assert_null(d->text.data);
    assert_int_equal(documents->bytes, 0);
    assert_int_equal(documents->pending, 0);
}


static void
found(oauth2_pool_t *pool)
{
    oauth2_document_t   *a, *b;
    oauth2_documents_t  *documents;

    documents = documents_of(pool);
    a = oauth2_document_find(documents, oauth2_str(URI));
    unit_ptr(a);
    b = oauth2_document_find(documents, oauth2_str(URI "#2"));
    unit_ptr(b);

    assert_ptr_not_equal(a, b);
    assert_ptr_equal(oauth2_document_find(documents, oauth2_str(URI)), a);
    assert_int_equal(documents->n, 2);
    assert_null(oauth2_document_find(documents, oauth2_str("ftp://x/")));
    assert_int_equal(documents->n, 2);
}


static void
bounds(oauth2_pool_t *pool)
{
    int                  i;
    oauth2_str_t         host;
    oauth2_document_t   *d[17];
    oauth2_documents_t  *documents;

    static const char *const  hosts[] = {
        "a.example", "b.example:444", "c.example", "d.example", "e.example"
    };

    documents = documents_of(pool);

    for (i = 0; i < 16; i++) {
        d[i] = oauth2_document_find(documents, uri_of(pool, hosts[i / 4], i));
        unit_ptr(d[i]);
        assert_true(oauth2_document_start(documents, d[i]));

        if (i % 4 == 3 && i < 15) {
            host = uri_of(pool, i == 3 ? "A.Example:8443" : hosts[i / 4],
                          100 + i);
            d[16] = oauth2_document_find(documents, host);
            unit_ptr(d[16]);
            assert_false(oauth2_document_start(documents, d[16]));
        }
    }

    d[16] = oauth2_document_find(documents, uri_of(pool, hosts[4], 0));
    unit_ptr(d[16]);
    assert_false(oauth2_document_start(documents, d[16]));
    assert_false(d[16]->pending);

    oauth2_document_fail(documents, d[0], 1);
    assert_true(oauth2_document_start(documents, d[16]));

    for (i = 1; i < 17; i++) {
        oauth2_document_fail(documents, d[i], 1);
    }

    assert_int_equal(documents->pending, 0);
}


/* The one that was not used for longest goes, and none that is pending. */
static void
many(oauth2_pool_t *pool)
{
    int                  i;
    oauth2_document_t   *d, *first;
    oauth2_documents_t  *documents;

    documents = documents_of(pool);
    first = oauth2_document_find(documents, uri_of(pool, "a.example", 0));
    unit_ptr(first);
    assert_true(oauth2_document_start(documents, first));

    for (i = 1; i < OAUTH2_DOCUMENTS_MAX; i++) {
        unit_ptr(oauth2_document_find(documents,
                                      uri_of(pool, "a.example", i)));
    }

    unit_ptr(oauth2_document_find(documents, uri_of(pool, "a.example", 1)));
    unit_ptr(oauth2_document_find(documents, uri_of(pool, "b.example", 1)));
    assert_int_equal(documents->n, OAUTH2_DOCUMENTS_MAX);
    assert_true(first->pending);

    d = oauth2_document_find(documents, uri_of(pool, "a.example", 1));
    unit_ptr(d);
    assert_int_equal(documents->n, OAUTH2_DOCUMENTS_MAX);
    assert_true(d->used > OAUTH2_DOCUMENTS_MAX);

    for (i = 0; i < OAUTH2_DOCUMENTS_MAX; i++) {
        assert_false(oauth2_str_same(documents->all[i]->uri,
                                     uri_of(pool, "a.example", 2)));
    }

    oauth2_document_fail(documents, first, 1);
}


static void
bytes(oauth2_pool_t *pool)
{
    int                  i;
    oauth2_str_t         text;
    oauth2_document_t   *d;
    oauth2_documents_t  *documents;

    static u_char  zeros[OAUTH2_EGRESS_MAX];

    documents = documents_of(pool);
    text.data = zeros;
    text.len = sizeof(zeros);

    for (i = 0; i < 70; i++) {
        d = oauth2_document_find(documents, uri_of(pool, "a.example", i));
        unit_ptr(d);
        assert_true(oauth2_document_start(documents, d));
        oauth2_document_keep(documents, d, text, -1, 1);

        if (unit_refused(d->text.data == NULL)) {
            return;
        }

        assert_true(documents->bytes <= DOCUMENTS_BYTES);
        assert_non_null(d->text.data);
    }

    assert_int_equal(documents->n, DOCUMENTS_BYTES / sizeof(zeros));
    assert_int_equal(documents->bytes, DOCUMENTS_BYTES);
}


static const struct CMUnitTest  tests[] = {
    unit_row(ages), unit_row(fresh), unit_row(failures), unit_row(found),
    unit_row(bounds), unit_row(many), unit_row(bytes)
};


int
main(void)
{
    return cmocka_run_group_tests_name("documents", tests, NULL, NULL);
}
