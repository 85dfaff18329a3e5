/* SPDX-License-Identifier: MIT */

/*
 * src/db by hand: reads commands from its input, one a line, and says what
 * happens, one a line.  t/sql/test_db_layer.py drives it.
 *
 *     db_drive CONNINFO FAST DEPTH SLOW QUEUE TIMEOUT
 *
 *     start ID COUNT STATEMENT [PARAMETER|-]...   IDs ID .. ID+COUNT-1
 *     chain ID COUNT STATEMENT ...    each starts the next when it ends
 *     detach ID                       now
 *     when ID detach OTHER            when ID ends
 *     when ID destroy
 *     watch N                         the host refuses N times to watch
 *     state                           pending, ready
 *     quit
 *
 * Says: "log LEVEL TEXT", "refused ID RC", "done ID RC ROWS MS STATUS",
 * "state PENDING READY", "destroyed".
 */

#include <unistd.h>

#include "../../src/core/str.h"
#include "poll_host.h"

#define DRIVE_QUERIES  65536
#define DRIVE_PARAMS   16

typedef struct {
    oauth2_db_query_t  *q;
    int64_t             began;
    unsigned            id;
    unsigned            chain;      /* how many more */
    unsigned            detaches;   /* another, when it ends */
    bool                destroys;
    char                line[256];
} drive_t;


static void drive_done(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data);
static void drive_quit(void);


static oauth2_db_t  *drive_db;
static bool          drive_over;
static drive_t       drives[DRIVE_QUERIES];
static const char   *drive_rcs[] = { "ok", "error", "unavailable", "busy" };


static void
drive_log(void *data OAUTH2_UNUSED, oauth2_db_log_e level,
    const char *message)
{
    static const char  *levels[] = { "error", "warn", "notice", "debug" };

    (void) printf("log %s %s\n", levels[level], message);
}


static void
drive_start(unsigned id, unsigned chain, const char *line)
{
    char             words[sizeof(drives[0].line)];
    char            *word, *rest;
    drive_t         *d;
    unsigned         n;
    oauth2_str_t     params[DRIVE_PARAMS] = { { 0, NULL } };
    oauth2_pool_t   *pool;
    oauth2_stmt_e    stmt;
    oauth2_db_rc_e   why;

    d = &drives[id];
    d->id = id;
    d->chain = chain;
    d->began = poll_now(NULL);
    (void) snprintf(d->line, sizeof(d->line), "%s", line);
    (void) snprintf(words, sizeof(words), "%s", line);

    word = strtok_r(words, " ", &rest);
    poll_require(word != NULL, "no statement");
    stmt = oauth2_db_stmt_find(word);
    poll_require(stmt != OAUTH2_STMT_LAST, "no such statement");

    for (n = 0; n < DRIVE_PARAMS; n++) {
        word = strtok_r(NULL, " ", &rest);
        if (word == NULL) {
            break;
        }

        if (strcmp(word, "-") != 0) {
            params[n] = oauth2_str_of(word);
        }
    }

    pool = oauth2_pool_create();
    poll_require(pool != NULL, "no memory");

    d->q = oauth2_db_query_start(drive_db, pool, stmt, params, drive_done, d,
                                 &why);
    if (d->q == NULL) {
        (void) printf("refused %u %s\n", id, drive_rcs[why]);
    }

    oauth2_pool_release(pool);
}


static void
drive_done(oauth2_db_query_t *q, oauth2_db_rc_e rc, void *data)
{
    char          line[sizeof(drives[0].line)];
    drive_t      *d;
    oauth2_str_t  status;

    d = data;
    poll_require(d->q == q, "another query's end");
    d->q = NULL;

    status = oauth2_db_value(q, 0, "status");
    (void) printf("done %u %s %zu %lld %.*s\n", d->id, drive_rcs[rc],
                  oauth2_db_rows(q), (long long) (poll_now(NULL) - d->began),
                  (int) status.len, (char *) status.data);

    if (d->detaches != 0 && drives[d->detaches].q != NULL) {
        oauth2_db_query_detach(drives[d->detaches].q);
        drives[d->detaches].q = NULL;
    }

    if (d->chain > 1) {
        (void) snprintf(line, sizeof(line), "%s", d->line);
        drive_start(d->id + 1, d->chain - 1, line);
    }

    if (d->destroys) {
        drive_quit();
    }
}


static void
drive_quit(void)
{
    oauth2_db_destroy(drive_db);
    drive_over = true;
}


/* The next word of the line as a number. */
static unsigned
drive_number(char **rest)
{
    char  *word;

    word = strtok_r(NULL, " ", rest);
    poll_require(word != NULL, "a number is missing");

    return (unsigned) strtoul(word, NULL, 10);
}


static void
drive_when(unsigned id, char *rest)
{
    char  *word;

    word = strtok_r(NULL, " ", &rest);
    poll_require(word != NULL, "when what?");

    if (strcmp(word, "detach") == 0) {
        drives[id].detaches = drive_number(&rest);

    } else {
        drives[id].destroys = true;
    }
}


static void
drive_command(char *line)
{
    char      *word, *rest;
    unsigned   id, n;

    word = strtok_r(line, " ", &rest);
    poll_require(word != NULL, "an empty line");

    if (strcmp(word, "start") == 0) {
        id = drive_number(&rest);
        n = drive_number(&rest);

        while (n-- != 0) {
            drive_start(id++, 0, rest);
        }

    } else if (strcmp(word, "chain") == 0) {
        id = drive_number(&rest);
        n = drive_number(&rest);
        drive_start(id, n, rest);

    } else if (strcmp(word, "detach") == 0) {
        id = drive_number(&rest);
        poll_require(drives[id].q != NULL, "detaches nothing");
        oauth2_db_query_detach(drives[id].q);
        drives[id].q = NULL;

    } else if (strcmp(word, "when") == 0) {
        id = drive_number(&rest);
        drive_when(id, rest);

    } else if (strcmp(word, "watch") == 0) {
        poll_fail_watch = drive_number(&rest);

    } else if (strcmp(word, "state") == 0) {
        (void) printf("state %zu %d\n", oauth2_db_pending(drive_db),
                      oauth2_db_ready(drive_db));

    } else {
        poll_require(strcmp(word, "quit") == 0, word);
        drive_quit();
    }
}


/* Bytewise, so that poll() and stdio do not disagree about the input. */
static void
drive_input(void)
{
    char          byte;
    static char   line[512];
    static size_t len;

    do {
        if (read(STDIN_FILENO, &byte, 1) != 1) {
            drive_quit();
            return;
        }

        poll_require(len < sizeof(line) - 1, "too long a line");
        line[len++] = byte;

    } while (byte != '\n');

    line[len - 1] = '\0';
    len = 0;
    drive_command(line);
}


int
main(int argc, char **argv)
{
    oauth2_db_conf_t         conf;
    static oauth2_db_host_t  host = {
        poll_watch, poll_unwatch, poll_timer, poll_now, drive_log
    };

    poll_require(argc == 7, "six arguments");
    (void) setvbuf(stdout, NULL, _IOLBF, 0);

    conf.conninfo = argv[1];
    conf.fast = (unsigned) strtoul(argv[2], NULL, 10);
    conf.depth = (unsigned) strtoul(argv[3], NULL, 10);
    conf.slow = (unsigned) strtoul(argv[4], NULL, 10);
    conf.queue = (unsigned) strtoul(argv[5], NULL, 10);
    conf.timeout = (unsigned) strtoul(argv[6], NULL, 10);

    drive_db = oauth2_db_create(&conf, &host, NULL);
    poll_require(drive_db != NULL, "no memory");

    while (!drive_over) {
        if (poll_turn(STDIN_FILENO, 1000)) {
            drive_input();
        }
    }

    (void) printf("destroyed\n");

    return 0;
}
