/* SPDX-License-Identifier: MIT */

/*
 * Opening payloads.  The one message of Temporal's protocol buffers that
 * is read here is written out by hand:
 *
 *     message Payload {
 *         map<string, bytes> metadata = 1;
 *         bytes data = 2;
 *     }
 */

#include "str.h"
#include "buf.h"
#include "codec.h"
#include "encode.h"
#include "json_scan.h"

#define CODEC_METADATA  32      /* entries of one payload */

typedef struct {
    oauth2_str_t  name;
    oauth2_str_t  value;
} codec_entry_t;

typedef struct {
    codec_entry_t  metadata[CODEC_METADATA];
    size_t         count;
    oauth2_str_t   data;
} codec_payload_t;

/* A field of a message; bytes is for those that have some. */
typedef struct {
    uint64_t      number;
    bool          has_bytes;
    oauth2_str_t  bytes;
} codec_field_t;


static oauth2_rc_e codec_find_sealed(oauth2_pool_t *pool,
    oauth2_str_t payload, oauth2_str_t *id, oauth2_str_t *sealed);
static oauth2_rc_e codec_find_bytes(oauth2_pool_t *pool,
    const oauth2_json_members_t *list, const char *name,
    oauth2_str_t *bytes);
static oauth2_rc_e codec_write(oauth2_pool_t *pool, oauth2_str_t plain,
    oauth2_json_t *j);
static oauth2_rc_e codec_write_bytes(oauth2_pool_t *pool, oauth2_json_t *j,
    const char *name, oauth2_str_t bytes);

static bool codec_parse(oauth2_str_t bytes, codec_payload_t *payload);
static bool codec_parse_entry(oauth2_str_t bytes, codec_payload_t *payload);
static bool codec_next(oauth2_str_t *rest, codec_field_t *field);
static bool codec_take_number(oauth2_str_t *rest, uint64_t *n);
static bool codec_take_bytes(oauth2_str_t *rest, uint64_t len,
    oauth2_str_t *bytes);


oauth2_rc_e
oauth2_codec_open(oauth2_pool_t *pool, const oauth2_token_key_t *keys,
    oauth2_str_t payload, oauth2_json_t *j, const oauth2_error_t **why)
{
    oauth2_rc_e                rc;
    oauth2_str_t               id, sealed, plain;
    const oauth2_token_key_t  *key;

    rc = codec_find_sealed(pool, payload, &id, &sealed);

    if (rc == OAUTH2_NONE) {
        oauth2_json_raw(j, NULL, payload);
        return OAUTH2_OK;
    }

    *why = &oauth2_err_payload;

    if (rc != OAUTH2_OK) {
        return rc;
    }

    key = oauth2_token_key_find(keys, id);

    if (key == NULL) {
        *why = &oauth2_err_payload_key;
        return OAUTH2_BAD;
    }

    rc = oauth2_seal_parse(pool, key->seal, oauth2_str_null, sealed, &plain);

    return (rc == OAUTH2_OK) ? codec_write(pool, plain, j) : rc;
}


/* OAUTH2_NONE: it is not sealed, or not as we do it. */
static oauth2_rc_e
codec_find_sealed(oauth2_pool_t *pool, oauth2_str_t payload,
    oauth2_str_t *id, oauth2_str_t *sealed)
{
    oauth2_rc_e                  rc;
    oauth2_str_t                 encoding;
    oauth2_json_members_t        list, metadata;
    const oauth2_json_member_t  *member;

    rc = oauth2_json_scan_rc(pool, payload, &list);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    member = oauth2_json_member(&list, "metadata");

    if (member == NULL) {
        return OAUTH2_NONE;
    }

    rc = (member->type == OAUTH2_JSON_NESTED)
         ? oauth2_json_scan_rc(pool, member->value, &metadata) : OAUTH2_BAD;

    if (rc == OAUTH2_OK) {
        rc = codec_find_bytes(pool, &metadata, "encoding", &encoding);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (!oauth2_str_same(encoding, oauth2_str("binary/encrypted"))) {
        return OAUTH2_NONE;
    }

    rc = codec_find_bytes(pool, &metadata, "encryption-key-id", id);

    if (rc == OAUTH2_OK) {
        rc = codec_find_bytes(pool, &list, "data", sealed);
    }

    return (rc == OAUTH2_NONE) ? OAUTH2_BAD : rc;
}


static oauth2_rc_e
codec_find_bytes(oauth2_pool_t *pool, const oauth2_json_members_t *list,
    const char *name, oauth2_str_t *bytes)
{
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, name);

    if (member == NULL) {
        return OAUTH2_NONE;
    }

    if (member->type != OAUTH2_JSON_STR) {
        return OAUTH2_BAD;
    }

    return oauth2_encode_parse_base64(pool, member->value, bytes);
}


static oauth2_rc_e
codec_write(oauth2_pool_t *pool, oauth2_str_t plain, oauth2_json_t *j)
{
    size_t           i;
    oauth2_rc_e      rc;
    oauth2_str_t     name;
    codec_payload_t  payload;

    memset(&payload, 0, sizeof(codec_payload_t));

    if (!codec_parse(plain, &payload)) {
        return OAUTH2_BAD;
    }

    oauth2_json_open(j, NULL);
    oauth2_json_open(j, "metadata");

    for (i = 0; i < payload.count; i++) {
        rc = oauth2_pool_copy(pool, payload.metadata[i].name, &name);

        if (rc == OAUTH2_OK) {
            rc = codec_write_bytes(pool, j, (const char *) name.data,
                                   payload.metadata[i].value);
        }

        if (rc != OAUTH2_OK) {
            return rc;
        }
    }

    oauth2_json_close(j);
    rc = codec_write_bytes(pool, j, "data", payload.data);
    oauth2_json_close(j);

    return rc;
}


static oauth2_rc_e
codec_write_bytes(oauth2_pool_t *pool, oauth2_json_t *j, const char *name,
    oauth2_str_t bytes)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  b;
    oauth2_str_t  text;

    oauth2_buf_init(&b, pool, bytes.len / 3 * 4 + 4);
    oauth2_buf_write_base64(&b, bytes);
    rc = oauth2_buf_done(&b, &text);

    if (rc == OAUTH2_OK) {
        oauth2_json_str(j, name, text);
    }

    return rc;
}


static bool
codec_parse(oauth2_str_t bytes, codec_payload_t *payload)
{
    codec_field_t  field;

    while (bytes.len > 0) {
        if (!codec_next(&bytes, &field)) {
            return false;
        }

        if (!field.has_bytes) {
            continue;
        }

        if (field.number == 1 && !codec_parse_entry(field.bytes, payload)) {
            return false;
        }

        if (field.number == 2) {
            payload->data = field.bytes;
        }
    }

    return true;
}


/* Of two entries with one name the last counts. */
static bool
codec_parse_entry(oauth2_str_t bytes, codec_payload_t *payload)
{
    size_t         i;
    codec_field_t  field;
    codec_entry_t  entry;

    /* what a message leaves out is empty */
    entry.name = oauth2_str("");
    entry.value = oauth2_str("");

    while (bytes.len > 0) {
        if (!codec_next(&bytes, &field)) {
            return false;
        }

        if (field.has_bytes && field.number == 1) {
            entry.name = field.bytes;
        }

        if (field.has_bytes && field.number == 2) {
            entry.value = field.bytes;
        }
    }

    if (!oauth2_str_check_utf8(entry.name, true)) {
        return false;
    }

    for (i = 0; i < payload->count; i++) {
        if (oauth2_str_same(payload->metadata[i].name, entry.name)) {
            break;
        }
    }

    if (i == CODEC_METADATA) {
        return false;
    }

    payload->metadata[i] = entry;
    payload->count += (i == payload->count);

    return true;
}


/* Wire types: a number, 8 bytes, a length with bytes, 4 bytes. */
static bool
codec_next(oauth2_str_t *rest, codec_field_t *field)
{
    uint64_t  tag, n;

    if (!codec_take_number(rest, &tag)) {
        return false;
    }

    field->number = tag >> 3;
    field->has_bytes = (tag & 7) == 2;

    switch (tag & 7) {

    case 0:
        return codec_take_number(rest, &n);

    case 1:
        return codec_take_bytes(rest, 8, &field->bytes);

    case 2:
        return codec_take_number(rest, &n)
               && codec_take_bytes(rest, n, &field->bytes);

    case 5:
        return codec_take_bytes(rest, 4, &field->bytes);

    default:
        return false;
    }
}


/* Seven bits a byte, the lowest first. */
static bool
codec_take_number(oauth2_str_t *rest, uint64_t *n)
{
    u_char    c;
    unsigned  shift;

    *n = 0;

    for (shift = 0; shift < 64 && rest->len > 0; shift += 7) {
        c = rest->data[0];
        rest->data++;
        rest->len--;
        *n |= (uint64_t) (c & 127) << shift;

        if (c < 128) {
            return true;
        }
    }

    return false;
}


static bool
codec_take_bytes(oauth2_str_t *rest, uint64_t len, oauth2_str_t *bytes)
{
    if (len > rest->len) {
        return false;
    }

    bytes->data = rest->data;
    bytes->len = (size_t) len;
    rest->data += len;
    rest->len -= (size_t) len;

    return true;
}
