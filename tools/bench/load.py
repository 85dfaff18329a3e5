# SPDX-License-Identifier: MIT
"""A closed loop of operations, and the HTTP client that most of them use."""

import asyncio
import collections
import dataclasses
import json
import time


@dataclasses.dataclass
class Run:
    """What one loop came to; latencies are of operations that went well."""
    latencies: list
    seconds: float                  # until the last answer
    outcomes: dict                  # how many answered what
    whole: float = 0.0              # until nothing was left to do
    cpu: dict = dataclasses.field(default_factory=dict)

    @property
    def count(self):
        return sum(self.outcomes.values())


async def closed_loop(operation, concurrency, count, seconds, pause):
    """operation(i) answers (went well, what it says); at most count of them,
    none begun after so many seconds, each so long after an answer."""
    latencies, outcomes = [], collections.Counter()
    begun = 0
    begin = time.perf_counter()

    async def one():
        nonlocal begun
        while begun < count and time.perf_counter() - begin < seconds:
            number = begun
            begun += 1
            start = time.perf_counter()
            well, outcome = await operation(number)
            outcomes[outcome] += 1
            if well:
                latencies.append(time.perf_counter() - start)
            if pause:
                await asyncio.sleep(pause)

    await asyncio.gather(*(one() for _ in range(concurrency)))
    return Run(latencies, time.perf_counter() - begin, dict(outcomes))


class Http:
    """Keepalive connections to a port or to a unix socket.  httpx would take
    more of the machine than what it measures."""

    def __init__(self, target):
        self.target = target
        self.idle = []

    async def connect(self, count=1):
        """Makes connections before they are needed."""
        self.idle += await asyncio.gather(*(self._open() for _ in range(count)))
        return self

    def _open(self):
        if isinstance(self.target, int):
            return asyncio.open_connection("127.0.0.1", self.target)
        return asyncio.open_unix_connection(str(self.target))

    async def post(self, path, value):
        """The status and the JSON of the answer."""
        reader, writer = self.idle.pop() if self.idle else await self._open()
        body = json.dumps(value).encode()
        writer.write(b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                     b"Content-Length: %d\r\n\r\n%s" % (path.encode(), len(body), body))
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        answer = await reader.readexactly(int(fields["content-length"]))
        if fields.get("connection") == "close":
            writer.close()
        else:
            self.idle.append((reader, writer))
        return int(head.split(" ", 2)[1]), json.loads(answer)

    def close(self):
        for _, writer in self.idle:
            writer.close()
        self.idle.clear()


@dataclasses.dataclass(frozen=True)
class Load:
    """How much at once, and the bounds of a turn."""
    name: str
    concurrency: int
    count: int
    seconds: float
    pause: float = 0.0

    async def run(self, operation):
        return await closed_loop(operation, self.concurrency, self.count, self.seconds,
                                 self.pause)
