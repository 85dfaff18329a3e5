# SPDX-License-Identifier: MIT
"""Who sends when the usual sender is away: the worker without Temporal, the
module without a worker, and both what the other one left behind."""

import pytest

from fault_operations import OPERATIONS
from lib.process import wait_for


@pytest.fixture(autouse=True)
def whole(system):
    system.restore()
    system.wait_healthy()
    yield
    system.restore()
    system.wait_healthy()


def ask(system, key):
    operation = OPERATIONS["register"](system)
    answer = system.send(operation.path, operation.body(), key)
    return operation.email, answer


def sender_of(system, email):
    wait_for(lambda: system.outbox(email)[0]["sent_at"], 40, f"mail to {email}")
    assert len(system.smtp.messages(email)) == 1
    return system.outbox(email)[0]["lease_owner"]


@pytest.mark.smoke
def test_temporal_away_the_worker_drains(system):
    """What nginx wrote and could not send, its process having died."""
    system.kill("temporal")
    system.worker.wait_connected(False)
    system.freeze("worker")         # nobody sends before nginx has died
    system.points.arm("nginx.after_direct_sql")
    operation = OPERATIONS["register"](system)
    thread = system.send_later(operation, "key of the drain")
    system.points.wait_hit("nginx.after_direct_sql")
    system.kill("nginx")
    assert thread.result(20) is None
    email = operation.email
    assert system.outbox(email)[0]["sent_at"] is None
    wait_for(lambda: system.nginx.workers(), 10, "another nginx")
    system.freeze("nginx")
    system.thaw("worker")
    assert not sender_of(system, email).startswith("nginx ")
    system.thaw("nginx")


@pytest.mark.smoke
def test_worker_away_the_module_drains(system):
    system.kill("worker")
    email, answer = ask(system, "key of the module")
    assert answer.json()["method"] == "direct_registration"
    assert sender_of(system, email).startswith("nginx ")


def test_the_module_sends_what_a_workflow_left(system):
    """The worker died with a mail in hand and does not come back."""
    system.points.arm("worker.before_mail")
    email, answer = ask(system, "key of a workflow")
    assert answer.json()["method"] == "temporal_workflow"
    system.points.wait_hit("worker.before_mail")
    system.kill("worker")
    assert sender_of(system, email).startswith("nginx ")
