# SPDX-License-Identifier: MIT
"""POST /auth/refresh: rotation, and reuse ends the family (RFC 9700 4.14.2)."""

import concurrent.futures

import pytest

from lib.answers import problem
from lib.client import PASSWORD, Pkce


def refresh(server, token):
    return server.browser().post("/auth/refresh", json={"refresh_token": token})


def test_rotation(server):
    user = server.user(login=True)
    answer = refresh(server, user.tokens["refresh_token"])
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == set(user.tokens)
    assert body["refresh_token"] != user.tokens["refresh_token"]
    assert body["access_token"] != user.tokens["access_token"]
    assert body["user"] == user.tokens["user"]
    assert "set-cookie" not in answer.headers
    assert server.me(body["access_token"]).status_code == 200


def test_reuse_ends_the_family(server):
    user = server.user(login=True)
    first = user.tokens["refresh_token"]
    second = refresh(server, first).json()
    server.database.end_grace(first)
    problem(refresh(server, first), 401, "invalid_refresh_token")
    problem(refresh(server, second["refresh_token"]), 401, "invalid_refresh_token")
    problem(server.me(second["access_token"]), 401, "invalid_token")
    problem(server.me(user.tokens["access_token"]), 401, "invalid_token")
    assert "refresh token reused, family revoked" in server.nginx.error_log.read_text()


def test_parallel(server):
    """Many at once have one successor."""
    user = server.user(login=True)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: refresh(server, user.tokens["refresh_token"]),
                                range(20)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["refresh_token"] for a in answers}) == 1


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 512])
def test_guesses(server, token):
    problem(refresh(server, token), 401, "invalid_refresh_token")


def test_by_session(server):
    user = server.user(login=True)
    for options in ({}, {"json": {}}, {"json": {"refresh_token": None}}):
        answer = user.http.post("/auth/refresh", **options)
        assert answer.status_code == 200, answer.text
        assert answer.json()["user"]["email"] == user.email
        assert server.me(answer.json()["access_token"]).status_code == 200


def test_by_session_from_another_site(server):
    user = server.user(login=True)
    answer = user.http.post("/auth/refresh", headers={"Origin": "https://evil.example"})
    problem(answer, 403, "cross_site")


def test_nothing_to_refresh(server):
    problem(server.browser().post("/auth/refresh"), 401, "unauthenticated")
    problem(server.browser().post("/auth/refresh", json={}), 401, "unauthenticated")


def test_disabled_user(server):
    user = server.user(login=True)
    server.database.rows("update oauth2.users set is_active = false where email = %s",
                         user.email)
    problem(refresh(server, user.tokens["refresh_token"]), 401, "invalid_refresh_token")
    problem(user.http.post("/auth/refresh"), 401, "unauthenticated")
    problem(server.me(user.tokens["access_token"]), 401, "invalid_token")


def test_lifetime_does_not_slide(server):
    """The family's end is that of its first token."""
    user = server.user(login=True)
    ends = """
        select distinct refresh_token_expires_at from oauth2.oauth2_access_tokens as t
        join oauth2.users as u on u.id = t.user_id where u.email = %s
    """
    token = user.tokens["refresh_token"]
    for _ in range(3):
        token = refresh(server, token).json()["refresh_token"]
    assert len(server.database.rows(ends, user.email)) == 1


def test_token_of_an_app_is_not_for_here(server):
    user, pkce = server.user(login=True), Pkce()
    tokens = server.redeem(server.code(user, pkce), pkce).json()
    problem(refresh(server, tokens["refresh_token"]), 401, "invalid_refresh_token")
    assert server.rotate(tokens["refresh_token"]).status_code == 200


def test_both_paths(server):
    user = server.user(PASSWORD, login=True)
    answer = server.browser().post("/user/refresh",
                                   json={"refresh_token": user.tokens["refresh_token"]})
    assert answer.status_code == 200
