# SPDX-License-Identifier: MIT
"""Discovery (RFC 8414, OpenID Connect Discovery 3) says what is true; the key set; health."""

import base64
import json

import pytest

from lib.answers import problem
from lib.client import Pkce
from lib.database import CLIENT_SECRET

SCOPE = "openid profile email address phone offline_access"
TOLD = {"middle_name": "M", "nickname": "N", "profile": "https://a.example/", "gender": "x",
        "picture": "https://a.example/", "website": "https://a.example/", "birthdate": "1990",
        "zoneinfo": "UTC", "locale": "en", "phone_number": "+12345678",
        "address": {"country": "UK"}}
PATHS = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]


@pytest.fixture(scope="module", autouse=True)
def client(server):
    server.database.add_client("all", CLIENT_SECRET, scope=SCOPE)


def test_both_say_the_same(server):
    one, two = (server.get(path) for path in PATHS)
    assert one.status_code == two.status_code == 200
    assert one.json() == two.json()
    assert one.headers["content-type"] == "application/json"
    assert one.headers["cache-control"] == "public, max-age=300"


def test_members(server):
    body = server.get(PATHS[0]).json()
    assert body["issuer"] == server.base
    assert body["response_types_supported"] == ["code"]
    assert body["response_modes_supported"] == ["query", "form_post"]
    assert body["code_challenge_methods_supported"] == ["S256"]
    assert body["subject_types_supported"] == ["public", "pairwise"]
    assert body["id_token_signing_alg_values_supported"] == ["ES256", "HS256"]
    assert set(body["grant_types_supported"]) == {
        "authorization_code", "refresh_token", "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange"}
    assert set(body["token_endpoint_auth_methods_supported"]) == {
        "client_secret_basic", "client_secret_post", "client_secret_jwt",
        "private_key_jwt", "none"}
    assert body["authorization_response_iss_parameter_supported"] is True
    assert body["claims_parameter_supported"] is True
    assert body["ui_locales_supported"] == ["en"]
    assert body["claim_types_supported"] == ["normal"]
    assert body["display_values_supported"] == ["page"]


@pytest.mark.parametrize("name", ["authorization", "token", "userinfo", "revocation"])
def test_endpoints_are_there(server, name):
    """Each is known: a wrong method is 405, not 404."""
    url = server.get(PATHS[0]).json()[f"{name}_endpoint"]
    assert url.startswith(server.base)
    assert server.http.delete(url).status_code == 405


def test_claims_are_those_that_are_given(server):
    supported = set(server.get(PATHS[0]).json()["claims_supported"])
    user, pkce = server.user(login=True, first_name="A", last_name="B", username="ab1"), Pkce()
    assert user.http.put("/users/me", json=TOLD).status_code == 200
    code = server.code(user, pkce, nonce="n", client_id="all", scope=SCOPE)
    tokens = server.redeem(code, pkce, ("all", CLIENT_SECRET)).json()
    from_userinfo = set(server.userinfo(tokens["access_token"]).json())
    part = tokens["id_token"].split(".")[1]
    from_id = set(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))
    assert from_userinfo | from_id == supported


def test_scopes_and_prompts(server):
    body = server.get(PATHS[0]).json()
    scope = " ".join(body["scopes_supported"])
    user = server.user(login=True)
    assert server.authorize(user.http, Pkce(), scope=scope, client_id="all").headers[
        "location"].startswith(f"{server.base}/oauth/consent")
    for prompt in body["prompt_values_supported"]:
        location = server.authorize(user.http, Pkce(), prompt=prompt).headers["location"]
        assert "error=invalid_request" not in location, prompt


def test_key_set(server):
    answer = server.get("/oauth/jwks")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    key, = answer.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert set(key) == {"kty", "crv", "x", "y", "alg", "use", "kid"}


def test_health(server):
    answer = server.get("/health")
    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("version")
    assert body == {"status": "healthy", "database": "ok", "worker": "none"}
    assert answer.headers["cache-control"] == "no-store"


def test_temporal_without_a_worker(server):
    body = server.get("/temporal-status").json()
    assert body.pop("reason")
    assert body == {"temporal_connected": False, "namespace": None, "task_queue": None,
                    "worker": None, "address": None}
    for options in ({}, {"json": "hello"}, {"params": {"message": "hello"}},
                    {"content": b' "hello"\n'}):
        answer = server.http.post("/temporal-ping", **options)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body.pop("reason")
        assert body == {"temporal_working": False, "method": None}


@pytest.mark.parametrize("body", [b"hello", b'"a" "b"', b'"a","x":1', b'"open', b"{}", b"[]"])
def test_ping_reads_a_string_only(server, body):
    problem(server.http.post("/temporal-ping", content=body), 400, "invalid_json")


def test_ping_is_short(server):
    answer = server.http.post("/temporal-ping", json="x" * 1001)
    problem(answer, 422, "invalid_fields", "/message")

