# SPDX-License-Identifier: MIT
"""The tests see a worker process that crashes, and what the sanitizers say about it."""

import os
import signal

from lib.process import accepts, free_port, wait_for


def wait_exit(process, worker):
    wait_for(lambda: f"worker process {worker} exited" in process.error_log.read_text(), 20,
             "nginx's line about its worker")
    wait_for(process.workers, 20, "a new worker")


def test_crash_is_seen(nginx, flavour):
    port = free_port()
    process = nginx(f"server {{ listen 127.0.0.1:{port}; }}")
    worker, = process.workers()
    assert process.bad_lines() == []

    os.kill(worker, signal.SIGSEGV)
    wait_exit(process, worker)
    bad = "\n".join(process.bad_lines())
    assert ("AddressSanitizer: SEGV" if flavour == "asan" else "exited on signal 11") in bad
    assert process.bad_lines() == []
    assert accepts(port)


def test_expected_is_not_bad(nginx):
    process = nginx(f"server {{ listen 127.0.0.1:{free_port()}; }}")
    process.expected.append(r"exited on signal 9")
    worker, = process.workers()
    os.kill(worker, signal.SIGKILL)
    wait_exit(process, worker)
    assert process.bad_lines() == []
