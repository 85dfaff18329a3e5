/* SPDX-License-Identifier: MIT */

/*
 * Telling an error, by the face of the route (conventions, section 5).
 */

#include "http.h"


static void fail_problem(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error);
static void fail_complaints(oauth2_json_t *j, oauth2_complaint_t *c);
static void fail_oauth(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error);
static void fail_description(ngx_http_oauth2_ctx_t *ctx, oauth2_json_t *j,
    const oauth2_error_t *error);
static void fail_authenticate(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error);
static void fail_redirect(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error);
static void fail_page(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error);
static void fail_content(ngx_http_oauth2_ctx_t *ctx, unsigned status,
    const char *type, oauth2_rc_e rc, oauth2_str_t content);
static ngx_uint_t fail_has_header(ngx_http_oauth2_ctx_t *ctx,
    const char *name);


void
ngx_http_oauth2_prepare_error(ngx_http_oauth2_ctx_t *ctx,
    const oauth2_error_t *error)
{
    ngx_uint_t  level;

    ctx->error = error;

    level = (error->status == NGX_HTTP_INTERNAL_SERVER_ERROR)
            ? NGX_LOG_ERR : NGX_LOG_INFO;

    ngx_log_error(level, ctx->r->connection->log, 0, "refused: %s",
                  error->code);

    if (!fail_has_header(ctx, "Cache-Control")) {
        oauth2_reply_header(ctx->flow, "Cache-Control",
                            oauth2_str("no-store"));
    }

    if (error->status == NGX_HTTP_SERVICE_UNAVAILABLE) {
        oauth2_reply_header(ctx->flow, "Retry-After", oauth2_str("2"));
    }

    if (ctx->redirect_uri.data != NULL) {
        fail_redirect(ctx, error);
        return;
    }

    switch (ctx->face) {

    case OAUTH2_FACE_OAUTH:
        fail_oauth(ctx, error);
        break;

    case OAUTH2_FACE_BEARER:
        fail_authenticate(ctx, error);
        fail_oauth(ctx, error);
        break;

    case OAUTH2_FACE_PAGE:
        fail_page(ctx, error);
        break;

    default:
        fail_authenticate(ctx, error);
        fail_problem(ctx, error);
        break;
    }
}


/* RFC 9457 */

static void
fail_problem(ngx_http_oauth2_ctx_t *ctx, const oauth2_error_t *error)
{
    oauth2_rc_e    rc;
    oauth2_str_t   content;
    oauth2_json_t  j;

    oauth2_json_init(&j, ctx->flow->pool, NGX_HTTP_OAUTH2_BODY_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_c(&j, "type", "about:blank");
    oauth2_json_c(&j, "title", error->detail);
    oauth2_json_int(&j, "status", error->status);
    oauth2_json_c(&j, "code", error->code);
    oauth2_json_str(&j, "request_id", ctx->request_id);

    if (error == &oauth2_err_invalid_fields) {
        fail_complaints(&j, ctx->complaints);
    }

    oauth2_json_close(&j);

    content = oauth2_str_null;
    rc = oauth2_json_done(&j, &content);

    fail_content(ctx, error->status, "application/problem+json", rc,
                 content);
}


static void
fail_complaints(oauth2_json_t *j, oauth2_complaint_t *c)
{
    oauth2_json_open_array(j, "errors");

    for ( /* void */ ; c != NULL; c = c->next) {
        oauth2_json_open(j, NULL);
        oauth2_json_c(j, "pointer", c->field);
        oauth2_json_c(j, "detail", c->detail);
        oauth2_json_close(j);
    }

    oauth2_json_close_array(j);
}


/* RFC 6749 5.2 */

static void
fail_oauth(ngx_http_oauth2_ctx_t *ctx, const oauth2_error_t *error)
{
    oauth2_rc_e    rc;
    oauth2_str_t   content;
    oauth2_json_t  j;

    oauth2_json_init(&j, ctx->flow->pool, NGX_HTTP_OAUTH2_BODY_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_c(&j, "error", error->oauth_code);
    fail_description(ctx, &j, error);
    oauth2_json_close(&j);

    content = oauth2_str_null;
    rc = oauth2_json_done(&j, &content);

    fail_content(ctx, error->status, "application/json", rc, content);
}


/* What is wrong with which member, where that is known. */

static void
fail_description(ngx_http_oauth2_ctx_t *ctx, oauth2_json_t *j,
    const oauth2_error_t *error)
{
    oauth2_buf_t  b;
    oauth2_str_t  text;

    oauth2_buf_init(&b, ctx->flow->pool, 1024);

    if (ctx->complaints == NULL) {
        oauth2_buf_write_c(&b, error->detail);

    } else {
        oauth2_buf_write_c(&b, ctx->complaints->field + 1);
        oauth2_buf_write_c(&b, ": ");
        oauth2_buf_write_c(&b, ctx->complaints->detail);
    }

    if (oauth2_buf_done(&b, &text) == OAUTH2_OK) {
        oauth2_json_str(j, "error_description", text);
    }
}


static void
fail_authenticate(ngx_http_oauth2_ctx_t *ctx, const oauth2_error_t *error)
{
    oauth2_str_t  value;

    if (ngx_http_oauth2_challenge(ctx, error, &value) == NGX_OK) {
        oauth2_reply_header(ctx->flow, "WWW-Authenticate", value);
    }
}


/* RFC 6749 4.1.2.1 with iss of RFC 9207 */

static void
fail_redirect(ngx_http_oauth2_ctx_t *ctx, const oauth2_error_t *error)
{
    oauth2_response_t  response[5];

    ngx_memzero(response, sizeof(response));

    response[0].name = "error";
    response[0].value = oauth2_str_of(error->oauth_code);
    response[1].name = "error_description";
    response[1].value = oauth2_str_of(error->detail);
    response[2].name = "state";
    response[2].value = ctx->redirect_state;
    response[3].name = "iss";
    response[3].value = ctx->conf->settings.issuer;

    if (ngx_http_oauth2_redirect(ctx, response) != NGX_OK) {
        fail_page(ctx, error);
    }
}


/* A dead end that may not redirect: static HTML, nothing of the input. */

static void
fail_page(ngx_http_oauth2_ctx_t *ctx, const oauth2_error_t *error)
{
    oauth2_rc_e          rc;
    oauth2_str_t         content;
    oauth2_html_value_t  values[5];

    ngx_memzero(values, sizeof(values));

    values[0].name = "error";
    values[0].value = oauth2_str_of(error->detail);
    values[1].name = "advice";
    values[1].value = (error->status == NGX_HTTP_SERVICE_UNAVAILABLE)
        ? oauth2_str("Wait a moment, then go back and try again.")
        : oauth2_str("Go back to the application and start again.");
    values[2].name = "code";
    values[2].value = oauth2_str_of(error->code);
    values[3].name = "request";
    values[3].value = ctx->request_id;

    oauth2_page_headers(ctx->flow, OAUTH2_PAGE_ERROR);

    content = oauth2_str_null;
    rc = oauth2_page_write(ctx->flow->pool, &ctx->conf->settings,
                           OAUTH2_PAGE_ERROR, values, &content);

    fail_content(ctx, error->status, "text/html; charset=utf-8", rc,
                 content);
}


static void
fail_content(ngx_http_oauth2_ctx_t *ctx, unsigned status, const char *type,
    oauth2_rc_e rc, oauth2_str_t content)
{
    if (rc != OAUTH2_OK) {
        status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        content = oauth2_str("");
    }

    ctx->status = status;
    ctx->content = content;
    ctx->prepared = 1;

    ngx_str_null(&ctx->content_type);

    if (type != NULL) {
        ctx->content_type.data = (u_char *) type;
        ctx->content_type.len = ngx_strlen(type);
    }
}


static ngx_uint_t
fail_has_header(ngx_http_oauth2_ctx_t *ctx, const char *name)
{
    ngx_uint_t  i;

    for (i = 0; i < ctx->nheaders; i++) {
        if (ngx_strcmp(ctx->headers[i].name.data, name) == 0) {
            return 1;
        }
    }

    return 0;
}
