# SPDX-License-Identifier: MIT
"""Every way a request can be malformed has its own clear error, and writes nothing."""

import json

import pytest

from lib.answers import oauth_error, problem
from lib.client import PASSWORD, fresh_email
from lib.database import CLIENT_ID, CLIENT_SECRET

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TABLES = ("users", "sessions", "operations", "outbox", "oauth2_access_tokens",
          "oauth2_authorization_codes", "authorization_requests")


@pytest.fixture(autouse=True)
def nothing_written(server):
    def counts():
        return {table: server.database.value(f"select count(*) from oauth2.{table}")
                for table in TABLES}
    before = counts()
    yield
    assert counts() == before


def send(server, content, content_type=JSON, path="/auth/register"):
    headers = {"Content-Type": content_type} if content_type else {}
    return server.browser().post(path, content=content, headers=headers)


def good():
    return {"email": fresh_email(), "password": PASSWORD}


def with_member(text):
    """A good body with one more member, as written."""
    return (json.dumps(good())[:-1] + ", " + text + "}").encode()


@pytest.mark.parametrize("body", [
    b"", b"{", b"null", b"[]", b'"text"', b"1", b"{}{}", b"{} x", b"{'email': 'x'}",
    b'{"email": }', b'{"email": "x",}', b"/* c */ {}", b"{} // c", b"\xef\xbb\xbf{}", b"NaN"])
def test_bad_json(server, body):
    problem(send(server, body), 400, "invalid_json")


@pytest.mark.parametrize("text", [
    '"x": NaN', '"x": 01', '"x": "a\tb"', '"x": "\\x41"', '"x": tru',
    '"x": ' + "[" * 20 + "]" * 20, '"x": ' + '{"a":' * 20 + "1" + "}" * 20,
    '"x": ' + "[" * 5000])
def test_bad_json_within(server, text):
    problem(send(server, with_member(text)), 400, "invalid_json")


@pytest.mark.parametrize("text", ['"email": "x@y.example"', '"x": 1, "x": 2',
                                  '"\\u0065mail": "x@y.example"'])
def test_repeated_member(server, text):
    problem(send(server, with_member(text)), 400, "repeated_parameter")


@pytest.mark.parametrize("body", [
    b'{"email": "\xff@y.example"}', b'{"email": "\xc0\xaf"}', b'{"\xfe": 1}',
    b'{"email": "\xed\xa0\x80"}', b'{"email": "a\\u0000b"}', b'{"email": "a\x00b"}',
    b'{"email": "\\ud800"}', b'{"\\udc00": 1}'])
def test_no_utf8_and_nul(server, body):
    problem(send(server, body), 400, "invalid_utf8")


@pytest.mark.parametrize("content_type", [
    None, "text/plain", FORM, "application/jsonp", "application/json-patch+json",
    "multipart/form-data; boundary=x", "json"])
def test_media_type(server, content_type):
    answer = send(server, json.dumps(good()), content_type)
    problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", [FORM + "x", JSON, "text/plain", None])
def test_media_type_of_forms(server, content_type):
    answer = server.browser().post(
        "/oauth/token", content=b"grant_type=client_credentials", auth=(CLIENT_ID, CLIENT_SECRET),
        headers={"Content-Type": content_type} if content_type else {})
    oauth_error(answer, 415, "invalid_request")


def test_too_large(server):
    body = json.dumps({**good(), "x": "y" * 20000})
    problem(send(server, body), 413, "body_too_large")
    problem(send(server, iter([body.encode()])), 413, "body_too_large")
    answer = send(server, b"x=" + b"y" * 20000, FORM, "/oauth/token")
    oauth_error(answer, 413, "invalid_request")


def test_too_long_field(server):
    for name, size in (("email", 255), ("password", 1025), ("username", 201),
                       ("first_name", 201), ("last_name", 201)):
        answer = send(server, json.dumps({**good(), name: "x" * size}))
        problem(answer, 422, "invalid_fields", f"/{name}")


@pytest.mark.parametrize("value", [1, True, [], {}, 1.5])
def test_wrong_type(server, value):
    answer = send(server, json.dumps({**good(), "email": value}))
    assert "/email" in {e["pointer"] for e in answer.json()["errors"]}
    problem(answer, 422, "invalid_fields", *{e["pointer"] for e in answer.json()["errors"]})


@pytest.mark.parametrize("path, allow", [
    ("/auth/register", "POST"), ("/oauth/token", "POST"), ("/auth/check", "GET, HEAD"),
    ("/users/me", "GET, HEAD, PUT"), ("/oauth/authorize", "GET, HEAD, POST"),
    ("/health", "GET, HEAD")])
def test_method(server, path, allow):
    for method in ("DELETE", "PATCH", "OPTIONS", "PROPFIND"):
        answer = server.http.request(method, path)
        problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == allow


@pytest.mark.parametrize("path", [
    "/auth/nothing", "/auth/", "/user/", "/oauth/x", "/users/you", "/auth/register/",
    "/AUTH/../auth/nothing"])
def test_no_such_route(server, path):
    problem(server.get(path), 404, "not_found")
    problem(server.post(path, {}), 404, "not_found")


@pytest.mark.parametrize("body", ["a=1&a=2", "grant_type=x&grant_type=x", "a&a", "%61=1&a=2"])
def test_repeated_form_parameter(server, body):
    answer = send(server, body, FORM, "/oauth/token")
    oauth_error(answer, 400, "invalid_request")


@pytest.mark.parametrize("body", [b"a=%", b"a=%4", b"a=%zz", b"a=%ff", b"a=%00", b"a=\xff"])
def test_bad_form(server, body):
    answer = send(server, body + b"&grant_type=client_credentials", FORM, "/oauth/token")
    oauth_error(answer, 400, "invalid_request")


def test_bad_query(server):
    for query in ("id=%", "id=%ff", "id=%00", "id=a&id=a", "id=" + "x" * 256):
        answer = server.get(f"/oauth/authorize?{query}")
        assert answer.status_code == 400
        assert "location" not in answer.headers


def test_request_id(server):
    """Taken from the caller if sane; in the answer and in the log."""
    answer = server.http.post("/auth/login", json={}, headers={"X-Request-ID": "a-sane.id_1"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "a-sane.id_1"
    for bad in ("x" * 65, "a b", "a;b", "<i>"):
        answer = server.http.post("/auth/login", json={}, headers={"X-Request-ID": bad})
        assert answer.headers["x-request-id"] != bad
        assert len(answer.headers["x-request-id"]) == 32


def test_nothing_is_echoed(server):
    """Neither input nor anything of ours: no SQL, no file names."""
    mark = "zzmarkzz"
    for answer in (send(server, json.dumps({"email": mark, "password": mark})),
                   send(server, json.dumps({"email": [mark], mark: mark})),
                   send(server, f"grant_type={mark}&client_id={mark}", FORM, "/oauth/token"),
                   server.get(f"/auth/{mark}"), server.me(mark)):
        assert answer.status_code >= 400
        assert mark not in answer.text
        assert mark not in str(answer.headers)
    assert mark not in server.nginx.error_log.read_text().replace(f"/auth/{mark}", "")
