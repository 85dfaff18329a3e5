# SPDX-License-Identifier: MIT
"""GET /oauth/authorize (RFC 6749 4.1.1, 9207, 9700): where it redirects, and where it must not."""

import urllib.parse

import pytest

from lib.answers import page_error, redirect, redirect_error
from lib.client import Pkce, fresh_email, query_of
from lib.database import CLIENT_ID, PUBLIC_ID, REDIRECT_URI
from lib.page import Page

SCOPE = "openid profile"


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True)


def test_code(server, user):
    answer = server.authorize(user.http, Pkce(), state="s & t=ü")
    assert redirect(answer, f"{server.base}/oauth/consent")
    answer = server.consent(user.http, answer)
    query = redirect(answer, REDIRECT_URI)
    assert set(query) == {"code", "state", "iss"}
    assert query["state"] == "s & t=ü"
    assert query["iss"] == server.base
    assert len(query["code"]) == 43


def test_without_state(server, user):
    answer = server.consent(user.http, server.authorize(user.http, Pkce(), state=None))
    assert set(redirect(answer, REDIRECT_URI)) == {"code", "iss"}


# Dead ends: nothing of the request is believed before client and redirect URI.

@pytest.mark.parametrize("uri", [
    None, "http://127.0.0.1/Callback", "http://127.0.0.1/callback/", "http://127.0.0.1/callback?x",
    "http://127.0.0.1/callback#x", "http://127.0.0.1.evil.example/callback",
    "http://user@127.0.0.1/callback", "http://127.0.0.1/x/../callback",
    "http://127.0.0.1/%63allback", "https://127.0.0.1/callback", "//127.0.0.1/callback",
    "javascript:alert(1)", "http://127.0.0.1:99999/callback", "http://127.0.0.1\\@e/callback"])
def test_redirect_uri(server, user, uri):
    page_error(server.authorize(user.http, Pkce(), redirect_uri=uri))


def test_port_of_loopback_may_differ(server, user):
    """RFC 8252 7.3"""
    answer = server.consent(user.http, server.authorize(
        user.http, Pkce(), redirect_uri="http://127.0.0.1:5173/callback"))
    assert redirect(answer, "http://127.0.0.1:5173/callback")["code"]


@pytest.mark.parametrize("client", [None, "", "nobody", "x" * 256, "demo\x00", "account"])
def test_client(server, user, client):
    page_error(server.authorize(user.http, Pkce(), client_id=client, response_type="token"))


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "scope", "unknown"])
def test_repeated(server, user, name):
    query = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI,
             "state": "s", "scope": SCOPE, "code_challenge": Pkce().challenge, "unknown": "1",
             "code_challenge_method": "S256"}
    text = urllib.parse.urlencode([*query.items(), (name, query[name])])
    page_error(user.http.get(f"/oauth/authorize?{text}"))


def test_page_echoes_nothing(server, user):
    text = page_error(server.authorize(user.http, Pkce(), client_id="<script>alert(1)</script>"))
    assert "<script" not in text and "alert(1)" not in text


# Errors that the client is told.

@pytest.mark.parametrize("changes, error", [
    ({"response_type": None}, "unsupported_response_type"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"scope": "openid admin"}, "invalid_scope"),
    ({"scope": 'openid "'}, "invalid_scope"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge": "A" * 42}, "invalid_request"),
    ({"code_challenge": "A" * 44}, "invalid_request"),
    ({"code_challenge": "+" * 43}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": "s256"}, "invalid_request"),
    ({"request": "x.y.z"}, "invalid_request_object"),
    ({"request_uri": "https://127.0.0.1/r"}, "invalid_request_uri"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "dance"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"max_age": "soon"}, "invalid_request"),
    ({"id_token_hint": "x.y.z"}, "invalid_request"),
])
@pytest.mark.parametrize("client", [CLIENT_ID, PUBLIC_ID])
def test_told(server, user, client, changes, error):
    answer = server.authorize(user.http, Pkce(), client_id=client, **changes)
    redirect_error(answer, REDIRECT_URI, error, server.base)


def test_client_without_the_grant(server, user):
    server.database.add_client("machine", grants=["client_credentials"])
    answer = server.authorize(user.http, Pkce(), client_id="machine")
    redirect_error(answer, REDIRECT_URI, "unauthorized_client", server.base)


def test_query_of_the_redirect_uri_stays(server, user):
    server.database.add_client("query", redirect_uris=["https://app.example/cb?tenant=1"])
    answer = server.authorize(user.http, Pkce(), client_id="query", response_type="x",
                              redirect_uri="https://app.example/cb?tenant=1")
    query = redirect(answer, "https://app.example/cb")
    assert (query["tenant"], query["error"]) == ("1", "unsupported_response_type")


# Signing in on the way.

def test_login_and_back(server):
    user, pkce = server.user(), Pkce()
    browser = server.browser()
    query = redirect(server.authorize(browser, pkce), f"{server.base}/oauth/login")
    assert set(query) == {"transaction"}
    server.login(user)
    answer = user.http.get("/oauth/authorize", params=query)
    answer = server.consent(user.http, answer)
    code = redirect(answer, REDIRECT_URI)["code"]
    assert server.redeem(code, pkce).status_code == 200


def test_transaction_cannot_be_changed(server):
    """What comes along with ?transaction= is not looked at; a wrong id is a dead end."""
    user = server.user(login=True)
    answer = server.authorize(user.http, Pkce(), scope="openid")
    transaction = query_of(answer.headers["location"])["transaction"]
    answer = user.http.get("/oauth/authorize", params={
        "transaction": transaction, "redirect_uri": "https://evil.example/", "scope": "write",
        "client_id": "query", "state": "other"})
    assert query_of(answer.headers["location"]) == {"transaction": transaction}
    page = Page(user.http.get(answer.headers["location"]))
    assert "openid" in page.text and "write" not in page.text
    assert redirect(server.consent(user.http, answer), REDIRECT_URI)["state"] == "a state"
    page_error(user.http.get("/oauth/authorize", params={"transaction": transaction}))
    page_error(user.http.get("/oauth/authorize", params={"transaction": "A" * 43}))
    page_error(user.http.get("/oauth/authorize", params={"transaction": "x"}))


def test_unverified_user_has_no_session(server):
    email = fresh_email()
    server.register(email)
    browser = server.browser()
    browser.post("/auth/login", json={"email": email, "password": "correct horse battery"})
    assert redirect(server.authorize(browser, Pkce()), f"{server.base}/oauth/login")


# The same by POST, from another site: without the session's cookie.

def post(server, browser, pkce, **changes):
    answer = server.authorize(browser, pkce, **changes)
    form = {k: v[0] for k, v in urllib.parse.parse_qs(str(answer.request.url.query, "ascii"),
                                                      keep_blank_values=True).items()}
    return server.browser().post("/oauth/authorize", data=form,
                                 headers={"Origin": "https://app.example",
                                          "Sec-Fetch-Site": "cross-site"})


def test_by_post(server):
    """OpenID Connect Core 3.1.2.1: GET and POST; the answer leads to a GET that has the cookie."""
    user, pkce = server.user(login=True), Pkce()
    answer = post(server, user.http, pkce, state="posted")
    assert set(redirect(answer, f"{server.base}/oauth/authorize")) == {"transaction"}
    answer = server.consent(user.http, user.http.get(answer.headers["location"]))
    query = redirect(answer, REDIRECT_URI)
    assert query["state"] == "posted"
    assert server.redeem(query["code"], pkce).status_code == 200

    answer = post(server, user.http, Pkce(), prompt="none")
    location = answer.headers["location"]
    redirect_error(server.browser().get(location), REDIRECT_URI, "login_required", server.base)
    assert redirect(user.http.get(location), REDIRECT_URI)["code"]
    answer = post(server, server.user(login=True).http, Pkce(), prompt="none")
    redirect_error(server.user(login=True).http.get(answer.headers["location"]), REDIRECT_URI,
                   "consent_required", server.base)


def test_errors_by_post(server, user):
    page_error(post(server, user.http, Pkce(), client_id="nobody"))
    page_error(post(server, user.http, Pkce(), redirect_uri="https://evil.example/"))
    redirect_error(post(server, user.http, Pkce(), scope="nonsense"), REDIRECT_URI,
                   "invalid_scope", server.base)
    page_error(server.browser().post("/oauth/authorize", json={}), 415)


def test_login_hint(server, user):
    """OpenID Connect Core 3.1.2.1: the page has the address already; it is text."""
    for hint in ("ada@example.com", '"><script>alert(1)</script>'):
        answer = server.authorize(server.browser(), Pkce(), login_hint=hint)
        assert Page(server.browser().get(answer.headers["location"])).ids["email"] == hint
    answer = server.authorize(user.http, Pkce(), login_hint="ada@example.com", prompt="login")
    page = Page(user.http.get(answer.headers["location"]))
    assert page.ids["email"] == "ada@example.com"
    answer = server.authorize(server.browser(), Pkce(), login_hint="x" * 255)
    assert Page(server.browser().get(answer.headers["location"])).ids["email"] == ""
