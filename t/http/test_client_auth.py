# SPDX-License-Identifier: MIT
"""Client authentication at the token endpoint (RFC 6749 2.3): one way at a time."""

import base64

import pytest

from lib.answers import oauth_error
from lib.database import CLIENT_ID, CLIENT_SECRET, PUBLIC_ID

GRANT = {"grant_type": "client_credentials"}


def basic(text):
    if isinstance(text, str):
        text = text.encode()
    return {"Authorization": "Basic " + base64.b64encode(text).decode()}


def post(server, form=None, headers=None, path="/oauth/token"):
    return server.browser().post(path, data={**GRANT, **(form or {})}, headers=headers)


def test_basic(server):
    assert server.token(**GRANT).status_code == 200
    quoted = f"{CLIENT_ID}:{CLIENT_SECRET.replace(' ', '+')}"
    assert post(server, headers=basic(quoted)).status_code == 200
    lower = {"Authorization": basic(quoted)["Authorization"].replace("Basic", "basic")}
    assert post(server, headers=lower).status_code == 200


def test_basic_is_form_encoded(server):
    """RFC 6749 2.3.1"""
    server.database.add_client("a:b c", "ü+%&=:")
    header = basic("a%3Ab+c:%C3%BC%2B%25%26%3D%3A")
    assert post(server, headers=header).status_code == 200


def test_basic_that_is_not_form_encoded(server):
    """Which is what most clients send."""
    server.database.add_client("plain", "50%off + more/=")
    assert post(server, headers=basic("plain:50%off + more/=")).status_code == 200


def test_body(server):
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    assert post(server, form).status_code == 200


def test_basic_with_the_same_client_id_in_the_body(server):
    answer = server.token(client_id=CLIENT_ID, **GRANT)
    assert answer.status_code == 200
    oauth_error(server.token(client_id="other", **GRANT), 400, "invalid_request")


def test_never_both(server):
    answer = server.token(client_secret=CLIENT_SECRET, **GRANT)
    oauth_error(answer, 400, "invalid_request")


@pytest.mark.parametrize("query", [
    f"client_id={CLIENT_ID}", "client_secret=x", f"client_id={CLIENT_ID}&client_secret=x"])
def test_never_in_the_query(server, query):
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    oauth_error(post(server, form, path=f"/oauth/token?{query}"), 400, "invalid_request")


@pytest.mark.parametrize("credentials", [
    f"{CLIENT_ID}:wrong", f"{CLIENT_ID}:", f"nobody:{CLIENT_SECRET}", ":", "demo",
    f"{PUBLIC_ID}:{CLIENT_SECRET}", "%zz:x", b"\xff:\xff", "demo%00:x"])
def test_wrong_by_basic(server, credentials):
    answer = post(server, headers=basic(credentials))
    oauth_error(answer, 401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize("value", ["Basic", "Basic !!!", "Basic Zm9v Zm9v", "Bearer x", "Digest x"])
def test_headers_that_are_no_basic(server, value):
    answer = post(server, headers={"Authorization": value})
    oauth_error(answer, 401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize("form", [
    {}, {"client_id": "nobody"}, {"client_id": CLIENT_ID},
    {"client_id": CLIENT_ID, "client_secret": "wrong"}, {"client_secret": CLIENT_SECRET},
    {"client_id": "nobody", "client_secret": CLIENT_SECRET},
    {"client_id": PUBLIC_ID, "client_secret": CLIENT_SECRET}])
def test_wrong_by_body(server, form):
    answer = post(server, form)
    oauth_error(answer, 401, "invalid_client")
    assert "www-authenticate" not in answer.headers


def test_digest_is_not_the_secret(server):
    digest = server.database.value(
        "select client_secret from oauth2.oauth2_clients where client_id = %s", CLIENT_ID)
    assert len(digest) == 64
    answer = post(server, {"client_id": CLIENT_ID, "client_secret": digest})
    oauth_error(answer, 401, "invalid_client")


def test_unknown_and_wrong_are_told_alike(server):
    bodies = {post(server, headers=basic(c)).text for c in ("nobody:x", f"{CLIENT_ID}:x")}
    assert len(bodies) == 1


def test_repeated(server):
    for name in ("client_id", "client_secret", "grant_type", "anything"):
        body = f"{name}=a&{name}=a&grant_type=client_credentials"
        answer = server.browser().post(
            "/oauth/token", content=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"})
        oauth_error(answer, 400, "invalid_request")


def test_only_by_post_and_form(server):
    answer = server.http.get("/oauth/token", params={**GRANT, "client_id": CLIENT_ID})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    oauth_error(server.post("/oauth/token", GRANT), 415, "invalid_request")
