# SPDX-License-Identifier: MIT
"""Userinfo and introspection as JWT: OpenID Connect Core 5.3.2, RFC 9701."""

import json
import time

import pytest

from joserfc import jwt
from joserfc.jwk import KeySet

from lib.answers import claims_of
from lib.client import Pkce, bearer
from lib.database import CLIENT_ID, CLIENT_SECRET
from lib.token import part

SIGNED = "application/token-introspection+jwt"
REGISTERED = {
    "signed": {"userinfo_signed_response_alg": "ES256", "subject_type": "pairwise",
               "introspection_signed_response_alg": "ES256"},
    "plain": {}}


@pytest.fixture(scope="module", autouse=True)
def clients(server):
    for client_id, metadata in REGISTERED.items():
        server.database.add_client(client_id, CLIENT_SECRET)
        server.database.rows(
            "update oauth2.oauth2_clients set metadata = %s where client_id = %s",
            json.dumps({**metadata, "introspect_any": True}), client_id)


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True, first_name="Ada")


def tokens(server, user, client_id):
    pkce = Pkce()
    code = server.code(user, pkce, client_id=client_id, scope="openid profile email")
    return server.redeem(code, pkce, (client_id, CLIENT_SECRET)).json()


def verified(server, token, audience):
    """The claims of a token that one of the published keys has signed."""
    keys = KeySet.import_key_set(server.get("/oauth/jwks").json())
    claims = jwt.decode(token, keys, algorithms=["ES256"]).claims
    assert (claims["iss"], claims["aud"]) == (server.base, audience)
    return claims


def introspect(server, token, client_id, accept=None, **form):
    return server.browser().post("/oauth/introspect", data={"token": token, **form},
                                 auth=(client_id, CLIENT_SECRET),
                                 headers={"Accept": accept} if accept else {"Accept": "*/*"})


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_userinfo(server, user, method):
    """OpenID Connect Core 5.3.2: application/jwt, and iss and aud are MUST."""
    given = tokens(server, user, "signed")
    answer = server.browser().request(method, "/oauth/userinfo",
                                      headers=bearer(given["access_token"]))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/jwt"
    assert answer.headers["cache-control"] == "no-store"
    claims = verified(server, answer.text, "signed")
    assert claims["given_name"] == "Ada" and claims["email"] == user.email
    assert claims["sub"] == claims_of(given["id_token"])["sub"] != user.user_id
    assert part(answer.text, 0)["alg"] == "ES256"


def test_userinfo_is_json_unless_registered(server, user):
    answer = server.browser().get(
        "/oauth/userinfo", headers={**bearer(tokens(server, user, "plain")["access_token"]),
                                    "Accept": "application/jwt"})
    assert answer.headers["content-type"] == "application/json"
    assert "iss" not in answer.json()


def test_introspection_asked_for(server, user):
    """RFC 9701 4, 5: typ, iss, aud of who asks, iat, and all else in token_introspection."""
    access = tokens(server, user, "plain")["access_token"]
    answer = introspect(server, access, "plain", SIGNED)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == SIGNED
    assert answer.headers["cache-control"] == "no-store"
    assert part(answer.text, 0)["typ"] == "token-introspection+jwt"
    claims = verified(server, answer.text, "plain")
    assert abs(claims["iat"] - time.time()) < 60
    assert set(claims) == {"iss", "aud", "iat", "token_introspection"}
    assert claims["token_introspection"] == introspect(server, access, "plain").json()
    assert claims["token_introspection"]["active"] is True


@pytest.mark.parametrize("accept, signed", [
    (f"text/html, {SIGNED.upper()};q=0.9, */*;q=0.1", True), (f"text/html , {SIGNED} ;q=1", True),
    ("application/json", False), ("application/*", False), ("application/jwt", False),
    (SIGNED + "x", False), (None, False)])
def test_accept(server, user, accept, signed):
    """RFC 9110 12.5.1."""
    answer = introspect(server, "nothing", "plain", accept)
    assert (answer.headers["content-type"] == SIGNED) is signed


def test_registered_for_signed_answers(server, user):
    """RFC 9701 6: introspection_signed_response_alg; who wants JSON says so."""
    answer = introspect(server, "nothing", "signed")
    assert answer.headers["content-type"] == SIGNED
    assert verified(server, answer.text, "signed")["token_introspection"] == {"active": False}
    answer = introspect(server, "nothing", "signed", "application/json")
    assert answer.json() == {"active": False}


def test_it_is_no_access_token(server, user):
    """RFC 9701 8.1: it MUST NOT be taken for one."""
    access = tokens(server, user, "plain")["access_token"]
    signed = introspect(server, access, "plain", SIGNED).text
    assert server.userinfo(signed).status_code == 401
    assert introspect(server, signed, "plain").json() == {"active": False}


def test_who_does_not_authenticate_learns_nothing(server):
    """RFC 9701 5: only a client that has authenticated."""
    answer = server.browser().post("/oauth/introspect", data={"token": "x"},
                                   auth=(CLIENT_ID, "wrong"), headers={"Accept": SIGNED})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/json"


def test_discovery(server):
    """RFC 9701 7; OpenID Connect Discovery 3: what is signed by keys of ours."""
    body = server.get("/.well-known/openid-configuration").json()
    algs = [alg for alg in body["id_token_signing_alg_values_supported"] if alg != "HS256"]
    assert algs
    assert body["userinfo_signing_alg_values_supported"] == algs
    assert body["introspection_signing_alg_values_supported"] == algs
