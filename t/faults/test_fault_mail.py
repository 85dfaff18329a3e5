# SPDX-License-Identifier: MIT
"""Mail keeps flowing (design, section 4): a mail server that is away, says no
for now or for good, hangs, or closes in the middle; sent by the worker, and
by the module when no worker is there."""

import pytest

from lib.client import fresh_email
from lib.process import wait_for


@pytest.fixture(params=["worker", "module"])
def sender(system, request):
    """Who sends.  Without a worker it is the module."""
    system.restore()
    system.wait_healthy()
    if request.param == "module":
        system.kill("worker")
    yield request.param
    inbox = system.smtp.inbox
    inbox.refused, inbox.stalled, inbox.closing = {}, False, False
    if system.smtp.controller is None:
        system.smtp.start()
    system.restore()
    system.wait_healthy()
    system.release("leased_until is null")
    wait_for(lambda: not system.database.value(
        "select due + waiting from oauth2.outbox_state()"), 40, "an empty outbox")


def register(system, sender, email=None):
    """Answered alike, whatever becomes of the mail."""
    email = email or fresh_email("mail")
    answer = system.register(email)
    assert answer.status_code == 201, answer.text
    assert answer.json()["method"] == (
        "temporal_workflow" if sender == "worker" else "direct_registration")
    return email


def failed(system, email, seconds=20):
    """The row of a mail whose first attempt failed: not lost, with its
    reason, without a lease, and due later."""

    def row():
        found = system.outbox(email)
        return found and found[0]["last_error"] and found[0]

    found = wait_for(row, seconds, "a reason")
    assert found["sent_at"] is None
    assert email not in found["last_error"]
    return found


def arrives_once(system, email, sender):
    """Once the server is well; we do not wait for the time of the next
    attempt, which is checked where it is written (t/sql)."""
    system.release("recipient = %s", email)
    system.smtp.wait_message(email, seconds=40)
    wait_for(lambda: system.outbox(email)[0]["sent_at"], 20, "the mark")
    row = system.outbox(email)[0]
    assert row["last_error"] is None
    assert (row["lease_owner"].startswith("nginx ")) == (sender == "module")
    messages = system.smtp.messages(email)
    assert [m["Message-ID"] for m in messages] == [f"<{row['message_id']}>"]


def test_refusing(system, sender):
    system.smtp.stop()
    email = register(system, sender)
    row = failed(system, email)
    assert "connect" in row["last_error"].lower()
    assert row["parked_at"] is None
    system.smtp.start()
    arrives_once(system, email, sender)


@pytest.mark.smoke
def test_greylisting(system, sender):
    """4xx: later, and others are not held up."""
    email = fresh_email("grey")
    system.smtp.inbox.refused[email] = "451 4.7.1 Greylisted, try again later"
    register(system, sender, email)
    other = register(system, sender)
    system.smtp.wait_message(other)
    row = failed(system, email)
    assert "451 4.7.1" in row["last_error"]
    assert row["parked_at"] is None
    system.smtp.inbox.refused.clear()
    arrives_once(system, email, sender)


@pytest.mark.smoke
def test_one_recipient_for_good(system, sender):
    """5xx: parked with its reason, where a select finds it, and never tried
    again; the workflow ends, and others are not held up."""
    email = fresh_email("gone")
    system.smtp.inbox.refused[email] = "550 5.1.1 No such user here"
    parked = system.worker.metric("mails_parked_total") if sender == "worker" else 0
    register(system, sender, email)
    other = register(system, sender)
    system.smtp.wait_message(other)
    row = failed(system, email)
    assert "550 5.1.1" in row["last_error"]
    assert row["parked_at"] is not None and row["leased_until"] is None

    found = system.database.rows(
        "select recipient, last_error from oauth2.outbox where parked_at is not null"
        " and recipient = %s", email)
    assert len(found) == 1
    attempts = system.smtp.inbox.attempts
    system.release("recipient = %s", email)
    again = register(system, sender)
    system.smtp.wait_message(again)
    assert system.smtp.inbox.attempts == attempts + 1       # that of the last one
    if sender == "worker":
        assert system.worker.metric("mails_parked_total") == parked + 1
        workflow = f"register-{row['operation_id']}"
        wait_for(lambda: system.workflow(workflow) == "COMPLETED", 20, "the workflow's end")


def test_closing_in_the_middle(system, sender):
    system.smtp.inbox.closing = True
    email = register(system, sender)
    row = failed(system, email)
    assert row["parked_at"] is None
    system.smtp.inbox.closing = False
    arrives_once(system, email, sender)


def test_hanging(system, sender):
    """Nobody waits for it but a thread of its own: requests go on, those
    that hash a password too; the lease is held, and after its time the
    attempt has failed."""
    system.smtp.inbox.stalled = True
    stalls = system.smtp.inbox.stalls
    email = register(system, sender)
    wait_for(lambda: system.smtp.inbox.stalls > stalls, 20, "a sender that hangs")
    assert system.outbox(email)[0]["leased_until"] is not None
    for _ in range(3):
        register(system, sender)
        assert system.get("/health").status_code == 200
    row = failed(system, email, seconds=60)
    assert row["parked_at"] is None
    assert row["attempts"] == 1
    system.smtp.inbox.stalled = False
    arrives_once(system, email, sender)
