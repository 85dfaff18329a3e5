/* SPDX-License-Identifier: MIT */

/*
 * GET, POST /oauth/device (RFC 8628 3.3): the user types the code that the
 * device shows, sees what it would be allowed, and decides.  A code that
 * came with the address is only filled in: whoever sent it may not be the
 * one whose device it is.
 */

#include "api.h"

#define DEVICE_PATH  "/oauth/device"
#define DEVICE_CSRF  oauth2_str("device")

typedef struct {
    oauth2_str_t  user_code;
    oauth2_str_t  csrf;
    oauth2_str_t  allow;
    oauth2_str_t  deny;
} device_t;

static oauth2_next_e device_read(oauth2_flow_t *f);
static oauth2_next_e device_act(oauth2_flow_t *f);
static oauth2_next_e device_reply(oauth2_flow_t *f);
static bool device_decided(const device_t *device);
static oauth2_next_e device_login(oauth2_flow_t *f, const device_t *device);
static oauth2_next_e device_ask_code(oauth2_flow_t *f, unsigned status,
    const char *error);
static oauth2_next_e device_ask(oauth2_flow_t *f);
static oauth2_next_e device_done(oauth2_flow_t *f, const char *heading,
    const char *notice);

static const oauth2_field_t  device_fields[] = {
    { "user_code", OAUTH2_FIELD_STR, 64, 0, offsetof(device_t, user_code) },
    { "csrf", OAUTH2_FIELD_STR, 128, 0, offsetof(device_t, csrf) },
    { "allow", OAUTH2_FIELD_STR, 16, 0, offsetof(device_t, allow) },
    { "deny", OAUTH2_FIELD_STR, 16, 0, offsetof(device_t, deny) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  device_steps[] = {
    { "reading request", device_read, &oauth2_err_invalid_request },
    { "finding device", device_act, &oauth2_err_server_error },
    { "replying", device_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(device, device_steps, device_t);


static oauth2_next_e
device_read(oauth2_flow_t *f)
{
    return oauth2_read_parameters(f, device_fields, oauth2_state(f));
}


static oauth2_next_e
device_act(oauth2_flow_t *f)
{
    device_t      *device;
    oauth2_str_t   session;

    device = oauth2_state(f);

    if (!oauth2_identity(f)->is_session) {
        return device_login(f, device);
    }

    if (!oauth2_is_post(f)) {
        return device_ask_code(f, 200, NULL);
    }

    if (!oauth2_ticket_is_own(f, DEVICE_CSRF, device->csrf)) {
        oauth2_log_warn(f, "device form refused");
        return oauth2_fail(f, &oauth2_err_access_denied);
    }

    if (device->user_code.data == NULL) {
        return device_ask_code(f, 400, "Type the code that your device shows.");
    }

    if (!device_decided(device)) {
        return oauth2_call(f, OAUTH2_STMT_device_find, device->user_code);
    }

    if (oauth2_sha256_hex(oauth2_pool(f), oauth2_session_cookie(f), &session)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_call(f, OAUTH2_STMT_device_decide, device->user_code,
                       session, oauth2_str_bool(device->allow.data != NULL));
}


static oauth2_next_e
device_reply(oauth2_flow_t *f)
{
    if (oauth2_row_is(f, "found")) {
        return device_ask(f);
    }

    if (oauth2_row_is(f, "allowed")) {
        return device_done(f, "Device connected",
                           "Your device goes on by itself.");
    }

    if (oauth2_row_is(f, "denied")) {
        return device_done(f, "Device refused",
                           "The device gets no access.");
    }

    return device_ask_code(f, 400, "No device waits with this code. It may "
                           "have expired: look at your device.");
}


static bool
device_decided(const device_t *device)
{
    return device->allow.data != NULL || device->deny.data != NULL;
}


static oauth2_next_e
device_login(oauth2_flow_t *f, const device_t *device)
{
    oauth2_buf_t  buf, next;
    oauth2_str_t  path, uri;

    oauth2_buf_init(&next, oauth2_pool(f), 512);
    oauth2_buf_write_c(&next, DEVICE_PATH);
    oauth2_uri_write_param(&next, "user_code", device->user_code);

    if (oauth2_buf_done(&next, &path) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_buf_init(&buf, oauth2_pool(f), 4096);
    oauth2_buf_write(&buf, oauth2_settings(f)->issuer);
    oauth2_buf_write_c(&buf, "/oauth/login");
    oauth2_uri_write_param(&buf, "next", path);

    if (oauth2_buf_done(&buf, &uri) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_reply_redirect(f, uri);
}


static oauth2_next_e
device_ask_code(oauth2_flow_t *f, unsigned status, const char *error)
{
    device_t             *device;
    oauth2_str_t          csrf;
    oauth2_html_value_t   values[6];

    device = oauth2_state(f);

    if (oauth2_ticket_csrf(f, DEVICE_CSRF, oauth2_session_cookie(f), &csrf)
        != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    memset(values, 0, sizeof(values));
    values[0].name = "action";
    values[0].value = oauth2_str(DEVICE_PATH);
    values[1].name = "csrf";
    values[1].value = csrf;
    values[2].name = "user_code";
    values[2].value = device->user_code;
    values[3].name = "email";
    values[3].value = oauth2_identity(f)->email;
    values[4].name = "error";
    values[4].value = (error == NULL) ? oauth2_str_null
                                      : oauth2_str_of(error);

    return oauth2_page_reply(f, status, OAUTH2_PAGE_DEVICE, values);
}


static oauth2_next_e
device_ask(oauth2_flow_t *f)
{
    oauth2_str_t          csrf, hidden, scopes;
    oauth2_html_value_t   fields[2], values[8];

    memset(fields, 0, sizeof(fields));
    fields[0].name = "user_code";
    fields[0].value = oauth2_row(f, "user_code");

    if (oauth2_ticket_csrf(f, DEVICE_CSRF, oauth2_session_cookie(f), &csrf)
        != OAUTH2_OK
        || oauth2_page_hidden(oauth2_pool(f), fields, &hidden) != OAUTH2_OK
        || oauth2_page_scopes(oauth2_pool(f), oauth2_row(f, "scope"),
                              oauth2_str_null,
                              &scopes)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    memset(values, 0, sizeof(values));
    values[0].name = "action";
    values[0].value = oauth2_str(DEVICE_PATH);
    values[1].name = "hidden";
    values[1].value = hidden;
    values[1].markup = true;
    values[2].name = "csrf";
    values[2].value = csrf;
    values[3].name = "client_name";
    values[3].value = oauth2_row(f, "client_name");
    values[4].name = "scopes";
    values[4].value = scopes;
    values[4].markup = true;
    values[5].name = "email";
    values[5].value = oauth2_identity(f)->email;
    values[6].name = "user_code";
    values[6].value = oauth2_row(f, "user_code");

    return oauth2_page_reply(f, 200, OAUTH2_PAGE_CONSENT, values);
}


static oauth2_next_e
device_done(oauth2_flow_t *f, const char *heading, const char *notice)
{
    oauth2_html_value_t  values[3];

    memset(values, 0, sizeof(values));
    values[0].name = "heading";
    values[0].value = oauth2_str_of(heading);
    values[1].name = "notice";
    values[1].value = oauth2_str_of(notice);

    return oauth2_page_reply(f, 200, OAUTH2_PAGE_DONE, values);
}
