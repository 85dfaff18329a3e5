/* SPDX-License-Identifier: MIT */

/*
 * grant_type=urn:ietf:params:oauth:grant-type:device_code (RFC 8628 3.4):
 * the device asks until its user has decided.
 */

#include "api.h"

typedef struct {
    const char            *status;
    const oauth2_error_t  *error;
} grant_device_t;

static oauth2_next_e grant_device_redeem(oauth2_flow_t *f);
static oauth2_next_e grant_device_reply(oauth2_flow_t *f);

/* RFC 8628 3.5 */
static const grant_device_t  grant_device_errors[] = {
    { "pending", &oauth2_err_pending },
    { "slow_down", &oauth2_err_slow_down },
    { "denied", &oauth2_err_device_denied },
    { "expired", &oauth2_err_device_expired },
    { NULL, &oauth2_err_invalid_grant }
};

const oauth2_step_t  oauth2_grant_device_steps[] = {
    { "redeeming device code", grant_device_redeem,
      &oauth2_err_server_error },
    { "replying", grant_device_reply, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
grant_device_redeem(oauth2_flow_t *f)
{
    bool                      refresh;
    oauth2_str_t              digest;
    oauth2_grant_t           *grant;
    oauth2_issue_t           *issue;
    const oauth2_settings_t  *settings;

    grant = oauth2_state(f);
    issue = &grant->issue;
    settings = oauth2_settings(f);

    if (grant->device_code.data == NULL) {
        return oauth2_fail(f, &oauth2_err_invalid_request);
    }

    refresh = oauth2_list_has(oauth2_pool(f), oauth2_client(f)->grant_types,
                              oauth2_str("refresh_token"));

    if (oauth2_sha256_hex(oauth2_pool(f), grant->device_code, &digest)
        != OAUTH2_OK
        || oauth2_resource_parameters(f, oauth2_str_null, &issue->parameters)
           != OAUTH2_OK
        || oauth2_issue_init(f, issue, refresh) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_device_redeem, digest,
                       issue->client_id, issue->token_id,
                       issue->refresh_digest,
                       oauth2_str_int(f, settings->access_lifetime),
                       oauth2_str_int(f, settings->refresh_lifetime),
                       issue->parameters);
}


static oauth2_next_e
grant_device_reply(oauth2_flow_t *f)
{
    oauth2_grant_t        *grant;
    const grant_device_t  *e;

    grant = oauth2_state(f);

    if (oauth2_row_is(f, "redeemed")) {
        oauth2_issue_row(f, &grant->issue);
        return oauth2_issue_reply(f, &grant->issue);
    }

    for (e = grant_device_errors; e->status != NULL; e++) {
        if (oauth2_row_is(f, e->status)) {
            break;
        }
    }

    return oauth2_fail(f, e->error);
}
