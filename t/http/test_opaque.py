# SPDX-License-Identifier: MIT
"""Opaque access tokens for clients whose metadata say so: good wherever a JWT is, and worth
nothing to who looks into them."""

import base64
import hashlib
import json
import re

import pytest

from lib.answers import claims_of, oauth_error
from lib.client import Pkce, bearer
from lib.database import CLIENT_SECRET

LOCATIONS = """
    location /guarded/ {
        auth_oauth2 bearer;
        add_header X-Seen "$oauth2_user_id,$oauth2_client_id,$oauth2_scope";
        empty_gif;
    }
"""
AUTH = ("opaque", CLIENT_SECRET)


@pytest.fixture(scope="module", autouse=True)
def client(server):
    server.database.add_client("opaque", CLIENT_SECRET)
    server.database.rows(
        "update oauth2.oauth2_clients set metadata = %s where client_id = 'opaque'",
        json.dumps({"access_token_format": "opaque"}))


@pytest.fixture
def user(server):
    return server.user(login=True)


def tokens(server, user, **changes):
    pkce = Pkce()
    code = server.code(user, pkce, client_id="opaque", **changes)
    answer = server.redeem(code, pkce, AUTH)
    assert answer.status_code == 200, answer.text
    assert re.fullmatch("[A-Za-z0-9_-]{43}", answer.json()["access_token"])
    return answer.json()


def introspect(server, token):
    return server.browser().post("/oauth/introspect", data={"token": token}, auth=AUTH).json()


def revoke(server, token, auth=AUTH):
    assert server.browser().post("/oauth/revoke", data={"token": token},
                                 auth=auth).status_code == 200


def test_good_where_a_jwt_is(server, user):
    given = tokens(server, user)
    access = given["access_token"]
    assert server.userinfo(access).json()["sub"] == user.user_id
    assert server.me(access).json()["id"] == user.user_id
    body = introspect(server, access)
    assert body["active"] and body["token_use"] == "access_token"
    assert body["sub"] == user.user_id and body["client_id"] == "opaque"
    assert set(body["scope"].split()) == set(given["scope"].split())


def test_the_hash_in_the_id_token(server, user):
    """OpenID Connect Core 3.1.3.6: at_hash is that of the access token, whatever it is."""
    given = tokens(server, user)
    half = hashlib.sha256(given["access_token"].encode()).digest()[:16]
    assert claims_of(given["id_token"])["at_hash"] == base64.urlsafe_b64encode(
        half).rstrip(b"=").decode()


def test_guard(server, user):
    access = tokens(server, user, scope="openid read")["access_token"]
    answer = server.browser().get("/guarded/", headers=bearer(access))
    assert answer.status_code == 200
    assert answer.headers["x-seen"] == f"{user.user_id},opaque,openid read"


def test_a_client_s_own(server):
    access = server.token(AUTH, grant_type="client_credentials",
                          scope="read").json()["access_token"]
    assert len(access) == 43
    assert introspect(server, access)["sub"] == "opaque"


def test_refresh(server, user):
    given = tokens(server, user)
    again = server.rotate(given["refresh_token"], AUTH).json()
    assert len(again["access_token"]) == 43 and again["access_token"] != given["access_token"]
    assert server.userinfo(again["access_token"]).status_code == 200
    repeated = server.rotate(given["refresh_token"], AUTH).json()
    assert repeated["access_token"] == again["access_token"]


def test_revoked(server, user):
    """RFC 7009 2.1: of the client it was issued to; another's is not touched."""
    access = tokens(server, user)["access_token"]
    revoke(server, access, ("demo", CLIENT_SECRET))
    assert server.userinfo(access).status_code == 200
    revoke(server, access)
    assert server.userinfo(access).status_code == 401
    assert introspect(server, access) == {"active": False}
    assert server.browser().get("/guarded/", headers=bearer(access)).status_code == 401


def test_expired(server, user):
    access = tokens(server, user)["access_token"]
    server.database.rows("update oauth2.oauth2_access_tokens set expires_at = now()"
                         " where user_id = %s", user.user_id)
    assert server.userinfo(access).status_code == 401
    assert introspect(server, access) == {"active": False}


def test_the_refresh_token_is_none(server, user):
    """Both have 43 characters; neither passes for the other."""
    given = tokens(server, user)
    assert server.userinfo(given["refresh_token"]).status_code == 401
    assert introspect(server, given["refresh_token"])["token_use"] == "refresh_token"
    oauth_error(server.rotate(given["access_token"], AUTH), 400, "invalid_grant")


def test_forged(server, user):
    access = tokens(server, user)["access_token"]
    known = base64.urlsafe_b64decode(access + "=")[:16]
    for forged in (access[:-1] + ("A" if access[-1] != "A" else "E"),
                   ("B" if access[0] != "B" else "C") + access[1:], access[:42], access + "A",
                   base64.urlsafe_b64encode(known + bytes(16)).decode().rstrip("=")):
        assert server.userinfo(forged).status_code == 401
        assert introspect(server, forged) == {"active": False}
    assert server.userinfo(access).status_code == 200


def test_nothing_of_it_is_kept(server, user):
    access = tokens(server, user)["access_token"]
    rows = server.database.rows("select t::text from oauth2.oauth2_access_tokens as t"
                                " where user_id = %s", user.user_id)
    assert rows and access not in str(rows)


def test_other_clients_get_a_jwt(server, user):
    pkce = Pkce()
    given = server.redeem(server.code(user, pkce), pkce).json()
    assert given["access_token"].count(".") == 2
