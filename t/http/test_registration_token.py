# SPDX-License-Identifier: MIT
"""Who may register a client: nobody, or who has the initial access token (RFC 7591 3)."""

import secrets

import pytest

from lib.answers import oauth_error
from lib.client import bearer
from lib.nginx import server as server_text
from lib.process import free_port, give
from lib.site import Server

TOKEN = secrets.token_hex(32)
METADATA = {"redirect_uris": ["https://app.example.com/callback"]}


@pytest.fixture
def start(nginx, database, keys):
    """A server with these settings; $token in them is a file with TOKEN."""
    def run(settings, locations=""):
        path = keys.folder / "registration.token"
        path.write_text(TOKEN + "\n")
        give(path, 0o600)
        port = free_port()
        text = server_text(port, database.app, keys, settings=settings.replace("$token", str(path)),
                           locations=locations)
        return Server(nginx(text), database, None, port)
    return run


@pytest.mark.parametrize("settings", ["", "oauth2_registration off;"])
def test_off(start, settings):
    """The default: nothing is there, and discovery does not say so."""
    server = start(settings)
    answer = server.post("/oauth/register", METADATA)
    oauth_error(answer, 404, "invalid_request")
    for method in ("GET", "PUT", "DELETE"):
        options = {"json": METADATA} if method == "PUT" else {}
        answer = server.http.request(method, "/oauth/register?client_id=demo",
                                     headers=bearer("x"), **options)
        oauth_error(answer, 404, "invalid_request")
    assert "registration_endpoint" not in server.get("/.well-known/openid-configuration").json()


def test_initial_access_token(start):
    """RFC 7591 3: a bearer token (RFC 6750)."""
    server = start("oauth2_registration token $token;")
    assert "registration_endpoint" in server.get("/.well-known/openid-configuration").json()

    answer = server.post("/oauth/register", METADATA)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == f'Bearer realm="{server.base}"'

    for wrong in ("x", TOKEN[:-1], TOKEN + "0", TOKEN.upper() + "x"):
        answer = server.post("/oauth/register", METADATA, headers=bearer(wrong))
        oauth_error(answer, 401, "invalid_token")
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]

    answer = server.post("/oauth/register", METADATA, headers=bearer(TOKEN))
    assert answer.status_code == 201
    client = answer.json()
    answer = server.get(client["registration_client_uri"], headers=bearer(TOKEN))
    oauth_error(answer, 401, "invalid_token")
    answer = server.get(client["registration_client_uri"],
                        headers=bearer(client["registration_access_token"]))
    assert answer.status_code == 200

    log = server.nginx.error_log.read_text()
    assert "[warn]" in log and "initial access token refused" in log
    assert TOKEN not in log


def test_inherited_and_taken_back(start):
    server = start("oauth2_registration open;",
                   "location = /oauth/register { oauth2_registration off; }")
    oauth_error(server.post("/oauth/register", METADATA), 404, "invalid_request")
    server = start("oauth2_registration open;", "location = /oauth/register { }")
    assert server.post("/oauth/register", METADATA).status_code == 201
