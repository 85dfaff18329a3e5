# SPDX-License-Identifier: MIT
"""The token key is changed by its id: a worker seals with the current key and opens what
older ones have sealed."""

import asyncio
import base64
import os
import uuid

import temporalio.client

from lib.codec import Codec, converter
from lib.process import free_port, give, temporary_folder, wait_for
from lib.worker import KEY, Worker


def key_file(key=None):
    path = give(temporary_folder("key"), 0o755) / "token.key"
    path.write_text(key or os.urandom(32).hex())
    return str(give(path, 0o600))


def started_with(temporal, key, queue):
    """Starts a ping whose input another key has sealed."""
    operation = str(uuid.uuid4())

    async def run():
        client = await temporalio.client.Client.connect(
            temporal.address, data_converter=converter(key))
        await client.start_workflow(
            "PingWorkflow", {"operation_id": operation, "input": {"message": "rotated"}},
            id=operation, task_queue=queue)

    asyncio.run(run())
    return operation


def key_ids(temporal, workflow_id):
    """Which key has sealed input and result."""
    events = temporal.history(workflow_id)
    return [base64.b64decode(payload["metadata"]["encryption-key-id"])
            for event, name in ((events[0], "input"), (events[-1], "result"))
            for payload in next(v for k, v in event.items()
                                if k.endswith("Attributes"))[name]["payloads"]]


def test_older_keys_open(start_worker, database, temporal, mail):
    queue = f"queue-rotation-{database.name}"
    new, oldest = os.urandom(32).hex(), os.urandom(32).hex()
    start_worker(database.app, temporal.address, mail.path, key=key_file(new),
                 task_queue=queue,
                 token_key_file_old=f"{key_file(KEY)}, {key_file(oldest)}")

    for key in (KEY, oldest, new):
        workflow = started_with(temporal, key, queue)
        wait_for(lambda w=workflow: temporal.status(w) == "COMPLETED", 20, "completed")
        assert key_ids(temporal, workflow) == [Codec(key).key_id, Codec(new).key_id]


def test_keys_that_are_not_named_do_not(start_worker, database, temporal, mail):
    """Until the key is there: the workflow waits, as any that has no worker."""
    queue = f"queue-{uuid.uuid4()}"
    first = start_worker(database.app, temporal.address, mail.path, key=key_file(),
                         task_queue=queue)
    workflow = started_with(temporal, KEY, queue)
    wait_for(lambda: "WORKFLOW_TASK_FAILED" in temporal.run(
        "workflow", "show", "-w", workflow, "-o", "json").stdout, 20, "a refusal")
    assert temporal.status(workflow) == "RUNNING"
    first.stop()

    start_worker(database.app, temporal.address, mail.path, key=key_file(), task_queue=queue,
                 token_key_file_old=key_file(KEY))
    wait_for(lambda: temporal.status(workflow) == "COMPLETED", 30, "completed")


def test_a_key_that_is_none(database, mail):
    for text, words in (("too short", "must hold 32 bytes"), (None, "cannot read")):
        path = key_file(text) if text else "/nonexistent/token.key"
        worker = Worker(database.app, f"127.0.0.1:{free_port()}", mail.path,
                        token_key_file_old=path)
        super(Worker, worker).start()
        wait_for(lambda w=worker: not w.alive(), 10, "its end")
        assert words in worker.log() and path in worker.log()
        worker.done(keep=False)
