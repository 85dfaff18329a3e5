/* SPDX-License-Identifier: MIT */

/* Claims of others: types, times, audiences. */

#include "../../src/core/claims.c"
#include "unit.h"

#define NOW  1700000000


static void
reading(oauth2_pool_t *pool)
{
    oauth2_claims_t  c;

    unit_rc(OAUTH2_OK, oauth2_claims_read(pool, oauth2_str(
        "{\"iss\":\"a\",\"sub\":\"b\\/\",\"jti\":\"\",\"exp\":12.75,"
        "\"iat\":0,\"aud\":[\"x\"],\"other\":[1]}"), &c));
    unit_str(c.iss, "a");
    unit_str(c.sub, "b/");
    unit_str(c.jti, "");
    unit_str(c.aud, "[\"x\"]");
    assert_true(c.aud_list);
    assert_int_equal(c.exp, 12);
    assert_int_equal(c.iat, 0);
    assert_int_equal(c.nbf, OAUTH2_CLAIMS_NEVER);

    unit_rc(OAUTH2_OK, oauth2_claims_read(pool, oauth2_str("{}"), &c));
    assert_null(c.iss.data);
    assert_null(c.aud.data);
    assert_false(c.aud_list);
    assert_int_equal(c.exp, OAUTH2_CLAIMS_NEVER);
}


static void
refusing(oauth2_pool_t *pool)
{
    size_t           i;
    oauth2_claims_t  c;

    static const char *const  bad[] = {
        "", "[]", "{", "{\"iss\":1}", "{\"sub\":null}", "{\"jti\":[\"a\"]}",
        "{\"exp\":\"12\"}", "{\"exp\":-1}", "{\"exp\":1e9}",
        "{\"exp\":1.5E3}", "{\"exp\":null}", "{\"exp\":true}",
        "{\"exp\":99999999999999999999}", "{\"nbf\":\"\"}", "{\"iat\":{}}",
        "{\"exp\":9223372036854775807}", "{\"aud\":1}",
        "{\"aud\":{\"a\":\"b\"}}", "{\"aud\":null}",
        "{\"iss\":\"a\",\"iss\":\"a\"}"
    };

    memset(&c, 0, sizeof(c));

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unit_rc(OAUTH2_BAD,
                oauth2_claims_read(pool, oauth2_str_of(bad[i]), &c));
    }

    assert_null(c.iss.data);
}


/* The word for exp, nbf and iat, with an hour at most. */
static const char *
checked(int64_t exp, int64_t nbf, int64_t iat)
{
    const char       *why;
    oauth2_claims_t   c;

    memset(&c, 0, sizeof(c));
    c.exp = exp;
    c.nbf = nbf;
    c.iat = iat;
    why = oauth2_claims_check_time(&c, NOW, 3600);

    return (why == NULL) ? "fine" : why;
}


static void
times(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    assert_string_equal(checked(-1, -1, -1), "fine");
    assert_string_equal(checked(NOW + 1, NOW, NOW), "fine");
    assert_string_equal(checked(NOW, -1, -1), "expired");
    assert_string_equal(checked(0, -1, -1), "expired");
    assert_string_equal(checked(NOW + 3660, -1, -1), "fine");
    assert_string_equal(checked(NOW + 3661, -1, -1), "too long");
    assert_string_equal(checked(INT64_MAX / 4, -1, -1), "too long");
    assert_string_equal(checked(NOW + 9, NOW + 60, NOW + 60), "fine");
    assert_string_equal(checked(NOW + 9, NOW + 61, NOW), "early");
    assert_string_equal(checked(NOW + 9, NOW, NOW + 61), "early");
    assert_string_equal(checked(NOW + 9, INT64_MAX / 4, NOW), "early");
}


static oauth2_rc_e
heard(oauth2_pool_t *pool, const char *aud, bool others)
{
    char             text[256];
    oauth2_rc_e      rc;
    oauth2_claims_t  c;

    static const oauth2_str_t  names[] = {
        { 9, (u_char *) "https://a" }, { 15, (u_char *) "https://a/token" }
    };

    (void) snprintf(text, sizeof(text), "{\"aud\":%s}", aud);
    rc = oauth2_claims_read(pool, oauth2_str_of(text), &c);

    return (rc == OAUTH2_OK)
           ? oauth2_claims_check_audience(pool, &c, names, 2, others)
           : rc;
}


static void
audiences(oauth2_pool_t *pool)
{
    size_t  i;

    static const char *const  good[] = {
        "\"https://a\"", "\"https:\\/\\/a\\/token\"", "[\"https://a\"]",
        "[\"https://a/token\", \"https:\\/\\/a\"]"
    };

    static const char *const  bad[] = {
        "\"\"", "\"https://a/\"", "\"https://A\"", "\"https://b\"", "[]",
        "[\"https://a\", \"https://b\"]", "[\"https://a\", 1]", "[[\"a\"]]",
        "[\"https://a\", [\"https://a\"]]", "[null]"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        unit_rc(OAUTH2_OK, heard(pool, good[i], false));
        unit_rc(OAUTH2_OK, heard(pool, good[i], true));
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unit_rc(OAUTH2_BAD, heard(pool, bad[i], false));
    }

    unit_rc(OAUTH2_OK, heard(pool, "[\"b\", \"https://a\"]", true));
    unit_rc(OAUTH2_BAD, heard(pool, "[\"b\", \"https://A\"]", true));
    unit_rc(OAUTH2_BAD, heard(pool, "[\"https://a\", 1]", true));
    unit_rc(OAUTH2_BAD, heard(pool, "[]", true));
}


static void
no_audience(oauth2_pool_t *pool)
{
    oauth2_str_t     name;
    oauth2_claims_t  c;

    name = oauth2_str_null;
    unit_rc(OAUTH2_OK, oauth2_claims_read(pool, oauth2_str("{}"), &c));
    unit_rc(OAUTH2_BAD, oauth2_claims_check_audience(pool, &c, &name, 1,
                                                     true));
}


static void
kinds(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    assert_true(oauth2_claims_check_type(oauth2_str("jwt"), "JWT"));
    assert_true(oauth2_claims_check_type(oauth2_str("Application/a+jwt"),
                                         "a+jwt"));
    assert_false(oauth2_claims_check_type(oauth2_str("application/"),
                                          "JWT"));
    assert_false(oauth2_claims_check_type(oauth2_str("at+jwt"), "JWT"));
    assert_false(oauth2_claims_check_type(oauth2_str_null, "JWT"));
}


static const struct CMUnitTest  tests[] = {
    unit_row(reading), unit_row(refusing), unit_row(times),
    unit_row(audiences), unit_row(no_audience), unit_row(kinds)
};


int
main(void)
{
    return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
