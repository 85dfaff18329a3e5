/* SPDX-License-Identifier: MIT */

/*
 * src/mail by hand, for t/worker/test_mail_send.py.  Arguments are
 * name=value: url, user, password, starttls, ca, folder, timeout, from; and
 * of the row kind, to, data, id, operation; frontend and now.
 *
 * Without url and folder it prints the message, else "sent", or "retry
 * REASON" or "park REASON".  It ends with 2 when there is no message.
 */

#include <stdio.h>
#include <stdlib.h>

#include "../../src/core/str.h"
#include "../../src/mail/mail.h"

static const char  mail_key[] = "00112233445566778899aabbccddeeff"
                                "00112233445566778899aabbccddeeff";


static const char *
mail_arg(char **argv, const char *name, const char *none)
{
    size_t  len;

    len = strlen(name);

    while (*++argv != NULL) {
        if (strncmp(*argv, name, len) == 0 && (*argv)[len] == '=') {
            return *argv + len + 1;
        }
    }

    return none;
}


int
main(int argc OAUTH2_UNUSED, char **argv)
{
    char                 reason[OAUTH2_REASON_MAX] = "";
    oauth2_rc_e          rc;
    oauth2_str_t         message, link, frontend;
    oauth2_pool_t       *pool;
    oauth2_mail_rc_e     sent;
    oauth2_mail_row_t    row;
    oauth2_mail_conf_t   conf;
    oauth2_token_key_t   key;
    static const char   *words[] = { "sent", "retry", "park" };

    memset(&conf, 0, sizeof(conf));
    conf.url = mail_arg(argv, "url", NULL);
    conf.user = mail_arg(argv, "user", NULL);
    conf.password = mail_arg(argv, "password", NULL);
    conf.starttls = mail_arg(argv, "starttls", NULL) != NULL;
    conf.ca_file = mail_arg(argv, "ca", NULL);
    conf.folder = mail_arg(argv, "folder", NULL);
    conf.from = mail_arg(argv, "from", "Sign-in <noreply@example.com>");
    conf.timeout = (unsigned) strtoul(mail_arg(argv, "timeout", "5"), NULL,
                                      10);

    memset(&row, 0, sizeof(row));
    row.kind = oauth2_str_of(mail_arg(argv, "kind", "verification"));
    row.recipient = oauth2_str_of(mail_arg(argv, "to", "ada@example.com"));
    row.data = oauth2_str_of(mail_arg(argv, "data", "{}"));
    row.message_id = oauth2_str_of(mail_arg(argv, "id", "1@example.com"));
    row.operation_id = oauth2_str_of(mail_arg(argv, "operation",
                          "01890a5d-ac96-774b-bcce-b302099a8057"));
    frontend = oauth2_str_of(mail_arg(argv, "frontend",
                                      "https://id.example.com"));

    pool = oauth2_pool_create();

    if (pool == NULL || oauth2_mail_init() != OAUTH2_OK
        || oauth2_token_key_init(&key, oauth2_str_of(mail_key)) != OAUTH2_OK)
    {
        return 3;
    }

    rc = oauth2_mail_write(pool, &key, conf.from, frontend, &row,
                           strtoll(mail_arg(argv, "now", "0"), NULL, 10),
                           &message, &link);
    if (rc != OAUTH2_OK) {
        return 2;
    }

    if (conf.url == NULL && conf.folder == NULL) {
        (void) fwrite(message.data, 1, message.len, stdout);

    } else {
        sent = oauth2_mail_send(&conf, &row, message, reason);
        (void) printf("%s %s\n", words[sent], reason);
    }

    oauth2_pool_release(pool);
    oauth2_mail_done();

    return 0;
}
