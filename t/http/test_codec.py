# SPDX-License-Identifier: MIT
"""POST /temporal/codec/decode: Temporal's codec-server protocol, for administrators
(design, section 4)."""

import base64
import json
import os

import pytest

from lib.answers import problem
from lib.client import Pkce, bearer
from lib.codec import Codec
from lib.process import free_port, give, temporary_folder
from lib.site import end_server, start_server
from temporalio.api.common.v1 import Payload

PATH = "/temporal/codec/decode"
UI = "http://localhost:8081"
SETTINGS = f"oauth2_cors_origin {UI} https://temporal.example.com;"


def plain(value, **metadata):
    return Payload(metadata={"encoding": b"json/plain", **metadata},
                   data=json.dumps(value).encode())


def as_json(payload):
    """A payload as Temporal's clients write it."""
    return {"metadata": {k: base64.b64encode(v).decode() for k, v in payload.metadata.items()},
            "data": base64.b64encode(payload.data).decode()}


def make_admin(site, user, value=True):
    site.database.rows("select * from oauth2.admin_user_set(%s)",
                       json.dumps({"id": user.user_id, "is_superuser": value}))


@pytest.fixture(scope="module")
def codec(keys):
    return Codec(keys.token.read_text().strip())


@pytest.fixture(scope="module")
def admin(server):
    user = server.user(login=True)
    make_admin(server, user)
    return user


@pytest.fixture
def decode(server, admin):
    """The answer to an administrator's payloads."""
    def call(*payloads, **options):
        return server.browser().post(
            PATH, json={"payloads": list(payloads)},
            headers=bearer(admin.tokens["access_token"]), **options)
    return call


def test_opens_what_is_sealed_and_passes_on_the_rest(decode, codec):
    one = plain({"email": "ada@example.com"}, messageType=b"\xff\x00")
    other = {"metadata": {"encoding": "YmluYXJ5L251bGw="}, "unknown": [1.5, None, "\u00f6"]}
    answer = decode(as_json(codec.seal(one)), other, as_json(codec.seal(Payload())), {})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {"payloads": [as_json(one), other, {"metadata": {}, "data": ""}, {}]}


@pytest.mark.parametrize("body", [{}, {"payloads": []}, {"payloads": None}])
def test_nothing_to_open(server, admin, body):
    answer = server.browser().post(PATH, json=body, headers=bearer(admin.tokens["access_token"]))
    assert (answer.status_code, answer.json()) == (200, {"payloads": []})


def test_with_the_session_cookie(admin, codec):
    answer = admin.http.post(PATH, json={"payloads": [as_json(codec.seal(plain(1)))]})
    assert answer.json() == {"payloads": [as_json(plain(1))]}


def test_only_for_administrators(server, codec):
    """Whoever it is is looked up each time."""
    body = {"payloads": [as_json(codec.seal(plain("secret")))]}
    problem(server.post(PATH, body), 401, "unauthenticated")
    problem(server.post(PATH, body, headers=bearer("x")), 401, "invalid_token")

    user = server.user(login=True)
    token = bearer(user.tokens["access_token"])
    for _ in range(2):
        problem(user.http.post(PATH, json=body), 403, "administrator_required")
        problem(server.post(PATH, body, headers=token), 403, "administrator_required")
        make_admin(server, user)
        assert user.http.post(PATH, json=body).status_code == 200
        assert server.post(PATH, body, headers=token).status_code == 200
        make_admin(server, user, False)


def test_an_app_of_an_administrator_is_none(server, admin, codec):
    """Its token is the administrator's, and was given for other things."""
    pkce = Pkce()
    tokens = server.redeem(server.code(admin, pkce), pkce).json()
    body = {"payloads": [as_json(codec.seal(plain("secret")))]}
    problem(server.post(PATH, body, headers=bearer(tokens["access_token"])),
            403, "administrator_required")
    app = server.token(grant_type="client_credentials").json()["access_token"]
    problem(server.post(PATH, body, headers=bearer(app)), 403, "administrator_required")


def test_tampered(decode, codec):
    good = codec.seal(plain("x"))
    for place in (0, 12, len(good.data) - 1):
        data = bytearray(good.data)
        data[place] ^= 1
        bad = Payload(metadata=good.metadata, data=bytes(data))
        problem(decode(as_json(good), as_json(bad)), 400, "invalid_payload")
    problem(decode(as_json(Payload(metadata=good.metadata, data=b"short"))),
            400, "invalid_payload")


def test_foreign_key(decode, codec):
    foreign = Codec(os.urandom(32).hex())
    problem(decode(as_json(foreign.seal(plain("x")))), 400, "unknown_payload_key")
    foreign.key_id = codec.key_id
    problem(decode(as_json(foreign.seal(plain("x")))), 400, "invalid_payload")


@pytest.mark.parametrize("payload", [
    1, "x", [], None, {"metadata": 1}, {"metadata": {"encoding": 7}},
    {"metadata": {"encoding": "YmluYXJ5L2VuY3J5cHRlZA=="}},
    {"metadata": {"encoding": "YmluYXJ5L2VuY3J5cHRlZA==", "encryption-key-id": "?"}}])
def test_no_payload(decode, payload):
    problem(decode(payload), 400, "invalid_payload")


def test_body(server, admin):
    def post(content, kind="application/json"):
        return server.browser().post(PATH, content=content, headers={
            "Content-Type": kind, **bearer(admin.tokens["access_token"])})

    problem(post(b'{"payloads": {}}'), 422, "invalid_fields", "/payloads")
    problem(post(b'{"payloads": "[]"}'), 422, "invalid_fields", "/payloads")
    problem(post(b'{"payloads": [}'), 400, "invalid_json")
    problem(post(b'{"payloads": [{"a": 1, "a": 2}]}'), 400, "repeated_parameter")
    problem(post(b"{}", "text/plain"), 415, "unsupported_media_type")
    problem(server.get(PATH), 405, "method_not_allowed")


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [10_000, 60_000, 600_000])
def test_large_histories(server, admin, codec, size, chunked):
    """Up to 1 MB, which nginx has in memory or in a file."""
    value = os.urandom(size // 2).hex()
    body = json.dumps({"payloads": [as_json(codec.seal(plain(value)))] * 2 if size < 100_000
                       else [as_json(codec.seal(plain(value)))]}).encode()
    content = iter([body[:777], body[777:]]) if chunked else body
    answer = server.browser().post(PATH, content=content, headers={
        "Content-Type": "application/json", **bearer(admin.tokens["access_token"])})
    assert answer.status_code == 200, answer.text
    assert all(p == as_json(plain(value)) for p in answer.json()["payloads"])


def test_many_payloads(decode, codec):
    sealed = as_json(codec.seal(plain(1)))
    answer = decode(*[sealed] * 4000)
    assert answer.json() == {"payloads": [as_json(plain(1))] * 4000}


@pytest.fixture(scope="module")
def wide(request, database, keys, flavour):
    """nginx itself would let through more than we read; admin is signed in."""
    made = start_server(request, database, keys, flavour,
                        settings="client_max_body_size 4m;")
    made.admin = made.user(login=True)
    make_admin(made, made.admin)
    yield made
    end_server(made, request)


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large(wide, chunked):
    """1 MB here, 16 kB elsewhere."""
    for path, size in ((PATH, 1 << 20), ("/auth/login", 1 << 14)):
        body = b"{}" + b" " * (size - 2)
        for more, status in ((b"", None), (b" ", 413)):
            content = iter([body, more]) if chunked else body + more
            answer = wide.browser().post(path, content=content, headers={
                "Content-Type": "application/json",
                **bearer(wide.admin.tokens["access_token"])})
            if status is None:
                assert answer.status_code == (200 if path == PATH else 422), answer.text
            else:
                problem(answer, status, "body_too_large")


def test_rotation(request, database, keys, flavour, server, codec):
    """The first key seals, each of them opens; without the old one its
    payloads stay closed."""
    folder = temporary_folder("rotation")
    new = folder / "new.key"
    new.write_text(os.urandom(32).hex())
    give(new, 0o600)
    sealed = [as_json(c.seal(plain(n))) for n, c in
              enumerate((codec, Codec(new.read_text())))]

    for files, statuses in ((f"{new} {keys.token}", (200, 200)),
                            (f"{keys.token} {new}", (200, 200)),
                            (f"{new}", (400, 200))):
        site = start_server(request, database, keys, flavour, free_port(),
                            settings=f"oauth2_token_key {files};")
        try:
            user = site.user(login=True)
            make_admin(site, user)
            answers = [user.http.post(PATH, json={"payloads": [s]}) for s in sealed]
            assert tuple(a.status_code for a in answers) == statuses
            assert answers[1].json() == {"payloads": [as_json(plain(1))]}
            if statuses[0] == 400:
                problem(answers[0], 400, "unknown_payload_key")
        finally:
            end_server(site, request)


# From pages of another origin

def test_cookie_from_a_listed_origin(admin, codec):
    """The UI is another origin of the same site, so the cookie comes along."""
    body = {"payloads": [as_json(codec.seal(plain(1)))]}
    for site in ("same-site", "cross-site"):
        answer = admin.http.post(PATH, json=body, headers={
            "Origin": UI, "Sec-Fetch-Site": site})
        assert answer.status_code == 200, answer.text
        assert answer.headers["access-control-allow-origin"] == UI
        assert answer.headers["access-control-allow-credentials"] == "true"


@pytest.mark.parametrize("headers", [
    {"Origin": "http://localhost:8082"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Origin": UI.upper()}, {"Origin": f"{UI}.example.com"}])
def test_cookie_from_another_origin(admin, codec, headers):
    body = {"payloads": [as_json(codec.seal(plain(1)))]}
    answer = admin.http.post(PATH, json=body, headers=headers)
    problem(answer, 403, "cross_site")
    assert "access-control-allow-origin" not in answer.headers


def test_token_from_anywhere(decode, codec, server, admin):
    """A page that holds a token needs no cookie; it may read the answer when
    its origin is listed."""
    body = {"payloads": [as_json(codec.seal(plain(1)))]}
    answer = server.browser().post(PATH, json=body, headers={
        "Origin": "https://other.example.com", **bearer(admin.tokens["access_token"])})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
