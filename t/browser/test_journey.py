# SPDX-License-Identifier: MIT
"""The pages in a browser: from registration to a new password, and an app's code flow."""

import re

import pytest
from playwright.sync_api import expect

from browser_steps import (LOCATIONS, SETTINGS, authorize_url, heading, mailed, press,
                           redirect_uri, sign_in)
from lib.client import PASSWORD, Pkce, fresh_email

__all__ = ["LOCATIONS", "SETTINGS"]     # of the server that conftest.py starts


def test_account(full, tab):
    email = fresh_email("ada")
    verified = "select is_verified from oauth2.users where email = %s"

    tab.goto("/")
    tab.get_by_role("main").get_by_role("link", name="Sign up").click()
    heading(tab, "Create your account").to_be_focused()
    tab.get_by_label("First name").fill("Ada")
    tab.get_by_label("Email").fill(email)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    press(tab, "Create account")
    heading(tab, "Check your mail").to_be_focused()
    expect(tab.locator("#method")).to_have_text("temporal_workflow")

    tab.watch.expect(403, "/auth/login")
    tab.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_in(tab, email)
    expect(tab.get_by_role("alert")).to_contain_text("not verified")

    # Opening the link changes nothing; pressing the button does.
    tab.goto(mailed(full, email, "/verify-email"))
    heading(tab, "Verify your email").to_be_visible()
    assert full.database.value(verified, email) is False
    press(tab, "Verify my email address")
    heading(tab, "Email verified").to_be_focused()
    expect(tab.locator("#method")).to_have_text(re.compile("^(temporal|direct)_[a-z]+$"))
    assert full.database.value(verified, email) is True

    tab.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_in(tab, email)
    heading(tab, "Dashboard").to_be_focused()
    expect(tab.get_by_text("Hello, Ada.")).to_be_visible()
    expect(tab.get_by_text("verified", exact=True)).to_be_visible()

    tab.get_by_label("Last name").fill("Lovelace")
    tab.get_by_label("First name").fill("")
    press(tab, "Save changes")
    expect(tab.get_by_text("Saved.")).to_be_visible()
    tab.reload()
    expect(tab.get_by_label("Last name")).to_have_value("Lovelace")
    expect(tab.get_by_label("First name")).to_have_value("")

    # The session is nothing that a script can read.
    assert tab.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == [
        "", 0, 0]

    press(tab, "Sign out")
    expect(tab.get_by_role("status")).to_have_text("You are signed out.")
    tab.goto("/dashboard")
    tab.wait_for_url("**/login?next=%2Fdashboard")

    tab.get_by_role("link", name="Forgot your password?").click()
    heading(tab, "Forgot your password?").to_be_focused()
    tab.get_by_label("Email").fill(email)
    press(tab, "Send the link")
    heading(tab, "Check your mail").to_be_focused()
    tab.goto(mailed(full, email, "/reset-password"))
    tab.get_by_label("New password", exact=True).fill("another " + PASSWORD)
    press(tab, "Change password")
    heading(tab, "Password changed").to_be_focused()

    tab.watch.expect(401, "/auth/login")
    tab.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_in(tab, email)
    expect(tab.get_by_role("alert")).to_be_focused()
    sign_in(tab, email, "another " + PASSWORD)
    heading(tab, "Dashboard").to_be_focused()


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_code_flow(full, tab, decision):
    user = full.user()
    pkce = Pkce()

    tab.goto(authorize_url(full, pkce))
    heading(tab, "Sign in").to_be_visible()
    sign_in(tab, user.email)
    heading(tab, "Allow Demo?").to_be_visible()
    expect(tab.get_by_role("main")).to_contain_text(user.email)
    expect(tab.get_by_role("main")).to_contain_text(f"127.0.0.1:{full.port}")
    expect(tab.get_by_role("listitem")).to_have_count(3)
    press(tab, decision.capitalize())
    tab.wait_for_url(f"{redirect_uri(full)}?**")
    expect(tab.locator("#state")).to_have_text("a state & more")

    if decision == "deny":
        expect(tab.locator("#error")).to_have_text("access_denied")
        expect(tab.locator("#code")).to_have_count(0)
        return

    code = tab.locator("#code").inner_text()
    answer = full.redeem(code, pkce, redirect_uri=redirect_uri(full))
    assert answer.status_code == 200, answer.text
    claims = full.userinfo(answer.json()["access_token"])
    assert claims.json()["email"] == user.email


def test_login_again(full, tab):
    """prompt=login asks somebody who is signed in, once, and then goes on."""
    user = full.user()

    tab.goto("/login")
    sign_in(tab, user.email)
    heading(tab, "Dashboard").to_be_visible()
    tab.goto(authorize_url(full, Pkce(), prompt="login"))
    heading(tab, "Sign in").to_be_visible()
    expect(tab.get_by_label("Email or username")).to_have_value(user.email)
    # auth_time has whole seconds; the new one must be no older than the request.
    sign_in(tab, user.email)
    heading(tab, "Allow Demo?").to_be_visible()


def test_unknown_transaction(full, tab):
    """The old address of the consent page leads to the new one, which is a dead end here."""
    user = full.user()

    tab.goto("/login")
    sign_in(tab, user.email)
    heading(tab, "Dashboard").to_be_visible()
    tab.watch.expect(400, "/oauth/consent")
    tab.goto("/consent?transaction=none")
    heading(tab, "Sign-in cannot go on").to_be_visible()
    expect(tab.get_by_role("alert")).to_contain_text("start again from the app")
