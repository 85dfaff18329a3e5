# SPDX-License-Identifier: MIT
"""Everything at once, each process ours to kill, freeze and bring back: nginx
and the worker as the test build that can be stopped at points."""

import asyncio
import concurrent.futures
import os
import shutil
import signal

import httpx
import temporalio.client
import temporalio.service

from lib.client import Client
from lib.database import Database
from lib.nginx import Nginx, server as server_text
from lib.postgres import Cluster
from lib.process import ROOT, free_port, give, temporary_folder, wait_for
from lib.smtp import Inbox, Smtp
from lib.temporal import Temporal
from lib.worker import PROGRAM, Worker

BUILD = ROOT / "build" / "faults"
MODULE = BUILD / "module" / "ngx_http_oauth2_module.so"
WORKER = BUILD / "oauth2-worker"

PROCESSES = ("worker", "temporal", "postgres", "nginx")

# The caller's patience: 2 s for the worker, 2 s for the database, and a
# busy machine.
DEADLINE = 10.0


class Points:
    """The points of src/core/fault.h."""

    def __init__(self):
        self.folder = give(temporary_folder("points"), 0o755)

    def arm(self, name):
        """The next process that comes by stands still."""
        self.clear()
        (self.folder / name).touch()

    def wait_hit(self, name, seconds=20.0):
        wait_for((self.folder / f"{name}.hit").exists, seconds, f"somebody at {name}")

    def go(self, name):
        (self.folder / f"{name}.go").touch()

    def clear(self):
        """Nobody stands still any more, nor will."""
        for path in self.folder.iterdir():
            if path.suffix == ".hit":
                path.with_suffix(".go").touch()
            elif path.suffix != ".go":
                path.unlink(missing_ok=True)
        for path in self.folder.iterdir():
            if path.suffix == ".hit":
                path.unlink()

    def forget(self):
        """After clear(), once everybody has gone on."""
        for path in self.folder.iterdir():
            path.unlink(missing_ok=True)


class FaultyInbox(Inbox):
    """refused: address to the answer to its RCPT.  stalled: RCPT waits.
    closing: the connection ends in the middle of a message."""

    def __init__(self):
        super().__init__()
        self.refused = {}
        self.stalled = False
        self.stalls = 0
        self.closing = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.stalls += self.stalled
        while self.stalled:
            await asyncio.sleep(0.02)
        if address in self.refused:
            self.attempts += 1
            return self.refused[address]
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        if self.closing:
            server.transport.abort()
            return "451 never said"
        return await super().handle_DATA(server, session, envelope)


class System(Client):
    """start() and done(); kill(), freeze() and restore() take a process."""

    def __init__(self, keys):
        self.points = Points()
        self.postgres = Cluster(synchronous_commit="on")
        self.temporal = Temporal(durable=True)
        self.smtp = Smtp()
        self.smtp.inbox = FaultyInbox()
        self.keys = keys
        self.port = free_port()
        self.database = self.worker = self.nginx = None
        self.threads = concurrent.futures.ThreadPoolExecutor(2)
        self.frozen = set()
        self.past = []          # of the cells: email, operation id, workflow id
        super().__init__(f"http://localhost:{self.port}", self.smtp, timeout=2 * DEADLINE)

    def start(self):
        self.postgres.start()
        self.database = Database(self.postgres)
        self.temporal.start()
        self.smtp.start()
        self.worker = Worker(
            self.database.app, self.temporal.address, self.smtp.url, key=str(self.keys.token),
            frontend_url=self.base, smtp_starttls="off", drain_interval="500ms",
            task_queue=f"queue-{self.database.name}")
        self.worker.argv = [str(WORKER) if a == PROGRAM else a for a in self.worker.argv]
        self.worker.env["OAUTH2_FAULT_DIR"] = str(self.points.folder)
        self.worker.start()
        self.start_nginx()
        self.wait_healthy()
        return self

    def start_nginx(self):
        text = server_text(self.port, self.database.app, self.keys, worker=self.worker.socket,
                           mail=f"{self.smtp.url} starttls=off",
                           settings="oauth2_register_reveal on;\noauth2_egress_allow 127.0.0.1;")
        self.nginx = Nginx(text, main="env OAUTH2_FAULT_DIR;",
                           env={"OAUTH2_FAULT_DIR": str(self.points.folder)})
        self.nginx.frame["modules"] = f"load_module {MODULE};"
        self.nginx.expected.append(r"worker process \d+ exited on signal 9")
        self.nginx.write()
        self.nginx.start()

    def done(self, keep):
        self.points.clear()
        for process in tuple(self.frozen):
            self.thaw(process)
        for process in (self.nginx, self.worker, self.temporal):
            if process is not None:
                process.done(keep)
        self.threads.shutdown()
        self.smtp.stop()
        self.postgres.remove()
        shutil.rmtree(self.points.folder, ignore_errors=True)

    # what happens to processes

    def kill(self, process):
        """As a crash.  Nobody holds the leases of a dead owner: nothing is
        changed by letting them run out now."""
        self.frozen.discard(process)
        if process == "nginx":
            for pid in self.nginx.workers():
                os.kill(pid, signal.SIGKILL)
                self.release("lease_owner like %s", f"nginx % {pid}")
            return
        getattr(self, process).kill()
        if process == "worker":
            self.release("lease_owner not like 'nginx %%'")

    def release(self, condition, *values):
        self.database.rows(
            "update oauth2.outbox set leased_until = now(), next_attempt_at = now()"
            f" where sent_at is null and parked_at is null and {condition}", *values)

    def freeze(self, process):
        self.frozen.add(process)
        self.signal(process, signal.SIGSTOP)

    def thaw(self, process):
        self.frozen.discard(process)
        self.signal(process, signal.SIGCONT)

    def signal(self, process, number):
        if process == "nginx":
            for pid in self.nginx.workers():
                os.kill(pid, number)
        else:
            getattr(self, process).send(number)

    def restore(self):
        """Everything runs again, as an init system or a person would see to;
        nginx's master restarts its own."""
        for process in tuple(self.frozen):
            self.thaw(process)
        self.points.clear()
        if self.postgres.pid is None:
            self.postgres.start()
        for process in (self.temporal, self.worker):
            if not process.alive():
                process.start()

    def wait_healthy(self, worker=True, seconds=40.0):
        """Everything is in touch with everything, and nothing in hand."""
        try:
            wait_for(lambda: not self.ailment(worker), seconds)
        except AssertionError:
            raise AssertionError(f"still not well: {self.ailment(worker)}") from None

    def ailment(self, worker=True):
        """What is not as it should be; None when all is well."""
        try:
            health = self.get("/health")
            if health.status_code != 200 or not worker:
                return None if health.status_code == 200 else health.text
            status = self.get("/temporal-status").json()
            own = self.worker.status()
            if not status["temporal_connected"] or not own["database"]:
                return f"{status} {own}"
            busy = {name: self.worker.metric(f"{name}_open")
                    for name in ("operations", "workflow_tasks", "activity_tasks")}
            return str(busy) if any(busy.values()) else None
        except (httpx.TransportError, OSError) as error:
            return repr(error)

    # what became of it

    def send(self, path, body, key):
        """The answer, or None for a clean end of the connection.  A caller
        has no patience beyond the deadline."""
        try:
            with self.browser() as http:
                return http.post(path, json=body, headers={"Idempotency-Key": key})
        except httpx.TimeoutException:
            raise
        except httpx.TransportError:
            return None

    def send_later(self, operation, key):
        """The same on a thread: its future answer."""
        return self.threads.submit(self.send, operation.path, operation.body(), key)

    def outbox(self, email):
        return self.database.rows("select * from oauth2.outbox where recipient = %s", email)

    def workflow(self, workflow_id):
        """COMPLETED, RUNNING, …; None when there is none."""

        async def describe():
            client = await temporalio.client.Client.connect(self.temporal.address)
            found = await client.get_workflow_handle(workflow_id).describe()
            return found.status.name

        try:
            return asyncio.run(describe())
        except temporalio.service.RPCError as error:
            if error.status == temporalio.service.RPCStatusCode.NOT_FOUND:
                return None
            raise


