/* SPDX-License-Identifier: MIT */

/* DELETE /oauth/register?client_id=...: the client goes, and its tokens,
 * codes and consents with it (RFC 7592 2.3). */

#include "api.h"

static oauth2_next_e registration_remove_write(oauth2_flow_t *f);
static oauth2_next_e registration_remove_reply(oauth2_flow_t *f);

static const oauth2_step_t  registration_remove_steps[] = {
    { "removing client", registration_remove_write,
      &oauth2_err_server_error },
    { "replying", registration_remove_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(registration_remove, registration_remove_steps,
                oauth2_registration_t);


static oauth2_next_e
registration_remove_write(oauth2_flow_t *f)
{
    const oauth2_error_t   *error;
    oauth2_registration_t  *registration;

    registration = oauth2_state(f);
    error = oauth2_registration_read(f, registration);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    return oauth2_call(f, OAUTH2_STMT_client_registration_remove,
                       registration->client_id, registration->token_digest);
}


static oauth2_next_e
registration_remove_reply(oauth2_flow_t *f)
{
    if (!oauth2_row_is(f, "removed")) {
        oauth2_log_warn(f, "registration access token refused");
        return oauth2_fail(f, &oauth2_err_invalid_token);
    }

    return oauth2_reply_empty(f, 204);
}
