# SPDX-License-Identifier: MIT
"""Clients register themselves (RFC 7591), and manage that (RFC 7592): open to everybody."""

import hashlib
import uuid

import pytest

from lib.answers import oauth_error
from lib.assertion import Key, claims, form, jwks
from lib.client import Pkce, bearer, query_of

SETTINGS = "oauth2_registration open;"
CALLBACK = "https://app.example.com/callback"
METADATA = {"redirect_uris": [CALLBACK], "client_name": "An app",
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile email offline_access"}


def register(server, **changes):
    metadata = {k: v for k, v in {**METADATA, **changes}.items() if v is not None}
    return server.browser().post("/oauth/register", json=metadata)


def made(server, **changes):
    answer = register(server, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def manage(server, method, client, token=None, **options):
    return server.browser().request(
        method, client["registration_client_uri"],
        headers=bearer(token or client["registration_access_token"]), **options)


def flow(server, client, auth):
    """The whole code flow of a client that has just been registered."""
    user, pkce = server.user(login=True), Pkce()
    code = server.code(user, pkce, client_id=client["client_id"], redirect_uri=CALLBACK)
    form = {"client_id": client["client_id"]} if auth is None else {}
    return server.redeem(code, pkce, auth, redirect_uri=CALLBACK, **form)


def test_registered(server):
    """RFC 7591 3.2.1: 201, what is registered, and nothing of it is cached."""
    answer = register(server)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert uuid.UUID(body.pop("client_id"))
    assert len(body.pop("client_secret")) == 43
    assert len(body.pop("registration_access_token")) == 43
    assert body.pop("client_id_issued_at") > 1_700_000_000
    assert body.pop("client_secret_expires_at") == 0
    assert body.pop("registration_client_uri").startswith(f"{server.base}/oauth/register?")
    assert body == {**METADATA, "response_types": ["code"], "application_type": "web",
                    "token_endpoint_auth_method": "client_secret_basic"}


def test_defaults(server):
    """RFC 7591 2: what a client does not say."""
    body = made(server, client_name=None, grant_types=None, scope=None)
    assert body["grant_types"] == ["authorization_code"]
    assert body["response_types"] == ["code"]
    assert body["token_endpoint_auth_method"] == "client_secret_basic"
    assert body["client_name"] == body["client_id"]
    assert set(body["scope"].split()) == {"openid", "profile", "email", "address", "phone"}


def test_confidential_client_signs_in(server):
    client = made(server)
    auth = (client["client_id"], client["client_secret"])
    tokens = flow(server, client, auth)
    assert tokens.status_code == 200, tokens.text
    assert tokens.json()["id_token"]
    assert server.rotate(tokens.json()["refresh_token"], auth).status_code == 200


def test_public_client_signs_in(server):
    client = made(server, token_endpoint_auth_method="none")
    assert "client_secret" not in client and "client_secret_expires_at" not in client
    assert flow(server, client, None).status_code == 200


def test_client_credentials_only(server):
    client = made(server, redirect_uris=None, grant_types=["client_credentials"], scope=None)
    assert client["response_types"] == [] and client["redirect_uris"] == []
    answer = server.token((client["client_id"], client["client_secret"]),
                          grant_type="client_credentials")
    assert answer.status_code == 200, answer.text


def test_client_with_keys(server):
    """OpenID Connect Core 9: private_key_jwt, with keys and an algorithm that fits."""
    signing = Key("ES256")
    wanted = {"token_endpoint_auth_method": "private_key_jwt", "redirect_uris": None,
              "grant_types": ["client_credentials"], "scope": None}
    for wrong in {}, {"jwks": jwks(signing), "token_endpoint_auth_signing_alg": "HS256"}, {
            "jwks": jwks(signing), "token_endpoint_auth_signing_alg": "none"}:
        oauth_error(register(server, **wanted, **wrong), 400, "invalid_client_metadata")
    client = made(server, **wanted, jwks=jwks(signing), token_endpoint_auth_signing_alg="ES256")
    assert "client_secret" not in client and client["jwks"] == jwks(signing)
    for audience in server.base, client["registration_client_uri"]:
        answer = server.browser().post("/oauth/token", data=form(
            signing.sign(claims(client["client_id"], audience)), grant_type="client_credentials"))
        assert answer.status_code == (200 if audience == server.base else 401), answer.text


def test_secrets_are_kept_as_digests(server):
    client = made(server)
    row = server.database.rows("select * from oauth2.oauth2_clients where client_id = %s",
                               client["client_id"])[0]
    for column, member in (("client_secret", "client_secret"),
                           ("registration_token", "registration_access_token")):
        assert row[column] == hashlib.sha256(client[member].encode()).hexdigest()
        assert client[member] not in str(row)


def test_unknown_members_are_ignored(server):
    """RFC 7591 2."""
    body = made(server, something={"else": [1]}, is_first_party=True, **{"client_name#de": "App"})
    assert not {"something", "is_first_party", "client_name#de"} & set(body)
    assert server.database.value("select is_first_party from oauth2.oauth2_clients"
                                 " where client_id = %s", body["client_id"]) is False


def test_members_that_are_kept(server):
    given = {
        "client_uri": "https://app.example.com/", "logo_uri": "https://app.example.com/logo.png",
        "policy_uri": "https://app.example.com/policy", "tos_uri": "https://app.example.com/tos",
        "contacts": ["ops@example.com", "ü@example.com"], "application_type": "web",
        "jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "a", "y": "b"}]},
        "initiate_login_uri": "https://app.example.com/login", "default_max_age": 3600,
        "require_auth_time": True, "software_id": "app", "software_version": "1",
        "subject_type": "public", "id_token_signed_response_alg": "ES256"}
    body = made(server, **given)
    assert {k: body[k] for k in given} == given


@pytest.mark.parametrize("uri", [
    "http://app.example.com/callback", "https://app.example.com/callback#part",
    "https://*.example.com/callback", "javascript:alert(1)", "data:text/html,x", "/callback",
    "https://", "https://user@app.example.com/", "myapp:/callback",
    "https://app.example.com/\n", "https://app.example.com/ü", "",
    "https://app.example.com/" + "x" * 2048])
def test_redirect_uris_refused(server, uri):
    """RFC 7591 3.2.2, RFC 6749 3.1.2, RFC 8252 7.1."""
    body = oauth_error(register(server, redirect_uris=[CALLBACK, uri]), 400,
                       "invalid_redirect_uri")
    assert body["error_description"].startswith("redirect_uris: ")


@pytest.mark.parametrize("value", [[], None, "https://app.example.com/", {}, [1], [None],
                                   [["https://app.example.com/"]]])
def test_redirect_uris_that_are_none(server, value):
    """RFC 7591 2: clients of redirect-based flows register them."""
    oauth_error(register(server, redirect_uris=value), 400, "invalid_redirect_uri")


@pytest.mark.parametrize("uri, method", [
    ("http://127.0.0.1/callback", "none"), ("http://[::1]:8080/callback", "none"),
    ("http://localhost/callback", "client_secret_post"), ("com.example.app:/callback", "none"),
    ("com.example.app:/callback", "client_secret_basic")])
def test_native_clients(server, uri, method):
    """RFC 8252 7, 8.4: the loopback interface, and schemes of one's own; that such a client
    is a native one is said where it has said otherwise (RFC 7591 3.2.1)."""
    for said in None, "native", "web":
        body = made(server, redirect_uris=[uri], token_endpoint_auth_method=method,
                    application_type=said)
        assert body["application_type"] == "native"
        assert ("client_secret" in body) == (method != "none")
    assert made(server, application_type="native")["application_type"] == "native"


def key(**members):
    return {"keys": [{"kty": "RSA", "n": "a", "e": "AQAB", **members}]}


@pytest.mark.parametrize("changes", [
    {"grant_types": ["implicit"]}, {"grant_types": ["password"]}, {"grant_types": "x"},
    {"grant_types": [1]}, {"response_types": ["token"]}, {"response_types": ["code token"]},
    {"response_types": []}, {"grant_types": ["client_credentials"], "response_types": ["code"]},
    {"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"},
    {"token_endpoint_auth_method": "tls"}, {"token_endpoint_auth_method": ["none"]},
    {"scope": "admin"}, {"scope": "openid  email"}, {"scope": ["openid"]}, {"scope": ""},
    {"client_name": ""}, {"client_name": "x" * 256}, {"client_name": "a\nb"}, {"client_name": 1},
    {"logo_uri": "http://app.example.com/logo.png"}, {"client_uri": "javascript:alert(1)"},
    {"tos_uri": "http://localhost/"}, {"policy_uri": ["https://app.example.com/"]},
    {"contacts": "ops@example.com"}, {"contacts": [""]}, {"application_type": "desktop"},
    {"jwks": key(d="secret")}, {"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}},
    {"jwks": {"keys": []}}, {"jwks": {}}, {"jwks": []}, {"jwks": "x"}, {"jwks": {"keys": ["x"]}},
    {"jwks": key(), "jwks_uri": "https://app.example.com/jwks"},
    {"jwks_uri": "http://app.example.com/jwks"}, {"subject_type": "secret"},
    {"id_token_signed_response_alg": "none"}, {"id_token_signed_response_alg": "XS256"},
    {"id_token_encrypted_response_alg": "RSA-OAEP"}, {"default_max_age": -1},
    {"default_max_age": "10"}, {"default_max_age": 1.5}, {"require_auth_time": "true"},
    {"initiate_login_uri": "http://app.example.com/login"}])
def test_metadata_refused(server, changes):
    """RFC 7591 3.2.2: invalid_client_metadata, and which member it is."""
    before = server.database.value("select count(*) from oauth2.oauth2_clients")
    body = oauth_error(register(server, **changes), 400, "invalid_client_metadata")
    assert ": " in body["error_description"]
    assert server.database.value("select count(*) from oauth2.oauth2_clients") == before


def test_pairwise(server):
    """OpenID Connect Core 8.1: whose redirect URIs have several hosts MUST say the sector."""
    assert made(server, subject_type="pairwise")["subject_type"] == "pairwise"
    several = [CALLBACK, "https://other.example.com/callback"]
    refused = register(server, subject_type="pairwise", redirect_uris=several)
    body = oauth_error(refused, 400, "invalid_client_metadata")
    assert body["error_description"].startswith("subject_type: ")
    same = [CALLBACK, "https://app.example.com:8443/too"]
    assert made(server, subject_type="pairwise", redirect_uris=same)["redirect_uris"] == same


def test_scope_is_what_can_be_had(server):
    """RFC 7591 3.2.1: the answer states what was registered."""
    assert made(server, scope="openid admin email")["scope"] == "openid email"


def test_grants_are_what_can_be_had(server):
    """RFC 7591 3.2.1: so is what a client lists that would take any flow."""
    client = made(server, grant_types=["authorization_code", "implicit", "refresh_token"],
                  response_types=["code", "id_token", "id_token token", "code id_token"])
    assert client["grant_types"] == ["authorization_code", "refresh_token"]
    assert client["response_types"] == ["code"]
    auth = (client["client_id"], client["client_secret"])
    assert flow(server, client, auth).status_code == 200


@pytest.mark.parametrize("member", ["jwks_uri", "initiate_login_uri"])
def test_a_client_on_the_users_machine(server, member):
    """RFC 8252 7.3: its own URIs may be http, as its redirect URIs are."""
    uri = "http://localhost:8080/own"
    client = made(server, redirect_uris=[CALLBACK, "http://localhost:8080/callback"],
                  **{member: uri})
    assert client[member] == uri
    assert flow(server, client, (client["client_id"], client["client_secret"])).status_code == 200
    oauth_error(register(server, **{member: "http://localhost.example.com/own"}), 400,
                "invalid_client_metadata")


def test_default_max_age(server):
    """OpenID Connect Registration 2: where the request says no max_age, this one counts."""
    user = server.user(login=True)
    for age, asked, page in ((0, None, "/login"), (3600, None, "/consent"),
                             (0, "3600", "/consent")):
        client = made(server, default_max_age=age)
        server.database.rows("update oauth2.sessions set authenticated_at = authenticated_at"
                             " - interval '1 minute' where user_id = %s", user.user_id)
        answer = server.authorize(user.http, Pkce(), client_id=client["client_id"],
                                  redirect_uri=CALLBACK, max_age=asked)
        assert page in answer.headers["location"], (age, asked)


def test_client_that_must_push(server):
    """RFC 9126 6."""
    client = made(server, require_pushed_authorization_requests=True)
    assert client["require_pushed_authorization_requests"] is True
    answer = server.authorize(server.browser(), Pkce(), client_id=client["client_id"],
                              redirect_uri=CALLBACK)
    assert query_of(answer.headers["location"])["error"] == "invalid_request"


def test_what_discovery_offers_can_be_registered(server):
    offered = server.get("/.well-known/openid-configuration").json()
    for method in ("none", "client_secret_basic", "client_secret_post"):
        assert method in offered["token_endpoint_auth_methods_supported"]
        body = made(server, token_endpoint_auth_method=method)
        assert body["token_endpoint_auth_method"] == method
    for alg in offered["id_token_signing_alg_values_supported"]:
        assert made(server, id_token_signed_response_alg=alg)["id_token_signed_response_alg"] == alg


@pytest.mark.parametrize("content", [b"", b"[]", b'"x"', b"{", b'{"scope": "a", "scope": "b"}'])
def test_bodies_that_are_no_object(server, content):
    answer = server.browser().post("/oauth/register", content=content,
                                   headers={"Content-Type": "application/json"})
    oauth_error(answer, 400, "invalid_request")


def test_only_json(server):
    """RFC 7591 3.1."""
    answer = server.browser().post("/oauth/register", data={"client_name": "x"})
    oauth_error(answer, 415, "invalid_request")


def test_read(server):
    """RFC 7592 2.1 and 3: all that is registered; a digest cannot be told."""
    client = made(server)
    answer = manage(server, "GET", client)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    secret = {"client_secret", "client_secret_expires_at"}
    assert answer.json() == {k: v for k, v in client.items() if k not in secret}


def test_replace(server):
    """RFC 7592 2.2: what is not given is not kept; id and token stay."""
    client = made(server, logo_uri="https://app.example.com/logo.png")
    body = {"client_id": client["client_id"], "client_secret": client["client_secret"],
            "redirect_uris": ["https://new.example.com/callback"]}
    answer = manage(server, "PUT", client, json=body)
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert after["redirect_uris"] == body["redirect_uris"]
    assert after["client_secret"] == client["client_secret"]
    assert after["registration_access_token"] == client["registration_access_token"]
    assert after["client_id_issued_at"] == client["client_id_issued_at"]
    assert "logo_uri" not in after and after["client_name"] == client["client_id"]
    read = manage(server, "GET", client).json()
    assert read == {k: v for k, v in after.items() if not k.startswith("client_secret")}


def test_what_the_operator_says_stays(server):
    client = made(server, introspect_any=True)
    kept = "select metadata ->> 'introspect_any' from oauth2.oauth2_clients where client_id = %s"
    assert server.database.value(kept, client["client_id"]) is None
    server.database.rows(
        "update oauth2.oauth2_clients set metadata = metadata || '{\"introspect_any\": true}'"
        " where client_id = %s", client["client_id"])
    assert "introspect_any" not in manage(server, "GET", client).json()
    body = {**METADATA, "client_id": client["client_id"], "introspect_any": False}
    assert "introspect_any" not in manage(server, "PUT", client, json=body).json()
    assert server.database.value(kept, client["client_id"]) == "true"


def test_replace_the_way_to_authenticate(server):
    client = made(server, token_endpoint_auth_method="none")
    body = {**METADATA, "client_id": client["client_id"]}
    after = manage(server, "PUT", client, json=body).json()
    assert after["token_endpoint_auth_method"] == "client_secret_basic"
    assert flow(server, client, (client["client_id"], after["client_secret"])).status_code == 200
    again = manage(server, "PUT", client, json=body)
    assert again.status_code == 200 and "client_secret" not in again.json()
    body["token_endpoint_auth_method"] = "none"
    assert "client_secret" not in manage(server, "PUT", client, json=body).json()
    assert flow(server, client, None).status_code == 200


@pytest.mark.parametrize("changes", [
    {"client_id": "another"}, {"client_id": None}, {"client_secret": "another"},
    {"client_secret": ""}, {"registration_access_token": "x"}, {"client_id_issued_at": 1},
    {"registration_client_uri": "https://app.example.com/"}, {"client_secret_expires_at": 0},
    {"client_name": ""}])
def test_replace_refused(server, changes):
    """RFC 7592 2.2: id and secret match, and the server's members are not sent."""
    client = made(server)
    body = {**METADATA, "client_id": client["client_id"], **changes}
    answer = manage(server, "PUT", client, json={k: v for k, v in body.items() if v is not None})
    oauth_error(answer, 400, "invalid_client_metadata")
    assert manage(server, "GET", client).json()["client_name"] == METADATA["client_name"]


def test_delete(server):
    """RFC 7592 2.3: the client, its grants and its tokens are gone."""
    client = made(server)
    auth = (client["client_id"], client["client_secret"])
    tokens = flow(server, client, auth).json()
    assert server.userinfo(tokens["access_token"]).status_code == 200
    answer = manage(server, "DELETE", client)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert server.userinfo(tokens["access_token"]).status_code == 401
    oauth_error(server.rotate(tokens["refresh_token"], auth), 401, "invalid_client")
    for method in ("GET", "PUT", "DELETE"):
        options = {"json": {}} if method == "PUT" else {}
        oauth_error(manage(server, method, client, **options), 401, "invalid_token")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_tokens_of_others(server, method):
    """RFC 7592 2: the registration access token is one client's."""
    client, other = made(server), made(server)
    options = {"json": {**METADATA, "client_id": client["client_id"]}} if method == "PUT" else {}
    for token in (other["registration_access_token"], "x", client["client_secret"]):
        answer = manage(server, method, client, token, **options)
        oauth_error(answer, 401, "invalid_token")
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    answer = server.browser().request(method, client["registration_client_uri"], **options)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == f'Bearer realm="{server.base}"'
    assert manage(server, "GET", client).status_code == 200


def test_clients_of_the_operator_have_no_token(server):
    for path in ("/oauth/register?client_id=demo", "/oauth/register?client_id=nobody"):
        answer = server.browser().get(path, headers=bearer("x"))
        oauth_error(answer, 401, "invalid_token")
    oauth_error(server.browser().get("/oauth/register", headers=bearer("x")), 400,
                "invalid_request")


def test_disabled_client(server):
    client = made(server)
    server.database.rows("update oauth2.oauth2_clients set is_active = false"
                         " where client_id = %s", client["client_id"])
    oauth_error(manage(server, "GET", client), 401, "invalid_token")


def test_methods(server):
    answer = server.http.patch("/oauth/register")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST, PUT, DELETE"


def test_discovery(server):
    """RFC 8414 2."""
    body = server.get("/.well-known/openid-configuration").json()
    assert body["registration_endpoint"] == f"{server.base}/oauth/register"


def test_nothing_secret_in_the_logs(server):
    client = made(server)
    manage(server, "GET", client)
    log = server.nginx.folder.joinpath("error.log").read_text()
    assert "client registered" in log
    for member in ("client_secret", "registration_access_token"):
        assert client[member] not in log
    assert query_of(client["registration_client_uri"]) == {"client_id": client["client_id"]}
