# SPDX-License-Identifier: MIT
"""token_find, token_issue (RFC 6749 4.4), token_revoke (RFC 7009)."""

import uuid

import pytest

from lib.statements import none, secret


def test_token(api, user):
    session = api.open_session(user, scope="openid read")
    row = api.token_find(session["token"])
    assert isinstance(row.pop("updated_at"), int)
    assert row == {
        "status": "active", "client_id": "account", "scope": "openid read",
        "user_id": uuid.UUID(user["user_id"]), "session_id": session["session_id"],
        "email": user["email"], "username": None, "first_name": "Ada",
        "last_name": "Lovelace", "is_verified": True, "is_superuser": False,
        "auth_time": session["auth_time"], "profile": session["profile"],
        "parameters": {}, "client_metadata": {}}


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


def test_client_credentials(api):
    token = str(uuid.uuid4())
    assert api.token_issue(token, "demo", "read", 600, None) == {"status": "issued"}
    assert api.token_issue(token, "demo", "read", 600, None) == {"status": "issued"}
    assert api.token_issue(token, "other", "read", 600, None) == {"status": "none"}
    row = api.token_find(token)
    assert (row["status"], row["client_id"], row["scope"]) == ("active", "demo", "read")
    for column in ("user_id", "session_id", "email", "profile", "auth_time", "updated_at",
                   "is_verified", "is_superuser"):
        assert row[column] is None


def test_client_credentials_none(api, app):
    assert api.token_issue(str(uuid.uuid4()), "nobody", "read", 600, None) == {"status": "none"}
    # a user's token is not a client's own
    assert api.token_issue(app["token"], "demo", "read", 600, None) == {"status": "none"}


def test_a_client_that_is_switched_off(api, admin, session):
    token = str(uuid.uuid4())
    api.token_issue(token, "other", "read", 600, None)
    admin.execute("update oauth2.oauth2_clients set is_active = false"
                  " where client_id = 'other'")
    try:
        assert none(api.token_find(token))
        assert none(api.token_issue(str(uuid.uuid4()), "other", "read", 600, None))
    finally:
        admin.execute("update oauth2.oauth2_clients set is_active = true"
                      " where client_id = 'other'")
    assert api.token_find(token)["status"] == "active"


def test_a_refresh_token_takes_its_family_along(api, session, app):
    new, _ = api.rotate(app["refresh"], "demo")
    assert api.token_revoke("demo", new["refresh"], None) == {"status": "revoked"}
    assert none(api.token_find(app["token"]))
    assert none(api.token_find(new["token"]))
    assert none(api.rotate(new["refresh"], "demo")[1], "invalid")
    assert api.token_revoke("demo", new["refresh"], None) == {"status": "none"}
    assert api.session_find(session["session"])["status"] == "active"


def test_an_access_token_ends_alone(api, app):
    assert api.token_revoke("demo", None, app["token"]) == {"status": "revoked"}
    assert none(api.token_find(app["token"]))
    assert api.token_revoke("demo", None, app["token"]) == {"status": "none"}
    new, row = api.rotate(app["refresh"], "demo")
    assert row["status"] == "rotated"
    assert api.token_find(new["token"])["status"] == "active"


def test_another_clients_token_is_not_there(api, app):
    assert api.token_revoke("other", app["refresh"], app["token"]) == {"status": "none"}
    assert api.token_revoke("demo", secret(), str(uuid.uuid4())) == {"status": "none"}
    assert api.token_revoke("demo", None, None) == {"status": "none"}
    assert api.token_find(app["token"])["status"] == "active"


def test_revoke_expired(api, admin, app):
    admin.execute("update oauth2.oauth2_access_tokens set expires_at = now(),"
                  " refresh_token_expires_at = now() where id = %s", [app["token"]])
    assert api.token_revoke("demo", app["refresh"], app["token"]) == {"status": "none"}
