# SPDX-License-Identifier: MIT
"""A mail whose server hangs: its worker tells that it is alive, another takes over when it
is not, and what is not wanted any more is given up."""

import threading
import uuid

import pytest

from lib.process import wait_for
from lib.smtp import Smtp


@pytest.fixture
def smtp():
    """Its first conversation hangs at the recipient until hold is set."""
    made = Smtp()
    made.inbox.hold = threading.Event()
    made.start()
    hold = made.inbox.hold
    yield made
    hold.set()
    made.stop()


@pytest.fixture
def begun(database, temporal, start_worker, smtp):
    """begun(workers): the workers, the address and the workflow of a mail in the middle of
    its conversation, which the first worker has."""
    def start(count=1, drain_interval="0"):
        queue = f"queue-{database.name}-{uuid.uuid4().hex[:8]}"
        workers = [start_worker(database.app, temporal.address, smtp.url, task_queue=queue,
                                drain_interval=drain_interval) for _ in range(count)]
        email = f"{uuid.uuid4().hex}@example.com"
        answer = workers[0].register(email)
        assert answer.json["status"] == "created"
        wait_for(lambda: smtp.inbox.held == 1, 20, "the conversation hangs")
        hanging = next(w for w in workers if w.metric("activity_tasks_open"))
        workers.sort(key=lambda w: w is not hanging)
        return workers, email, answer
    return start


def completed(temporal, workflow_id):
    wait_for(lambda: temporal.status(workflow_id) == "COMPLETED", 60, "completed")


def attempt(temporal, workflow_id):
    return next(e["activityTaskStartedEventAttributes"]["attempt"]
                for e in temporal.history(workflow_id)
                if "activityTaskStartedEventAttributes" in e)


def test_alive(begun, temporal, smtp):
    """Longer than the lease and the heartbeat's timeout, in one attempt."""
    (worker,), email, answer = begun()
    wait_for(lambda: worker.metric("heartbeats_total") >= 5, 60, "heartbeats")
    smtp.inbox.hold.set()
    smtp.wait_message(email)
    completed(temporal, answer.workflow_id)
    assert attempt(temporal, answer.workflow_id) == 1
    assert len(smtp.messages(email)) == 1


def test_killed(begun, temporal, smtp, database):
    """The other worker sends the mail although nobody has given up its lease."""
    (first, second), email, answer = begun(2)
    hold, smtp.inbox.hold = smtp.inbox.hold, None
    first.kill()
    smtp.wait_message(email, seconds=55)
    completed(temporal, answer.workflow_id)
    hold.set()
    assert attempt(temporal, answer.workflow_id) >= 2
    assert second.metric("mails_sent_total") == 1
    assert len(smtp.messages(email)) == 1
    assert database.rows("select sent_at is not null as sent, attempts from oauth2.outbox"
                         " where operation_id = %s", answer.operation_id) == [
                             {"sent": True, "attempts": 2}]


def test_stopped_and_going_on(begun, temporal, smtp, database):
    """A worker that slept through its lease does not send what another has sent.  (Its polls
    are open and may get the task again and again, so here it is the drain that sends.)"""
    (first, second), email, answer = begun(2, "500ms")
    hold, smtp.inbox.hold = smtp.inbox.hold, None
    first.freeze()
    try:
        database.rows("update oauth2.outbox set next_attempt_at = now()"
                      " where operation_id = %s", answer.operation_id)
        smtp.wait_message(email, seconds=25)
        hold.set()
        wait_for(lambda: smtp.inbox.held == 0, 20, "the answer to the one that sleeps")
    finally:
        first.thaw()
    wait_for(lambda: first.metric("activity_tasks_open") == 0, 30, "the first gave up")
    completed(temporal, answer.workflow_id)
    assert "not sent" in first.log()
    assert first.metric("mails_sent_total") == 0
    assert second.metric("mails_sent_total") == 1
    assert len(smtp.messages(email)) == 1


@pytest.mark.parametrize("end, status", [("cancel", "CANCELED"), ("terminate", "TERMINATED")])
def test_not_wanted(begun, temporal, smtp, database, end, status):
    """The conversation ends with the workflow; the mail is left to the drain."""
    (worker,), email, answer = begun()
    temporal.run("workflow", end, "-w", answer.workflow_id)
    wait_for(lambda: temporal.status(answer.workflow_id) == status, 20, status)
    wait_for(lambda: worker.metric("activity_tasks_open") == 0, 30, "the activity's end")
    assert "not wanted any more" in worker.log()
    assert not smtp.messages(email)
    assert database.rows("select leased_until, sent_at, parked_at from oauth2.outbox"
                         " where operation_id = %s", answer.operation_id) == [
                             {"leased_until": None, "sent_at": None, "parked_at": None}]
