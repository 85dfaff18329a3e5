/* SPDX-License-Identifier: MIT */

/*
 * oauth2-hash [cost]: reads a password from standard input, up to its first
 * line end, and writes its bcrypt hash.  For oauth2ctl, which is a shell
 * script: this is the server's own function (src/core/password.c), and the
 * password stands in no argument and no variable that others can see.
 */

#include "../src/core/check.h"
#include "../src/core/password.h"
#include "../src/core/str.h"

#include <stdio.h>
#include <sys/random.h>

#define HASH_COST  12


static int hash_fail(const char *what);


int
main(int argc, char **argv)
{
    int            c;
    char           hash[OAUTH2_HASH_LEN + 1];
    u_char         salt[16], password[OAUTH2_PASSWORD_MAX + 1];
    uint64_t       cost;
    oauth2_rc_e    rc;
    oauth2_str_t   s;

    cost = HASH_COST;

    if (argc > 2
        || (argc == 2
            && (oauth2_str_parse_uint(oauth2_str_of(argv[1]),
                                      OAUTH2_COST_MAX, &cost)
                != OAUTH2_OK
                || cost < OAUTH2_COST_MIN)))
    {
        return hash_fail("usage: oauth2-hash [cost], from 4 to 16");
    }

    s.data = password;
    s.len = 0;

    for ( ;; ) {
        c = getchar();

        if (c == EOF || c == '\n' || s.len == sizeof(password)) {
            break;
        }

        password[s.len++] = (u_char) c;
    }

    if (s.len == 0 || s.len > OAUTH2_PASSWORD_MAX
        || !oauth2_str_check_utf8(s, false))
    {
        oauth2_wipe(password, sizeof(password));
        return hash_fail("a password has 1 to 72 bytes of UTF-8");
    }

    if (getrandom(salt, sizeof(salt), 0) != (ssize_t) sizeof(salt)) {
        return hash_fail("the system has no randomness to give");
    }

    rc = oauth2_password_hash(s, (unsigned) cost, salt, hash);
    oauth2_wipe(password, sizeof(password));

    if (rc != OAUTH2_OK) {
        return hash_fail("the password cannot be hashed");
    }

    return printf("%s\n", hash) > 0 && fflush(stdout) == 0
           ? 0 : hash_fail("the hash cannot be written");
}


static int
hash_fail(const char *what)
{
    (void) fprintf(stderr, "oauth2-hash: %s\n", what);

    return 1;
}
