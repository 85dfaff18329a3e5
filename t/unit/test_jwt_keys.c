/* SPDX-License-Identifier: MIT */

/* Sets of keys: who signs, who checks, what is published. */

#include "../../src/core/jwt_keys.c"
#include "jwt_keys.h"
#include "unit.h"

#define CLAIMS  "{\"iss\":\"https://id.example\",\"exp\":2}"


static oauth2_rc_e
verify(oauth2_pool_t *pool, const oauth2_keys_t *keys, oauth2_str_t token,
    const char **why)
{
    oauth2_str_t  claims;

    return oauth2_jwt_verify(pool, keys, "JWT",
                             oauth2_str("https://id.example"), token, 1,
                             &claims, why);
}


static void
states(oauth2_pool_t *pool)
{
    oauth2_key_t   *ec, *rsa, *ed;
    oauth2_keys_t   keys = { 0 };

    ec = keys_key(pool, OAUTH2_ES256);
    rsa = keys_key(pool, OAUTH2_RS256);
    ed = keys_key(pool, OAUTH2_EDDSA);
    assert_null(oauth2_keys_signing(&keys));

    unit_rc(OAUTH2_OK, oauth2_keys_add(&keys, ed, OAUTH2_KEY_PUBLISHED));
    assert_null(oauth2_keys_signing(&keys));
    assert_null(oauth2_keys_signing_alg(&keys, OAUTH2_EDDSA));

    unit_rc(OAUTH2_OK, oauth2_keys_add(&keys, ec, OAUTH2_KEY_SIGNING));
    unit_rc(OAUTH2_OK, oauth2_keys_add(&keys, rsa, OAUTH2_KEY_SIGNING));
    unit_rc(OAUTH2_BAD, oauth2_keys_add(&keys, rsa, OAUTH2_KEY_RETIRED));
    assert_ptr_equal(oauth2_keys_signing(&keys), ec);
    assert_ptr_equal(oauth2_keys_signing_alg(&keys, OAUTH2_RS256), rsa);
    assert_null(oauth2_keys_signing_alg(&keys, OAUTH2_PS256));
    assert_ptr_equal(oauth2_keys_find(&keys, ed->id), ed);
    assert_null(oauth2_keys_find(&keys, oauth2_str("x")));
}


static void
full(oauth2_pool_t *pool)
{
    size_t         i;
    char           ids[OAUTH2_KEYS_MAX + 1][4];
    oauth2_keys_t  keys = { 0 };
    oauth2_key_t   list[OAUTH2_KEYS_MAX + 1];

    (void) pool;
    memset(list, 0, sizeof(list));

    for (i = 0; i <= OAUTH2_KEYS_MAX; i++) {
        (void) snprintf(ids[i], sizeof(ids[i]), "%d", (int) (i % 100));
        list[i].id = oauth2_str_of(ids[i]);
        assert_int_equal(oauth2_keys_add(&keys, &list[i],
                                         OAUTH2_KEY_SIGNING),
                         (i < OAUTH2_KEYS_MAX) ? OAUTH2_OK : OAUTH2_BAD);
    }
}


/* The token's kid finds its key among all; a key that left checks nothing. */
static void
verification(oauth2_pool_t *pool)
{
    unsigned       alg;
    const char    *why;
    oauth2_str_t   token;
    oauth2_key_t  *list[OAUTH2_ALG_COUNT];
    oauth2_keys_t  keys = { 0 }, others;

    if (unit_failing) {
        unit_ptr(oauth2_pool_alloc(pool, 1));       /* test_jwt.c has it */
        return;
    }

    for (alg = 0; alg < OAUTH2_ALG_COUNT; alg++) {
        list[alg] = keys_key(pool, alg);
        unit_rc(OAUTH2_OK, oauth2_keys_add(&keys, list[alg],
                                           OAUTH2_KEY_RETIRED));
    }

    for (alg = 0; alg < OAUTH2_ALG_COUNT; alg++) {
        unit_rc(OAUTH2_OK, oauth2_jwt_sign(pool, list[alg], "JWT",
                                           oauth2_str(CLAIMS), &token));
        unit_rc(OAUTH2_OK, verify(pool, &keys, token, &why));

        memset(&others, 0, sizeof(others));
        unit_rc(OAUTH2_BAD, verify(pool, &others, token, &why));
        assert_string_equal(why, "key");
        unit_rc(OAUTH2_OK, oauth2_keys_add(&others,
            list[(alg + 1) % OAUTH2_ALG_COUNT], OAUTH2_KEY_SIGNING));
        unit_rc(OAUTH2_BAD, verify(pool, &others, token, &why));
        assert_string_equal(why, "key");
    }
}


static void
published(oauth2_pool_t *pool)
{
    unsigned       alg;
    oauth2_str_t   text, array, jwk, s;
    oauth2_keys_t  keys = { 0 };

    unit_rc(OAUTH2_OK, oauth2_keys_write(pool, &keys, &text));
    unit_str(text, "{\"keys\":[]}");

    for (alg = 0; alg < OAUTH2_ALG_COUNT; alg++) {
        unit_rc(OAUTH2_OK, oauth2_keys_add(&keys, keys_key(pool, alg),
                                           OAUTH2_KEY_SIGNING));
    }

    unit_rc(OAUTH2_OK, oauth2_keys_write(pool, &keys, &text));
    unit_rc(OAUTH2_OK, oauth2_json_find(pool, text, "keys", &array));

    for (alg = OAUTH2_RS256; alg < OAUTH2_ALG_COUNT; alg++) {
        assert_true(oauth2_json_next(&array, &jwk));
        unit_rc(OAUTH2_OK, oauth2_json_find(pool, jwk, "alg", &s));
        assert_true(oauth2_str_same(s, oauth2_str_of(oauth2_alg_name(alg))));
        unit_rc(OAUTH2_NONE, oauth2_json_find(pool, jwk, "d", &s));
    }

    assert_false(oauth2_json_next(&array, &jwk));
}


static const struct CMUnitTest  tests[] = {
    unit_row(states), unit_row(full), unit_row(verification),
    unit_row(published)
};


int
main(void)
{
    return cmocka_run_group_tests_name("jwt_keys", tests, NULL, NULL);
}
