# SPDX-License-Identifier: MIT
"""OpenID Connect Front-Channel Logout 1.0: the page that signs out of the applications."""

import base64
import json

import pytest

from lib.client import Pkce, query_of
from lib.database import CLIENT_ID
from lib.page import Page

AFTER = "https://app.example.com/signed-out?from=us"
APPS = {
    "plain": {"frontchannel_logout_uri": "https://plain.example.com/front"},
    "query": {"frontchannel_logout_uri": "https://query.example.com:8443/front?a=b&c=d%26",
              "frontchannel_logout_session_required": True},
    "silent": {},
    "stranger": {"frontchannel_logout_uri": "https://elsewhere.example.com/front"},
}


def host(app):
    return "https://query.example.com:8443" if app == "query" else f"https://{app}.example.com"


@pytest.fixture(scope="module", autouse=True)
def registered(server):
    for app, metadata in APPS.items():
        server.database.add_client(app, "their secret", redirect_uris=[f"{host(app)}/callback"])
        change(server, app, metadata)
    change(server, CLIENT_ID, {"post_logout_redirect_uris": [AFTER]})


def change(server, client, metadata):
    server.database.rows(
        "update oauth2.oauth2_clients set metadata = metadata || %s where client_id = %s",
        json.dumps(metadata), client)


def sign_in(server, user, app):
    """The ID token, and what is in it."""
    pkce, uri = Pkce(), f"{host(app)}/callback"
    code = server.code(user, pkce, client_id=app, redirect_uri=uri, scope="openid")
    token = server.redeem(code, pkce, (app, "their secret"), redirect_uri=uri).json()["id_token"]
    part = token.split(".")[1]
    return token, json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def hint_of(server, user):
    pkce = Pkce()
    return server.redeem(server.code(user, pkce, scope="openid"), pkce).json()["id_token"]


def policy(answer):
    return {words[0]: words[1:] for words in map(
        str.split, answer.headers["content-security-policy"].split(";"))}


def test_a_frame_for_each_that_took_part(server):
    """Front-Channel Logout 1.0 2, 3: with iss and sid, and the query of the URI retained."""
    user = server.user(login=True)
    sids = {app: sign_in(server, user, app)[1]["sid"] for app in ("plain", "query", "silent")}
    answer = user.http.get("/oauth/logout", params={
        "id_token_hint": hint_of(server, user), "post_logout_redirect_uri": AFTER,
        "state": "a&b"})
    page = Page(answer, frames=True)

    plain, query = page.frames
    assert plain.startswith("https://plain.example.com/front?")
    assert query_of(plain) == {"iss": server.base, "sid": sids["plain"]}
    assert query.startswith("https://query.example.com:8443/front?a=b&c=d%26&")
    assert query_of(query) == {"a": "b", "c": "d&", "iss": server.base, "sid": sids["query"]}
    assert policy(answer)["frame-src"] == ["https://plain.example.com",
                                           "https://query.example.com:8443"]
    assert page.refresh == f"2; url={AFTER}&state=a%26b"
    assert page.links["continue"] == f"{AFTER}&state=a%26b"
    assert user.http.get("/users/me").status_code == 401


def test_after_the_question(server):
    """RP-Initiated Logout 1.0 2: asked first, and nobody is told before the answer."""
    user = server.user(login=True)
    sign_in(server, user, "plain")
    question = Page(user.http.get("/oauth/logout"))
    page = Page(question.press(user.http, "logout"), frames=True)
    assert len(page.frames) == 1
    assert page.refresh is None and "continue" not in page.links
    assert "Signed out" in page.text


def test_nobody_to_tell(server):
    """Who did not take part in this session has no frame."""
    user = server.user(login=True)
    sign_in(server, user, "plain")
    server.login(user)
    sign_in(server, user, "silent")
    answer = user.http.get("/oauth/logout", params={
        "id_token_hint": hint_of(server, user), "post_logout_redirect_uri": AFTER})
    assert answer.status_code == 303 and answer.headers["location"] == AFTER


def test_of_the_origin_of_a_redirect_uri(server):
    """Front-Channel Logout 1.0 2: scheme, host and port are those of a redirect URI."""
    user = server.user(login=True)
    hint, _ = sign_in(server, user, "stranger")
    answer = user.http.get("/oauth/logout", params={"id_token_hint": hint})
    assert "iframe" not in Page(answer).answer.text
    for uri in ("http://stranger.example.com/front", "https://stranger.example.com:444/front",
                "https://stranger.example.com.evil.example/", "https://stranger.example.co/"):
        change(server, "stranger", {"frontchannel_logout_uri": uri})
        server.login(user)
        hint, _ = sign_in(server, user, "stranger")
        Page(user.http.get("/oauth/logout", params={"id_token_hint": hint}))


def test_what_does_not_fit_into_a_policy(server):
    """Neither may an operator's typing error end the policy."""
    user = server.user(login=True)
    uri = "https://typing;script-src.example.com/front"
    server.database.add_client("typing", "their secret", redirect_uris=[uri])
    change(server, "typing", {"frontchannel_logout_uri": uri})
    pkce = Pkce()
    code = server.code(user, pkce, client_id="typing", redirect_uri=uri, scope="openid")
    answer = server.redeem(code, pkce, ("typing", "their secret"), redirect_uri=uri)
    sign_in(server, user, "plain")
    answer = user.http.get("/oauth/logout", params={"id_token_hint": answer.json()["id_token"]})
    page = Page(answer, frames=True)
    assert len(page.frames) == 1
    assert "script-src" not in answer.headers["content-security-policy"]
    assert policy(answer)["frame-src"] == ["https://plain.example.com"]


def test_many(server):
    """The page comes, with as many as a page takes."""
    user = server.user(login=True)
    for n in range(40):
        app = f"many-{n}"
        server.database.add_client(app, "their secret", redirect_uris=[f"{host(app)}/callback"])
        change(server, app, {"frontchannel_logout_uri": f"{host(app)}/{'x' * 1500}"})
        server.database.rows(
            "insert into oauth2.oauth2_access_tokens (id, family_id, client_id, user_id,"
            " session_id, scope, expires_at) select i, i, %s, user_id, id, 'openid', now()"
            " from oauth2.sessions, gen_random_uuid() as i where user_id = %s",
            app, user.user_id)
    page = Page(Page(user.http.get("/oauth/logout")).press(user.http, "logout"), frames=True)
    assert 10 < len(page.frames) <= 32
    assert user.http.get("/users/me").status_code == 401


def test_nobody_is_signed_in(server):
    user = server.user(login=True)
    hint, _ = sign_in(server, user, "plain")
    answer = server.browser().get("/oauth/logout", params={"id_token_hint": hint})
    Page(answer)


def test_state_is_escaped(server):
    user = server.user(login=True)
    sign_in(server, user, "plain")
    answer = user.http.get("/oauth/logout", params={
        "id_token_hint": hint_of(server, user), "post_logout_redirect_uri": AFTER,
        "state": "\"><script>;url=https://evil.example"})
    page = Page(answer, frames=True)
    assert page.refresh.startswith(f"2; url={AFTER}&state=%22%3E%3Cscript")
    assert "<script" not in answer.text


def test_discovery(server):
    """Front-Channel Logout 1.0 3."""
    body = server.get("/.well-known/openid-configuration").json()
    assert body["frontchannel_logout_supported"] is True
    assert body["frontchannel_logout_session_supported"] is True
