# SPDX-License-Identifier: MIT
"""A real process under test: its folder, its log, its beginning and end."""

import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0

# Who serves, when the tests run as root: never root.
SERVICE_USER = "www-data" if IS_ROOT else pwd.getpwuid(os.geteuid()).pw_name

# Everything started, for its logs to be shown beside a failure.
RUNNING = []

# What keeps our ports ours.
RESERVATIONS = []


def wait_for(condition, seconds=10.0, what="the condition"):
    """The condition's first true value, or an AssertionError."""
    end = time.monotonic() + seconds
    pause = 0.005
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def free_port():
    """A port below the ephemeral ones that nobody listens on and that no
    other test run on this machine was given: an abstract unix socket of its
    name is ours until this process ends."""
    for _ in range(500):
        port = random.randrange(10000, 30000)
        reservation = socket.socket(socket.AF_UNIX)
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                reservation.bind(f"\0o2-test-port-{port}")
                s.bind(("127.0.0.1", port))
            except OSError:
                reservation.close()
                continue
        RESERVATIONS.append(reservation)
        return port
    raise AssertionError("no free port")


def accepts(port):
    """Does someone accept connections there?"""
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


def temporary_folder(kind):
    """A folder with a short path (unix sockets), that services can enter."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"o2-{kind}-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


def give(path, mode=None):
    """Makes a file or folder the service user's own."""
    if mode is not None:
        os.chmod(path, mode)
    if IS_ROOT:
        shutil.chown(path, SERVICE_USER)
    return path


def as_service(argv):
    """The command line as the service user."""
    if not IS_ROOT:
        return list(argv)
    return ["setpriv", f"--reuid={SERVICE_USER}", f"--regid={SERVICE_USER}",
            "--init-groups", "--", *map(str, argv)]


class Process:
    """argv runs in a folder of its own; what it says goes to a log there."""

    def __init__(self, name, argv, folder=None, env=None):
        self.name = name
        self.argv = [str(a) for a in argv]
        self.folder = folder or temporary_folder(name)
        self.env = env or {}
        self.log_path = self.folder / f"{name}.log"
        self.popen = None
        RUNNING.append(self)

    def logs(self):
        """Files to show beside a failure."""
        return [self.log_path]

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def start(self):
        with open(self.log_path, "ab") as log:
            self.popen = subprocess.Popen(
                self.argv, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **self.env}, start_new_session=True)
        return self

    @property
    def pid(self):
        return self.popen.pid

    def alive(self):
        return self.popen is not None and self.popen.poll() is None

    def wait_ready(self, condition, seconds=20.0):
        """Waits until the condition holds; at once an error when it ended."""
        def ready():
            if not self.alive():
                raise AssertionError(f"{self.name} ended:\n{self.log()[-3000:]}")
            return condition()
        wait_for(ready, seconds, f"{self.name} ready")
        return self

    def send(self, number):
        os.kill(self.pid, number)

    def stop(self, number=signal.SIGTERM, seconds=15.0):
        """Asks it to end, and insists; true when it went by itself."""
        if not self.alive():
            return True
        self.send(number)
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True

    def kill(self):
        """Ends it and its children as a crash does."""
        if self.alive():
            os.killpg(self.pid, signal.SIGKILL)
            self.popen.wait()

    def done(self, keep):
        """Stops it for good and forgets its folder, unless it is to be kept."""
        self.stop()
        RUNNING.remove(self)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
