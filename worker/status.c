/* SPDX-License-Identifier: MIT */

/*
 * What the worker says of itself.
 */

#include "../src/core/json.h"
#include "../src/core/str.h"
#include "clock.h"
#include "http.h"

#define STATUS_MAX  65536


static void status_metric(oauth2_buf_t *b, const char *name,
    const char *suffix, const char *type, const char *help, int64_t value);


oauth2_rc_e
oauth2_status_write(oauth2_worker_t *worker, oauth2_pool_t *pool,
    oauth2_str_t *json)
{
    const char           *reason;
    oauth2_json_t         j;
    const oauth2_conf_t  *conf;

    conf = worker->conf;
    reason = worker->draining ? "the worker is shutting down"
                              : oauth2_probe_state(worker->probe);

    oauth2_json_init(&j, pool, STATUS_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_bool(&j, "temporal_connected", reason == NULL);
    oauth2_json_c(&j, "namespace", conf->namespace);
    oauth2_json_c(&j, "task_queue", conf->task_queue);
    oauth2_json_c(&j, "worker", worker->identity);
    oauth2_json_c(&j, "address", conf->temporal_address);
    oauth2_json_c(&j, "server_version", oauth2_probe_version(worker->probe));

    if (reason != NULL) {
        oauth2_json_c(&j, "reason", reason);
    }

    oauth2_json_bool(&j, "database", oauth2_db_ready(worker->db));
    oauth2_json_int(&j, "pollers", oauth2_poll_pending(worker->poll));
    oauth2_json_int(&j, "uptime_seconds",
                    (oauth2_clock_ms() - worker->started_ms) / 1000);
    oauth2_json_c(&j, "version", OAUTH2_VERSION);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, json);
}


oauth2_rc_e
oauth2_status_write_metrics(oauth2_worker_t *worker, oauth2_pool_t *pool,
    oauth2_str_t *text)
{
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, STATUS_MAX);

#define OAUTH2_METRIC(name, help)                                            \
    status_metric(&b, #name, "_total", "counter", help,                      \
                  (int64_t) worker->counters.name);
#include "metrics.def"
#undef OAUTH2_METRIC

    status_metric(&b, "temporal_up", "", "gauge", "Is Temporal there?",
                  oauth2_probe_state(worker->probe) == NULL);
    status_metric(&b, "database_up", "", "gauge", "Is the database there?",
                  oauth2_db_ready(worker->db));
    status_metric(&b, "operations_open", "", "gauge",
                  "Operations not answered yet.", worker->operations);
    status_metric(&b, "workflow_tasks_open", "", "gauge",
                  "Workflow tasks in hand.", worker->workflow_tasks);
    status_metric(&b, "activity_tasks_open", "", "gauge",
                  "Activity tasks in hand.", worker->activities);
    status_metric(&b, "pollers", "", "gauge", "Long polls under way.",
                  oauth2_poll_pending(worker->poll));

    return oauth2_buf_done(&b, text);
}


static void
status_metric(oauth2_buf_t *b, const char *name, const char *suffix,
    const char *type, const char *help, int64_t value)
{
    oauth2_buf_write_c(b, "# HELP oauth2_worker_");
    oauth2_buf_write_c(b, name);
    oauth2_buf_write_c(b, suffix);
    oauth2_buf_write_c(b, " ");
    oauth2_buf_write_c(b, help);
    oauth2_buf_write_c(b, "\n# TYPE oauth2_worker_");
    oauth2_buf_write_c(b, name);
    oauth2_buf_write_c(b, suffix);
    oauth2_buf_write_c(b, " ");
    oauth2_buf_write_c(b, type);
    oauth2_buf_write_c(b, "\noauth2_worker_");
    oauth2_buf_write_c(b, name);
    oauth2_buf_write_c(b, suffix);
    oauth2_buf_write_c(b, " ");
    oauth2_buf_write_int(b, value);
    oauth2_buf_write_c(b, "\n");
}
