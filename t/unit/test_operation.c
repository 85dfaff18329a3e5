/* SPDX-License-Identifier: MIT */

/* operations.def, and the mail tokens. */

#include "../../src/flow/operation.c"
#include "unit.h"


static void
table(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t                     i, j, decides;
    const oauth2_operation_t  *o;

    for (i = 0; oauth2_operations[i] != NULL; i++) {
        o = oauth2_operations[i];
        decides = 0;

        for (j = 0; o->activities[j].name != NULL; j++) {
            decides += o->activities[j].decides ? 1 : 0;
            assert_true(o->activities[j].timeout > 0);
        }

        /* exactly one activity has the answer, and mail is the last */
        assert_int_equal(decides, 1);
        assert_int_equal(o->activities[j - 1].kind, OAUTH2_ACTIVITY_MAIL);

        assert_ptr_equal(oauth2_operation_find(oauth2_str_of(o->name)), o);
        assert_ptr_equal(
            oauth2_operation_find_workflow(oauth2_str_of(o->workflow)), o);
    }

    assert_int_equal(i, 4);
    assert_null(oauth2_operation_find(oauth2_str("Register")));
    assert_null(oauth2_operation_find(oauth2_str_null));
    assert_null(oauth2_operation_find_workflow(oauth2_str("register")));
}


static void
rows(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    const oauth2_operation_t  *o;

    o = &oauth2_operation_register;
    assert_string_equal(o->name, "register");
    assert_string_equal(o->workflow, "UserRegistrationWorkflow");
    assert_string_equal(o->direct, "direct_registration");
    assert_string_equal(o->activities[0].name, "generate_verification_token");
    assert_int_equal(o->activities[0].kind,
                     OAUTH2_ACTIVITY_TOKEN_VERIFICATION);
    assert_string_equal(o->activities[1].name, "create_user");
    assert_true(o->activities[1].decides);
    assert_int_equal(o->activities[1].timeout, 5);
    assert_string_equal(o->activities[2].name, "send_verification_email");
    assert_null(o->activities[3].name);
}


/* The result has the digest of the token, never the token. */
static void
token(oauth2_pool_t *pool)
{
    oauth2_str_t        result, token, digest, value;
    oauth2_token_key_t  key;

    memset(&key, 1, sizeof(key));

    unit_rc(OAUTH2_OK, oauth2_operation_token(pool, &key,
        OAUTH2_ACTIVITY_TOKEN_RESET, oauth2_str("op"),
        oauth2_str("{\"token_lifetime\":3600}"), 1000, &result));
    unit_rc(OAUTH2_OK, oauth2_token_derive(pool, &key, oauth2_str("reset"),
                                           oauth2_str("op"), &token));
    unit_rc(OAUTH2_OK, oauth2_sha256_hex(pool, token, &digest));
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, result, "token_digest",
                                        &value));
    assert_true(oauth2_str_same(value, digest));
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, result, "token_expires_at",
                                        &value));
    unit_str(value, "4600");

    unit_rc(OAUTH2_OK, oauth2_operation_token(pool, &key,
        OAUTH2_ACTIVITY_TOKEN_VERIFICATION, oauth2_str("op"),
        oauth2_str("{\"token_lifetime\":3600}"), 1000, &result));
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, result, "token_digest",
                                        &value));
    assert_false(oauth2_str_same(value, digest));
}


static void
token_refused(oauth2_pool_t *pool)
{
    size_t              i;
    oauth2_str_t        result;
    oauth2_token_key_t  key;

    static const char *const  bad[] = {
        "", "{}", "[]", "{\"token_lifetime\":-1}",
        "{\"token_lifetime\":\"x\"}", "{\"token_lifetime\":1.5}",
        "{\"token_lifetime\":31622401}", "{\"token_lifetime\":null}"
    };

    memset(&key, 1, sizeof(key));
    result = oauth2_str("untouched");

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unit_rc(OAUTH2_BAD, oauth2_operation_token(pool, &key,
            OAUTH2_ACTIVITY_TOKEN_RESET, oauth2_str("op"),
            oauth2_str_of(bad[i]), 1000, &result));
    }

    unit_rc(OAUTH2_BAD, oauth2_operation_token(pool, &key,
        OAUTH2_ACTIVITY_SQL, oauth2_str("op"),
        oauth2_str("{\"token_lifetime\":3600}"), 1000, &result));
    unit_str(result, "untouched");
}


static const struct CMUnitTest  tests[] = {
    unit_row(table), unit_row(rows), unit_row(token), unit_row(token_refused)
};


int
main(void)
{
    return cmocka_run_group_tests_name("operation", tests, NULL, NULL);
}
