# SPDX-License-Identifier: MIT
"""Workflow tasks beyond the straight way: queries, cancel, terminate, reset,
long histories, unknown types, foreign payloads, histories of another table."""

import asyncio
import uuid

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowQueryFailedError, WorkflowUpdateFailedError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from lib.codec import converter
from lib.process import wait_for
from lib.smtp import Smtp
from lib.worker import KEY

OTHER_KEY = "77" * 32
TIMER_STARTED = 17


@workflow.defn(name="EmailVerificationWorkflow", sandboxed=False)
class Other:
    """A workflow that has a type of ours, and does something else."""

    @workflow.run
    async def run(self, data):
        await workflow.sleep(2)


@pytest.fixture
def smtp():
    """A mail server that is not there, so that workflows stay at their mail."""
    made = Smtp()
    yield made
    made.stop()


@pytest.fixture
def queue(database):
    return f"queue-{database.name}-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def waiting(start_worker, database, temporal, smtp, queue):
    """A worker, and a workflow of it that is at its mail activity."""
    worker = start_worker(database.app, temporal.address, smtp.url, task_queue=queue,
                          drain_interval="0")
    answer = worker.register(f"{uuid.uuid4().hex}@example.com")
    assert answer.status == 200, answer
    wait_for(lambda: worker.metric("mails_retried_total"), 20, "an attempt")
    return worker, answer.workflow_id


def run(temporal, work, key=KEY):
    """Runs an asynchronous function of a client of Temporal's own SDK."""
    async def main():
        client = await Client.connect(temporal.address, data_converter=converter(key))
        return await work(client)

    return asyncio.run(main())


def start(temporal, queue, workflow="UserRegistrationWorkflow", data=None, key=KEY):
    """Starts a workflow as the worker would; answers its id."""
    operation = str(uuid.uuid4())
    workflow_id = f"register-{operation}"
    value = {"operation_id": operation, "request_id": None, "input": data or {
        "email": f"{operation}@example.com", "password_hash": "$2b$04$" + "x" * 53,
        "token_lifetime": 3600, "reveal": True, "fingerprint": "00" * 32}}

    async def work(client):
        await client.start_workflow(workflow, value, id=workflow_id, task_queue=queue)

    run(temporal, work, key)
    return workflow_id


def failures(temporal, workflow_id):
    """(cause, message) of the tasks that the worker has failed."""
    found = []
    for event in temporal.history(workflow_id):
        attributes = event.get("workflowTaskFailedEventAttributes")
        if attributes is not None:
            found.append((attributes["cause"].removeprefix("WORKFLOW_TASK_FAILED_CAUSE_"),
                          attributes["failure"]["message"]))
    return found


def wait_failure(temporal, workflow_id):
    wait_for(lambda: failures(temporal, workflow_id), 20, "a failed task")
    return failures(temporal, workflow_id)


def wait_status(temporal, workflow_id, status, seconds=30):
    wait_for(lambda: temporal.status(workflow_id) == status, seconds, status)


def test_query(waiting, temporal):
    _, workflow_id = waiting

    async def ask(client):
        return await client.get_workflow_handle(workflow_id).query("state")

    assert run(temporal, ask) == {"step": "send_verification_email", "answered": True}

    async def wrong(client):
        with pytest.raises(WorkflowQueryFailedError, match="unknown query"):
            await client.get_workflow_handle(workflow_id).query("colour")

    run(temporal, wrong)


def test_unknown_signal_and_update(waiting, temporal):
    """A signal changes nothing; an update is refused; the workflow goes on."""
    worker, workflow_id = waiting

    async def both(client):
        handle = client.get_workflow_handle(workflow_id)
        await handle.signal("colour", "red")
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("paint", "red")
        return await handle.query("state")

    assert run(temporal, both) == {"step": "send_verification_email", "answered": True}
    assert temporal.status(workflow_id) == "RUNNING"
    assert worker.metric("workflow_tasks_failed_total") == 0


def test_query_after_the_end(worker, temporal):
    answer = worker.ping()
    wait_status(temporal, answer.workflow_id, "COMPLETED")

    async def ask(client):
        return await client.get_workflow_handle(answer.workflow_id).query("state")

    assert run(temporal, ask)["step"] == "done"


def test_cancel(waiting, temporal, database):
    """The workflow ends as cancelled; its mail is left to the drain."""
    worker, workflow_id = waiting
    temporal.run("workflow", "cancel", "-w", workflow_id)
    wait_status(temporal, workflow_id, "CANCELED")
    assert worker.ping().status == 200
    assert database.value("select count(*) from oauth2.outbox where operation_id = %s"
                          " and sent_at is null", workflow_id.removeprefix("register-")) == 1


def test_terminate(waiting, temporal):
    worker, workflow_id = waiting
    temporal.run("workflow", "terminate", "-w", workflow_id)
    wait_status(temporal, workflow_id, "TERMINATED")
    assert worker.ping().status == 200


def test_reset(start_worker, database, temporal, mail, queue):
    """Begun again from its first task: the same user, no second mail."""
    worker = start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    answer = worker.register("reset@example.com")
    wait_status(temporal, answer.workflow_id, "COMPLETED")

    temporal.run("workflow", "reset", "-w", answer.workflow_id, "--type", "FirstWorkflowTask",
                 "--reason", "test")
    wait_status(temporal, answer.workflow_id, "COMPLETED")
    described = temporal.json("workflow", "describe", "-w", answer.workflow_id)
    assert described["workflowExecutionInfo"]["execution"]["runId"] != answer.json["run_id"]
    assert database.value(
        "select count(*) from oauth2.users where email = 'reset@example.com'") == 1
    assert len(mail.messages("reset@example.com")) == 1


def test_started_by_another_client(start_worker, database, temporal, mail, queue):
    """Not eager, without a waiter, from another implementation of the codec."""
    start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    workflow_id = start(temporal, queue)
    wait_status(temporal, workflow_id, "COMPLETED")

    async def result(client):
        return await client.get_workflow_handle(workflow_id).result()

    assert run(temporal, result)["status"] == "created"


def test_history_in_pages(start_worker, database, temporal, mail, queue):
    """A history that comes in several answers."""
    workflow_id = start(temporal, queue)

    async def signal(client):
        handle = client.get_workflow_handle(workflow_id)
        for _ in range(30):
            await asyncio.gather(*(handle.signal("nothing", "x" * 100) for _ in range(20)))

    run(temporal, signal)
    worker = start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    wait_status(temporal, workflow_id, "COMPLETED")
    assert len(temporal.history(workflow_id)) > 600
    assert worker.metric("workflow_tasks_failed_total") == 0


def test_unknown_type(start_worker, database, temporal, mail, queue):
    worker = start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    workflow_id = start(temporal, queue, "FlyingWorkflow")
    assert wait_failure(temporal, workflow_id)[0] == (
        "WORKFLOW_WORKER_UNHANDLED_FAILURE", "unknown workflow type")
    assert worker.ping().status == 200


def test_payload_of_another_key(start_worker, database, temporal, mail, queue):
    worker = start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    workflow_id = start(temporal, queue, key=OTHER_KEY)
    cause, message = wait_failure(temporal, workflow_id)[0]
    assert cause == "WORKFLOW_WORKER_UNHANDLED_FAILURE"
    assert "sealed with another key" in message
    assert worker.ping().status == 200


def test_tasks_that_fail_do_not_loop(start_worker, database, temporal, mail, queue):
    """One failure is told; the attempts after it run into the timeout."""
    worker = start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    workflow_id = start(temporal, queue, "FlyingWorkflow")
    wait_failure(temporal, workflow_id)
    wait_for(lambda: worker.metric("workflow_tasks_failed_total") >= 2, 30, "another attempt")
    assert worker.metric("workflow_tasks_failed_total") <= 3
    assert len(failures(temporal, workflow_id)) == 1


def test_history_of_another_table(start_worker, database, temporal, mail, queue):
    """A workflow of our type whose first steps were another's: non-determinism
    is told, and nothing is done."""
    workflow_id = start(temporal, queue, "EmailVerificationWorkflow")

    async def first_task(client):
        async with Worker(client, task_queue=queue, workflows=[Other],
                          workflow_runner=UnsandboxedWorkflowRunner(), max_cached_workflows=0):
            while not any(e.event_type == TIMER_STARTED for e in (
                    await client.get_workflow_handle(workflow_id).fetch_history()).events):
                await asyncio.sleep(0.05)

    run(temporal, first_task)
    start_worker(database.app, temporal.address, mail.path, task_queue=queue)
    cause, message = wait_failure(temporal, workflow_id)[0]
    assert cause == "NON_DETERMINISTIC_ERROR"
    assert "a timer" in message and "verify_user_email" in message
