# SPDX-License-Identifier: MIT
"""Applications are told of a logout (Back-Channel Logout 1.0 2.5), whatever dies on the way."""

import json

import pytest

from lib.client import Pkce
from lib.process import wait_for
from lib.receiver import Receiver


@pytest.fixture(autouse=True)
def whole(system):
    system.restore()
    system.wait_healthy()
    yield
    system.restore()
    system.wait_healthy()


@pytest.fixture
def app(system):
    receiver = Receiver().start()
    system.database.rows("delete from oauth2.logout_notices")
    system.database.rows("delete from oauth2.oauth2_clients where client_id = 'told'")
    system.database.add_client("told", "their secret")
    system.database.rows(
        "update oauth2.oauth2_clients set metadata = %s where client_id = 'told'",
        json.dumps({"backchannel_logout_uri": f"{receiver.base}/logout"}))
    yield receiver
    receiver.stop()


def signed_in(system):
    user, pkce = system.user(login=True), Pkce()
    code = system.code(user, pkce, client_id="told", scope="openid")
    answer = system.redeem(code, pkce, ("told", "their secret"))
    assert answer.status_code == 200, answer.text
    return user


def lapse(system, seconds):
    """Nobody holds the leases of a dead owner, and nothing waits for its time; leases that are
    younger than that (of sixty seconds) are of somebody who lives."""
    system.database.rows(
        "update oauth2.logout_notices set next_attempt_at = now(), leased_until = now()"
        " where sent_at is null and (leased_until is null"
        " or leased_until <= now() + make_interval(secs => %s))", 60 - seconds)


def arrives(system, app, *numbers):
    lapse(system, 0)
    wait_for(lambda: (lapse(system, 15), system.database.value(
        "select count(*) from oauth2.logout_notices where sent_at is not null"))[1] == 1,
        60, "the mark")
    tokens = [each.form["logout_token"] for each in app.seen]
    assert len(tokens) == len(set(tokens)) and len(tokens) in numbers


@pytest.mark.smoke
def test_nginx_dies_before_it_has_told(system, app):
    """The session has ended, with the notice in the same transaction."""
    user = signed_in(system)
    system.points.arm("nginx.before_notice")
    assert user.http.post("/auth/logout").status_code == 204
    system.points.wait_hit("nginx.before_notice")
    assert app.seen == []
    system.kill("nginx")
    system.points.clear()
    wait_for(lambda: system.nginx.workers(), 10, "another nginx")
    arrives(system, app, 1)


def test_nginx_dies_before_it_has_noted_it(system, app):
    """Told twice, each time by a token of its own: the second one is no replay."""
    user = signed_in(system)
    system.points.arm("nginx.before_notice_mark")
    assert user.http.post("/auth/logout").status_code == 204
    system.points.wait_hit("nginx.before_notice_mark")
    assert len(app.seen) == 1
    system.kill("nginx")
    system.points.clear()
    wait_for(lambda: system.nginx.workers(), 10, "another nginx")
    arrives(system, app, 2)


def test_the_database_goes_away(system, app):
    """Between the claim and the mark, which waits a moment for it; else told again."""
    user = signed_in(system)
    system.points.arm("nginx.before_notice")
    assert user.http.post("/auth/logout").status_code == 204
    system.points.wait_hit("nginx.before_notice")
    system.kill("postgres")
    system.points.clear()
    app.wait()
    system.restore()
    system.wait_healthy()
    arrives(system, app, 1, 2)
