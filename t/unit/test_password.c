/* SPDX-License-Identifier: MIT */

/* bcrypt, with the cheapest cost. */

#include "../../src/core/password.c"
#include "unit.h"

static const u_char  salt[16] = "0123456789abcdef";


static void
round_trip(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char  hash[OAUTH2_HASH_LEN + 1], again[OAUTH2_HASH_LEN + 1];

    assert_int_equal(oauth2_password_hash(oauth2_str("SecurePass123!"), 4,
                                          salt, hash),
                     OAUTH2_OK);
    assert_int_equal(strlen(hash), OAUTH2_HASH_LEN);
    assert_memory_equal(hash, "$2b$04$", 7);
    assert_int_equal(oauth2_password_verify(oauth2_str("SecurePass123!"),
                                            oauth2_str_of(hash)),
                     OAUTH2_OK);
    assert_int_equal(oauth2_password_verify(oauth2_str("SecurePass123"),
                                            oauth2_str_of(hash)),
                     OAUTH2_NONE);
    assert_int_equal(oauth2_password_verify(oauth2_str_null,
                                            oauth2_str_of(hash)),
                     OAUTH2_NONE);

    assert_int_equal(oauth2_password_hash(oauth2_str("SecurePass123!"), 4,
                                          (const u_char *) "fedcba9876543210",
                                          again),
                     OAUTH2_OK);
    assert_string_not_equal(hash, again);
}


/* A vector of the original implementation, under both its names. */
static void
vector(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    assert_int_equal(oauth2_password_verify(oauth2_str("U*U"),
        oauth2_str("$2a$05$CCCCCCCCCCCCCCCCCCCCC."
                   "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")), OAUTH2_OK);
    assert_int_equal(oauth2_password_verify(oauth2_str("U*U"),
        oauth2_str("$2b$05$CCCCCCCCCCCCCCCCCCCCC."
                   "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")), OAUTH2_OK);
}


/* bcrypt would cut at 72 bytes, and at a NUL. */
static void
whole(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char          hash[OAUTH2_HASH_LEN + 1];
    u_char        text[73];
    oauth2_str_t  s;

    memset(text, 'x', sizeof(text));
    memset(hash, 'u', sizeof(hash));
    s.data = text;
    s.len = 73;
    assert_int_equal(oauth2_password_hash(s, 4, salt, hash), OAUTH2_BAD);
    assert_int_equal(oauth2_password_hash(oauth2_str("a\0b"), 4, salt, hash),
                     OAUTH2_BAD);
    assert_int_equal(hash[0], 'u');

    s.len = 72;
    assert_int_equal(oauth2_password_hash(s, 4, salt, hash), OAUTH2_OK);
    assert_int_equal(oauth2_password_verify(s, oauth2_str_of(hash)),
                     OAUTH2_OK);
    s.len = 73;
    assert_int_equal(oauth2_password_verify(s, oauth2_str_of(hash)),
                     OAUTH2_NONE);
    s.len = 72;
    text[71] = 'y';
    assert_int_equal(oauth2_password_verify(s, oauth2_str_of(hash)),
                     OAUTH2_NONE);
}


static void
costs(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char  hash[OAUTH2_HASH_LEN + 1];

    assert_int_equal(oauth2_password_hash(oauth2_str("x"), 3, salt, hash),
                     OAUTH2_BAD);
    assert_int_equal(oauth2_password_hash(oauth2_str("x"), 17, salt, hash),
                     OAUTH2_BAD);
    assert_int_equal(oauth2_password_hash(oauth2_str("x"), 104, salt, hash),
                     OAUTH2_BAD);
}


static void
no_hash(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t  i;

    static const char *const  bad[] = {
        "", "x", "*0", "$2b$04$",
        "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$0x$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$05.CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe=",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$6$CCCCCCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
    };

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(oauth2_password_verify(oauth2_str("U*U"),
                                                oauth2_str_of(bad[i])),
                         OAUTH2_BAD);
    }
}


static void
dummy(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char  hash[OAUTH2_HASH_LEN + 1];

    oauth2_password_dummy(4, hash);
    assert_memory_equal(hash, "$2b$04$", 7);
    assert_int_equal(oauth2_password_verify(oauth2_str("x"),
                                            oauth2_str_of(hash)),
                     OAUTH2_NONE);
    oauth2_password_dummy(12, hash);
    assert_memory_equal(hash, "$2b$12$", 7);
    assert_int_equal(strlen(hash), OAUTH2_HASH_LEN);
}


static const struct CMUnitTest  tests[] = {
    unit_row(round_trip), unit_row(vector), unit_row(whole), unit_row(costs),
    unit_row(no_hash), unit_row(dummy)
};


int
main(void)
{
    return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
