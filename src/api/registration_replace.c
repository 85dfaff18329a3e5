/* SPDX-License-Identifier: MIT */

/*
 * PUT /oauth/register?client_id=...: other metadata take the place of all
 * that is registered (RFC 7592 2.2).  Who asks is known before anything is
 * said about the body.
 */

#include "api.h"

static oauth2_next_e registration_replace_read(oauth2_flow_t *f);
static oauth2_next_e registration_replace_find(oauth2_flow_t *f);
static oauth2_next_e registration_replace_compare(oauth2_flow_t *f);
static oauth2_next_e registration_replace_write(oauth2_flow_t *f);
static oauth2_next_e registration_replace_reply(oauth2_flow_t *f);
static const oauth2_error_t *registration_replace_check(oauth2_flow_t *f,
    oauth2_registration_t *registration);
static const oauth2_error_t *registration_replace_member(oauth2_flow_t *f,
    const char *name, oauth2_str_t *value);

static const oauth2_field_t  registration_replace_fields[] = {
    { NULL, 0, 0, 0, 0 }
};

/* Of the server's answer, and never of the request (RFC 7592 2.2). */

static const char *const  registration_replace_never[] = {
    "registration_access_token", "registration_client_uri",
    "client_secret_expires_at", "client_id_issued_at", NULL
};

static const oauth2_step_t  registration_replace_steps[] = {
    { "reading metadata", registration_replace_read,
      &oauth2_err_server_error },
    { "finding registration", registration_replace_find,
      &oauth2_err_server_error },
    { "checking metadata", registration_replace_compare,
      &oauth2_err_server_error },
    { "replacing registration", registration_replace_write,
      &oauth2_err_server_error },
    { "replying", registration_replace_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(registration_replace, registration_replace_steps,
                oauth2_registration_t);


static oauth2_next_e
registration_replace_read(oauth2_flow_t *f)
{
    const oauth2_error_t  *error;

    error = oauth2_registration_read(f, oauth2_state(f));

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    return oauth2_read_json(f, registration_replace_fields,
                            oauth2_state(f));
}


static oauth2_next_e
registration_replace_find(oauth2_flow_t *f)
{
    oauth2_registration_t  *registration;

    registration = oauth2_state(f);

    return oauth2_call(f, OAUTH2_STMT_client_registration_find,
                       registration->client_id, registration->token_digest);
}


static oauth2_next_e
registration_replace_compare(oauth2_flow_t *f)
{
    const oauth2_error_t  *error;

    if (!oauth2_row_is(f, "found")) {
        oauth2_log_warn(f, "registration access token refused");
        return oauth2_fail(f, &oauth2_err_invalid_token);
    }

    error = registration_replace_check(f, oauth2_state(f));

    return (error != NULL) ? oauth2_fail(f, error)
                           : oauth2_enter(f, oauth2_registration_sector_steps);
}


static oauth2_next_e
registration_replace_write(oauth2_flow_t *f)
{
    oauth2_str_t            digest;
    oauth2_registration_t  *registration;

    registration = oauth2_state(f);

    digest = oauth2_str_null;

    if (registration->given_secret.data != NULL
        && oauth2_sha256_hex(oauth2_pool(f), registration->given_secret,
                             &digest)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (oauth2_registration_make_secret(f, registration) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_client_registration_replace,
                       registration->client_id, registration->token_digest,
                       digest, registration->secret_digest,
                       registration->sealed,
                       registration->metadata.document);
}


/* The secret that was told is the client's, and may be said again. */

static oauth2_next_e
registration_replace_reply(oauth2_flow_t *f)
{
    oauth2_registration_t  *registration;

    registration = oauth2_state(f);

    if (oauth2_row_is(f, "wrong_secret")) {
        oauth2_log_warn(f, "registration with another secret refused");
        oauth2_complain(f, "client_secret", "This is not the client's.");
        return oauth2_fail(f, &oauth2_err_client_metadata);
    }

    if (!oauth2_row_is(f, "replaced")) {
        return oauth2_fail(f, &oauth2_err_invalid_token);
    }

    if (!oauth2_row_bool(f, "created_secret")) {
        registration->secret = oauth2_row_bool(f, "has_secret")
                               ? registration->given_secret
                               : oauth2_str_null;
    }

    return oauth2_registration_reply(f, 200, registration);
}


static const oauth2_error_t *
registration_replace_check(oauth2_flow_t *f,
    oauth2_registration_t *registration)
{
    size_t                 i;
    oauth2_str_t           value;
    const oauth2_error_t  *error;

    for (i = 0; registration_replace_never[i] != NULL; i++) {
        error = registration_replace_member(f, registration_replace_never[i],
                                            &value);

        if (error == NULL && value.data != NULL) {
            oauth2_complain(f, registration_replace_never[i],
                            "This is the server's to say.");
            error = &oauth2_err_client_metadata;
        }

        if (error != NULL) {
            return error;
        }
    }

    error = registration_replace_member(f, "client_id", &value);

    if (error != NULL) {
        return error;
    }

    if (!oauth2_str_same(value, registration->client_id)) {
        oauth2_complain(f, "client_id", "This is not the client's.");
        return &oauth2_err_client_metadata;
    }

    error = registration_replace_member(f, "client_secret",
                                        &registration->given_secret);

    return (error != NULL) ? error
                           : oauth2_registration_check(f, registration);
}


/* Absent when it is not there. */

static const oauth2_error_t *
registration_replace_member(oauth2_flow_t *f, const char *name,
    oauth2_str_t *value)
{
    oauth2_rc_e  rc;

    *value = oauth2_str_null;
    rc = oauth2_json_find(oauth2_pool(f), oauth2_body(f), name, value);

    return (rc == OAUTH2_OK || rc == OAUTH2_NONE) ? NULL
                                                  : &oauth2_err_server_error;
}
