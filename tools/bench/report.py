# SPDX-License-Identifier: MIT
"""The table, what it was measured on, and the goals."""

import importlib.metadata
import math
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile

from temporalio.api.workflowservice.v1 import GetSystemInfoRequest

from cpu import resident
from lib.worker import PROGRAM

HEADS = ("", "at once", "answers/s", "whole/s", "p50 ms", "p99 ms", "worker", "nginx",
         "PostgreSQL", "Temporal", "whole/s x", "CPU x")
LEGEND = """
at once: 1 and 50 begin the next operation with the answer to the last, spaced ones a while later;
answers/s: users made; whole/s: mail written, too.  worker to Temporal: CPU microseconds an
operation until all is done, by kind of process; worker: ours, or the SDK's with its client.
x: as a multiple of the Python SDK with remote activities under the same load.
"""
GOAL_MS = 10
GOAL_RATE = 4
GOAL_CPU = 1 / 5


def percentile(values, share):
    """The smallest value that so many are not above; NaN without any."""
    if not values:
        return math.nan
    values = sorted(values)
    return values[max(0, math.ceil(share * len(values)) - 1)]


class Cell:
    """What the runs of one subject under one load come to."""

    def __init__(self, runs):
        latencies = [value * 1000 for run in runs for value in run.latencies]
        self.count = sum(run.count for run in runs)
        self.p50 = percentile(latencies, 0.5)
        self.p99 = percentile(latencies, 0.99)
        self.rate = statistics.median(len(run.latencies) / run.seconds for run in runs)
        self.whole = statistics.median(len(run.latencies) / run.whole for run in runs)
        self.cpu = {name: sum(run.cpu[name] for run in runs) / max(1, self.count) * 1e6
                    for name in runs[0].cpu}
        self.outcomes = {}
        for run in runs:
            for name, count in run.outcomes.items():
                self.outcomes[name] = self.outcomes.get(name, 0) + count

    @property
    def own(self):
        """CPU of the worker that did it, ours or the SDK's."""
        return max(self.cpu["worker"], self.cpu["python"])


def output(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return (done.stdout or done.stderr).strip()


async def facts(stack):
    """The machine line and the versions."""
    cpus = [line.partition(":")[2].strip() for line in
            pathlib.Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    information = await stack.client.workflow_service.get_system_info(GetSystemInfoRequest())
    return [
        f"machine: {os.cpu_count()} x {cpus[0] if cpus else platform.machine()}, "
        f"{memory:.0f} GB, load before {os.getloadavg()[0]:.1f}",
        f"versions: {output('/usr/sbin/nginx', '-v').rpartition(' ')[2]}, "
        f"{output(stack.cluster.bin / 'postgres', '--version')}, "
        f"Temporal {information.server_version}, "
        f"Python {platform.python_version()}, "
        f"temporalio {importlib.metadata.version('temporalio')}, "
        f"psycopg {importlib.metadata.version('psycopg')}",
    ]


def worker_facts(stack):
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "worker"
        output("strip", "-o", stripped, PROGRAM)
        size = stripped.stat().st_size / 1024
    ours, own = resident(stack.worker.pid)
    theirs, _ = resident(stack.peer.process.pid)
    return [f"our worker: binary {size:.0f} kB stripped, resident {ours:.1f} MB after the run, "
            f"{own:.1f} of it its own share; the SDK's worker {theirs:.0f} MB",
            f"load after {os.getloadavg()[0]:.1f}"]


def number(value, digits=1):
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def row(way, load, cell, base):
    """CPU columns are microseconds an operation."""
    cpu = cell.cpu
    # how often spaced ones come is ours to say
    rates = [number(cell.rate, 0), number(cell.whole, 0)] if "spaced" not in load else ["-", "-"]
    if way.database is None:
        rates[1] = "-"
    line = [way.title, load, *rates, number(cell.p50), number(cell.p99)]
    for value in (cell.own, cpu["nginx"] + cpu["direct"], cpu["postgres"], cpu["temporal"]):
        line.append(number(value, 0) if value >= 50 else "-")
    if way.database:
        ratio = cell.own / base.own
        return line + ["-" if rates[1] == "-" else number(cell.whole / base.whole, 2),
                       number(ratio, 3) if cell.own >= 50 else "-"]
    return line + ["-", "-"]


def table(lines):
    """Markdown that is a table to the eye as well."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    lines = [lines[0], ["-" * widths[0], *("-" * (w - 1) + ":" for w in widths[1:])], *lines[1:]]
    for line in lines:
        cells = [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:]))]
        yield f"| {' | '.join(cells)} |"


def verdict(text, value, is_reached):
    return f"{'reached    ' if is_reached else 'not reached'}  {text}: {value}"


def goals(cells, lag):
    """Each goal, and whether this run reached it."""
    spaced, closed = (cells["temporal", name].p50 - cells["direct", name].p50
                      for name in ("1, spaced", "1"))
    yield verdict(f"through Temporal within {GOAL_MS} ms (p50) beyond the direct path, one at a "
                  "time", f"{spaced:.1f} ms spaced ({closed:.1f} without a pause)",
                  spaced <= GOAL_MS)

    most = max((name for _, name in cells if name.isdigit()), key=int)
    ours, theirs = cells["temporal", most], cells["remote", most]
    rate = min(ours.rate / theirs.rate, ours.whole / theirs.whole)
    yield verdict(f"over {GOAL_RATE} times the throughput of the Python worker with remote "
                  f"activities ({most} at once; the lower of answers and whole)",
                  f"{rate:.2f} times", rate > GOAL_RATE)

    share = ours.own / theirs.own
    yield verdict(f"at most a fifth of its CPU ({most} at once)", f"1/{1 / share:.1f}",
                  share <= GOAL_CPU)

    answer, mail = (percentile(values, 0.5) * 1000 for values in lag)
    yield verdict("the answer leaves as soon as the user exists (p50, spaced)",
                  f"{answer:.1f} ms after its transaction began, the mail is sent after "
                  f"{mail:.1f} ms", answer < mail)


def others(ways, cells):
    """Answers that were not what the row says; none on a machine at rest."""
    expected = {"temporal": "temporal_workflow", "direct": "direct_registration",
                "remote": "temporal_workflow", "local": "temporal_workflow",
                "ping": "temporal_workflow", "rpc": "answer"}
    for way in ways:
        for (key, load), cell in cells.items():
            odd = {k: v for k, v in cell.outcomes.items() if k != expected[key]}
            if key == way.key and odd:
                said = ", ".join(f"{count} {name}" for name, count in odd.items())
                yield f"{way.title}, {load} at once: {said} of {cell.count}"


def show(ways, runs, facts_told, lag):
    cells = {key: Cell(value) for key, value in runs.items()}
    loads = list(dict.fromkeys(load for _, load in cells))
    lines = [row(way, load, cells[way.key, load], cells["remote", load])
             for way in ways for load in loads]
    print()
    print("\n".join(table([list(HEADS), *lines])))
    print(LEGEND)
    print("\n".join(facts_told))
    print(f"operations: {sum(cell.count for cell in cells.values())}\n")
    print("\n".join(others(ways, cells)), end="\n" if any(others(ways, cells)) else "")
    print("\n".join(goals(cells, lag)))
