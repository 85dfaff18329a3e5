/* SPDX-License-Identifier: MIT */

/*
 * Algorithms of client metadata: an HMAC is made with the client's secret
 * (OpenID Connect Core 10.1), and nothing else is signed by it.
 */

#include "str.h"
#include "metadata_parts.h"


static bool signing_is_hmac(oauth2_metadata_read_t *m, const char *member);


/* What is signed for a client, or by it. */

static const char *const  signing_members[] = {
    "id_token_signed_response_alg", "userinfo_signed_response_alg",
    "introspection_signed_response_alg", "authorization_signed_response_alg",
    "request_object_signing_alg", NULL
};


oauth2_rc_e
oauth2_metadata_signing(oauth2_metadata_read_t *m, oauth2_str_t method)
{
    bool                      hmac;
    const char *const        *member;

    static const char *const  assertion = "token_endpoint_auth_signing_alg";

    hmac = oauth2_str_same(method, oauth2_str("client_secret_jwt"));
    m->metadata->seals = hmac;

    if (oauth2_metadata_given(m, assertion) != NULL
        && hmac != signing_is_hmac(m, assertion))
    {
        return oauth2_metadata_refuse(m, assertion,
                                      "It does not go with "
                                      "token_endpoint_auth_method.");
    }

    for (member = signing_members; *member != NULL; member++) {
        if (!signing_is_hmac(m, *member)) {
            continue;
        }

        if (!oauth2_str_starts(method, oauth2_str("client_secret_"))) {
            return oauth2_metadata_refuse(m, *member,
                                          "HS256 needs a client that has a "
                                          "secret.");
        }

        m->metadata->seals = true;
    }

    /* logout tokens are signed as ID tokens are, where no secret is */

    if (signing_is_hmac(m, "id_token_signed_response_alg")
        && oauth2_metadata_given(m, "backchannel_logout_uri") != NULL)
    {
        return oauth2_metadata_refuse(m, "backchannel_logout_uri",
                                      "It does not go with ID tokens by "
                                      "HS256.");
    }

    return OAUTH2_OK;
}


static bool
signing_is_hmac(oauth2_metadata_read_t *m, const char *member)
{
    const oauth2_json_member_t  *alg;

    alg = oauth2_metadata_given(m, member);

    return alg != NULL && oauth2_str_same(alg->value, oauth2_str("HS256"));
}
