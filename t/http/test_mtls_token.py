# SPDX-License-Identifier: MIT
"""Tokens that are bound to the certificate of their client (RFC 8705 3, 4), at our resources and
at locations that auth_oauth2 guards; with DPoP beside it too."""

import json

import pytest

from lib.answers import oauth_error
from lib.app import App
from lib.client import Pkce, bearer
from lib.database import CLIENT_SECRET, REDIRECT_URI
from lib.dpop import Prover
from lib.mtls import Site
from lib.token import claims

FLAG = "tls_client_certificate_bound_access_tokens"
RESOURCES = ["/oauth/userinfo", "/users/me", "/auth/check", "/guarded/x", "/checked/x"]


@pytest.fixture(scope="module")
def app():
    made = App().start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def site(request, database, keys, flavour, app):
    to = f"proxy_pass http://127.0.0.1:{app.port};"
    made = Site(request, database, keys, flavour,
                locations=f"location /guarded/ {{ auth_oauth2 any; {to} }}\n"
                          f"location /checked/ {{ auth_request /auth/check; {to} }}")
    for name, secret in [("bound", CLIENT_SECRET), ("bound-page", None)]:
        database.add_client(name, secret)
        database.rows("update oauth2.oauth2_clients set metadata = %s where client_id = %s",
                      json.dumps({FLAG: True}), name)
    yield made
    made.end()


@pytest.fixture(scope="module")
def user(site):
    return site.user(login=True)


@pytest.fixture(scope="module")
def person(site):
    return site.authority.person("one", own=True)


@pytest.fixture(scope="module")
def other(site):
    return site.authority.person("two")


def post(site, person, name, **form):
    options = {"auth": (name, CLIENT_SECRET)} if name == "bound" else {}
    form = form if options else {"client_id": name, **form}
    return site.browse(person).post("/oauth/token", data=form, **options)


def sign_in(site, user, person, name="bound"):
    """The tokens of a code, asked for with a certificate."""
    pkce = Pkce()
    answer = post(site, person, name, grant_type="authorization_code", code=site.code(
        user, pkce, client_id=name), redirect_uri=REDIRECT_URI, code_verifier=pkce.verifier)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def tokens(site, user, person):
    return sign_in(site, user, person)


def refused(answer):
    assert answer.status_code == 401, answer.text
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_token_is_bound(site, tokens, person):
    """RFC 8705 3.1, 3.2: cnf x5t#S256 in the token and in introspection; it stays a Bearer"""
    assert tokens["token_type"] == "Bearer"
    assert claims(tokens["access_token"])["cnf"] == {"x5t#S256": person.x5t}
    seen = site.browser().post("/oauth/introspect", auth=("bound", CLIENT_SECRET),
                               data={"token": tokens["access_token"]}).json()
    assert seen["cnf"] == {"x5t#S256": person.x5t} and seen["token_type"] == "Bearer"


@pytest.mark.parametrize("path", RESOURCES)
def test_token_with_its_certificate(site, tokens, person, path):
    """RFC 8705 3"""
    answer = site.browse(person).get(path, headers=bearer(tokens["access_token"]))
    assert answer.status_code in (200, 204), answer.text


@pytest.mark.parametrize("path", RESOURCES)
def test_token_without_its_certificate(site, tokens, other, person, path):
    """RFC 8705 3: none, another one, or one in a header"""
    header = bearer(tokens["access_token"])
    refused(site.browse().get(path, headers=header))
    refused(site.browse(other).get(path, headers=header))
    refused(site.browse(person, site.base).get(path, headers=header))
    text = "".join(open(person.pair[0], encoding="ascii").read().split("\n")[1:-2])
    refused(site.browse().get(path, headers={**header, "X-SSL-Client-Cert": text,
                                             "Client-Cert": f":{text}:"}))


def test_client_must_show_one(site, user):
    """RFC 8705 3.4: for every grant"""
    pkce = Pkce()
    code = site.code(user, pkce, client_id="bound")
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI,
            "code_verifier": pkce.verifier}
    oauth_error(post(site, None, "bound", **form), 400, "invalid_request")
    oauth_error(post(site, None, "bound", grant_type="client_credentials"), 400,
                "invalid_request")


def test_public_client_keeps_its_certificate(site, user, person, other):
    """RFC 8705 4, 7.1: refresh tokens of public clients are bound"""
    form = {"grant_type": "refresh_token",
            "refresh_token": sign_in(site, user, person, "bound-page")["refresh_token"]}
    oauth_error(post(site, other, "bound-page", **form), 400, "invalid_grant")
    renewed = post(site, person, "bound-page", **form)
    assert claims(renewed.json()["access_token"])["cnf"] == {"x5t#S256": person.x5t}


def test_confidential_client_may_change_it(site, user, person, other):
    """RFC 8705 7.1, 6.3: its refresh tokens are bound by its authentication"""
    form = {"grant_type": "refresh_token",
            "refresh_token": sign_in(site, user, person)["refresh_token"]}
    renewed = post(site, other, "bound", **form).json()
    assert claims(renewed["access_token"])["cnf"] == {"x5t#S256": other.x5t}


def test_both_bindings(site, user, person, other):
    """RFC 9449 5, RFC 8705 3: with a proof as well, both are wanted"""
    prover, pkce = Prover(), Pkce()
    code = site.code(user, pkce, client_id="bound")
    answer = prover.ask(site.browse(person), "POST", f"{site.mtls}/oauth/token",
                        auth=("bound", CLIENT_SECRET), data={
                            "grant_type": "authorization_code", "code": code,
                            "redirect_uri": REDIRECT_URI, "code_verifier": pkce.verifier})
    token = answer.json()["access_token"]
    assert answer.json()["token_type"] == "DPoP"
    assert claims(token)["cnf"] == {"jkt": prover.jkt, "x5t#S256": person.x5t}
    uri = f"{site.mtls}/oauth/userinfo"
    assert prover.ask(site.browse(person), "GET", uri, token=token).status_code == 200
    assert prover.ask(site.browse(person), "GET", uri, token=token,
                      base=f"{site.base}/oauth/userinfo").status_code == 200
    for browser in (site.browse(), site.browse(other)):
        answer = prover.ask(browser, "GET", uri, token=token)
        assert answer.status_code == 401
    refused(site.browse(person).get(uri, headers=bearer(token)))


def test_nothing_is_bound_without_the_flag(site, user, person):
    """RFC 8705 3.4: a certificate that is shown by chance binds nothing"""
    pkce = Pkce()
    answer = site.browse(person).post("/oauth/token", auth=("demo", CLIENT_SECRET), data={
        "grant_type": "authorization_code", "code": site.code(user, pkce),
        "redirect_uri": REDIRECT_URI, "code_verifier": pkce.verifier})
    token = answer.json()["access_token"]
    assert "cnf" not in claims(token)
    assert site.browse().get("/oauth/userinfo", headers=bearer(token)).status_code == 200
