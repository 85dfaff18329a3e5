/* SPDX-License-Identifier: MIT */

/* Client metadata: what is registered, and what is refused. */

#include "../../src/core/metadata.c"
#include "unit.h"

#define OFFERED                                                              \
    "{\"grant_types_supported\":[\"authorization_code\",\"refresh_token\","  \
    "\"client_credentials\"],\"response_types_supported\":[\"code\"],"       \
    "\"token_endpoint_auth_methods_supported\":[\"none\","                   \
    "\"client_secret_basic\",\"private_key_jwt\",\"tls_client_auth\"],"      \
    "\"token_endpoint_auth_signing_alg_values_supported\":"                  \
    "[\"HS256\",\"ES256\"],"                                                 \
    "\"scopes_supported\":[\"openid\",\"offline_access\"],"                  \
    "\"subject_types_supported\":[\"public\",\"pairwise\"],"                 \
    "\"end_session_endpoint\":\"https://a.example/\","                       \
    "\"frontchannel_logout_supported\":true,"                                \
    "\"backchannel_logout_supported\":false}"

#define URIS  "\"redirect_uris\":[\"https://a.example/cb\"]"


static oauth2_rc_e
read_one(oauth2_pool_t *pool, const char *text, oauth2_metadata_t *metadata)
{
    return oauth2_metadata_read(pool, oauth2_str_of(text),
                                oauth2_str(OFFERED), metadata);
}


static void
registered(oauth2_pool_t *pool)
{
    size_t             i;
    oauth2_metadata_t  metadata;

    static const struct {
        const char  *text;
        const char  *document;
    } rows[] = {
        { "{" URIS "}",
          "{" URIS ",\"grant_types\":[\"authorization_code\"],"
          "\"response_types\":[\"code\"],"
          "\"token_endpoint_auth_method\":\"client_secret_basic\","
          "\"application_type\":\"web\",\"scope\":\"openid\"}" },
        { "{\"redirect_uris\":[\"https:\\/\\/a.example\\/cb\"],"
          "\"grant_types\":[\"authorization_code\",\"refresh_token\"],"
          "\"application_type\":\"native\",\"client_name\":null,"
          "\"token_endpoint_auth_method\":\"none\",\"x\":[{}]}",
          "{\"grant_types\":[\"authorization_code\",\"refresh_token\"],"
          "\"token_endpoint_auth_method\":\"none\"," URIS ","
          "\"response_types\":[\"code\"],"
          "\"application_type\":\"native\","
          "\"scope\":\"openid offline_access\"}" },
        { "{\"redirect_uris\":[\"http://127.0.0.1/\",\"a.app:/cb\"],"
          "\"application_type\":\"web\",\"scope\":\"openid\"}",
          "{\"redirect_uris\":[\"http://127.0.0.1/\",\"a.app:/cb\"],"
          "\"scope\":\"openid\","
          "\"grant_types\":[\"authorization_code\"],"
          "\"response_types\":[\"code\"],"
          "\"token_endpoint_auth_method\":\"client_secret_basic\","
          "\"application_type\":\"native\"}" },
        { "{\"grant_types\":[\"client_credentials\"],\"scope\":\"a openid\","
          "\"backchannel_logout_uri\":1,\"dpop_bound_access_tokens\":false}",
          "{\"grant_types\":[\"client_credentials\"],\"scope\":\"openid\","
          "\"redirect_uris\":[],\"response_types\":[],"
          "\"token_endpoint_auth_method\":\"client_secret_basic\","
          "\"application_type\":\"web\"}" },
        { "{" URIS ",\"scope\":\"openid\",\"grant_types\":[\"implicit\","
          "\"authorization_code\",\"x\"],\"response_types\":[\"code\","
          "\"code token\"],\"initiate_login_uri\":\"http://localhost/\"}",
          "{\"grant_types\":[\"authorization_code\"],"
          "\"response_types\":[\"code\"]," URIS ",\"scope\":\"openid\","
          "\"initiate_login_uri\":\"http://localhost/\","
          "\"token_endpoint_auth_method\":\"client_secret_basic\","
          "\"application_type\":\"web\"}" }
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unit_rc(OAUTH2_OK, read_one(pool, rows[i].text, &metadata));
        unit_same(metadata.document, rows[i].document,
                  strlen(rows[i].document), __FILE__, __LINE__);
    }
}


static void
refused(oauth2_pool_t *pool)
{
    size_t             i;
    oauth2_metadata_t  metadata;

    static const struct {
        const char  *text;
        const char  *member;
    } rows[] = {
        { "{}", "redirect_uris" },
        { "{\"redirect_uris\":[]}", "redirect_uris" },
        { "{\"redirect_uris\":[\"app:/cb\"],"
          "\"token_endpoint_auth_method\":\"none\"}", "redirect_uris" },
        { "{\"redirect_uris\":[\"http://a.example/\"]}", "redirect_uris" },
        { "{" URIS ",\"dpop_bound_access_tokens\":true}",
          "dpop_bound_access_tokens" },
        { "{" URIS ",\"grant_types\":[\"refresh_token\"],"
          "\"response_types\":[\"code\"]}", "response_types" },
        { "{" URIS ",\"response_types\":[\"token\"],"
          "\"grant_types\":[\"implicit\"]}", "grant_types" },
        { "{" URIS ",\"token_endpoint_auth_method\":\"private_key_jwt\"}",
          "jwks" },
        { "{" URIS ",\"token_endpoint_auth_method\":\"private_key_jwt\","
          "\"jwks\":{\"keys\":[{\"kty\":\"EC\"}]},"
          "\"token_endpoint_auth_signing_alg\":\"HS256\"}",
          "token_endpoint_auth_signing_alg" },
        { "{" URIS ",\"token_endpoint_auth_method\":\"tls_client_auth\"}",
          "tls_client_auth_subject_dn" },
        { "{" URIS ",\"tls_client_auth_subject_dn\":\"CN=a\","
          "\"tls_client_auth_san_dns\":\"a.example\"}",
          "tls_client_auth_subject_dn" },
        { "{" URIS ",\"sector_identifier_uri\":\"http://a.example/\"}",
          "sector_identifier_uri" },
        { "{" URIS ",\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"d\":\"x\"}]}}",
          "jwks" },
        { "{" URIS ",\"post_logout_redirect_uris\":[\"http://a.example/\"]}",
          "post_logout_redirect_uris" },
        { "{" URIS ",\"frontchannel_logout_uri\":\"https://b.example/\"}",
          "frontchannel_logout_uri" },
        { "{\"redirect_uris\":[\"https://a.example/\",\"https://b.example/\""
          "],\"subject_type\":\"pairwise\"}", "subject_type" }
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unit_rc(OAUTH2_BAD, read_one(pool, rows[i].text, &metadata));
        assert_non_null(metadata.member);
        assert_string_equal(metadata.member, rows[i].member);
        assert_non_null(metadata.detail);
        assert_int_equal(metadata.redirect,
                         strcmp(metadata.member, "redirect_uris") == 0);
    }
}


static void
no_object(oauth2_pool_t *pool)
{
    oauth2_metadata_t  metadata;

    unit_rc(OAUTH2_BAD, read_one(pool, "[]", &metadata));
    assert_null(metadata.member);
}


static const struct CMUnitTest  tests[] = {
    unit_row(registered), unit_row(refused), unit_row(no_object)
};


int
main(void)
{
    return cmocka_run_group_tests_name("metadata", tests, NULL, NULL);
}
