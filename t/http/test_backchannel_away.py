# SPDX-License-Identifier: MIT
"""Back-Channel Logout 1.0: an application that is away, hangs or refuses, and the ends of nginx
and of the worker: it hears of the logout sooner or later."""

import json

import pytest

from lib.client import fresh_email
from lib.process import wait_for
from lib.told import LONG, SETTINGS, apps, check, done, enter, hurry, join, notices, one

__all__ = ["SETTINGS", "apps", "one"]      # of the server that conftest.py starts


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
