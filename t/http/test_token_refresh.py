# SPDX-License-Identifier: MIT
"""POST /oauth/token, refresh_token (RFC 6749 6, RFC 9700 4.14.2)."""

import concurrent.futures

import pytest

from lib.answers import oauth_error
from lib.client import Pkce
from lib.database import PUBLIC_ID


def tokens(server, user=None, **changes):
    """Of the confidential client, or of the public one that is named."""
    user, pkce = user or server.user(login=True), Pkce()
    code = server.code(user, pkce, **changes)
    options = {"auth": None, "client_id": PUBLIC_ID} if "client_id" in changes else {}
    return server.redeem(code, pkce, **options).json()


def test_rotation(server):
    first = tokens(server)
    answer = server.rotate(first["refresh_token"])
    assert answer.status_code == 200
    second = answer.json()
    assert set(second) == set(first)
    assert second["scope"] == first["scope"]
    assert second["refresh_token"] != first["refresh_token"]
    assert server.userinfo(second["access_token"]).status_code == 200


def test_reuse_ends_the_family(server):
    """RFC 9700 4.14.2."""
    first = tokens(server)
    second = server.rotate(first["refresh_token"]).json()
    server.database.end_grace(first["refresh_token"])
    oauth_error(server.rotate(first["refresh_token"]), 400, "invalid_grant")
    oauth_error(server.rotate(second["refresh_token"]), 400, "invalid_grant")
    for token in (first, second):
        assert server.userinfo(token["access_token"]).status_code == 401
    assert "refresh token reused, family revoked" in server.nginx.error_log.read_text()


def test_reuse_leaves_the_session(server):
    user = server.user(login=True)
    first = tokens(server, user)
    server.rotate(first["refresh_token"])
    server.database.end_grace(first["refresh_token"])
    oauth_error(server.rotate(first["refresh_token"]), 400, "invalid_grant")
    assert user.http.get("/users/me").status_code == 200


def test_parallel(server):
    first = tokens(server)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: server.rotate(first["refresh_token"]), range(20)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["refresh_token"] for a in answers}) == 1, "one successor"


def test_retry_of_a_lost_answer(server):
    """The same successor, with which it goes on."""
    first = tokens(server)
    lost, second = (server.rotate(first["refresh_token"]).json() for _ in range(2))
    assert second["refresh_token"] == lost["refresh_token"] != first["refresh_token"]
    assert server.userinfo(second["access_token"]).status_code == 200
    third = server.rotate(second["refresh_token"])
    assert third.status_code == 200

    # who has the successor has had the answer: this is another one
    oauth_error(server.rotate(first["refresh_token"]), 400, "invalid_grant")
    oauth_error(server.rotate(third.json()["refresh_token"]), 400, "invalid_grant")


def test_narrower_scope_is_for_once(server):
    first = tokens(server, scope="openid email read")
    second = server.rotate(first["refresh_token"], scope="read").json()
    assert second["scope"] == "read"
    assert "id_token" not in second
    assert server.userinfo(second["access_token"]).status_code == 403
    third = server.rotate(second["refresh_token"]).json()
    assert third["scope"] == "openid email read"


@pytest.mark.parametrize("scope", ["openid write", "admin", 'read "'])
def test_wider_scope(server, scope):
    first = tokens(server, scope="openid read")
    oauth_error(server.rotate(first["refresh_token"], scope=scope), 400, "invalid_scope")
    assert server.rotate(first["refresh_token"]).status_code == 200, "nothing was used up"


def test_another_client(server):
    server.database.add_client("other", "their secret")
    first = tokens(server)
    oauth_error(server.rotate(first["refresh_token"], ("other", "their secret")), 400,
                "invalid_grant")
    oauth_error(server.rotate(first["refresh_token"], None, client_id=PUBLIC_ID), 400,
                "invalid_grant")
    assert server.rotate(first["refresh_token"]).status_code == 200


def test_public_client(server):
    first = tokens(server, client_id=PUBLIC_ID)
    answer = server.rotate(first["refresh_token"], None, client_id=PUBLIC_ID)
    assert answer.status_code == 200


def test_expired(server):
    first = tokens(server)
    server.database.rows(
        "update oauth2.oauth2_access_tokens set refresh_token_expires_at = now()"
        " where refresh_token is not null")
    oauth_error(server.rotate(first["refresh_token"]), 400, "invalid_grant")


def test_disabled_user(server):
    user = server.user(login=True)
    first = tokens(server, user)
    server.database.rows("update oauth2.users set is_active = false where id = %s",
                         user.user_id)
    oauth_error(server.rotate(first["refresh_token"]), 400, "invalid_grant")


def test_token_of_a_login_is_not_for_here(server):
    user = server.user(login=True)
    oauth_error(server.rotate(user.tokens["refresh_token"]), 400, "invalid_grant")
    answer = server.rotate(user.tokens["refresh_token"], None, client_id="account")
    oauth_error(answer, 400, "unauthorized_client")


def test_parameters(server):
    oauth_error(server.token(grant_type="refresh_token"), 400, "invalid_request")
    oauth_error(server.rotate("x"), 400, "invalid_grant")
    oauth_error(server.rotate("x" * 513), 400, "invalid_request")
