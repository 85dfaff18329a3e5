/* SPDX-License-Identifier: MIT */

/*
 * POST /oauth/register (RFC 7591 3): a client registers itself, with the
 * initial access token where oauth2_registration wants one.
 */

#include "api.h"

static oauth2_next_e client_register_read(oauth2_flow_t *f);
static oauth2_next_e client_register_check(oauth2_flow_t *f);
static oauth2_next_e client_register_write(oauth2_flow_t *f);
static oauth2_next_e client_register_reply(oauth2_flow_t *f);
static const oauth2_error_t *client_register_allowed(oauth2_flow_t *f);

static const oauth2_field_t  client_register_fields[] = {
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  client_register_steps[] = {
    { "reading metadata", client_register_read, &oauth2_err_server_error },
    { "checking metadata", client_register_check, &oauth2_err_server_error },
    { "registering client", client_register_write, &oauth2_err_server_error },
    { "replying", client_register_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(client_register, client_register_steps,
                oauth2_registration_t);


static oauth2_next_e
client_register_read(oauth2_flow_t *f)
{
    const oauth2_error_t  *error;

    error = client_register_allowed(f);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    return oauth2_read_json(f, client_register_fields, oauth2_state(f));
}


static oauth2_next_e
client_register_check(oauth2_flow_t *f)
{
    const oauth2_error_t  *error;

    error = oauth2_registration_check(f, oauth2_state(f));

    return (error != NULL) ? oauth2_fail(f, error)
                           : oauth2_enter(f, oauth2_registration_sector_steps);
}


static oauth2_next_e
client_register_write(oauth2_flow_t *f)
{
    oauth2_registration_t  *registration;

    registration = oauth2_state(f);

    if (oauth2_operation_id(f, &registration->client_id) != OAUTH2_OK
        || oauth2_registration_secret(f, &registration->token,
                                      &registration->token_digest)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (oauth2_registration_make_secret(f, registration) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_client_register,
                       registration->client_id, registration->secret_digest,
                       registration->sealed, registration->token_digest,
                       registration->metadata.document);
}


static oauth2_next_e
client_register_reply(oauth2_flow_t *f)
{
    if (!oauth2_row_is(f, "registered")) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_log_info(f, "client registered");

    return oauth2_registration_reply(f, 201, oauth2_state(f));
}


static const oauth2_error_t *
client_register_allowed(oauth2_flow_t *f)
{
    oauth2_str_t              token, digest;
    const oauth2_settings_t  *settings;

    settings = oauth2_settings(f);

    if (settings->registration == OAUTH2_REGISTRATION_OFF) {
        return &oauth2_err_not_found;
    }

    if (settings->registration == OAUTH2_REGISTRATION_OPEN) {
        return NULL;
    }

    token = oauth2_bearer(f);

    if (token.data == NULL) {
        return &oauth2_err_no_session;
    }

    if (oauth2_sha256_hex(oauth2_pool(f), token, &digest) != OAUTH2_OK) {
        return &oauth2_err_server_error;
    }

    if (!oauth2_str_same_secret(digest, settings->registration_token)) {
        oauth2_log_warn(f, "initial access token refused");
        return &oauth2_err_invalid_token;
    }

    return NULL;
}
