/* SPDX-License-Identifier: MIT */

/*
 * Database calls and password hashes for flows.
 *
 * An operation that the flow has been cut off from belongs to nobody but
 * itself: a query is detached, a hash finishes on its thread and its result
 * is dropped.
 */

#include "http.h"


typedef struct {
    oauth2_op_t  *op;
    bool          verify;
    bool          verified;
    oauth2_rc_e   rc;
    unsigned      cost;
    size_t        len;
    u_char        salt[16];
    char          hash[OAUTH2_HASH_LEN + 1];
    u_char        password[OAUTH2_PASSWORD_MAX + 1];
} call_hash_t;


static void call_done(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data);
static oauth2_next_e call_hash(oauth2_flow_t *f, call_hash_t *h,
    oauth2_str_t password);
static call_hash_t *call_hash_create(unsigned cost);
static void call_hash_work(void *data);
static void call_hash_done(void *data);
static void call_hash_free(call_hash_t *h);


oauth2_next_e
ngx_http_oauth2_query(oauth2_flow_t *f, oauth2_db_t *db, oauth2_stmt_e stmt,
    const oauth2_str_t *params, size_t n, ngx_http_oauth2_call_t *call)
{
    oauth2_op_t     *op;
    oauth2_db_rc_e   why;

    call->query = NULL;

    if (db == NULL) {
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    if (stmt >= OAUTH2_STMT_LAST || n != oauth2_db_stmt_params(stmt)) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "a statement was called with %uz parameters", n);
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    op = oauth2_op_start(f);
    if (op == NULL) {
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    call->query = oauth2_db_query_start(db, f->pool, stmt, params, call_done,
                                        call, &why);
    if (call->query == NULL) {
        oauth2_op_done(op, why == OAUTH2_DB_BUSY ? &oauth2_err_busy
                                                 : &oauth2_err_unavailable);
        return OAUTH2_WAIT;
    }

    call->op = op;

    return OAUTH2_WAIT;
}


void
ngx_http_oauth2_query_abort(ngx_http_oauth2_call_t *call)
{
    oauth2_op_t  *op;

    op = call->op;

    if (op == NULL) {
        return;
    }

    call->op = NULL;

    oauth2_db_query_detach(call->query);
    oauth2_op_done(op, &oauth2_err_unavailable);
}


static void
call_done(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data)
{
    oauth2_op_t             *op;
    const oauth2_error_t    *error;
    ngx_http_oauth2_call_t  *call;

    (void) q;

    call = data;
    op = call->op;
    call->op = NULL;

    switch (rc) {

    case OAUTH2_DB_OK:
        error = NULL;
        break;

    case OAUTH2_DB_ERROR:
        error = &oauth2_err_of_step;
        break;

    default:
        error = &oauth2_err_unavailable;
        break;
    }

    ngx_http_oauth2_op_done(op, error);
}


oauth2_next_e
oauth2_call_n(oauth2_flow_t *f, oauth2_stmt_e stmt,
    const oauth2_str_t *params, size_t n)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ngx_http_oauth2_query(f, ctx->conf->database->db, stmt, params, n,
                                 &ctx->call);
}


oauth2_str_t
oauth2_row(oauth2_flow_t *f, const char *column)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return oauth2_db_value(ctx->call.query, 0, column);
}


int64_t
oauth2_row_int(oauth2_flow_t *f, const char *column)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return oauth2_db_int(ctx->call.query, 0, column);
}


bool
oauth2_row_bool(oauth2_flow_t *f, const char *column)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return oauth2_db_bool(ctx->call.query, 0, column);
}


bool
oauth2_row_is(oauth2_flow_t *f, const char *status)
{
    return oauth2_str_same(oauth2_row(f, "status"), oauth2_str_of(status));
}


void *
oauth2_row_keep(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ctx->call.query;
}


void
oauth2_row_back(oauth2_flow_t *f, void *row)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;
    ctx->call.query = row;
}


oauth2_next_e
oauth2_hash(oauth2_flow_t *f, oauth2_str_t password)
{
    call_hash_t            *h;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    h = call_hash_create(ctx->conf->settings.password_cost);
    if (h == NULL || oauth2_random(h->salt, sizeof(h->salt)) != OAUTH2_OK) {
        call_hash_free(h);
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    return call_hash(f, h, password);
}


oauth2_next_e
oauth2_hash_verify(oauth2_flow_t *f, oauth2_str_t password,
    oauth2_str_t hash)
{
    call_hash_t            *h;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    h = call_hash_create(ctx->conf->settings.password_cost);
    if (h == NULL) {
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    h->verify = true;

    if (hash.len == OAUTH2_HASH_LEN) {
        ngx_memcpy(h->hash, hash.data, OAUTH2_HASH_LEN);

    } else {
        ngx_memcpy(h->hash, ctx->conf->dummy_hash, OAUTH2_HASH_LEN);
    }

    return call_hash(f, h, password);
}


oauth2_str_t
oauth2_hashed(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return oauth2_str_of(ctx->hash);
}


bool
oauth2_verified(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ctx->verified;
}


/* A password that is too long is cut here and never matches. */

static oauth2_next_e
call_hash(oauth2_flow_t *f, call_hash_t *h, oauth2_str_t password)
{
    ngx_int_t               rc;
    oauth2_op_t            *op;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;
    ctx->verified = false;

    h->len = ngx_min(password.len, sizeof(h->password));
    ngx_memcpy(h->password, password.data, h->len);

    op = oauth2_op_start(f);
    if (op == NULL) {
        call_hash_free(h);
        return oauth2_fail(f, &oauth2_err_unavailable);
    }

    h->op = op;

    rc = ngx_http_oauth2_thread_start(ctx->conf->hash_pool, call_hash_work,
                                      call_hash_done, h);
    if (rc != NGX_OK) {
        call_hash_free(h);
        oauth2_op_done(op, rc == NGX_BUSY ? &oauth2_err_busy
                                          : &oauth2_err_unavailable);
    }

    return OAUTH2_WAIT;
}


static call_hash_t *
call_hash_create(unsigned cost)
{
    call_hash_t  *h;

    h = ngx_calloc(sizeof(call_hash_t), ngx_cycle->log);
    if (h == NULL) {
        return NULL;
    }

    h->cost = cost;

    return h;
}


/* On a thread: touches nothing but its own struct. */

static void
call_hash_work(void *data)
{
    call_hash_t   *h = data;
    oauth2_rc_e    rc;
    oauth2_str_t   password, hash;

    password.data = h->password;
    password.len = ngx_min(h->len, OAUTH2_PASSWORD_MAX);

    if (!h->verify) {
        h->rc = oauth2_password_hash(password, h->cost, h->salt, h->hash);
        return;
    }

    hash.data = (u_char *) h->hash;
    hash.len = OAUTH2_HASH_LEN;

    rc = oauth2_password_verify(password, hash);

    h->verified = (rc == OAUTH2_OK && h->len <= OAUTH2_PASSWORD_MAX);
    h->rc = (rc == OAUTH2_NONE) ? OAUTH2_OK : rc;
}


static void
call_hash_done(void *data)
{
    call_hash_t            *h = data;
    oauth2_op_t            *op;
    oauth2_rc_e             rc;
    oauth2_flow_t          *f;
    ngx_http_oauth2_ctx_t  *ctx;

    op = h->op;
    rc = h->rc;
    f = oauth2_op_flow(op);

    if (f != NULL) {
        ctx = f->data;
        ctx->verified = h->verified;
        ngx_memcpy(ctx->hash, h->hash, sizeof(h->hash));
    }

    call_hash_free(h);

    ngx_http_oauth2_op_done(op, rc == OAUTH2_OK ? NULL
                                                : &oauth2_err_of_step);
}


static void
call_hash_free(call_hash_t *h)
{
    if (h != NULL) {
        oauth2_wipe(h, sizeof(call_hash_t));
        ngx_free(h);
    }
}
