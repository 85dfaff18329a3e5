/* SPDX-License-Identifier: MIT */

/*
 * What registering a client (RFC 7591) and managing a registration (RFC
 * 7592) share.
 *
 * Secrets and registration access tokens are kept as digests: they are told
 * once, by the answer that made them, and never again.  A secret that signs
 * something is kept sealed as well.
 */

#include "api.h"

#define REGISTRATION_REPLY_MAX  40960

static const oauth2_field_t  registration_fields[] = {
    { "client_id", OAUTH2_FIELD_STR, 255, OAUTH2_REQUIRED,
      offsetof(oauth2_registration_t, client_id) },
    { NULL, 0, 0, 0, 0 }
};


const oauth2_error_t *
oauth2_registration_read(oauth2_flow_t *f,
    oauth2_registration_t *registration)
{
    const oauth2_error_t  *error;

    if (oauth2_settings(f)->registration == OAUTH2_REGISTRATION_OFF) {
        return &oauth2_err_not_found;
    }

    error = oauth2_read_query(f, registration_fields, registration);

    if (error != NULL) {
        return error;
    }

    registration->token = oauth2_bearer(f);

    if (registration->token.data == NULL) {
        return &oauth2_err_no_session;
    }

    return (oauth2_sha256_hex(oauth2_pool(f), registration->token,
                              &registration->token_digest)
            == OAUTH2_OK) ? NULL : &oauth2_err_server_error;
}


const oauth2_error_t *
oauth2_registration_check(oauth2_flow_t *f,
    oauth2_registration_t *registration)
{
    oauth2_rc_e         rc;
    oauth2_str_t        discovery;
    oauth2_metadata_t  *metadata;

    metadata = &registration->metadata;

    if (!oauth2_can_sign(f)) {
        return &oauth2_err_no_keys;     /* and nobody knows the algorithms */
    }

    if (oauth2_discovery_write(f, &discovery) != OAUTH2_OK) {
        return &oauth2_err_server_error;
    }

    rc = oauth2_metadata_read(oauth2_pool(f), oauth2_body(f), discovery,
                              metadata);

    if (rc == OAUTH2_OK) {
        return NULL;
    }

    if (rc != OAUTH2_BAD || metadata->member == NULL) {
        return &oauth2_err_server_error;
    }

    oauth2_complain(f, metadata->member, metadata->detail);

    return metadata->redirect ? &oauth2_err_client_redirect_uri
                              : &oauth2_err_client_metadata;
}


oauth2_rc_e
oauth2_registration_secret(oauth2_flow_t *f, oauth2_str_t *secret,
    oauth2_str_t *digest)
{
    oauth2_rc_e  rc;

    rc = oauth2_random_secret(oauth2_pool(f), secret);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_sha256_hex(oauth2_pool(f), *secret, digest);
}


oauth2_rc_e
oauth2_registration_make_secret(oauth2_flow_t *f,
    oauth2_registration_t *registration)
{
    oauth2_rc_e  rc;

    if (!oauth2_str_starts(registration->metadata.auth_method,
                           oauth2_str("client_secret_")))
    {
        return OAUTH2_OK;
    }

    rc = oauth2_registration_secret(f, &registration->secret,
                                    &registration->secret_digest);

    if (rc != OAUTH2_OK || !registration->metadata.seals) {
        return rc;
    }

    return oauth2_secret_seal(oauth2_pool(f), oauth2_settings(f)->token_key,
                              registration->client_id, registration->secret,
                              &registration->sealed);
}


oauth2_next_e
oauth2_registration_reply(oauth2_flow_t *f, unsigned status,
    const oauth2_registration_t *registration)
{
    oauth2_buf_t   buf;
    oauth2_str_t   uri;
    oauth2_json_t  j;

    oauth2_buf_init(&buf, oauth2_pool(f), 4096);
    oauth2_buf_write(&buf, oauth2_settings(f)->issuer);
    oauth2_buf_write_c(&buf, "/oauth/register");
    oauth2_uri_write_param(&buf, "client_id", registration->client_id);

    if (oauth2_buf_done(&buf, &uri) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), REGISTRATION_REPLY_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "client_id", registration->client_id);
    oauth2_json_int(&j, "client_id_issued_at",
                    oauth2_row_int(f, "created_at"));

    if (registration->secret.data != NULL) {
        oauth2_json_str(&j, "client_secret", registration->secret);
        oauth2_json_int(&j, "client_secret_expires_at", 0);
    }

    oauth2_json_str(&j, "registration_access_token", registration->token);
    oauth2_json_str(&j, "registration_client_uri", uri);
    oauth2_json_members(&j, oauth2_row(f, "metadata"));
    oauth2_json_close(&j);

    return oauth2_reply(f, status, &j);
}
