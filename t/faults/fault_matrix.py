# SPDX-License-Identifier: MIT
"""The fault matrix: each operation x process x signal x moment, one cell a
test, over one system a file."""

import concurrent.futures
import dataclasses
import secrets
import time

import pytest

from fault_operations import OPERATIONS
from fault_system import DEADLINE, PROCESSES
from lib.process import wait_for

# Where one process stands still while another one, or itself, is hit.
POINTS = (
    "nginx.before_handover",
    "worker.before_start",
    "worker.after_token",
    "worker.after_sql",
    "worker.before_answer",
    "nginx.after_answer",
    "nginx.before_reply",
    "worker.before_complete",
    "nginx.after_direct_sql",
    "nginx.before_mark",
    "worker.before_mail",
    "worker.after_mail",
    "worker.before_mark",
)

# The way that does not lead through the worker: it hangs all the while.
DIRECT = {"nginx.after_direct_sql", "nginx.before_mark"}
TOKENS = {"register", "reset"}

# How long a process that its caller waits for is frozen: longer than the
# module waits for the worker, so that everything is late when it goes on.
FROZEN = 2.5

# A workflow that lost its worker while mail was being sent goes on when the
# activity times out, after a minute: the end of the file looks again.
SOON = 6.0
IN_THE_END = 100.0

SMOKE = {
    ("register", "worker", "kill", "worker.after_sql"),
    ("register", "worker", "stop", "worker.before_start"),
    ("register", "worker", "kill", "nginx.after_direct_sql"),
    ("register", "temporal", "kill", "worker.before_start"),
    ("register", "temporal", "stop", "worker.before_complete"),
    ("register", "postgres", "kill", "worker.after_token"),
    ("register", "nginx", "kill", "nginx.after_answer"),
    ("confirm", "worker", "kill", "worker.before_answer"),
    ("confirm", "postgres", "stop", "worker.before_start"),
    ("confirm", "postgres", "kill", "worker.after_sql"),
    ("confirm", "nginx", "stop", "worker.before_answer"),
    ("confirm", "nginx", "kill", "nginx.before_mark"),
}


@dataclasses.dataclass(frozen=True)
class Cell:
    operation: str
    process: str
    signal: str         # "kill", or "stop" and continue
    point: str

    @property
    def key(self):
        return dataclasses.astuple(self)

    @property
    def may_resend(self):
        """Did someone die who may have been sending, or could the database
        not take note?  Then, and only then, a mail has a second attempt."""
        return self.process == "postgres" or (
            self.signal == "kill" and self.process in ("worker", "nginx"))


def cells(operation):
    """The row of an operation; those that end with a minute's wait last."""
    found = [Cell(operation, process, signal, point)
             for point in POINTS for process in PROCESSES for signal in ("kill", "stop")
             if point != "worker.after_token" or operation in TOKENS]
    return [pytest.param(cell, id="-".join(cell.key[1:]),
                         marks=[pytest.mark.smoke] if cell.key in SMOKE else [])
            for cell in found]


def run(system, cell, record_property):
    """One cell: the fault, the answer, and what is there afterwards."""
    row = {"cell": cell.key, "first": "", "seconds": 0.0, "then": "", "mails": 0,
           "workflow": "", "ok": False}
    record_property("fault", row)
    try:
        system.wait_healthy()
        system.points.forget()
        operation = OPERATIONS[cell.operation](system)
        key = secrets.token_hex(12)
        first = strike(system, cell, operation, key, row)
        system.restore()
        system.wait_healthy()
        again = retry(system, operation, key, first)
        row["then"] = again["method"]
        settle(system, cell, operation, row)
        check(system, cell, operation, again, row)
        row["ok"] = True
    finally:
        if not row["ok"]:
            system.restore()


def strike(system, cell, operation, key, row):
    """Asks, and does it at that moment; the answer, None when there is none."""
    if cell.point in DIRECT:
        system.freeze("worker")
    system.points.arm(cell.point)
    began = time.monotonic()
    asked = system.send_later(operation, key)
    asked.add_done_callback(lambda _: row.update(seconds=time.monotonic() - began))

    system.points.wait_hit(cell.point)
    if cell.signal == "kill":
        system.kill(cell.process)
    else:
        system.freeze(cell.process)
    system.points.go(cell.point)
    if cell.signal == "stop" and cell.process == "nginx":
        concurrent.futures.wait([asked], FROZEN)
        system.thaw("nginx")

    answer = asked.result(3 * DEADLINE)
    row["first"] = told(answer)
    assert row["seconds"] < DEADLINE, row
    assert answer is None or answer.status_code in (operation.success, 503), answer.text
    return answer


def told(answer):
    if answer is None:
        return "closed"
    return answer.json().get("method", str(answer.status_code))


def retry(system, operation, key, first):
    """What a client does that got no answer, and one that did: the same
    request again, with the same key, is answered alike."""
    again = system.send(operation.path, operation.body(), key)
    assert again is not None and again.status_code == operation.success, again and again.text
    if first is not None and first.status_code == operation.success:
        assert again.json() == first.json()
    return again.json()


def settle(system, cell, operation, row):
    """Until the mail is out and the workflow has ended.  Where the database
    was away, the owner of a lease has given up, and we do not wait for its
    end."""

    def sent():
        rows = system.outbox(operation.email)
        return rows and all(r["sent_at"] for r in rows)

    if cell.may_resend:
        try:
            wait_for(sent, 4)
        except AssertionError:
            system.release("recipient = %s", operation.email)
    wait_for(sent, 40, f"mail to {operation.email}")

    operation_id = system.outbox(operation.email)[0]["operation_id"]
    workflow_id = f"{operation.workflow}-{operation_id}"
    system.past.append((cell, operation, workflow_id, row))
    try:
        wait_for(lambda: system.workflow(workflow_id) in (None, "COMPLETED"), SOON)
    except AssertionError:
        assert system.workflow(workflow_id) == "RUNNING"
    row["workflow"] = system.workflow(workflow_id) or "none"


def check(system, cell, operation, answer, row):
    """One effect, one mail of one kind, and what was said is true."""
    mails = system.mail.messages(operation.email)
    row["mails"] = len(mails)
    outbox = system.outbox(operation.email)
    assert [r["kind"] for r in outbox] == [operation.kind]
    assert outbox[0]["attempts"] == 1 or cell.may_resend, outbox
    assert len(mails) == 1 or (len(mails) == 2 and outbox[0]["attempts"] > 1), outbox
    assert {m["Message-ID"] for m in mails} == {f"<{outbox[0]['message_id']}>"}

    done = system.database.rows("select * from oauth2.operations where id = %s",
                                outbox[0]["operation_id"])
    assert [d["method"] for d in done] == [answer["method"]]
    operation.check(answer)


def check_end(system):
    """At the end of a file: every workflow has ended, nothing is left, and
    nothing came late."""
    wait_for(lambda: all(system.workflow(workflow_id) in (None, "COMPLETED")
                         for _, _, workflow_id, _ in system.past),
             IN_THE_END, "the end of every workflow")
    state = system.database.rows("select * from oauth2.outbox_state()")[0]
    assert (state["due"], state["waiting"], state["parked"]) == (0, 0, 0)
    for cell, operation, _, row in system.past:
        assert row["mails"] == len(system.mail.messages(operation.email)), cell
        operation.user()
