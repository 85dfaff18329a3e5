# SPDX-License-Identifier: MIT
"""GET and DELETE /users/me/grants: what a user has consented to, and taking it back."""

from lib.answers import oauth_error, problem
from lib.client import Pkce, bearer
from lib.database import CLIENT_ID


def tokens(server, user):
    pkce = Pkce()
    return server.redeem(server.code(user, pkce), pkce).json()


def test_list(server):
    user = server.user(login=True)
    assert user.http.get("/users/me/grants").json() == {"items": [], "next": None}
    tokens(server, user)
    answer = user.http.get("/users/me/grants")
    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    assert item.pop("granted_at").endswith("Z") and item.pop("client_name")
    assert item.pop("claims") == ""
    assert set(item.pop("scope").split()) == {"openid", "profile", "email", "offline_access"}
    assert item.pop("last_used_at").endswith("Z")
    assert item == {"client_id": CLIENT_ID}
    assert server.browser().get("/users/me/grants", headers=bearer(
        user.tokens["access_token"])).json() == answer.json()


def test_last_used(server):
    """When it got its last token; nothing before its first."""
    user, pkce = server.user(login=True), Pkce()
    code = server.code(user, pkce)
    assert user.http.get("/users/me/grants").json()["items"][0]["last_used_at"] is None
    given = server.redeem(code, pkce).json()
    server.database.rows("update oauth2.oauth2_access_tokens set created_at ="
                         " '2026-01-02 03:04:05+00' where user_id = %s", user.user_id)
    (item,) = user.http.get("/users/me/grants").json()["items"]
    assert item["last_used_at"] == "2026-01-02T03:04:05Z"
    assert server.rotate(given["refresh_token"]).status_code == 200
    (item,) = user.http.get("/users/me/grants").json()["items"]
    assert item["last_used_at"] > "2026-01-02T03:04:05Z"


def test_revoke(server):
    user, other = server.user(login=True), server.user(login=True)
    mine, theirs = tokens(server, user), tokens(server, other)
    pkce = Pkce()
    waiting = server.code(user, pkce)
    answer = user.http.delete("/users/me/grants", params={"client_id": CLIENT_ID})
    assert answer.status_code == 204
    assert server.userinfo(mine["access_token"]).status_code == 401
    oauth_error(server.rotate(mine["refresh_token"]), 400, "invalid_grant")
    oauth_error(server.redeem(waiting, pkce), 400, "invalid_grant")
    assert server.userinfo(theirs["access_token"]).status_code == 200
    assert user.http.get("/users/me/grants").json()["items"] == []
    again = server.authorize(user.http, Pkce())
    assert "/oauth/consent" in again.headers["location"]
    assert user.http.get("/users/me").status_code == 200


def test_refused(server):
    user = server.user(login=True)
    app = tokens(server, user)
    for method in "GET", "DELETE":
        path = f"/users/me/grants?client_id={CLIENT_ID}"
        problem(server.browser().request(method, path), 401, "unauthenticated")
        problem(server.browser().request(method, path, headers=bearer(app["access_token"])),
                403, "insufficient_scope")
    problem(user.http.delete("/users/me/grants?client_id=another"), 404, "not_found")
    problem(user.http.delete("/users/me/grants"), 400, "invalid_request")
    problem(user.http.delete(path, headers={"Origin": "https://evil.example"}), 403,
            "cross_site")
    assert server.userinfo(app["access_token"]).status_code == 200
