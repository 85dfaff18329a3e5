# SPDX-License-Identifier: MIT
"""Temporal away: the worker says so fast, and comes back by itself."""

import time
import uuid

from lib.database import Database
from lib.database import Database
from lib.process import wait_for


def timed(call):
    began = time.monotonic()
    answer = call()
    return answer, time.monotonic() - began


def test_down_and_up_again(own_temporal, start_worker, database, mail):
    temporal = own_temporal(durable=True)
    worker = start_worker(database.app, temporal.address, mail.path)
    assert worker.ping().status == 200

    temporal.kill()
    worker.wait_connected(False)
    answer, seconds = timed(lambda: worker.register("away@example.com"))
    assert answer.status == 503
    assert answer.json["started"] is False
    assert seconds < 0.25
    assert "reason" in worker.status()
    assert database.value(
        "select count(*) from oauth2.users where email = 'away@example.com'") == 0

    temporal.start()
    worker.wait_connected()
    answer = worker.register("away@example.com")
    assert answer.status == 200, answer
    assert answer.json["method"] == "temporal_workflow"
    wait_for(lambda: temporal.status(answer.workflow_id) == "COMPLETED", 20, "completed")


def test_never_there(start_worker, database, mail):
    """A worker starts without Temporal, and refuses at once."""
    worker = start_worker(database.app, "127.0.0.1:9", mail.path, connected=False)
    answer, seconds = timed(lambda: worker.ping())
    assert answer.status == 503
    assert answer.json["started"] is False
    assert seconds < 0.25


def test_frozen(own_temporal, start_worker, database, mail):
    """Frozen rather than dead: the first answer is "unknown" at the deadline,
    the next ones are fast; once it goes on, all is done once."""
    temporal = own_temporal()
    worker = start_worker(database.app, temporal.address, mail.path)
    operation = str(uuid.uuid4())

    temporal.freeze()
    first, seconds = timed(lambda: worker.register("frozen@example.com", operation))
    assert first.status == 503
    assert first.json["started"] == "unknown"
    assert 1.0 < seconds < 2.0

    worker.wait_connected(False)
    answer, seconds = timed(lambda: worker.register("later@example.com"))
    assert answer.status == 503
    assert answer.json["started"] is False
    assert seconds < 0.25

    temporal.thaw()
    worker.wait_connected()
    again = worker.register("frozen@example.com", operation)
    assert again.status == 200, again
    assert again.json["status"] == "created"
    wait_for(lambda: temporal.status(again.workflow_id) == "COMPLETED", 30, "completed")
    assert database.value(
        "select count(*) from oauth2.users where email = 'frozen@example.com'") == 1


def test_database_away(own_postgres, temporal, start_worker, mail):
    """The operation is not lost: it is done when the database is back."""
    database = Database(own_postgres)
    worker = start_worker(database.app, temporal.address, mail.path,
                          task_queue=f"queue-{database.name}")
    assert worker.register("before@example.com").status == 200

    own_postgres.stop()
    answer = worker.register("during@example.com")
    assert answer.status == 503
    assert answer.json["started"] == "unknown"

    def backing_off():
        return any("timerStartedEventAttributes" in e
                   for e in temporal.history(answer.workflow_id))

    wait_for(backing_off, 20, "a timer")
    own_postgres.start()
    wait_for(lambda: temporal.status(answer.workflow_id) == "COMPLETED", 60, "completed")
    assert database.value(
        "select count(*) from oauth2.users where email = 'during@example.com'") == 1
    mail.wait_message("during@example.com", seconds=60)
