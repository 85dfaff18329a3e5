# SPDX-License-Identifier: MIT
"""POST /oauth/token, authorization_code (RFC 6749 4.1.3, 7636 4.6): once, to its client."""

import concurrent.futures

import pytest

from lib.answers import oauth_error
from lib.client import Pkce
from lib.database import CLIENT_ID, CLIENT_SECRET, PUBLIC_ID, REDIRECT_URI


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True)


def test_answer(server, user):
    pkce = Pkce()
    answer = server.redeem(server.code(user, pkce, scope="openid email"), pkce)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "refresh_token", "token_type", "expires_in", "scope",
                         "id_token"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == (
        "Bearer", 1800, "openid email")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    assert server.userinfo(body["access_token"]).json()["email"] == user.email


def test_without_openid_there_is_no_id_token(server, user):
    pkce = Pkce()
    body = server.redeem(server.code(user, pkce, scope="email"), pkce).json()
    assert "id_token" not in body


def test_public_client(server, user):
    pkce = Pkce()
    code = server.code(user, pkce, client_id=PUBLIC_ID)
    answer = server.redeem(code, pkce, None, client_id=PUBLIC_ID)
    assert answer.status_code == 200


def test_client_without_the_refresh_grant_gets_none(server, user):
    server.database.add_client("brief", grants=["authorization_code"])
    pkce = Pkce()
    code = server.code(user, pkce, client_id="brief")
    assert "refresh_token" not in server.redeem(code, pkce, ("brief", CLIENT_SECRET)).json()


def test_second_use_ends_what_the_first_gave(server, user):
    pkce = Pkce()
    code = server.code(user, pkce)
    tokens = server.redeem(code, pkce).json()
    oauth_error(server.redeem(code, pkce), 400, "invalid_grant")
    assert server.userinfo(tokens["access_token"]).status_code == 401
    oauth_error(server.rotate(tokens["refresh_token"]), 400, "invalid_grant")
    assert "authorization code reused, tokens revoked" in server.nginx.error_log.read_text()


def test_parallel(server, user):
    """20 at once: one gets tokens, and those are gone as the code was reused."""
    pkce = Pkce()
    code = server.code(user, pkce)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: server.redeem(code, pkce), range(20)))
    assert sorted(a.status_code for a in answers) == [200] + 19 * [400]
    tokens, = [a.json() for a in answers if a.status_code == 200]
    assert server.userinfo(tokens["access_token"]).status_code == 401


WRONG = [
    {"code_verifier": None}, {"code_verifier": "A" * 43}, {"code_verifier": "A" * 42},
    {"code_verifier": "A" * 129}, {"code_verifier": "!" * 43},
    {"redirect_uri": None}, {"redirect_uri": REDIRECT_URI + "/"},
    {"redirect_uri": "http://127.0.0.1:1/callback"},
]


@pytest.mark.parametrize("changes", WRONG)
def test_wrong_and_burnt(server, user, changes):
    pkce = Pkce()
    code = server.code(user, pkce)
    oauth_error(server.redeem(code, pkce, **changes), 400, "invalid_grant")
    oauth_error(server.redeem(code, pkce), 400, "invalid_grant")


@pytest.mark.parametrize("verifier", ["short", "A" * 129, "ü" * 43, "a b" * 20])
def test_a_verifier_of_another_form_fails_even_if_its_digest_fits(server, user, verifier):
    pkce = Pkce(verifier)
    code = server.code(user, pkce)
    oauth_error(server.redeem(code, pkce), 400, "invalid_grant")


def test_another_client(server, user):
    server.database.add_client("other", "their secret")
    pkce = Pkce()
    code = server.code(user, pkce)
    oauth_error(server.redeem(code, pkce, ("other", "their secret")), 400, "invalid_grant")
    code = server.code(user, pkce)
    oauth_error(server.redeem(code, pkce, None, client_id=PUBLIC_ID), 400, "invalid_grant")


def test_expired(server, user):
    pkce = Pkce()
    code = server.code(user, pkce)
    server.database.rows(
        "update oauth2.oauth2_authorization_codes set expires_at = now() where used_at is null")
    oauth_error(server.redeem(code, pkce), 400, "invalid_grant")


def test_code_is_kept_as_a_digest(server, user):
    code = server.code(user, Pkce())
    kept = str(server.database.rows("select * from oauth2.oauth2_authorization_codes"))
    assert code not in kept


@pytest.mark.parametrize("code", ["x", "A" * 43, "ü"])
def test_guesses(server, code):
    oauth_error(server.redeem(code, Pkce()), 400, "invalid_grant")


def test_parameters(server):
    oauth_error(server.token(code="x"), 400, "invalid_request")
    oauth_error(server.token(grant_type="authorization_code"), 400, "invalid_request")
    oauth_error(server.token(grant_type="password", username="a", password="b"), 400,
                "unsupported_grant_type")
    oauth_error(server.token(grant_type="implicit"), 400, "unsupported_grant_type")
    oauth_error(server.token(grant_type="authorization_code", code="x" * 513), 400,
                "invalid_request")


def test_client_without_the_grant(server, user):
    server.database.add_client("machine", grants=["client_credentials"])
    pkce = Pkce()
    code = server.code(user, pkce)
    oauth_error(server.redeem(code, pkce, ("machine", CLIENT_SECRET)), 400,
                "unauthorized_client")
    assert server.redeem(code, pkce, (CLIENT_ID, CLIENT_SECRET)).status_code == 200
