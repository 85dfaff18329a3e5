# SPDX-License-Identifier: MIT
"""OpenID Connect Back-Channel Logout 1.0: applications hear of the end of a session, sooner or
later, whoever ended it."""

import json
import time

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from lib.client import Pkce, bearer, fresh_email
from lib.page import Page
from lib.process import wait_for
from lib.receiver import Receiver

SETTINGS = "oauth2_egress_allow 127.0.0.1;"
SECRET = "their secret"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LONG = 40


@pytest.fixture
def apps(server):
    """Two applications with an address each."""
    made = {name: join(server, name) for name in ("one", "two")}
    yield made
    for receiver in made.values():
        receiver.stop()
    server.database.rows("delete from oauth2.logout_notices")


@pytest.fixture
def one(apps):
    return apps["one"]


def join(server, name, **more):
    """An application that is told; its receiver, which is running."""
    receiver = Receiver().start()
    server.database.rows("delete from oauth2.oauth2_clients where client_id = %s", name)
    server.database.add_client(name, SECRET)
    server.database.rows(
        "update oauth2.oauth2_clients set metadata = %s where client_id = %s",
        json.dumps({"backchannel_logout_uri": f"{receiver.base}/logout?at=home", **more}), name)
    return receiver


def enter(server, user, app="one", scope="openid"):
    """Signs in to an application: its tokens."""
    pkce = Pkce()
    code = server.code(user, pkce, client_id=app, scope=scope)
    return server.redeem(code, pkce, (app, SECRET)).json()


def decode(server, token):
    keys = KeySet.import_key_set(server.get("/oauth/jwks").json())
    return jwt.decode(token, keys, ["ES256", "RS256"])


def check(server, seen, id_token, app="one", seconds=120):
    """Back-Channel Logout 1.0 2.6, as an application does it; answers the claims."""
    assert (seen.method, seen.path, seen.query) == ("POST", "/logout", {"at": "home"})
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert list(seen.form) == ["logout_token"]
    token = decode(server, seen.form["logout_token"])
    before = decode(server, id_token)
    assert token.header["alg"] == before.header["alg"]
    assert token.header["typ"] == "logout+jwt"
    claims, known = token.claims, before.claims
    assert claims["iss"] == known["iss"] == server.base
    assert claims["aud"] == known["aud"] == app
    assert claims["sub"] == known["sub"] and claims["sid"] == known["sid"]
    assert claims["events"] == {EVENT: {}}
    assert "nonce" not in claims and claims["jti"]
    assert claims["exp"] - claims["iat"] == seconds
    assert abs(claims["iat"] - time.time()) < LONG
    return claims


def notices(server):
    return server.database.rows("select * from oauth2.logout_notices order by created_at")


def done(server, number=1):
    wait_for(lambda: sum(n["sent_at"] is not None for n in notices(server)) == number, LONG,
             f"{number} notices that were sent")


def hurry(server):
    """What waits for its next attempt waits no longer."""
    server.database.rows("update oauth2.logout_notices set next_attempt_at = now()")


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


def test_down_and_back_again(server, one):
    """It is told when it is there; each attempt has a token of its own."""
    user = server.user(login=True)
    tokens = enter(server, user)
    one.status = 503
    user.http.post("/auth/logout")
    one.wait()
    wait_for(lambda: notices(server)[0]["last_error"], LONG, "the failure")
    one.stop()
    hurry(server)
    wait_for(lambda: notices(server)[0]["attempts"] == 2, LONG, "another attempt")
    wait_for(lambda: notices(server)[0]["leased_until"] is None, LONG, "its failure")
    one.status = 200
    one.start()
    hurry(server)
    first, last = one.wait(2, LONG)
    done(server)
    assert check(server, last, tokens["id_token"])["jti"] \
        != check(server, first, tokens["id_token"])["jti"]


def test_400_is_final(server, one):
    """Back-Channel Logout 1.0 2.8: refused, and in the log."""
    user = server.user(login=True)
    enter(server, user)
    one.status = 400
    user.http.post("/auth/logout")
    wait_for(lambda: notices(server)[0]["parked_at"], LONG, "the end of it")
    assert len(one.seen) == 1
    log = server.nginx.error_log.read_text()
    assert 'logout was refused by client "one"' in log
    assert one.seen[0].form["logout_token"] not in log


@pytest.mark.parametrize("status", [302, 404, 500])
def test_anything_else_is_tried_again(server, one, status):
    user = server.user(login=True)
    enter(server, user)
    one.status = status
    one.headers["Location"] = f"{one.base}/elsewhere"
    user.http.post("/auth/logout")
    one.wait()
    wait_for(lambda: notices(server)[0]["last_error"], LONG, "the failure")
    (notice,) = notices(server)
    assert notice["parked_at"] is None and notice["next_attempt_at"] > notice["created_at"]
    assert {each.path for each in one.seen} == {"/logout"}, "no redirect is followed"
    assert 'not delivered to client "one"' in server.nginx.error_log.read_text()


def test_one_that_hangs_holds_up_nobody(server, apps):
    """Neither other applications nor mail."""
    apps["one"].hangs = True
    users = [server.user(login=True) for _ in range(6)]
    for user in users:
        enter(server, user)
        user.http.post("/auth/logout")
    apps["one"].wait()
    user = server.user(login=True)          # a mail has come
    tokens = enter(server, user, "two")
    user.http.post("/auth/logout")
    check(server, apps["two"].wait()[0], tokens["id_token"], "two")
    assert len(apps["one"].seen) == 1, "one at a time"
    apps["one"].hangs = False
    apps["one"].stop()
    apps["one"].start()
    wait_for(lambda: (hurry(server), sum(
        n["sent_at"] is not None for n in notices(server)) == 7)[1], LONG, "all of them")


def test_nginx_is_started_again(server, one):
    user = server.user(login=True)
    tokens = enter(server, user)
    one.stop()
    user.http.post("/auth/logout")
    wait_for(lambda: notices(server)[0]["last_error"], LONG, "the failure")
    server.nginx.stop()
    one.start()
    hurry(server)
    server.nginx.start()
    check(server, one.wait(seconds=LONG)[0], tokens["id_token"])
    done(server)


def test_a_reload_loses_nothing(server, one):
    users = [server.user(login=True) for _ in range(5)]
    for user in users:
        enter(server, user)
    for number, user in enumerate(users):
        user.http.post("/auth/logout")
        if number == 2:
            server.nginx.reload()
    one.wait(5, LONG)
    done(server, 5)
    assert len({each.form["logout_token"] for each in one.seen}) == 5


def test_an_address_that_is_not_allowed(server, one):
    """Nothing is sent into the private network that the operator did not name."""
    server.database.rows(
        "update oauth2.oauth2_clients set metadata = metadata || %s where client_id = 'one'",
        json.dumps({"backchannel_logout_uri": f"http://127.0.0.2:{one.port}/logout"}))
    user = server.user(login=True)
    enter(server, user)
    user.http.post("/auth/logout")
    wait_for(lambda: notices(server)[0]["last_error"], LONG, "the refusal")
    assert one.seen == []


def test_discovery(server):
    """Back-Channel Logout 1.0 2.1."""
    body = server.get("/.well-known/openid-configuration").json()
    assert body["backchannel_logout_supported"] is True
    assert body["backchannel_logout_session_supported"] is True


@pytest.mark.parametrize("away", [False, True])
def test_with_the_worker_and_without(full, away):
    """A workflow changes the password, or nginx does: nginx tells the application, and the
    worker sends mail."""
    receiver = join(full, "one")
    try:
        user = full.user(login=True, email=fresh_email("reset"))
        tokens = enter(full, user)
        if away:
            full.worker.stop()
        full.browser().post("/auth/password-reset/request", json={"email": user.email})
        answer = full.browser().post("/auth/password-reset/confirm", json={
            "token": full.mail_token(user.email, 3), "new_password": "another good one"})
        assert answer.json()["method"] == (
            "direct_password_reset_confirmation" if away else "temporal_workflow")
        check(full, receiver.wait(seconds=LONG)[0], tokens["id_token"])
        done(full)
        assert notices(full)[0]["lease_owner"].startswith("nginx ")
    finally:
        receiver.stop()
        full.database.rows("delete from oauth2.logout_notices")
        if away:
            full.worker.start()
