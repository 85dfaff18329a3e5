# SPDX-License-Identifier: MIT
"""Signing in for an application in a browser without JavaScript: by keyboard, on small screens."""

import pytest
from playwright.sync_api import expect

from browser_steps import (LOCATIONS, SETTINGS, authorize_url, heading, press, redirect_uri,
                           sign_in)
from lib.client import PASSWORD, Pkce, fresh_email

__all__ = ["LOCATIONS", "SETTINGS"]     # of the server that conftest.py starts

SMALL = {"width": 360, "height": 640}
WIDTHS = "[document.documentElement.scrollWidth, innerWidth]"

pytestmark = [
    pytest.mark.context(java_script_enabled=False, viewport=SMALL)]


def fits(tab):
    needed, there = tab.evaluate(WIDTHS)
    assert needed <= there == SMALL["width"]
    expect(tab.get_by_role("heading", level=1)).to_have_count(1)


@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_flow(full, tab, decision, scheme):
    user, pkce = full.user(), Pkce()

    tab.emulate_media(color_scheme=scheme)
    tab.goto(authorize_url(full, pkce))
    heading(tab, "Sign in").to_be_visible()
    fits(tab)
    tab.watch.expect(401, "/oauth/login")
    sign_in(tab, user.email, "not the password")
    expect(tab.get_by_role("alert")).to_contain_text("password is wrong")
    expect(tab.locator("#email")).to_have_value(user.email)
    fits(tab)
    sign_in(tab, user.email)
    heading(tab, "Allow Demo?").to_be_visible()
    fits(tab)
    background = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(245, 247, 246)", "dark": "rgb(14, 20, 18)"}[scheme]

    # the application's page is the bundle's, which says nothing without a script
    with tab.expect_request(lambda r: r.url.startswith(redirect_uri(full))) as request:
        press(tab, decision.capitalize())
    query = request.value.url
    assert ("code=" in query) == (decision == "allow")
    assert ("error=access_denied" in query) == (decision == "deny")


def test_keyboard(full, tab):
    """The first empty field has the focus; Enter in a field signs in."""
    user = full.user()

    tab.goto(authorize_url(full, Pkce()))
    expect(tab.locator("#email")).to_be_focused()
    tab.keyboard.type(user.email)
    tab.keyboard.press("Tab")
    expect(tab.locator("#password")).to_be_focused()
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    heading(tab, "Allow Demo?").to_be_visible()
    order = []
    while "allow" not in order:
        tab.keyboard.press("Tab")
        order.append(tab.evaluate("document.activeElement.id || document.activeElement.className"))
        assert len(order) < 6, order
    assert order == ["skip", "brand", "deny", "allow"]


def test_not_verified(full, tab):
    email = fresh_email()
    full.register(email)

    tab.goto(authorize_url(full, Pkce()))
    tab.watch.expect(403, "/oauth/login")
    sign_in(tab, email)
    expect(tab.get_by_role("alert")).to_contain_text("not verified")
    fits(tab)
    press(tab, "Send the verification mail again")
    expect(tab.get_by_role("status")).to_contain_text("on its way")
    fits(tab)
    assert full.verify(full.mail_token(email, 2)).status_code == 200
    sign_in(tab, email)
    heading(tab, "Allow Demo?").to_be_visible()


def test_dead_end(full, tab):
    tab.watch.expect(400, "/oauth/authorize")
    tab.goto(authorize_url(full, Pkce(), client_id="nobody"))
    heading(tab, "Sign-in cannot go on").to_be_visible()
    expect(tab.get_by_role("alert")).to_contain_text("not known")
    fits(tab)
