/* SPDX-License-Identifier: MIT */

/*
 * What a flow knows of its surroundings: settings, time, the request's id,
 * the session cookie, the log.
 */

#include "http.h"


static ngx_log_t *flow_log(oauth2_flow_t *f);
static ngx_uint_t cookie_next(ngx_str_t *rest, ngx_str_t *name,
    ngx_str_t *value);
static void cookie_scan(ngx_str_t header, ngx_str_t *name,
    ngx_str_t *found, ngx_uint_t *n);


void *
oauth2_state(oauth2_flow_t *f)
{
    return f->state;
}


oauth2_pool_t *
oauth2_pool(oauth2_flow_t *f)
{
    return f->pool;
}


const oauth2_settings_t *
oauth2_settings(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return &ctx->conf->settings;
}


oauth2_identity_t *
oauth2_identity(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return &ctx->identity;
}


oauth2_client_t *
oauth2_client(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return &ctx->client;
}


oauth2_outcome_t *
oauth2_outcome(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return &ctx->outcome;
}


oauth2_operation_state_t *
oauth2_operation_state(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return &ctx->operation;
}


int64_t
oauth2_now(oauth2_flow_t *f)
{
    (void) f;

    return (int64_t) ngx_time();
}


int64_t
oauth2_now_ms(oauth2_flow_t *f)
{
    ngx_time_t  *tp;

    (void) f;

    tp = ngx_timeofday();

    return (int64_t) tp->sec * 1000 + (int64_t) tp->msec;
}


oauth2_str_t
oauth2_str_int(oauth2_flow_t *f, int64_t value)
{
    oauth2_str_t  s;

    s.data = oauth2_pool_alloc(f->pool, NGX_INT64_LEN + 1);
    if (s.data == NULL) {
        return oauth2_str("0");
    }

    s.len = (size_t) (ngx_sprintf(s.data, "%L", value) - s.data);

    return s;
}


oauth2_str_t
oauth2_str_bool(bool value)
{
    return value ? oauth2_str("true") : oauth2_str("false");
}


void
oauth2_log_info(oauth2_flow_t *f, const char *phrase)
{
    ngx_log_error(NGX_LOG_INFO, flow_log(f), 0, "%s", phrase);
}


void
oauth2_log_warn(oauth2_flow_t *f, const char *phrase)
{
    ngx_log_error(NGX_LOG_WARN, flow_log(f), 0, "%s", phrase);
}


/* What is done for nobody's request (notices.c) has the log of the cycle. */

static ngx_log_t *
flow_log(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return (ctx->r == NULL) ? ngx_cycle->log : ctx->r->connection->log;
}


void
oauth2_log_exchange(oauth2_flow_t *f, const oauth2_issue_t *issue)
{
    ngx_str_t               client, subject, actor;
    oauth2_str_t            act;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    if (oauth2_json_find(f->pool, issue->parameters, "act", &act)
        != OAUTH2_OK)
    {
        act = oauth2_str("none");
    }

    client = ngx_http_oauth2_ngx_str(issue->client_id);
    subject = ngx_http_oauth2_ngx_str(issue->subject);
    actor = ngx_http_oauth2_ngx_str(act);

    ngx_log_error(NGX_LOG_INFO, ctx->r->connection->log, 0,
                  "token exchanged: client \"%V\" for user \"%V\", "
                  "actor: %V", &client, &subject, &actor);
}


oauth2_str_t
oauth2_request_id(oauth2_flow_t *f)
{
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    return ctx->request_id;
}


ngx_int_t
ngx_http_oauth2_request_id(ngx_http_oauth2_ctx_t *ctx)
{
    u_char        *p;
    u_char         random[16];
    oauth2_str_t   id;

    id = oauth2_header(ctx->flow, "x-request-id");

    if (id.data != NULL && oauth2_check_request_id(id)) {
        ctx->request_id = id;
        return NGX_OK;
    }

    p = oauth2_pool_alloc(ctx->flow->pool, 2 * sizeof(random) + 1);
    if (p == NULL || oauth2_random(random, sizeof(random)) != OAUTH2_OK) {
        return NGX_ERROR;
    }

    (void) ngx_hex_dump(p, random, sizeof(random));

    ctx->request_id.data = p;
    ctx->request_id.len = 2 * sizeof(random);

    return NGX_OK;
}


/*
 * A cookie with a secret of ours.  Two of them (a parent domain's beside
 * ours) are as none: we cannot know which one is ours.
 */

oauth2_str_t
ngx_http_oauth2_cookie(ngx_http_oauth2_ctx_t *ctx, ngx_str_t *name)
{
    ngx_str_t            found;
    ngx_uint_t           n;
    ngx_http_request_t  *r;

    r = ctx->r;
    n = 0;
    ngx_str_null(&found);

#if (nginx_version >= 1023000)
    {
    ngx_table_elt_t  *h;

    for (h = r->headers_in.cookie; h != NULL; h = h->next) {
        cookie_scan(h->value, name, &found, &n);
    }
    }
#else
    {
    ngx_uint_t         i;
    ngx_table_elt_t  **h;

    h = r->headers_in.cookies.elts;

    for (i = 0; i < r->headers_in.cookies.nelts; i++) {
        cookie_scan(h[i]->value, name, &found, &n);
    }
    }
#endif

    if (n != 1 || !oauth2_check_verifier(ngx_http_oauth2_own_str(found))
        || found.len != 43)
    {
        return oauth2_str_null;
    }

    return ngx_http_oauth2_own_str(found);
}


static void
cookie_scan(ngx_str_t header, ngx_str_t *name, ngx_str_t *found,
    ngx_uint_t *n)
{
    ngx_str_t  key, value;

    while (cookie_next(&header, &key, &value)) {
        if (key.len == name->len
            && ngx_strncmp(key.data, name->data, key.len) == 0)
        {
            *found = value;
            (*n)++;
        }
    }
}


/* RFC 6265 5.4: pairs divided by semicolons. */

static ngx_uint_t
cookie_next(ngx_str_t *rest, ngx_str_t *name, ngx_str_t *value)
{
    u_char        *eq;
    oauth2_str_t   word, left;

    left = ngx_http_oauth2_own_str(*rest);

    if (!oauth2_str_word(&left, ';', &word)) {
        return 0;
    }

    *rest = ngx_http_oauth2_ngx_str(left);

    word = oauth2_str_trim(word);
    eq = word.len ? ngx_strlchr(word.data, word.data + word.len, '=') : NULL;

    if (eq == NULL) {
        ngx_str_null(name);
        ngx_str_null(value);
        return 1;
    }

    name->data = word.data;
    name->len = (size_t) (eq - word.data);
    value->data = eq + 1;
    value->len = word.len - name->len - 1;

    return 1;
}
