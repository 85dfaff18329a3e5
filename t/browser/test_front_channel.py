# SPDX-License-Identifier: MIT
"""Signing out of applications by the browser (OpenID Connect Front-Channel Logout 1.0), without
JavaScript of ours."""

import json

import pytest
from playwright.sync_api import expect

from browser_steps import LOCATIONS, SETTINGS, authorize_url, heading, press, sign_in
from lib.client import Pkce, query_of
from lib.database import CLIENT_ID
from lib.receiver import Receiver

__all__ = ["LOCATIONS", "SETTINGS"]     # of the server that conftest.py starts

APPS = ("first", "second")


@pytest.fixture
def apps(full):
    """Two applications that were signed in to, and where the browser is to end."""
    made = {}
    for app in APPS:
        made[app] = Receiver().start()
        # what conftest.py wants of each page that the browser opens
        made[app].headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'")
        uri = f"{made[app].base}/callback"
        full.database.rows("delete from oauth2.oauth2_clients where client_id = %s", app)
        full.database.add_client(app, "their secret", redirect_uris=[uri])
        full.database.rows(
            "update oauth2.oauth2_clients set metadata = %s, is_first_party = true"
            " where client_id = %s",
            json.dumps({"frontchannel_logout_uri": f"{made[app].base}/front"}), app)
    full.database.rows(
        "update oauth2.oauth2_clients set metadata = metadata || %s where client_id = %s",
        json.dumps({"post_logout_redirect_uris": [f"{made['first'].base}/after"]}), CLIENT_ID)
    yield made
    for app in made.values():
        app.stop()


@pytest.mark.context(java_script_enabled=False)
@pytest.mark.parametrize("ends", ["after", "here"])
def test_frames_load_and_the_browser_goes_on(full, tab, apps, ends):
    """Front-Channel Logout 1.0 3: both frames, with iss and sid; then where the client wants."""
    use(full, tab, apps)
    more = "?client_id=demo&post_logout_redirect_uri=" + f"{apps['first'].base}/after"
    tab.goto("/oauth/logout" + (more if ends == "after" else ""))
    press(tab, "Sign out")
    if ends == "after":
        tab.wait_for_url(f"{apps['first'].base}/after")
    else:
        heading(tab, "Signed out").to_be_visible()
    told(full, apps)


def test_signing_out_on_the_dashboard(full, tab, apps):
    """Front-Channel Logout 1.0 3: also when it is us whom the user leaves."""
    use(full, tab, apps)
    tab.goto("/dashboard")
    press(tab, "Sign out")
    expect(tab.get_by_role("status")).to_have_text("You are signed out.")
    told(full, apps)


def use(full, tab, apps):
    """A user signs in, to both."""
    user = full.user()
    for number, (app, receiver) in enumerate(apps.items()):
        pkce, uri = Pkce(), f"{receiver.base}/callback"
        tab.goto(authorize_url(full, pkce, client_id=app, redirect_uri=uri, scope="openid"))
        if number == 0:
            sign_in(tab, user.email)
        tab.wait_for_url(f"{uri}?**")
        code = query_of(tab.url)["code"]
        answer = full.redeem(code, pkce, (app, "their secret"), redirect_uri=uri)
        assert answer.status_code == 200, answer.text
        receiver.seen.clear()


def told(full, apps):
    """Each has heard of it."""
    for receiver in apps.values():
        (seen,) = [each for each in receiver.wait() if each.path == "/front"]
        assert seen.query["iss"] == full.base and seen.query["sid"]
        assert "referer" not in seen.headers
