# SPDX-License-Identifier: MIT
"""PingWorkflow and what the socket says of itself (GET /status, errors)."""

import datetime
import json


def test_ping(worker, temporal):
    answer = worker.ping("hello worker")

    assert answer.status == 200, answer
    body = answer.json
    assert body["status"] == "ok"
    assert body["method"] == "temporal_workflow"
    assert body["result"]["success"] is True
    assert body["result"]["message"] == "hello worker"
    assert body["workflow_id"] == answer.workflow_id

    said = datetime.datetime.fromisoformat(body["result"]["timestamp"].replace("Z", "+00:00"))
    now = datetime.datetime.now(datetime.timezone.utc)
    assert abs((now - said).total_seconds()) < 60

    assert temporal.status(answer.workflow_id) == "COMPLETED"
    assert "hello worker" not in temporal.history_text(answer.workflow_id)


def test_status(worker, temporal, database):
    status = worker.status()

    assert status["temporal_connected"] is True
    assert status["namespace"] == "default"
    assert status["task_queue"] == f"queue-{database.name}"
    assert status["address"] == temporal.address
    assert status["server_version"]
    assert status["worker"].startswith("oauth2-worker/")
    assert status["pollers"] == 4
    assert "reason" not in status


def test_metrics(worker):
    before = worker.metric("operations_total")
    worker.ping()
    assert worker.metric("operations_total") == before + 1
    assert worker.metric("temporal_up") == 1


def test_requests_that_are_none(worker):
    def post(path, body):
        return worker.request("POST", path, body).status

    one = {"operation_id": "0190b0f0-0000-7000-8000-000000000001", "input": {}}
    assert post("/operations/fly", json.dumps(one)) == 404
    assert post("/elsewhere", json.dumps(one)) == 404
    assert post("/operations/ping", "{") == 400
    assert post("/operations/ping", "") == 400
    assert post("/operations/ping", json.dumps({**one, "operation_id": "1"})) == 400
    assert post("/operations/ping", json.dumps({**one, "input": "text"})) == 400
    assert worker.request("GET", "/operations/ping").status == 404
    assert worker.ping().status == 200
