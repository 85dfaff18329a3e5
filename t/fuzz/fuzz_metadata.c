/* SPDX-License-Identifier: MIT */

/* What a client says of itself, against a server that offers much. */

#include "fuzz.h"

#include "../../src/core/json.h"
#include "../../src/core/metadata.h"
#include "../../src/core/str.h"

#define OFFERED                                                              \
    "{\"grant_types_supported\":[\"authorization_code\",\"refresh_token\","  \
    "\"client_credentials\"],\"response_types_supported\":[\"code\"],"       \
    "\"token_endpoint_auth_methods_supported\":[\"none\","                   \
    "\"client_secret_basic\",\"private_key_jwt\"],"                          \
    "\"scopes_supported\":[\"openid\",\"email\"],"                           \
    "\"subject_types_supported\":[\"public\",\"pairwise\"],"                 \
    "\"request_parameter_supported\":true,"                                  \
    "\"end_session_endpoint\":\"https://a.example/\","                       \
    "\"frontchannel_logout_supported\":true,"                                \
    "\"backchannel_logout_supported\":true}"


/* What was registered can be registered, and is then the same. */
void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_rc_e        rc;
    oauth2_str_t       member;
    oauth2_metadata_t  metadata, again;

    rc = oauth2_metadata_read(pool, text, oauth2_str(OFFERED), &metadata);

    if (rc != OAUTH2_OK) {
        fuzz_require(rc == OAUTH2_BAD);
        fuzz_require((metadata.member == NULL) == (metadata.detail == NULL));
        return;
    }

    fuzz_require(oauth2_str_check_utf8(metadata.document, true));
    fuzz_require(oauth2_json_find(pool, metadata.document, "redirect_uris",
                                  &member)
                 == OAUTH2_OK);
    fuzz_require(oauth2_json_find(pool, metadata.document, "scope", &member)
                 == OAUTH2_OK);

    rc = oauth2_metadata_read(pool, metadata.document, oauth2_str(OFFERED),
                              &again);

    fuzz_require(rc == OAUTH2_OK);
    fuzz_require(oauth2_str_same(metadata.auth_method, again.auth_method));
    fuzz_require(metadata.document.len == again.document.len);
}
