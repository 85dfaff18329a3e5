# SPDX-License-Identifier: MIT
"""OpenID Connect Back-Channel Logout 1.0: applications hear of the end of a session, whoever
ended it, and what they hear."""

import json

import pytest

from lib.client import bearer
from lib.page import Page
from lib.site import end_server, start_server
from lib.told import LONG, SECRET, SETTINGS, apps, check, decode, done, enter, join, notices, one

__all__ = ["SETTINGS", "apps", "one"]      # of the server that conftest.py starts


def test_logout_token(server, one):
    """Back-Channel Logout 1.0 2.4, 2.5: what is sent, and how."""
    user = server.user(login=True)
    tokens = enter(server, user)
    assert user.http.post("/auth/logout").status_code == 204
    (seen,) = one.wait()
    claims = check(server, seen, tokens["id_token"])
    assert set(claims) == {"iss", "sub", "aud", "iat", "exp", "jti", "events", "sid"}
    done(server)


def test_it_is_no_other_token(server, one):
    """Back-Channel Logout 1.0 2.4, RFC 8725 3.11: neither a bearer token nor a hint."""
    user = server.user(login=True)
    enter(server, user)
    user.http.post("/auth/logout")
    token = one.wait()[0].form["logout_token"]
    assert server.userinfo(token).status_code == 401
    assert server.browser().get("/oauth/logout",
                                params={"id_token_hint": token}).status_code == 400
    assert server.browser().post("/auth/logout", headers=bearer(token)).status_code == 204


def test_every_application_of_the_session(server, apps):
    """Back-Channel Logout 1.0 2.3: those that were signed in to, and no other's session."""
    user, other = server.user(login=True), server.user(login=True)
    tokens = {app: enter(server, user, app) for app in apps}
    enter(server, other)
    for app, receiver in apps.items():
        receiver.status = 204 if app == "two" else 200
    assert user.http.post("/auth/logout").status_code == 204
    for app, receiver in apps.items():
        check(server, receiver.wait()[0], tokens[app]["id_token"], app)
    done(server, 2)
    assert [len(receiver.seen) for receiver in apps.values()] == [1, 1]


@pytest.mark.parametrize("by", ["rp", "asked", "password", "consent", "delete", "disable",
                                "first_party_token"])
def test_whoever_ends_it(server, one, by):
    """Back-Channel Logout 1.0 2.3: RP-initiated or not."""
    user = server.user(login=True)
    tokens = enter(server, user)
    if by == "rp":
        user.http.get("/oauth/logout", params={"id_token_hint": tokens["id_token"]})
    elif by == "asked":
        Page(user.http.get("/oauth/logout")).press(user.http, "logout")
    elif by == "password":
        server.browser().post("/auth/password-reset/request", json={"email": user.email})
        answer = server.browser().post("/auth/password-reset/confirm", json={
            "token": server.mail_token(user.email, 3), "new_password": "another good one"})
        assert answer.status_code == 200, answer.text
    elif by == "consent":
        answer = user.http.delete("/users/me/grants", params={"client_id": "one"})
        assert answer.status_code == 204
    elif by == "first_party_token":
        server.browser().post("/auth/logout", headers=bearer(user.tokens["access_token"]))
    else:
        server.database.rows(
            "select oauth2.admin_user_delete(%s)" if by == "delete"
            else "select oauth2.admin_user_set(%s)",
            json.dumps({"email": user.email, **({} if by == "delete"
                                                else {"is_active": False})}))
    check(server, one.wait()[0], tokens["id_token"])
    done(server)


def test_the_application_s_own_business(server, one):
    """It signs out of itself, or gives its tokens back: nothing to tell it."""
    user = server.user(login=True)
    tokens = enter(server, user)
    server.browser().post("/auth/logout", headers=bearer(tokens["access_token"]))
    server.browser().post("/oauth/revoke", data={"token": tokens["refresh_token"]},
                          auth=("one", SECRET))
    assert notices(server) == [] and one.seen == []


def test_offline_access(server, one):
    """Back-Channel Logout 1.0 2.7: told, and what was granted for later stays."""
    user = server.user(login=True)
    offline = enter(server, user, scope="openid offline_access")
    online = enter(server, user)
    user.http.post("/auth/logout")
    check(server, one.wait()[0], offline["id_token"])
    assert server.rotate(offline["refresh_token"], ("one", SECRET)).status_code == 200
    assert server.rotate(online["refresh_token"], ("one", SECRET)).status_code == 400


def test_pairwise(server):
    """Back-Channel Logout 1.0 2.4: sub is what this application was told."""
    receiver = join(server, "pair", subject_type="pairwise")
    try:
        user = server.user(login=True)
        tokens = enter(server, user, "pair")
        user.http.post("/auth/logout")
        claims = check(server, receiver.wait()[0], tokens["id_token"], "pair")
        assert claims["sub"] != user.user_id
    finally:
        receiver.stop()
        server.database.rows("delete from oauth2.logout_notices")


def test_discovery(server):
    """Back-Channel Logout 1.0 2.1."""
    body = server.get("/.well-known/openid-configuration").json()
    assert body["backchannel_logout_supported"] is True
    assert body["backchannel_logout_session_supported"] is True


def test_the_algorithm_of_the_client(request, database, keys, flavour):
    """Back-Channel Logout 1.0 2.4: signed as the ID tokens of this client."""
    made = start_server(request, database, keys, flavour,
                        settings=f"{SETTINGS}\noauth2_signing_algs ES256 RS256;")
    receiver = join(made, "rsa", id_token_signed_response_alg="RS256")
    try:
        user = made.user(login=True)
        tokens = enter(made, user, "rsa")
        user.http.post("/auth/logout")
        token = receiver.wait(seconds=LONG)[0]
        check(made, token, tokens["id_token"], "rsa")
        assert decode(made, token.form["logout_token"]).header["alg"] == "RS256"
    finally:
        receiver.stop()
        end_server(made, request)
        database.rows("delete from oauth2.logout_notices")
