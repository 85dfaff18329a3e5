# SPDX-License-Identifier: MIT
"""Histories that a real server writes as things go wrong; each replays at once
to its own commands.  With --record-histories they become t/worker/histories."""

import concurrent.futures
import socket
import uuid

import psycopg
import pytest

from lib.process import wait_for
from lib.replay import build, read, record, recorded_commands, replay
from lib.smtp import Smtp

FINGERPRINT = "00" * 32
DUE = "update oauth2.outbox set next_attempt_at = now() where sent_at is null"


@pytest.fixture(scope="module")
def program():
    return build("replay")


@pytest.fixture
def keep(request, temporal, program):
    """keep(name, workflow_id, kind, status): waits until the workflow has that
    status, then checks that it has such an event and replays."""
    def call(name, workflow_id, kind="workflowTaskCompleted", status="COMPLETED"):
        wait_for(lambda: temporal.status(workflow_id) == status, 40, f"{workflow_id} {status}")
        text = temporal.run("workflow", "show", "-w", workflow_id, "-o", "json").stdout
        assert f'"{kind}EventAttributes"' in text
        history = read(text)
        code, complaint, answers = replay(program, history)
        assert (code, complaint) == (0, "")
        assert answers == recorded_commands(history)
        if request.config.getoption("record_histories"):
            record(name, text)
        return history

    return call


@pytest.fixture
def smtp():
    server = Smtp().start()
    yield server
    server.stop()


def operation_of(workflow_id, name="register"):
    return workflow_id.removeprefix(f"{name}-")


def test_complete(worker, database, keep):
    keep("ping", worker.ping("recorded").workflow_id)
    keep("register", worker.register("complete@example.com").workflow_id)
    keep("password-reset", worker.operation("password-reset", {
        "email": "complete@example.com", "token_lifetime": 3600,
        "fingerprint": FINGERPRINT}).workflow_id)
    user = database.rows("select * from oauth2.users where email = 'complete@example.com'")[0]
    keep("verify-email", worker.operation("verify-email", {
        "token_digest": user["email_verification_token"],
        "fingerprint": FINGERPRINT}).workflow_id)
    keep("password-reset-confirm", worker.operation("password-reset-confirm", {
        "token_digest": user["password_reset_token"], "password_hash": "$2b$04$" + "x" * 53,
        "fingerprint": FINGERPRINT}).workflow_id)


def test_local_activity_retried(worker, database, temporal, keep):
    """An activity that cannot run leaves a marker and a timer."""
    function = "function oauth2.create_user(uuid, text, jsonb)"
    operation = str(uuid.uuid4())
    database.rows(f"revoke execute on {function} from oauth2_app")
    try:
        answer = worker.register("retried@example.com", operation)
        assert answer.status == 503
        wait_for(lambda: "timerStarted" in temporal.history_text(answer.workflow_id), 10,
                 "a timer")
    finally:
        database.rows(f"grant execute on {function} to oauth2_app")
    keep("local-activity-retried", answer.workflow_id, "timerFired")


def test_activity_retried(start_worker, database, temporal, smtp, keep):
    smtp.inbox.refuse = "451 later"
    worker = start_worker(database.app, temporal.address, smtp.url,
                          task_queue=f"queue-{database.name}-retried")
    answer = worker.register("again@example.com")
    wait_for(lambda: smtp.inbox.attempts, 10, "an attempt")
    smtp.inbox.refuse = None
    history = keep("activity-retried", answer.workflow_id)
    assert max(e.activity_task_started_event_attributes.attempt for e in history.events) > 1


def test_activity_failed(start_worker, database, temporal, smtp, keep):
    smtp.inbox.refuse = "451 later"
    worker = start_worker(database.app, temporal.address, smtp.url,
                          program=build("oauth2-worker-once"),
                          task_queue=f"queue-{database.name}-failed")
    answer = worker.register("failed@example.com")
    assert answer.json["status"] == "created"
    keep("activity-failed", answer.workflow_id, "activityTaskFailed", "FAILED")


def test_activity_timed_out(start_worker, database, temporal, keep):
    """An SMTP server that says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        worker = start_worker(database.app, temporal.address,
                              f"smtp://127.0.0.1:{silent.getsockname()[1]}",
                              program=build("oauth2-worker-once"),
                              task_queue=f"queue-{database.name}-silent")
        answer = worker.register("silent@example.com")
        assert answer.json["status"] == "created"
        keep("activity-timed-out", answer.workflow_id, "activityTaskTimedOut", "FAILED")
        worker.kill()


def test_worker_lost(start_worker, database, temporal, mail, keep):
    """Killed while create_user waits for a lock."""
    queue = f"queue-{database.name}-lost"
    operation = str(uuid.uuid4())
    first = start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    with psycopg.connect(database.owner) as lock, concurrent.futures.ThreadPoolExecutor(1) as pool:
        lock.execute("lock table oauth2.users in access exclusive mode")
        asked = pool.submit(first.register, "lost@example.com", operation)
        wait_for(lambda: database.value(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database()"), 10, "create_user waiting")
        first.kill()
        with pytest.raises(OSError):
            asked.result()
        lock.rollback()

    start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    keep("worker-lost", f"register-{operation}", "workflowTaskTimedOut")


def test_reset(worker, database, temporal, keep):
    """Run again from its first task: the same user, no second mail."""
    answer = worker.register("reset@example.com")
    wait_for(lambda: temporal.status(answer.workflow_id) == "COMPLETED", 20, "completed")
    temporal.run("workflow", "reset", "-w", answer.workflow_id, "--event-id", "4",
                 "--reason", "test")
    keep("reset", answer.workflow_id, "workflowTaskFailed")
    assert database.value(
        "select count(*) from oauth2.users where email = 'reset@example.com'") == 1
    assert database.value("select count(*) from oauth2.outbox where operation_id = %s",
                          operation_of(answer.workflow_id)) == 1


def test_canceled(start_worker, database, temporal, smtp, keep):
    """Canceled while its mail is tried: the workflow ends, the mail is sent from
    the outbox."""
    smtp.inbox.refuse = "451 later"
    worker = start_worker(database.app, temporal.address, smtp.url, drain_interval="500ms",
                          task_queue=f"queue-{database.name}-canceled")
    answer = worker.register("canceled@example.com")
    wait_for(lambda: smtp.inbox.attempts, 10, "an attempt")
    temporal.run("workflow", "cancel", "-w", answer.workflow_id)
    keep("canceled", answer.workflow_id, "activityTaskCancelRequested", "CANCELED")
    smtp.inbox.refuse = None
    database.rows(DUE)
    smtp.wait_message("canceled@example.com")


def test_terminated(start_worker, database, temporal, smtp):
    """Terminated: nothing more is asked of the worker, and the user, who was
    answered before, gets the mail."""
    smtp.inbox.refuse = "451 later"
    worker = start_worker(database.app, temporal.address, smtp.url, drain_interval="500ms",
                          task_queue=f"queue-{database.name}-terminated")
    answer = worker.register("terminated@example.com")
    wait_for(lambda: smtp.inbox.attempts, 10, "an attempt")
    temporal.run("workflow", "terminate", "-w", answer.workflow_id, "--reason", "test")
    smtp.inbox.refuse = None
    database.rows(DUE)
    smtp.wait_message("terminated@example.com")
    assert temporal.status(answer.workflow_id) == "TERMINATED"
    assert worker.ping().status == 200
    assert worker.metric("workflow_tasks_failed_total") == 0
