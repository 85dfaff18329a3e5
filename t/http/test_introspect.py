# SPDX-License-Identifier: MIT
"""POST /oauth/introspect (RFC 7662)."""

import time

import pytest

from lib.answers import oauth_error
from lib.client import Pkce
from lib.database import CLIENT_ID, CLIENT_SECRET, PUBLIC_ID

SERVER = ("an-api", "the secret of the API")


def tokens(server, user=None, **changes):
    user, pkce = user or server.user(login=True), Pkce()
    return server.redeem(server.code(user, pkce, **changes), pkce).json()


def introspect(server, token, auth=(CLIENT_ID, CLIENT_SECRET), **form):
    return server.browser().post("/oauth/introspect", data={"token": token, **form}, auth=auth)


def inactive(answer):
    """RFC 7662 2.2: nothing else is said."""
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"active": False}


@pytest.fixture(scope="module")
def resource_server(server):
    server.database.add_client(*SERVER, grants=[])
    server.database.rows("update oauth2.oauth2_clients set metadata = '{\"introspect_any\": true}'"
                         " where client_id = %s", SERVER[0])
    return SERVER


@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "anything"])
def test_access_token(server, hint):
    """RFC 7662 2.2."""
    user = server.user(login=True)
    given = tokens(server, user)
    form = {"token_type_hint": hint} if hint else {}
    answer = introspect(server, given["access_token"], **form)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert abs(body.pop("iat") - time.time()) < 60
    assert abs(body.pop("exp") - time.time() - given["expires_in"]) < 60
    assert abs(body.pop("auth_time") - time.time()) < 60
    assert body.pop("jti") and body.pop("acr")
    assert body == {
        "active": True, "iss": server.base, "aud": server.base, "client_id": CLIENT_ID,
        "scope": given["scope"], "token_use": "access_token", "token_type": "Bearer",
        "sub": user.user_id, "username": user.email}


def test_refresh_token(server):
    given = tokens(server)
    body = introspect(server, given["refresh_token"]).json()
    assert body["active"] and body["token_use"] == "refresh_token"
    assert "token_type" not in body and "jti" not in body
    server.rotate(given["refresh_token"])
    inactive(introspect(server, given["refresh_token"]))


def test_a_clients_own(server):
    token = server.token(grant_type="client_credentials", scope="read").json()["access_token"]
    body = introspect(server, token).json()
    assert body["active"] and body["sub"] == CLIENT_ID and body["scope"] == "read"
    assert "username" not in body and "auth_time" not in body


def test_what_has_ended(server):
    """RFC 7662 4: as soon as it is revoked, or who it is for has gone."""
    user = server.user(login=True)
    given = tokens(server, user, scope="openid profile")
    server.browser().post("/oauth/revoke", data={"token": given["access_token"]},
                          auth=(CLIENT_ID, CLIENT_SECRET))
    inactive(introspect(server, given["access_token"]))
    again = server.rotate(given["refresh_token"]).json()
    assert introspect(server, again["access_token"]).json()["active"]
    assert user.http.post("/auth/logout").status_code == 204
    inactive(introspect(server, again["access_token"]))
    inactive(introspect(server, again["refresh_token"]))


def test_another_clients(server, resource_server):
    """RFC 7662 2.2: what is not for who asks is not there."""
    server.database.add_client("nosy", "their secret")
    given = tokens(server)
    for name in ("access_token", "refresh_token"):
        inactive(introspect(server, given[name], ("nosy", "their secret")))
        assert introspect(server, given[name], resource_server).json()["active"]


@pytest.mark.parametrize("token", ["x", "A" * 43, "x.y.z", "."])
def test_no_token_of_ours(server, token):
    inactive(introspect(server, token))


def test_an_id_token_is_none(server):
    inactive(introspect(server, tokens(server)["id_token"]))


def test_who_must_authenticate(server):
    """RFC 7662 2.1."""
    token = tokens(server)["access_token"]
    oauth_error(introspect(server, token, None), 401, "invalid_client")
    oauth_error(introspect(server, token, (CLIENT_ID, "wrong")), 401, "invalid_client")
    oauth_error(introspect(server, token, None, client_id=PUBLIC_ID), 401, "invalid_client")
    answer = server.browser().get("/oauth/introspect", params={"token": token},
                                  auth=(CLIENT_ID, CLIENT_SECRET))
    assert answer.status_code == 405


def test_no_token(server):
    answer = server.browser().post("/oauth/introspect", data={"token_type_hint": "x"},
                                   auth=(CLIENT_ID, CLIENT_SECRET))
    oauth_error(answer, 400, "invalid_request")
