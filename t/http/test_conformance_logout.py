# SPDX-License-Identifier: MIT
"""The OpenID conformance suite's plans for logout, as they are played: a test a module."""

import pytest

from lib.client import query_of
from lib.page import Page

AFTER = "https://suite.example/test/a/oauth2/post_logout_redirect"


@pytest.fixture(scope="module")
def party(suite):
    return suite.client(post_logout_redirect_uris=[AFTER])


@pytest.fixture
def signed_in(suite, party):
    """(browser, ID token)."""
    browser = suite.browser()
    return browser, party.login(browser)["id_token"]


def logout(suite, browser, **parameters):
    return browser.get(suite.metadata["end_session_endpoint"], params=parameters)


def is_signed_in(party, browser):
    answer, _ = party.start(browser, prompt="none")
    back, _ = party.walk(browser, answer)
    assert ("code" in back) == ("error" not in back)
    return "code" in back


def tampered(token):
    """Its signature with another character in the middle."""
    head, payload, signature = token.split(".")
    at = len(signature) // 2
    other = "A" if signature[at] != "A" else "B"
    return ".".join([head, payload, signature[:at] + other + signature[at + 1:]])


def test_discovery(suite):
    """RP-Initiated Logout 2.1."""
    assert suite.metadata["end_session_endpoint"].startswith(f"{suite.issuer}/")


@pytest.mark.parametrize("state", [{}, {"state": "a state&"}])
def test_logout(suite, party, signed_in, state):
    """RP-Initiated Logout 2, 3: out, and back with the state."""
    browser, hint = signed_in
    answer = logout(suite, browser, id_token_hint=hint, post_logout_redirect_uri=AFTER, **state)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].partition("?")[0] == AFTER
    assert query_of(answer.headers["location"]) == state
    assert not is_signed_in(party, browser)


@pytest.mark.parametrize("uri", [f"{AFTER}/other", f"{AFTER}?foo=bar"])
def test_bad_redirect_uri(suite, signed_in, uri):
    """RP-Initiated Logout 3: compared exactly; a page, and nobody is sent anywhere."""
    browser, hint = signed_in
    answer = logout(suite, browser, id_token_hint=hint, post_logout_redirect_uri=uri, state="s")
    assert Page(answer, 400).ids["code"]


def test_bad_hints(suite, party, signed_in):
    """RP-Initiated Logout 2, 4: a hint that is changed or none is refused."""
    browser, hint = signed_in
    for wrong in (tampered(hint), "foobar"):
        answer = logout(suite, browser, id_token_hint=wrong, post_logout_redirect_uri=AFTER)
        assert Page(answer, 400).ids["code"]
    assert is_signed_in(party, browser)


def test_no_hint(suite, signed_in):
    """RP-Initiated Logout 3: whose address it is cannot be known."""
    browser, _ = signed_in
    assert Page(logout(suite, browser, post_logout_redirect_uri=AFTER), 400).ids["code"]


@pytest.mark.parametrize("parameters", [{}, {"state": "s"}])
def test_asks(suite, party, signed_in, parameters):
    """RP-Initiated Logout 2: without a hint the user is asked, and signed out."""
    browser, _ = signed_in
    answer = Page(logout(suite, browser, **parameters)).press(browser, "logout")
    assert Page(answer).ids["notice"] or "Signed out" in answer.text
    assert not is_signed_in(party, browser)


def test_hint_alone(suite, party, signed_in):
    """RP-Initiated Logout 2: no address to go to; out all the same."""
    browser, hint = signed_in
    answer = logout(suite, browser, id_token_hint=hint)
    assert answer.status_code == 200 and "Signed out" in answer.text
    assert not is_signed_in(party, browser)
