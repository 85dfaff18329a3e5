# SPDX-License-Identifier: MIT
"""What tests of the SQL functions share: a database a file, and a caller."""

import pathlib
import sys

import psycopg
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from lib.postgres import Cluster  # noqa: E402
from lib.statements import Api  # noqa: E402


@pytest.fixture(scope="session")
def cluster():
    c = Cluster()
    try:
        yield c.start()
    finally:
        c.remove()


@pytest.fixture(scope="module")
def database(cluster):
    """The conninfo of a fresh, migrated database."""
    return cluster.create_database()


@pytest.fixture(scope="module")
def admin(database):
    """The owner's connection, to look behind the functions."""
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def api(database):
    """The functions, called as the role that the programs use."""
    with Api(database.replace("user=postgres", "user=oauth2_app")) as caller:
        yield caller
