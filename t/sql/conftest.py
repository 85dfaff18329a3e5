# SPDX-License-Identifier: MIT
"""What tests of the SQL functions share: a database a file, and a caller."""

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from lib.statements import Api


@pytest.fixture(scope="session")
def cluster(postgres):
    return postgres


@pytest.fixture(scope="module")
def database(cluster):
    """The conninfo of a fresh, migrated database with the clients demo and other."""
    conninfo = cluster.create_database()
    cluster.seed_client(conninfo, "demo")
    cluster.seed_client(conninfo, "other")
    yield conninfo
    cluster.drop_database(conninfo_to_dict(conninfo)["dbname"])


@pytest.fixture(scope="module")
def admin(database):
    """The owner's connection, to look behind the functions."""
    with psycopg.connect(database, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture(scope="module")
def api(database):
    """The functions, called as the role that the programs use."""
    with Api(database.replace("user=postgres", "user=oauth2_app")) as caller:
        yield caller


@pytest.fixture
def second(api):
    """Another connection of the same kind."""
    with Api(api.conninfo) as caller:
        yield caller


@pytest.fixture(scope="module")
def user(api):
    """Somebody who may log in."""
    return api.verified_user(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def session(api, user):
    return api.open_session(user)


@pytest.fixture
def app(api, session):
    """The tokens that the client demo got for a code."""
    sent, row = api.redeem(api.issue_code(session, scope="openid profile offline_access"))
    assert row["status"] == "redeemed"
    return sent


@pytest.fixture
def disabled(admin):
    """A client that is switched off while the test runs."""
    admin.execute("update oauth2.oauth2_clients set is_active = false"
                  " where client_id = 'other'")
    yield "other"
    admin.execute("update oauth2.oauth2_clients set is_active = true"
                  " where client_id = 'other'")


@pytest.fixture
def own(cluster):
    """The conninfo of a migrated database for one test."""
    return cluster.create_database()
