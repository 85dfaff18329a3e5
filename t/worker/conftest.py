# SPDX-License-Identifier: MIT
"""Fixtures of the worker's tests: nothing of nginx."""

import shutil

import pytest

from lib.database import Database
from lib.process import give, temporary_folder
from lib.smtp import Folder
from lib.temporal import Temporal
from lib.worker import Worker


@pytest.fixture
def own_temporal():
    """A factory of servers that a test may stop, kill and freeze."""
    made = []

    def factory(**options):
        made.append(Temporal(**options))
        return made[-1].start()

    yield factory
    for process in made:
        process.kill()
        process.done(keep=False)


@pytest.fixture(scope="module")
def database(postgres):
    made = Database(postgres)
    yield made
    made.drop()


@pytest.fixture(scope="module")
def mail():
    """A folder where mail lands."""
    folder = give(temporary_folder("mail"), 0o755)
    yield Folder(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def start_worker(request):
    """A factory of workers."""
    made = []

    def factory(*arguments, connected=True, **options):
        made.append(Worker(*arguments, **options))
        return made[-1].start(connected)

    yield factory
    for process in made:
        process.done(keep=getattr(request.session, "keep_logs", False))


@pytest.fixture
def worker(start_worker, database, temporal, mail):
    return start_worker(database.app, temporal.address, mail.path,
                        task_queue=f"queue-{database.name}")
