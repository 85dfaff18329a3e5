# SPDX-License-Identifier: MIT
"""What processes have used: CPU time to the nanosecond, and memory."""

import os
import pathlib
import time

TICK = 1 / os.sysconf("SC_CLK_TCK")


def children(pid):
    found = []
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except OSError:
            continue
    return found


def used(pid):
    """Seconds of a process and everything below it, the dead as well."""
    try:
        # the CPU clock of another process, as clock_getcpuclockid(3) names it
        seconds = time.clock_gettime((~pid << 3) | 2)
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    buried = (int(fields[13]) + int(fields[14])) * TICK
    return seconds + buried + sum(map(used, children(pid)))


class Meter:
    """names: {name: pid}; read() answers the seconds of each since start()."""

    def __init__(self, names):
        self.names = names
        self.before = {}

    def start(self):
        self.before = {name: used(pid) for name, pid in self.names.items()}
        return self

    def read(self):
        return {name: used(pid) - self.before[name] for name, pid in self.names.items()}


class Elsewhere:
    """What others take of the machine, in CPUs, while these and this process
    work: numbers of a busy machine say little."""

    def __init__(self, names):
        self.ours = Meter({**names, "driver": os.getpid()}).start()
        self.busy = self.all_busy()
        self.begin = time.monotonic()

    @staticmethod
    def all_busy():
        """Seconds of all CPUs since boot: all but idle and waiting for disks."""
        line = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()
        user, nice, system, _, _, irq, softirq, steal = map(int, line[1:9])
        return (user + nice + system + irq + softirq + steal) * TICK

    def read(self):
        seconds = time.monotonic() - self.begin
        own = self.ours.read()
        # the SDK's worker is a child of this process
        own.pop("python")
        return max(0.0, self.all_busy() - self.busy - sum(own.values())) / seconds


def resident(pid):
    """MB in memory, and of these its own share (RSS, PSS)."""
    values = {}
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("Rss", "Pss"):
            values[name] = int(rest.split()[0]) / 1024
    return values["Rss"], values["Pss"]
