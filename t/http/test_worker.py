# SPDX-License-Identifier: MIT
"""The hand-over: each operation is given to the worker once; a worker that
is gone or hangs is done without, and used again when it is back."""

import signal

import pytest

from lib.client import fresh_email
from lib.process import wait_for
from lib.site import end, end_server, start_server
from lib.temporal import Temporal
from lib.worker import Worker


@pytest.fixture
def own_temporal_site(request, database, keys, flavour, smtp):
    """As full, with a Temporal that the test may freeze and kill."""
    temporal = Temporal(durable=True).start()
    worker = Worker(database.app, temporal.address, smtp.url, key=str(keys.token),
                    task_queue=f"own-{database.name}", smtp_starttls="off").start()
    made = start_server(request, database, keys, flavour, worker=worker.socket,
                        mail=f"{smtp.url} starttls=off")
    made.temporal = temporal
    yield made
    end_server(made, request)
    end(worker, request.session)
    temporal.kill()
    temporal.done(keep=False)


def method(full):
    answer = full.register(fresh_email())
    assert answer.status_code == 201, answer.text
    return answer.json()["method"]


def returns(full):
    wait_for(lambda: method(full) == "temporal_workflow", 30, "temporal_workflow again")


def test_each_operation_is_handed_over_once(full):
    before = full.worker.metric("operations_total")
    user = full.user(login=True)
    assert full.post("/auth/password-reset/request", {"email": user.email}).status_code == 202
    assert full.post("/temporal-ping").json()["temporal_working"] is True
    assert full.worker.metric("operations_total") == before + 4
    assert "did not take" not in full.worker.log()


def test_request_id_goes_along(full):
    answer = full.register(fresh_email(), headers={"X-Request-ID": "follow-me-0815"})
    assert answer.headers["x-request-id"] == "follow-me-0815"
    wait_for(lambda: "follow-me-0815" in full.worker.log(), 10, "the id in the worker's log")


def test_worker_gone_and_back(full):
    assert method(full) == "temporal_workflow"
    full.worker.kill()
    assert method(full) == "direct_registration"
    assert full.get("/health").json()["worker"] == "away"
    assert full.get("/temporal-status").json()["temporal_connected"] is False
    assert full.post("/temporal-ping").json()["temporal_working"] is False
    full.worker.start()
    returns(full)


def test_worker_hangs_and_goes_on(full):
    """The first request pays the deadline, the breaker spares the next."""
    full.worker.send(signal.SIGSTOP)
    try:
        assert method(full) == "direct_registration"
        wait_for(lambda: "the worker hangs" in full.nginx.error_log.read_text(), 5, "the breaker")
        assert [method(full) for _ in range(3)] == ["direct_registration"] * 3
    finally:
        full.worker.send(signal.SIGCONT)
    returns(full)
    assert "the worker answers again" in full.nginx.error_log.read_text()


def test_temporal_hangs_and_goes_on(own_temporal_site):
    site = own_temporal_site
    assert method(site) == "temporal_workflow"
    site.temporal.freeze()
    try:
        assert [method(site) for _ in range(3)] == ["direct_registration"] * 3
    finally:
        site.temporal.thaw()
    returns(site)


def test_temporal_gone_and_back(own_temporal_site):
    site = own_temporal_site
    site.temporal.kill()
    assert method(site) == "direct_registration"
    assert site.get("/health").json()["worker"] == "ok"
    site.temporal.start()
    returns(site)
