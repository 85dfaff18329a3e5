# SPDX-License-Identifier: MIT
"""docs/worker.md names every key and every metric of the worker, and no other."""

import re

from lib.process import ROOT

DOC = (ROOT / "docs/worker.md").read_text()


def found(pattern, *files):
    names = [name for file in files for name in re.findall(pattern, (ROOT / file).read_text())]
    assert names
    return set(names)


def test_keys():
    keys = found(r'\{ "(\w+)", CONF_', "worker/conf.c")
    section = DOC[DOC.index("## Configuration"):DOC.index("### Temporal Cloud")]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.M)) == keys


def test_metrics():
    counters = found(r"OAUTH2_METRIC\((\w+),", "worker/metrics.def")
    gauges = found(r'status_metric\(&b, "(\w+)", "", "gauge"', "worker/status.c")
    named = set(re.findall(r"^\| `oauth2_worker_(\w+)` \|", DOC, re.M))
    assert named == {f"{name}_total" for name in counters} | gauges


def test_status():
    members = found(r'oauth2_json_\w+\(&j, "(\w+)"', "worker/status.c")
    section = DOC[DOC.index("`GET /status`"):DOC.index("`GET /metrics`")]
    rows = "".join(re.findall(r"^\| (`.*?) \|", section, re.M))
    assert set(re.findall(r"`(\w+)`", rows)) == members
