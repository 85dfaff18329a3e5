/* SPDX-License-Identifier: MIT */

/*
 * POST /oauth/token: each grant is a table of its own.
 */

#include "api.h"

typedef struct {
    const char           *name;
    const oauth2_step_t  *steps;
} token_grant_t;

static oauth2_next_e token_read(oauth2_flow_t *f);
static oauth2_next_e token_proof(oauth2_flow_t *f);
static oauth2_next_e token_enter(oauth2_flow_t *f);

static const oauth2_field_t  token_fields[] = {
    { "grant_type", OAUTH2_FIELD_STR, 255, 0,
      offsetof(oauth2_grant_t, grant_type) },
    { "code", OAUTH2_FIELD_STR, 512, 0, offsetof(oauth2_grant_t, code) },
    { "redirect_uri", OAUTH2_FIELD_STR, 2048, 0,
      offsetof(oauth2_grant_t, redirect_uri) },
    { "code_verifier", OAUTH2_FIELD_STR, 1024, 0,
      offsetof(oauth2_grant_t, code_verifier) },
    { "refresh_token", OAUTH2_FIELD_STR, 512, 0,
      offsetof(oauth2_grant_t, refresh_token) },
    { "device_code", OAUTH2_FIELD_STR, 512, 0,
      offsetof(oauth2_grant_t, device_code) },
    { "scope", OAUTH2_FIELD_STR, 1024, 0, offsetof(oauth2_grant_t, scope) },
    { "resource", OAUTH2_FIELD_STR, 4096, OAUTH2_MULTIPLE,
      offsetof(oauth2_grant_t, resource) },
    { "audience", OAUTH2_FIELD_STR, 4096, OAUTH2_MULTIPLE,
      offsetof(oauth2_grant_t, exchange.audience) },
    { "requested_token_type", OAUTH2_FIELD_STR, 255, 0,
      offsetof(oauth2_grant_t, exchange.requested_token_type) },
    { "subject_token", OAUTH2_FIELD_STR, OAUTH2_JWT_MAX, 0,
      offsetof(oauth2_grant_t, exchange.subject_token) },
    { "subject_token_type", OAUTH2_FIELD_STR, 255, 0,
      offsetof(oauth2_grant_t, exchange.subject_token_type) },
    { "actor_token", OAUTH2_FIELD_STR, OAUTH2_JWT_MAX, 0,
      offsetof(oauth2_grant_t, exchange.actor_token) },
    { "actor_token_type", OAUTH2_FIELD_STR, 255, 0,
      offsetof(oauth2_grant_t, exchange.actor_token_type) },
    { NULL, 0, 0, 0, 0 }
};

static const token_grant_t  token_grants[] = {
    { "authorization_code", oauth2_grant_code_steps },
    { "refresh_token", oauth2_grant_refresh_steps },
    { "client_credentials", oauth2_grant_client_steps },
    { OAUTH2_GRANT_DEVICE, oauth2_grant_device_steps },
    { OAUTH2_GRANT_EXCHANGE, oauth2_grant_exchange_steps },
    { NULL, NULL }
};

static const oauth2_step_t  token_steps[] = {
    { "reading form", token_read, &oauth2_err_invalid_request },
    { "asking for a proof", token_proof, &oauth2_err_server_error },
    { "choosing grant", token_enter, &oauth2_err_server_error },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(token, token_steps, oauth2_grant_t);


static oauth2_next_e
token_read(oauth2_flow_t *f)
{
    return oauth2_read_form(f, token_fields, oauth2_state(f));
}


static oauth2_next_e
token_proof(oauth2_flow_t *f)
{
    return oauth2_enter(f, oauth2_proof_steps);
}


static oauth2_next_e
token_enter(oauth2_flow_t *f)
{
    oauth2_str_t           grant_type;
    oauth2_grant_t        *grant;
    const oauth2_error_t  *error;
    const token_grant_t   *g;

    grant = oauth2_state(f);
    grant_type = grant->grant_type;
    error = oauth2_pop_require(f);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (grant_type.data == NULL) {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    for (g = token_grants; g->name != NULL; g++) {
        if (!oauth2_str_same(grant_type, oauth2_str_of(g->name))) {
            continue;
        }

        if (!oauth2_list_has(oauth2_pool(f), oauth2_client(f)->grant_types,
                             grant_type))
        {
            return oauth2_fail(f, &oauth2_err_unauthorized_client);
        }

        if (!oauth2_can_sign(f)) {
            return oauth2_fail(f, &oauth2_err_no_keys);
        }

        grant->issue.client_id = oauth2_client(f)->client_id;

        return oauth2_enter(f, g->steps);
    }

    return oauth2_fail(f, &oauth2_err_grant_type);
}
