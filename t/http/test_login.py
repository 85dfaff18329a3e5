# SPDX-License-Identifier: MIT
"""POST /auth/login: tokens and a session for the right password, one answer for all else."""

import hashlib
import http.cookies

import pytest

from lib.answers import problem
from lib.client import PASSWORD, fresh_email


def login(server, email, password=PASSWORD, **headers):
    return server.browser().post("/auth/login", json={"email": email, "password": password},
                                 headers=headers)


def cookie_of(answer):
    """The one cookie that an answer sets."""
    header, = answer.headers.get_list("set-cookie")
    morsel, = http.cookies.SimpleCookie(header).values()
    return morsel


def test_answer(server):
    user = server.user(first_name="Ada", username="ada")
    answer = login(server, user.email)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "refresh_token", "token_type", "expires_in", "scope",
                         "user"}
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 1800
    assert body["user"]["email"] == user.email
    assert not any("password" in name for name in body["user"])
    assert answer.headers["cache-control"] == "no-store"


def test_cookie(server):
    user = server.user()
    morsel = cookie_of(login(server, user.email))
    assert morsel["httponly"] and morsel["path"] == "/" and morsel["samesite"] == "Lax"
    assert not morsel["domain"]
    assert len(morsel.value) == 43
    digest = hashlib.sha256(morsel.value.encode()).hexdigest()
    assert server.database.value(
        "select count(*) from oauth2.sessions where session_digest = %s", digest) == 1


def test_secrets_are_kept_as_digests(server):
    user = server.user(login=True)
    kept = str(server.database.rows("select * from oauth2.oauth2_access_tokens")
               + server.database.rows("select * from oauth2.sessions"))
    assert user.tokens["refresh_token"] not in kept
    assert user.tokens["access_token"] not in kept
    assert all(value not in kept for value in user.http.cookies.values())


@pytest.mark.parametrize("path", ["/auth/login", "/user/login"])
def test_by_username_and_any_case(server, path):
    name = "u" + hashlib.sha256(path.encode()).hexdigest()[:8]
    user = server.user(username=name)
    for who in (user.email, f" {user.email.upper()}", name):
        answer = server.post(path, {"email": who, "password": PASSWORD})
        assert answer.status_code == 200, who
        assert answer.json()["user"]["email"] == user.email


def test_wrong(server):
    user = server.user()
    unknown = problem(login(server, fresh_email()), 401, "invalid_credentials")
    wrong = problem(login(server, user.email, "not the password"), 401, "invalid_credentials")
    long = problem(login(server, user.email, "x" * 1024), 401, "invalid_credentials")
    for body in (unknown, wrong, long):
        body.pop("request_id")
    assert unknown == wrong == long


def test_the_tail_of_a_password_counts(server):
    """bcrypt would not look behind 72 bytes."""
    user = server.user("x" * 72)
    assert login(server, user.email, "x" * 72).status_code == 200
    problem(login(server, user.email, "x" * 73), 401, "invalid_credentials")


def test_not_verified_is_told_to_the_right_password_only(server):
    email = fresh_email()
    server.register(email)
    answer = login(server, email)
    problem(answer, 403, "email_not_verified")
    assert "set-cookie" not in answer.headers
    problem(login(server, email, "not the password"), 401, "invalid_credentials")


def test_disabled_is_told_to_the_right_password_only(server):
    user = server.user()
    server.database.rows("update oauth2.users set is_active = false where email = %s",
                         user.email)
    problem(login(server, user.email), 403, "account_disabled")
    problem(login(server, user.email, "not the password"), 401, "invalid_credentials")


def test_session_is_new_each_time(server):
    """A cookie that was planted before does not become the session."""
    user = server.user()
    planted = "A" * 43
    name = cookie_of(login(server, user.email)).key
    browser = server.browser(cookies={name: planted})
    answer = browser.post("/auth/login", json={"email": user.email, "password": PASSWORD})
    assert cookie_of(answer).value != planted
    problem(server.browser(cookies={name: planted}).get("/users/me"), 401, "unauthenticated")


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://localhost.evil.example"}])
def test_other_sites(server, headers):
    user = server.user()
    problem(login(server, user.email, **headers), 403, "cross_site")


def test_own_site(server):
    user = server.user()
    assert login(server, user.email, Origin=server.base).status_code == 200
    answer = login(server, user.email, Origin="null", **{"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200


def test_fields(server):
    problem(server.post("/auth/login", {}), 422, "invalid_fields", "/email", "/password")
    problem(server.post("/auth/login", {"email": "x" * 255, "password": "y"}), 422,
            "invalid_fields", "/email")
    problem(server.post("/auth/login", {"email": ["x"], "password": {}}), 422,
            "invalid_fields", "/email", "/password")


def test_user_agent_is_no_trap(server):
    """Whatever it is: bytes that are no text, or a very long one."""
    user = server.user()
    for agent in (b"\xff\xfe", b"x" * 3000, "ä".encode() * 400):
        answer = server.browser().post("/auth/login", headers={"User-Agent": agent},
                                       json={"email": user.email, "password": PASSWORD})
        assert answer.status_code == 200
