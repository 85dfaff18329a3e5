/* SPDX-License-Identifier: MIT */

/* Private keys sealed, opened by the right key only, under their names. */

#include "../../src/core/jwt_sealed.c"
#include "../../src/core/jwt_key.h"
#include "unit.h"

#define KEY_TEXT                                                             \
    "3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c"
#define OLD_TEXT                                                             \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static oauth2_token_key_t  key, old;


static void
makes_and_opens(oauth2_pool_t *pool, oauth2_alg_e alg)
{
    const char           *why;
    oauth2_key_t         *k;
    oauth2_sealed_key_t   sealed;

    unit_rc(OAUTH2_OK, oauth2_sealed_key_make(pool, &old, alg, &sealed));
    assert_true(oauth2_str_same(sealed.alg,
                                oauth2_str_of(oauth2_alg_name(alg))));
    assert_true(oauth2_str_same(sealed.sealed_by, oauth2_str_of(old.id)));

    /* key is what seals now, old what has sealed this */

    unit_rc(OAUTH2_OK, oauth2_sealed_key_parse(pool, &key, &sealed, &k,
                                               &why));
    assert_int_equal(k->alg, alg);
    assert_true(oauth2_str_same(oauth2_key_id(k), sealed.kid));
}


static void
es256(oauth2_pool_t *pool)
{
    makes_and_opens(pool, OAUTH2_ES256);
}


static void
eddsa(oauth2_pool_t *pool)
{
    makes_and_opens(pool, OAUTH2_EDDSA);
}


/* RSA is too slow to be made once an allocation. */

static void
rsa(void **state)
{
    oauth2_pool_t  *pool;

    (void) state;

    pool = oauth2_pool_create();
    assert_non_null(pool);
    makes_and_opens(pool, OAUTH2_PS256);
    oauth2_pool_release(pool);
}


static void
hs256_has_none(oauth2_pool_t *pool)
{
    oauth2_sealed_key_t  sealed;

    unit_rc(OAUTH2_BAD, oauth2_sealed_key_make(pool, &key, OAUTH2_HS256,
                                               &sealed));
}


/* One made before memory is refused. */

static oauth2_sealed_key_t
made(oauth2_pool_t *pool)
{
    unsigned             left;
    oauth2_sealed_key_t  sealed;

    left = oauth2_pool_fail_at(0);
    assert_int_equal(oauth2_sealed_key_make(pool, &key, OAUTH2_ES256,
                                            &sealed), OAUTH2_OK);
    (void) oauth2_pool_fail_at(left);

    return sealed;
}


static void
another_key_file(oauth2_pool_t *pool)
{
    const char           *why;
    oauth2_key_t         *k;
    oauth2_sealed_key_t   sealed;

    sealed = made(pool);
    unit_rc(OAUTH2_BAD, oauth2_sealed_key_parse(pool, &old, &sealed, &k,
                                                &why));
    assert_string_equal(why, "it is sealed under another oauth2_token_key.");

    /* whoever says it is ours has not sealed it with ours */

    sealed.sealed_by = oauth2_str_of(old.id);
    unit_rc(OAUTH2_BAD, oauth2_sealed_key_parse(pool, &old, &sealed, &k,
                                                &why));
    assert_string_equal(why, "it was damaged, or is another one's.");
}


static void
again(oauth2_pool_t *pool)
{
    unsigned              left;
    const char           *why;
    oauth2_key_t         *k;
    oauth2_sealed_key_t   sealed, other;

    left = oauth2_pool_fail_at(0);
    assert_int_equal(oauth2_sealed_key_make(pool, &old, OAUTH2_EDDSA,
                                            &sealed), OAUTH2_OK);
    (void) oauth2_pool_fail_at(left);

    unit_rc(OAUTH2_OK, oauth2_sealed_key_again(pool, &key, &sealed, &other));
    assert_true(oauth2_str_same(other.sealed_by, oauth2_str_of(key.id)));
    assert_true(oauth2_str_same(other.kid, sealed.kid));
    assert_false(oauth2_str_same(other.sealed, sealed.sealed));

    unit_rc(OAUTH2_OK, oauth2_sealed_key_parse(pool, &key, &other, &k,
                                               &why));
    assert_true(oauth2_str_same(oauth2_key_id(k), sealed.kid));

    /* nothing to do, and nothing that can be done */

    unit_rc(OAUTH2_NONE, oauth2_sealed_key_again(pool, &key, &other,
                                                 &sealed));
    unit_rc(OAUTH2_NONE, oauth2_sealed_key_again(pool, &old, &other,
                                                 &sealed));
    other.sealed_by = oauth2_str_of(old.id);
    unit_rc(OAUTH2_BAD, oauth2_sealed_key_again(pool, &key, &other,
                                                &sealed));
}


static void
another_name(oauth2_pool_t *pool)
{
    const char           *why;
    oauth2_key_t         *k;
    oauth2_sealed_key_t   sealed;

    sealed = made(pool);
    sealed.kid = oauth2_str("another");
    unit_rc(OAUTH2_BAD, oauth2_sealed_key_parse(pool, &key, &sealed, &k,
                                                &why));

    sealed = made(pool);
    sealed.alg = oauth2_str("RS256");
    unit_rc(OAUTH2_BAD, oauth2_sealed_key_parse(pool, &key, &sealed, &k,
                                                &why));

    sealed.alg = oauth2_str("none");
    unit_rc(OAUTH2_BAD, oauth2_sealed_key_parse(pool, &key, &sealed, &k,
                                                &why));
}


static void
damaged(oauth2_pool_t *pool)
{
    const char           *why;
    oauth2_key_t         *k;
    oauth2_sealed_key_t   sealed;

    sealed = made(pool);
    sealed.sealed.data[40] ^= 1;
    unit_rc(OAUTH2_BAD, oauth2_sealed_key_parse(pool, &key, &sealed, &k,
                                                &why));

    sealed.sealed.len = 6;
    unit_rc(OAUTH2_BAD, oauth2_sealed_key_parse(pool, &key, &sealed, &k,
                                                &why));

    sealed.sealed = oauth2_str("no hexadecimal");
    unit_rc(OAUTH2_BAD, oauth2_sealed_key_parse(pool, &key, &sealed, &k,
                                                &why));
}


static const struct CMUnitTest  tests[] = {
    unit_row(es256),
    unit_row(eddsa),
    cmocka_unit_test(rsa),
    unit_row(hs256_has_none),
    unit_row(another_key_file),
    unit_row(again),
    unit_row(another_name),
    unit_row(damaged),
};


int
main(void)
{
    if (oauth2_token_key_init(&key, oauth2_str(KEY_TEXT)) != OAUTH2_OK
        || oauth2_token_key_init(&old, oauth2_str(OLD_TEXT)) != OAUTH2_OK)
    {
        return 1;
    }

    key.next = &old;

    return cmocka_run_group_tests(tests, NULL, NULL);
}
