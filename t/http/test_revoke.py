# SPDX-License-Identifier: MIT
"""POST /oauth/revoke (RFC 7009): a client's own tokens, and 200 for all else."""

import pytest

from lib.answers import oauth_error
from lib.client import Pkce
from lib.database import CLIENT_ID, CLIENT_SECRET, PUBLIC_ID


def tokens(server):
    user, pkce = server.user(login=True), Pkce()
    return server.redeem(server.code(user, pkce), pkce).json()


def revoke(server, auth=(CLIENT_ID, CLIENT_SECRET), **form):
    return server.browser().post("/oauth/revoke", data=form, auth=auth)


@pytest.mark.parametrize("hint", [None, "refresh_token", "access_token", "anything"])
def test_refresh_token_takes_its_family_along(server, hint):
    first = tokens(server)
    second = server.rotate(first["refresh_token"]).json()
    form = {"token": second["refresh_token"], **({"token_type_hint": hint} if hint else {})}
    answer = revoke(server, **form)
    assert answer.status_code == 200
    assert answer.json() == {}
    assert answer.headers["cache-control"] == "no-store"
    oauth_error(server.rotate(second["refresh_token"]), 400, "invalid_grant")
    for token in (first, second):
        assert server.userinfo(token["access_token"]).status_code == 401


@pytest.mark.parametrize("hint", [None, "refresh_token", "access_token"])
def test_access_token_ends_alone(server, hint):
    given = tokens(server)
    form = {"token": given["access_token"], **({"token_type_hint": hint} if hint else {})}
    assert revoke(server, **form).status_code == 200
    assert server.userinfo(given["access_token"]).status_code == 401
    assert server.rotate(given["refresh_token"]).status_code == 200


def test_of_another_client(server):
    server.database.add_client("other", "their secret")
    given = tokens(server)
    for name in ("access_token", "refresh_token"):
        answer = revoke(server, ("other", "their secret"), token=given[name])
        assert answer.status_code == 200
        answer = revoke(server, None, token=given[name], client_id=PUBLIC_ID)
        assert answer.status_code == 200
    assert server.userinfo(given["access_token"]).status_code == 200
    assert server.rotate(given["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["x", "A" * 43, "x.y.z", ".", "a" * 8000])
def test_nothing_there(server, token):
    assert revoke(server, token=token).status_code == 200


def test_errors(server):
    oauth_error(revoke(server, token_type_hint="x"), 400, "invalid_request")
    oauth_error(revoke(server, token="a" * 8193), 400, "invalid_request")
    oauth_error(revoke(server, (CLIENT_ID, "wrong"), token="x"), 401, "invalid_client")
    oauth_error(revoke(server, None, token="x"), 401, "invalid_client")
