# SPDX-License-Identifier: MIT
"""The OpenID conformance suite's plans for dynamic OPs and form_post, as they are played."""

import pytest
from joserfc import jwt

from lib.conformance import ALICE, BACK, PASSWORD, header
from lib.page import Page
from lib.process import wait_for


def test_mandatory_metadata(suite):
    """OpenID Connect Discovery 3: what must be there, and https."""
    found = suite.metadata
    for name in ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint",
                 "jwks_uri", "registration_endpoint"):
        assert found[name].startswith("https://"), name
    assert "openid" in found["scopes_supported"]
    assert "code" in found["response_types_supported"]
    assert set(found["subject_types_supported"]) == {"public", "pairwise"}
    assert "RS256" in found["id_token_signing_alg_values_supported"]
    assert "none" not in found["id_token_signing_alg_values_supported"]


def test_id_token_by_rs256(suite):
    """OpenID Connect Registration 2, OpenID Connect Core 15.1: the algorithm that is
    registered, RS256 among them."""
    for alg in sorted({key["alg"] for key in suite.keys().as_dict()["keys"]}):
        party = suite.client(id_token_signed_response_alg=alg)
        tokens = party.login(suite.browser())
        assert party.id_token(tokens, tokens["id"]["nonce"], alg)


def test_default_algorithm(suite):
    """OpenID Connect Registration 2: RS256, for who says nothing, and it is told."""
    told = suite.browser().post(suite.metadata["registration_endpoint"], json={
        "redirect_uris": [BACK]}).json()
    assert told["id_token_signed_response_alg"] == "RS256"
    told = suite.browser().post(suite.metadata["registration_endpoint"], json={
        "grant_types": ["client_credentials"], "redirect_uris": []}).json()
    assert "id_token_signed_response_alg" not in told


def test_unsigned_id_token(suite):
    """OpenID Connect Registration 2: "none" is not offered in the code flow, and refused."""
    answer = suite.browser().post(suite.metadata["registration_endpoint"], json={
        "redirect_uris": [BACK], "id_token_signed_response_alg": "none"})
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client_metadata"


def test_redirect_uri_left_out(suite):
    """OpenID Connect Core 3.1.2.1: required, even if one is registered only."""
    party = suite.client()
    answer, _ = party.start(suite.browser(), redirect_uri=None)
    assert Page(answer, 400).ids["code"] == "invalid_redirect_uri"


def test_redirect_uri_with_a_query(suite):
    """OpenID Connect Core 3.1.2.1, RFC 6749 3.1.2: retained."""
    party = suite.client(redirect_uris=[f"{BACK}?foo=bar"])
    answer, _ = party.start(suite.browser())
    back, _ = party.walk(suite.browser(), answer)
    assert back["foo"] == "bar" and back["code"]


@pytest.mark.parametrize("registered,asked", [
    (f"{BACK}?foo=bar", f"{BACK}?foo=baz"), (BACK, f"{BACK}?foo=bar"),
    (f"{BACK}?foo=bar", BACK)])
def test_redirect_uri_with_another_query(suite, registered, asked):
    """OpenID Connect Core 3.1.2.1: by simple string comparison."""
    party = suite.client(redirect_uris=[registered])
    answer, _ = party.start(suite.browser(), redirect_uri=asked)
    assert Page(answer, 400).ids["code"] == "invalid_redirect_uri"


def test_redirect_uri_with_a_fragment(suite):
    """RFC 6749 3.1.2: not registered."""
    answer = suite.browser().post(suite.metadata["registration_endpoint"], json={
        "redirect_uris": [f"{BACK}#foobar"]})
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_redirect_uri"


@pytest.mark.parametrize("name", ["logo_uri", "policy_uri", "tos_uri", "client_uri"])
def test_registration_keeps(suite, name):
    """OpenID Connect Registration 2: told back as it was registered."""
    assert suite.client(**{name: "https://suite.example/a"}).registered[name] == (
        "https://suite.example/a")


LOGO, POLICY, TERMS = (f"https://suite.example/{name}" for name in ("logo.png", "policy", "tos"))


def test_what_the_pages_show(suite):
    """OpenID Connect Registration 2: logo, policy and terms, at sign-in and at consent."""
    party = suite.client(logo_uri=LOGO, policy_uri=POLICY, tos_uri=TERMS)
    browser = suite.browser()
    answer, _ = party.start(browser)
    login = Page(browser.get(answer.headers["location"]))
    answer = login.press(browser, "login", email=ALICE, password=PASSWORD)
    answer = browser.get(answer.headers["location"])
    for page in (login, Page(browser.get(answer.headers["location"]))):
        assert f'<img id="logo" src="{LOGO}"' in page.answer.text
        assert page.links["policy"] == POLICY and page.links["tos"] == TERMS
        policy = page.answer.headers["content-security-policy"]
        assert "img-src 'self' https://suite.example;" in policy


def test_pages_of_a_client_without(suite):
    answer, _ = suite.client().start(browser := suite.browser())
    page = Page(browser.get(answer.headers["location"]))
    assert "logo" not in page.ids and not {"policy", "tos"} & set(page.links)
    assert "img-src 'self';" in page.answer.headers["content-security-policy"]


def test_read_what_is_registered(suite):
    """OpenID Connect Registration 4: at the client's own address, with its token."""
    party = suite.client()
    answer = party.http.get(party.registered["registration_client_uri"], headers={
        "Authorization": f"Bearer {party.registered['registration_access_token']}"})
    assert answer.status_code == 200 and answer.json()["client_id"] == party.client_id
    answer = party.http.get(party.registered["registration_client_uri"])
    assert answer.status_code == 401


def test_rotate_keys(suite):
    """OpenID Connect Core 10.1.1: a new key is published, and old ID tokens still verify."""
    party = suite.client()
    before = {key["kid"] for key in suite.keys().as_dict()["keys"]}
    old = party.login(suite.browser())
    suite.ctl("key", "rotate", "--now")
    fresh = wait_for(lambda: {header(party.login(suite.browser())["id_token"])["kid"]} - before,
                     30, "an ID token by a new key")
    assert fresh <= {key["kid"] for key in suite.keys().as_dict()["keys"]}
    assert jwt.decode(old["id_token"], suite.keys(), algorithms=["RS256"]).claims["sub"]


def test_form_post(suite):
    """Form Post Response Mode 2: the code flow, and its errors, by a form."""
    party = suite.client()
    browser = suite.browser()
    answer, asked = party.start(browser, response_mode="form_post")
    back, seen = party.walk(browser, answer, ALICE)
    assert seen == ["login", "consent", "form_post"]
    assert back["state"] == asked["state"]
    assert party.redeem(back["code"]).status_code == 200
    answer, asked = party.start(suite.browser(), response_mode="form_post", prompt="none")
    back, _ = party.walk(suite.browser(), answer)
    assert back["error"] == "login_required" and back["state"] == asked["state"]
