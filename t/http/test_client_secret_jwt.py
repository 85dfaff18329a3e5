# SPDX-License-Identifier: MIT
"""Clients that authenticate by an HMAC with their secret: client_secret_jwt (OpenID Connect
Core 9, RFC 7523 2.2), whose secret is kept sealed."""

import hashlib

import pytest
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import ClientSecretJWT

from lib.answers import oauth_error
from lib.assertion import Key, claims, form, jwks
from lib.client import bearer
from lib.database import CLIENT_ID, CLIENT_SECRET
from lib.nginx import server as server_text
from lib.process import free_port, give

SETTINGS = "oauth2_registration open;"
GRANT = {"grant_type": "client_credentials"}


def register(server, method="client_secret_jwt", **metadata):
    return server.browser().post("/oauth/register", json={
        "grant_types": ["client_credentials"], "token_endpoint_auth_method": method, **metadata})


def made(server, *arguments, **metadata):
    answer = register(server, *arguments, **metadata)
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(server, client, **metadata):
    return server.browser().put(
        client["registration_client_uri"], headers=bearer(client["registration_access_token"]),
        json={"grant_types": ["client_credentials"], "client_id": client["client_id"],
              **metadata})


def ask(server, client, secret=None, alg="HS256", **changes):
    secret = client["client_secret"] if secret is None else secret
    assertion = Key("HS256", secret=secret.encode()).sign(
        claims(client["client_id"], server.base, **changes), alg=alg)
    return server.browser().post("/oauth/token", data=form(assertion, **GRANT))


def kept(server, client):
    return server.database.rows("select * from oauth2.oauth2_clients where client_id = %s",
                                client["client_id"])[0]


@pytest.fixture(scope="module")
def client(server):
    return made(server)


def test_authenticated(server, client):
    """OpenID Connect Core 9: the HMAC is by the octets of client_secret."""
    assert client["token_endpoint_auth_method"] == "client_secret_jwt"
    answer = ask(server, client)
    assert answer.status_code == 200, answer.text
    for wrong in "", "x" * 43, client["client_secret"][:-1], kept(server, client)["client_secret"]:
        oauth_error(ask(server, client, wrong), 401, "invalid_client")


def test_by_another_library(server, client):
    """Authlib's client_secret_jwt."""
    url = f"{server.base}/oauth/token"
    other = OAuth2Client(client["client_id"], client["client_secret"], verify=False,
                         token_endpoint_auth_method="client_secret_jwt")
    other.register_client_auth_method(ClientSecretJWT(url))
    assert other.fetch_token(url, **GRANT)["access_token"]


def test_once(server, client):
    """RFC 7523 3 (7)."""
    assert ask(server, client, jti="one").status_code == 200
    oauth_error(ask(server, client, jti="one"), 401, "invalid_client")


def test_kept_sealed(server, client):
    """Nowhere in clear, and never twice the same."""
    row = kept(server, client)
    assert row["client_secret"] == hashlib.sha256(client["client_secret"].encode()).hexdigest()
    assert client["client_secret"] not in str(row)
    key_id, sealed = row["sealed_secret"].split(".")
    assert len(key_id) == 8 and len(sealed) > 43
    assert client["client_secret"] not in server.nginx.error_log.read_text()
    assert kept(server, made(server))["sealed_secret"].split(".")[1][:16] != sealed[:16]


def test_sealed_for_this_client(server, client):
    """A sealed secret that is copied to another client opens nothing."""
    other = made(server)
    server.database.rows("update oauth2.oauth2_clients set sealed_secret = %s"
                         " where client_id = %s", kept(server, client)["sealed_secret"],
                         other["client_id"])
    oauth_error(ask(server, other, client["client_secret"]), 401, "invalid_client")
    oauth_error(ask(server, other), 401, "invalid_client")
    assert "the secret of a client cannot be opened" in server.nginx.error_log.read_text()


def test_only_for_who_needs_it(server):
    client = made(server, "client_secret_basic")
    assert kept(server, client)["sealed_secret"] is None
    oauth_error(ask(server, client), 401, "invalid_client")


def test_other_ways_are_not_for_it(server, client):
    """OpenID Connect Registration 2: it authenticates as it is registered."""
    secret = client["client_secret"]
    oauth_error(server.token((client["client_id"], secret), **GRANT), 401, "invalid_client")
    oauth_error(server.browser().post("/oauth/token", data={
        **GRANT, "client_id": client["client_id"], "client_secret": secret}), 401,
        "invalid_client")
    demo = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    oauth_error(ask(server, demo), 401, "invalid_client")


def test_algorithms_are_not_confused(server, client):
    """RFC 8725 3.1: an HMAC is no signature, and a signature no HMAC."""
    for alg in ("RS256", "ES256", "none", "HS512", "hs256"):
        oauth_error(ask(server, client, alg=alg), 401, "invalid_client")
    key = Key("ES256")
    server.database.rows("update oauth2.oauth2_clients set metadata = metadata || %s"
                         " where client_id = %s", '{"jwks": {"keys": []}}', client["client_id"])
    signed = key.sign(claims(client["client_id"], server.base), jwk=key.public())
    answer = server.browser().post("/oauth/token", data=form(signed, **GRANT))
    oauth_error(answer, 401, "invalid_client")


def test_registered_algorithm(server):
    """OpenID Connect Registration 2: HS256, or nothing said."""
    assert ask(server, made(server, token_endpoint_auth_signing_alg="HS256")).status_code == 200
    for method, alg in (("client_secret_jwt", "ES256"), ("client_secret_basic", "HS256")):
        oauth_error(register(server, method, token_endpoint_auth_signing_alg=alg), 400,
                    "invalid_client_metadata")


def test_managed(server):
    """RFC 7592 2.2: a secret that was not kept is made anew, one that is stays."""
    client = made(server, "client_secret_basic")
    body = put(server, client, token_endpoint_auth_method="client_secret_jwt").json()
    assert body["client_secret"] != client["client_secret"]
    assert ask(server, body).status_code == 200
    again = put(server, client, token_endpoint_auth_method="client_secret_jwt",
                client_secret=body["client_secret"]).json()
    assert again["client_secret"] == body["client_secret"]
    assert ask(server, body).status_code == 200
    answer = put(server, client, token_endpoint_auth_method="client_secret_basic")
    assert "client_secret" not in answer.json()
    assert kept(server, client)["sealed_secret"] is None
    assert server.token((client["client_id"], body["client_secret"]), **GRANT).status_code == 200
    answer = put(server, client, token_endpoint_auth_method="private_key_jwt",
                 jwks=jwks(Key("ES256")))
    assert answer.status_code == 200, answer.text
    assert kept(server, client)["client_secret"] is None


def test_another_server_key(server, client, nginx, keys, tmp_path):
    """oauth2_token_key: what an older one sealed is opened, as long as it is listed."""
    path = tmp_path / "token.key"
    path.write_text("11" * 32 + "\n")
    give(path, 0o600)
    for listed, status in ((f"{path} {keys.token}", 200), (f"{path}", 401)):
        port = free_port()
        nginx(server_text(port, server.database.app, keys, issuer=server.base,
                          settings=f"oauth2_token_key {listed};"))
        assertion = Key("HS256", secret=client["client_secret"].encode()).sign(
            claims(client["client_id"], server.base))
        answer = server.browser().post(f"http://localhost:{port}/oauth/token",
                                       data=form(assertion, **GRANT))
        assert answer.status_code == status, answer.text


def test_discovery(server):
    """RFC 8414 2."""
    body = server.get("/.well-known/openid-configuration").json()
    assert "client_secret_jwt" in body["token_endpoint_auth_methods_supported"]
    assert "HS256" in body["token_endpoint_auth_signing_alg_values_supported"]
