/* SPDX-License-Identifier: MIT */

/*
 * oauth2-seal FILE ID: reads the secret of the client ID from standard
 * input, up to its first line end, and writes it sealed under the key in
 * FILE, which is that of oauth2_token_key.  For oauth2ctl: the server's own
 * function (src/core/secret.c).
 */

#include "../src/core/secret.h"
#include "../src/core/str.h"

#include <stdio.h>

#define SEAL_KEY_MAX     1024     /* bytes of the file */
#define SEAL_SECRET_MAX  1024


static int seal_write(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    oauth2_str_t client_id);
static oauth2_rc_e seal_read_key(const char *path, oauth2_token_key_t *key);
static int seal_fail(const char *what);


int
main(int argc, char **argv)
{
    int                  rc;
    oauth2_pool_t       *pool;
    oauth2_token_key_t   key;

    if (argc != 3) {
        return seal_fail("usage: oauth2-seal FILE ID");
    }

    if (seal_read_key(argv[1], &key) != OAUTH2_OK) {
        return seal_fail("the file is no key as oauth2_token_key has it");
    }

    pool = oauth2_pool_create();

    if (pool == NULL) {
        return seal_fail("out of memory");
    }

    rc = seal_write(pool, &key, oauth2_str_of(argv[2]));

    oauth2_wipe(&key, sizeof(key));
    oauth2_pool_release(pool);

    return rc;
}


static int
seal_write(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    oauth2_str_t client_id)
{
    int           c;
    u_char        text[SEAL_SECRET_MAX];
    oauth2_rc_e   rc;
    oauth2_str_t  secret, sealed;

    secret.data = text;
    secret.len = 0;

    for ( ;; ) {
        c = getchar();

        if (c == EOF || c == '\n' || secret.len == sizeof(text)) {
            break;
        }

        text[secret.len++] = (u_char) c;
    }

    rc = (secret.len == 0 || secret.len == sizeof(text))
         ? OAUTH2_BAD
         : oauth2_secret_seal(pool, key, client_id, secret, &sealed);
    oauth2_wipe(text, sizeof(text));

    if (rc != OAUTH2_OK) {
        return seal_fail("the secret cannot be sealed");
    }

    return printf("%.*s\n", (int) sealed.len, sealed.data) > 0
           && fflush(stdout) == 0
           ? 0 : seal_fail("the sealed secret cannot be written");
}


static oauth2_rc_e
seal_read_key(const char *path, oauth2_token_key_t *key)
{
    FILE          *file;
    u_char         bytes[SEAL_KEY_MAX];
    oauth2_rc_e    rc;
    oauth2_str_t   text;

    file = fopen(path, "r");

    if (file == NULL) {
        return OAUTH2_NONE;
    }

    text.data = bytes;
    text.len = fread(bytes, 1, sizeof(bytes), file);
    (void) fclose(file);

    rc = oauth2_token_key_init(key, text);
    oauth2_wipe(bytes, sizeof(bytes));

    return rc;
}


static int
seal_fail(const char *what)
{
    (void) fprintf(stderr, "oauth2-seal: %s\n", what);

    return 1;
}
