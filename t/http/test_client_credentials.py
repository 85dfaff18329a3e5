# SPDX-License-Identifier: MIT
"""POST /oauth/token, client_credentials (RFC 6749 4.4): a client for itself."""

import base64
import json

import pytest

from lib.answers import oauth_error, problem
from lib.client import bearer
from lib.database import CLIENT_ID, CLIENT_SECRET, PUBLIC_ID


def grant(server, **form):
    return server.token(grant_type="client_credentials", **form)


def test_answer(server):
    answer = grant(server)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
    assert body["scope"] == "read write"
    part = body["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert claims["sub"] == claims["client_id"] == CLIENT_ID
    assert "auth_time" not in claims and "sid" not in claims


@pytest.mark.parametrize("scope", ["read write", "read+write", "read%20write"])
def test_spaces_of_a_form(server, scope):
    """RFC 6749 appendix B; and a space that was left as it is, by hand or by simple clients."""
    answer = server.browser().post(
        "/oauth/token", content=f"grant_type=client_credentials&scope={scope}",
        headers={"content-type": "application/x-www-form-urlencoded"},
        auth=(CLIENT_ID, CLIENT_SECRET))
    assert answer.status_code == 200, answer.text
    assert answer.json()["scope"] == "read write"


def test_narrower_scope(server):
    assert grant(server, scope="read").json()["scope"] == "read"


@pytest.mark.parametrize("scope", [
    "openid", "read profile", "email", "offline_access", "admin", 'read "'])
def test_scopes_that_are_about_a_user_or_too_wide(server, scope):
    oauth_error(grant(server, scope=scope), 400, "invalid_scope")


def test_it_is_nobody(server):
    token = grant(server).json()["access_token"]
    problem(server.me(token), 403, "insufficient_scope")
    assert server.userinfo(token).status_code == 403
    assert server.browser().get("/auth/check", headers=bearer(token)).status_code == 403


def test_public_client(server):
    server.database.add_client("public-machine", None, grants=["client_credentials"])
    answer = server.token(None, grant_type="client_credentials", client_id="public-machine")
    oauth_error(answer, 400, "unauthorized_client")
    answer = server.token(None, grant_type="client_credentials", client_id=PUBLIC_ID)
    oauth_error(answer, 400, "unauthorized_client")


def test_client_without_scopes(server):
    server.database.add_client("plain", "its secret", scope="openid address phone",
                               grants=["client_credentials"])
    answer = server.token(("plain", "its secret"), grant_type="client_credentials")
    assert answer.status_code == 200
    assert "scope" not in answer.json()


def test_inactive_client(server):
    server.database.add_client("gone", "its secret")
    token = server.token(("gone", "its secret"), grant_type="client_credentials").json()
    server.database.rows(
        "update oauth2.oauth2_clients set is_active = false where client_id = 'gone'")
    answer = server.token(("gone", "its secret"), grant_type="client_credentials")
    oauth_error(answer, 401, "invalid_client")
    answer = server.userinfo(token["access_token"])
    assert answer.status_code == 401
