# SPDX-License-Identifier: MIT
"""A real Temporal development server, and its command line."""

import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

from lib.process import ROOT, Process, accepts, free_port

# The development server's defaults are slow on purpose; the last one is
# what a draining worker needs.
SETTINGS = {
    "history.transferProcessorMaxPollRPS": 5000,
    "matching.numTaskqueueReadPartitions": 1,
    "matching.numTaskqueueWritePartitions": 1,
    "frontend.enableCancelWorkerPollsOnShutdown": "true",
}


def program():
    """The temporal CLI: beside this Python, in .run/venv, or behind PATH."""
    for folder in (pathlib.Path(sys.executable).parent, ROOT / ".run" / "venv" / "bin"):
        if (folder / "temporal").exists():
            return str(folder / "temporal")
    found = shutil.which("temporal")
    if found is None:
        raise RuntimeError("the temporal command is not installed")
    return found


class Temporal(Process):
    """durable: a database file that survives kill() and start(); ui_port:
    with the web pages."""

    def __init__(self, port=None, durable=False, ui_port=None):
        self.port = port or free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.program = program()
        argv = [self.program, "server", "start-dev",
                *(["--ui-port", ui_port] if ui_port else ["--headless"]), "--ip", "127.0.0.1",
                "--port", self.port, "--http-port", free_port(),
                "--metrics-port", free_port(), "--log-level", "error"]
        for name, value in SETTINGS.items():
            argv += ["--dynamic-config-value", f"{name}={value}"]
        super().__init__("temporal", argv)
        if durable:
            self.argv += ["--db-filename", str(self.folder / "temporal.db"),
                          "--sqlite-pragma", "journal_mode=WAL",
                          "--sqlite-pragma", "synchronous=NORMAL"]
        self.env["HOME"] = str(self.folder)

    def start(self):
        super().start()
        return self.wait_ready(self.healthy, 60)

    def healthy(self):
        return accepts(self.port) and self.run("operator", "cluster", "health",
                                               check=False).returncode == 0

    def freeze(self):
        self.send(signal.SIGSTOP)

    def thaw(self):
        self.send(signal.SIGCONT)

    def run(self, *words, check=True):
        """One command of the CLI."""
        done = subprocess.run(
            [self.program, *words, "--address", self.address], capture_output=True, text=True,
            check=False, timeout=30, env={**os.environ, "HOME": str(self.folder)})
        if check and done.returncode != 0:
            raise AssertionError(f"temporal {' '.join(words)}: {done.stderr or done.stdout}")
        return done

    def json(self, *words):
        return json.loads(self.run(*words, "-o", "json").stdout)

    def history(self, workflow_id):
        """The events, as the CLI's JSON has them."""
        return self.json("workflow", "show", "-w", workflow_id)["events"]

    def history_text(self, workflow_id):
        """The history as JSON, and whatever base64 in it decodes to."""
        text = self.run("workflow", "show", "-w", workflow_id, "-o", "json").stdout
        return text + "\n" + "\n".join(decoded(json.loads(text)))

    def status(self, workflow_id):
        """COMPLETED, RUNNING, …; None when there is no such workflow."""
        done = self.run("workflow", "describe", "-w", workflow_id, "-o", "json", check=False)
        if done.returncode != 0:
            return None
        info = json.loads(done.stdout)["workflowExecutionInfo"]
        return info["status"].removeprefix("WORKFLOW_EXECUTION_STATUS_")


def decoded(value):
    """Every string of a JSON value that is base64, decoded."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from decoded(part)
    elif isinstance(value, str):
        try:
            yield base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except ValueError:
            return
