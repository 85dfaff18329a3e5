# SPDX-License-Identifier: MIT
"""oauth2_signing_key: every algorithm, several keys, and no token by any other way
(RFC 8725 3.1: the key decides the algorithm, never the token)."""

import hashlib
import hmac
import json
import os
import subprocess

import pytest

from lib.client import Pkce, bearer
from lib.process import give, temporary_folder
from lib.site import end_server, start_server
from lib.token import b64, part

RSA = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
EC = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
KINDS = {"RS256": RSA, "PS256": RSA, "ES256": EC, "EdDSA": ["genpkey", "-algorithm", "ED25519"]}


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def forged(token, secret, **header):
    """The claims of a token under another header, with an HMAC."""
    start = b64(json.dumps({**part(token, 0), **header}).encode()) + "." + token.split(".")[1]
    return start + "." + b64(hmac.new(secret, start.encode(), hashlib.sha256).digest())


@pytest.fixture(scope="module", params=["HS256", *KINDS])
def signed(request, database, keys, flavour):
    folder = temporary_folder("keys")
    path = folder / "signing.key"
    if request.param == "HS256":
        path.write_text(os.urandom(36).hex() + "\n")
    else:
        openssl(*KINDS[request.param], "-out", str(path))
    give(path, 0o600)
    made = start_server(request, database, keys, flavour,
                        settings=f"oauth2_signing_key {path} {request.param};\n"
                                 "oauth2_password_cost 4;")
    made.alg, made.key = request.param, path
    yield made
    end_server(made, request)


@pytest.fixture(scope="module")
def token(signed):
    return signed.user(login=True).tokens["access_token"]


def test_token_is_accepted(signed, token):
    assert part(token, 0)["alg"] == signed.alg
    assert part(token, 0)["typ"] == "at+jwt"
    assert signed.me(token).status_code == 200
    assert signed.userinfo(token).status_code == 200


def test_hash_of_the_access_token(signed):
    """OpenID Connect Core 3.1.3.6: at_hash by the digest that goes with the algorithm."""
    pkce = Pkce()
    code = signed.code(signed.user(login=True), pkce, scope="openid")
    tokens = signed.redeem(code, pkce).json()
    assert part(tokens["id_token"], 0)["alg"] == signed.alg
    digest = hashlib.sha512 if signed.alg == "EdDSA" else hashlib.sha256
    half = digest(tokens["access_token"].encode()).digest()
    assert part(tokens["id_token"], 1)["at_hash"] == b64(half[:len(half) // 2])


def test_metadata_say_so(signed, token):
    found = signed.get("/.well-known/openid-configuration").json()
    assert found["id_token_signing_alg_values_supported"] == list(
        dict.fromkeys([signed.alg, "HS256"]))
    keys = signed.get("/oauth/jwks").json()["keys"]
    if signed.alg == "HS256":
        assert keys == []       # a secret is not for everybody
        return
    assert [(k["alg"], k["kid"]) for k in keys] == [(signed.alg, part(token, 0)["kid"])]
    assert not {"d", "p", "q", "k"} & set(keys[0])


@pytest.mark.parametrize("header", [
    {"alg": "none"}, {"alg": "NONE"}, {"alg": "HS256"}, {"alg": "HS512"}, {"alg": "RS256"},
    {"alg": "ES256"}, {"alg": ""}, {"kid": "../../etc/passwd"}, {"typ": "JWT"},
    {"crit": ["exp"]}, {"b64": False}, {"jku": "https://evil.example/jwks"}])
def test_forged_token_is_refused(signed, token, header):
    """With what anybody knows as the secret: nothing, and the public key."""
    secrets = [b"", b"secret"]
    if signed.alg != "HS256":
        public = openssl("pkey", "-in", str(signed.key), "-pubout")
        secrets += [public, public.strip()]
    for secret in secrets:
        bad = forged(token, secret, **header)
        for attempt in (bad, bad.rsplit(".", 1)[0] + ".", bad.rsplit(".", 1)[0]):
            answer = signed.browser().get("/users/me", headers=bearer(attempt))
            assert answer.status_code == 401, (header, answer.text)


def test_changed_token_is_refused(signed, token):
    head, claims, signature = token.split(".")
    more = {**part(token, 1), "scope": "admin"}
    for bad in (f"{head}.{b64(json.dumps(more).encode())}.{signature}",
                f"{head}.{claims}.{signature[::-1]}", f"{head}.{claims}.{'A' * len(signature)}"):
        assert signed.me(bad).status_code == 401


def test_keys_of_a_file_and_of_another(request, database, keys, flavour):
    """The first key signs; all are published and check (RFC 7517 5), an RSA key by two names."""
    folder = temporary_folder("keys")
    for name, kind in (("first.pem", EC), ("second.pem", RSA)):
        openssl(*kind, "-out", str(folder / name))
        give(folder / name, 0o600)
    first, second = folder / "first.pem", folder / "second.pem"
    made = start_server(request, database, keys, flavour, settings=(
        f"oauth2_signing_key {first};\noauth2_signing_key {second};\n"
        f"oauth2_signing_key {second} PS256;\noauth2_password_cost 4;"))
    try:
        published = made.get("/oauth/jwks").json()["keys"]
        assert [key["alg"] for key in published] == ["ES256", "RS256", "PS256"]
        assert len({key["kid"] for key in published}) == 3
        token = made.user(login=True).tokens["access_token"]
        assert part(token, 0)["kid"] == published[0]["kid"]
        for key, expected in ((published[1], 200), ({"kid": "unknown"}, 401),
                              ({"kid": published[2]["kid"]}, 401)):
            header = {"alg": "RS256", "typ": "at+jwt", "kid": key["kid"]}
            start = b64(json.dumps(header).encode()) + "." + token.split(".")[1]
            signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", str(second)],
                                       input=start.encode(), check=True, capture_output=True)
            assert made.me(f"{start}.{b64(signature.stdout)}").status_code == expected, key
    finally:
        end_server(made, request)
