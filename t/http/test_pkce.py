# SPDX-License-Identifier: MIT
"""Who must send a code challenge: oauth2_pkce (RFC 7636, RFC 9700 2.1.1)."""

import pytest

from lib.answers import oauth_error, redirect_error
from lib.client import Pkce
from lib.database import PUBLIC_ID, REDIRECT_URI
from lib.site import end_server, start_server


@pytest.fixture(scope="module")
def strict(request, database, keys, flavour):
    made = start_server(request, database, keys, flavour, settings="oauth2_pkce all;")
    yield made
    end_server(made, request)


@pytest.fixture(scope="module")
def lax(request, database, keys, flavour):
    made = start_server(request, database, keys, flavour, settings="oauth2_pkce public;")
    yield made
    end_server(made, request)


def refused(server, **changes):
    redirect_error(server.authorize(server.browser(), None, **changes), REDIRECT_URI,
                   "invalid_request", server.base)


def test_a_confidential_client_with_a_nonce(server):
    """RFC 9700 2.1.1."""
    user = server.user(login=True)
    code = server.code(user, None, nonce="a nonce")
    answer = server.redeem(code, Pkce(), code_verifier=None)
    assert answer.status_code == 200


def test_a_verifier_without_a_challenge(server):
    """RFC 9700 2.1.1: the downgrade."""
    code = server.code(server.user(login=True), None, nonce="a nonce")
    oauth_error(server.redeem(code, Pkce()), 400, "invalid_grant")


def test_a_challenge_without_a_verifier(server):
    """RFC 7636 4.6."""
    code = server.code(server.user(login=True), Pkce(), nonce="a nonce")
    oauth_error(server.redeem(code, Pkce(), code_verifier=None), 400, "invalid_grant")


def test_who_must(server):
    refused(server)
    refused(server, nonce="a nonce", scope="profile")
    refused(server, nonce="a nonce", client_id=PUBLIC_ID)
    refused(server, nonce="a nonce", code_challenge=Pkce().challenge)
    refused(server, nonce="a nonce", code_challenge_method="S256")


def test_all(strict):
    refused(strict, nonce="a nonce")
    strict.code(strict.user(login=True), Pkce(), nonce="a nonce")


def test_public_only(lax):
    code = lax.code(lax.user(login=True), None)
    assert lax.redeem(code, Pkce(), code_verifier=None).status_code == 200
    refused(lax, client_id=PUBLIC_ID)
