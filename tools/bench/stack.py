# SPDX-License-Identifier: MIT
"""The servers of a measurement: one PostgreSQL with a database for each way,
one Temporal, our worker, nginx with it and nginx without, the SDK's worker."""

import asyncio
import json
import os
import pathlib
import shutil
import sys

from lib.database import Database
from lib.nginx import Keys, Nginx, server
from lib.postgres import Cluster
from lib.process import free_port, give, temporary_folder
from lib.temporal import Temporal
from lib.worker import Worker
from temporalio.client import Client

import load

PEER = pathlib.Path(__file__).with_name("peer.py")

# as a cluster is that nobody has configured
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
           "shared_buffers": "128MB", "autovacuum_naptime": "1min", "deadlock_timeout": "1s"}

# bcrypt at cost 4 takes a millisecond; fifty at once must not be refused
THREADS = "thread_pool bench threads=1 max_queue=1024;"
SETTINGS = "oauth2_thread_pool bench oauth2;"

# Fifty at once may wait longer than anybody should: what is measured is the
# way through Temporal, not the way out.
PATIENCE = 20


class Peer:
    """The SDK's worker: peer.py."""

    def __init__(self):
        self.process = None

    async def start(self, *arguments):
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-B", str(PEER), *map(str, arguments), limit=1 << 24,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        if await self.process.stdout.readline() != b"ready\n":
            raise RuntimeError("the worker of the SDK did not start: see above")
        return self

    async def run(self, **command):
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError("the worker of the SDK has ended: see above")
        return load.Run(**json.loads(line))

    async def stop(self):
        """It ends with its input."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), 10)
        except asyncio.TimeoutError:
            self.process.kill()
            await self.process.wait()


class Stack:
    """Started and stopped as a context."""

    def __init__(self):
        self.folder = temporary_folder("bench")
        self.cluster = Cluster(**DURABLE)
        self.processes = []
        self.peer = Peer()
        self.client = None
        self.databases = {}
        self.ports = {}

    async def __aenter__(self):
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *why):
        await self.stop()

    def run(self, process):
        self.processes.append(process)
        return process.start()

    def mail(self, name):
        folder = self.folder / f"mail-{name}"
        folder.mkdir()
        return give(folder, 0o755)

    async def start(self):
        keys = Keys(self.folder)
        self.temporal = self.run(Temporal(durable=True))
        self.cluster.start()
        for name in ("worker", "direct", "python"):
            self.databases[name] = Database(self.cluster)

        mail = self.mail("worker")
        self.worker = self.run(Worker(
            self.databases["worker"].app, self.temporal.address, mail, key=str(keys.token),
            task_queue="bench", operation_timeout=f"{PATIENCE}s"))
        self.nginx = self.run_nginx("worker", keys, mail, self.worker.socket)
        self.direct = self.run_nginx("direct", keys, self.mail("direct"))
        self.client = await Client.connect(self.temporal.address)
        await self.peer.start(self.temporal.address, self.databases["python"].app,
                              self.mail("python"), keys.token.read_text().strip())

    def run_nginx(self, name, keys, mail, worker=None):
        self.ports[name] = free_port()
        settings = SETTINGS
        if worker is not None:
            settings += f"\noauth2_worker unix:{worker} timeout={PATIENCE + 1}s;"
        text = server(self.ports[name], self.databases[name].app, keys, mail=mail,
                      settings=settings)
        return self.run(Nginx(text, workers=min(2, os.cpu_count()), main=THREADS))

    async def stop(self):
        await self.peer.stop()
        for process in reversed(self.processes):
            process.done(keep=False)
        self.cluster.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def pids(self):
        """Everything whose time is counted."""
        return {"worker": self.worker.pid, "python": self.peer.process.pid,
                "nginx": self.nginx.pid, "direct": self.direct.pid,
                "postgres": self.cluster.pid, "temporal": self.temporal.pid}
