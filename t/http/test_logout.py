# SPDX-License-Identifier: MIT
"""POST /auth/logout: the session and all its tokens end, whatever it was told by."""

import pytest

from lib.answers import problem
from lib.client import Pkce, bearer


def gone(server, user):
    """Nothing of the session works any more."""
    problem(server.me(user.tokens["access_token"]), 401, "invalid_token")
    answer = server.browser().post(
        "/auth/refresh", json={"refresh_token": user.tokens["refresh_token"]})
    problem(answer, 401, "invalid_refresh_token")
    problem(user.http.get("/users/me"), 401, "unauthenticated")


@pytest.mark.parametrize("path", ["/auth/logout", "/user/logout"])
def test_by_session(server, path):
    user = server.user(login=True)
    kept = dict(user.http.cookies)
    answer = user.http.post(path)
    assert answer.status_code == 204
    assert not answer.content
    assert not user.http.cookies, "the cookie is taken away"
    user.http.cookies.update(kept)
    gone(server, user)


def test_by_access_token(server):
    user = server.user(login=True)
    answer = server.browser().post("/auth/logout", headers=bearer(user.tokens["access_token"]))
    assert answer.status_code == 204
    gone(server, user)


def test_by_refresh_token(server):
    user = server.user(login=True)
    answer = server.browser().post(
        "/auth/logout", json={"refresh_token": user.tokens["refresh_token"]})
    assert answer.status_code == 204
    gone(server, user)


def test_codes_and_tokens_of_apps_end_too(server):
    user, pkce = server.user(login=True), Pkce()
    tokens = server.redeem(server.code(user, pkce, scope="openid"), pkce).json()
    code = server.code(user, pkce)
    assert user.http.post("/auth/logout").status_code == 204
    assert server.userinfo(tokens["access_token"]).status_code == 401
    assert server.rotate(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert server.redeem(code, pkce).json()["error"] == "invalid_grant"


def test_offline_access_goes_on(server):
    """Back-Channel Logout 1.0 2.7: what an app may do without the user there."""
    user, pkce = server.user(login=True), Pkce()
    tokens = server.redeem(server.code(user, pkce, scope="openid offline_access"), pkce).json()
    assert user.http.post("/auth/logout").status_code == 204
    again = server.rotate(tokens["refresh_token"])
    assert again.status_code == 200, again.text
    assert server.userinfo(again.json()["access_token"]).status_code == 200


def test_other_sessions_stay(server):
    one = server.user(login=True)
    first, tokens = one.http, one.tokens
    two = server.login(one)
    assert two.http.post("/auth/logout").status_code == 204
    assert first.get("/users/me").status_code == 200
    assert server.me(tokens["access_token"]).status_code == 200


def test_nobody(server):
    assert server.browser().post("/auth/logout").status_code == 204
    assert server.browser().post("/auth/logout", json={}).status_code == 204
    assert server.browser().post("/auth/logout", headers=bearer("x.y.z")).status_code == 204
    assert server.browser().post(
        "/auth/logout", json={"refresh_token": "A" * 43}).status_code == 204


def test_another_site_logs_nobody_out(server):
    user = server.user(login=True)
    answer = user.http.post("/auth/logout", headers={"Sec-Fetch-Site": "cross-site"})
    problem(answer, 403, "cross_site")
    assert user.http.get("/users/me").status_code == 200
