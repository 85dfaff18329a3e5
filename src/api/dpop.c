/* SPDX-License-Identifier: MIT */

/*
 * DPoP proofs of requests (RFC 9449 4.3, 8, 11.1): one of the header, about
 * this request, made just now, and not used before.
 */

#include "api.h"

static oauth2_next_e proof_check(oauth2_flow_t *f);
static const oauth2_error_t *proof_read(oauth2_flow_t *f,
    oauth2_str_t access_token, oauth2_dpop_t *dpop);
static const oauth2_error_t *proof_nonce(oauth2_flow_t *f);
static oauth2_rc_e proof_digest(oauth2_flow_t *f, const oauth2_dpop_t *dpop,
    oauth2_str_t *digest);

const oauth2_step_t  oauth2_proof_steps[] = {
    { "checking proof", proof_check, &oauth2_err_server_error },
    { "using proof", oauth2_proof_used, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
proof_check(oauth2_flow_t *f)
{
    const oauth2_error_t  *error;

    error = oauth2_proof_check(f, oauth2_str_null);

    return error == NULL ? oauth2_proof_use(f) : oauth2_fail(f, error);
}


const oauth2_error_t *
oauth2_proof_check(oauth2_flow_t *f, oauth2_str_t access_token)
{
    oauth2_pop_t          *pop;
    oauth2_dpop_t          dpop;
    const oauth2_error_t  *error;

    if (access_token.data == NULL && oauth2_header_count(f, "dpop") == 0) {
        return NULL;
    }

    error = proof_nonce(f);

    if (error != NULL) {
        return error;
    }

    error = proof_read(f, access_token, &dpop);

    if (error != NULL) {
        return error;
    }

    pop = oauth2_pop(f);

    if (proof_digest(f, &dpop, &pop->digest) != OAUTH2_OK) {
        return &oauth2_err_server_error;
    }

    pop->jkt = dpop.thumbprint;
    pop->lifetime = dpop.lifetime;

    return NULL;
}


static const oauth2_error_t *
proof_read(oauth2_flow_t *f, oauth2_str_t access_token, oauth2_dpop_t *dpop)
{
    bool                      resource;
    const char               *why;
    oauth2_rc_e               rc;
    oauth2_str_t              uris[OAUTH2_TARGETS_MAX];
    oauth2_dpop_request_t     request;
    const oauth2_settings_t  *settings;

    settings = oauth2_settings(f);
    resource = access_token.data != NULL;

    request.method = oauth2_method(f);
    request.uris = uris;
    request.count = oauth2_targets(f, uris);
    request.access_token = access_token;
    request.nonce_key = settings->dpop_nonce ? settings->token_key->nonce
                                             : NULL;
    request.now = oauth2_now(f);

    why = "DPoP proof refused: not one of them";
    rc = OAUTH2_BAD;

    if (oauth2_header_count(f, "dpop") == 1) {
        rc = oauth2_dpop_check(oauth2_pool(f), &request,
                               oauth2_header(f, "dpop"), dpop, &why);
    }

    switch (rc) {

    case OAUTH2_OK:
        return NULL;

    case OAUTH2_NONE:
        return resource ? &oauth2_err_resource_nonce
                        : &oauth2_err_use_nonce;

    case OAUTH2_BAD:
        oauth2_log_info(f, why);
        return resource ? &oauth2_err_resource_proof
                        : &oauth2_err_dpop_proof;

    default:
        return &oauth2_err_server_error;
    }
}


/* RFC 9449 8.2: the one to use from now on, with every answer. */

static const oauth2_error_t *
proof_nonce(oauth2_flow_t *f)
{
    oauth2_str_t              nonce;
    const oauth2_settings_t  *settings;

    settings = oauth2_settings(f);

    if (!settings->dpop_nonce) {
        return NULL;
    }

    if (oauth2_dpop_nonce_write(oauth2_pool(f), settings->token_key->nonce,
                                oauth2_now(f), &nonce)
        != OAUTH2_OK)
    {
        return &oauth2_err_server_error;
    }

    oauth2_reply_header(f, "DPoP-Nonce", nonce);

    return NULL;
}


/* A jti is its key's: nobody can use up those of somebody else. */

static oauth2_rc_e
proof_digest(oauth2_flow_t *f, const oauth2_dpop_t *dpop,
    oauth2_str_t *digest)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  text;

    oauth2_buf_init(&buf, oauth2_pool(f), OAUTH2_JWT_MAX);
    oauth2_buf_write_c(&buf, "dpop");
    oauth2_buf_write_byte(&buf, '\0');
    oauth2_buf_write(&buf, dpop->thumbprint);
    oauth2_buf_write_byte(&buf, '\0');
    oauth2_buf_write(&buf, dpop->jti);

    rc = oauth2_buf_done(&buf, &text);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_sha256_hex(oauth2_pool(f), text, digest);
}


oauth2_next_e
oauth2_proof_use(oauth2_flow_t *f)
{
    oauth2_pop_t  *pop;

    pop = oauth2_pop(f);

    if (pop->jkt.data == NULL) {
        return OAUTH2_NEXT;
    }

    pop->row = oauth2_row_keep(f);

    return oauth2_call(f, OAUTH2_STMT_replay_use, pop->digest,
                       oauth2_str_int(f, pop->lifetime));
}


oauth2_next_e
oauth2_proof_used(oauth2_flow_t *f)
{
    oauth2_pop_t  *pop;

    pop = oauth2_pop(f);

    if (pop->jkt.data == NULL) {
        return OAUTH2_NEXT;
    }

    if (!oauth2_row_is(f, "first")) {
        oauth2_log_warn(f, "DPoP proof used again");
        return oauth2_fail(f, pop->scheme ? &oauth2_err_resource_proof
                                          : &oauth2_err_dpop_proof);
    }

    oauth2_row_back(f, pop->row);

    return OAUTH2_NEXT;
}
