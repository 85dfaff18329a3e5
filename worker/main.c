/* SPDX-License-Identifier: MIT */

/*
 * oauth2-worker: runs the account operations as Temporal workflows, and
 * sends the mail.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../src/core/encode.h"
#include "../src/core/str.h"
#include "clock.h"
#include "http.h"
#include "mail_thread.h"

#define MAIN_THREADS  4
#define MAIN_QUEUE    16

#define MAIN_USAGE                                                           \
    "usage: oauth2-worker -c FILE [-t]\n"                                    \
    "       oauth2-worker -v\n"                                              \
    "  -c FILE  the configuration\n"                                         \
    "  -t       test the configuration and exit\n"                           \
    "  -v       version\n"


static int main_run(const oauth2_conf_t *conf);
static bool main_create(oauth2_worker_t *worker);
static void main_destroy(oauth2_worker_t *worker);
static bool main_name(oauth2_worker_t *worker);
static void main_on_changed(void *data, bool up);
static void main_on_signal(evutil_socket_t fd, short what, void *data);


int
main(int argc, char **argv)
{
    int             option, rc;
    bool            test;
    const char     *path;
    oauth2_pool_t  *pool;
    oauth2_conf_t   conf;

    path = NULL;
    test = false;

    for ( ;; ) {
        option = getopt(argc, argv, "c:tv");
        if (option == -1) {
            break;
        }

        switch (option) {
        case 'c':
            path = optarg;
            break;
        case 't':
            test = true;
            break;
        case 'v':
            (void) puts("oauth2-worker " OAUTH2_VERSION);
            return 0;
        default:
            (void) fputs(MAIN_USAGE, stderr);
            return 2;
        }
    }

    if (path == NULL || optind != argc) {
        (void) fputs(MAIN_USAGE, stderr);
        return 2;
    }

    pool = oauth2_pool_create();
    if (pool == NULL || oauth2_conf_init(&conf, pool, path) != OAUTH2_OK) {
        return 1;
    }

    if (test) {
        (void) fprintf(stderr, "the configuration \"%s\" is fine\n", path);
        return 0;
    }

    oauth2_log_init(conf.log_level);
    rc = main_run(&conf);
    oauth2_pool_release(pool);

    return rc;
}


static int
main_run(const oauth2_conf_t *conf)
{
    int               rc;
    struct event     *term, *quit;
    oauth2_worker_t  *worker;

    rc = 1;
    (void) signal(SIGPIPE, SIG_IGN);

    worker = calloc(1, sizeof(oauth2_worker_t));
    if (worker == NULL || oauth2_mail_init() != OAUTH2_OK) {
        free(worker);
        return 1;
    }

    worker->conf = conf;

    if (main_create(worker)) {
        term = evsignal_new(worker->base, SIGTERM, main_on_signal, worker);
        quit = evsignal_new(worker->base, SIGINT, main_on_signal, worker);

        if (term != NULL && quit != NULL && event_add(term, NULL) == 0
            && event_add(quit, NULL) == 0)
        {
            oauth2_log(OAUTH2_LOG_NOTICE, "oauth2-worker " OAUTH2_VERSION
                       " \"%s\" on \"%s\"", worker->identity, conf->socket);
            rc = event_base_dispatch(worker->base) < 0 ? 1 : 0;
        }

        if (term != NULL) {
            event_free(term);
        }

        if (quit != NULL) {
            event_free(quit);
        }
    }

    main_destroy(worker);
    oauth2_mail_done();

    return rc;
}


static bool
main_create(oauth2_worker_t *worker)
{
    oauth2_db_conf_t  db;

    worker->started_ms = oauth2_clock_ms();
    worker->base = event_base_new();
    if (worker->base == NULL || !main_name(worker)) {
        return false;
    }

    memset(&db, 0, sizeof(db));
    db.conninfo = worker->conf->database;
    db.fast = 1;
    db.depth = 8;
    db.slow = 4;
    db.queue = 1024;
    db.timeout = 2000;

    worker->poll = oauth2_poll_create(worker);
    worker->probe = oauth2_probe_create(worker);
    worker->threads = oauth2_threads_create(worker->base, MAIN_THREADS,
                                            MAIN_QUEUE);
    worker->outbox = oauth2_outbox_create(worker);
    if (worker->poll == NULL || worker->probe == NULL
        || worker->threads == NULL || worker->outbox == NULL)
    {
        oauth2_log(OAUTH2_LOG_EMERG, "no memory");
        return false;
    }

    worker->db = oauth2_db_create(&db, &oauth2_db_events, worker);
    if (worker->db == NULL) {
        oauth2_log(OAUTH2_LOG_EMERG, "cannot use \"database\"");
        return false;
    }

    worker->rpc.base = worker->base;
    worker->rpc.h2 = oauth2_h2_create(worker->base, worker->conf,
                                      main_on_changed, worker);
    if (worker->rpc.h2 == NULL) {
        return false;
    }

    worker->http = oauth2_http_create(worker);

    return worker->http != NULL;
}


static void
main_destroy(oauth2_worker_t *worker)
{
    if (worker->http != NULL) {
        oauth2_http_destroy(worker->http);
    }

    if (worker->outbox != NULL) {
        oauth2_outbox_destroy(worker->outbox);
    }

    if (worker->threads != NULL) {
        oauth2_threads_destroy(worker->threads);
    }

    if (worker->db != NULL) {
        oauth2_db_destroy(worker->db);
    }

    if (worker->probe != NULL) {
        oauth2_probe_destroy(worker->probe);
    }

    if (worker->poll != NULL) {
        oauth2_poll_destroy(worker->poll);
    }

    if (worker->rpc.h2 != NULL) {
        oauth2_h2_destroy(worker->rpc.h2);
    }

    if (worker->base != NULL) {
        event_base_free(worker->base);
    }

    free(worker);
}


static bool
main_name(oauth2_worker_t *worker)
{
    char    host[64];
    u_char  random[16];

    if (oauth2_random(random, sizeof(random)) != OAUTH2_OK) {
        return false;
    }

    oauth2_uuid_write(oauth2_clock_wall_ns() / 1000000, random,
                      worker->instance);

    memset(host, 0, sizeof(host));
    if (gethostname(host, sizeof(host) - 1) != 0) {
        host[0] = '\0';
    }

    (void) snprintf(worker->identity, sizeof(worker->identity),
                    "oauth2-worker/%d@%s", (int) getpid(), host);

    return true;
}


static void
main_on_changed(void *data, bool up)
{
    oauth2_worker_t  *worker;

    worker = data;
    oauth2_probe_connected(worker->probe, up);

    if (up) {
        oauth2_poll_kick(worker->poll);
    }
}


/* The first asks for the end in order, the second one insists. */
static void
main_on_signal(evutil_socket_t fd, short what, void *data)
{
    oauth2_worker_t  *worker;

    (void) fd;
    (void) what;

    worker = data;

    if (worker->draining || oauth2_drain_start(worker) != OAUTH2_OK) {
        (void) event_base_loopbreak(worker->base);
    }
}
