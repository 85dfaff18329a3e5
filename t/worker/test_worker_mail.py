# SPDX-License-Identifier: MIT
"""Mail as a remote activity: retried, sent once, parked, drained."""

import concurrent.futures
import json
import threading

import pytest

from lib.process import wait_for
from lib.smtp import Smtp

MANY = 40
ROOM = 16       # OAUTH2_ACTIVITIES_MAX


@pytest.fixture
def smtp():
    made = Smtp()
    yield made
    made.stop()


def started(events):
    """The attempt that the history has of its remote activity."""
    return [e["activityTaskStartedEventAttributes"]["attempt"] for e in events
            if "activityTaskStartedEventAttributes" in e]


def completed(temporal, workflow_id):
    wait_for(lambda: temporal.status(workflow_id) == "COMPLETED", 60, "completed")


def test_server_down(database, temporal, start_worker, smtp):
    """The answer does not wait for it; the activity is tried again, and the
    mail comes once."""
    worker = start_worker(database.app, temporal.address, smtp.url, drain_interval="0",
                          task_queue=f"queue-{database.name}-down")
    answer = worker.register("down@example.com")
    assert answer.json["status"] == "created"
    wait_for(lambda: worker.metric("mails_retried_total"), 20, "an attempt that failed")
    assert temporal.status(answer.workflow_id) == "RUNNING"

    smtp.start()
    message = smtp.wait_message("down@example.com", seconds=40)
    assert message["From"] == "Accounts <accounts@example.com>"
    completed(temporal, answer.workflow_id)
    assert started(temporal.history(answer.workflow_id))[0] >= 2
    assert len(smtp.messages("down@example.com")) == 1
    assert "down@example.com" not in worker.log()


def test_refused_for_good(database, temporal, start_worker, smtp):
    """A recipient that does not exist is parked, and holds nobody up."""
    smtp.start()
    smtp.inbox.refuse = "550 no such user"
    worker = start_worker(database.app, temporal.address, smtp.url,
                          task_queue=f"queue-{database.name}-refused")
    answer = worker.register("nobody@example.com")
    completed(temporal, answer.workflow_id)
    assert worker.metric("mails_parked_total") == 1
    row = database.rows("select parked_at, sent_at, last_error from oauth2.outbox"
                        " where operation_id = %s", answer.operation_id)[0]
    assert row["parked_at"] is not None and row["sent_at"] is None
    assert row["last_error"]
    assert "nobody@" not in row["last_error"] + worker.log()

    smtp.inbox.refuse = None
    worker.register("somebody@example.com")
    smtp.wait_message("somebody@example.com")


def test_drain(database, temporal, start_worker, smtp):
    """What is due goes out without any workflow, also while Temporal is away."""
    smtp.start()
    for n in range(1, 11):
        database.rows("select oauth2.create_user(gen_random_uuid(), 'direct_registration', %s)",
                      json.dumps({"email": f"due-{n}@example.com", "password_hash": "x",
                                  "token_digest": f"{n:064}", "token_expires_at": 4000000000,
                                  "fingerprint": "00" * 32}))
    start_worker(database.app, "127.0.0.1:9", smtp.url, connected=False, drain_interval="100ms")
    for n in range(1, 11):
        smtp.wait_message(f"due-{n}@example.com")
    wait_for(lambda: database.value(
        "select count(*) from oauth2.outbox where recipient like 'due-%' and sent_at is null"
    ) == 0, 10, "every mail marked")
    assert all(len(smtp.messages(f"due-{n}@example.com")) == 1 for n in range(1, 11))


def test_many_at_once(database, temporal, start_worker, smtp):
    """A mail server that takes its time is given no more mails than there is
    room for; the others wait with Temporal, and each is sent at its first attempt."""
    smtp.start()
    smtp.inbox.hold = threading.Event()
    worker = start_worker(database.app, temporal.address, smtp.url, drain_interval="0",
                          task_queue=f"queue-{database.name}-many", operation_timeout="20s")
    try:
        with concurrent.futures.ThreadPoolExecutor(MANY) as pool:
            answers = list(pool.map(
                lambda n: worker.register(f"many-{n}@example.com"), range(MANY)))
        assert {answer.json["status"] for answer in answers} == {"created"}
        wait_for(lambda: not worker.metric("workflow_tasks_open"), 20, "nothing else in hand")
        assert 0 < worker.metric("activity_tasks_open") <= ROOM
    finally:
        smtp.inbox.hold.set()

    for answer in answers:
        completed(temporal, answer.workflow_id)
    assert worker.metric("mails_retried_total") == 0
    assert worker.metric("activity_tasks_failed_total") == 0
    assert len(smtp.inbox.messages) == MANY
