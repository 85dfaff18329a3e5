/* SPDX-License-Identifier: MIT */

/*
 * Sealing and opening payloads.
 */

#include "../src/core/str.h"
#include "payload.h"


static oauth2_pb_payload_t *payload_create(oauth2_pool_t *pool,
    size_t metadata, oauth2_str_t data);
static bool payload_add(oauth2_pool_t *pool, oauth2_pb_payload_t *payload,
    const char *name, oauth2_str_t value);
static oauth2_str_t payload_find(const oauth2_pb_payload_t *payload,
    const char *name);
static oauth2_pb_payload_t *payload_plain(oauth2_pool_t *pool,
    oauth2_str_t json);
static oauth2_pb_payloads_t *payload_wrap(oauth2_pool_t *pool,
    oauth2_pb_payload_t *payload);
static oauth2_rc_e payload_open(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, const oauth2_pb_payload_t *payload,
    oauth2_pb_payload_t **plain);


oauth2_pb_payloads_t *
oauth2_payload_write(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    oauth2_str_t json)
{
    oauth2_str_t          bytes, sealed;
    oauth2_pb_payload_t  *plain, *payload;

    plain = payload_plain(pool, json);
    if (plain == NULL) {
        return NULL;
    }

    if (oauth2_pb_write(pool, &plain->base, 0, &bytes) != OAUTH2_OK
        || oauth2_seal_write(pool, key->seal, oauth2_str_null, bytes,
                             &sealed)
           != OAUTH2_OK)
    {
        return NULL;
    }

    payload = payload_create(pool, 3, sealed);
    if (payload == NULL) {
        return NULL;
    }

    if (!payload_add(pool, payload, "encoding",
                     oauth2_str("binary/encrypted"))
        || !payload_add(pool, payload, "encryption-cipher",
                        oauth2_str("AES256GCM"))
        || !payload_add(pool, payload, "encryption-key-id",
                        oauth2_str_of(key->id)))
    {
        return NULL;
    }

    return payload_wrap(pool, payload);
}


oauth2_pb_payloads_t *
oauth2_payload_write_plain(oauth2_pool_t *pool, oauth2_str_t json)
{
    oauth2_pb_payload_t  *payload;

    payload = payload_plain(pool, json);
    if (payload == NULL) {
        return NULL;
    }

    return payload_wrap(pool, payload);
}


oauth2_rc_e
oauth2_payload_parse(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    bool plain, const oauth2_pb_payloads_t *payloads, oauth2_str_t *json)
{
    oauth2_rc_e           rc;
    oauth2_str_t          encoding;
    oauth2_pb_payload_t  *payload;

    if (payloads == NULL || payloads->n_payloads == 0) {
        return OAUTH2_NONE;
    }

    payload = payloads->payloads[0];
    encoding = payload_find(payload, "encoding");

    if (oauth2_str_same(encoding, oauth2_str("binary/encrypted"))) {
        rc = payload_open(pool, key, payload, &payload);
        if (rc != OAUTH2_OK) {
            return rc;
        }

        encoding = payload_find(payload, "encoding");

    } else if (!plain) {
        return OAUTH2_BAD;
    }

    if (!oauth2_str_same(encoding, oauth2_str("json/plain"))) {
        return OAUTH2_BAD;
    }

    *json = oauth2_pb_str(payload->data);

    return OAUTH2_OK;
}


static oauth2_pb_payload_t *
payload_create(oauth2_pool_t *pool, size_t metadata, oauth2_str_t data)
{
    oauth2_pb_payload_t  *payload;

    payload = oauth2_pb_new(pool, payload);
    if (payload == NULL) {
        return NULL;
    }

    payload->data = oauth2_pb_bytes(data);
    payload->metadata = oauth2_pool_alloc(pool, metadata * sizeof(void *));
    if (payload->metadata == NULL) {
        return NULL;
    }

    return payload;
}


/* payload_create() has made the room. */
static bool
payload_add(oauth2_pool_t *pool, oauth2_pb_payload_t *payload,
    const char *name, oauth2_str_t value)
{
    oauth2_pb_metadata_t  *metadata;

    metadata = oauth2_pb_new(pool, metadata_entry);
    if (metadata == NULL) {
        return false;
    }

    metadata->key = (char *) name;
    metadata->value = oauth2_pb_bytes(value);
    payload->metadata[payload->n_metadata++] = metadata;

    return true;
}


static oauth2_str_t
payload_find(const oauth2_pb_payload_t *payload, const char *name)
{
    size_t  i;

    for (i = 0; i < payload->n_metadata; i++) {
        if (strcmp(payload->metadata[i]->key, name) == 0) {
            return oauth2_pb_str(payload->metadata[i]->value);
        }
    }

    return oauth2_str_null;
}


static oauth2_pb_payload_t *
payload_plain(oauth2_pool_t *pool, oauth2_str_t json)
{
    oauth2_pb_payload_t  *payload;

    payload = payload_create(pool, 1, json);
    if (payload == NULL
        || !payload_add(pool, payload, "encoding",
                        oauth2_str("json/plain")))
    {
        return NULL;
    }

    return payload;
}


static oauth2_pb_payloads_t *
payload_wrap(oauth2_pool_t *pool, oauth2_pb_payload_t *payload)
{
    oauth2_pb_payloads_t  *payloads;

    payloads = oauth2_pb_new(pool, payloads);
    if (payloads == NULL) {
        return NULL;
    }

    payloads->payloads = oauth2_pool_alloc(pool, sizeof(void *));
    if (payloads->payloads == NULL) {
        return NULL;
    }

    payloads->payloads[0] = payload;
    payloads->n_payloads = 1;

    return payloads;
}


static oauth2_rc_e
payload_open(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    const oauth2_pb_payload_t *payload, oauth2_pb_payload_t **plain)
{
    oauth2_rc_e    rc;
    oauth2_str_t   bytes, id;

    id = payload_find(payload, "encryption-key-id");
    key = oauth2_token_key_find(key, id);
    if (key == NULL) {
        return OAUTH2_BAD;
    }

    rc = oauth2_seal_parse(pool, key->seal, oauth2_str_null,
                           oauth2_pb_str(payload->data), &bytes);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    *plain = oauth2_pb_parse(pool, &oauth2__pb__payload__descriptor, bytes);

    return *plain == NULL ? OAUTH2_BAD : OAUTH2_OK;
}
