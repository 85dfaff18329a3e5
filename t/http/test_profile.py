# SPDX-License-Identifier: MIT
"""GET and PUT /users/me, and /auth/check: who may read what, and who may change it."""

import pytest

from lib.answers import problem
from lib.client import Pkce, bearer


def app_tokens(server, user, **changes):
    pkce = Pkce()
    answer = server.redeem(server.code(user, pkce, **changes), pkce)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("path", ["/users/me", "/user/me"])
def test_read(server, path):
    user = server.user(login=True, first_name="Ada")
    by_session = user.http.get(path)
    by_token = server.browser().get(path, headers=bearer(user.tokens["access_token"]))
    assert by_session.status_code == by_token.status_code == 200
    assert by_session.json() == by_token.json() == user.tokens["user"]
    assert by_session.json()["first_name"] == "Ada"
    assert by_session.headers["cache-control"] == "no-store"


def test_nobody(server):
    answer = server.browser().get("/users/me")
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert "error" not in answer.headers["www-authenticate"]
    answer = server.me("x.y.z")
    problem(answer, 401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_wrong_token_does_not_fall_back_to_the_cookie(server):
    user = server.user(login=True)
    problem(user.http.get("/users/me", headers=bearer("x.y.z")), 401, "invalid_token")


def test_an_app_needs_the_scopes(server):
    user = server.user(login=True)
    full = app_tokens(server, user, scope="openid profile email")
    assert server.me(full["access_token"]).status_code == 200
    less = app_tokens(server, user, scope="openid profile")
    problem(server.me(less["access_token"]), 403, "insufficient_scope")


def test_change(server):
    user = server.user(login=True, first_name="Ada", last_name="Byron")
    answer = user.http.put("/users/me", json={"last_name": " Lovelace "})
    assert answer.status_code == 200
    assert (answer.json()["first_name"], answer.json()["last_name"]) == ("Ada", "Lovelace")
    assert user.http.get("/users/me").json() == answer.json()


def test_null_and_empty_clear_and_absent_stays(server):
    user = server.user(login=True, first_name="Ada", last_name="Byron", username="ada-b")
    body = user.http.put("/users/me", json={"first_name": None, "last_name": ""}).json()
    assert (body["first_name"], body["last_name"], body["username"]) == (None, None, "ada-b")
    assert user.http.put("/users/me", json={"username": None}).json()["username"] is None
    assert user.http.put("/users/me", json={}).status_code == 200


def test_a_name_that_looks_like_nothing(server):
    user = server.user(login=True)
    assert user.http.put("/users/me", json={"first_name": "{}"}).json()["first_name"] == "{}"


def test_username_is_taken(server):
    server.user(username="taken")
    user = server.user(login=True)
    problem(user.http.put("/users/me", json={"username": "TAKEN"}), 409, "username_taken")


def test_complaints(server):
    user = server.user(login=True)
    answer = user.http.put("/users/me", json={
        "username": "a", "first_name": "<i>", "last_name": "y" * 51})
    problem(answer, 422, "invalid_fields", "/username", "/first_name", "/last_name")


def test_nothing_else_changes(server):
    user = server.user(login=True)
    answer = user.http.put("/users/me", json={
        "email": "x@y.example", "is_superuser": True, "is_verified": False, "id": "1"})
    assert answer.status_code == 200
    row, = server.database.rows("select * from oauth2.users where email = %s", user.email)
    assert str(row["id"]) == user.user_id
    assert row["is_verified"] and not row.get("is_superuser")


def test_other_sites_and_apps_change_nothing(server):
    user = server.user(login=True)
    answer = user.http.put("/users/me", json={"first_name": "E"},
                           headers={"Origin": "https://evil.example"})
    problem(answer, 403, "cross_site")
    token = app_tokens(server, user)["access_token"]
    answer = server.browser().put("/users/me", json={"first_name": "E"}, headers=bearer(token))
    problem(answer, 403, "insufficient_scope")
    own = server.browser().put("/users/me", json={"first_name": "F"},
                               headers=bearer(user.tokens["access_token"]))
    assert own.json()["first_name"] == "F"


def test_check(server):
    user = server.user(login=True, username="checked")
    answer = user.http.get("/auth/check")
    assert answer.status_code == 204
    assert answer.headers["x-auth-request-user"] == user.user_id
    assert answer.headers["x-auth-request-email"] == user.email
    assert answer.headers["x-auth-request-preferred-username"] == "checked"
    assert "x-auth-request-scope" not in answer.headers
    answer = server.browser().get("/auth/check", headers=bearer(user.tokens["access_token"]))
    assert answer.status_code == 204
    assert answer.headers["x-auth-request-scope"] == user.tokens["scope"]
    assert server.browser().get("/auth/check").status_code == 401
    assert server.browser().get("/auth/check", headers=bearer("x")).status_code == 401
