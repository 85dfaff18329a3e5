/* SPDX-License-Identifier: MIT */

/* Request objects: what they say of themselves, and their parameters. */

#include "../../src/core/request.c"
#include "unit.h"

#define NOW  1700000000


/* Ends the test by itself when memory was refused. */
static const char *
checked(oauth2_pool_t *pool, const char *text, bool strict)
{
    oauth2_rc_e       rc;
    const char       *why;
    oauth2_claims_t   claims;

    rc = oauth2_claims_read(pool, oauth2_str_of(text), &claims);

    if (rc != OAUTH2_OK) {
        return (rc == OAUTH2_NOMEM) ? "memory" : "bad";
    }

    why = oauth2_request_check(pool, &claims, oauth2_str("https://a"),
                               oauth2_str("c"), strict, NOW);

    return (why == NULL) ? "fine" : why;
}

#define check(text, strict, word)                                            \
    do {                                                                     \
        const char  *got = checked(pool, text, strict);                      \
        if (unit_refused(strcmp(got, "memory") == 0)) {                      \
            return;                                                          \
        }                                                                    \
        assert_string_equal(got, word);                                      \
    } while (0)


static void
lenient(oauth2_pool_t *pool)
{
    check("{}", false, "fine");
    check("{\"iss\":\"c\",\"aud\":\"https://a\"}", false, "fine");
    check("{\"aud\":[\"https://b\",\"https://a\"]}", false, "fine");
    check("{\"exp\":2000000000,\"nbf\":1}", false, "fine");
    check("{\"iss\":\"d\"}", false, "issuer");
    check("{\"iss\":\"\"}", false, "issuer");
    check("{\"sub\":\"c\"}", false, "subject");
    check("{\"sub\":\"d\"}", false, "fine");
    check("{\"aud\":\"https://b\"}", false, "audience");
    check("{\"aud\":[]}", false, "audience");
    check("{\"exp\":1700000000}", false, "expired");
    check("{\"nbf\":1700000061}", false, "early");
}


static void
strict(oauth2_pool_t *pool)
{
#define BEGIN  "{\"iss\":\"c\",\"aud\":\"https://a\","
    check(BEGIN "\"nbf\":1699999990,\"exp\":1700000060}", true, "fine");
    check(BEGIN "\"nbf\":1699996400,\"exp\":1700000000}", true, "expired");
    check(BEGIN "\"nbf\":1699996399,\"exp\":1699999999}", true, "too long");
    check(BEGIN "\"nbf\":1699999990,\"exp\":1700003591}", true, "too long");
    check(BEGIN "\"nbf\":1699999990}", true, "without exp or nbf");
    check(BEGIN "\"exp\":1700000060}", true, "without exp or nbf");
    check("{\"aud\":\"https://a\",\"nbf\":1699999990,\"exp\":1700000060}",
          true, "issuer");
    check("{\"iss\":\"c\",\"nbf\":1699999990,\"exp\":1700000060}", true,
          "audience");
}


static void
parameters(oauth2_pool_t *pool)
{
    oauth2_str_t  s;

    unit_rc(OAUTH2_OK, oauth2_request_read(pool, oauth2_str(
        "{\"iss\":\"c\",\"aud\":[\"a\"],\"exp\":1,\"nbf\":1,\"iat\":1,"
        "\"jti\":\"j\",\"sub\":\"s\",\"transaction\":\"t\","
        "\"scope\":\"a b\",\"state\":\"\",\"nonce\":null,\"max_age\":60,"
        "\"flag\":true,\"claims\":{\"a\":\"b\"},"
        "\"resource\":[\"x:\\/y\", \"z:\"]}"), &s));
    unit_str(s, "{\"scope\":\"a b\",\"max_age\":\"60\",\"flag\":\"true\","
                "\"claims\":\"{\\\"a\\\":\\\"b\\\"}\","
                "\"resource\":\"x:/y z:\"}");
    unit_rc(OAUTH2_OK, oauth2_request_read(pool, oauth2_str(
        "{\"resource\":[],\"other\":[\"a\"]}"), &s));
    unit_str(s, "{\"other\":\"[\\\"a\\\"]\"}");
}


static void
refusing(oauth2_pool_t *pool)
{
    size_t        i;
    oauth2_str_t  s;

    static const char *const  bad[] = {
        "", "[]", "{\"a\":1,\"a\":1}", "{\"request\":\"x\"}",
        "{\"request\":null}", "{\"request_uri\":\"\"}",
        "{\"resource\":[1]}", "{\"resource\":[\"a b\"]}",
        "{\"resource\":[\"\"]}", "{\"resource\":[[\"a\"]]}"
    };

    s = oauth2_str_null;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unit_rc(OAUTH2_BAD,
                oauth2_request_read(pool, oauth2_str_of(bad[i]), &s));
    }

    assert_null(s.data);
}


static const struct CMUnitTest  tests[] = {
    unit_row(lenient), unit_row(strict), unit_row(parameters),
    unit_row(refusing)
};


int
main(void)
{
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
