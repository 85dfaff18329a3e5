/* SPDX-License-Identifier: MIT */

/*
 * Work that takes long, on a thread pool of nginx.
 *
 * Each task holds a timer that does not end by itself, because a worker
 * process that shuts down waits for timers and knows nothing of threads.
 * The threads run at the lowest priority: hashing must not take the CPU
 * from requests that need none of it.
 */

#include "http.h"

#include <sys/resource.h>
#include <sys/syscall.h>


#define THREAD_HOLD  600000     /* ms; longer than any task takes */
#define THREAD_NICE  19


typedef struct {
    ngx_thread_task_t   task;
    ngx_event_t         hold;
    ngx_connection_t    owner;
    void              (*work)(void *data);
    void              (*done)(void *data);
    void               *data;
} thread_task_t;


static void thread_run(void *data, ngx_log_t *log);
static void thread_ended(ngx_event_t *ev);
static void thread_held(ngx_event_t *ev);


ngx_int_t
ngx_http_oauth2_thread_start(ngx_thread_pool_t *pool,
    void (*work)(void *data), void (*done)(void *data), void *data)
{
    thread_task_t  *t;

    t = ngx_calloc(sizeof(thread_task_t), ngx_cycle->log);
    if (t == NULL) {
        return NGX_ERROR;
    }

    t->work = work;
    t->done = done;
    t->data = data;

    t->task.ctx = t;
    t->task.handler = thread_run;
    t->task.event.data = t;
    t->task.event.handler = thread_ended;

    t->owner.fd = (ngx_socket_t) -1;
    t->hold.data = &t->owner;
    t->hold.handler = thread_held;
    t->hold.log = ngx_cycle->log;

    if (ngx_thread_task_post(pool, &t->task) != NGX_OK) {
        ngx_free(t);
        return NGX_BUSY;
    }

    ngx_add_timer(&t->hold, THREAD_HOLD);

    return NGX_OK;
}


static void
thread_run(void *data, ngx_log_t *log)
{
    thread_task_t  *t = data;

    static __thread ngx_uint_t  nice;

    (void) log;

    if (nice == 0) {
        nice = 1;
        (void) setpriority(PRIO_PROCESS, (id_t) syscall(SYS_gettid),
                           THREAD_NICE);
    }

    t->work(t->data);

    oauth2_digest_thread_done();
}


static void
thread_ended(ngx_event_t *ev)
{
    thread_task_t   *t = ev->data;
    void           (*done)(void *data);
    void            *data;

    if (t->hold.timer_set) {
        ngx_del_timer(&t->hold);
    }

    done = t->done;
    data = t->data;

    ngx_free(t);

    done(data);
}


static void
thread_held(ngx_event_t *ev)
{
    ngx_log_error(NGX_LOG_ALERT, ev->log, 0,
                  "a thread has been busy for ten minutes");
}
