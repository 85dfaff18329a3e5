# SPDX-License-Identifier: MIT
"""The consent page's data, and POST /oauth/authorize: bound to session and transaction."""

import pytest

from lib.answers import page_error, problem, redirect, redirect_error
from lib.client import Pkce, query_of
from lib.database import REDIRECT_URI


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True)


def test_what_the_page_is_told(server, user):
    answer = server.authorize(user.http, Pkce(), scope="openid email",
                              redirect_uri="http://127.0.0.1:8123/callback")
    transaction = query_of(answer.headers["location"])["transaction"]
    page = user.http.get("/oauth/transaction", params={"id": transaction}).json()
    assert page.pop("csrf")
    assert page == {"transaction": transaction, "client_name": "Demo",
                    "redirect_host": "127.0.0.1:8123", "scopes": ["openid", "email"],
                    "user": {"email": user.email}}
    problem(user.http.get("/oauth/transaction", params={"id": "A" * 43}), 400,
            "unknown_transaction")
    problem(server.browser().get("/oauth/transaction", params={"id": transaction}), 401,
            "unauthenticated")


def test_deny(server, user):
    answer = server.authorize(user.http, Pkce())
    denied = server.consent(user.http, answer, "deny")
    redirect_error(denied, REDIRECT_URI, "access_denied", server.base)
    transaction = query_of(answer.headers["location"])["transaction"]
    problem(user.http.get("/oauth/transaction", params={"id": transaction}), 400,
            "unknown_transaction")


def test_consent_is_bound_to_session_and_transaction(server, user):
    other = server.user(login=True)
    one, two = (server.authorize(user.http, Pkce()) for _ in range(2))
    theirs = server.authorize(other.http, Pkce())
    forms = [other.http.get("/oauth/transaction", params={
        "id": query_of(a.headers["location"])["transaction"]}).json() for a in (one, theirs)]
    for form in forms:
        data = {"transaction": form["transaction"], "csrf": form["csrf"], "decision": "allow"}
        page_error(user.http.post("/oauth/authorize", data=data), 403)
    for changes in ({"csrf": "A" * 43}, {"transaction": query_of(
            one.headers["location"])["transaction"]}):
        page_error(server.consent(user.http, two, **changes), 403)
    page_error(server.consent(user.http, one, "maybe"))
    page_error(user.http.post("/oauth/authorize", data={"decision": "allow"}))


def test_consent_from_another_site(server, user):
    answer = server.authorize(user.http, Pkce())
    page = user.http.get("/oauth/transaction", params={
        "id": query_of(answer.headers["location"])["transaction"]}).json()
    data = {"transaction": page["transaction"], "csrf": page["csrf"], "decision": "allow"}
    page_error(user.http.post("/oauth/authorize", data=data,
                              headers={"Sec-Fetch-Site": "cross-site"}), 403)
    assert user.http.post("/oauth/authorize", data=data).status_code == 303
    page_error(user.http.post("/oauth/authorize", data=data))


def test_consent_is_remembered_but_not_for_more(server):
    user = server.user(login=True)
    server.code(user, Pkce(), scope="openid email")
    again = server.authorize(user.http, Pkce(), scope="openid")
    assert redirect(again, REDIRECT_URI)["code"]
    more = server.authorize(user.http, Pkce(), scope="openid read")
    assert redirect(more, f"{server.base}/consent")


def test_default_scope_leaves_offline_access_out(server):
    user, pkce = server.user(login=True), Pkce()
    tokens = server.redeem(server.code(user, pkce, scope=None), pkce).json()
    assert tokens["scope"] == "openid profile email read write"
