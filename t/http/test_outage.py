# SPDX-License-Identifier: MIT
"""PostgreSQL away, frozen or restarted: 503 with Retry-After within the
deadline, never a hang, and recovery without a reload."""

import concurrent.futures
import time

import pytest

from lib.page import Page
from lib.process import wait_for
from lib.site import end_server, new_database, start_server

SETTINGS = "oauth2_signing_algs ES256;"
LOCATIONS = "location /app/ { auth_oauth2 any; try_files /nothing =404; }"


@pytest.fixture
def site(request, own_postgres, keys, flavour):
    made = start_server(request, new_database(own_postgres), keys, flavour)
    made.postgres = own_postgres
    yield made
    end_server(made, request)


def is_503(answer):
    return answer.status_code == 503 and int(answer.headers["retry-after"]) > 0


def test_away_and_back(site):
    user = site.user(login=True)
    browser = site.browser()
    page = Page(browser.get("/oauth/login", params={"next": "/oauth/consent"}))
    typed = {"email": user.email, "password": user.password}
    site.postgres.stop()
    for answer in (site.get("/health"), site.register(), user.http.get("/users/me"),
                   site.token(grant_type="client_credentials"), user.http.get("/auth/check")):
        assert is_503(answer), answer.text
    assert site.get("/.well-known/openid-configuration").status_code == 200
    answer = page.press(browser, "login", **typed)
    assert is_503(answer) and "go back and try again" in Page(answer, 503).text
    site.postgres.start()
    wait_for(lambda: site.get("/health").status_code == 200, 20, "recovery")
    assert user.http.get("/users/me").status_code == 200
    assert page.press(browser, "login", **typed).status_code == 303


def test_guard_fails_closed(site):
    user = site.user(login=True)
    assert user.http.get("/app/").status_code == 404    # it is let in
    site.postgres.stop()
    wait_for(lambda: site.get("/health").status_code == 503, 10, "the outage to be noticed")
    assert is_503(user.http.get("/app/"))


def test_frozen(site):
    user = site.user(login=True)
    site.postgres.freeze()
    begin = time.monotonic()
    try:
        with concurrent.futures.ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(lambda _: user.http.get("/users/me"), range(20)))
        assert all(map(is_503, answers))
        assert time.monotonic() - begin < 12        # a bound on life, not on speed
    finally:
        site.postgres.thaw()
    wait_for(lambda: user.http.get("/users/me").status_code == 200, 20, "recovery")


def test_restart_in_the_middle(site):
    """No request hangs, and none is answered by anything but 200 or 503."""
    user = site.user(login=True)
    stop = time.monotonic() + 30
    restarted = []

    def ask(_):
        seen = set()
        while time.monotonic() < stop:
            status = user.http.get("/users/me").status_code
            seen.add(status)
            if restarted and status == 200:
                break
        return seen

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        futures = [threads.submit(ask, i) for i in range(8)]
        site.postgres.restart()
        restarted.append(True)
        seen = set().union(*(f.result() for f in futures))
    assert seen <= {200, 503} and 200 in seen
    assert site.register().status_code == 201
