# SPDX-License-Identifier: MIT
"""Fixtures: one per real process, and what must never happen in any test.

postgres  a cluster, one a session (and a worker of xdist)
database  a fresh database of it, one a file and flavour of nginx
smtp      an SMTP server with an inbox; temporal, worker: as they say
nginx     a factory: nginx(text) starts one with that configuration
server    one a file: nginx over a database, no worker, mail in a folder
full      the same with Temporal, the worker and SMTP
suite     what ./dev conformance starts

The tests below t/http run with Debian's nginx, with the one that carries
sanitizers, or with both: --flavour.
"""

import os
import pathlib
import shutil

import pytest

from lib.conformance import Site
from lib.nginx import Keys, Nginx
from lib.postgres import Cluster
from lib.process import RUNNING, free_port, temporary_folder
from lib.site import end, end_server, new_database, start_server
from lib.smtp import Smtp
from lib.temporal import Temporal
from lib.worker import Worker

HERE = pathlib.Path(__file__).parent


def pytest_addoption(parser):
    parser.addoption("--flavour", choices=("debian", "asan", "both"), default="debian",
                     help="which nginx the tests in t/http run with")
    parser.addoption("--record-histories", action="store_true",
                     help="t/worker/test_histories.py writes t/worker/histories")


def pytest_generate_tests(metafunc):
    flavour = metafunc.config.getoption("flavour")
    if "flavour" in metafunc.fixturenames and flavour != "debian" and (
            HERE / "http" in metafunc.definition.path.parents):
        metafunc.parametrize("flavour", ["debian", "asan"] if flavour == "both" else ["asan"],
                             indirect=True, scope="session")


# Stages that ran before pytest (./dev test) and failed: pytest has the last
# word, and it is theirs as well.

def pytest_terminal_summary(terminalreporter):
    for stage in os.environ.get("OAUTH2_FAILED_STAGES", "").split():
        terminalreporter.write_line(f"FAILED stage {stage}: see its output above", red=True)


def pytest_sessionfinish(session, exitstatus):
    if os.environ.get("OAUTH2_FAILED_STAGES") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# Logs of everything that runs, from where they stood when the test began.

def log_sizes():
    return {path: path.stat().st_size for process in RUNNING for path in process.logs()
            if path.exists()}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    item.log_sizes = log_sizes()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        item.session.keep_logs = True
        for path in list(log_sizes()):
            text = path.read_bytes()[item.log_sizes.get(path, 0):].decode(errors="replace")
            if text:
                report.sections.append((str(path), text[-6000:]))
    return report


@pytest.fixture(autouse=True)
def nothing_bad():
    """An alert of nginx or a report of a sanitizer fails the test."""
    yield
    bad = [line for process in list(RUNNING) if isinstance(process, Nginx)
           for line in process.bad_lines()]
    assert not bad, "\n".join(bad)


# Processes

@pytest.fixture(scope="session")
def flavour(request):
    return getattr(request, "param", "debian")


@pytest.fixture(scope="session")
def postgres():
    cluster = Cluster()
    try:
        yield cluster.start()
    finally:
        cluster.remove()


@pytest.fixture
def own_postgres():
    """A cluster that the test may stop, freeze and restart."""
    cluster = Cluster()
    try:
        yield cluster.start()
    finally:
        cluster.remove()


@pytest.fixture(scope="module")
def database(postgres, flavour):
    """With a confidential and a public client."""
    made = new_database(postgres)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def keys():
    folder = temporary_folder("keys")
    yield Keys(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def temporal(request):
    """For tests that leave it as it is."""
    made = Temporal()
    yield made.start()
    end(made, request.session)


@pytest.fixture(scope="module")
def smtp():
    made = Smtp()
    yield made.start()
    made.stop()


@pytest.fixture
def nginx(request, flavour):
    """nginx(text, …) starts an nginx; start=False leaves that to the test."""
    made = []

    def factory(text, start=True, **options):
        process = Nginx(text, flavour=flavour, **options)
        made.append(process)
        return process.start() if start else process

    yield factory
    for process in made:
        end(process, request.session)


@pytest.fixture(scope="module")
def server(request, database, keys, flavour):
    """A file may set SETTINGS and LOCATIONS: directives of its server."""
    made = start_server(request, database, keys, flavour)
    yield made
    end_server(made, request)


@pytest.fixture(scope="module")
def full(request, database, keys, flavour, temporal, smtp):
    """full.worker and full.smtp are the other ends; a test that stops one
    starts it again."""
    port = free_port()
    worker = Worker(database.app, temporal.address, smtp.url, key=str(keys.token),
                    frontend_url=f"http://localhost:{port}", smtp_starttls="off",
                    task_queue=f"queue-{database.name}").start()
    made = start_server(request, database, keys, flavour, port, worker=worker.socket,
                        mail=f"{smtp.url} starttls=off")
    made.worker, made.smtp, made.temporal, made.mail = worker, smtp, temporal, smtp
    yield made
    end_server(made, request)
    end(worker, request.session)


@pytest.fixture(scope="module")
def suite(request, postgres, flavour):
    made = Site(postgres, flavour)
    yield made
    made.done(request.session)
