# SPDX-License-Identifier: MIT
"""Clients that authenticate by a JWT which they signed: private_key_jwt (RFC 7521 4.2, RFC 7523
2.2 and 3, OpenID Connect Core 9)."""

import base64
import json
import time

import pytest
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey

from lib.answers import oauth_error
from lib.assertion import ALGORITHMS, Key, b64, claims, form, jwks
from lib.client import Pkce
from lib.database import CLIENT_ID, CLIENT_SECRET, PUBLIC_ID, REDIRECT_URI

GRANT = {"grant_type": "client_credentials"}
ID = "by-key"


def add(database, client_id, *keys, method="private_key_jwt", **metadata):
    database.add_client(client_id, None)
    database.rows("update oauth2.oauth2_clients set token_endpoint_auth_method = %s,"
                  " metadata = %s where client_id = %s", method,
                  json.dumps({"jwks": jwks(*keys), **metadata}), client_id)
    return client_id


@pytest.fixture(scope="module")
def key(server):
    made = Key("ES256", "one")
    add(server.database, ID, Key("ES256", "zero"), made)
    return made


def post(server, fields, path="/oauth/token", **options):
    return server.browser().post(path, data=fields, **options)


def ask(server, key, client_id=ID, path="/oauth/token", header=None, fields=None, **changes):
    """The answer to an assertion with these claims."""
    changes.setdefault("aud", server.base)
    assertion = key.sign(claims(client_id, **{"audience": None, **changes}), **(header or {}))
    return post(server, form(assertion, **{**GRANT, **(fields or {})}), path)


def refused(answer):
    """RFC 6749 5.2: 401 invalid_client, always in the same words."""
    body = oauth_error(answer, 401, "invalid_client")
    assert body["error_description"] == (
        "The client is unknown, or did not authenticate as it must.")


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_algorithms(server, alg):
    """OpenID Connect Core 9: by the key that is registered."""
    key = Key(alg)
    add(server.database, f"by-{alg}", key)
    assert ask(server, key, f"by-{alg}").status_code == 200
    refused(ask(server, Key(alg), f"by-{alg}"))


def test_by_another_library(server, key):
    """Authlib's private_key_jwt."""
    client = OAuth2Client(ID, ECKey.import_key(key.private), verify=False,
                          token_endpoint_auth_method="private_key_jwt")
    client.register_client_auth_method(
        PrivateKeyJWT(f"{server.base}/oauth/token", alg="ES256", headers={"kid": "one"}))
    assert client.fetch_token(f"{server.base}/oauth/token",
                              grant_type="client_credentials")["token_type"] == "Bearer"


def test_client_id_may_be_said_and_is_the_same(server, key):
    """RFC 7521 4.2."""
    assert ask(server, key, fields={"client_id": ID}).status_code == 200
    refused(ask(server, key, fields={"client_id": CLIENT_ID}))


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/par", "/oauth/revoke",
                                  "/oauth/introspect", "/oauth/device_authorization"])
def test_at_every_endpoint(server, key, path):
    """RFC 9126 2: the issuer, the token endpoint's URL, or that of the endpoint that is
    asked."""
    fields = {"token": "x", "response_type": "code", "redirect_uri": REDIRECT_URI,
              "code_challenge": Pkce().challenge, "code_challenge_method": "S256"}
    server.database.rows(
        "update oauth2.oauth2_clients set grant_types = grant_types ||"
        " '[\"urn:ietf:params:oauth:grant-type:device_code\"]' where client_id = %s", ID)
    for audience in ("", "/oauth/token", path):
        answer = ask(server, key, path=path, fields=fields, aud=server.base + audience)
        assert answer.status_code in (200, 201), answer.text
    refused(ask(server, Key("ES256", "one"), path=path, fields=fields))
    refused(ask(server, key, path=path, fields=fields, aud=f"{server.base}/oauth/userinfo"))


def test_the_whole_flow(server, key):
    """The row that authenticated the client is that of its request, too."""
    user, pkce = server.user(login=True), Pkce()
    code = server.code(user, pkce, client_id=ID)
    answer = ask(server, key, fields={
        "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI,
        "code_verifier": pkce.verifier})
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    answer = ask(server, key, path="/oauth/introspect", fields={"token": tokens["access_token"]})
    assert answer.json()["client_id"] == ID
    answer = ask(server, key, fields={"grant_type": "refresh_token",
                                      "refresh_token": tokens["refresh_token"]})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("changes", [
    {"iss": CLIENT_ID}, {"iss": None}, {"iss": ""},                 # RFC 7523 3 (1)
    {"sub": CLIENT_ID}, {"sub": None}, {"sub": ""},                 # RFC 7523 3 (2)
    {"iss": [ID]}, {"sub": 7}, {"sub": "x" * 300, "iss": "x" * 300},
    {"aud": None}, {"aud": ""}, {"aud": []}, {"aud": 1},            # RFC 7523 3 (3)
    {"aud": "https://other.example"}, {"exp": None},                # RFC 7523 3 (4)
    {"exp": "1e10"}, {"exp": 0}, {"exp": True}, {"jti": None}, {"jti": ""}, {"jti": 1},
])
def test_claims_that_must_be_right(server, key, changes):
    """RFC 7523 3, OpenID Connect Core 9: iss and sub are the client's id; aud, exp and jti are
    required."""
    refused(ask(server, key, **changes))


@pytest.mark.parametrize("exp, nbf, iat, good", [
    (1, None, None, True), (3600, None, None, True), (0, None, None, False),
    (-30, None, None, False), (4000, None, None, False), (60, -10, -10, True),
    (60, 10, 10, True), (60, 120, None, False), (60, None, 120, False),
    (60.5, -0.5, -0.5, True),
])
def test_times(server, key, exp, nbf, iat, good):
    """RFC 7523 3 (4), (5), (6): not expired, not before its time, not for ages; clocks may
    differ a little, and be early by ten seconds (FAPI 2.0 5.3.2.1)."""
    now = time.time() if isinstance(exp, float) else int(time.time()) + (2 if exp == 1 else 0)
    answer = ask(server, key, exp=now + exp, nbf=nbf and now + nbf, iat=iat and now + iat)
    if good:
        assert answer.status_code == 200, answer.text
    else:
        refused(answer)


def test_audiences(server, key):
    """RFC 7523 3 (3): an array is fine when all of it is us."""
    ours = [server.base, f"{server.base}/oauth/token"]
    for good in ours, ours[:1], [ours[1], ours[1]]:
        assert ask(server, key, aud=good).status_code == 200
    for foreign in [*ours, "https://other.example"], [ours[0], 1], [[ours[0]]], {"0": ours[0]}:
        refused(ask(server, key, aud=foreign))
    for wrong in server.base + "/", f"http://127.0.0.1:{server.port}", server.base.upper():
        refused(ask(server, key, aud=wrong))


def test_once(server, key):
    """RFC 7523 3 (7), OpenID Connect Core 9: a jti is used once; that of another client is
    another."""
    jti = "the same"
    assert ask(server, key, jti=jti).status_code == 200
    refused(ask(server, key, jti=jti))
    refused(ask(server, key, jti=jti, path="/oauth/par"))
    other = Key("EdDSA")
    add(server.database, "other-by-key", other)
    assert ask(server, other, "other-by-key", jti=jti).status_code == 200
    assert server.nginx.error_log.read_text().count("client assertion used before") == 2


def test_a_refused_assertion_is_not_used_up(server, key):
    """Else anybody could use up those of others."""
    refused(ask(server, Key("ES256", "one"), jti="later"))
    refused(ask(server, key, jti="later", aud="https://other.example"))
    assert ask(server, key, jti="later").status_code == 200


def test_key_of_another_client(server, key):
    """RFC 7523 3 (9): the signature is by a key of this client."""
    other = Key("ES256", "one")
    add(server.database, "not-mine", other)
    refused(ask(server, other))
    assert ask(server, other, "not-mine").status_code == 200


def test_registered_algorithm(server):
    """OpenID Connect Registration 2: token_endpoint_auth_signing_alg is the only one."""
    key, other = Key("RS256"), Key("ES256")
    add(server.database, "only-ps", key, other, token_endpoint_auth_signing_alg="PS256")
    refused(ask(server, key, "only-ps"))
    refused(ask(server, other, "only-ps"))
    key.alg = "PS256"
    assert ask(server, key, "only-ps").status_code == 200


def test_algorithms_are_not_confused(server):
    """RFC 8725 3.1, 3.2: none, an HMAC by the public key, another algorithm's signature."""
    key = Key("RS256", "rsa")
    add(server.database, "rsa-only", key)
    public = [key.private.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
              for encoding in (Encoding.PEM, Encoding.DER)]
    for secret in (*public, base64.urlsafe_b64decode(key.public()["n"] + "=="), b"", b"x" * 32):
        refused(ask(server, Key("HS256", "rsa", secret), "rsa-only"))
    good = claims("rsa-only", server.base)
    for head in {"alg": "none"}, {"alg": "None"}, {"alg": ""}, {}:
        start = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(good).encode())}."
        refused(post(server, form(start, **GRANT)))
        refused(post(server, form(start + "AAAA", **GRANT)))
    for alg in ("PS256", "ES256", "RS512", "rs256", "HS256"):
        refused(ask(server, key, "rsa-only", header={"alg": alg}))
    assert ask(server, key, "rsa-only").status_code == 200


@pytest.mark.parametrize("member", ["jku", "x5u", "jwk", "crit", "b64", "zip", "enc"])
def test_headers_that_bring_a_key(server, key, member):
    """RFC 8725 3.10: what the header says of keys is not followed."""
    own = Key("ES256", "one")
    value = {"jwk": own.public(), "crit": ["exp"], "b64": False}.get(
        member, f"{server.base}/keys")
    refused(ask(server, own, header={member: value}))
    refused(ask(server, key, header={member: value}))


@pytest.mark.parametrize("member", ["x5c", "x5t", "x5t#S256"])
def test_headers_that_name_a_certificate(server, key, member):
    """RFC 7515 4: they are ignored, as clients whose key has a certificate write them always."""
    value = ["AAAA"] if member == "x5c" else "U9xRL1eRVOZkoKHAkNVUY3rGGiI"
    assert ask(server, key, header={member: value}).status_code == 200
    refused(ask(server, Key("ES256", "one"), header={member: value}))


@pytest.mark.parametrize("kid", ["nobody", "", "../../key", "one' or '1'='1", None])
def test_kid(server, key, kid):
    """RFC 7515 4.1.4: of one of the client's keys, or left out."""
    answer = ask(server, key, header={"kid": kid})
    if kid is None:
        assert answer.status_code == 200
    else:
        refused(answer)


@pytest.mark.parametrize("typ, good", [
    ("JWT", True), ("jwt", True), ("client-authentication+jwt", True),
    ("application/client-authentication+jwt", True), (None, True), ("at+jwt", False),
    ("dpop+jwt", False), ("oauth-authz-req+jwt", False), ("logout+jwt", False), ("", False)])
def test_types(server, key, typ, good):
    """RFC 8725 3.11, RFC 7523 3: a JWT that was made for something else is none."""
    answer = ask(server, key, header={"typ": typ})
    if good:
        assert answer.status_code == 200, answer.text
    else:
        refused(answer)


@pytest.mark.parametrize("assertion", [
    "x", "x.y.z", "..", "a.b.c.d.e", "e30.e30.", "e30.e30.e30", "\N{SNOWMAN}",
    b64(b'{"alg":"ES256"}') + ".e30.AAAA"])
def test_what_is_no_assertion(server, assertion):
    refused(post(server, form(assertion, **GRANT)))


def test_changed_on_the_way(server, key):
    """RFC 7523 3 (9)."""
    header, _, signature = key.sign(claims(ID, server.base)).split(".")
    body = b64(json.dumps(claims(ID, server.base)).encode())
    refused(post(server, form(f"{header}.{body}.{signature}", **GRANT)))
    for broken in (signature[:-4], signature + "AAAA", "A" * len(signature)):
        refused(post(server, form(f"{header}.{body}.{broken}", **GRANT)))


def test_one_way_in_each_request(server, key):
    """RFC 6749 2.3, RFC 7521 4.2: no second one beside the assertion."""
    good = claims(ID, server.base)
    fields = form(key.sign(good), **GRANT)
    oauth_error(post(server, fields, auth=(CLIENT_ID, CLIENT_SECRET)), 400, "invalid_request")
    oauth_error(post(server, {**fields, "client_secret": "x"}), 400, "invalid_request")
    oauth_error(post(server, fields, headers={"Authorization": "Bearer x"}), 400,
                "invalid_request")
    assert post(server, fields).status_code == 200


def test_type_of_the_assertion(server, key):
    """RFC 7521 4.2: client_assertion_type is required, and this one is known."""
    assertion = key.sign(claims(ID, server.base))
    for fields in ({"client_assertion": assertion},
                   form(assertion) | {"client_assertion_type": "urn:x"},
                   {"client_assertion_type": form(assertion)["client_assertion_type"]},
                   form(assertion) | {"client_assertion_type":
                                      "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}):
        oauth_error(post(server, {**fields, **GRANT}), 400, "invalid_request")


def test_never_in_the_query(server, key):
    """RFC 6749 2.3.1."""
    assertion = key.sign(claims(ID, server.base))
    for name, value in form(assertion).items():
        answer = post(server, {**form(assertion), **GRANT}, params={name: value})
        oauth_error(answer, 400, "invalid_request")


def test_other_methods_are_not_for_it(server, key):
    """OpenID Connect Registration 2: a client authenticates as it is registered."""
    refused(post(server, {**GRANT, "client_id": ID}))
    refused(post(server, {**GRANT, "client_id": ID, "client_secret": ""}))
    refused(server.token((ID, "x"), **GRANT))
    assert server.token((ID, ""), **GRANT).status_code == 401
    for client_id in CLIENT_ID, PUBLIC_ID:
        refused(ask(server, key, client_id))
    server.database.rows("update oauth2.oauth2_clients set metadata = %s where client_id = %s",
                         json.dumps({"jwks": jwks(key)}), CLIENT_ID)
    refused(ask(server, key, CLIENT_ID))


def test_unknown_and_wrong_are_told_alike(server, key):
    """RFC 6749 5.2: byte for byte, headers too, but for what names the request."""
    answers = [ask(server, Key(alg, "one"), client_id)
               for alg in ALGORITHMS for client_id in (ID, "nobody", PUBLIC_ID, CLIENT_ID)]
    answers += [ask(server, key, exp=1), ask(server, key, "nobody", exp=1)]
    assert len({answer.text for answer in answers}) == 1
    assert len({tuple(sorted((name, value) for name, value in answer.headers.items()
                             if name not in ("x-request-id", "date"))) for answer in answers}) == 1


def test_nothing_is_logged_or_kept(server, key):
    assertion = key.sign(claims(ID, server.base, jti="a jti of the log"))
    assert post(server, form(assertion, **GRANT)).status_code == 200
    refused(post(server, form(assertion, **GRANT)))
    assert assertion.split(".")[2] not in server.nginx.error_log.read_text()
    assert "a jti of the log" not in server.nginx.error_log.read_text()
    kept = server.database.rows("select r::text as text from oauth2.replays as r")
    assert kept and not any("a jti of the log" in row["text"] for row in kept)


def test_discovery(server):
    """RFC 8414 2: signing algorithms are listed beside the method."""
    body = server.get("/.well-known/openid-configuration").json()
    for endpoint in "token", "revocation", "introspection":
        assert "private_key_jwt" in body[f"{endpoint}_endpoint_auth_methods_supported"]
        listed = body[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert set(ALGORITHMS) <= set(listed) and "none" not in listed
