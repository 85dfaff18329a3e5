# SPDX-License-Identifier: MIT
"""The apps that a user has connected, on the dashboard: what they may do, and taking it back."""

import pytest
from playwright.sync_api import expect

from browser_steps import LOCATIONS, SETTINGS, heading, press, sign_in
from lib.client import Pkce

__all__ = ["LOCATIONS", "SETTINGS"]     # of the server that conftest.py starts

WIDTHS = "[document.documentElement.scrollWidth, innerWidth]"
GRANTS = "/users/me/grants"


def apps(tab):
    return tab.get_by_role("region", name="Connected apps")


def connect(full, user, **changes):
    """An app gets its tokens."""
    pkce = Pkce()
    full.login(user)
    answer = full.redeem(full.code(user, pkce, **changes), pkce)
    assert answer.status_code == 200, answer.text
    return answer.json()


def dashboard(tab, user):
    tab.goto("/login?next=/dashboard")
    sign_in(tab, user.email)
    heading(tab, "Dashboard").to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_disconnect(full, tab, scheme):
    user = full.user()
    given = connect(full, user, scope="openid email offline_access")

    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": 360, "height": 640})
    dashboard(tab, user)
    app = apps(tab).get_by_role("listitem").filter(
        has=tab.get_by_role("heading", level=3, name="Demo"))
    expect(app).to_contain_text("See your email address")
    expect(app).to_contain_text("Stay connected while you are away")
    expect(app).to_contain_text("last used")
    needed, there = tab.evaluate(WIDTHS)
    assert needed <= there == 360

    # asked once more, and thought better of
    disconnect = tab.get_by_role("button", name="Disconnect Demo")
    disconnect.click()
    expect(disconnect).to_have_attribute("aria-expanded", "true")
    press(tab, "Keep it")
    expect(disconnect).to_be_focused()
    assert full.userinfo(given["access_token"]).status_code == 200

    disconnect.press("Enter")
    press(tab, "Yes, disconnect")
    expect(apps(tab).get_by_role("status")).to_have_text("Demo is disconnected.")
    expect(apps(tab).get_by_role("heading", level=2)).to_be_focused()
    expect(apps(tab)).to_contain_text("No app has access to your account.")
    assert full.userinfo(given["access_token"]).status_code == 401


def test_nothing(full, tab):
    dashboard(tab, full.user())
    expect(apps(tab)).to_contain_text("No app has access to your account.")
    expect(apps(tab).get_by_role("button")).to_have_count(0)


def test_failures(full, tab):
    """A list that does not come can be asked for again; a refusal is told at the app."""
    user = full.user()
    connect(full, user)
    problem = {"status": 503, "content_type": "application/problem+json",
               "body": '{"code": "temporarily_unavailable"}'}

    tab.watch.expect(503, GRANTS)
    tab.route("**" + GRANTS + "*", lambda route: route.fulfill(**problem))
    dashboard(tab, user)
    expect(apps(tab).get_by_role("alert")).to_contain_text("unavailable right now")
    tab.unroute("**" + GRANTS + "*")
    press(tab, "Try again")
    expect(apps(tab).get_by_role("alert")).to_have_count(0)

    tab.route("**" + GRANTS + "?*", lambda route: route.fulfill(**problem))
    tab.get_by_role("button", name="Disconnect Demo").click()
    press(tab, "Yes, disconnect")
    expect(apps(tab).get_by_role("alert")).to_be_focused()
    tab.unroute("**" + GRANTS + "?*")
    press(tab, "Yes, disconnect")
    expect(apps(tab).get_by_role("status")).to_have_text("Demo is disconnected.")
