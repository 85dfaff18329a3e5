# SPDX-License-Identifier: MIT
"""An application that is told of logouts (OpenID Connect Back-Channel Logout 1.0), and what it
makes of it."""

import json
import time

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from lib.client import Pkce
from lib.process import wait_for
from lib.receiver import Receiver

SETTINGS = "oauth2_egress_allow 127.0.0.1;"
SECRET = "their secret"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LONG = 40


def join(server, name, **more):
    """An application that is told; its receiver, which is running."""
    receiver = Receiver().start()
    server.database.rows("delete from oauth2.oauth2_clients where client_id = %s", name)
    server.database.add_client(name, SECRET)
    server.database.rows(
        "update oauth2.oauth2_clients set metadata = %s where client_id = %s",
        json.dumps({"backchannel_logout_uri": f"{receiver.base}/logout?at=home", **more}), name)
    return receiver


def enter(server, user, app="one", scope="openid"):
    """Signs in to an application: its tokens."""
    pkce = Pkce()
    code = server.code(user, pkce, client_id=app, scope=scope)
    return server.redeem(code, pkce, (app, SECRET)).json()


def decode(server, token):
    keys = KeySet.import_key_set(server.get("/oauth/jwks").json())
    return jwt.decode(token, keys, ["ES256", "RS256"])


def check(server, seen, id_token, app="one", seconds=120):
    """Back-Channel Logout 1.0 2.6, as an application does it; answers the claims."""
    assert (seen.method, seen.path, seen.query) == ("POST", "/logout", {"at": "home"})
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert list(seen.form) == ["logout_token"]
    token = decode(server, seen.form["logout_token"])
    before = decode(server, id_token)
    assert token.header["alg"] == before.header["alg"]
    assert token.header["typ"] == "logout+jwt"
    claims, known = token.claims, before.claims
    assert claims["iss"] == known["iss"] == server.base
    assert claims["aud"] == known["aud"] == app
    assert claims["sub"] == known["sub"] and claims["sid"] == known["sid"]
    assert claims["events"] == {EVENT: {}}
    assert "nonce" not in claims and claims["jti"]
    assert claims["exp"] - claims["iat"] == seconds
    assert abs(claims["iat"] - time.time()) < LONG
    return claims


def notices(server):
    return server.database.rows("select * from oauth2.logout_notices order by created_at")


def done(server, number=1):
    wait_for(lambda: sum(n["sent_at"] is not None for n in notices(server)) == number, LONG,
             f"{number} notices that were sent")


def hurry(server):
    """What waits for its next attempt waits no longer."""
    server.database.rows("update oauth2.logout_notices set next_attempt_at = now()")


@pytest.fixture
def apps(server):
    """Two applications with an address each."""
    made = {name: join(server, name) for name in ("one", "two")}
    yield made
    for receiver in made.values():
        receiver.stop()
    server.database.rows("delete from oauth2.logout_notices")


@pytest.fixture
def one(apps):
    return apps["one"]
