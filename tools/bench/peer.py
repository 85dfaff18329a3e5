# SPDX-License-Identifier: MIT
"""A worker of the official Python SDK with the client that starts its
workflows, as a process: commands and what came of them are lines of JSON.

    peer.py <temporal address> <conninfo> <mail folder> <key>

The three activities are functions over the same SQL.  A client hears of the
user in its own process, as soon as create_user has run: sooner than
execute_workflow could tell it, and with one question less to the server.
"""

import asyncio
import contextlib
import dataclasses
import email.message
import hashlib
import hmac
import json
import os
import pathlib
import sys
import tempfile
import time
import uuid
from datetime import timedelta

import psycopg
from psycopg.types.json import Jsonb
from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.worker import Worker

import load
from peer_workflows import RegisterLocal, RegisterRemote

QUEUE = "bench-python"
CONNECTIONS = 4         # as our worker has them
METHOD = "temporal_workflow"


class Activities:
    def __init__(self, connections, folder, key):
        self.connections = connections
        self.folder = pathlib.Path(folder)
        self.key = bytes.fromhex(key)
        self.owner = f"bench-{os.getpid()}"
        self.waiting = {}

    @contextlib.asynccontextmanager
    async def cursor(self):
        connection = await self.connections.get()
        try:
            yield connection.cursor()
        finally:
            self.connections.put_nowait(connection)

    def token(self, operation_id):
        return hmac.new(self.key, f"verification {operation_id}".encode(), "sha256").hexdigest()

    @activity.defn
    async def generate_verification_token(self, given: dict) -> dict:
        token = self.token(given["operation_id"])
        return {"token_digest": hashlib.sha256(token.encode()).hexdigest(),
                "token_expires_at": int(time.time()) + given["token_lifetime"]}

    @activity.defn
    async def create_user(self, given: dict) -> dict:
        async with self.cursor() as cursor:
            await cursor.execute("select * from oauth2.create_user(%s, %s, %s)",
                                 (given["operation_id"], METHOD, Jsonb(given)))
            status, method, result = await cursor.fetchone()
        row = {"status": status, "method": method, "result": result}
        waiter = self.waiting.pop(given["operation_id"], None)
        if waiter is not None:
            waiter.set_result(row)
        return row

    @activity.defn
    async def send_verification_email(self, operation_id: str) -> dict:
        async with self.cursor() as cursor:
            await cursor.execute("select * from oauth2.outbox_claim(%s, %s, 150, 4)",
                                 (operation_id, self.owner))
            rows = await cursor.fetchall()
        for row in rows:
            name = row[5].strip("<>")
            await asyncio.to_thread(self.write, name, self.message(operation_id, row[3]))
            async with self.cursor() as cursor:
                await cursor.execute("select oauth2.outbox_sent(%s, %s)", (row[0], self.owner))
        return {"sent": len(rows)}

    def message(self, operation_id, recipient):
        link = f"http://localhost:3000/verify-email?token={self.token(operation_id)}"
        message = email.message.EmailMessage()
        message["From"] = "Accounts <accounts@example.com>"
        message["To"] = recipient
        message["Subject"] = "Verify your e-mail address"
        message.set_content(f"Hello,\n\nopen this link to verify your address:\n\n{link}\n")
        message.add_alternative(f'<p>Hello,</p><p><a href="{link}">Verify</a></p>', "html")
        return message.as_bytes()

    def write(self, name, message):
        """Whole or not at all, as ours."""
        handle, draft = tempfile.mkstemp(prefix=".mail-", dir=self.folder)
        with open(handle, "wb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, self.folder / f"{name}.eml")


class Peer:
    def __init__(self, client, activities):
        self.client = client
        self.activities = activities

    async def register(self, workflow_class, is_eager):
        operation_id = str(uuid.uuid4())
        given = {"operation_id": operation_id, "email": f"python-{operation_id}@example.com",
                 "first_name": "Ada", "password_hash": "$2b$04$" + operation_id * 2,
                 "token_lifetime": 86400, "reveal": True, "fingerprint": "00" * 32}
        waiter = asyncio.get_running_loop().create_future()
        self.activities.waiting[operation_id] = waiter
        await self.client.start_workflow(
            workflow_class.run, given, id=f"register-{operation_id}", task_queue=QUEUE,
            task_timeout=timedelta(seconds=2), request_eager_start=is_eager,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING)
        row = await waiter
        return row["status"] == "created", row["method"]

    async def run(self, command):
        variants = {"remote": (RegisterRemote, False), "local": (RegisterLocal, True)}
        variant = variants[command["variant"]]
        return await load.Load(**command["load"]).run(lambda number: self.register(*variant))


def answers():
    """Where answers go; what the SDK prints of itself goes to stderr."""
    file = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return file


async def main(address, conninfo, folder, key):
    out = answers()
    connections = asyncio.Queue()
    for _ in range(CONNECTIONS):
        connections.put_nowait(
            await psycopg.AsyncConnection.connect(conninfo, autocommit=True))
    client = await Client.connect(address)
    activities = Activities(connections, folder, key)
    peer = Peer(client, activities)
    worker = Worker(client, task_queue=QUEUE, workflows=[RegisterRemote, RegisterLocal],
                    activities=[activities.generate_verification_token, activities.create_user,
                                activities.send_verification_email])
    async with worker:
        print("ready", file=out, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            run = await peer.run(json.loads(line))
            print(json.dumps(dataclasses.asdict(run)), file=out, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
