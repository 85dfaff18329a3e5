# SPDX-License-Identifier: MIT
"""GET, POST /oauth/logout (OpenID Connect RP-Initiated Logout 1.0)."""

import base64
import json
import re
import time

import pytest

from lib.answers import page_error, redirect
from lib.client import Pkce, query_of
from lib.database import CLIENT_ID
from lib.process import wait_for
from lib.site import end_server, start_server

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


OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("headers", [{}, OWN])
def test_a_page_of_ours(server, headers):
    """The browser comes back to the login page, whether there was a session or not."""
    user, _ = signed_in(server)
    for _ in range(2):
        answer = user.http.post("/oauth/logout", data={"logout": "yes"},
                                headers=headers or {"Origin": server.base})
        assert (answer.status_code, answer.headers["location"]) == (
            303, f"{server.base}/login?signed-out")
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert not is_signed_in(user)


@pytest.mark.parametrize("headers", [
    {}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:1"}, {"Sec-Fetch-Site": "none"}])
def test_a_page_of_others(server, headers):
    user, _ = signed_in(server)
    form(user.http.post("/oauth/logout", data={"logout": "yes"}, headers=headers))
    assert is_signed_in(user), "asked"


def test_a_client_signs_nobody_out(server):
    """What it sends is no word of a page of ours, whatever the browser says of it."""
    user, _ = signed_in(server)
    for more in ({"client_id": CLIENT_ID}, {"client_id": CLIENT_ID,
                                            "post_logout_redirect_uri": AFTER}):
        form(user.http.post("/oauth/logout", data={"logout": "yes", **more}, headers=OWN))
    form(user.http.get("/oauth/logout", params={"logout": "yes"}, headers=OWN))
    assert is_signed_in(user)


def test_discovery(server):
    body = server.get("/.well-known/openid-configuration").json()
    assert body["end_session_endpoint"] == f"{server.base}/oauth/logout"


# What RP-Initiated Logout 1.0 says of each parameter

def test_a_post_with_the_cookie_needs_no_detour(server):
    """RP-Initiated Logout 1.0 2: by POST, so that the hint stands in no URL."""
    user, hint = signed_in(server)
    answer = user.http.post("/oauth/logout", data={
        "id_token_hint": hint, "post_logout_redirect_uri": AFTER, "state": "s"})
    assert redirect(answer, AFTER) == {"state": "s"}
    assert not is_signed_in(user)
    user, _ = signed_in(server)
    form(user.http.post("/oauth/logout", data={"client_id": CLIENT_ID}))
    assert is_signed_in(user), "asked, as by GET"


def test_the_client_is_that_of_the_hint(server):
    """RP-Initiated Logout 1.0 2: a client_id beside the hint must be its audience."""
    user, hint = signed_in(server)
    page_error(logout(user.http, id_token_hint=hint, client_id="other"))
    assert is_signed_in(user)
    redirect(logout(user.http, id_token_hint=hint, client_id=CLIENT_ID,
                    post_logout_redirect_uri=AFTER), AFTER)
    assert not is_signed_in(user)


def test_hints_that_are_only_hints(server):
    """RP-Initiated Logout 1.0 2: logout_hint and ui_locales change nothing about who is asked."""
    user, hint = signed_in(server)
    form(logout(user.http, logout_hint=user.email, ui_locales="de fr", client_id=CLIENT_ID))
    assert is_signed_in(user)
    redirect(logout(user.http, id_token_hint=hint, logout_hint="somebody@example.com",
                    ui_locales="xx", post_logout_redirect_uri=AFTER), AFTER)
    assert not is_signed_in(user)


def test_state_only_goes_where_there_is_somewhere_to_go(server):
    """RP-Initiated Logout 1.0 2: without post_logout_redirect_uri nobody is sent anywhere."""
    user, hint = signed_in(server)
    answer = logout(user.http, id_token_hint=hint, state="s")
    assert answer.status_code == 200 and "location" not in answer.headers
    assert not is_signed_in(user)


def test_the_silent_question_afterwards(server):
    """OpenID Connect Core 3.1.2.1: prompt=none finds nobody signed in."""
    user, hint = signed_in(server)
    assert "code=" in server.authorize(user.http, Pkce(), prompt="none").headers["location"]
    logout(user.http, id_token_hint=hint)
    query = query_of(server.authorize(user.http, Pkce(), prompt="none").headers["location"])
    assert query["error"] == "login_required"
    query = query_of(server.authorize(user.http, Pkce(), prompt="none",
                                      id_token_hint=hint).headers["location"])
    assert query["error"] == "login_required"


def test_an_expired_hint(request, server, database, keys, flavour):
    """RP-Initiated Logout 1.0 2: of this session it is taken after its time as well."""
    short = start_server(request, database, keys, flavour,
                         settings="oauth2_access_token_lifetime 1s;")
    try:
        user, hint = signed_in(short)
        part = hint.split(".")[1]
        expires = json.loads(base64.urlsafe_b64decode(part + "=="))["exp"]
        wait_for(lambda: time.time() > expires + 1, 10, "the end of the token")
        answer = logout(user.http, id_token_hint=hint, post_logout_redirect_uri=AFTER)
        assert redirect(answer, AFTER) == {}
        assert not is_signed_in(user)
    finally:
        end_server(short, request)
