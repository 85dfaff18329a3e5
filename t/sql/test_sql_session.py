# SPDX-License-Identifier: MIT
"""login_find, session_open, session_find, session_refresh."""

import datetime
import re
import time
import uuid

import pytest

from lib.statements import fresh, none, opening, secret


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
        "is_superuser": False, "auth_time": session["auth_time"], "profile": session["profile"]}
    assert none(api.session_find(secret()))


def test_open_again_is_answered_as_before(api, admin, user):
    sent = opening(user)
    row = api.session_open(*sent)
    assert api.session_open(*sent) == row
    count = admin.execute("select count(*) as n from oauth2.oauth2_access_tokens"
                          " where session_id = %s", [row["session_id"]]).fetchone()
    assert count["n"] == 1


def test_open_without_tokens(api, admin, user):
    sent = opening(user, token=None, refresh=None)
    row = api.session_open(*sent)
    assert row["status"] == "opened"
    assert api.session_find(sent[2])["session_id"] == row["session_id"]
    assert api.session_open(*sent) == row
    assert none(api.session_open(*opening(user, session=sent[2])))
    count = admin.execute("select count(*) as n from oauth2.oauth2_access_tokens"
                          " where session_id = %s", [row["session_id"]]).fetchone()
    assert count["n"] == 0


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
