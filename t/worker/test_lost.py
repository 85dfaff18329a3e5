# SPDX-License-Identifier: MIT
"""A worker that is killed, or asked to end, in the middle of operations."""

import concurrent.futures
import threading
import time

import psycopg
import pytest

from lib.process import wait_for


def completed(temporal, workflow_id, seconds=40):
    wait_for(lambda: temporal.status(workflow_id) == "COMPLETED", seconds,
             f"{workflow_id} completed")


def test_killed_in_the_middle(database, temporal, start_worker, mail):
    """Killed while create_user runs: a new worker completes the workflow."""
    queue = f"queue-{database.name}-killed"
    first = start_worker(database.app, temporal.address, mail.path, task_queue=queue)

    with psycopg.connect(database.owner) as lock:
        lock.execute("lock table oauth2.users in access exclusive mode")
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            asked = pool.submit(first.register, "killed@example.com")
            wait_for(lambda: database.value(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                " and datname = current_database()"), 10, "create_user waiting")
            first.kill()
            with pytest.raises(OSError):
                asked.result()
        lock.rollback()

    started = temporal.json("workflow", "list", "--query", f"TaskQueue = '{queue}'")
    assert len(started) == 1
    workflow_id = started[0]["execution"]["workflowId"]
    assert temporal.status(workflow_id) == "RUNNING"

    second = start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    completed(temporal, workflow_id)
    assert database.value(
        "select count(*) from oauth2.users where email = 'killed@example.com'") == 1
    mail.wait_message("killed@example.com")
    operation = workflow_id.removeprefix("register-")
    assert second.register("killed@example.com", operation).json["status"] == "created"


def test_one_of_two_is_killed(database, temporal, start_worker, mail):
    """Another worker of the queue goes on with all that the dead one had begun."""
    queue = f"queue-{database.name}-two"
    first, second = (start_worker(database.app, temporal.address, mail.path, task_queue=queue)
                     for _ in range(2))
    emails = [f"two-{n}@example.com" for n in range(16)]

    def ask(email):
        try:
            return first.register(email)
        except OSError:
            return None

    with psycopg.connect(database.owner) as lock:
        lock.execute("lock table oauth2.users in access exclusive mode")
        with concurrent.futures.ThreadPoolExecutor(len(emails)) as pool:
            asked = [pool.submit(ask, email) for email in emails]
            wait_for(lambda: first.metric("starts_total") == len(emails), 20, "all started")
            first.kill()
            assert {a.result() for a in asked} == {None}
        lock.rollback()

    def open_workflows():
        return temporal.json("workflow", "list", "--query",
                             f"TaskQueue = '{queue}' and ExecutionStatus != 'Completed'")

    wait_for(lambda: not open_workflows(), 60, "every workflow completed")
    counts = database.rows("select email, count(*) as n from oauth2.users"
                           " where email = any(%s) group by email", emails)
    assert {row["email"]: row["n"] for row in counts} == dict.fromkeys(emails, 1)
    for email in emails:
        mail.wait_message(email)
    assert second.metric("workflow_tasks_total") >= len(emails)


def test_terminated_under_load(database, temporal, start_worker, mail):
    """SIGTERM under load: it drains fast, and what it took is completed."""
    queue = f"queue-{database.name}-drain"
    first = start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    answers = []
    over = threading.Event()

    def load(n):
        i = 0
        while not over.is_set():
            i += 1
            email = f"load-{n}-{i}@example.com"
            try:
                answers.append((email, first.register(email)))
            except OSError:
                answers.append((email, None))
                if over.wait(0.02):
                    return

    threads = [threading.Thread(target=load, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    wait_for(lambda: sum(a is not None and a.status == 200 for _, a in answers) >= 30, 40,
             "30 answers")

    began = time.monotonic()
    assert first.stop(seconds=15), "the worker did not end by itself"
    assert time.monotonic() - began < 8
    over.set()
    for thread in threads:
        thread.join()
    assert "drained" in first.log()
    assert not first.socket.exists()

    start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    taken = [(email, a) for email, a in answers if a is not None and a.status == 200]
    for email, answer in taken:
        assert answer.json["status"] == "created"
        assert database.value("select count(*) from oauth2.users where email = %s", email) == 1

    def running():
        return temporal.json("workflow", "list", "--query",
                             f"TaskQueue = '{queue}' and ExecutionStatus != 'Completed'")

    wait_for(lambda: not running(), 60, "every workflow completed")
    wait_for(lambda: database.value("select count(*) from oauth2.outbox"
                                    " where sent_at is null") == 0, 60, "every mail sent")
    emails = [email for email, _ in answers]
    assert database.value("select count(*) from oauth2.users where email = any(%s)", emails) >= (
        len(taken))
    assert database.value("select count(*) from (select email from oauth2.users"
                          " group by email having count(*) > 1) as twice") == 0
