# SPDX-License-Identifier: MIT
"""Forms and pages for everybody: errors, focus, keyboard, small screens, safe redirects."""

import re
import urllib.parse

import pytest
from playwright.sync_api import expect

from browser_steps import LOCATIONS, SETTINGS, heading, press, sign_in
from lib.client import fresh_email

__all__ = ["LOCATIONS", "SETTINGS"]     # of the server that conftest.py starts

PUBLIC = ["/", "/register", "/login", "/verify-email", "/verify-email?token=x",
          "/forgot-password", "/reset-password", "/reset-password?token=x", "/callback",
          "/callback?error=access_denied&state=s", "/no-such-page"]


@pytest.mark.parametrize("next_path, leads_to", [
    ("/callback?state=back", "/callback?state=back"),
    ("//127.0.0.1:1/", "/dashboard"), ("/\\127.0.0.1:1/", "/dashboard"),
    ("http://127.0.0.1:1/", "/dashboard"), ("/\t/127.0.0.1:1/", "/dashboard")])
def test_next(full, tab, next_path, leads_to):
    """Signing in leads to a path of this origin, nowhere else."""
    user = full.user()

    tab.goto("/login?" + urllib.parse.urlencode({"next": next_path}))
    sign_in(tab, user.email)
    tab.wait_for_url(full.base + leads_to)
    # Somebody who is signed in goes straight on.
    tab.goto("/login?" + urllib.parse.urlencode({"next": next_path}))
    tab.wait_for_url(full.base + leads_to)


def test_wrong_password(full, tab):
    user = full.user()

    tab.watch.expect(401, "/auth/login")
    tab.goto("/login")
    sign_in(tab, user.email, "not the password")
    alert = tab.get_by_role("alert")
    expect(alert).to_contain_text("do not match")
    expect(alert).to_be_focused()
    expect(tab.get_by_label("Email or username")).to_have_value(user.email)


def test_field_errors(full, tab):
    """Errors of fields are tied to them, and the first one has the focus."""
    tab.watch.expect(422, "/auth/register")
    tab.goto("/register")
    press(tab, "Create account")
    expect(tab.get_by_label("Email")).to_be_focused()
    expect(tab.get_by_label("Email")).to_have_accessible_description("Enter your email.")

    tab.get_by_label("Email").fill(fresh_email())
    tab.get_by_label("Password", exact=True).fill("2short")
    press(tab, "Create account")
    password = tab.get_by_label("Password", exact=True)
    expect(password).to_be_focused()
    expect(password).to_have_attribute("aria-invalid", "true")
    expect(password).to_have_accessible_description(re.compile("too short"))
    expect(tab.get_by_label("Email")).not_to_have_attribute("aria-invalid", "true")


def test_keyboard(full, tab):
    """Signing in without a mouse, in the order of the page."""
    user = full.user()
    focus = "document.activeElement.id || document.activeElement.textContent.trim()"

    tab.goto("/login")
    tab.get_by_label("Email or username").wait_for()
    order = []
    while "email" not in order:
        tab.keyboard.press("Tab")
        order.append(tab.evaluate(focus))
        assert len(order) < 10, order
    assert order[0] == "Skip to content"

    tab.keyboard.type(user.email)
    tab.keyboard.press("Tab")
    tab.keyboard.type(user.password)
    expect(tab.locator("#password")).to_have_attribute("type", "password")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    expect(tab.locator("#password")).to_have_attribute("type", "text")
    expect(tab.get_by_role("button", name="Hide password")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("button", name="Sign in", exact=True)).to_be_focused()
    tab.keyboard.press("Enter")
    heading(tab, "Dashboard").to_be_focused()


@pytest.mark.parametrize("path", PUBLIC)
def test_small_screen(full, tab, path):
    """Each page fits a small phone, has one heading, a title, labels and known roles."""
    tab.set_viewport_size({"width": 320, "height": 640})
    tab.goto(path)
    expect(tab.get_by_role("heading", level=1)).to_have_count(1)
    expect(tab).to_have_title(re.compile(r".+ · OAuth 2 for nginx"))
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden])')]"
        ".every(i => i.labels.length === 1 && i.autocomplete && i.name === i.id)")
