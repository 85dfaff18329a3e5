/* SPDX-License-Identifier: MIT */

/* GET /oauth/register?client_id=...: what is registered (RFC 7592 2.1). */

#include "api.h"

static oauth2_next_e registration_show_find(oauth2_flow_t *f);
static oauth2_next_e registration_show_reply(oauth2_flow_t *f);

static const oauth2_step_t  registration_show_steps[] = {
    { "finding registration", registration_show_find,
      &oauth2_err_server_error },
    { "replying", registration_show_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(registration_show, registration_show_steps,
                oauth2_registration_t);


static oauth2_next_e
registration_show_find(oauth2_flow_t *f)
{
    const oauth2_error_t   *error;
    oauth2_registration_t  *registration;

    registration = oauth2_state(f);
    error = oauth2_registration_read(f, registration);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    return oauth2_call(f, OAUTH2_STMT_client_registration_find,
                       registration->client_id, registration->token_digest);
}


static oauth2_next_e
registration_show_reply(oauth2_flow_t *f)
{
    if (!oauth2_row_is(f, "found")) {
        oauth2_log_warn(f, "registration access token refused");
        return oauth2_fail(f, &oauth2_err_invalid_token);
    }

    return oauth2_registration_reply(f, 200, oauth2_state(f));
}
