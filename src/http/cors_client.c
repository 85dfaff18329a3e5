/* SPDX-License-Identifier: MIT */

/*
 * The pages of public clients: a preflight says an origin and no client, so
 * the database is asked whether any client has it.  What it says is kept for
 * a while, one origin a place: a page asks again and again, and whoever
 * floods us with one origin is not passed on.
 */

#include "http.h"


#define CORS_CLIENT_PLACES  64      /* of a process */
#define CORS_CLIENT_MAX     270     /* https://, 253 of a host, a port */
#define CORS_CLIENT_KEPT    30      /* seconds */


typedef struct {
    const void  *database;
    time_t       until;
    size_t       len;
    ngx_uint_t   known;
    u_char       origin[CORS_CLIENT_MAX];
} cors_client_t;


static oauth2_next_e cors_client_find(oauth2_flow_t *f);
static oauth2_next_e cors_client_take(oauth2_flow_t *f);
static ngx_uint_t cors_client_asks(ngx_http_oauth2_ctx_t *ctx,
    oauth2_str_t *origin);
static cors_client_t *cors_client_place(oauth2_str_t origin);


const oauth2_step_t  ngx_http_oauth2_cors_client_steps[] = {
    { "looking for the origin", cors_client_find, &oauth2_err_server_error },
    { "taking the origin", cors_client_take, NULL },
    { NULL, NULL, NULL }
};


static cors_client_t  cors_clients[CORS_CLIENT_PLACES];


static oauth2_next_e
cors_client_find(oauth2_flow_t *f)
{
    oauth2_str_t            origin;
    cors_client_t          *place;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    if (!cors_client_asks(ctx, &origin)) {
        return OAUTH2_NEXT;
    }

    place = cors_client_place(origin);

    if (place->database == ctx->conf->database && place->until > ngx_time()
        && place->len == origin.len
        && ngx_memcmp(place->origin, origin.data, origin.len) == 0)
    {
        ctx->own_origin = place->known;
        return OAUTH2_NEXT;
    }

    ctx->asked_origin = 1;

    return oauth2_call(f, OAUTH2_STMT_origin_find, origin);
}


static oauth2_next_e
cors_client_take(oauth2_flow_t *f)
{
    oauth2_str_t            origin;
    cors_client_t          *place;
    ngx_http_oauth2_ctx_t  *ctx;

    ctx = f->data;

    if (!ctx->asked_origin) {
        return OAUTH2_NEXT;
    }

    origin = oauth2_header(f, "origin");

    ctx->own_origin = oauth2_row_is(f, "known");

    place = cors_client_place(origin);
    place->database = ctx->conf->database;
    place->until = ngx_time() + CORS_CLIENT_KEPT;
    place->known = ctx->own_origin;
    place->len = origin.len;
    ngx_memcpy(place->origin, origin.data, origin.len);

    return OAUTH2_NEXT;
}


/* Is there an origin that only a client can make known to us?  What a
 * client sends itself, with its id, is looked at by its guard. */

static ngx_uint_t
cors_client_asks(ngx_http_oauth2_ctx_t *ctx, oauth2_str_t *origin)
{
    *origin = oauth2_header(ctx->flow, "origin");

    return origin->data != NULL && origin->len <= CORS_CLIENT_MAX
           && oauth2_str_same(oauth2_uri_origin(*origin), *origin)
           && !oauth2_origin_is_listed(ctx->flow)
           && ctx->r == ctx->r->main
           && ngx_http_oauth2_is_for_clients(&ctx->r->uri)
           && (ctx->r->method == NGX_HTTP_OPTIONS
               || ctx->route->guard != oauth2_client_steps);
}


static cors_client_t *
cors_client_place(oauth2_str_t origin)
{
    return &cors_clients[ngx_crc32_short(origin.data, origin.len)
                         % CORS_CLIENT_PLACES];
}
