# SPDX-License-Identifier: MIT
"""Authorization requests as a signed JWT: "request" at the authorization and the PAR endpoint
(RFC 9101, OpenID Connect Core 6, RFC 9126 3)."""

import json
import time
import urllib.parse

import pytest

from lib.answers import oauth_error, page_error, redirect, redirect_error
from lib.assertion import ALGORITHMS, Key, b64, claims, form, jwks
from lib.client import Pkce
from lib.database import CLIENT_ID, PUBLIC_ID, REDIRECT_URI

SETTINGS = "oauth2_registration open;"
ID, STRICT = "by-request", "must-sign"


def add(database, client_id, *keys, method="private_key_jwt", **metadata):
    database.add_client(client_id, None)
    database.rows("update oauth2.oauth2_clients set token_endpoint_auth_method = %s,"
                  " metadata = %s where client_id = %s", method,
                  json.dumps({"jwks": jwks(*keys), **metadata}), client_id)


@pytest.fixture(scope="module")
def key(server):
    made = Key("ES256", "one")
    add(server.database, ID, made)
    add(server.database, STRICT, made, require_signed_request_object=True)
    return made


def inside(server, pkce, client_id=ID, **changes):
    """Claims of a request object that is fine; None is left out."""
    now = int(time.time())
    made = {"iss": client_id, "aud": server.base, "nbf": now, "exp": now + 300,
            "client_id": client_id, "response_type": "code", "redirect_uri": REDIRECT_URI,
            "scope": "openid profile", "state": "a state", "code_challenge": pkce.challenge,
            "code_challenge_method": "S256", **changes}
    return {k: v for k, v in made.items() if v is not None}


def ask(server, request, browser=None, client_id=ID, **beside):
    """GET /oauth/authorize with a request object and nothing but client_id beside it."""
    return (browser or server.browser()).get("/oauth/authorize", params={
        "client_id": client_id, "request": request, **beside})


def accepted(answer):
    assert answer.status_code == 303, answer.text
    assert urllib.parse.urlsplit(answer.headers["location"]).path == "/oauth/login", (
        answer.headers["location"])


def push(server, key, request, client_id=ID, **fields):
    return server.browser().post("/oauth/par", data=form(
        key.sign(claims(client_id, server.base)), request=request, **fields))


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_the_whole_flow(server, alg):
    """RFC 9101 5.1: client_id and request are all that is sent."""
    key, user, pkce = Key(alg), server.user(login=True), Pkce()
    add(server.database, f"request-{alg}", key, method="none")
    signed = key.sign(inside(server, pkce, f"request-{alg}", nonce="a nonce", max_age=3600),
                      typ="oauth-authz-req+jwt")
    answer = server.consent(user.http, ask(server, signed, user.http, f"request-{alg}"))
    query = redirect(answer, REDIRECT_URI)
    assert query["state"] == "a state" and query["iss"] == server.base
    tokens = server.redeem(query["code"], pkce, None, client_id=f"request-{alg}")
    assert tokens.status_code == 200, tokens.text


def test_what_stands_beside_it_counts_for_nothing(server, key):
    """RFC 9101 6.3: only the parameters of the request object are used."""
    user, pkce = server.user(login=True), Pkce()
    answer = ask(server, key.sign(inside(server, pkce)), user.http, prompt="none", state="evil",
                 redirect_uri="https://evil.example/", scope="profile", nonce="evil")
    query = redirect(server.consent(user.http, answer), REDIRECT_URI)
    assert query["state"] == "a state"
    signed = key.sign(inside(server, pkce, state=None))
    answer = server.consent(user.http, ask(server, signed, user.http, state="evil"))
    assert "state" not in redirect(answer, REDIRECT_URI)
    signed = key.sign(inside(server, pkce, code_challenge=None, code_challenge_method=None))
    answer = ask(server, signed, code_challenge=pkce.challenge, code_challenge_method="S256")
    redirect_error(answer, REDIRECT_URI, "invalid_request", server.base)


def test_openid_connect_completes_it(server, key):
    """OpenID Connect Core 6.1, 6.3.3: with scope openid beside it, both are used; what stands
    in both is that of the request object."""
    user, pkce = server.user(login=True), Pkce()
    signed = key.sign({"iss": ID, "aud": server.base, "state": "inside", "max_age": 3600})
    answer = ask(server, signed, user.http, response_type="code", scope="openid",
                 redirect_uri=REDIRECT_URI, state="outside", code_challenge=pkce.challenge,
                 code_challenge_method="S256")
    query = redirect(server.consent(user.http, answer), REDIRECT_URI)
    assert query["state"] == "inside"
    signed = key.sign(inside(server, pkce))
    answer = ask(server, signed, user.http, response_type="code", scope="openid",
                 redirect_uri="https://evil.example/")
    assert redirect(server.consent(user.http, answer), REDIRECT_URI)["state"] == "a state"


def test_by_post(server, key):
    """OpenID Connect Core 3.1.2.1: the same as a form."""
    answer = server.browser().post("/oauth/authorize", data={
        "client_id": ID, "request": key.sign(inside(server, Pkce()))})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(
        f"{server.base}/oauth/authorize?transaction=")


@pytest.mark.parametrize("beside", [{}, {"redirect_uri": REDIRECT_URI, "state": "a state"}])
@pytest.mark.parametrize("changes", [
    {"client_id": CLIENT_ID}, {"client_id": None}, {"client_id": 7},        # RFC 9101 5
    {"iss": CLIENT_ID}, {"iss": ""}, {"iss": 1}, {"sub": ID},               # RFC 9101 10.8
    {"aud": "https://other.example"}, {"aud": []}, {"aud": 1},
    {"exp": 1}, {"exp": "soon"}, {"nbf": 4_000_000_000}, {"iat": 4_000_000_000},
    {"request": "x.y.z"}, {"request_uri": "https://a.example/"},            # RFC 9101 4
    {"scope": ["openid"] * 200}, {"state": "a\nb"}, {"redirect_uri": "x" * 3000},
    {"resource": ["a b"]}])
def test_claims_that_must_be_right(server, key, changes, beside):
    """RFC 9101 6.3, 7: invalid_request_object, which goes to the client where it can."""
    answer = ask(server, key.sign(inside(server, Pkce(), **changes)), **beside)
    if beside:
        redirect_error(answer, REDIRECT_URI, "invalid_request_object", server.base)
    else:
        page_error(answer)


@pytest.mark.parametrize("changes", [
    {"redirect_uri": "https://evil.example/"}, {"redirect_uri": None}])
def test_redirect_uri_inside(server, key, changes):
    """RFC 9101 6.3: it is the one that counts, whatever stands beside it."""
    signed = key.sign(inside(server, Pkce(), **changes))
    page_error(ask(server, signed))
    page_error(ask(server, signed, redirect_uri=REDIRECT_URI))


@pytest.mark.parametrize("changes, error", [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": None}, "unsupported_response_type"),
    ({"scope": "openid admin"}, "invalid_scope"), ({"prompt": "none login"}, "invalid_request"),
    ({"max_age": -1}, "invalid_request"), ({"code_challenge": "short"}, "invalid_request"),
    ({"resource": ["https://unknown.example/"]}, "invalid_target")])
def test_parameters_inside_are_checked(server, key, changes, error):
    """RFC 9101 6.3: as if they had come without it."""
    answer = ask(server, key.sign(inside(server, Pkce(), **changes)))
    redirect_error(answer, REDIRECT_URI, error, server.base)


def test_response_type_twice_is_the_same(server, key):
    """OpenID Connect Core 6.1."""
    signed = key.sign(inside(server, Pkce()))
    accepted(ask(server, signed, response_type="code"))
    page_error(ask(server, signed, response_type="token"))


@pytest.mark.parametrize("changes", [{"aud": None}, {"iss": None}, {"exp": None}, {"nbf": None},
                                     {"exp": 4_000_000_000}, {"iss": None, "aud": None},
                                     {"aud": ["https://other.example"]}])
def test_what_may_be_left_out(server, key, changes):
    """RFC 9101 4: iss and aud should be there; a request object may be made for long."""
    if isinstance(changes.get("aud"), list):
        changes = {"aud": [*changes["aud"], server.base]}
    accepted(ask(server, key.sign(inside(server, Pkce(), **changes))))


@pytest.mark.parametrize("offset", [
    {"exp": None}, {"nbf": None}, {"exp": 3700, "nbf": 0}, {"exp": 60, "nbf": -3700},
    {"iss": None}, {"aud": None}])
def test_strict_for_those_that_must_sign(server, key, offset):
    """FAPI 2.0 Message Signing 5.3.1: iss, aud, nbf at most an hour ago, exp at most an hour
    after it."""
    now = int(time.time())
    changes = {k: v if v is None else now + v for k, v in offset.items()}
    page_error(ask(server, key.sign(inside(server, Pkce(), STRICT, **changes)),
                   client_id=STRICT))
    accepted(ask(server, key.sign(inside(server, Pkce(), STRICT)), client_id=STRICT))


def test_those_that_must_sign(server, key):
    """RFC 9101 10.5: require_signed_request_object, at both endpoints, and nothing is taken
    from beside it."""
    answer = server.authorize(server.browser(), Pkce(), client_id=STRICT)
    redirect_error(answer, REDIRECT_URI, "invalid_request", server.base)
    plain = {k: v for k, v in inside(server, Pkce(), STRICT).items()
             if k not in ("iss", "aud", "nbf", "exp")}
    answer = server.browser().post("/oauth/par", data=form(
        key.sign(claims(STRICT, server.base)), **plain))
    oauth_error(answer, 400, "invalid_request")
    signed = key.sign(inside(server, Pkce(), STRICT, redirect_uri=None))
    page_error(ask(server, signed, client_id=STRICT, scope="openid", response_type="code",
                   redirect_uri=REDIRECT_URI))


def test_key_of_another(server, key):
    """RFC 9101 6.2: the signature is by a key of the client that client_id names."""
    other = Key("ES256", "one")
    add(server.database, "other-request", other)
    page_error(ask(server, other.sign(inside(server, Pkce()))))
    page_error(ask(server, key.sign(inside(server, Pkce(), "other-request")),
                   client_id="other-request"))
    page_error(ask(server, key.sign(inside(server, Pkce())), client_id="other-request"))
    page_error(ask(server, key.sign(inside(server, Pkce(), PUBLIC_ID)), client_id=PUBLIC_ID))
    page_error(ask(server, key.sign(inside(server, Pkce(), "nobody")), client_id="nobody"))
    page_error(server.browser().get("/oauth/authorize", params={
        "request": key.sign(inside(server, Pkce()))}))


def test_unsigned(server, key):
    """RFC 9101 10.2, RFC 8725 3.2: none is no algorithm."""
    body = b64(json.dumps(inside(server, Pkce())).encode())
    for head in {"alg": "none"}, {"alg": "NONE"}, {}, {"alg": "HS256"}:
        for end in "", "AAAA":
            page_error(ask(server, f"{b64(json.dumps(head).encode())}.{body}.{end}"))
    for text in "x", "x.y.z", "a.b.c.d.e", "...":
        page_error(ask(server, text))
    secret = json.dumps(key.public()).encode()
    page_error(ask(server, Key("HS256", "one", secret).sign(inside(server, Pkce()))))


@pytest.mark.parametrize("member", ["jku", "x5u", "jwk", "crit", "b64", "zip", "enc"])
def test_headers_that_bring_a_key(server, key, member):
    """RFC 8725 3.10."""
    own = Key("ES256", "one")
    value = {"jwk": own.public(), "crit": ["exp"], "b64": False}.get(
        member, f"{server.base}/keys")
    page_error(ask(server, own.sign(inside(server, Pkce()), **{member: value})))
    page_error(ask(server, key.sign(inside(server, Pkce()), **{member: value})))


def test_headers_that_name_a_certificate(server, key):
    """RFC 7515 4: they are ignored."""
    named = {"x5t": "U9xRL1eRVOZkoKHAkNVUY3rGGiI", "x5c": ["AAAA"]}
    accepted(ask(server, key.sign(inside(server, Pkce()), **named)))
    page_error(ask(server, Key("ES256", "one").sign(inside(server, Pkce()), **named)))


@pytest.mark.parametrize("typ, good", [
    ("oauth-authz-req+jwt", True), ("application/oauth-authz-req+jwt", True), ("JWT", True),
    (None, True), ("at+jwt", False), ("client-authentication+jwt", False), ("dpop+jwt", False)])
def test_types(server, key, typ, good):
    """RFC 9101 10.8, RFC 8725 3.11."""
    answer = ask(server, key.sign(inside(server, Pkce()), typ=typ))
    if good:
        accepted(answer)
    else:
        page_error(answer)


def test_registered_algorithm(server):
    """OpenID Connect Registration 2: request_object_signing_alg is the only one."""
    key = Key("RS256")
    add(server.database, "request-ps", key, method="none", request_object_signing_alg="PS256")
    page_error(ask(server, key.sign(inside(server, Pkce(), "request-ps")),
                   client_id="request-ps"))
    key.alg = "PS256"
    accepted(ask(server, key.sign(inside(server, Pkce(), "request-ps")), client_id="request-ps"))


def test_an_assertion_is_no_request(server, key):
    """RFC 9101 10.8: nor the other way round."""
    page_error(ask(server, key.sign(claims(ID, server.base))))
    made = inside(server, Pkce(), jti="x", sub=ID)
    answer = server.browser().post("/oauth/token", data=form(
        key.sign(made, typ="oauth-authz-req+jwt"), grant_type="client_credentials"))
    oauth_error(answer, 401, "invalid_client")


def test_pushed(server, key):
    """RFC 9126 3: the whole request in the request object, the client's proof beside it."""
    user, pkce = server.user(login=True), Pkce()
    answer = push(server, key, key.sign(inside(server, pkce)))
    assert answer.status_code == 201, answer.text
    answer = user.http.get("/oauth/authorize", params={
        "client_id": ID, "request_uri": answer.json()["request_uri"]})
    query = redirect(server.consent(user.http, answer), REDIRECT_URI)
    assert query["state"] == "a state"
    answer = server.token(None, **form(key.sign(claims(ID, server.base)),
                                       grant_type="authorization_code", code=query["code"],
                                       redirect_uri=REDIRECT_URI, code_verifier=pkce.verifier))
    assert answer.status_code == 200, answer.text


def test_pushed_by_those_that_must_sign(server, key):
    """FAPI 2.0 Message Signing 5.3.1: a signed request, pushed."""
    answer = push(server, key, key.sign(inside(server, Pkce(), STRICT)), STRICT)
    assert answer.status_code == 201, answer.text
    accepted(server.browser().get("/oauth/authorize", params={
        "client_id": STRICT, "request_uri": answer.json()["request_uri"]}))


@pytest.mark.parametrize("changes", [
    {"client_id": STRICT}, {"client_id": None}, {"iss": STRICT}, {"exp": 1}, {"request": "x"},
    {"request_uri": "https://a.example/"}, {"aud": "https://other.example"}])
def test_pushed_and_refused(server, key, changes):
    """RFC 9126 3: the client that is meant is the one that authenticated."""
    answer = push(server, key, key.sign(inside(server, Pkce(), **changes)))
    oauth_error(answer, 400, "invalid_request_object")


def test_pushed_takes_nothing_from_beside_it(server, key):
    """RFC 9126 3, even with scope openid there."""
    beside = {"scope": "openid", "redirect_uri": REDIRECT_URI, "response_type": "code"}
    answer = push(server, key, key.sign(inside(server, Pkce(), redirect_uri=None)), **beside)
    oauth_error(answer, 400, "invalid_request")
    answer = push(server, key, Key("ES256", "one").sign(inside(server, Pkce())), **beside)
    oauth_error(answer, 400, "invalid_request_object")


def test_our_own_parameters_are_not_inside(server, key):
    """What carries a transaction is none of a client's parameters."""
    accepted(ask(server, key.sign(inside(server, Pkce(), transaction="x" * 43))))
    answer = push(server, key, key.sign(inside(server, Pkce(), transaction="x" * 43)))
    assert answer.status_code == 201, answer.text


def test_by_a_secret(server):
    """OpenID Connect Core 10.1: HS256 by the client's secret, for who has registered it."""
    made = server.browser().post("/oauth/register", json={
        "redirect_uris": ["https://app.example.com/cb"], "request_object_signing_alg": "HS256",
        "token_endpoint_auth_method": "client_secret_basic"}).json()
    changes = {"redirect_uri": "https://app.example.com/cb"}
    for secret, good in ((made["client_secret"], True), ("x" * 43, False)):
        signed = Key("HS256", secret=secret.encode()).sign(
            inside(server, Pkce(), made["client_id"], **changes))
        answer = ask(server, signed, client_id=made["client_id"])
        if good:
            accepted(answer)
        else:
            page_error(answer)


def test_discovery(server):
    """RFC 9101 10.5, OpenID Connect Discovery 3."""
    body = server.get("/.well-known/openid-configuration").json()
    assert body["request_parameter_supported"] is True
    assert set(ALGORITHMS) <= set(body["request_object_signing_alg_values_supported"])
    assert "none" not in body["request_object_signing_alg_values_supported"]
    assert body["require_signed_request_object"] is False
