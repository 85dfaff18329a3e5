# SPDX-License-Identifier: MIT
"""The system under faults, and the matrix as a table.

Without OAUTH2_FAULT_MATRIX=all (./dev test faults) only those marked smoke
run, or whatever -m selects.
"""

import os

import pytest

from fault_system import System

HEADS = ("operation", "process", "signal", "at", "first answer", "seconds", "in the end",
         "mails", "workflow", "ok")


def pytest_collection_modifyitems(config, items):
    if os.environ.get("OAUTH2_FAULT_MATRIX") == "all" or config.option.markexpr:
        return
    here = os.path.dirname(__file__)
    left_out = [item for item in items if str(item.path).startswith(here)
                and not item.get_closest_marker("smoke")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="module")
def system(request, keys):
    made = System(keys)
    try:
        yield made.start()
    finally:
        made.done(keep=getattr(request.session, "keep_logs", False))


def pytest_terminal_summary(terminalreporter):
    rows = []
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                rows += [value for name, value in report.user_properties if name == "fault"]
    if not rows:
        return

    lines = [HEADS] + [
        (*row["cell"], row["first"], f"{row['seconds']:.2f}", row["then"], str(row["mails"]),
         row["workflow"].lower(), "yes" if row["ok"] else "NO")
        for row in sorted(rows, key=lambda row: row["cell"])]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADS))]
    terminalreporter.section("the fault matrix")
    for line in lines:
        terminalreporter.write_line("  ".join(
            text.ljust(width) for text, width in zip(line, widths)).rstrip())
    terminalreporter.write_line(
        f"{len(rows)} cells, {sum(not row['ok'] for row in rows)} not as they should be")
