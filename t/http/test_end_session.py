# SPDX-License-Identifier: MIT
"""GET, POST /oauth/logout (OpenID Connect RP-Initiated Logout 1.0)."""

import json
import re

import pytest

from lib.answers import page_error, redirect
from lib.client import Pkce
from lib.database import CLIENT_ID

AFTER = "https://app.example.com/signed-out"


@pytest.fixture(scope="module", autouse=True)
def registered(server):
    server.database.rows(
        "update oauth2.oauth2_clients set metadata = metadata || %s where client_id = %s",
        json.dumps({"post_logout_redirect_uris": [AFTER]}), CLIENT_ID)
    server.database.add_client("other", "their secret")


def signed_in(server):
    """(user, ID token of the session)."""
    user, pkce = server.user(login=True), Pkce()
    return user, server.redeem(server.code(user, pkce), pkce).json()["id_token"]


def logout(browser, **parameters):
    return browser.get("/oauth/logout", params=parameters)


def form(answer):
    """The hidden fields of the page that asks."""
    assert answer.status_code == 200, answer.text
    assert 'id="logout"' in answer.text and 'id="stay"' in answer.text
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text))


def is_signed_in(user):
    return user.http.get("/users/me").status_code == 200


def test_with_the_id_token_of_the_session(server):
    """RP-Initiated Logout 2, 3."""
    user, hint = signed_in(server)
    answer = logout(user.http, id_token_hint=hint, post_logout_redirect_uri=AFTER, state="s&t")
    assert redirect(answer, AFTER) == {"state": "s&t"}
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not is_signed_in(user)


def test_tokens_end_with_it(server):
    user, pkce = server.user(login=True), Pkce()
    tokens = server.redeem(server.code(user, pkce, scope="openid"), pkce).json()
    logout(user.http, id_token_hint=tokens["id_token"])
    assert server.userinfo(tokens["access_token"]).status_code == 401
    assert server.rotate(tokens["refresh_token"]).status_code == 400


def test_without_anything_the_user_is_asked(server):
    """RP-Initiated Logout 2: a link alone signs nobody out."""
    user, _ = signed_in(server)
    fields = form(logout(user.http))
    assert is_signed_in(user)
    answer = user.http.post("/oauth/logout", data={**fields, "logout": "yes"})
    assert answer.status_code == 200 and "Signed out" in answer.text
    assert not is_signed_in(user)


def test_asked_and_sent_on(server):
    user, _ = signed_in(server)
    fields = form(logout(user.http, client_id=CLIENT_ID, post_logout_redirect_uri=AFTER,
                         state="s"))
    answer = user.http.post("/oauth/logout", data={**fields, "logout": "yes"})
    assert redirect(answer, AFTER) == {"state": "s"}
    assert not is_signed_in(user)


def test_the_user_stays(server):
    user, _ = signed_in(server)
    answer = user.http.post("/oauth/logout", data={**form(logout(user.http)), "stay": "yes"})
    assert answer.status_code == 303 and answer.headers["location"] == f"{server.base}/"
    assert is_signed_in(user)


def test_a_hint_of_another_session_asks(server):
    """Of another user, and of another sign-in of the same one."""
    user, hint = signed_in(server)
    _, theirs = signed_in(server)
    form(logout(user.http, id_token_hint=theirs))
    user.http.cookies.clear()
    server.login(user)
    form(logout(user.http, id_token_hint=hint))
    assert is_signed_in(user)


def test_nobody_is_signed_in(server):
    _, hint = signed_in(server)
    answer = logout(server.browser(), id_token_hint=hint, post_logout_redirect_uri=AFTER)
    assert redirect(answer, AFTER) == {}
    assert logout(server.browser()).status_code == 200


def test_post_comes_back_as_get(server):
    """RP-Initiated Logout 2: both methods; the cookie comes with the second."""
    user, hint = signed_in(server)
    answer = server.browser().post("/oauth/logout", data={
        "id_token_hint": hint, "post_logout_redirect_uri": AFTER, "state": "s"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{server.base}/oauth/logout?")
    answer = user.http.get(answer.headers["location"])
    assert redirect(answer, AFTER) == {"state": "s"}
    assert not is_signed_in(user)


@pytest.mark.parametrize("uri", [AFTER + "/", AFTER + "?x=1", "https://evil.example/",
                                 "javascript:alert(1)", "//app.example.com/signed-out"])
def test_where_nobody_is_sent(server, uri):
    """RP-Initiated Logout 3: exactly as registered."""
    user, hint = signed_in(server)
    page_error(logout(user.http, id_token_hint=hint, post_logout_redirect_uri=uri))
    assert is_signed_in(user), "nothing was done"


def test_an_address_without_a_client(server):
    page_error(logout(server.browser(), post_logout_redirect_uri=AFTER))
    page_error(logout(server.browser(), post_logout_redirect_uri=AFTER, client_id="other"))
    page_error(logout(server.browser(), post_logout_redirect_uri=AFTER, client_id="nobody"))


def test_hints_that_are_none(server):
    user, pkce = server.user(login=True), Pkce()
    tokens = server.redeem(server.code(user, pkce), pkce).json()
    for hint in ("x", "x.y.z", tokens["access_token"], tokens["id_token"][:-4] + "AAAA"):
        page_error(logout(user.http, id_token_hint=hint))
    page_error(logout(user.http, id_token_hint=tokens["id_token"], client_id="other"))
    assert is_signed_in(user)


def test_forged_forms(server):
    user, _ = signed_in(server)
    other, _ = signed_in(server)
    fields, theirs = form(logout(user.http)), form(logout(other.http))
    for changes, headers in (({"csrf": "A" * 43}, {}), ({"csrf": theirs["csrf"]}, {}),
                             ({}, {"Origin": "https://evil.example"})):
        answer = user.http.post("/oauth/logout", data={**fields, **changes, "logout": "yes"},
                                headers=headers)
        page_error(answer, 403)
    assert is_signed_in(user)


def test_discovery(server):
    body = server.get("/.well-known/openid-configuration").json()
    assert body["end_session_endpoint"] == f"{server.base}/oauth/logout"
