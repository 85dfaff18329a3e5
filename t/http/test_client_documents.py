# SPDX-License-Identifier: MIT
"""What a client keeps at its own address: its keys (jwks_uri) and its requests (request_uri)."""

import json
import time

import pytest

from lib.answers import oauth_error, page_error, redirect, redirect_error
from lib.assertion import Key, claims, form, jwks
from lib.certificates import Authority
from lib.client import Pkce
from lib.database import REDIRECT_URI
from lib.documents import Documents
from lib.process import give, temporary_folder, wait_for
from lib.site import end_server, start_server

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture(scope="module")
def authority():
    return Authority(give(temporary_folder("documents"), 0o755))


@pytest.fixture(scope="module")
def documents(authority, flavour):
    """For each build of nginx, which counts its own requests."""
    made = Documents(authority.issue("server", "127.0.0.1", "localhost")).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def site(request, database, keys, flavour, authority):
    made = start_server(request, database, keys, flavour, settings=(
        f"oauth2_egress_ca_file {authority.cert};\noauth2_egress_allow 127.0.0.1;"))
    yield made
    end_server(made, request)


def add(database, client_id, method="private_key_jwt", **metadata):
    database.add_client(client_id, None)
    database.rows("update oauth2.oauth2_clients set token_endpoint_auth_method = %s,"
                  " metadata = %s where client_id = %s", method, json.dumps(metadata), client_id)


def ask(site, key, client_id):
    return site.browser().post("/oauth/token", data=form(
        key.sign(claims(client_id, site.base)), **GRANT))


def test_keys_are_fetched(site, documents):
    """OpenID Connect Core 10.1.1: once, and kept."""
    key = Key("ES256", "one")
    add(site.database, "far", jwks_uri=documents.put("/far", jwks(Key("RS256", "two"), key)))
    for _ in range(3):
        assert ask(site, key, "far").status_code == 200
    oauth_error(ask(site, Key("ES256", "one"), "far"), 401, "invalid_client")
    assert len(documents.asked("/far")) == 1


def test_a_new_key_is_found(site, documents):
    """OpenID Connect Core 10.1.1: an unknown kid is a signal to fetch the keys again, which is
    done twice a minute at most, whoever asks."""
    old, new = Key("ES256", "old"), Key("ES256", "new")
    add(site.database, "rotating", jwks_uri=documents.put("/rotating", jwks(old)))
    assert ask(site, old, "rotating").status_code == 200
    documents.put("/rotating", jwks(new))
    wait_for(lambda: ask(site, new, "rotating").status_code == 200, 60, "the new key")
    oauth_error(ask(site, old, "rotating"), 401, "invalid_client")
    asked = len(documents.asked("/rotating"))
    for number in range(5):
        answer = ask(site, Key("ES256", f"unknown{number}"), "rotating")
        oauth_error(answer, 401, "invalid_client")
    assert len(documents.asked("/rotating")) == asked == 2


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": []}',
                                  b"<html></html>", b"\xff" * 100])
def test_no_keys(site, documents, body):
    """OpenID Connect Core 10.1.1: what is no JWK set has no key; the client is refused, and
    nothing else happens."""
    name = f"none-{len(body)}-{body[:3].hex()}"
    add(site.database, name, jwks_uri=documents.put(f"/{name}", body))
    oauth_error(ask(site, Key("ES256", "one"), name), 401, "invalid_client")


def test_nobody_is_there(site, documents):
    """The same as a wrong key."""
    add(site.database, "gone", jwks_uri=documents.url("/gone"))
    add(site.database, "inside", jwks_uri="https://10.0.0.1/keys")
    for client_id in "gone", "inside":
        oauth_error(ask(site, Key("ES256", "one"), client_id), 401, "invalid_client")


def test_public_key_of_a_private_one(site, documents):
    """RFC 7517 9.2: a key that was published whole is nobody's."""
    key = Key("ES256", "one")
    number = key.private.private_numbers().private_value.to_bytes(32, "big").hex()
    add(site.database, "whole", jwks_uri=documents.put("/whole", jwks(key.public(d=number))))
    oauth_error(ask(site, key, "whole"), 401, "invalid_client")


# Requests

def inside(site, client_id, **changes):
    pkce = Pkce()
    made = {"iss": client_id, "aud": site.base, "exp": int(time.time()) + 300,
            "client_id": client_id, "response_type": "code", "redirect_uri": REDIRECT_URI,
            "scope": "openid profile", "state": "a state", "code_challenge": pkce.challenge,
            "code_challenge_method": "S256", **changes}
    return {k: v for k, v in made.items() if v is not None}


@pytest.fixture(scope="module")
def key(site, documents):
    made = Key("ES256", "one")
    keys = documents.put("/keys", jwks(made))
    add(site.database, "by-uri", "none", jwks_uri=keys, request_uris=[
        documents.url("/request"), documents.url("/named") + "#first",
        documents.url("/missing"), documents.url("/evil"), documents.url("/text"),
        "http://127.0.0.1:1/plain"])
    documents.put("/request", made.sign(inside(site, "by-uri")).encode() + b"\n",
                  content_type="application/oauth-authz-req+jwt")
    documents.put("/named", made.sign(inside(site, "by-uri")).encode())
    documents.put("/evil", Key("ES256", "one").sign(inside(site, "by-uri")).encode())
    documents.put("/text", b"x.y.z")
    documents.put("/other", made.sign(inside(site, "by-uri")).encode())
    return made


def authorize(site, uri, browser=None, **beside):
    return (browser or site.browser()).get("/oauth/authorize", params={
        "client_id": "by-uri", "request_uri": uri, **beside})


def test_request_uri(site, documents, key):
    """RFC 9101 5.2, OpenID Connect Core 6.2: the request is read where the client keeps it."""
    user = site.user(login=True)
    answer = authorize(site, documents.url("/request"), user.http, state="evil")
    query = redirect(site.consent(user.http, answer), REDIRECT_URI)
    assert query["state"] == "a state" and query["code"]
    assert len(documents.asked("/request")) == 1


@pytest.mark.parametrize("path", ["/named#first", "/request#another"])
def test_fragment_of_the_uri(site, documents, key, path):
    """OpenID Connect Core 6.2: it stands for the contents, and is not sent."""
    answer = authorize(site, documents.url(path))
    assert answer.headers["location"].startswith(f"{site.base}/oauth/login?"), (
        answer.headers["location"])
    assert documents.asked(path.split("#")[0]) and not documents.asked(path)


@pytest.mark.parametrize("path", ["/other", "/named", "/missing", "/request?x", "/"])
def test_only_what_is_registered_is_asked_for(site, documents, key, path):
    """OpenID Connect Registration 2, RFC 9101 10.4: request_uris, to the letter."""
    before = len(documents.asked("/other")) + len(documents.asked("/request?x"))
    answer = authorize(site, documents.url(path), redirect_uri=REDIRECT_URI, state="a state")
    redirect_error(answer, REDIRECT_URI, "invalid_request_uri", site.base)
    page_error(authorize(site, documents.url(path)))
    assert len(documents.asked("/other")) + len(documents.asked("/request?x")) == before


@pytest.mark.parametrize("uri", ["http://127.0.0.1:1/plain", "file:///etc/passwd", "urn:x", "x",
                                 "https://other.example/request"])
def test_other_uris(site, key, uri):
    """RFC 9101 5.2.1: https, and registered."""
    page_error(authorize(site, uri))


def test_what_is_there_is_no_request(site, documents, key):
    """RFC 9101 7: invalid_request_object."""
    for path in "/evil", "/text":
        answer = authorize(site, documents.url(path), redirect_uri=REDIRECT_URI, state="a state")
        redirect_error(answer, REDIRECT_URI, "invalid_request_object", site.base)


def test_both(site, documents, key):
    """RFC 9101 5, OpenID Connect Core 6.1: request or request_uri."""
    answer = authorize(site, documents.url("/request"), request=key.sign(inside(site, "by-uri")),
                       redirect_uri=REDIRECT_URI, state="a state")
    redirect_error(answer, REDIRECT_URI, "invalid_request", site.base)


def test_not_at_the_par_endpoint(site, documents, key):
    """RFC 9126 2.1: request_uri must not be pushed."""
    answer = site.browser().post("/oauth/par", data={
        "client_id": "by-uri", "request_uri": documents.url("/request")})
    oauth_error(answer, 400, "invalid_request")


def test_discovery(site):
    """OpenID Connect Discovery 3."""
    body = site.get("/.well-known/openid-configuration").json()
    assert body["request_uri_parameter_supported"] is True
    assert body["require_request_uri_registration"] is True
