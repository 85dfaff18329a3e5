# SPDX-License-Identifier: MIT
"""A worker with another table is deployed while workflows run: a compatible
one goes on with them in their old shape, an incompatible one reports them and
leaves them for the old worker."""

import json

import pytest

from lib.process import wait_for
from lib.replay import build
from lib.smtp import Smtp

DUE = "update oauth2.outbox set next_attempt_at = now() where sent_at is null"


@pytest.fixture
def waiting(start_worker, database, temporal):
    """waiting(email): a registration that waits for its mail, whose worker has
    gone; with what starts the next worker."""
    smtp = Smtp().start()
    queue = f"queue-{database.name}-versions"

    def deploy(**options):
        return start_worker(database.app, temporal.address, smtp.url, task_queue=queue, **options)

    def call(email):
        smtp.inbox.refuse = "451 later"
        first = deploy()
        answer = first.register(email)
        assert answer.json["status"] == "created"
        wait_for(lambda: "send_verification_email" in temporal.history_text(answer.workflow_id)
                 and smtp.inbox.attempts, 10, "a mail that is tried")
        assert first.stop()
        smtp.inbox.refuse = None
        database.rows(DUE)
        return answer, deploy

    yield call
    smtp.stop()


def types(temporal, workflow_id):
    """Types of remote activities, in order."""
    return [e["activityTaskScheduledEventAttributes"]["activityType"]["name"]
            for e in temporal.history(workflow_id)
            if "activityTaskScheduledEventAttributes" in e]


def test_compatible(waiting, temporal):
    """Old workflows end without the new row, new ones have it."""
    answer, deploy = waiting("compatible@example.com")
    worker = deploy(program=build("oauth2-worker-compatible"))
    wait_for(lambda: temporal.status(answer.workflow_id) == "COMPLETED", 40, "completed")
    assert types(temporal, answer.workflow_id) == ["send_verification_email"]

    second = worker.register("later@example.com")
    wait_for(lambda: temporal.status(second.workflow_id) == "COMPLETED", 20, "completed")
    assert types(temporal, second.workflow_id) == ["send_verification_email",
                                                   "send_greeting_email"]
    assert worker.metric("workflow_tasks_failed_total") == 0


def test_incompatible(waiting, temporal, database):
    answer, deploy = waiting("incompatible@example.com")
    worker = deploy(program=build("oauth2-worker-incompatible"))

    wait_for(lambda: failures(temporal, answer.workflow_id), 40, "a task that failed")
    failure = failures(temporal, answer.workflow_id)[0]
    assert failure["cause"].endswith("NON_DETERMINISTIC_ERROR")
    assert "the marker of another activity" in failure["failure"]["message"]
    assert "derive_verification_token" in failure["failure"]["message"]
    assert "incompatible@example.com" not in json.dumps(failure)
    assert temporal.status(answer.workflow_id) == "RUNNING"
    assert worker.metric("workflow_tasks_failed_total") >= 1

    # its own workflows are fine
    other = worker.register("new@example.com")
    wait_for(lambda: temporal.status(other.workflow_id) == "COMPLETED", 20, "completed")
    assert worker.stop()

    deploy()
    wait_for(lambda: temporal.status(answer.workflow_id) == "COMPLETED", 60, "completed")
    assert database.value("select count(*) from oauth2.users"
                          " where email = 'incompatible@example.com'") == 1


def failures(temporal, workflow_id):
    return [e["workflowTaskFailedEventAttributes"] for e in temporal.history(workflow_id)
            if "workflowTaskFailedEventAttributes" in e]


def test_a_newer_workflow_on_an_old_worker(waiting, temporal):
    """While both are deployed, an old worker leaves what it does not know."""
    _, deploy = waiting("older@example.com")
    newer = deploy(program=build("oauth2-worker-compatible"))
    answer = newer.register("newer@example.com")
    assert answer.json["status"] == "created"
    wait_for(lambda: temporal.status(answer.workflow_id) == "COMPLETED", 20, "completed")

    older = deploy()
    assert newer.stop()
    temporal.run("workflow", "reset", "-w", answer.workflow_id, "--event-id", "4",
                 "--reason", "test")
    wait_for(lambda: older.metric("workflow_tasks_failed_total") >= 1, 20, "a task that failed")
    assert "the start of a newer table" in older.log()
    assert temporal.status(answer.workflow_id) == "RUNNING"

    deploy(program=build("oauth2-worker-compatible"))
    wait_for(lambda: temporal.status(answer.workflow_id) == "COMPLETED", 90, "completed")
