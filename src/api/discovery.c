/* SPDX-License-Identifier: MIT */

/*
 * GET /.well-known/openid-configuration (OpenID Connect Discovery 3) and
 * /.well-known/oauth-authorization-server (RFC 8414): the same document.
 * It says what is true and nothing else.
 */

#include "api.h"

/* How clients authenticate, and what they may sign with. */
#define DISCOVERY_METHODS                                                    \
    "client_secret_basic client_secret_post client_secret_jwt "              \
    "private_key_jwt"
#define DISCOVERY_ASSERTIONS  "RS256 PS256 ES256 EdDSA HS256"

typedef struct {
    const char  *name;
    const char  *path;
} discovery_url_t;

typedef struct {
    const char  *name;
    const char  *values;     /* separated by spaces */
} discovery_list_t;

static oauth2_next_e discovery_reply(oauth2_flow_t *f);
static void discovery_url(oauth2_flow_t *f, oauth2_json_t *j,
    const discovery_url_t *url);
static void discovery_list(oauth2_flow_t *f, oauth2_json_t *j,
    const discovery_list_t *list);
static void discovery_algs(oauth2_flow_t *f, oauth2_json_t *j,
    const char *name, bool secret);
static void discovery_words(oauth2_json_t *j, const char *values);
static void discovery_claims(oauth2_json_t *j);

static const discovery_url_t  discovery_urls[] = {
    { "authorization_endpoint", "/oauth/authorize" },
    { "token_endpoint", "/oauth/token" },
    { "device_authorization_endpoint", "/oauth/device_authorization" },
    { "pushed_authorization_request_endpoint", "/oauth/par" },
    { "userinfo_endpoint", "/oauth/userinfo" },
    { "revocation_endpoint", "/oauth/revoke" },
    { "introspection_endpoint", "/oauth/introspect" },
    { "end_session_endpoint", "/oauth/logout" },
    { "jwks_uri", "/oauth/jwks" },
    { NULL, NULL }
};

static const discovery_url_t  discovery_registration = {
    "registration_endpoint", "/oauth/register"
};

static const discovery_list_t  discovery_lists[] = {
    { "response_types_supported", "code" },
    { "response_modes_supported", "query form_post" },
    { "grant_types_supported",
      "authorization_code refresh_token client_credentials "
      OAUTH2_GRANT_DEVICE " " OAUTH2_GRANT_EXCHANGE },
    { "subject_types_supported", "public pairwise" },
    { "scopes_supported", "openid profile email address phone offline_access" },
    { "token_endpoint_auth_methods_supported", DISCOVERY_METHODS " none" },
    { "token_endpoint_auth_signing_alg_values_supported",
      DISCOVERY_ASSERTIONS },
    { "revocation_endpoint_auth_methods_supported",
      DISCOVERY_METHODS " none" },
    { "revocation_endpoint_auth_signing_alg_values_supported",
      DISCOVERY_ASSERTIONS },
    { "introspection_endpoint_auth_methods_supported", DISCOVERY_METHODS },
    { "introspection_endpoint_auth_signing_alg_values_supported",
      DISCOVERY_ASSERTIONS },
    { "request_object_signing_alg_values_supported", DISCOVERY_ASSERTIONS },
    { "acr_values_supported", OAUTH2_ACR_PASSWORD },
    { "claim_types_supported", "normal" },
    { "display_values_supported", "page" },
    { "ui_locales_supported", "en" },
    { "code_challenge_methods_supported", "S256" },
    { "dpop_signing_alg_values_supported", OAUTH2_DPOP_ALGS },
    { "prompt_values_supported", "none login consent select_account" },
    { NULL, NULL }
};

static const oauth2_step_t  discovery_steps[] = {
    { "replying", discovery_reply, NULL },
    { NULL, NULL, NULL }
};

OAUTH2_ENDPOINT(discovery, discovery_steps, u_char);


static oauth2_next_e
discovery_reply(oauth2_flow_t *f)
{
    oauth2_str_t  text;

    if (!oauth2_can_sign(f)) {
        return oauth2_fail(f, &oauth2_err_no_keys);
    }

    if (oauth2_discovery_write(f, &text) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_reply_header(f, "Cache-Control",
                        oauth2_str("public, max-age=300"));

    return oauth2_reply_text(f, 200, "application/json", text);
}


oauth2_rc_e
oauth2_discovery_write(oauth2_flow_t *f, oauth2_str_t *text)
{
    oauth2_json_t             j;
    const discovery_url_t    *url;
    const discovery_list_t   *list;
    const oauth2_settings_t  *settings;

    settings = oauth2_settings(f);

    oauth2_json_init(&j, oauth2_pool(f), 16384);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "issuer", settings->issuer);

    for (url = discovery_urls; url->name != NULL; url++) {
        discovery_url(f, &j, url);
    }

    if (settings->registration != OAUTH2_REGISTRATION_OFF) {
        discovery_url(f, &j, &discovery_registration);
    }

    for (list = discovery_lists; list->name != NULL; list++) {
        discovery_list(f, &j, list);
    }

    oauth2_discovery_mtls(f, &j);
    discovery_algs(f, &j, "id_token_signing_alg_values_supported", true);
    discovery_algs(f, &j, "userinfo_signing_alg_values_supported", false);
    discovery_algs(f, &j, "introspection_signing_alg_values_supported",
                   false);
    discovery_claims(&j);

    oauth2_json_bool(&j, "authorization_response_iss_parameter_supported",
                     true);
    oauth2_json_bool(&j, "backchannel_logout_supported", true);
    oauth2_json_bool(&j, "backchannel_logout_session_supported", true);
    oauth2_json_bool(&j, "frontchannel_logout_supported", true);
    oauth2_json_bool(&j, "frontchannel_logout_session_supported", true);
    oauth2_json_bool(&j, "require_pushed_authorization_requests", false);
    oauth2_json_bool(&j, "claims_parameter_supported", true);
    oauth2_json_bool(&j, "request_parameter_supported", true);
    oauth2_json_bool(&j, "request_uri_parameter_supported", true);
    oauth2_json_bool(&j, "require_request_uri_registration", true);
    oauth2_json_bool(&j, "require_signed_request_object", false);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, text);
}


static void
discovery_url(oauth2_flow_t *f, oauth2_json_t *j, const discovery_url_t *url)
{
    oauth2_buf_t  buf;
    oauth2_str_t  text;

    text = oauth2_str_null;

    oauth2_buf_init(&buf, oauth2_pool(f), 2048);
    oauth2_buf_write(&buf, oauth2_settings(f)->issuer);
    oauth2_buf_write_c(&buf, url->path);

    if (oauth2_buf_done(&buf, &text) == OAUTH2_OK) {
        oauth2_json_str(j, url->name, text);
    }
}


static void
discovery_list(oauth2_flow_t *f, oauth2_json_t *j,
    const discovery_list_t *list)
{
    oauth2_json_open_array(j, list->name);
    discovery_words(j, list->values);

    if (oauth2_settings(f)->mtls_url.len > 0
        && strstr(list->name, "_endpoint_auth_methods_") != NULL)
    {
        discovery_words(j, "tls_client_auth self_signed_tls_client_auth");
    }

    oauth2_json_close_array(j);
}


static void
discovery_words(oauth2_json_t *j, const char *values)
{
    oauth2_str_t  rest, word;

    rest = oauth2_str_of(values);

    while (oauth2_str_word(&rest, ' ', &word)) {
        oauth2_json_str(j, NULL, word);
    }
}


static void
discovery_claims(oauth2_json_t *j)
{
    oauth2_json_open_array(j, "claims_supported");
    discovery_words(j, "iss sub aud exp iat auth_time nonce sid at_hash acr "
                       "amr");
    oauth2_user_claims_write_names(j);
    oauth2_json_close_array(j);
}


/* Those that something is signed with, the default first. */

static void
discovery_algs(oauth2_flow_t *f, oauth2_json_t *j, const char *name,
    bool secret)
{
    size_t                i;
    const oauth2_key_t   *key;
    const oauth2_keys_t  *keys;

    keys = oauth2_keys(f);

    oauth2_json_open_array(j, name);

    for (i = 0; i < keys->count; i++) {
        key = keys->keys[i];

        if (oauth2_keys_signing_alg(keys, oauth2_key_alg(key)) == key) {
            oauth2_json_c(j, NULL, oauth2_key_alg_name(key));
        }
    }

    if (secret && oauth2_keys_signing_alg(keys, OAUTH2_HS256) == NULL) {
        oauth2_json_c(j, NULL, oauth2_alg_name(OAUTH2_HS256));
    }

    oauth2_json_close_array(j);
}
