# SPDX-License-Identifier: MIT
"""The pages of the authorization endpoint without JavaScript: signing in, and its refusals."""

import re

import pytest

from lib.answers import page_error, redirect
from lib.client import Pkce, fresh_email, query_of
from lib.database import REDIRECT_URI
from lib.page import Page

HOSTILE = '"><script>alert(1)</script>\'&{{email}}'


def login_page(server, browser, pkce=None, **changes):
    answer = server.authorize(browser, pkce or Pkce(), **changes)
    redirect(answer, f"{server.base}/oauth/login")
    return Page(browser.get(answer.headers["location"]))


def sign_in(page, browser, user, **changes):
    return page.press(browser, "login", **{
        "email": user.email, "password": user.password, **changes})


def test_whole_flow(server):
    """OpenID Connect Core 3.1.2.3, 3.1.2.4: from the application to a code, and tokens."""
    user, browser, pkce = server.user(), server.browser(), Pkce()
    page = login_page(server, browser, pkce)
    assert "Sign in to continue to Demo" in page.text
    assert {"email", "password", "login"} <= set(page.ids)
    answer = sign_in(page, browser, user)
    assert redirect(answer, f"{server.base}/oauth/authorize")
    answer = browser.get(answer.headers["location"])
    assert redirect(answer, f"{server.base}/oauth/consent")
    page = Page(browser.get(answer.headers["location"]))
    answer = page.press(browser, "allow")
    query = redirect(answer, REDIRECT_URI)
    assert query["state"] == "a state" and query["iss"] == server.base
    tokens = server.redeem(query["code"], pkce).json()
    assert server.userinfo(tokens["access_token"]).json()["email"] == user.email
    assert server.database.value(
        "select count(*) from oauth2.oauth2_access_tokens where user_id = %s"
        " and client_id = 'account'", user.user_id) == 0, "nobody asked for any"


def test_style(server):
    page = login_page(server, server.browser())
    path = re.search(r'rel="stylesheet" href="([^"]+)"', page.answer.text).group(1)
    style = server.get(path)
    assert style.status_code == 200
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "prefers-color-scheme: dark" in style.text and "/*" not in style.text


# Refusals are said on the page.

@pytest.mark.parametrize("changes", [
    {"password": "not the password"}, {"email": "nobody@example.com"}, {"email": HOSTILE},
    {"password": "x" * 100}])
def test_wrong(server, changes):
    user, browser = server.user(), server.browser()
    page = login_page(server, browser)
    again = Page(sign_in(page, browser, user, **changes), 401)
    assert again.ids["error"] == "The e-mail address or the password is wrong."
    assert again.ids["email"] == changes.get("email", user.email), "kept"
    assert again.ids["password"] == ""
    assert "<script" not in again.answer.text
    assert "set-cookie" not in again.answer.headers
    assert redirect(sign_in(again, browser, user), f"{server.base}/oauth/authorize")


def test_unknown_user_and_wrong_password_look_alike(server):
    user, browser = server.user(), server.browser()
    page = login_page(server, browser)
    texts = {Page(page.press(browser, "login", email=email, password="not the password"), 401)
             .answer.text.replace(email, "") for email in (user.email, fresh_email())}
    assert len(texts) == 1


def test_nothing_filled_in(server):
    browser = server.browser()
    page = login_page(server, browser)
    again = Page(page.press(browser, "login", email="a@example.com"), 422)
    assert again.ids["error"] and again.ids["email"] == "a@example.com"


def test_not_verified(server):
    """The page says so, and sends another mail."""
    email, browser = fresh_email(), server.browser()
    server.register(email)
    server.mail.wait_link(email, 1)
    page = login_page(server, browser)
    again = Page(page.press(browser, "login", email=email, password="correct horse battery"), 403)
    assert "not verified" in again.ids["error"]
    sent = Page(again.press(browser, "resend"))
    assert "on its way" in sent.ids["notice"]
    assert server.verify(server.mail_token(email, 2)).status_code == 200
    answer = sent.press(browser, "login", email=email, password="correct horse battery")
    assert redirect(answer, f"{server.base}/oauth/authorize")


def test_disabled(server):
    user, browser = server.user(), server.browser()
    server.database.rows("update oauth2.users set is_active = false where id = %s", user.user_id)
    again = Page(sign_in(login_page(server, browser), browser, user), 403)
    assert "disabled" in again.ids["error"]
    wrong = Page(sign_in(again, browser, user, password="not the password"), 401)
    assert "disabled" not in wrong.text


# Whose form it is.

def test_forged_login(server):
    """A form that was made for another browser signs nobody in (login CSRF)."""
    attacker, victim, user = server.browser(), server.browser(), server.user()
    theirs = login_page(server, attacker)
    refused = Page(sign_in(theirs, victim, user), 403)
    assert "answer it again" in refused.ids["error"]
    assert "oauth2_session" not in victim.cookies
    mine = login_page(server, victim)
    for csrf in (theirs.forms[0].fields["csrf"], None, "", "A" * 43):
        refused = Page(sign_in(mine, victim, user, csrf=csrf), 403)
        assert refused.ids["email"] == "" and "oauth2_session" not in victim.cookies
    assert redirect(sign_in(refused, victim, user), f"{server.base}/oauth/authorize")


def test_csrf_of_another_transaction(server):
    browser, user = server.browser(), server.user()
    one, two = login_page(server, browser), login_page(server, browser)
    refused = sign_in(one, browser, user, csrf=two.forms[0].fields["csrf"])
    assert Page(refused, 403)


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_from_another_site(server, headers):
    browser, user = server.browser(), server.user()
    page = login_page(server, browser)
    page_error(page.press(browser, "login", headers=headers, email=user.email,
                          password=user.password), 403)
    assert "oauth2_session" not in browser.cookies


def test_session_fixation(server):
    """Signing in makes a session of a new id, whatever the browser brought along."""
    browser, user, other = server.browser(), server.user(), server.user(login=True)
    planted = other.http.cookies["oauth2_session"]
    page = login_page(server, browser)
    browser.cookies.set("oauth2_session", planted, domain="localhost.local", path="/")
    answer = sign_in(page, browser, user)
    assert planted not in answer.headers["set-cookie"]
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    fresh = re.match(r"oauth2_session=([\w-]{43});", cookie).group(1)
    me = server.browser(cookies={"oauth2_session": fresh}).get("/users/me")
    assert me.json()["email"] == user.email


def test_tabs(server):
    """Two sign-ins under way do not disturb each other."""
    browser, user, pkces = server.browser(), server.user(), [Pkce(), Pkce()]
    pages = [login_page(server, browser, pkce, state=str(i)) for i, pkce in enumerate(pkces)]
    for i, page in enumerate(pages):
        answer = browser.get(sign_in(page, browser, user).headers["location"])
        query = redirect(server.consent(browser, answer), REDIRECT_URI)
        assert query["state"] == str(i)
        assert server.redeem(query["code"], pkces[i]).status_code == 200
    gone = pages[0].answer.url
    page_error(browser.get(gone))
    page_error(sign_in(pages[0], browser, user))


def test_signed_in_meanwhile(server):
    """A login page that is opened with a session goes on at once."""
    user = server.user(login=True)
    page = login_page(server, server.browser())
    answer = user.http.get(page.answer.url)
    assert redirect(answer, f"{server.base}/oauth/authorize") == query_of(str(page.answer.url))


def test_switch_account(server):
    user, other = server.user(login=True), server.user()
    answer = server.authorize(user.http, Pkce())
    page = Page(user.http.get(answer.headers["location"]))
    login = Page(page.follow(user.http, "switch"))
    assert login.ids["email"] == ""
    answer = user.http.get(sign_in(login, user.http, other).headers["location"])
    page = Page(user.http.get(answer.headers["location"]))
    assert f"Signed in as {other.email}" in page.text and user.email not in page.text


@pytest.mark.parametrize("query", ["", "?transaction=x", "?transaction=" + "A" * 43,
                                   "?transaction=%3Cscript%3E", "?transaction=a&transaction=b"])
def test_no_transaction(server, query):
    text = page_error(server.browser().get(f"/oauth/login{query}"))
    assert "<script" not in text
    page_error(server.browser().post("/oauth/login", data={"email": "a", "password": "b"}))


def test_names_of_clients_are_text(server):
    user, browser = server.user(), server.browser()
    server.database.add_client("hostile", name=HOSTILE)
    page = login_page(server, browser, client_id="hostile")
    assert HOSTILE in page.text
    answer = browser.get(sign_in(page, browser, user).headers["location"])
    page = Page(browser.get(answer.headers["location"]))
    assert f"Allow {HOSTILE}?" in page.text and len(page.forms) == 1


def test_error_page(server):
    """An error page tells the code and the request, and posts nothing."""
    answer = server.authorize(server.browser(), Pkce(), client_id="nobody")
    page = Page(answer, 400)
    assert page.ids["code"] == "unknown_client"
    assert page.ids["request"] == answer.headers["x-request-id"]
    assert "form-action 'none'" in answer.headers["content-security-policy"]


# Without an application: back to another page of the server.

def test_next(server):
    browser, user = server.browser(), server.user()
    query = {"next": "/oauth/consent?transaction=x&y=%2F"}
    page = Page(browser.get("/oauth/login", params=query))
    assert "to continue" not in page.text
    again = Page(sign_in(page, browser, user, password="not the password"), 401)
    answer = sign_in(again, browser, user)
    assert answer.status_code == 303
    assert answer.headers["location"] == server.base + query["next"]
    answer = browser.get("/oauth/login", params=query)
    assert answer.headers["location"] == server.base + query["next"]
    page = Page(browser.get("/oauth/login", params={**query, "prompt": "login"}))
    assert page.ids["email"] == user.email


@pytest.mark.parametrize("path", [
    "/", "/oauth", "//evil.example/", "https://evil.example/oauth/", "/oauth/\\evil", "/oauth/ x",
    "oauth/login", ".evil.example/oauth/", "@evil.example/oauth/", "/oauth/\u00e9", "/dashboard"])
def test_next_that_is_not_ours(server, path):
    user, browser = server.user(), server.browser()
    page_error(browser.get("/oauth/login", params={"next": path}))
    page = Page(browser.get("/oauth/login", params={"next": "/oauth/consent"}))
    page_error(sign_in(page, browser, user, next=path))
    assert Page(sign_in(page, browser, user, next="/oauth/login"), 403), "another form's"
    transaction = login_page(server, browser).forms[0].fields["transaction"]
    page_error(sign_in(page, browser, user, transaction=transaction))
    assert "oauth2_session" not in browser.cookies
