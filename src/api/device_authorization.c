/* SPDX-License-Identifier: MIT */

/*
 * POST /oauth/device_authorization (RFC 8628 3.1): a device without a
 * browser gets a code for itself, and one for its user to type elsewhere.
 */

#include "api.h"

#define DEVICE_LIFETIME  600     /* seconds */
#define DEVICE_INTERVAL  5
#define DEVICE_CODE_LEN  8
#define DEVICE_TRIES     3

/* No vowels, so no words; nothing that looks like something else (6.1). */
#define DEVICE_LETTERS   "BCDFGHJKLMNPQRSTVWXZ"

typedef struct {
    oauth2_str_t  scope;
    oauth2_str_t  secret;
    oauth2_str_t  user_code;
    unsigned      tries;
} device_t;

static oauth2_next_e device_read(oauth2_flow_t *f);
static oauth2_next_e device_start(oauth2_flow_t *f);
static oauth2_next_e device_reply(oauth2_flow_t *f);
static oauth2_rc_e device_user_code(oauth2_flow_t *f, oauth2_str_t *code);
static void device_uri(oauth2_flow_t *f, oauth2_json_t *j, const char *name,
    oauth2_str_t user_code);

static const oauth2_field_t  device_fields[] = {
    { "scope", OAUTH2_FIELD_STR, 1024, 0, offsetof(device_t, scope) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  device_authorization_steps[] = {
    { "reading form", device_read, &oauth2_err_invalid_request },
    { "making codes", device_start, &oauth2_err_server_error },
    { "replying", device_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(device_authorization, device_authorization_steps, device_t);


static oauth2_next_e
device_read(oauth2_flow_t *f)
{
    if (!oauth2_list_has(oauth2_pool(f), oauth2_client(f)->grant_types,
                         oauth2_str(OAUTH2_GRANT_DEVICE)))
    {
        return oauth2_fail(f, &oauth2_err_unauthorized_client);
    }

    return oauth2_read_form(f, device_fields, oauth2_state(f));
}


/* Runs again when another device has this user code. */

static oauth2_next_e
device_start(oauth2_flow_t *f)
{
    device_t         *device;
    oauth2_str_t      digest;
    oauth2_client_t  *client;

    device = oauth2_state(f);
    client = oauth2_client(f);

    if (device->tries > 0 && !oauth2_row_is(f, "taken")) {
        return OAUTH2_NEXT;
    }

    if (device->tries++ == DEVICE_TRIES) {
        return oauth2_fail(f, &oauth2_err_busy);
    }

    if (device->scope.data == NULL) {
        device->scope = client->scope;
    }

    if (!oauth2_check_scope(device->scope)
        || !oauth2_str_subset(device->scope, client->scope))
    {
        return oauth2_fail(f, &oauth2_err_invalid_scope);
    }

    if (oauth2_random_secret(oauth2_pool(f), &device->secret) != OAUTH2_OK
        || device_user_code(f, &device->user_code) != OAUTH2_OK
        || oauth2_sha256_hex(oauth2_pool(f), device->secret, &digest)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_repeat(f);

    return oauth2_call(f, OAUTH2_STMT_device_start, digest,
                       device->user_code, client->client_id, device->scope,
                       oauth2_str_int(f, DEVICE_LIFETIME),
                       oauth2_str_int(f, DEVICE_INTERVAL));
}


static oauth2_next_e
device_reply(oauth2_flow_t *f)
{
    device_t       *device;
    oauth2_buf_t    buf;
    oauth2_str_t    half, code;
    oauth2_json_t   j;

    device = oauth2_state(f);

    if (!oauth2_row_is(f, "started")) {
        return oauth2_fail(f, &oauth2_err_invalid_client);
    }

    half = device->user_code;
    half.len = DEVICE_CODE_LEN / 2;

    oauth2_buf_init(&buf, oauth2_pool(f), 64);
    oauth2_buf_write(&buf, half);
    oauth2_buf_write_byte(&buf, '-');
    half.data += half.len;
    oauth2_buf_write(&buf, half);

    if (oauth2_buf_done(&buf, &code) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), 8192);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "device_code", device->secret);
    oauth2_json_str(&j, "user_code", code);
    device_uri(f, &j, "verification_uri", oauth2_str_null);
    device_uri(f, &j, "verification_uri_complete", code);
    oauth2_json_int(&j, "expires_in", DEVICE_LIFETIME);
    oauth2_json_int(&j, "interval", DEVICE_INTERVAL);
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}


/* Bytes that would favour a letter are left out. */

static oauth2_rc_e
device_user_code(oauth2_flow_t *f, oauth2_str_t *code)
{
    size_t        i, n, letters;
    u_char        bytes[64];
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;

    rc = oauth2_random(bytes, sizeof(bytes));

    if (rc != OAUTH2_OK) {
        return rc;
    }

    n = 0;
    letters = sizeof(DEVICE_LETTERS) - 1;

    oauth2_buf_init(&buf, oauth2_pool(f), DEVICE_CODE_LEN);

    for (i = 0; i < sizeof(bytes) && n < DEVICE_CODE_LEN; i++) {
        if (bytes[i] < 256 / letters * letters) {
            oauth2_buf_write_byte(&buf, (u_char)
                                  DEVICE_LETTERS[bytes[i] % letters]);
            n++;
        }
    }

    return oauth2_buf_done(&buf, code);
}


static void
device_uri(oauth2_flow_t *f, oauth2_json_t *j, const char *name,
    oauth2_str_t user_code)
{
    oauth2_buf_t  buf;
    oauth2_str_t  uri;

    oauth2_buf_init(&buf, oauth2_pool(f), 4096);
    oauth2_buf_write(&buf, oauth2_settings(f)->issuer);
    oauth2_buf_write_c(&buf, "/oauth/device");
    oauth2_uri_write_param(&buf, "user_code", user_code);

    if (oauth2_buf_done(&buf, &uri) == OAUTH2_OK) {
        oauth2_json_str(j, name, uri);
    }
}
