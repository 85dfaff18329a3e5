# SPDX-License-Identifier: MIT
"""Resource indicators (RFC 8707): whom an access token is for."""

import base64
import json
import secrets

import pytest

from lib.answers import oauth_error, page_error, redirect_error
from lib.client import Pkce, bearer
from lib.database import REDIRECT_URI
from lib.site import end_server, start_server

API, FILES = "https://api.example.com/v1", "urn:example:files"
CLIENT = ("resourceful", "its secret")


@pytest.fixture(scope="module")
def site(request, database, keys, flavour):
    database.add_client(*CLIENT, grants=["authorization_code", "refresh_token",
                                         "client_credentials"])
    database.rows("update oauth2.oauth2_clients set metadata = %s where client_id = %s",
                  json.dumps({"resources": [API, FILES]}), CLIENT[0])
    made = start_server(request, database, keys, flavour, locations="""
        location /ours/ { auth_oauth2 bearer; try_files /none =204; }
        location /api/ { auth_oauth2 bearer; auth_oauth2_audience %s; try_files /none =204; }
        """ % API)
    yield made
    end_server(made, request)


def audience(answer):
    assert answer.status_code == 200, answer.text
    text = answer.json()["access_token"].split(".")[1]
    aud = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))["aud"]
    return sorted(aud) if isinstance(aud, list) else aud


def code(site, **changes):
    user, pkce = site.user(login=True), Pkce()
    return site.code(user, pkce, client_id=CLIENT[0], **changes), pkce


def status(site, path, token):
    return site.browser().get(path, headers=bearer(token)).status_code


def test_authorization(site):
    """RFC 8707 2.2, RFC 9068 3."""
    for asked, told in ([API], API), ([API, FILES], [API, FILES]), ([site.base], site.base), (
            None, site.base):
        assert audience(site.redeem(*code(site, resource=asked), auth=CLIENT)) == told


def test_narrower(site):
    """RFC 8707 2.2: one of them, for a code and for each refresh."""
    answer = site.redeem(*code(site, resource=[API, FILES]), auth=CLIENT, resource=FILES)
    assert audience(answer) == FILES
    answer = site.rotate(answer.json()["refresh_token"], CLIENT, resource=API)
    assert audience(answer) == API
    answer = site.rotate(answer.json()["refresh_token"], CLIENT)
    assert audience(answer) == [API, FILES]
    answer = site.rotate(answer.json()["refresh_token"], CLIENT, resource=[API, FILES])
    assert audience(answer) == [API, FILES]


def test_not_wider(site):
    """RFC 8707 2.2."""
    for granted, asked in ([API], FILES), ([API], [API, FILES]), ([API], site.base), (None, API):
        given = code(site, resource=granted)
        oauth_error(site.redeem(*given, auth=CLIENT, resource=asked), 400, "invalid_target")
        oauth_error(site.redeem(*given, auth=CLIENT), 400, "invalid_grant")
    answer = site.redeem(*code(site, resource=API), auth=CLIENT).json()
    refused = site.rotate(answer["refresh_token"], CLIENT, resource=FILES)
    oauth_error(refused, 400, "invalid_target")
    assert audience(site.rotate(answer["refresh_token"], CLIENT)) == API


@pytest.mark.parametrize("resource", [
    "https://other.example", "/v1", API + "#x", "x", API + "/", "self", "https://", [API, "x"]])
def test_refused(site, resource):
    """RFC 8707 2."""
    answer = site.authorize(site.browser(), Pkce(), client_id=CLIENT[0], resource=resource)
    redirect_error(answer, REDIRECT_URI, "invalid_target", site.base)
    oauth_error(site.token(CLIENT, grant_type="client_credentials", resource=resource), 400,
                "invalid_target")


def test_another_clients(site):
    """One that is registered for none may name none but the issuer."""
    answer = site.authorize(site.browser(), Pkce(), resource=API)
    redirect_error(answer, REDIRECT_URI, "invalid_target", site.base)
    assert audience(site.token(grant_type="client_credentials", resource=site.base)) == site.base


def test_client_credentials(site):
    """RFC 8707 2.2."""
    assert audience(site.token(CLIENT, grant_type="client_credentials", resource=API)) == API
    assert audience(site.token(CLIENT, grant_type="client_credentials")) == site.base


def test_pushed(site):
    """RFC 8707 2, RFC 9126 2.1."""
    user, pkce = site.user(login=True), Pkce()
    form = {"response_type": "code", "redirect_uri": REDIRECT_URI, "scope": "openid",
            "code_challenge": pkce.challenge, "code_challenge_method": "S256"}
    answer = site.browser().post("/oauth/par", auth=CLIENT,
                                 data={**form, "resource": "https://other.example"})
    oauth_error(answer, 400, "invalid_target")
    answer = site.browser().post("/oauth/par", auth=CLIENT,
                                 data={**form, "resource": [API, FILES]})
    made = site.code(user, pkce, client_id=CLIENT[0], request_uri=answer.json()["request_uri"])
    assert audience(site.redeem(made, pkce, auth=CLIENT)) == [API, FILES]


def test_only_this_one_repeats(site):
    """RFC 6749 3.1."""
    answer = site.authorize(site.browser(), Pkce(), client_id=CLIENT[0], scope=["a", "b"])
    page_error(answer, 400)


def test_who_takes_it(site):
    """RFC 9068 4, RFC 6750 3.1: who is not meant refuses it."""
    def token(*resources):
        answer = site.redeem(*code(site, resource=list(resources)), auth=CLIENT)
        return answer.json()["access_token"]

    ours, api, files, both = token(site.base), token(API), token(FILES), token(API, site.base)
    for path, good, bad in ("/ours/", (ours, both), (api, files)), (
            "/api/", (api, both), (ours, files)):
        assert [status(site, path, t) for t in good] == [204, 204]
        assert [status(site, path, t) for t in bad] == [401, 401]
    answer = site.browser().get("/api/", headers=bearer(files))
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    for path in "/oauth/userinfo", "/users/me":
        assert status(site, path, ours) == status(site, path, both) == 200
        assert status(site, path, api) == 401


def test_introspection(site):
    """RFC 7662 2.2, 4: aud, and a resource server for its own resource."""
    server = (f"api-{secrets.token_hex(4)}", "the secret of the API")
    site.database.add_client(*server, grants=[])
    site.database.rows("update oauth2.oauth2_clients set metadata = %s where client_id = %s",
                       json.dumps({"introspect_resources": [API]}), server[0])

    def introspect(token, auth):
        return site.browser().post("/oauth/introspect", data={"token": token}, auth=auth).json()

    api = site.redeem(*code(site, resource=[API, FILES]), auth=CLIENT, resource=API).json()
    files = site.redeem(*code(site, resource=FILES), auth=CLIENT).json()
    assert introspect(api["access_token"], server)["aud"] == API
    assert introspect(api["refresh_token"], server) == {"active": False}
    assert introspect(files["access_token"], server) == {"active": False}
    assert introspect(files["access_token"], CLIENT)["aud"] == FILES
