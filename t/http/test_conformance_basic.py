# SPDX-License-Identifier: MIT
"""The OpenID conformance suite's plan for Basic OPs, as it is played: a test a module.

docs/conformance.md says which is which."""

import re

import pytest

from lib.client import Pkce
from lib.conformance import ALICE, BACK
from lib.page import Page
from lib.process import wait_for


@pytest.fixture(scope="module")
def party(suite):
    return suite.client()


def test_server(suite, party):
    """OpenID Connect Core 3.1: the whole flow by client_secret_basic, and each time another
    code."""
    browser = suite.browser()
    one, two = (party.login(browser) for _ in range(2))
    assert one["seen"] == ["login", "consent"] and two["seen"] == []
    assert one["id"]["sub"] == two["id"]["sub"]
    assert one["access_token"] != two["access_token"]


def test_client_secret_post(suite):
    """OpenID Connect Core 9: the secret in the body."""
    party = suite.client(token_endpoint_auth_method="client_secret_post")
    assert party.login(suite.browser())["id"]["sub"]


def test_response_type_missing(suite, party):
    """RFC 6749 3.1.1, 4.1.2.1: an error at the application, of allowed characters only."""
    answer, asked = party.start(suite.browser(), response_type=None)
    back, seen = party.walk(suite.browser(), answer)
    assert back["error"] in ("unsupported_response_type", "invalid_request") and seen == []
    assert back["state"] == asked["state"]
    assert re.fullmatch(r"[\t\n\r\x20-\x21\x23-\x5b\x5d-\x7e]+", back["error_description"])


def test_id_token_signature(suite, party):
    """OpenID Connect Core 3.1.3.7, 10.1: signed by a published key that "kid" names."""
    tokens = party.login(suite.browser())
    kids = [key["kid"] for key in suite.browser().get(suite.metadata["jwks_uri"]).json()["keys"]]
    assert len(set(kids)) == len(kids) >= 3
    assert party.id_token(tokens, tokens["id"]["nonce"])


@pytest.mark.parametrize("way", ["get", "post", "body"])
def test_userinfo(suite, party, way):
    """OpenID Connect Core 5.3.1, 5.3.2: by GET, by POST, and by a form; of the same subject."""
    tokens = party.login(suite.browser())
    options = {"headers": {}, "data": {"access_token": tokens["access_token"]}}
    answer = party.userinfo(tokens["access_token"], "get" if way == "get" else "post",
                            **(options if way == "body" else {}))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["sub"] == tokens["id"]["sub"]


def test_without_a_nonce(suite, party):
    """OpenID Connect Core 3.1.2.1: optional in the code flow, and then not in the ID token."""
    assert "nonce" not in party.login(suite.browser(), nonce=None)["id"]


@pytest.mark.parametrize("scope", ["openid email", "email openid profile"])
def test_scope(suite, party, scope):
    """OpenID Connect Core 5.4: claims by scope, in any order, and no others."""
    tokens = party.login(suite.browser(), scope=scope)
    claims = party.userinfo(tokens["access_token"]).json()
    assert claims["email"] == ALICE and claims["email_verified"] is True
    assert ("given_name" in claims) == ("profile" in scope)


@pytest.mark.parametrize("changes", [
    {"display": "page"}, {"display": "popup"}, {"ui_locales": "se"}, {"claims_locales": "se"},
    {"extra": "foobar"}, {"acr_values": "1 2"}, {"login_hint": ALICE}])
def test_what_may_be_asked(suite, party, changes):
    """OpenID Connect Core 3.1.2.1, 15.1: parameters that a server takes, if only to ignore
    them."""
    assert party.login(suite.browser(), **changes)["id"]["sub"]


def test_login_hint_is_filled_in(suite, party):
    """OpenID Connect Core 3.1.2.1."""
    browser = suite.browser()
    answer, _ = party.start(browser, login_hint=ALICE)
    page = Page(browser.get(answer.headers["location"]))
    assert page.ids["email"] == ALICE


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "1"}])
def test_sign_in_again(suite, party, changes):
    """OpenID Connect Core 3.1.2.1: prompt=login and max_age ask once more, and "auth_time" is
    that of the second time."""
    browser = suite.browser()
    first = party.login(browser, max_age="10000")["id"]
    wait_for(lambda: suite.database.value(
        "select authenticated_at < now() - interval '2 seconds' from oauth2.sessions"
        " order by authenticated_at desc limit 1"))
    second = party.login(browser, **changes)
    assert second["seen"] == ["login"]
    assert second["id"]["auth_time"] > first["auth_time"]
    assert second["id"]["sub"] == first["sub"]


def test_max_age_10000(suite, party):
    """OpenID Connect Core 3.1.2.1, 2: nobody is asked, and "auth_time" is there."""
    browser = suite.browser()
    first, second = (party.login(browser, max_age="10000") for _ in range(2))
    assert second["seen"] == []
    assert second["id"]["auth_time"] == first["id"]["auth_time"]


def test_prompt_none_not_logged_in(suite, party):
    """OpenID Connect Core 3.1.2.6: login_required, at the application, and no page."""
    answer, _ = party.start(suite.browser(), prompt="none")
    back, seen = party.walk(suite.browser(), answer)
    assert back["error"] == "login_required" and seen == []


def test_prompt_none_logged_in(suite, party):
    """OpenID Connect Core 3.1.2.1."""
    browser = suite.browser()
    first = party.login(browser)
    second = party.login(browser, prompt="none")
    assert second["seen"] == [] and second["id"]["sub"] == first["id"]["sub"]


def test_id_token_hint(suite, party):
    """OpenID Connect Core 3.1.2.1."""
    browser = suite.browser()
    first = party.login(browser)
    second = party.login(browser, prompt="none", id_token_hint=first["id_token"])
    assert second["id"]["sub"] == first["id"]["sub"]


def test_code_twice(suite, party):
    """RFC 6749 4.1.2, 10.5: refused, and what was given for it ends."""
    code, asked, _ = party.authorize(suite.browser())
    tokens = party.redeem(code).json()
    assert party.userinfo(tokens["access_token"]).status_code == 200
    again = party.redeem(code)
    assert again.status_code == 400 and again.json()["error"] == "invalid_grant"
    assert party.userinfo(tokens["access_token"]).status_code == 401


def test_redirect_uri_that_is_not_registered(suite, party):
    """OpenID Connect Core 3.1.2.1: a page, and nobody is sent anywhere."""
    answer, _ = party.start(suite.browser(), redirect_uri=f"{BACK}/other")
    page = Page(answer, 400)
    assert page.ids["code"] == "invalid_redirect_uri"


def test_post(suite, party):
    """OpenID Connect Core 3.1.2.1: the authorization request by POST."""
    assert party.login(suite.browser(), method="post")["id"]["sub"]


def test_pkce(suite, party):
    """RFC 7636 4.6: with a verifier, and not without."""
    pkce, browser = Pkce(), suite.browser()
    challenge = {"code_challenge": pkce.challenge, "code_challenge_method": "S256"}
    code, _, _ = party.authorize(browser, **challenge)
    assert party.redeem(code, code_verifier=pkce.verifier).status_code == 200
    for changes in ({}, {"code_verifier": Pkce().verifier}):
        code, _, _ = party.authorize(browser, **challenge)
        assert party.redeem(code, **changes).json()["error"] == "invalid_grant"


def test_refresh_token(suite, party):
    """OpenID Connect Core 12: the same issuer, subject and audience; no other client's."""
    tokens = party.login(suite.browser(), scope="openid offline_access", prompt="consent")
    old = tokens["id"]
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert suite.client().token(**form).json()["error"] == "invalid_grant"
    answer = party.token(**form)
    assert answer.status_code == 200, answer.text
    fresh = answer.json()
    assert party.userinfo(fresh["access_token"]).status_code == 200
    if "id_token" in fresh:
        new = party.id_token(fresh, None)
        assert [new[name] for name in ("iss", "sub", "aud")] == [
            old[name] for name in ("iss", "sub", "aud")]
        assert new["iat"] >= old["iat"] and new.get("auth_time") == old.get("auth_time")
