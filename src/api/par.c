/* SPDX-License-Identifier: MIT */

/*
 * POST /oauth/par (RFC 9126): an authorization request, checked as the
 * authorization endpoint does, and kept under a name for one use.  Only its
 * parameters are kept: what the client authenticated with is not.
 */

#include "api.h"

#define PAR_LIFETIME  90      /* seconds */
#define PAR_MAX       65536

typedef struct {
    oauth2_authorize_t  auth;
    oauth2_str_t        secret;
} par_t;

static oauth2_next_e par_read(oauth2_flow_t *f);
static oauth2_next_e par_object(oauth2_flow_t *f);
static oauth2_next_e par_proof(oauth2_flow_t *f);
static oauth2_next_e par_bind(oauth2_flow_t *f);
static oauth2_next_e par_push(oauth2_flow_t *f);
static oauth2_next_e par_reply(oauth2_flow_t *f);
static oauth2_rc_e par_parameters(oauth2_flow_t *f,
    const oauth2_authorize_t *auth, oauth2_str_t *parameters);

static const oauth2_step_t  par_steps[] = {
    { "reading form", par_read, &oauth2_err_invalid_request },
    { "taking request object", par_object, NULL },
    { "asking for a proof", par_proof, &oauth2_err_server_error },
    { "binding request", par_bind, NULL },
    { "pushing request", par_push, &oauth2_err_server_error },
    { "replying", par_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(par, par_steps, par_t);


static oauth2_next_e
par_read(oauth2_flow_t *f)
{
    return oauth2_read_form(f, oauth2_authorize_fields, oauth2_state(f));
}


static oauth2_next_e
par_object(oauth2_flow_t *f)
{
    par_t  *par;

    par = oauth2_state(f);

    /* RFC 9126 2.1 */

    if (par->auth.request_uri.data != NULL
        || par->auth.transaction.data != NULL)
    {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    return oauth2_enter(f, oauth2_request_steps);
}


static oauth2_next_e
par_proof(oauth2_flow_t *f)
{
    return oauth2_enter(f, oauth2_proof_steps);
}


/* RFC 9449 10.1: a proof is as good as its thumbprint, which must not say
 * otherwise. */

static oauth2_next_e
par_bind(oauth2_flow_t *f)
{
    par_t         *par;
    oauth2_str_t   jkt;

    par = oauth2_state(f);
    jkt = oauth2_pop(f)->jkt;

    if (jkt.data == NULL) {
        return OAUTH2_NEXT;
    }

    if (par->auth.dpop_jkt.data != NULL
        && !oauth2_str_same(par->auth.dpop_jkt, jkt))
    {
        return oauth2_fail(f, &oauth2_err_dpop_proof);
    }

    par->auth.dpop_jkt = jkt;

    return OAUTH2_NEXT;
}


/* The last row is still that of client_find, by which the client was
 * authenticated. */

static oauth2_next_e
par_push(oauth2_flow_t *f)
{
    par_t                 *par;
    oauth2_str_t           parameters, digest;
    oauth2_authorize_t     checked;
    const oauth2_error_t  *error;

    par = oauth2_state(f);

    par->auth.client_id = oauth2_client(f)->client_id;

    if (!oauth2_authorize_redirect_known(f, &par->auth)) {
        return oauth2_fail(f, &oauth2_err_redirect_uri);
    }

    /* it is checked again when it is used: times run from there */

    checked = par->auth;
    checked.pushed = true;
    error = oauth2_authorize_check(f, &checked);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (par_parameters(f, &par->auth, &parameters) != OAUTH2_OK
        || oauth2_random_secret(oauth2_pool(f), &par->secret) != OAUTH2_OK
        || oauth2_sha256_hex(oauth2_pool(f), par->secret, &digest)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_request_push, digest,
                       par->auth.client_id, parameters,
                       oauth2_str_int(f, PAR_LIFETIME));
}


static oauth2_next_e
par_reply(oauth2_flow_t *f)
{
    par_t          *par;
    oauth2_buf_t    buf;
    oauth2_str_t    uri;
    oauth2_json_t   j;

    par = oauth2_state(f);

    if (!oauth2_row_is(f, "pushed")) {
        return oauth2_fail(f, &oauth2_err_invalid_client);
    }

    oauth2_buf_init(&buf, oauth2_pool(f), 256);
    oauth2_buf_write_c(&buf, OAUTH2_PUSHED_PREFIX);
    oauth2_buf_write(&buf, par->secret);

    if (oauth2_buf_done(&buf, &uri) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), 512);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "request_uri", uri);
    oauth2_json_int(&j, "expires_in", PAR_LIFETIME);
    oauth2_json_close(&j);

    return oauth2_reply(f, 201, &j);
}


/* As oauth2_authorize_fields reads them again. */

static oauth2_rc_e
par_parameters(oauth2_flow_t *f, const oauth2_authorize_t *auth,
    oauth2_str_t *parameters)
{
    oauth2_str_t           value;
    oauth2_json_t          j;
    const oauth2_field_t  *field;

    oauth2_json_init(&j, oauth2_pool(f), PAR_MAX);
    oauth2_json_open(&j, NULL);

    for (field = oauth2_authorize_fields; field->name != NULL; field++) {
        value = *(const oauth2_str_t *) ((const u_char *) auth
                                         + field->offset);

        if (value.data != NULL) {
            oauth2_json_str(&j, field->name, value);
        }
    }

    oauth2_json_close(&j);

    return oauth2_json_done(&j, parameters);
}
