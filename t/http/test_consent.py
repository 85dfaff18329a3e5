# SPDX-License-Identifier: MIT
"""The consent page and its answer: bound to session and transaction, understood, remembered."""

import pytest

from lib.answers import page_error, redirect, redirect_error
from lib.client import Pkce, query_of
from lib.database import REDIRECT_URI
from lib.page import Page


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True)


def consent_page(server, user, **changes):
    answer = server.authorize(user.http, Pkce(), **changes)
    redirect(answer, f"{server.base}/oauth/consent")
    return Page(user.http.get(answer.headers["location"]))


def test_what_the_page_says(server, user):
    page = consent_page(server, user, scope="openid email write",
                        redirect_uri="http://127.0.0.1:8123/callback")
    assert "Allow Demo?" in page.text
    assert "127.0.0.1:8123" in page.text
    assert f"Signed in as {user.email}" in page.text
    for words in ("Know who you are, by an identifier of your account openid",
                  "See your email address and whether it is verified email",
                  "Change your data write"):
        assert words in page.text
    assert "See your name" not in page.text
    form = page.form_of("allow")
    assert form is page.form_of("deny")
    assert form.action == "/oauth/consent"
    assert set(form.fields) == {"transaction", "csrf"}


def test_scopes_that_have_no_words(server, user):
    server.database.add_client("words", scope="openid <b>&x")
    page = consent_page(server, user, client_id="words", scope="openid <b>&x")
    assert "Use the permission <b>&x" in page.text


def test_only_for_a_transaction_and_a_session(server, user):
    page_error(user.http.get("/oauth/consent"))
    page_error(user.http.get("/oauth/consent", params={"transaction": "A" * 43}))
    answer = server.authorize(user.http, Pkce())
    location = answer.headers["location"]
    other = server.browser().get(location)
    assert redirect(other, f"{server.base}/oauth/authorize") == query_of(location)


def test_deny(server, user):
    answer = server.authorize(user.http, Pkce())
    denied = server.consent(user.http, answer, "deny")
    redirect_error(denied, REDIRECT_URI, "access_denied", server.base)
    page_error(user.http.get(answer.headers["location"]))


def test_once(server):
    """The answer of a page counts once."""
    user = server.user(login=True)
    page = consent_page(server, user)
    assert redirect(page.press(user.http, "allow"), REDIRECT_URI)["code"]
    page_error(page.press(user.http, "allow"))
    page_error(page.press(user.http, "deny"))


def test_bound_to_session_and_transaction(server, user):
    """A form of another session, or of another tab, is asked again and does nothing."""
    other = server.user(login=True)
    one, two = consent_page(server, user), consent_page(server, user)
    theirs = consent_page(server, other)
    mine = one.form_of("allow").fields
    for form in (theirs.form_of("allow").fields, {
            **mine, "csrf": theirs.form_of("allow").fields["csrf"]}, {
            **mine, "csrf": two.form_of("allow").fields["csrf"]}, {**mine, "csrf": "A" * 43}):
        again = Page(one.press(user.http, "allow", **form), 403)
        assert "answer it again" in again.ids["error"]
        assert user.email in again.text and other.email not in again.text
    page_error(one.press(user.http, "allow", csrf=None))
    page_error(one.press(user.http, "allow", deny="yes"))
    page_error(user.http.post("/oauth/consent", data={"transaction": mine["transaction"],
                                                      "csrf": mine["csrf"]}))
    assert server.database.value("select count(*) from oauth2.grants where user_id = %s",
                                 user.user_id) == 0
    for page in (one, two):
        assert redirect(page.press(user.http, "allow"), REDIRECT_URI)["code"]


def test_signed_in_again_in_another_tab(server):
    """The page that is still open is shown again, for the new session, and can be answered."""
    user = server.user(login=True)
    page = consent_page(server, user)
    user.http.post("/auth/login", json={"email": user.email, "password": user.password})
    again = Page(page.press(user.http, "allow"), 403)
    assert redirect(again.press(user.http, "allow"), REDIRECT_URI)["code"]


def test_session_has_ended(server):
    """Allowing without a session leads to the sign-in, not to a dead end."""
    user = server.user(login=True)
    page = consent_page(server, user)
    user.http.post("/auth/logout")
    answer = page.press(user.http, "allow")
    query = redirect(answer, f"{server.base}/oauth/authorize")
    assert redirect(user.http.get(answer.headers["location"]),
                    f"{server.base}/oauth/login") == query


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_from_another_site(server, user, headers):
    page = consent_page(server, user, prompt="consent")
    if "Sec-Fetch-Site" in headers:
        headers = {"Origin": "https://evil.example", **headers}
    page_error(page.press(user.http, "allow", headers=headers), 403)
    page_error(page.press(user.http, "deny", headers=headers), 403)
    assert Page(user.http.get(page.answer.url))


def test_consent_is_remembered_but_not_for_more(server):
    user = server.user(login=True)
    server.code(user, Pkce(), scope="openid email")
    again = server.authorize(user.http, Pkce(), scope="openid")
    assert redirect(again, REDIRECT_URI)["code"]
    more = server.authorize(user.http, Pkce(), scope="openid read")
    assert redirect(more, f"{server.base}/oauth/consent")


def test_default_scope_leaves_offline_access_out(server):
    user, pkce = server.user(login=True), Pkce()
    tokens = server.redeem(server.code(user, pkce, scope=None), pkce).json()
    assert tokens["scope"] == "openid profile email read write"
