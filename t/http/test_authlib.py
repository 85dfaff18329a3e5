# SPDX-License-Identifier: MIT
"""Authlib as the application: discovery, code flow, ID token by the key set, refresh, revoke."""

import secrets

import pytest
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.integrations.base_client import OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from lib.client import query_of
from lib.database import CLIENT_ID, CLIENT_SECRET, PUBLIC_ID, REDIRECT_URI

SETTINGS = "oauth2_signing_algs ES256 RS256;"
SCOPE = "openid profile email offline_access"


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True, first_name="Ada", last_name="Lovelace")


@pytest.fixture(scope="module")
def metadata(server):
    return server.get("/.well-known/openid-configuration").json()


def application(metadata, method):
    secret = {} if method == "none" else {"client_secret": CLIENT_SECRET}
    return OAuth2Client(
        client_id=PUBLIC_ID if method == "none" else CLIENT_ID, scope=SCOPE,
        redirect_uri=REDIRECT_URI, token_endpoint_auth_method=method,
        code_challenge_method="S256", token_endpoint=metadata["token_endpoint"],
        revocation_endpoint_auth_method=method, **secret)


def sign_in(server, user, app, metadata, nonce):
    """The user's browser, from the app and back to it; the tokens."""
    verifier = generate_token(48)
    url, state = app.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    answer = server.consent(user.http, user.http.get(url))
    assert answer.status_code == 303, answer.text
    back = answer.headers["location"]
    assert query_of(back)["iss"] == metadata["issuer"]
    return app.fetch_token(metadata["token_endpoint"], authorization_response=back,
                           code_verifier=verifier, state=state)


def id_claims(server, metadata, tokens, app, nonce):
    """The ID token's claims, validated by the published keys."""
    keys = KeySet.import_key_set(server.http.get(metadata["jwks_uri"]).json())
    token = jwt.decode(tokens["id_token"], keys,
                       algorithms=metadata["id_token_signing_alg_values_supported"])
    claims = CodeIDToken(
        token.claims, token.header,
        options={"iss": {"essential": True, "value": metadata["issuer"]},
                 "aud": {"essential": True, "value": app.client_id},
                 "auth_time": {"essential": True}},
        params={"nonce": nonce, "client_id": app.client_id,
                "access_token": tokens["access_token"]})
    claims.validate()
    return claims


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_whole_flow(server, user, metadata, method):
    app, nonce = application(metadata, method), secrets.token_urlsafe(16)
    tokens = sign_in(server, user, app, metadata, nonce)
    claims = id_claims(server, metadata, tokens, app, nonce)
    assert claims["sub"] == user.user_id
    assert claims["nonce"] == nonce
    assert claims["at_hash"]

    info = app.get(metadata["userinfo_endpoint"]).json()
    assert (info["sub"], info["email"], info["name"]) == (
        user.user_id, user.email, "Ada Lovelace")

    renewed = app.refresh_token(metadata["token_endpoint"])
    assert renewed["refresh_token"] != tokens["refresh_token"]
    again = id_claims(server, metadata, renewed, app, None)
    assert (again["sub"], again["auth_time"]) == (claims["sub"], claims["auth_time"])

    answer = app.revoke_token(metadata["revocation_endpoint"], token=renewed["refresh_token"],
                              token_type_hint="refresh_token")
    assert answer.status_code == 200
    assert server.userinfo(renewed["access_token"]).status_code == 401
    with pytest.raises(OAuthError) as caught:
        app.refresh_token(metadata["token_endpoint"], refresh_token=renewed["refresh_token"])
    assert caught.value.error == "invalid_grant"


def test_another_verifier(server, user, metadata):
    app = application(metadata, "client_secret_basic")
    url, state = app.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=generate_token(48))
    answer = server.consent(user.http, user.http.get(url))
    with pytest.raises(OAuthError) as caught:
        app.fetch_token(metadata["token_endpoint"], state=state,
                        authorization_response=answer.headers["location"],
                        code_verifier=generate_token(48))
    assert caught.value.error == "invalid_grant"


def test_client_credentials(metadata):
    app = OAuth2Client(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, scope="read")
    tokens = app.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    assert tokens["scope"] == "read"
