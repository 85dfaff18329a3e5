/* SPDX-License-Identifier: MIT */

/* Secrets of clients, sealed and opened. */

#define _GNU_SOURCE

#include "../../src/core/secret.c"
#include "unit.h"

#define KEY    "00112233445566778899aabbccddeeff00112233445566778899aabbccdd"  \
               "eeff"
#define OTHER  "10112233445566778899aabbccddeeff00112233445566778899aabbccdd"  \
               "eeff"


static void
sealing(oauth2_pool_t *pool)
{
    size_t              i;
    oauth2_str_t        sealed, again, secret, changed;
    oauth2_token_key_t  key, other;

    unit_rc(OAUTH2_OK, oauth2_token_key_init(&key, oauth2_str(KEY)));
    unit_rc(OAUTH2_OK, oauth2_token_key_init(&other, oauth2_str(OTHER)));

    unit_rc(OAUTH2_OK, oauth2_secret_seal(pool, &key, oauth2_str("a"),
                                          oauth2_str("secret"), &sealed));
    unit_rc(OAUTH2_OK, oauth2_secret_seal(pool, &key, oauth2_str("a"),
                                          oauth2_str("secret"), &again));
    assert_false(oauth2_str_same(sealed, again));
    assert_null(memmem(sealed.data, sealed.len, "secret", 6));

    unit_rc(OAUTH2_OK, oauth2_secret_open(pool, &key, oauth2_str("a"),
                                          sealed, &secret));
    unit_str(secret, "secret");

    /* another client, another key, one of several keys */

    unit_rc(OAUTH2_BAD, oauth2_secret_open(pool, &key, oauth2_str("b"),
                                           sealed, &secret));
    unit_rc(OAUTH2_BAD, oauth2_secret_open(pool, &other, oauth2_str("a"),
                                           sealed, &secret));
    other.next = &key;
    unit_rc(OAUTH2_OK, oauth2_secret_open(pool, &other, oauth2_str("a"),
                                          sealed, &secret));

    /* any character changed, and cut off anywhere */

    unit_rc(OAUTH2_OK, oauth2_pool_copy(pool, sealed, &changed));

    for (i = 0; i < sealed.len; i++) {
        changed.data[i] ^= 1;
        unit_rc(OAUTH2_BAD, oauth2_secret_open(pool, &key, oauth2_str("a"),
                                               changed, &secret));
        changed.data[i] ^= 1;
        unit_rc(OAUTH2_BAD,
                oauth2_secret_open(pool, &key, oauth2_str("a"),
                                   (oauth2_str_t) { i, sealed.data },
                                   &secret));
    }

    unit_str(secret, "secret");
}


static const struct CMUnitTest  tests[] = {
    unit_row(sealing)
};


int
main(void)
{
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
