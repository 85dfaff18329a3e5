# SPDX-License-Identifier: MIT
"""ID tokens with an HMAC by the client's secret (OpenID Connect Core 2, 10.1)."""

import base64
import json

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from lib.answers import oauth_error, page_error, redirect, redirect_error
from lib.assertion import Key
from lib.client import Pkce

SETTINGS = "oauth2_registration open;"
CALLBACK, AFTER = "https://app.example.com/callback", "https://app.example.com/after"


def register(server, **metadata):
    return server.browser().post("/oauth/register", json={
        "redirect_uris": [CALLBACK], "id_token_signed_response_alg": "HS256",
        "grant_types": ["authorization_code", "refresh_token"],
        "post_logout_redirect_uris": [AFTER],
        "scope": "openid email offline_access", **metadata})


@pytest.fixture(scope="module", params=["client_secret_basic", "client_secret_post"])
def client(request, server):
    answer = register(server, token_endpoint_auth_method=request.param)
    assert answer.status_code == 201, answer.text
    return answer.json()


def tokens(server, client, user):
    pkce = Pkce()
    code = server.code(user, pkce, client_id=client["client_id"], redirect_uri=CALLBACK,
                       scope="openid email offline_access", nonce="a nonce")
    answer = server.redeem(code, pkce, (client["client_id"], client["client_secret"]),
                           redirect_uri=CALLBACK)
    assert answer.status_code == 200, answer.text
    return answer.json()


def opened(token, secret):
    return jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"])


def head(token):
    part = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_signed_by_the_secret(server, client):
    """OpenID Connect Core 10.1: the key is the octets of client_secret; of an access token it
    never is."""
    user = server.user(login=True)
    made = tokens(server, client, user)
    token = opened(made["id_token"], client["client_secret"])
    assert (token.header["alg"], token.header["typ"]) == ("HS256", "JWT")
    assert "kid" not in token.header
    assert token.claims["iss"] == server.base and token.claims["aud"] == client["client_id"]
    assert token.claims["sub"] == user.user_id and token.claims["nonce"] == "a nonce"
    assert head(made["access_token"])["alg"] != "HS256"
    answer = server.rotate(made["refresh_token"], (client["client_id"], client["client_secret"]))
    assert opened(answer.json()["id_token"], client["client_secret"]).claims["sub"] == user.user_id


def test_as_a_hint(server, client):
    """OpenID Connect Core 3.1.2.1: id_token_hint, which its client can read back."""
    user, other = server.user(login=True), server.user(login=True)
    hint = tokens(server, client, user)["id_token"]
    asked = {"client_id": client["client_id"], "redirect_uri": CALLBACK, "prompt": "none",
             "scope": "openid email"}
    answer = server.authorize(user.http, Pkce(), id_token_hint=hint, **asked)
    assert "code" in redirect(answer, CALLBACK)
    answer = server.authorize(other.http, Pkce(), id_token_hint=hint, **asked)
    redirect_error(answer, CALLBACK, "login_required", server.base)


def test_forged_hints(server, client):
    """RFC 8725 3.1: by another secret, of another issuer, for another client, of another kind."""
    user = server.user(login=True)
    good = dict(opened(tokens(server, client, user)["id_token"], client["client_secret"]).claims)
    key = Key("HS256", secret=client["client_secret"].encode())
    for hint in (Key("HS256", secret=b"x" * 43).sign(good, typ="JWT"),
                 key.sign({**good, "iss": client["client_id"]}, typ="JWT"),
                 key.sign({**good, "aud": "demo"}, typ="JWT"), key.sign(good, typ="at+jwt"),
                 key.sign(good), key.sign(good, typ="JWT", kid="x"),
                 key.sign(good, typ="JWT", jku="https://a.example/"),
                 key.sign({**good, "aud": [client["client_id"]]}, typ="JWT")):
        answer = server.authorize(user.http, Pkce(), client_id=client["client_id"],
                                  redirect_uri=CALLBACK, scope="openid email", id_token_hint=hint)
        redirect_error(answer, CALLBACK, "invalid_request", server.base)
        page_error(user.http.get("/oauth/logout", params={"id_token_hint": hint}))
    assert user.http.get("/users/me").status_code == 200


def test_to_sign_out(server, client):
    """RP-Initiated Logout 2: the session of the hint ends at once."""
    user = server.user(login=True)
    hint = tokens(server, client, user)["id_token"]
    page_error(user.http.get("/oauth/logout", params={
        "id_token_hint": hint, "client_id": "demo", "post_logout_redirect_uri": AFTER}))
    answer = user.http.get("/oauth/logout", params={
        "id_token_hint": hint, "post_logout_redirect_uri": AFTER, "state": "x"})
    assert redirect(answer, AFTER) == {"state": "x"}
    assert user.http.get("/users/me").status_code == 401


@pytest.mark.parametrize("method", ["none", "private_key_jwt"])
def test_only_with_a_secret(server, method):
    """OpenID Connect Registration 2: who has no secret has no key for it."""
    answer = register(server, token_endpoint_auth_method=method,
                      jwks={"keys": [Key("ES256").public()]})
    oauth_error(answer, 400, "invalid_client_metadata")


def test_no_logout_tokens(server):
    """Back-Channel Logout 2.4: they are signed as ID tokens are, which is not done by secrets."""
    answer = register(server, backchannel_logout_uri="https://app.example.com/logout")
    body = oauth_error(answer, 400, "invalid_client_metadata")
    assert body["error_description"].startswith("backchannel_logout_uri: ")


def test_discovery(server):
    body = server.get("/.well-known/openid-configuration").json()
    assert "HS256" in body["id_token_signing_alg_values_supported"]
