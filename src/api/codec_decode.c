/* SPDX-License-Identifier: MIT */

/*
 * POST /temporal/codec/decode: Temporal's UI and command line have payloads
 * opened here, for an administrator.
 */

#include "api.h"

typedef struct {
    oauth2_str_t  payloads;      /* JSON array */
} codec_decode_t;

static oauth2_next_e codec_decode_read(oauth2_flow_t *f);
static oauth2_next_e codec_decode_reply(oauth2_flow_t *f);

static const oauth2_field_t  codec_decode_fields[] = {
    { "payloads", OAUTH2_FIELD_LIST, SIZE_MAX, OAUTH2_CONTROLS,
      offsetof(codec_decode_t, payloads) },
    { NULL, 0, 0, 0, 0 }
};

static const oauth2_step_t  codec_decode_steps[] = {
    { "reading body", codec_decode_read, &oauth2_err_invalid_request },
    { "opening payloads", codec_decode_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(codec_decode, codec_decode_steps, codec_decode_t);


/* With the session cookie: our own pages, and those of a listed origin,
 * which is where Temporal's UI is. */

static oauth2_next_e
codec_decode_read(oauth2_flow_t *f)
{
    if (oauth2_identity(f)->is_session && oauth2_origin_is_foreign(f)
        && !oauth2_origin_is_listed(f))
    {
        return oauth2_fail(f, &oauth2_err_cross_site);
    }

    return oauth2_read_json(f, codec_decode_fields, oauth2_state(f));
}


/* An absent list is an empty one, as protocol buffers have it. */

static oauth2_next_e
codec_decode_reply(oauth2_flow_t *f)
{
    oauth2_rc_e            rc;
    oauth2_str_t           rest, payload;
    oauth2_json_t          j;
    codec_decode_t        *decode;
    const oauth2_error_t  *why;

    decode = oauth2_state(f);
    rest = decode->payloads;

    /* what is opened is shorter, but for the escapes in names */
    oauth2_json_init(&j, oauth2_pool(f), rest.len * 6 + 64);
    oauth2_json_open(&j, NULL);
    oauth2_json_open_array(&j, "payloads");

    while (oauth2_json_next(&rest, &payload)) {
        rc = oauth2_codec_open(oauth2_pool(f), oauth2_settings(f)->token_key,
                               payload, &j, &why);

        if (rc == OAUTH2_NOMEM) {
            return oauth2_fail(f, &oauth2_err_unavailable);
        }

        if (rc != OAUTH2_OK) {
            return oauth2_fail(f, why);
        }
    }

    oauth2_json_close_array(&j);
    oauth2_json_close(&j);

    return oauth2_reply(f, 200, &j);
}
