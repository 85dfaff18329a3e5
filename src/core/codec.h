/* SPDX-License-Identifier: MIT */

/*
 * Payloads of Temporal as its codec servers exchange them: JSON objects
 * {"metadata": {"encoding": base64, ...}, "data": base64}.  A sealed one
 * has the encoding "binary/encrypted" and names its key; inside is the
 * plain payload as Temporal's protocol buffers serialize it.
 */

#ifndef OAUTH2_CODEC_H
#define OAUTH2_CODEC_H

#include "digest.h"
#include "error.h"
#include "json.h"


/*
 * Writes a payload as the next element of the array that j is in: opened
 * with the key that it names, or as it came when it is not sealed.
 * OAUTH2_BAD: *why is what to answer, and j is not to be used any more.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_codec_open(oauth2_pool_t *pool,
    const oauth2_token_key_t *keys, oauth2_str_t payload, oauth2_json_t *j,
    const oauth2_error_t **why);

#endif
