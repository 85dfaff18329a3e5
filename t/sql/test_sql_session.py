# SPDX-License-Identifier: MIT
"""Logging in and out: login_find, session_*, token_find, profile_update."""

import datetime
import re
import time
import uuid

import pytest
from lib.statements import fresh, secret


def opening(user, **changes):
    return list({
        "user": user["user_id"], "hash": user["password_hash"], "session": secret(),
        "token": str(uuid.uuid4()), "refresh": secret(), "scope": "openid", "lifetime": 3600,
        "access": 1800, "refresh_lifetime": 7200, "agent": "a browser",
        "address": "192.0.2.1", **changes,
    }.values())


def none(row):
    return row["status"] == "none" and not any(v for k, v in row.items() if k != "status")


# login_find

def test_login_by_address_or_username(api):
    user = api.verified_user(username=fresh("Someone"))
    for login in (user["email"], user["email"].upper(), user["username"],
                  user["username"].upper(), f" {user['email']} "):
        row = api.login_find(login)
        assert row["status"] == "found"
        assert str(row["user_id"]) == user["user_id"]
        assert row["hashed_password"] == user["password_hash"]
        assert row["is_active"] is True and row["is_verified"] is True


def test_login_unverified_and_inactive_are_found(api, admin):
    _, given, _ = api.register()
    admin.execute("update oauth2.users set is_active = false where email = %s",
                  [given["email"]])
    row = api.login_find(given["email"])
    assert row["status"] == "found"
    assert row["is_active"] is False and row["is_verified"] is False


@pytest.mark.parametrize("login", ["", "nobody", "nobody@example.com", "@", "%", "' or '1'='1"])
def test_login_unknown(api, user, login):
    assert none(api.login_find(login))


# session_open, session_find

def test_opened(api, admin, user):
    before = int(time.time())
    sent = opening(user)
    row = api.session_open(*sent)

    assert row["status"] == "opened"
    assert before - 1 <= row["auth_time"] <= time.time() + 1
    created = row["profile"].pop("created_at")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created)
    assert abs(datetime.datetime.fromisoformat(created).timestamp() - before) < 600
    assert row["profile"] == {
        "id": user["user_id"], "email": user["email"], "username": None,
        "first_name": "Ada", "last_name": "Lovelace", "is_verified": True}

    session = admin.execute("select * from oauth2.sessions where id = %s",
                            [row["session_id"]]).fetchone()
    assert (session["user_agent"], session["address"]) == ("a browser", "192.0.2.1")
    found = admin.execute("select last_login = %s as same from oauth2.users where id = %s",
                          [session["created_at"], user["user_id"]]).fetchone()
    assert found["same"]


def test_found(api, user):
    session = api.open_session(user)
    row = api.session_find(session["session"])
    assert row == {
        "status": "active", "session_id": session["session_id"],
        "user_id": uuid.UUID(user["user_id"]), "email": user["email"], "username": None,
        "first_name": "Ada", "last_name": "Lovelace", "is_verified": True,
        "auth_time": session["auth_time"], "profile": session["profile"]}
    assert none(api.session_find(secret()))


def test_open_again_is_answered_as_before(api, admin, user):
    sent = opening(user)
    row = api.session_open(*sent)
    assert api.session_open(*sent) == row
    count = admin.execute("select count(*) as n from oauth2.oauth2_access_tokens"
                          " where session_id = %s", [row["session_id"]]).fetchone()
    assert count["n"] == 1


def test_a_session_digest_belongs_to_one_log_in(api, user):
    sent = opening(user)
    api.session_open(*sent)
    other = api.verified_user()
    assert none(api.session_open(*opening(user, session=sent[2])))
    assert none(api.session_open(*opening(other, session=sent[2], token=sent[3])))


def test_one_log_in_sent_from_everywhere(api, user):
    sent = opening(user)
    rows = api.crowd(20, lambda a, n: a.session_open(*sent))
    assert {row["status"] for row in rows} == {"opened"}
    assert len({row["session_id"] for row in rows}) == 1


@pytest.mark.parametrize("change", ["hash", "gone", "inactive"])
def test_open_none(api, admin, change):
    user = api.verified_user()
    if change == "inactive":
        admin.execute("update oauth2.users set is_active = false where id = %s",
                      [user["user_id"]])
    sent = opening(user)
    if change == "hash":
        sent[1] = "an older hash"
    if change == "gone":
        sent[0] = str(uuid.uuid4())
    assert none(api.session_open(*sent))
    assert none(api.session_find(sent[2]))
    assert none(api.token_find(sent[3]))


@pytest.mark.parametrize("change", [
    "update oauth2.sessions set expires_at = now() where id = %(session)s",
    "update oauth2.sessions set closed_at = now() where id = %(session)s",
    "update oauth2.users set is_active = false where id = %(user)s",
])
def test_session_is_over(api, admin, change):
    user = api.verified_user()
    session = api.open_session(user)
    admin.execute(change, {"session": session["session_id"], "user": user["user_id"]})
    assert none(api.session_find(session["session"]))
    assert none(api.session_refresh(session["session"], str(uuid.uuid4()), secret(),
                                    "openid", 60, 60))


# token_find

def test_token(api, user):
    session = api.open_session(user, scope="openid read")
    row = api.token_find(session["token"])
    assert isinstance(row.pop("updated_at"), int)
    assert row == {
        "status": "active", "client_id": "account", "scope": "openid read",
        "user_id": uuid.UUID(user["user_id"]), "session_id": session["session_id"],
        "email": user["email"], "username": None, "first_name": "Ada",
        "last_name": "Lovelace", "is_verified": True, "auth_time": session["auth_time"],
        "profile": session["profile"]}


@pytest.mark.parametrize("change", [
    "update oauth2.oauth2_access_tokens set revoked_at = now() where id = %(token)s",
    "update oauth2.oauth2_access_tokens set expires_at = now() where id = %(token)s",
    "update oauth2.sessions set closed_at = now() where id = %(session)s",
    "update oauth2.users set is_active = false where id = %(user)s",
])
def test_token_is_over(api, admin, change):
    user = api.verified_user()
    session = api.open_session(user)
    admin.execute(change, {"session": session["session_id"], "user": user["user_id"],
                           "token": session["token"]})
    assert none(api.token_find(session["token"]))


def test_token_unknown(api):
    assert none(api.token_find(str(uuid.uuid4())))


def test_tokens_of_our_pages_end_with_the_session(api, admin, user):
    session = api.open_session(user, session_lifetime=60)
    api.session_refresh(session["session"], str(uuid.uuid4()), secret(), "openid", 1800, 7200)
    api.rotate(session["refresh"])
    rows = admin.execute(
        "select t.expires_at <= s.expires_at and t.refresh_token_expires_at <= s.expires_at"
        " as inside from oauth2.oauth2_access_tokens as t"
        " join oauth2.sessions as s on s.id = t.session_id where s.id = %s",
        [session["session_id"]]).fetchall()
    assert [row["inside"] for row in rows] == [True] * 3


# session_refresh

def test_session_refresh(api, user):
    session = api.open_session(user)
    token, refresh = str(uuid.uuid4()), secret()
    sent = (session["session"], token, refresh, "openid", 1800, 7200)
    row = api.session_refresh(*sent)
    assert row == {
        "status": "issued", "user_id": uuid.UUID(user["user_id"]),
        "session_id": session["session_id"], "scope": "openid",
        "auth_time": session["auth_time"], "profile": session["profile"]}
    assert api.session_refresh(*sent) == row
    assert api.token_find(token)["client_id"] == "account"
    assert api.token_find(session["token"])["status"] == "active"
    assert api.rotate(refresh)[1]["status"] == "rotated"
    # another's token id is nobody's to have
    assert none(api.session_refresh(session["session"], session["token"], secret(),
                                    "openid", 1800, 7200))
    assert none(api.session_refresh(secret(), str(uuid.uuid4()), secret(), "openid", 60, 60))


# session_close

@pytest.mark.parametrize("by", ["session", "refresh", "token", "all", "rotated"])
def test_close(api, user, by):
    session = api.open_session(user)
    code = api.issue_code(session)
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


# profile_update

def test_profile(api):
    user = api.verified_user(first_name="Ada", username=fresh("name"))
    name = fresh("Name")
    row = api.profile_update(user["user_id"], {"username": name, "last_name": "King"})
    assert row["status"] == "updated"
    assert row["profile"]["username"] == name
    assert row["profile"]["first_name"] == "Ada"
    assert row["profile"]["last_name"] == "King"

    row = api.profile_update(user["user_id"], {"username": None, "first_name": None})
    assert row["profile"]["username"] is None and row["profile"]["first_name"] is None
    assert row["profile"]["last_name"] == "King"
    assert api.login_find(name)["status"] == "none"


def test_profile_changes_nothing_else(api, admin):
    user = api.verified_user()
    api.profile_update(user["user_id"], {
        "email": "other@example.com", "is_superuser": True, "is_verified": False,
        "id": str(uuid.uuid4())})
    row = admin.execute("select * from oauth2.users where id = %s",
                        [user["user_id"]]).fetchone()
    assert row["email"] == user["email"]
    assert row["is_verified"] and not row["is_superuser"]


def test_profile_username_taken(api):
    owner = api.verified_user(username=fresh("owner"))
    user = api.verified_user(first_name="Ada")
    row = api.profile_update(user["user_id"], {"username": owner["username"].upper(),
                                               "first_name": "Eve"})
    assert row == {"status": "username_taken", "profile": None}
    assert api.profile_update(user["user_id"], {})["profile"]["first_name"] == "Ada"
    # one's own, in another spelling, is free
    assert api.profile_update(owner["user_id"], {"username": owner["username"].upper()})[
        "status"] == "updated"


def test_profile_none(api, admin):
    user = api.verified_user()
    admin.execute("update oauth2.users set is_active = false where id = %s",
                  [user["user_id"]])
    assert none(api.profile_update(user["user_id"], {"first_name": "Eve"}))
    assert none(api.profile_update(str(uuid.uuid4()), {"first_name": "Eve"}))


def test_two_take_one_username(api, second):
    first_user, second_user, name = api.verified_user(), api.verified_user(), fresh("name")
    one, two = api.meanwhile(
        lambda a: a.profile_update(first_user["user_id"], {"username": name}), second,
        lambda a: a.profile_update(second_user["user_id"], {"username": name.upper()}))
    assert (one["status"], two["status"]) == ("updated", "username_taken")
