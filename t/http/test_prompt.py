# SPDX-License-Identifier: MIT
"""prompt, max_age and id_token_hint (OpenID Connect Core 3.1.2.1): never silently wrong."""

import pytest

from lib.answers import page_error, redirect, redirect_error
from lib.client import Pkce, query_of
from lib.database import REDIRECT_URI
from lib.page import Page


def test_prompt_none(server):
    user = server.user()
    browser = server.browser()
    redirect_error(server.authorize(browser, Pkce(), prompt="none"), REDIRECT_URI,
                   "login_required", server.base)
    server.login(user)
    redirect_error(server.authorize(user.http, Pkce(), prompt="none"), REDIRECT_URI,
                   "consent_required", server.base)
    server.code(user, Pkce())
    assert redirect(server.authorize(user.http, Pkce(), prompt="none"), REDIRECT_URI)["code"]


def test_prompt_consent(server):
    user = server.user(login=True)
    server.code(user, Pkce())
    answer = server.authorize(user.http, Pkce(), prompt="consent")
    transaction = query_of(answer.headers["location"])["transaction"]
    assert redirect(answer, f"{server.base}/oauth/consent")
    resumed = user.http.get("/oauth/authorize", params={"transaction": transaction})
    assert redirect(resumed, f"{server.base}/oauth/consent")
    assert redirect(server.consent(user.http, resumed), REDIRECT_URI)["code"]


def age(server, user):
    """The session is an hour old."""
    server.database.rows(
        "update oauth2.sessions set authenticated_at = authenticated_at - interval '1 hour'"
        " where user_id = %s", user.user_id)


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "600"}])
def test_sign_in_again(server, changes):
    user = server.user(login=True)
    server.code(user, Pkce())
    age(server, user)
    answer = server.authorize(user.http, Pkce(), **changes)
    query = redirect(answer, f"{server.base}/oauth/login")
    assert query["prompt"] == "login"
    transaction = {"transaction": query["transaction"]}
    assert redirect(user.http.get("/oauth/authorize", params=transaction),
                    f"{server.base}/oauth/login"), "nothing was done"
    assert redirect(user.http.get("/oauth/consent", params=transaction),
                    f"{server.base}/oauth/authorize"), "and the consent is no way round it"
    cut = query["transaction"].partition(".")[0]
    page_error(user.http.get("/oauth/authorize", params={"transaction": cut}))
    page = Page(user.http.get(answer.headers["location"]))
    assert page.forms[0].fields["email"] == user.email
    answer = page.press(user.http, "login", password=user.password)
    assert redirect(answer, f"{server.base}/oauth/authorize") == transaction
    assert redirect(user.http.get(answer.headers["location"]), REDIRECT_URI)["code"]


def test_max_age_that_is_kept(server):
    user = server.user(login=True)
    server.code(user, Pkce())
    answer = server.authorize(user.http, Pkce(), max_age="600", prompt="none")
    assert redirect(answer, REDIRECT_URI)["code"]
    age(server, user)
    redirect_error(server.authorize(user.http, Pkce(), max_age="600", prompt="none"),
                   REDIRECT_URI, "login_required", server.base)


def test_id_token_hint(server):
    user, other, pkce = server.user(login=True), server.user(login=True), Pkce()
    hint = server.redeem(server.code(user, pkce), pkce).json()["id_token"]
    server.code(other, Pkce())
    for prompt in (None, "none"):
        answer = server.authorize(user.http, Pkce(), id_token_hint=hint, prompt=prompt)
        assert redirect(answer, REDIRECT_URI)["code"]
        answer = server.authorize(other.http, Pkce(), id_token_hint=hint, prompt=prompt)
        redirect_error(answer, REDIRECT_URI, "login_required", server.base)
