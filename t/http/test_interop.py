# SPDX-License-Identifier: MIT
"""Other people's client libraries as the application, from discovery alone: the
whole code flow, ID token, userinfo, refresh, revocation, logout.  (Authlib has
a file of its own.)"""

import json
import shutil
import subprocess
import threading

import pytest
from requests_oauthlib import OAuth2Session

from lib.client import Pkce, query_of
from lib.database import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI
from lib.page import Page
from lib.spa import FOLDER, install_libraries

DEADLINE = 60
SETTINGS = "oauth2_registration open;"


@pytest.fixture(scope="module")
def libraries():
    install_libraries()


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True, first_name="Ada", last_name="Lovelace")


def visit(server, user, url):
    """The user agrees; where the browser is then."""
    answer = user.http.get(url)
    if answer.is_success:
        page = Page(answer)             # of a device: the code, then the question
        answer = Page(page.press(user.http, "continue")).press(user.http, "allow")
        assert "Device connected" in answer.text
        return url
    answer = server.consent(user.http, answer)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def run(server, user, script):
    """The script's last word; the user's browser goes where it is sent."""
    process = subprocess.Popen(
        [shutil.which("node"), FOLDER / script, server.base, CLIENT_ID, CLIENT_SECRET,
         REDIRECT_URI], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    timer = threading.Timer(DEADLINE, process.kill)
    timer.start()
    try:
        for line in process.stdout:
            said = json.loads(line)
            if "url" not in said:
                return said
            process.stdin.write(visit(server, user, said["url"]) + "\n")
            process.stdin.flush()
        raise AssertionError(process.stderr.read())
    finally:
        timer.cancel()
        process.kill()
        process.communicate()


def test_openid_client(server, user, libraries):
    done = run(server, user, "openid-client.mjs")
    assert done["claims"]["sub"] == done["user"]["sub"] == user.user_id
    assert done["user"]["email"] == user.email
    assert done["active"] == [True, False]
    assert done["refused"] == "invalid_grant"
    assert done["own"] == "read"
    answer = user.http.get(done["logout"])
    assert answer.status_code == 200 and "Signed out" in answer.text
    assert user.http.get("/users/me").status_code == 401
    server.login(user)


def test_oauth4webapi_and_jose(server, user, libraries):
    done = run(server, user, "oauth4webapi.mjs")
    assert done["claims"]["sub"] == done["user"]["sub"] == done["access"]["sub"] == user.user_id
    assert done["access"]["client_id"] == CLIENT_ID
    assert done["user"]["name"] == "Ada Lovelace"
    assert done["refused"] == "invalid_grant"


def test_oauth2_client(server, user, libraries):
    done = run(server, user, "oauth2-client.mjs")
    assert done["user"]["sub"] == user.user_id and done["user"]["name"] == "Ada Lovelace"
    assert done["active"] == [True, False] and done["rotated"]
    assert done["own"] == ["read"]


def test_openid_client_registers_itself(server, user, libraries):
    """Everything signed, pushed and bound to a key; and a device."""
    done = run(server, user, "openid-client-registered.mjs")
    assert done["claims"]["sub"] == done["user"]["sub"] == user.user_id
    assert done["type"] == "dpop"
    assert [told["active"] for told in done["told"]] == [True, False]
    assert done["told"][0]["cnf"]["jkt"] and done["told"][0]["token_type"] == "DPoP"
    assert done["answered"] == [200, "application/jwt"]
    claims, told = done["device"]
    assert claims["sub"] == told["sub"] == user.user_id
    assert told["email"] == user.email


def test_oauth4webapi_registers_itself(server, user, libraries):
    """As FAPI 2.0 wants it; the access token is checked as an API would."""
    done = run(server, user, "oauth4webapi-registered.mjs")
    assert done["claims"]["sub"] == done["user"]["sub"] == user.user_id
    assert done["seen"]["sub"] == done["told"]["sub"] == user.user_id
    assert done["seen"]["cnf"] == done["told"]["cnf"]
    assert (done["told"]["active"], done["gone"]["active"]) == (True, False)
    assert done["asked"] > 0


def test_requests_oauthlib(server, user, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "")
    metadata = server.get("/.well-known/openid-configuration").json()
    pkce = Pkce()
    app = OAuth2Session(CLIENT_ID, redirect_uri=REDIRECT_URI,
                        scope="openid profile email offline_access")
    url, _ = app.authorization_url(metadata["authorization_endpoint"],
                                   code_challenge=pkce.challenge, code_challenge_method="S256")
    answer = server.consent(user.http, user.http.get(url))
    back = answer.headers["location"]
    assert query_of(back)["iss"] == metadata["issuer"]
    tokens = app.fetch_token(metadata["token_endpoint"], authorization_response=back,
                             client_secret=CLIENT_SECRET, code_verifier=pkce.verifier)
    assert tokens["token_type"] == "Bearer"
    assert app.get(metadata["userinfo_endpoint"]).json()["sub"] == user.user_id

    renewed = app.refresh_token(metadata["token_endpoint"], auth=(CLIENT_ID, CLIENT_SECRET))
    assert renewed["refresh_token"] != tokens["refresh_token"]
    assert app.get(metadata["userinfo_endpoint"]).status_code == 200
    assert app.post(metadata["revocation_endpoint"], data={"token": renewed["refresh_token"]},
                    auth=(CLIENT_ID, CLIENT_SECRET), withhold_token=True).status_code == 200
    assert app.get(metadata["userinfo_endpoint"]).status_code == 401
