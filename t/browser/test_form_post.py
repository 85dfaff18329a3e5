# SPDX-License-Identifier: MIT
"""The page of response_mode=form_post: goes on by itself, or at the press of a button."""

import urllib.parse

import pytest
from playwright.sync_api import expect

from browser_steps import (LOCATIONS, SETTINGS, authorize_url, heading, press, redirect_uri,
                           sign_in)
from lib.client import Pkce

__all__ = ["LOCATIONS", "SETTINGS"]     # of the server that conftest.py starts

SMALL = {"width": 360, "height": 640}


def consent(full, tab):
    """Up to the button that gives the consent."""
    user, pkce = full.user(), Pkce()
    # what the application answers is not the matter here, only that it does
    tab.route(redirect_uri(full), lambda route: route.fulfill(status=202))
    tab.goto(authorize_url(full, pkce, response_mode="form_post"))
    sign_in(tab, user.email)
    heading(tab, "Allow Demo?").to_be_visible()
    return pkce


def posted(full, pkce, request):
    """The form that the application got has a code that is good."""
    assert request.method == "POST"
    form = dict(urllib.parse.parse_qsl(request.post_data))
    assert form["state"] == "a state & more" and form["iss"] == full.base
    answer = full.redeem(form["code"], pkce, redirect_uri=redirect_uri(full))
    assert answer.status_code == 200, answer.text


def test_by_itself(full, tab):
    """Form Post Response Mode 2; the policy lets this one script run."""
    pkce = consent(full, tab)
    with tab.expect_request(redirect_uri(full)) as request:
        press(tab, "Allow")
    posted(full, pkce, request.value)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.context(java_script_enabled=False, viewport=SMALL)
def test_by_a_button(full, tab, scheme):
    tab.emulate_media(color_scheme=scheme)
    pkce = consent(full, tab)
    press(tab, "Allow")
    heading(tab, "Back to the application").to_be_visible()
    expect(tab.get_by_role("main")).to_contain_text(f"127.0.0.1:{full.port}")
    assert tab.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    with tab.expect_request(redirect_uri(full)) as request:
        press(tab, "Continue")
    posted(full, pkce, request.value)
