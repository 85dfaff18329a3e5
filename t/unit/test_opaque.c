/* SPDX-License-Identifier: MIT */

/* Opaque access tokens: whose they are, and what is none. */

#include "../../src/core/opaque.c"
#include "unit.h"

#define ID      oauth2_str("00112233-4455-6677-8899-aabbccddeeff")
#define ISSUER  oauth2_str("https://login.example")

static oauth2_token_key_t  old_key = { .opaque = { 1 } };
static oauth2_token_key_t  new_key = { .opaque = { 2 }, .next = &old_key };
static oauth2_token_key_t  other_key = { .opaque = { 3 } };


static void
there_and_back(oauth2_pool_t *pool)
{
    oauth2_str_t  token, again, id;

    unit_rc(OAUTH2_OK, oauth2_opaque_write(pool, &new_key, ISSUER, ID,
                                           &token));
    assert_int_equal(token.len, OAUTH2_OPAQUE_LEN);
    unit_rc(OAUTH2_OK, oauth2_opaque_write(pool, &new_key, ISSUER, ID,
                                           &again));
    assert_true(oauth2_str_same(token, again));
    unit_rc(OAUTH2_OK, oauth2_opaque_parse(pool, &new_key, ISSUER, token,
                                           &id));
    unit_str(id, "00112233-4455-6677-8899-aabbccddeeff");
}


/* One that was made before the key was changed. */
static void
older_key(oauth2_pool_t *pool)
{
    oauth2_str_t  token, id;

    unit_rc(OAUTH2_OK, oauth2_opaque_write(pool, &old_key, ISSUER, ID,
                                           &token));
    unit_rc(OAUTH2_OK, oauth2_opaque_parse(pool, &new_key, ISSUER, token,
                                           &id));
    unit_str(id, "00112233-4455-6677-8899-aabbccddeeff");
    unit_rc(OAUTH2_BAD, oauth2_opaque_parse(pool, &other_key, ISSUER, token,
                                            &id));
}


static void
forged(oauth2_pool_t *pool)
{
    size_t        i;
    oauth2_str_t  token, id;

    unit_rc(OAUTH2_BAD, oauth2_opaque_write(pool, &new_key, ISSUER,
                                            oauth2_str("x"), &token));
    unit_rc(OAUTH2_OK, oauth2_opaque_write(pool, &new_key, ISSUER, ID,
                                           &token));
    unit_rc(OAUTH2_BAD,
            oauth2_opaque_parse(pool, &new_key,
                                oauth2_str("https://other.example"), token,
                                &id));

    for (i = 0; i < token.len; i++) {
        token.data[i] = (token.data[i] == 'A') ? 'E' : 'A';
        unit_rc(OAUTH2_BAD, oauth2_opaque_parse(pool, &new_key, ISSUER,
                                                token, &id));
    }

    unit_rc(OAUTH2_BAD, oauth2_opaque_parse(pool, &new_key, ISSUER,
                                            oauth2_str_null, &id));
    token.data[7] = '=';
    unit_rc(OAUTH2_BAD, oauth2_opaque_parse(pool, &new_key, ISSUER, token,
                                            &id));
}


static const struct CMUnitTest  tests[] = {
    unit_row(there_and_back), unit_row(older_key), unit_row(forged)
};


int
main(void)
{
    return cmocka_run_group_tests_name("opaque", tests, NULL, NULL);
}
