# SPDX-License-Identifier: MIT
"""./dev conformance: what it starts has TLS, open registration, its users, and both ports."""

import json
import ssl
import subprocess

import httpx
import pytest

from lib.conformance import ALICE, BOB, PASSWORD
from lib.page import Page
from lib.process import ROOT


def test_configuration_of_the_suite(suite):
    """The suite's browser finds on our pages what its configuration names."""
    made = json.loads((ROOT / "conf/conformance.json.in").read_text()
                      .replace("https://@HOST@:@PORT@", suite.issuer))
    assert suite.browser().get(made["server"]["discoveryUrl"]).json() == suite.metadata
    named = {command[2] for entry in made["browser"] for task in entry["tasks"]
             for command in task["commands"] if command[1] == "id"}
    browser, party = suite.browser(), suite.client()
    seen = {"submission_complete"}      # of the suite's own page
    answer, _ = party.start(browser)
    login = Page(browser.get(answer.headers["location"]))
    answer = login.press(browser, "login", email=ALICE, password=PASSWORD)
    answer = browser.get(browser.get(answer.headers["location"]).headers["location"])
    for page in (login, Page(answer), Page(browser.get("/oauth/logout")),
                 Page(browser.get("/oauth/authorize"), 400)):
        seen |= set(page.ids)
    assert named <= seen


def test_issuer(suite):
    """OpenID Connect Discovery 4.3: the issuer is exactly where the document was found."""
    assert suite.metadata["issuer"] == suite.issuer
    for name, value in suite.metadata.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            assert value.startswith(f"{suite.issuer}/"), name


def test_certificate(suite):
    with pytest.raises(httpx.ConnectError):
        suite.browser(verify=ssl.create_default_context()).get("/health")
    assert suite.browser().get("/health").json()["status"] == "healthy"


@pytest.mark.parametrize("email", [ALICE, BOB])
def test_walk(suite, email):
    """A client that registered itself, a user, and back: tokens and claims."""
    party = suite.client()
    tokens = party.login(suite.browser(), email, scope="openid profile email")
    assert tokens["seen"] == ["login", "consent"]
    claims = party.userinfo(tokens["access_token"]).json()
    assert claims["sub"] == tokens["id"]["sub"]
    assert claims["email"] == email and claims["email_verified"] is True


def test_the_port_for_certificates(suite):
    """RFC 8705 5: the same issuer, and a certificate is not asked of everybody."""
    with suite.browser(base_url=f"https://localhost:{suite.port + 1}") as browser:
        found = browser.get("/.well-known/openid-configuration").json()
        assert found["issuer"] == suite.issuer
        assert found == suite.metadata
        for name, value in found["mtls_endpoint_aliases"].items():
            assert value == found[name].replace(suite.issuer, str(browser.base_url)), name


@pytest.mark.parametrize("arguments", [["0"], ["65535"], ["nine"], ["9443", "a b"],
                                       ["9443", "localhost", "http://suite.example"]])
def test_what_is_no_address(arguments):
    done = subprocess.run([ROOT / "dev", "conformance", *arguments], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 1 and done.stderr.startswith("dev: "), done.stderr
