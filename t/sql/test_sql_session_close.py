# SPDX-License-Identifier: MIT
"""session_close: what ends with a session, and that nothing deadlocks on the way."""

import uuid

import pytest

from lib.statements import none, opening, secret


@pytest.mark.parametrize("by", ["session", "refresh", "token", "all", "rotated"])
def test_close(api, user, by):
    session = api.open_session(user)
    code = api.issue_code(session, scope="openid profile")
    unused = api.issue_code(session)
    app, _ = api.redeem(code)
    if by == "rotated":
        new, _ = api.rotate(session["refresh"])
        assert api.token_find(new["token"])["status"] == "active"

    row = api.session_close(
        session["session"] if by in ("session", "all") else None,
        session["refresh"] if by in ("refresh", "all", "rotated") else None,
        session["token"] if by in ("token", "all") else None)

    assert row == {"status": "closed"}
    assert none(api.session_find(session["session"]))
    assert none(api.token_find(session["token"]))
    assert none(api.token_find(app["token"]))
    assert api.rotate(app["refresh"], "demo")[1]["status"] == "invalid"
    assert api.redeem(unused)[1]["status"] == "invalid"
    if by == "rotated":
        assert none(api.token_find(new["token"]))
    assert api.session_close(session["session"], session["refresh"],
                             session["token"]) == {"status": "none"}


def test_close_nothing(api):
    assert api.session_close(None, None, None) == {"status": "none"}
    assert api.session_close(secret(), secret(), str(uuid.uuid4())) == {"status": "none"}


def test_close_expired(api, admin, user):
    session = api.open_session(user)
    admin.execute("update oauth2.sessions set expires_at = now() where id = %s",
                  [session["session_id"]])
    assert api.session_close(session["session"], None, None) == {"status": "none"}


@pytest.mark.parametrize("by", ["refresh", "token"])
def test_an_application_signs_out_of_itself(api, user, by):
    session = api.open_session(user)
    app, _ = api.redeem(api.issue_code(session))
    assert api.session_close(None, app["refresh"] if by == "refresh" else None,
                             app["token"] if by == "token" else None)["status"] == "closed"
    assert none(api.token_find(app["token"]))
    assert api.rotate(app["refresh"], "demo")[1]["status"] == "invalid"
    assert api.session_find(session["session"])["status"] == "active"
    assert api.token_find(session["token"])["status"] == "active"


def test_close_from_everywhere(api, user):
    session = api.open_session(user)
    rows = api.crowd(20, lambda a, n: a.session_close(session["session"], session["refresh"],
                                                      session["token"]))
    assert "closed" in {row["status"] for row in rows}
    assert none(api.session_find(session["session"]))


def test_everything_at_once_never_deadlocks(api, admin, user):
    """Rotation, sign-out, revocation and log-in of one user, all together."""
    deadlocks = ("select deadlocks from pg_stat_database"
                 " where datname = current_database()")
    before = admin.execute(deadlocks).fetchone()["deadlocks"]

    for _ in range(5):
        session = api.open_session(user)
        app, _ = api.redeem(api.issue_code(session))
        api.rotate(app["refresh"], "demo")

        def call(a, n, session=session, app=app):
            if n % 5 == 0:
                return a.rotate(app["refresh"], "demo")[1]
            if n % 5 == 1:
                return a.token_revoke("demo", app["refresh"], app["token"])
            if n % 5 == 2:
                return a.session_close(session["session"], session["refresh"], app["token"])
            if n % 5 == 3:
                return a.rotate(session["refresh"])[1]
            return a.session_open(*opening(user))

        assert len(api.crowd(20, call)) == 20
        assert none(api.session_find(session["session"]))
        assert none(api.token_find(app["token"]))

    assert admin.execute(deadlocks).fetchone()["deadlocks"] == before
