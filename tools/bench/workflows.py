# SPDX-License-Identifier: MIT
"""Registrations through Temporal, beside the direct way, beside a worker of
the official Python SDK on the same server, beside what the server itself
takes.  All in one run, in turns, so that a busy moment of the machine meets
each of them.

An operation is answered when the user exists; the workflow is whole when
its mail has been written, too, and both are counted.
"""

import asyncio
import dataclasses
import os
import signal
import time
import uuid

import psycopg
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest

import report
from cpu import Elsewhere, Meter
from load import Http, Load
from stack import Stack

PASSWORD = "correct horse battery"


# Spaced: a workflow goes on after its answer, and the next operation would
# compete with it for the server.
SPACED = "1, spaced"
PAUSE = 0.1
WARM = Load("warm", 2, 10, 0.5)


@dataclasses.dataclass
class Plan:
    """The loads of a round, the rounds, and when no further one may end."""
    loads: list
    rounds: int
    end: float


FULL = Plan([Load(SPACED, 1, 15, 2.0, PAUSE), Load("1", 1, 100, 1.5), Load("50", 50, 600, 2.5)],
            5, 190)
QUICK = Plan([Load(SPACED, 1, 2, 0.5, 0.05), Load("1", 1, 4, 0.3), Load("10", 10, 20, 0.3)], 1, 10)


class Subject:
    """One way to do it: key, its title, the database whose outbox tells
    when all is done."""

    def __init__(self, stack, key, title, database=None):
        self.stack = stack
        self.key = key
        self.title = title
        self.database = database

    async def run(self, load):
        raise NotImplementedError


class Registration(Subject):
    """Through nginx; method is what its answers should say."""

    def __init__(self, stack, key, title, database, method):
        super().__init__(stack, key, title, database)
        self.method = method
        self.answered = {}      # of the spaced ones: address, time of the answer

    async def run(self, load):
        http = await Http(self.stack.ports[self.database]).connect(load.concurrency)

        async def register(_number):
            address = f"{self.database}-{uuid.uuid4()}@example.com"
            status, body = await http.post("/auth/register", {
                "email": address, "password": PASSWORD, "first_name": "Ada"})
            if load.name == SPACED:
                self.answered[address] = time.time()
            return status == 201, body.get("method", str(status))

        try:
            return await load.run(register)
        finally:
            http.close()


class Sdk(Subject):
    async def run(self, load):
        return await self.stack.peer.run(variant=self.key, load=dataclasses.asdict(load))


class Ping(Subject):
    async def run(self, load):
        http = await Http(self.stack.worker.socket).connect(load.concurrency)

        async def ping(_number):
            status, body = await http.post("/operations/ping", {
                "operation_id": str(uuid.uuid4()), "input": {"message": "hello"}})
            return status == 200, body.get("method", str(status))

        try:
            return await load.run(ping)
        finally:
            http.close()


class Rpc(Subject):
    async def run(self, load):
        service = self.stack.client.workflow_service

        async def ask(_number):
            await service.get_system_info(GetSystemInfoRequest())
            return True, "answer"

        return await load.run(ask)


def subjects(stack):
    return [
        Registration(stack, "temporal", "register: nginx, our worker, Temporal", "worker",
                     "temporal_workflow"),
        Registration(stack, "direct", "register: nginx, direct", "direct", "direct_registration"),
        Sdk(stack, "remote", "register: Python SDK, remote activities", "python"),
        Sdk(stack, "local", "register: Python SDK, local + eager", "python"),
        Ping(stack, "ping", "empty workflow through our worker"),
        Rpc(stack, "rpc", "GetSystemInfo, one RPC"),
    ]


class Settled:
    """When there is nothing left to do: no mail, no running workflow."""

    def __init__(self, stack):
        self.stack = stack
        self.connections = {}

    async def open(self):
        for name, database in self.stack.databases.items():
            self.connections[name] = await psycopg.AsyncConnection.connect(
                database.owner, autocommit=True)
        return self

    async def close(self):
        for connection in self.connections.values():
            await connection.close()

    async def mail(self, database):
        async def sent():
            cursor = await self.connections[database].execute(
                "select exists (select from oauth2.outbox where sent_at is null)")
            return not (await cursor.fetchone())[0]
        await until(sent, "all mail sent")

    async def workflows(self):
        async def ended():
            query = "ExecutionStatus = 'Running'"
            return (await self.stack.client.count_workflows(query)).count == 0
        # a count costs the server what a workflow does
        await until(ended, "all workflows ended", 0.1)


async def until(condition, what, pause=0.02, seconds=60):
    end = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        await asyncio.sleep(pause)


async def turn(stack, settled, subject, load):
    """One subject once: what was answered, and what all of it took."""
    meter = Meter(stack.pids()).start()
    begin = time.perf_counter()
    run = await subject.run(load)
    if subject.database is not None:
        await settled.mail(subject.database)
    run.whole = time.perf_counter() - begin
    await settled.workflows()
    run.cpu = meter.read()
    return run


async def rounds(stack, plan, runs, said=print):
    """Fills runs: {(key, name of the load): [Run]}; answers the subjects."""
    begin = time.monotonic()
    settled = await Settled(stack).open()
    ways = subjects(stack)
    try:
        for way in ways:
            await turn(stack, settled, way, WARM)
        took = 0.0
        for number in range(plan.rounds):
            if number > 0 and time.monotonic() - begin + took > plan.end:
                said(f"time is up after {number} rounds")
                break
            start = time.monotonic()
            for load in plan.loads:
                for way in ways:
                    runs.setdefault((way.key, load.name), []).append(
                        await turn(stack, settled, way, load))
            took = time.monotonic() - start
            said(f"round {number + 1} of {plan.rounds}: {took:.0f} s")
    finally:
        await settled.close()
    return ways


def lags(stack, registration):
    """From the moment a user's transaction began to the answer, and to the
    mail: lists of seconds."""
    rows = stack.databases[registration.database].rows(
        """
        select recipient, extract(epoch from created_at)::float8 as began,
            extract(epoch from sent_at)::float8 as sent
        from oauth2.outbox
        where recipient = any (%s)
        """,
        list(registration.answered))
    answers = [registration.answered[row["recipient"]] - row["began"] for row in rows]
    return answers, [row["sent"] - row["began"] for row in rows]


async def measure(plan):
    runs = {}
    # asked to end, it ends its servers first
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    async with Stack() as stack:
        facts = await report.facts(stack)
        elsewhere = Elsewhere(stack.pids())
        ways = await rounds(stack, plan, runs)
        facts += [*report.worker_facts(stack), f"other work on the machine took "
                  f"{elsewhere.read():.2f} of {os.cpu_count()} CPUs"]
        answer_lag, mail_lag = lags(stack, ways[0])
    return ways, runs, facts, (answer_lag, mail_lag)


def main(is_quick):
    try:
        ways, runs, facts, lag = asyncio.run(measure(QUICK if is_quick else FULL))
    except asyncio.CancelledError:
        print("ended before it was through")
        return 1
    report.show(ways, runs, facts, lag)
    return 0
