# SPDX-License-Identifier: MIT
"""`sid`: what an application knows a session by (Back-Channel Logout 1.0 2.1, 2.4)."""

import base64
import json
import re

import pytest

from lib.answers import page_error
from lib.client import Pkce, bearer
from lib.database import CLIENT_ID

OTHER = ("other", "their secret")


@pytest.fixture(scope="module", autouse=True)
def other(server):
    server.database.add_client(*OTHER)


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def tokens_of(server, user, auth=None, **changes):
    pkce = Pkce()
    given = {"auth": auth} if auth else {}
    client = {"client_id": auth[0]} if auth else {}
    return server.redeem(server.code(user, pkce, **client, **changes), pkce, **given).json()


def sid(tokens):
    return claims(tokens["id_token"])["sid"]


def test_one_for_a_session(server):
    """Kept over another authorization and over refresh; that of the access token, too."""
    user = server.user(login=True)
    first = tokens_of(server, user)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", sid(first))
    assert sid(tokens_of(server, user)) == sid(first)
    again = server.rotate(first["refresh_token"]).json()
    assert sid(again) == sid(first)
    assert claims(again["access_token"])["sid"] == sid(first)


def test_another_for_another(server):
    """Front-Channel Logout 1.0 3: sessions at one OP are told apart; and two applications
    cannot tell that they serve the same one."""
    user = server.user(login=True)
    one, theirs = sid(tokens_of(server, user)), sid(tokens_of(server, user, OTHER))
    server.login(user)
    assert len({one, theirs, sid(tokens_of(server, user)),
                claims(user.tokens["access_token"])["sid"]}) == 4


def test_it_grants_nothing(server):
    """As a cookie, a bearer token, a refresh token, a code or a hint it is nothing."""
    user = server.user(login=True)
    session = server.database.value(
        "select id::text as id from oauth2.sessions where user_id = %s", user.user_id)
    for text in (sid(tokens_of(server, user)), session):
        browser = server.browser()
        browser.cookies.set("oauth2_session", text, domain="localhost")
        assert browser.get("/users/me").status_code == 401
        assert server.browser().get("/users/me", headers=bearer(text)).status_code == 401
        assert server.rotate(text).status_code == 400
        assert server.redeem(text, Pkce()).status_code == 400
        page_error(user.http.get("/oauth/logout", params={"id_token_hint": text,
                                                          "client_id": CLIENT_ID}))
    assert user.http.get("/users/me").status_code == 200


def test_offline_access_belongs_to_no_session(server):
    user = server.user(login=True)
    tokens = tokens_of(server, user)
    assert user.http.post("/auth/logout").status_code == 204
    again = server.rotate(tokens["refresh_token"]).json()
    assert "sid" not in claims(again["id_token"])
    assert "sid" not in claims(again["access_token"])
