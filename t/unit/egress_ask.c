/* SPDX-License-Identifier: MIT */

/*
 * src/egress by hand, for t/http/test_egress_ask.py.  Arguments are
 * name=value: url, ca, timeout, form (a POST then), and allow, which may
 * come several times.  Prints what came of it, the status, max_age, the
 * host, the reason and the text, a line each.
 */

#include <stdio.h>
#include <stdlib.h>

#include "../../src/core/str.h"
#include "../../src/egress/egress.h"

#define ASK_ALLOW  8


static bool
ask_is(const char *arg, const char *name)
{
    return strncmp(arg, name, strlen(name)) == 0;
}


int
main(int argc, char **argv)
{
    int                     i;
    const char             *value;
    oauth2_str_t            url, form;
    oauth2_cidr_t           allow[ASK_ALLOW];
    oauth2_pool_t          *pool;
    oauth2_egress_rc_e      rc;
    oauth2_egress_conf_t    conf;
    oauth2_egress_reply_t   reply;

    static const char *const  words[] = { "ok", "away", "refused" };

    memset(&conf, 0, sizeof(conf));
    conf.allow = allow;
    url = form = oauth2_str_null;

    for (i = 1; i < argc; i++) {
        value = strchr(argv[i], '=');

        if (value == NULL) {
            return 2;
        }

        value++;

        if (ask_is(argv[i], "url=")) {
            url = oauth2_str_of(value);

        } else if (ask_is(argv[i], "form=")) {
            form = oauth2_str_of(value);

        } else if (ask_is(argv[i], "ca=")) {
            conf.ca_file = value;

        } else if (ask_is(argv[i], "timeout=")) {
            conf.timeout = (unsigned) strtoul(value, NULL, 10);

        } else if (!ask_is(argv[i], "allow=") || conf.nallow == ASK_ALLOW
                   || oauth2_cidr_parse(oauth2_str_of(value),
                                        &allow[conf.nallow++]) != OAUTH2_OK)
        {
            return 2;
        }
    }

    pool = oauth2_pool_create();

    if (pool == NULL || oauth2_egress_init() != OAUTH2_OK) {
        return 2;
    }

    rc = (form.data == NULL)
         ? oauth2_egress_get(&conf, pool, url, &reply)
         : oauth2_egress_post(&conf, pool, url, form, &reply);

    (void) printf("%s\n%ld\n%ld\n%s\n%s\n%.*s", words[rc], reply.status,
                  (long) reply.max_age, reply.host, reply.reason,
                  (int) reply.text.len, (char *) reply.text.data);

    oauth2_pool_release(pool);
    oauth2_egress_done();

    return 0;
}
