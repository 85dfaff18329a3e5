/* SPDX-License-Identifier: MIT */

/*
 * bcrypt by libxcrypt's reentrant functions: called from threads.
 */

#include "str.h"
#include "check.h"
#include "password.h"

#include <crypt.h>

#define PASSWORD_PREFIX  29      /* "$2b$12$" and 22 characters of salt */


static bool password_is_hash(oauth2_str_t hash);
static bool password_digit(u_char c);
static oauth2_rc_e password_crypt(oauth2_str_t password,
    const char *setting, char hash[OAUTH2_HASH_LEN + 1]);


oauth2_rc_e
oauth2_password_hash(oauth2_str_t password, unsigned cost,
    const u_char salt[16], char hash[OAUTH2_HASH_LEN + 1])
{
    char  setting[CRYPT_GENSALT_OUTPUT_SIZE];

    if (cost < OAUTH2_COST_MIN || cost > OAUTH2_COST_MAX
        || crypt_gensalt_rn("$2b$", cost, (const char *) salt, 16, setting,
                            sizeof(setting))
           == NULL)
    {
        return OAUTH2_BAD;
    }

    return password_crypt(password, setting, hash);
}


/* The cost of a hash is limited, for a row of the database could
 * otherwise hold a thread for days. */
oauth2_rc_e
oauth2_password_verify(oauth2_str_t password, oauth2_str_t hash)
{
    bool          same;
    char          setting[PASSWORD_PREFIX + 1];
    char          computed[OAUTH2_HASH_LEN + 1];
    oauth2_rc_e   rc;
    oauth2_str_t  c;

    if (!password_is_hash(hash)) {
        return OAUTH2_BAD;
    }

    memcpy(setting, hash.data, PASSWORD_PREFIX);
    setting[PASSWORD_PREFIX] = '\0';

    rc = password_crypt(password, setting, computed);

    if (rc != OAUTH2_OK) {
        /* no such password can have been set */
        return (rc == OAUTH2_BAD) ? OAUTH2_NONE : rc;
    }

    c.data = (u_char *) computed;
    c.len = OAUTH2_HASH_LEN;
    same = oauth2_str_same_secret(c, hash);
    oauth2_wipe(computed, sizeof(computed));

    return same ? OAUTH2_OK : OAUTH2_NONE;
}


/*
 * A digest of 23 bytes leaves the last character's two low bits zero; '/'
 * has one set, so that no password at all has this hash.
 */
void
oauth2_password_dummy(unsigned cost, char hash[OAUTH2_HASH_LEN + 1])
{
    memset(hash, '.', OAUTH2_HASH_LEN);
    memcpy(hash, "$2b$", 4);
    hash[4] = (char) ('0' + cost / 10 % 10);
    hash[5] = (char) ('0' + cost % 10);
    hash[6] = '$';
    hash[OAUTH2_HASH_LEN - 1] = '/';
    hash[OAUTH2_HASH_LEN] = '\0';
}


static bool
password_is_hash(oauth2_str_t hash)
{
    u_char    c;
    size_t    i;
    unsigned  cost;

    if (hash.len != OAUTH2_HASH_LEN
        || (!oauth2_str_starts(hash, oauth2_str("$2b$"))
            && !oauth2_str_starts(hash, oauth2_str("$2a$"))
            && !oauth2_str_starts(hash, oauth2_str("$2y$")))
        || !password_digit(hash.data[4]) || !password_digit(hash.data[5])
        || hash.data[6] != '$')
    {
        return false;
    }

    cost = (unsigned) (hash.data[4] - '0') * 10
           + (unsigned) (hash.data[5] - '0');

    if (cost < OAUTH2_COST_MIN || cost > OAUTH2_COST_MAX) {
        return false;
    }

    for (i = 7; i < hash.len; i++) {
        c = hash.data[i];

        if (!password_digit(c) && c != '.' && c != '/'
            && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'))
        {
            return false;
        }
    }

    return true;
}


static bool
password_digit(u_char c)
{
    return c >= '0' && c <= '9';
}


/* OAUTH2_BAD: not a password that bcrypt takes whole. */
static oauth2_rc_e
password_crypt(oauth2_str_t password, const char *setting,
    char hash[OAUTH2_HASH_LEN + 1])
{
    char                phrase[OAUTH2_PASSWORD_MAX + 1];
    char               *result;
    oauth2_rc_e         rc;
    struct crypt_data   data;

    if (password.len > OAUTH2_PASSWORD_MAX
        || (password.len > 0
            && memchr(password.data, '\0', password.len) != NULL))
    {
        return OAUTH2_BAD;
    }

    if (password.len > 0) {
        memcpy(phrase, password.data, password.len);
    }

    phrase[password.len] = '\0';
    memset(&data, 0, sizeof(data));
    rc = OAUTH2_NOMEM;

    result = crypt_rn(phrase, setting, &data, sizeof(data));

    if (result != NULL && strlen(result) == OAUTH2_HASH_LEN) {
        memcpy(hash, result, OAUTH2_HASH_LEN + 1);
        rc = OAUTH2_OK;
    }

    oauth2_wipe(&data, sizeof(data));
    oauth2_wipe(phrase, sizeof(phrase));

    return rc;
}
