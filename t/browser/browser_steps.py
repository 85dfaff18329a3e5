# SPDX-License-Identifier: MIT
"""What people do on the pages, in the words of a test."""

import re
import urllib.parse

from playwright.sync_api import expect

from lib.client import PASSWORD
from lib.database import CLIENT_ID
from lib.process import ROOT, wait_for
from lib.smtp import text_of

# The server that conftest.py starts serves the bundle as the examples do.
SETTINGS = f"root {ROOT}/build/html;"
LOCATIONS = f"include {ROOT}/conf/pages.conf;"


def heading(tab, name):
    """The page's one main heading, which navigation gives the focus to."""
    return expect(tab.get_by_role("heading", level=1, name=name))


def press(tab, name):
    tab.get_by_role("button", name=name, exact=True).click()


def sign_in(tab, email, password=PASSWORD):
    tab.get_by_label("Email or username").fill(email)
    tab.get_by_label("Password", exact=True).fill(password)
    press(tab, "Sign in")


def mailed(full, email, path):
    """The link to a page in a mail to an address."""
    def find():
        texts = "\n".join(text_of(m) for m in full.mail.messages(email))
        return re.findall(rf"https?://\S+{path}\?token=[\w-]+", texts)
    return wait_for(find, 15, f"mail with {path} to {email}")[-1]


def authorize_url(full, pkce, **more):
    return "/oauth/authorize?" + urllib.parse.urlencode({
        "response_type": "code", "client_id": CLIENT_ID, "scope": "openid email profile",
        "redirect_uri": redirect_uri(full), "state": "a state & more",
        "code_challenge": pkce.challenge, "code_challenge_method": "S256", **more})


def redirect_uri(full):
    return f"http://127.0.0.1:{full.port}/callback"
