# SPDX-License-Identifier: MIT
"""DPoP (RFC 9449 7) where tokens are used: our own resources, locations that
auth_oauth2 guards, and /auth/check on behalf of another location."""

import json
import time

import pytest

from lib.app import App
from lib.client import Pkce, bearer
from lib.database import PUBLIC_ID, REDIRECT_URI
from lib.dpop import Prover, b64
from lib.site import end_server, start_server

API = "https://api.example.com"
OWN = ["/oauth/userinfo", "/users/me", "/auth/check"]
GUARDED = ["/guarded/x", "/checked/x"]


@pytest.fixture(scope="module")
def app():
    made = App().start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def site(request, database, keys, flavour, app):
    locations = """
        location /guarded/ { auth_oauth2 any; %(to)s }
        location /named/ { auth_oauth2 bearer; auth_oauth2_audience %(api)s/v1; %(to)s }
        location /origins/ {
            auth_oauth2 bearer;
            auth_oauth2_origin https://one.example https://two.example:8443;
            %(to)s
        }
        location /seen/ {
            auth_oauth2 any;
            add_header X-Seen $oauth2_method;
            %(to)s
        }
        location /checked/ {
            auth_request /auth/check;
            auth_request_set $nonce $sent_http_dpop_nonce;
            add_header DPoP-Nonce $nonce always;
            %(to)s
        }
        """ % {"to": f"proxy_pass http://127.0.0.1:{app.port};", "api": API}
    made = start_server(request, database, keys, flavour, locations=locations)
    database.rows("update oauth2.oauth2_clients set metadata = %s where client_id = %s",
                  json.dumps({"resources": [f"{API}/v1"]}), PUBLIC_ID)
    yield made
    end_server(made, request)


@pytest.fixture(scope="module")
def user(site):
    return site.user(login=True)


@pytest.fixture(scope="module")
def prover():
    return Prover()


def sign_in(site, user, prover=None, **changes):
    """The access token of an app, bound to the prover's key."""
    pkce = Pkce()
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI,
            "code_verifier": pkce.verifier, "client_id": PUBLIC_ID,
            "code": site.code(user, pkce, client_id=PUBLIC_ID, **changes)}
    if prover is None:
        answer = site.browser().post("/oauth/token", data=form)
    else:
        answer = prover.ask(site.browser(), "POST", f"{site.base}/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


@pytest.fixture(scope="module")
def token(site, user, prover):
    return sign_in(site, user, prover)


@pytest.fixture(scope="module")
def loose(site, user):
    """A token that is bound to nothing."""
    return sign_in(site, user)


def use(site, prover, token, path, method="GET", **options):
    return prover.ask(site.browser(), method, site.base + path, token=token, **options)


def refused(answer, error, scheme="DPoP"):
    """RFC 9449 7.1, RFC 6750 3"""
    assert answer.status_code == 401, answer.text
    header = answer.headers["www-authenticate"]
    assert header.startswith(f"{scheme} ") and 'DPoP algs="ES256' in header
    assert f'error="{error}"' in header, header


@pytest.mark.parametrize("path", OWN + GUARDED)
def test_bound_token_with_its_key(site, prover, token, path):
    """RFC 9449 7.1"""
    answer = use(site, prover, token, path)
    assert answer.status_code in (200, 204), answer.text
    assert answer.headers["dpop-nonce"]


def test_methods(site, prover, token):
    """RFC 9449 4.3 (8): htm is the method as it came"""
    assert use(site, prover, token, "/oauth/userinfo", "POST").status_code == 200
    assert use(site, prover, token, "/oauth/userinfo", "HEAD").status_code == 200
    assert use(site, prover, token, "/checked/x", "POST").status_code == 200
    refused(use(site, prover, token, "/checked/x", "POST", proof={"htm": "GET"}),
            "invalid_dpop_proof")


@pytest.mark.parametrize("path", OWN + GUARDED)
def test_bound_token_as_a_bearer_token(site, prover, token, path):
    """RFC 9449 7.1: a downgrade, with or without the proof beside it"""
    answer = site.browser().get(path, headers=bearer(token))
    refused(answer, "invalid_token", "Bearer")
    assert "wrong scheme" in answer.headers["www-authenticate"]
    proof = prover.proof("GET", site.base + path, token)
    answer = site.browser().get(path, headers={**bearer(token), "DPoP": proof})
    refused(answer, "invalid_token", "Bearer")


@pytest.mark.parametrize("path", OWN + GUARDED)
def test_unbound_token_as_a_bound_one(site, prover, loose, path):
    """RFC 9449 7.1: a proof proves nothing about a token that names no key"""
    refused(use(site, prover, loose, path), "invalid_token")
    assert site.browser().get(path, headers=bearer(loose)).status_code in (200, 204)


@pytest.mark.parametrize("path", OWN + GUARDED)
def test_token_of_another_key(site, prover, token, path):
    """RFC 9449 4.3 (12), 7.1"""
    thief = Prover()
    refused(use(site, thief, token, path), "invalid_token")


@pytest.mark.parametrize("path", ["/oauth/userinfo", "/guarded/x"])
@pytest.mark.parametrize("changes", [
    {"ath": None}, {"ath": ""}, {"ath": b64(b"x" * 32)}, {"htu": "{base}/oauth/token"},
    {"htm": "POST"}, {"iat": None}, {"iat": "1"}, {"exp": 1}, {"typ": "JWT"}])
def test_proof_is_about_something_else(site, prover, token, path, changes):
    """RFC 9449 4.3 (4, 8, 9, 11, 12)"""
    changes = {k: v.format(base=site.base) if k == "htu" else v for k, v in changes.items()}
    if "typ" in changes:
        changes = {"header": changes}
    refused(use(site, prover, token, path, proof=changes), "invalid_dpop_proof")


@pytest.mark.parametrize("path", ["/oauth/userinfo", "/guarded/x"])
def test_no_proof_and_two_proofs(site, prover, token, path):
    """RFC 9449 4.3 (1), 7.1"""
    headers = [("Authorization", f"DPoP {token}")]
    refused(site.browser().get(path, headers=headers), "invalid_dpop_proof")
    headers += [("DPoP", prover.proof("GET", site.base + path, token)) for _ in range(2)]
    refused(site.browser().get(path, headers=headers), "invalid_dpop_proof")


@pytest.mark.parametrize("path", OWN + GUARDED)
def test_proof_is_good_once(site, prover, token, path):
    """RFC 9449 11.1"""
    use(site, prover, token, path)
    headers = {"Authorization": f"DPoP {token}",
               "DPoP": prover.proof("GET", site.base + path, token)}
    assert site.browser().get(path, headers=headers).status_code in (200, 204)
    refused(site.browser().get(path, headers=headers), "invalid_dpop_proof")


@pytest.mark.parametrize("path", OWN + GUARDED)
def test_nonce_is_asked_for(site, token, prover, path):
    """RFC 9449 9: 401 with use_dpop_nonce and the nonce"""
    proof = prover.proof("GET", site.base + path, token, nonce=None)
    answer = site.browser().get(path, headers={"Authorization": f"DPoP {token}", "DPoP": proof})
    refused(answer, "use_dpop_nonce")
    assert answer.headers["dpop-nonce"]


@pytest.mark.parametrize("path", OWN + GUARDED)
def test_who_sends_nothing_hears_of_both_schemes(site, path):
    """RFC 9449 7.1, RFC 6750 3: no error code"""
    answer = site.browser().get(path)
    assert answer.status_code == 401
    header = answer.headers["www-authenticate"]
    assert header.startswith("Bearer realm=") and "error=" not in header
    assert header.endswith('DPoP algs="ES256 EdDSA PS256 RS256"')
    assert "dpop-nonce" not in answer.headers


@pytest.mark.parametrize("asked, said", [
    ("/guarded/a%2Fb", "/guarded/a%2fb"), ("/guarded/%7Ex", "/guarded/~x"),
    ("/guarded/x?a=b", "/guarded/x"), ("/guarded/x", "/guarded/x?c=d#e"),
    ("/guarded//x", "/guarded//x"), ("/guarded/x/../y", "/guarded/y")])
def test_path_is_what_was_asked_for(site, prover, token, asked, said):
    """RFC 9449 4.3 (9), RFC 3986 6.2.2"""
    answer = prover.ask(site.browser(), "GET", site.base + asked, token=token,
                        base=site.base + said)
    assert answer.status_code == 200, answer.headers


@pytest.mark.parametrize("asked, said", [
    ("/guarded/a%2Fb", "/guarded/a/b"), ("/guarded/x", "/guarded/y"),
    ("/guarded/x", "/guarded/X"), ("/guarded//x", "/guarded/x"), ("/guarded/x", "/")])
def test_path_is_not_what_was_asked_for(site, prover, token, asked, said):
    """RFC 9449 4.3 (9)"""
    answer = prover.ask(site.browser(), "GET", site.base + asked, token=token,
                        base=site.base + said)
    refused(answer, "invalid_dpop_proof")


def test_origin_is_the_audience(site, user, prover):
    """RFC 9449 4.3 (9): auth_oauth2_audience says how clients know the location"""
    token = sign_in(site, user, prover, resource=f"{API}/v1")
    good = prover.ask(site.browser(), "GET", "/named/x", token=token, base=f"{API}/named/x")
    assert good.status_code == 200, good.headers
    refused(prover.ask(site.browser(), "GET", "/named/x", token=token,
                       base=f"{site.base}/named/x"), "invalid_dpop_proof")


@pytest.mark.parametrize("origin, good", [
    ("https://one.example", True), ("https://one.example:443", True),
    ("https://two.example:8443", True), ("https://two.example", False),
    ("http://one.example", False), ("https://three.example", False)])
def test_origin_is_configured(site, prover, token, origin, good):
    """RFC 9449 4.3 (9): auth_oauth2_origin; Host has no say"""
    answer = prover.ask(site.browser(), "GET", "/origins/x", token=token,
                        base=f"{origin}/origins/x", headers={"Host": "three.example"})
    if good:
        assert answer.status_code == 200, answer.headers
    else:
        refused(answer, "invalid_dpop_proof")


def test_method_is_a_variable(site, prover, token, loose):
    assert use(site, prover, token, "/seen/").headers["x-seen"] == "dpop"
    assert site.browser().get("/seen/", headers=bearer(loose)).headers["x-seen"] == "bearer"


def test_other_origins_may_send_a_proof(request, database, keys, flavour, token):
    """Fetch 3.2: DPoP is an allowed header, DPoP-Nonce and WWW-Authenticate are exposed"""
    origin = "https://app.example.com"
    made = start_server(request, database, keys, flavour,
                        settings=f"oauth2_cors_origin {origin};")
    try:
        asked = made.browser().options("/oauth/userinfo", headers={
            "Origin": origin, "Access-Control-Request-Method": "GET"})
        allowed = asked.headers["access-control-allow-headers"].split(", ")
        assert {"dpop", "authorization"} <= set(allowed)
        answer = made.browser().get("/oauth/userinfo", headers={
            "Origin": origin, "Authorization": f"DPoP {token}"})
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"DPoP-Nonce", "WWW-Authenticate"} <= set(exposed)
    finally:
        end_server(made, request)


@pytest.fixture(scope="module")
def plain(request, database, keys, flavour):
    """Without nonces."""
    made = start_server(request, database, keys, flavour, settings="oauth2_dpop_nonce off;")
    yield made
    end_server(made, request)


def test_without_nonces(plain):
    """RFC 9449 8, 11.1: then the time is the client's word, and within a minute"""
    user = plain.user(login=True)
    prover = Prover()
    token = sign_in(plain, user, prover)
    assert prover.nonce is None
    answer = use(plain, prover, token, "/users/me")
    assert answer.status_code == 200 and "dpop-nonce" not in answer.headers
    prover.nonce = "of somebody else"
    assert use(plain, prover, token, "/users/me").status_code == 200
    for age in (-3600, -90, 90, 3600):
        wrong = {"iat": int(time.time()) + age}
        refused(use(plain, prover, token, "/users/me", proof=wrong), "invalid_dpop_proof")
    recent = {"iat": int(time.time()) - 30}
    assert use(plain, prover, token, "/users/me", proof=recent).status_code == 200
