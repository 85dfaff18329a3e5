/* SPDX-License-Identifier: MIT */

/*
 * Loading the signing keys of the database, every few seconds, by a query
 * that answers "same" nearly always.  The clock of the database says which
 * key signs, so that all processes and machines agree.
 *
 * While the database is away, the keys that were loaded last serve.
 */

#include "http.h"


#define KEYS_INTERVAL  4000     /* ms, and up to half of it more */
#define KEYS_SOON      250      /* there is nothing to sign with */
#define KEYS_DUE       1000     /* somebody makes a key, or should */


/* The state of one look; row is the next one to be sealed again. */
typedef struct {
    ngx_http_oauth2_call_t  call;
    ngx_http_oauth2_call_t  reseal;
    size_t                  row;
} keys_load_t;


static void keys_texts(ngx_http_oauth2_keyring_t *ring);
static oauth2_str_t keys_number(ngx_http_oauth2_keyring_t *ring,
    ngx_uint_t i, time_t value);
static void keys_timer(ngx_event_t *ev);
static void keys_named(oauth2_flow_t *f, const char *name);
static void keys_ended(oauth2_flow_t *f, const oauth2_error_t *error);
static ngx_msec_t keys_interval(ngx_http_oauth2_keyring_t *ring);
static oauth2_next_e keys_find(oauth2_flow_t *f);
static oauth2_next_e keys_read(oauth2_flow_t *f);
static oauth2_next_e keys_reseal(oauth2_flow_t *f);
static ngx_http_oauth2_keyset_t *keys_set(ngx_http_oauth2_keyring_t *ring,
    oauth2_db_query_t *q);
static ngx_uint_t keys_complete(const ngx_http_oauth2_keystore_t *store,
    const oauth2_keys_t *keys);
static oauth2_rc_e keys_add(ngx_http_oauth2_keyring_t *ring,
    ngx_http_oauth2_keyset_t *set, oauth2_db_query_t *q, size_t row);
static void keys_row(oauth2_db_query_t *q, size_t row,
    oauth2_sealed_key_t *sealed);
static oauth2_key_state_e keys_state(oauth2_str_t state);


static const oauth2_step_t  keys_steps[] = {
    { "finding signing keys", keys_find, &oauth2_err_unavailable },
    { "reading signing keys", keys_read, NULL },
    { "sealing signing keys", keys_reseal, &oauth2_err_unavailable },
    { NULL, NULL, NULL }
};


static const oauth2_flow_host_t  keys_host = { keys_named, keys_ended };


ngx_int_t
ngx_http_oauth2_keys_init(ngx_http_oauth2_keystore_t *store, ngx_log_t *log)
{
    ngx_http_oauth2_keyring_t  *ring;

    ring = ngx_calloc(sizeof(ngx_http_oauth2_keyring_t), log);
    if (ring == NULL) {
        return NGX_ERROR;
    }

    ring->store = store;
    store->ring = ring;

    keys_texts(ring);
    ngx_queue_init(&ring->waiting);

    ring->owner.fd = (ngx_socket_t) -1;
    ring->owner.data = ring;
    ring->timer.data = &ring->owner;
    ring->timer.handler = keys_timer;
    ring->timer.log = log;
    ring->timer.cancelable = 1;

    ngx_http_oauth2_keys_load(ring);

    return NGX_OK;
}


void
ngx_http_oauth2_keys_done(ngx_http_oauth2_keystore_t *store)
{
    ngx_http_oauth2_keyring_t  *ring;

    ring = store->ring;

    if (ring != NULL && ring->set != NULL) {
        oauth2_pool_release(ring->set->pool);
        ring->set = NULL;
    }
}


void
ngx_http_oauth2_keys_load(ngx_http_oauth2_keyring_t *ring)
{
    oauth2_flow_t  *f;
    oauth2_pool_t  *pool;

    if (ring->loading) {
        ring->again = 1;
        return;
    }

    ring->again = 0;

    f = NULL;
    pool = oauth2_pool_create();

    if (pool != NULL) {
        f = oauth2_flow_create(pool, sizeof(keys_load_t), &keys_host, ring);
    }

    if (f == NULL) {
        ngx_add_timer(&ring->timer, KEYS_DUE);

    } else {
        ring->loading = 1;
        oauth2_flow_run(f, keys_steps);
    }

    if (pool != NULL) {
        oauth2_pool_release(pool);
    }
}


static void
keys_texts(ngx_http_oauth2_keyring_t *ring)
{
    u_char  *p;

    ring->rotation = keys_number(ring, 0, ring->store->rotation);
    ring->publish = keys_number(ring, 1, ring->store->publish);
    ring->keep = keys_number(ring, 2, ring->store->keep);

    p = ngx_snprintf(ring->text[3], sizeof(ring->text[3]), "nginx %V %P",
                     &ngx_cycle->hostname, ngx_pid);
    ring->name.data = ring->text[3];
    ring->name.len = (size_t) (p - ring->text[3]);
}


static oauth2_str_t
keys_number(ngx_http_oauth2_keyring_t *ring, ngx_uint_t i, time_t value)
{
    u_char        *p;
    oauth2_str_t   s;

    p = ngx_snprintf(ring->text[i], sizeof(ring->text[i]), "%T", value);

    s.data = ring->text[i];
    s.len = (size_t) (p - ring->text[i]);

    return s;
}


static void
keys_timer(ngx_event_t *ev)
{
    ngx_connection_t  *c;

    c = ev->data;

    ngx_http_oauth2_keys_load(c->data);
}


static void
keys_named(oauth2_flow_t *f, const char *name)
{
    (void) f;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0, "oauth2 keys: %s",
                   name);
}


/* Failed: the database is away, and those who wait need not wait longer. */

static void
keys_ended(oauth2_flow_t *f, const oauth2_error_t *error)
{
    ngx_http_oauth2_keyring_t  *ring;

    ring = f->data;
    ring->loading = 0;

    if (error != NULL
        || oauth2_keys_signing(&ring->set->keys) != NULL
        || ring->set->closed > 0)
    {
        ring->tried = 1;
    }

    /* first: those who go on may have it load again at once */

    ngx_add_timer(&ring->timer, keys_interval(ring));

    ngx_http_oauth2_keys_wake(ring, error);
}


static ngx_msec_t
keys_interval(ngx_http_oauth2_keyring_t *ring)
{
    ngx_msec_t  interval;

    if (ring->again) {
        return 1;
    }

    if (ring->set == NULL
        || (oauth2_keys_signing(&ring->set->keys) == NULL
            && ring->set->closed == 0))
    {
        return KEYS_SOON;
    }

    if (ring->making || !ring->set->complete) {
        return KEYS_DUE;
    }

    interval = KEYS_INTERVAL
               + (ngx_msec_t) ngx_random() % (KEYS_INTERVAL / 2);

    return ngx_min(interval, (ngx_msec_t) ring->store->publish * 250);
}


static oauth2_next_e
keys_find(oauth2_flow_t *f)
{
    keys_load_t                *load;
    oauth2_str_t                params[5];
    ngx_http_oauth2_keyring_t  *ring;

    ring = f->data;
    load = f->state;

    params[0] = ring->store->algs;
    params[1] = ring->rotation;
    params[2] = ring->publish;
    params[3] = ring->keep;
    params[4] = (ring->set == NULL) ? oauth2_str_null : ring->set->version;

    return ngx_http_oauth2_query(f, ring->store->database->db,
                                 OAUTH2_STMT_signing_keys_find, params, 5,
                                 &load->call);
}


static oauth2_next_e
keys_read(oauth2_flow_t *f)
{
    oauth2_str_t                due;
    oauth2_db_query_t          *q;
    ngx_http_oauth2_keyset_t   *set;
    ngx_http_oauth2_keyring_t  *ring;

    ring = f->data;
    q = ((keys_load_t *) f->state)->call.query;

    if (!oauth2_str_same(oauth2_db_value(q, 0, "status"), oauth2_str("same")))
    {
        set = keys_set(ring, q);

        if (set == NULL) {
            return oauth2_fail(f, &oauth2_err_unavailable);
        }

        if (ring->set != NULL) {
            oauth2_pool_release(ring->set->pool);
        }

        ring->set = set;
    }

    /* who cannot open what is there has another key file, and must not make
     * keys that others cannot open */

    due = oauth2_db_value(q, 0, "due");

    if (due.data != NULL && ring->set->closed == 0) {
        ngx_http_oauth2_keys_make(ring, due);
    }

    return OAUTH2_NEXT;
}


/* What an older key file has sealed is sealed under the current one, key by
 * key, so that the older one can be taken away. */

static oauth2_next_e
keys_reseal(oauth2_flow_t *f)
{
    oauth2_rc_e                 rc;
    keys_load_t                *load;
    oauth2_str_t                params[4];
    oauth2_db_query_t          *q;
    oauth2_sealed_key_t         sealed, again;
    ngx_http_oauth2_keyring_t  *ring;

    ring = f->data;
    load = f->state;
    q = load->call.query;
    rc = OAUTH2_NONE;

    while (rc != OAUTH2_OK && load->row < oauth2_db_rows(q)) {
        keys_row(q, load->row++, &sealed);
        rc = oauth2_sealed_key_again(f->pool, ring->store->token_key,
                                     &sealed, &again);
    }

    if (rc != OAUTH2_OK) {
        return OAUTH2_DONE;
    }

    params[0] = again.kid;
    params[1] = sealed.sealed_by;
    params[2] = again.sealed;
    params[3] = again.sealed_by;

    oauth2_repeat(f);

    return ngx_http_oauth2_query(f, ring->store->database->db,
                                 OAUTH2_STMT_signing_key_reseal, params, 4,
                                 &load->reseal);
}


static ngx_http_oauth2_keyset_t *
keys_set(ngx_http_oauth2_keyring_t *ring, oauth2_db_query_t *q)
{
    size_t                     i;
    oauth2_pool_t             *pool;
    ngx_http_oauth2_keyset_t  *set;

    pool = oauth2_pool_create();
    if (pool == NULL) {
        return NULL;
    }

    set = oauth2_pool_alloc(pool, sizeof(ngx_http_oauth2_keyset_t));

    if (set == NULL
        || oauth2_pool_copy(pool, oauth2_db_value(q, 0, "version"),
                            &set->version)
           != OAUTH2_OK)
    {
        oauth2_pool_release(pool);
        return NULL;
    }

    set->pool = pool;

    for (i = 0; i < oauth2_db_rows(q); i++) {
        if (keys_add(ring, set, q, i) != OAUTH2_OK) {
            oauth2_pool_release(pool);
            return NULL;
        }
    }

    /* those that cannot be opened will not be, however often one looks */

    set->complete = (set->closed > 0 || keys_complete(ring->store, &set->keys));

    return set;
}


/* Is there one for each algorithm? */

static ngx_uint_t
keys_complete(const ngx_http_oauth2_keystore_t *store,
    const oauth2_keys_t *keys)
{
    oauth2_alg_e  alg;
    oauth2_str_t  rest, word;

    rest = store->algs;

    while (oauth2_str_word(&rest, ' ', &word)) {
        if (oauth2_alg_parse(word, &alg) != OAUTH2_OK
            || oauth2_keys_signing_alg(keys, alg) == NULL)
        {
            return 0;
        }
    }

    return 1;
}


static oauth2_rc_e
keys_add(ngx_http_oauth2_keyring_t *ring, ngx_http_oauth2_keyset_t *set,
    oauth2_db_query_t *q, size_t row)
{
    ngx_str_t             kid;
    const char           *why;
    oauth2_rc_e           rc;
    oauth2_key_t         *key;
    oauth2_sealed_key_t   sealed;

    keys_row(q, row, &sealed);

    if (sealed.kid.data == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_sealed_key_parse(set->pool, ring->store->token_key, &sealed,
                                 &key, &why);

    if (rc == OAUTH2_OK) {
        rc = oauth2_keys_add(&set->keys, key,
                             keys_state(oauth2_db_value(q, row, "state")));
        why = "there are too many.";
    }

    if (rc == OAUTH2_BAD) {
        kid = ngx_http_oauth2_ngx_str(sealed.kid);
        set->closed++;

        ngx_log_error(NGX_LOG_CRIT, ngx_cycle->log, 0,
                      "signing key \"%V\" of the database cannot be used: "
                      "%s", &kid, why);
        rc = OAUTH2_OK;
    }

    return rc;
}


static void
keys_row(oauth2_db_query_t *q, size_t row, oauth2_sealed_key_t *sealed)
{
    sealed->kid = oauth2_db_value(q, row, "kid");
    sealed->alg = oauth2_db_value(q, row, "alg");
    sealed->sealed = oauth2_db_value(q, row, "sealed");
    sealed->sealed_by = oauth2_db_value(q, row, "sealed_by");
}


static oauth2_key_state_e
keys_state(oauth2_str_t state)
{
    if (oauth2_str_same(state, oauth2_str("signing"))) {
        return OAUTH2_KEY_SIGNING;
    }

    return oauth2_str_same(state, oauth2_str("published"))
           ? OAUTH2_KEY_PUBLISHED : OAUTH2_KEY_RETIRED;
}
