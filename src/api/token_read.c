/* SPDX-License-Identifier: MIT */

/*
 * Which token of ours a client shows us: an access token is a JWT, a
 * refresh token is not.  So no hint is needed (RFC 7009 2.1, RFC 7662 2.1).
 */

#include "api.h"


oauth2_rc_e
oauth2_token_read(oauth2_flow_t *f, oauth2_str_t token, oauth2_str_t *id,
    oauth2_str_t *digest)
{
    oauth2_rc_e   rc;
    oauth2_str_t  claims, value;

    *id = oauth2_str_null;
    *digest = oauth2_str_null;

    if (memchr(token.data, '.', token.len) == NULL) {
        return oauth2_sha256_hex(oauth2_pool(f), token, digest);
    }

    rc = oauth2_verify(f, OAUTH2_TOKEN_TYP, token, oauth2_now(f), &claims);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_json_find(oauth2_pool(f), claims, "jti", &value);

    if (rc == OAUTH2_NOMEM) {
        return rc;
    }

    if (rc != OAUTH2_OK || !oauth2_uuid_check(value)) {
        return OAUTH2_BAD;
    }

    *id = value;

    return OAUTH2_OK;
}
