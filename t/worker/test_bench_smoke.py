# SPDX-License-Identifier: MIT
"""./dev bench workflows --quick comes to its end with a whole table and a
word on each goal; what the numbers are is no matter here."""

import re
import subprocess
import sys

import pytest

from lib.process import ROOT

SUBJECTS = ["register: nginx, our worker, Temporal", "register: nginx, direct",
            "register: Python SDK, remote activities", "register: Python SDK, local + eager",
            "empty workflow through our worker", "GetSystemInfo, one RPC"]
LOADS = ["1, spaced", "1", "10"]


@pytest.mark.timeout(240)
def test_table():
    bench = subprocess.Popen([sys.executable, ROOT / "tools" / "bench", "workflows", "--quick"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    try:
        said, _ = bench.communicate(timeout=200)
    finally:
        # asked to end, it ends its servers as well
        bench.terminate()
        bench.communicate()
    assert bench.returncode == 0, said

    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in said.splitlines() if line.startswith("|")]
    head, _, *rows = rows
    assert [row[:2] for row in rows] == [[s, load] for s in SUBJECTS for load in LOADS]
    for row in rows:
        named = dict(zip(head, row, strict=True))
        assert float(named["p50 ms"]) > 0 and float(named["p99 ms"]) > 0, named
        if named[""] != "register: nginx, direct":
            assert float(named["Temporal"]) > 0, named
        if named["at once"] != "1, spaced":
            assert float(named["answers/s"]) > 0, named

    assert len(re.findall(r"^(?:not )?reached +\S", said, re.M)) == 4, said
    assert re.search(r"^versions: nginx/\S+, postgres .*, Temporal \S+, .*temporalio \S+", said,
                     re.M)
    assert re.search(r"binary \d+ kB stripped, resident [\d.]+ MB", said)
