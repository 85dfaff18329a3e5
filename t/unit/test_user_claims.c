/* SPDX-License-Identifier: MIT */

/* The request parameter "claims", and what is told of a user by it. */

#include "../../src/core/user_claims.c"
#include "unit.h"


static void
names(oauth2_pool_t *pool)
{
    oauth2_asked_t  claims;

    unit_rc(OAUTH2_OK, oauth2_user_claims_parse(pool, oauth2_str(
        "{\"userinfo\": {\"email\": null, \"given_name\":"
        " {\"essential\": true}, \"http://x/y\": null, \"name#de\": null,"
        " \"picture\": {\"essential\": false, \"more\": [1]}},"
        " \"id_token\": {\"auth_time\": {\"essential\": true},"
        " \"email_verified\": {\"value\": true}}, \"else\": 7}"), &claims));
    unit_str(claims.userinfo, "email given_name picture");
    unit_str(claims.id_token, "email_verified");
    assert_null(claims.sub.data);
    assert_false(claims.unmet);

    unit_rc(OAUTH2_OK, oauth2_user_claims_parse(pool, oauth2_str(
        "{\"userinfo\": null, \"id_token\": {}}"), &claims));
    assert_int_equal(claims.userinfo.len, 0);
    assert_int_equal(claims.id_token.len, 0);
}


/* OpenID Connect Core 5.5.1. */
static void
malformed(oauth2_pool_t *pool)
{
    size_t          i;
    oauth2_asked_t  claims;

    static const char *const  texts[] = {
        "", "x", "[]", "null", "{", "{\"userinfo\": 1}",
        "{\"userinfo\": []}", "{\"userinfo\": \"email\"}",
        "{\"userinfo\": {\"email\": true}}",
        "{\"userinfo\": {\"email\": [null]}}",
        "{\"id_token\": {\"email\": {\"essential\": \"yes\"}}}",
        "{\"id_token\": {\"acr\": {\"values\": \"x\"}}}",
        "{\"id_token\": {\"acr\": {\"values\": {}}}}",
        "{\"id_token\": {\"email\": null, \"email\": null}}",
        "{\"id_token\": {\"sub\": {\"values\": [\"a\", \"b\"]}}}",
        "{\"id_token\": {\"sub\": {\"value\": \"a\"}},"
        " \"userinfo\": {\"sub\": {\"value\": \"b\"}}}", NULL
    };

    for (i = 0; texts[i] != NULL; i++) {
        claims.unmet = true;
        unit_rc(OAUTH2_BAD, oauth2_user_claims_parse(pool,
                                                oauth2_str_of(texts[i]),
                                                &claims));
        assert_true(claims.unmet);
    }
}


static void
subject(oauth2_pool_t *pool)
{
    oauth2_asked_t  claims;

    unit_rc(OAUTH2_OK, oauth2_user_claims_parse(pool, oauth2_str(
        "{\"id_token\": {\"sub\": {\"value\": \"ada\"}},"
        " \"userinfo\": {\"sub\": {\"value\": \"ada\"}}}"), &claims));
    unit_str(claims.sub, "ada");
    unit_rc(OAUTH2_OK, oauth2_user_claims_parse(pool, oauth2_str(
        "{\"id_token\": {\"sub\": {\"essential\": true}}}"), &claims));
    assert_null(claims.sub.data);
}


/* OpenID Connect Core 5.5.1.1. */
static void
acr(oauth2_pool_t *pool)
{
    size_t          i;
    oauth2_asked_t  claims;

    static const struct {
        const char  *text;
        bool         unmet;
    } rows[] = {
        { "{\"id_token\": {\"acr\": {\"essential\": true}}}", false },
        { "{\"id_token\": {\"acr\": {\"essential\": true,"
          " \"values\": [\"urn:mfa\", \"" OAUTH2_ACR_PASSWORD "\"]}}}",
          false },
        { "{\"id_token\": {\"acr\": {\"essential\": true,"
          " \"value\": \"" OAUTH2_ACR_PASSWORD "\"}}}", false },
        { "{\"id_token\": {\"acr\": {\"values\": [\"urn:mfa\"]}}}", false },
        { "{\"userinfo\": {\"acr\": {\"essential\": true,"
          " \"values\": [\"urn:mfa\"]}}}", false },
        { "{\"id_token\": {\"acr\": {\"essential\": true,"
          " \"values\": [\"urn:mfa\", 1, null]}}}", true },
        { "{\"id_token\": {\"acr\": {\"essential\": true,"
          " \"values\": []}}}", true },
        { "{\"id_token\": {\"acr\": {\"essential\": true,"
          " \"value\": \"urn:mfa\"}}}", true },
        { NULL, false }
    };

    for (i = 0; rows[i].text != NULL; i++) {
        unit_rc(OAUTH2_OK, oauth2_user_claims_parse(pool,
                                               oauth2_str_of(rows[i].text),
                                               &claims));
        assert_int_equal(claims.unmet, rows[i].unmet);
    }
}


static void
beyond(oauth2_pool_t *pool)
{
    oauth2_str_t    list;
    oauth2_asked_t  claims;

    memset(&claims, 0, sizeof(claims));
    claims.userinfo = oauth2_str("email given_name nothing");
    claims.id_token = oauth2_str("email name");

    unit_rc(OAUTH2_OK, oauth2_user_claims_beyond(pool, &claims,
                                                 oauth2_str("openid"),
                                                 &list));
    unit_str(list, "name given_name email");
    unit_rc(OAUTH2_OK, oauth2_user_claims_beyond(pool, &claims,
                                                 oauth2_str("profile"),
                                                 &list));
    unit_str(list, "email");
    unit_rc(OAUTH2_OK,
            oauth2_user_claims_beyond(pool, &claims,
                                      oauth2_str("email profile"), &list));
    assert_int_equal(list.len, 0);
}


static oauth2_rc_e
told(oauth2_pool_t *pool, const char *scope, const char *some,
    oauth2_str_t *text)
{
    oauth2_rc_e    rc;
    oauth2_json_t  j;

    oauth2_json_init(&j, pool, 1024);
    oauth2_json_open(&j, NULL);

    rc = oauth2_user_claims_write(&j, oauth2_str(
             "{\"email\": \"a\\\"@b\", \"email_verified\": true,"
             " \"name\": \"Ada\", \"updated_at\": 7, \"given_name\": null,"
             " \"secret\": \"x\"}"),
             oauth2_str_of(scope), oauth2_str_of(some));

    oauth2_json_close(&j);

    return rc == OAUTH2_OK ? oauth2_json_done(&j, text) : rc;
}


static void
values(oauth2_pool_t *pool)
{
    oauth2_str_t   text;
    oauth2_json_t  j;

    unit_rc(OAUTH2_OK, told(pool, "openid", "", &text));
    unit_str(text, "{}");
    unit_rc(OAUTH2_OK, told(pool, "openid email", "", &text));
    unit_str(text, "{\"email\":\"a\\\"@b\",\"email_verified\":true}");
    unit_rc(OAUTH2_OK, told(pool, "", "updated_at given_name secret",
                            &text));
    unit_str(text, "{\"updated_at\":7}");

    oauth2_json_init(&j, pool, 64);
    unit_rc(OAUTH2_BAD, oauth2_user_claims_write(&j, oauth2_str("[]"),
                                            oauth2_str_null,
                                            oauth2_str_null));
}


static const struct CMUnitTest  tests[] = {
    unit_row(names), unit_row(malformed), unit_row(subject), unit_row(acr),
    unit_row(beyond), unit_row(values)
};


int
main(void)
{
    return cmocka_run_group_tests_name("user_claims", tests, NULL, NULL);
}
