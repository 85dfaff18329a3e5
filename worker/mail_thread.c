/* SPDX-License-Identifier: MIT */

/*
 * Threads, a bounded queue towards them, and an eventfd back.
 */

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../src/core/fault.h"
#include "mail_thread.h"

struct oauth2_threads_s {
    pthread_mutex_t       lock;
    pthread_cond_t        wake;
    pthread_t            *ids;
    unsigned              n;
    unsigned              queue;      /* the most in hand */
    unsigned              pending;    /* pushed, done() not called yet */
    oauth2_mail_send_t   *first;
    oauth2_mail_send_t  **last;
    oauth2_mail_send_t   *finished;
    struct event         *event;
    int                   fd;
    bool                  stop;
};


static bool threads_start(oauth2_threads_t *threads, unsigned n);
static void *threads_run(void *data);
static oauth2_mail_send_t *threads_next(oauth2_threads_t *threads);
static void threads_on_event(evutil_socket_t fd, short what, void *data);


oauth2_threads_t *
oauth2_threads_create(struct event_base *base, unsigned n, unsigned queue)
{
    oauth2_threads_t  *threads;

    threads = calloc(1, sizeof(oauth2_threads_t));
    if (threads == NULL) {
        return NULL;
    }

    threads->queue = queue;
    threads->last = &threads->first;
    (void) pthread_mutex_init(&threads->lock, NULL);
    (void) pthread_cond_init(&threads->wake, NULL);

    threads->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    threads->ids = calloc(n, sizeof(pthread_t));
    if (threads->fd < 0 || threads->ids == NULL) {
        goto failed;
    }

    threads->event = event_new(base, threads->fd, EV_READ | EV_PERSIST,
                               threads_on_event, threads);
    if (threads->event == NULL || event_add(threads->event, NULL) != 0) {
        goto failed;
    }

    if (!threads_start(threads, n)) {
        goto failed;
    }

    return threads;

failed:

    oauth2_threads_destroy(threads);

    return NULL;
}


void
oauth2_threads_destroy(oauth2_threads_t *threads)
{
    unsigned  i;

    (void) pthread_mutex_lock(&threads->lock);
    threads->stop = true;
    (void) pthread_cond_broadcast(&threads->wake);
    (void) pthread_mutex_unlock(&threads->lock);

    for (i = 0; i < threads->n; i++) {
        (void) pthread_join(threads->ids[i], NULL);
    }

    if (threads->event != NULL) {
        event_free(threads->event);
    }

    if (threads->fd >= 0) {
        (void) close(threads->fd);
    }

    (void) pthread_cond_destroy(&threads->wake);
    (void) pthread_mutex_destroy(&threads->lock);
    free(threads->ids);
    free(threads);
}


unsigned
oauth2_threads_room(oauth2_threads_t *threads)
{
    return threads->queue - threads->pending;
}


bool
oauth2_threads_push(oauth2_threads_t *threads, oauth2_mail_send_t *send)
{
    if (threads->pending == threads->queue) {
        return false;
    }

    threads->pending++;
    send->next = NULL;

    (void) pthread_mutex_lock(&threads->lock);
    *threads->last = send;
    threads->last = &send->next;
    (void) pthread_cond_signal(&threads->wake);
    (void) pthread_mutex_unlock(&threads->lock);

    return true;
}


/* Signals are the loop's. */
static bool
threads_start(oauth2_threads_t *threads, unsigned n)
{
    int       rc;
    sigset_t  all, old;

    (void) sigfillset(&all);
    (void) pthread_sigmask(SIG_SETMASK, &all, &old);

    rc = 0;

    while (threads->n < n && rc == 0) {
        rc = pthread_create(&threads->ids[threads->n], NULL, threads_run,
                            threads);
        if (rc == 0) {
            threads->n++;
        }
    }

    (void) pthread_sigmask(SIG_SETMASK, &old, NULL);

    return rc == 0;
}


static void *
threads_run(void *data)
{
    ssize_t              n;
    uint64_t             one;
    oauth2_threads_t    *threads;
    oauth2_mail_send_t  *send;

    one = 1;
    threads = data;

    for ( ;; ) {
        send = threads_next(threads);
        if (send == NULL) {
            return NULL;
        }

        OAUTH2_FAULT("worker.before_mail");

        send->rc = oauth2_mail_send(send->conf, send->row, send->message,
                                    send->reason);

        OAUTH2_FAULT("worker.after_mail");

        (void) pthread_mutex_lock(&threads->lock);
        send->next = threads->finished;
        threads->finished = send;
        (void) pthread_mutex_unlock(&threads->lock);

        n = write(threads->fd, &one, sizeof(one));
        (void) n;
    }
}


static oauth2_mail_send_t *
threads_next(oauth2_threads_t *threads)
{
    oauth2_mail_send_t  *send;

    (void) pthread_mutex_lock(&threads->lock);

    while (threads->first == NULL && !threads->stop) {
        (void) pthread_cond_wait(&threads->wake, &threads->lock);
    }

    send = threads->stop ? NULL : threads->first;

    if (send != NULL) {
        threads->first = send->next;
        if (threads->first == NULL) {
            threads->last = &threads->first;
        }
    }

    (void) pthread_mutex_unlock(&threads->lock);

    return send;
}


static void
threads_on_event(evutil_socket_t fd, short what, void *data)
{
    ssize_t              n;
    uint64_t             count;
    oauth2_threads_t    *threads;
    oauth2_mail_send_t  *send, *next;

    (void) what;

    threads = data;
    n = read(fd, &count, sizeof(count));
    (void) n;

    (void) pthread_mutex_lock(&threads->lock);
    send = threads->finished;
    threads->finished = NULL;
    (void) pthread_mutex_unlock(&threads->lock);

    while (send != NULL) {
        next = send->next;
        threads->pending--;
        send->done(send);
        send = next;
    }
}
