# SPDX-License-Identifier: MIT
"""UserRegistrationWorkflow: three activities, one user, one mail, one answer."""

import concurrent.futures
import uuid

from lib.process import wait_for


def completed(temporal, workflow_id):
    wait_for(lambda: temporal.status(workflow_id) == "COMPLETED", 20, f"{workflow_id} completed")


def activities(events):
    """Types of local and remote activities, in order."""
    found = []
    for event in events:
        scheduled = event.get("activityTaskScheduledEventAttributes")
        marker = event.get("markerRecordedEventAttributes")
        if scheduled is not None:
            found.append(scheduled["activityType"]["name"])
        if marker is not None:
            assert marker["markerName"] == "core_local_activity"
            found.append(marker["markerName"])
    return found


def test_register(worker, temporal, database, mail):
    answer = worker.register("ada@example.com", request_id="request-of-ada")

    assert answer.status == 200, answer
    body = answer.json
    assert body["status"] == "created"
    assert body["method"] == "temporal_workflow"
    assert body["workflow_id"] == answer.workflow_id
    assert body["run_id"]
    assert body["result"]["email"] == "ada@example.com"
    assert body["result"]["is_verified"] is False

    user = database.rows("select * from oauth2.users where email = 'ada@example.com'")
    assert len(user) == 1
    assert str(user[0]["id"]) == body["result"]["user_id"]

    completed(temporal, answer.workflow_id)
    events = temporal.history(answer.workflow_id)
    assert activities(events) == ["core_local_activity", "core_local_activity",
                                  "send_verification_email"]
    text = temporal.history_text(answer.workflow_id)
    assert '"activity_type":"generate_verification_token"' in text
    assert '"activity_type":"create_user"' in text

    mail.wait_message("ada@example.com")
    assert database.value("select count(*) from oauth2.outbox where sent_at is null") == 0
    assert "request: request-of-ada" in worker.log()


def test_same_operation_twice_at_once(worker, temporal, database, mail):
    """Concurrently and again later: the same answer, one user, one mail."""
    operation = str(uuid.uuid4())
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: worker.register("eve@example.com", operation), range(8)))

    bodies = [a.json for a in answers]
    assert [a.status for a in answers] == [200] * 8
    completed(temporal, answers[0].workflow_id)
    bodies.append(worker.register("eve@example.com", operation).json)
    assert bodies == [bodies[0]] * 9
    assert bodies[0]["run_id"]

    assert database.value("select count(*) from oauth2.users where email = 'eve@example.com'") == 1
    mail.wait_message("eve@example.com")
    assert database.value(
        "select count(*) from oauth2.outbox where operation_id = %s", operation) == 1
    assert len(mail.messages("eve@example.com")) == 1


def test_same_operation_with_another_input(worker, temporal):
    """The fingerprint of the input tells a reused key from a retry."""
    operation = str(uuid.uuid4())
    first = worker.register("one@example.com", operation)
    assert first.json["status"] == "created"

    second = worker.register("two@example.com", operation, fingerprint="11" * 32)
    assert second.status == 200
    assert second.json["status"] == "key_reused"
    completed(temporal, first.workflow_id)
    assert worker.register("two@example.com", operation, fingerprint="11" * 32).json["status"] == (
        "key_reused")


def test_address_taken(worker):
    assert worker.register("taken@example.com").json["status"] == "created"
    assert worker.register("taken@example.com").json["status"] == "user_exists"


def test_all_operations(worker, temporal, database, mail):
    """The other three workflows, each to its end."""
    worker.register("all@example.com")
    link = mail.wait_link("all@example.com")
    assert link.startswith("http://localhost:3000/verify-email?token=")

    asked = worker.operation("password-reset", {
        "email": "all@example.com", "token_lifetime": 3600, "fingerprint": "00" * 32})
    assert asked.status == 200, asked
    assert asked.json["status"] == "accepted"
    mail.wait_message("all@example.com", 2)
    completed(temporal, asked.workflow_id)

    wrong = worker.operation("verify-email", {"token_digest": "0" * 64, "fingerprint": "00" * 32})
    assert wrong.json["status"] == "invalid_token"
    completed(temporal, wrong.workflow_id)

    digest = database.value("select email_verification_token from oauth2.users"
                            " where email = 'all@example.com'")
    right = worker.operation("verify-email", {"token_digest": digest, "fingerprint": "00" * 32})
    assert right.json["status"] == "verified"
    completed(temporal, right.workflow_id)

    digest = database.value("select password_reset_token from oauth2.users"
                            " where email = 'all@example.com'")
    changed = worker.operation("password-reset-confirm", {
        "token_digest": digest, "password_hash": "$2b$04$" + "x" * 53, "fingerprint": "00" * 32})
    assert changed.json["status"] == "changed", changed
    completed(temporal, changed.workflow_id)
    assert len(mail.messages("all@example.com")) == 4


def test_input_that_is_none(worker, temporal):
    """An input that no attempt can use fails the workflow for good."""
    answer = worker.operation("register", {"email": "x@example.com"})
    assert answer.status == 503
    assert answer.json["started"] == "unknown"
    wait_for(lambda: temporal.status(answer.workflow_id) == "FAILED", 10, "failed")
