/* SPDX-License-Identifier: MIT */

/*
 * Which token of ours a client shows us: an access token is a JWT, or what
 * our own key says it is; anything else may be a refresh token.  So no hint
 * is needed (RFC 7009 2.1, RFC 7662 2.1).
 */

#include "api.h"

static bool token_is_jwt(oauth2_str_t token);


oauth2_rc_e
oauth2_token_read(oauth2_flow_t *f, oauth2_str_t token, oauth2_str_t *id,
    oauth2_str_t *digest)
{
    oauth2_rc_e   rc;
    oauth2_str_t  claims;

    *id = oauth2_str_null;
    *digest = oauth2_str_null;

    rc = oauth2_token_read_access(f, token, id, &claims);

    if (rc != OAUTH2_BAD || token_is_jwt(token)) {
        return rc;
    }

    return oauth2_sha256_hex(oauth2_pool(f), token, digest);
}


oauth2_rc_e
oauth2_token_read_access(oauth2_flow_t *f, oauth2_str_t token,
    oauth2_str_t *id, oauth2_str_t *claims)
{
    oauth2_rc_e               rc;
    oauth2_str_t              read, value;
    const oauth2_settings_t  *settings;

    settings = oauth2_settings(f);

    if (!token_is_jwt(token)) {
        *claims = oauth2_str_null;
        return oauth2_opaque_parse(oauth2_pool(f), settings->token_key,
                                   settings->issuer, token, id);
    }

    rc = oauth2_verify(f, OAUTH2_TOKEN_TYP, token, oauth2_now(f), &read);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_json_find(oauth2_pool(f), read, "jti", &value);

    if (rc == OAUTH2_NOMEM) {
        return rc;
    }

    if (rc != OAUTH2_OK || !oauth2_uuid_check(value)) {
        return OAUTH2_BAD;
    }

    *id = value;
    *claims = read;

    return OAUTH2_OK;
}


static bool
token_is_jwt(oauth2_str_t token)
{
    return memchr(token.data, '.', token.len) != NULL;
}
