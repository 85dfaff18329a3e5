/* SPDX-License-Identifier: MIT */

/*
 * Making a signing key that is due.  One process of all claims the work;
 * the key is made on a thread, since RSA takes seconds, and leaves it
 * sealed.  Whoever adds it second adds nothing.
 */

#include "http.h"


typedef struct {
    ngx_http_oauth2_call_t     call;
    ngx_http_oauth2_keyring_t  *ring;
    oauth2_pool_t              *pool;     /* of the thread */
    oauth2_op_t                *op;
    oauth2_str_t                name;
    oauth2_alg_e                alg;
    oauth2_sealed_key_t         sealed;
    oauth2_rc_e                 rc;
} keys_make_t;


static void make_named(oauth2_flow_t *f, const char *name);
static void make_ended(oauth2_flow_t *f, const oauth2_error_t *error);
static oauth2_next_e make_claim(oauth2_flow_t *f);
static oauth2_next_e make_start(oauth2_flow_t *f);
static oauth2_next_e make_add(oauth2_flow_t *f);
static oauth2_next_e make_tell(oauth2_flow_t *f);
static void make_work(void *data);
static void make_worked(void *data);
static void make_release(void *data);


static const oauth2_step_t  make_steps[] = {
    { "claiming a signing key", make_claim, &oauth2_err_unavailable },
    { "making a signing key", make_start, &oauth2_err_server_error },
    { "adding a signing key", make_add, &oauth2_err_unavailable },
    { "telling of a signing key", make_tell, NULL },
    { NULL, NULL, NULL }
};


static const oauth2_flow_host_t  make_host = { make_named, make_ended };


void
ngx_http_oauth2_keys_make(ngx_http_oauth2_keyring_t *ring, oauth2_str_t alg)
{
    keys_make_t    *m;
    oauth2_flow_t  *f;
    oauth2_pool_t  *pool;

    if (ring->making) {
        return;
    }

    pool = oauth2_pool_create();
    if (pool == NULL) {
        return;
    }

    f = oauth2_flow_create(pool, sizeof(keys_make_t), &make_host, ring);

    if (f != NULL) {
        m = f->state;
        m->ring = ring;

        if (oauth2_alg_parse(alg, &m->alg) == OAUTH2_OK) {
            m->name = oauth2_str_of(oauth2_alg_name(m->alg));
            ring->making = 1;
            oauth2_flow_run(f, make_steps);
        }
    }

    oauth2_pool_release(pool);
}


static void
make_named(oauth2_flow_t *f, const char *name)
{
    (void) f;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0, "oauth2 keys: %s",
                   name);
}


static void
make_ended(oauth2_flow_t *f, const oauth2_error_t *error)
{
    keys_make_t  *m;

    m = f->state;
    m->ring->making = 0;

    if (error != NULL) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "a signing key for %s was not made",
                      oauth2_alg_name(m->alg));
    }
}


static oauth2_next_e
make_claim(oauth2_flow_t *f)
{
    keys_make_t   *m;
    oauth2_str_t   params[5];

    m = f->state;

    params[0] = m->name;
    params[1] = m->ring->name;
    params[2] = m->ring->rotation;
    params[3] = m->ring->publish;
    params[4] = oauth2_str(NGX_HTTP_OAUTH2_KEYS_LEASE);

    return ngx_http_oauth2_query(f, m->ring->store->database->db,
                                 OAUTH2_STMT_signing_key_claim, params, 5,
                                 &m->call);
}


static oauth2_next_e
make_start(oauth2_flow_t *f)
{
    keys_make_t  *m;

    m = f->state;

    if (!oauth2_str_same(oauth2_db_value(m->call.query, 0, "status"),
                         oauth2_str("claimed")))
    {
        return OAUTH2_DONE;
    }

    m->pool = oauth2_pool_create();

    if (m->pool == NULL) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (oauth2_pool_cleanup(f->pool, make_release, m->pool) != OAUTH2_OK) {
        oauth2_pool_release(m->pool);
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    m->op = oauth2_op_start(f);

    if (m->op == NULL) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (ngx_http_oauth2_thread_start(m->ring->store->thread_pool, make_work,
                                     make_worked, m)
        != NGX_OK)
    {
        oauth2_op_done(m->op, &oauth2_err_busy);
    }

    return OAUTH2_WAIT;
}


static oauth2_next_e
make_add(oauth2_flow_t *f)
{
    keys_make_t   *m;
    oauth2_str_t   params[7];

    m = f->state;

    params[0] = m->name;
    params[1] = m->sealed.kid;
    params[2] = m->sealed.sealed;
    params[3] = m->sealed.sealed_by;
    params[4] = m->ring->rotation;
    params[5] = m->ring->publish;
    params[6] = m->ring->keep;

    return ngx_http_oauth2_query(f, m->ring->store->database->db,
                                 OAUTH2_STMT_signing_key_add, params, 7,
                                 &m->call);
}


static oauth2_next_e
make_tell(oauth2_flow_t *f)
{
    ngx_str_t     kid;
    keys_make_t  *m;

    m = f->state;

    if (oauth2_str_same(oauth2_db_value(m->call.query, 0, "status"),
                        oauth2_str("added")))
    {
        kid = ngx_http_oauth2_ngx_str(m->sealed.kid);

        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "made signing key \"%V\" for %s", &kid,
                      oauth2_alg_name(m->alg));
    }

    m->ring->making = 0;
    ngx_http_oauth2_keys_load(m->ring);

    return OAUTH2_DONE;
}


/* On a thread: m->pool is its own until make_worked(). */

static void
make_work(void *data)
{
    keys_make_t  *m = data;

    m->rc = oauth2_sealed_key_make(m->pool, m->ring->store->token_key,
                                   m->alg, &m->sealed);
}


static void
make_worked(void *data)
{
    keys_make_t  *m = data;

    oauth2_op_done(m->op, m->rc == OAUTH2_OK ? NULL : &oauth2_err_of_step);
}


static void
make_release(void *data)
{
    oauth2_pool_release(data);
}
