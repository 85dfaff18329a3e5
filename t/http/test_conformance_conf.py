# SPDX-License-Identifier: MIT
"""./dev conformance: what it starts has TLS, open registration, its users, and both ports."""

import ssl
import subprocess

import httpx
import pytest

from lib.conformance import ALICE, BOB
from lib.process import ROOT


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


@pytest.mark.parametrize("arguments", [["0"], ["65535"], ["nine"], ["9443", "a b"]])
def test_what_is_no_address(arguments):
    done = subprocess.run([ROOT / "dev", "conformance", *arguments], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 1 and done.stderr.startswith("dev: "), done.stderr
