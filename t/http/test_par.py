# SPDX-License-Identifier: MIT
"""POST /oauth/par, and its request_uri at the authorization endpoint (RFC 9126)."""

import pytest

from lib.answers import oauth_error, page_error, redirect, redirect_error
from lib.client import Pkce
from lib.database import CLIENT_ID, CLIENT_SECRET, PUBLIC_ID, REDIRECT_URI

PREFIX = "urn:ietf:params:oauth:request_uri:"


def push(server, pkce, auth=(CLIENT_ID, CLIENT_SECRET), **changes):
    form = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI,
            "scope": "openid profile", "state": "a state", "code_challenge": pkce.challenge,
            "code_challenge_method": "S256", **changes}
    return server.browser().post("/oauth/par", auth=auth, data={
        k: v for k, v in form.items() if v is not None})


def pushed(server, pkce, **changes):
    answer = push(server, pkce, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()["request_uri"]


def authorize(browser, request_uri, **changes):
    return browser.get("/oauth/authorize", params={
        "client_id": CLIENT_ID, "request_uri": request_uri, **changes})


def test_the_whole_flow(server):
    """RFC 9126 2.2, 4."""
    user, pkce = server.user(login=True), Pkce()
    answer = push(server, pkce)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {"request_uri", "expires_in"}
    assert body["request_uri"].startswith(PREFIX) and len(body["request_uri"]) >= len(PREFIX) + 43
    assert body["expires_in"] == 90
    answer = server.consent(user.http, authorize(user.http, body["request_uri"]))
    query = redirect(answer, REDIRECT_URI)
    assert query["state"] == "a state"
    assert server.redeem(query["code"], pkce).status_code == 200


def test_once(server):
    """RFC 9126 7.3."""
    uri = pushed(server, Pkce())
    assert authorize(server.browser(), uri).status_code == 303
    page_error(authorize(server.browser(), uri))


def test_what_stands_beside_it_counts_for_nothing(server):
    """RFC 9126 4: the pushed parameters, and no other."""
    user = server.user(login=True)
    uri = pushed(server, Pkce())
    answer = authorize(user.http, uri, redirect_uri="https://evil.example/", state="evil",
                       scope="openid write", prompt="none")
    assert redirect(server.consent(user.http, answer), REDIRECT_URI)["state"] == "a state"


def test_of_another_client(server):
    """RFC 9126 2.2: bound to the client that pushed it."""
    page_error(authorize(server.browser(), pushed(server, Pkce()), client_id=PUBLIC_ID))


@pytest.mark.parametrize("uri", [PREFIX, PREFIX + "x", PREFIX + "A" * 43])
def test_unknown(server, uri):
    page_error(authorize(server.browser(), uri))


def test_expired(server):
    uri = pushed(server, Pkce())
    server.database.rows("update oauth2.pushed_requests set expires_at = now()")
    page_error(authorize(server.browser(), uri))


@pytest.mark.parametrize("changes, error", [
    ({"request_uri": PREFIX + "x"}, "invalid_request"),         # RFC 9126 2.1
    ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
    ({"redirect_uri": None}, "invalid_request"),
    ({"scope": "openid admin"}, "invalid_scope"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"code_challenge": None}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"request": "x.y.z"}, "invalid_request_object"),
    ({"transaction": "x"}, "invalid_request"),
])
def test_checked_as_it_is_pushed(server, changes, error):
    """RFC 9126 2.1, 2.3."""
    oauth_error(push(server, Pkce(), **changes), 400, error)


def test_client_authentication(server):
    """RFC 9126 2.1."""
    oauth_error(push(server, Pkce(), (CLIENT_ID, "wrong")), 401, "invalid_client")
    oauth_error(push(server, Pkce(), None), 401, "invalid_client")
    oauth_error(push(server, Pkce(), client_id=PUBLIC_ID), 400, "invalid_request")
    assert push(server, Pkce(), None, client_id=PUBLIC_ID).status_code == 201
    assert server.browser().get("/oauth/par").status_code == 405


def test_no_secret_is_kept(server):
    answer = push(server, Pkce(), None, client_secret=CLIENT_SECRET)
    assert answer.status_code == 201
    kept = server.database.rows("select r::text as text from oauth2.pushed_requests as r")
    assert kept and not any(CLIENT_SECRET in row["text"] for row in kept)
    assert not any(answer.json()["request_uri"].removeprefix(PREFIX) in row["text"]
                   for row in kept)


def test_a_client_that_must_push(server):
    """RFC 9126 6."""
    secret = "the secret of a careful client"
    careful = server.database.add_client("careful", secret)
    server.database.rows(
        "update oauth2.oauth2_clients"
        " set metadata = '{\"require_pushed_authorization_requests\": true}'"
        " where client_id = %s", careful)
    redirect_error(server.authorize(server.browser(), Pkce(), client_id=careful), REDIRECT_URI,
                   "invalid_request", server.base)
    uri = pushed(server, Pkce(), auth=(careful, secret), client_id=careful)
    assert authorize(server.browser(), uri, client_id=careful).status_code == 303


def test_discovery(server):
    body = server.get("/.well-known/openid-configuration").json()
    assert body["pushed_authorization_request_endpoint"] == f"{server.base}/oauth/par"
    assert body["require_pushed_authorization_requests"] is False
