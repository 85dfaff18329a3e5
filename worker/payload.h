/* SPDX-License-Identifier: MIT */

/*
 * The payload codec: JSON values as sealed payloads, so that no history
 * holds one in clear.
 *
 * A sealed payload has the metadata encoding "binary/encrypted",
 * encryption-cipher "AES256GCM" and encryption-key-id; its data is the
 * serialized plain payload (encoding "json/plain"), sealed without
 * additional data.  So a codec server of the usual kind can open it.
 */

#ifndef OAUTH2_PAYLOAD_H
#define OAUTH2_PAYLOAD_H

#include "../src/core/digest.h"
#include "pb.h"


/* One sealed value.  NULL without memory (or randomness). */
oauth2_pb_payloads_t *oauth2_payload_write(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, oauth2_str_t json);

/* One value in clear, for what our own and others' tools must read. */
oauth2_pb_payloads_t *oauth2_payload_write_plain(oauth2_pool_t *pool,
    oauth2_str_t json);

/*
 * The first value of payloads, which may be sealed with key or with an
 * older one behind it.  OAUTH2_NONE: there is none.  OAUTH2_BAD: not
 * sealed, sealed with another key, or damaged.  With plain true a value
 * in clear is accepted as well.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_payload_parse(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, bool plain,
    const oauth2_pb_payloads_t *payloads, oauth2_str_t *json);

#endif
