# SPDX-License-Identifier: MIT
"""token_exchange (RFC 8693): what it links, and who comes in between."""

import json
import types
import uuid

import pytest

from lib.statements import ACCESS, none

DESK = {"exchange": "impersonation", "exchange_clients": ["demo"]}


@pytest.fixture(autouse=True)
def policy(admin):
    say = "update oauth2.oauth2_clients set metadata = %s where client_id = 'other'"
    admin.execute(say, [json.dumps(DESK)])
    yield
    admin.execute(say, ["{}"])


@pytest.fixture
def app(api, session):
    """Tokens that end with the session."""
    sent, row = api.redeem(api.issue_code(session, scope="openid profile"))
    assert row["status"] == "redeemed"
    return sent


def exchange(api, subject, token=None, lifetime=ACCESS, client="other", **changes):
    given = {"subject": subject, "digest": None, "actor": None, "may_act": None,
             "token": token or str(uuid.uuid4()), "scope": None, "lifetime": lifetime,
             "parameters": None, **changes}
    return api.token_exchange(client, *given.values())


def test_the_same_exchange_is_answered_as_before(api, app):
    token = str(uuid.uuid4())
    row = exchange(api, app["token"], token)
    assert row["status"] == "exchanged"
    assert exchange(api, app["token"], token) == row
    assert api.token_find(token)["client_id"] == "other"


def test_no_longer_than_the_subject(api, admin, app):
    token = str(uuid.uuid4())
    exchange(api, app["token"], token, lifetime=10 * ACCESS)
    assert admin.execute(
        "select t.expires_at = s.expires_at and t.family_id = s.family_id"
        " and t.session_id = s.session_id as same from oauth2.oauth2_access_tokens as t"
        " join oauth2.oauth2_access_tokens as s on s.id = t.subject_id"
        " where t.id = %s", [token]).fetchone()["same"]


def test_an_end_that_is_under_way(api, second, session, app):
    """The session ends first: nothing is exchanged afterwards."""
    closed, row = api.meanwhile(
        lambda one: one.session_close(session["session"], None, None), second,
        lambda two: exchange(two, app["token"]))
    assert closed == {"status": "closed"}
    assert none(row, "subject")


def test_an_exchange_that_is_under_way(api, second, session, app):
    """The exchange comes first: its token ends with the session."""
    token = str(uuid.uuid4())
    row, closed = api.meanwhile(
        lambda one: exchange(one, app["token"], token), second,
        lambda two: two.session_close(session["session"], None, None))
    assert (row["status"], closed) == ("exchanged", {"status": "closed"})
    assert none(api.token_find(token))


def test_a_reuse_takes_it_along(api, app):
    token = str(uuid.uuid4())
    api.rotate(app["refresh"], "demo")
    assert exchange(api, app["token"], token)["status"] == "exchanged"
    assert api.token_find(token)["status"] == "active"
    assert api.rotate(app["refresh"], "demo")[1]["status"] == "reused"
    assert none(api.token_find(token))
    assert none(exchange(api, app["token"]), "subject")


def test_a_client_that_goes(api, admin, cluster, database, app):
    """It waits for the family of the tokens that it exchanged."""
    cluster.seed_client(database, "leaving")
    admin.execute("update oauth2.oauth2_clients set metadata = %s"
                  " where client_id = 'leaving'", [json.dumps(DESK)])
    token = str(uuid.uuid4())
    assert exchange(api, app["token"], token, client="leaving")["status"] == "exchanged"
    owner = types.SimpleNamespace(pid=admin.info.backend_pid)
    revoked, gone = api.meanwhile(
        lambda one: one.token_revoke("demo", app["refresh"], None), owner,
        lambda two: admin.execute("select status from oauth2.admin_client_delete("
                                  "'{\"client_id\": \"leaving\"}')").fetchone())
    assert (revoked, gone) == ({"status": "revoked"}, {"status": 200})
    assert none(api.token_find(token))
