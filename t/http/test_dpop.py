# SPDX-License-Identifier: MIT
"""DPoP (RFC 9449) at the token endpoint: what binds tokens to a key, and the
proofs that are refused.  Resources have test_dpop_resource.py."""

import json
import time

import pytest

from lib.answers import oauth_error
from lib.client import Pkce
from lib.database import CLIENT_ID, CLIENT_SECRET, PUBLIC_ID, REDIRECT_URI
from lib.dpop import Prover, b64
from lib.page import Page
from lib.token import claims

TOKEN = "/oauth/token"


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True)


@pytest.fixture
def prover(server):
    """One that knows the nonce already."""
    made = Prover()
    ask(server, made)
    return made


def ask(server, prover, auth=(CLIENT_ID, CLIENT_SECRET), proof=None, **form):
    """The answer of the token endpoint, by default for the client itself."""
    form = form or {"grant_type": "client_credentials", "scope": "read"}
    if auth[1] is None:
        auth, form = None, {"client_id": auth[0], **form}
    return prover.ask(server.browser(), "POST", server.base + TOKEN, data=form, auth=auth,
                      proof=proof)


def redeem(server, user, prover, auth=(CLIENT_ID, CLIENT_SECRET), **changes):
    """A code of the user, exchanged with the prover's key."""
    pkce = Pkce()
    code = server.code(user, pkce, client_id=auth[0], **changes)
    return ask(server, prover, auth, grant_type="authorization_code", code=code,
               redirect_uri=REDIRECT_URI, code_verifier=pkce.verifier)


def post(server, *proofs):
    """These headers as they are, for the client itself."""
    return server.browser().post(
        TOKEN, data={"grant_type": "client_credentials"}, auth=(CLIENT_ID, CLIENT_SECRET),
        headers=[("DPoP", proof) for proof in proofs])


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "PS256", "RS256"])
def test_token_is_bound(server, user, alg):
    """RFC 9449 5, 6.1, 6.2: token_type, cnf.jkt in the token and in introspection"""
    prover = Prover(alg)
    tokens = redeem(server, user, prover).json()
    assert tokens["token_type"] == "DPoP"
    assert claims(tokens["access_token"])["cnf"] == {"jkt": prover.jkt}
    seen = server.browser().post("/oauth/introspect", auth=(CLIENT_ID, CLIENT_SECRET),
                                 data={"token": tokens["access_token"]}).json()
    assert seen["active"] and seen["token_type"] == "DPoP"
    assert seen["cnf"] == {"jkt": prover.jkt}
    renewed = ask(server, prover, grant_type="refresh_token",
                  refresh_token=tokens["refresh_token"]).json()
    assert renewed["token_type"] == "DPoP"
    assert claims(renewed["access_token"])["cnf"] == {"jkt": prover.jkt}


def test_without_a_proof_it_is_a_bearer_token(server, user):
    pkce = Pkce()
    tokens = server.redeem(server.code(user, pkce), pkce).json()
    assert tokens["token_type"] == "Bearer"
    assert "cnf" not in claims(tokens["access_token"])


def test_client_credentials(server, prover):
    tokens = ask(server, prover).json()
    assert tokens["token_type"] == "DPoP"
    assert claims(tokens["access_token"])["cnf"] == {"jkt": prover.jkt}


def test_device(server, user, prover):
    """RFC 9449 5: by any grant"""
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    server.database.add_client("device", None, grants=[grant, "refresh_token"])
    codes = server.browser().post("/oauth/device_authorization",
                                  data={"client_id": "device", "scope": "openid"}).json()
    page = Page(user.http.get("/oauth/device"))
    page = Page(page.press(user.http, "continue", user_code=codes["user_code"]))
    assert page.press(user.http, "allow").status_code == 200
    tokens = ask(server, prover, ("device", None), grant_type=grant,
                 device_code=codes["device_code"]).json()
    assert tokens["token_type"] == "DPoP"
    assert claims(tokens["access_token"])["cnf"] == {"jkt": prover.jkt}
    renewed = server.browser().post(TOKEN, data={
        "grant_type": "refresh_token", "client_id": "device",
        "refresh_token": tokens["refresh_token"]})
    oauth_error(renewed, 400, "invalid_grant")


def test_discovery_names_the_algorithms(server):
    """RFC 9449 5.1"""
    metadata = server.get("/.well-known/openid-configuration").json()
    assert set(metadata["dpop_signing_alg_values_supported"]) == {
        "ES256", "EdDSA", "PS256", "RS256"}


def test_nonce_is_asked_for(server):
    """RFC 9449 8: use_dpop_nonce with the nonce, and another one with each answer"""
    prover = Prover()
    first = post(server, prover.proof("POST", server.base + TOKEN))
    oauth_error(first, 400, "use_dpop_nonce")
    assert first.headers.get_list("dpop-nonce") == [first.headers["dpop-nonce"]]
    prover.nonce = first.headers["dpop-nonce"]
    second = post(server, prover.proof("POST", server.base + TOKEN))
    assert second.status_code == 200
    assert second.headers["dpop-nonce"]


@pytest.mark.parametrize("nonce", ["", "x", "A" * 43])
def test_nonce_of_somebody_else(server, nonce):
    """RFC 9449 4.3 (10)"""
    answer = post(server, Prover().proof("POST", server.base + TOKEN, nonce=nonce))
    oauth_error(answer, 400, "use_dpop_nonce")


def test_two_headers(server, prover):
    """RFC 9449 4.3 (1)"""
    proofs = [prover.proof("POST", server.base + TOKEN) for _ in range(2)]
    oauth_error(post(server, *proofs), 400, "invalid_dpop_proof")


@pytest.mark.parametrize("text", ["", "x", "a.b", "a.b.c", "{proof}.", "{proof},{proof}",
                                  "{proof} {proof}"])
def test_no_jwt(server, prover, text):
    """RFC 9449 4.3 (2)"""
    text = text.format(proof=prover.proof("POST", server.base + TOKEN))
    oauth_error(post(server, text), 400, "invalid_dpop_proof")


@pytest.mark.parametrize("name", ["jti", "htm", "htu", "iat"])
def test_claim_is_missing(server, prover, name):
    """RFC 9449 4.3 (3), 4.2"""
    answer = ask(server, prover, proof={name: None})
    oauth_error(answer, 400, "invalid_dpop_proof")


@pytest.mark.parametrize("changes", [
    {"jti": 1}, {"jti": ""}, {"iat": "now"}, {"iat": "1700000000"}, {"htm": ["POST"]},
    {"htu": {}}, {"exp": 1}, {"nbf": 1 << 40}])
def test_claim_is_something_else(server, prover, changes):
    """RFC 9449 4.3 (3), RFC 7519 4.1.4, 4.1.5"""
    oauth_error(ask(server, prover, proof=changes), 400, "invalid_dpop_proof")


@pytest.mark.parametrize("typ", [None, "JWT", "at+jwt", "dpop"])
def test_typ(server, prover, typ):
    """RFC 9449 4.3 (4)"""
    oauth_error(ask(server, prover, proof={"header": {"typ": typ}}), 400, "invalid_dpop_proof")


@pytest.mark.parametrize("alg", ["none", "HS256", "ES512", "es256", None, "RS256"])
def test_alg(server, prover, alg):
    """RFC 9449 4.3 (5), RFC 8725 3.1: asymmetric, known, and the key's"""
    oauth_error(ask(server, prover, proof={"header": {"alg": alg}}), 400, "invalid_dpop_proof")


def test_symmetric_key(server, prover):
    """RFC 9449 4.3 (5)"""
    header = {"alg": "HS256", "jwk": {"kty": "oct", "k": b64(b"x" * 32)}}
    oauth_error(ask(server, prover, proof={"header": header}), 400, "invalid_dpop_proof")


def test_signature_of_another_key(server, prover):
    """RFC 9449 4.3 (6)"""
    answer = ask(server, prover, proof={"header": {"jwk": Prover().jwk}})
    oauth_error(answer, 400, "invalid_dpop_proof")
    proof = prover.proof("POST", server.base + TOKEN)
    changed = proof.split(".")
    changed[1] = prover.proof("POST", server.base + TOKEN).split(".")[1]
    oauth_error(post(server, ".".join(changed)), 400, "invalid_dpop_proof")


@pytest.mark.parametrize("header", [{"jwk": None}, {"jwk": None, "kid": "k"}, {"jwk": {}},
                                    {"crit": ["exp"]}])
def test_no_key(server, prover, header):
    """RFC 9449 4.3 (6), 4.2"""
    oauth_error(ask(server, prover, proof={"header": header}), 400, "invalid_dpop_proof")


def test_private_key(server, prover):
    """RFC 9449 4.3 (7)"""
    private = b64(prover.key.private_numbers().private_value.to_bytes(32, "big"))
    answer = ask(server, prover, proof={"header": {"jwk": {**prover.jwk, "d": private}}})
    oauth_error(answer, 400, "invalid_dpop_proof")


@pytest.mark.parametrize("method", ["GET", "post", "PUT", ""])
def test_method(server, prover, method):
    """RFC 9449 4.3 (8)"""
    oauth_error(ask(server, prover, proof={"htm": method}), 400, "invalid_dpop_proof")


@pytest.mark.parametrize("uri", [
    "{base}/oauth/par", "{base}/oauth/token/", "{base}/OAUTH/token", "{base}", "/oauth/token",
    "https://localhost:{port}/oauth/token", "http://localhost/oauth/token",
    "http://127.0.0.1:{port}/oauth/token", "http://x@localhost:{port}/oauth/token",
    "http://localhost:{port}.example.com/oauth/token", "ftp://localhost:{port}/oauth/token"])
def test_uri(server, prover, uri):
    """RFC 9449 4.3 (9)"""
    uri = uri.format(base=server.base, port=server.port)
    oauth_error(ask(server, prover, proof={"htu": uri}), 400, "invalid_dpop_proof")


@pytest.mark.parametrize("uri", [
    "{base}/oauth/token?a=b", "{base}/oauth/token#x", "{base}/oauth/%74oken",
    "HTTP://LOCALHOST:{port}/oauth/token", "{base}/oauth/x/../token", "{base}/./oauth/token"])
def test_uri_is_normalized(server, prover, uri):
    """RFC 9449 4.3 (9): without query and fragment, as RFC 3986 6.2.2 compares"""
    uri = uri.format(base=server.base, port=server.port)
    assert ask(server, prover, proof={"htu": uri}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost:1"])
def test_uri_is_never_that_of_the_host_header(server, prover, host):
    """RFC 9449 4.3 (9): Host is the client's word"""
    form = {"grant_type": "client_credentials"}
    browser = server.browser()
    auth = (CLIENT_ID, CLIENT_SECRET)
    wrong = prover.proof("POST", f"http://{host}{TOKEN}")
    right = prover.proof("POST", server.base + TOKEN)
    refused = browser.post(TOKEN, data=form, auth=auth, headers={"DPoP": wrong, "Host": host})
    oauth_error(refused, 400, "invalid_dpop_proof")
    assert browser.post(TOKEN, data=form, auth=auth,
                        headers={"DPoP": right, "Host": host}).status_code == 200


@pytest.mark.parametrize("age", [-86400, -90, 0, 90, 86400])
def test_time(server, prover, age):
    """RFC 9449 4.3 (11): the nonce, whose time is ours, says how old a proof is; a client whose
    clock is wrong is none the worse."""
    answer = ask(server, prover, proof={"iat": int(time.time()) + age})
    assert answer.status_code == 200, answer.text


def test_time_with_a_fraction(server, prover):
    """RFC 7519 2: a NumericDate may have one"""
    assert ask(server, prover, proof={"iat": time.time()}).status_code == 200


def test_proof_is_good_once(server, prover):
    """RFC 9449 11.1"""
    proof = prover.proof("POST", server.base + TOKEN)
    assert post(server, proof).status_code == 200
    oauth_error(post(server, proof), 400, "invalid_dpop_proof")
    again = prover.proof("POST", server.base + TOKEN, jti="the same")
    assert post(server, again).status_code == 200
    again = prover.proof("POST", server.base + TOKEN, jti="the same", iat=int(time.time()) - 1)
    oauth_error(post(server, again), 400, "invalid_dpop_proof")
    other = Prover()
    other.nonce = prover.nonce
    assert post(server, other.proof("POST", server.base + TOKEN, jti="the same")
                ).status_code == 200


def test_public_client_keeps_its_key(server, user, prover):
    """RFC 9449 5: refresh tokens of public clients are bound"""
    tokens = redeem(server, user, prover, (PUBLIC_ID, None)).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    other = Prover()
    oauth_error(ask(server, other, (PUBLIC_ID, None), **form), 400, "invalid_grant")
    bare = server.browser().post(TOKEN, data={"client_id": PUBLIC_ID, **form})
    oauth_error(bare, 400, "invalid_grant")
    renewed = ask(server, prover, (PUBLIC_ID, None), **form)
    assert renewed.status_code == 200, renewed.text
    assert claims(renewed.json()["access_token"])["cnf"] == {"jkt": prover.jkt}


def test_first_proof_binds_a_public_client(server, user, prover):
    """RFC 9449 5"""
    pkce = Pkce()
    code = server.code(user, pkce, client_id=PUBLIC_ID)
    tokens = server.redeem(code, pkce, None, client_id=PUBLIC_ID).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    renewed = ask(server, prover, (PUBLIC_ID, None), **form).json()
    assert renewed["token_type"] == "DPoP"
    form["refresh_token"] = renewed["refresh_token"]
    oauth_error(ask(server, Prover(), (PUBLIC_ID, None), **form), 400, "invalid_grant")


def test_confidential_client_may_change_its_key(server, user, prover):
    """RFC 9449 5: its refresh token is bound to the client; but never to nothing"""
    tokens = redeem(server, user, prover).json()
    other = Prover()
    renewed = ask(server, other, grant_type="refresh_token",
                  refresh_token=tokens["refresh_token"]).json()
    assert claims(renewed["access_token"])["cnf"] == {"jkt": other.jkt}
    oauth_error(server.rotate(renewed["refresh_token"]), 400, "invalid_grant")
    assert ask(server, other, grant_type="refresh_token",
               refresh_token=renewed["refresh_token"]).status_code == 200


@pytest.mark.parametrize("key", ["same", "other", "none"])
def test_code_is_bound(server, user, prover, key):
    """RFC 9449 10: dpop_jkt at the authorization endpoint"""
    pkce = Pkce()
    code = server.code(user, pkce, dpop_jkt=prover.jkt)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI,
            "code_verifier": pkce.verifier}
    if key == "same":
        assert ask(server, prover, **form).json()["token_type"] == "DPoP"
        return
    answer = ask(server, Prover(), **form) if key == "other" else server.redeem(code, pkce)
    oauth_error(answer, 400, "invalid_grant")
    oauth_error(ask(server, prover, **form), 400, "invalid_grant")


@pytest.mark.parametrize("jkt", ["x", "A" * 42, "A" * 44, "=" * 43])
def test_thumbprint_is_none(server, user, jkt):
    """RFC 9449 10"""
    answer = server.authorize(user.http, Pkce(), dpop_jkt=jkt)
    assert "error=invalid_request" in answer.headers["location"]


def push(server, prover, pkce, **changes):
    form = {"response_type": "code", "redirect_uri": REDIRECT_URI, "scope": "openid",
            "code_challenge": pkce.challenge, "code_challenge_method": "S256", **changes}
    return prover.ask(server.browser(), "POST", f"{server.base}/oauth/par", data=form,
                      auth=(CLIENT_ID, CLIENT_SECRET))


def test_proof_binds_a_pushed_request(server, user, prover):
    """RFC 9449 10.1"""
    for redeemer, status in [(prover, 200), (Prover(), 400)]:
        pkce = Pkce()
        pushed = push(server, prover, pkce)
        assert pushed.status_code == 201, pushed.text
        answer = server.consent(user.http, user.http.get("/oauth/authorize", params={
            "client_id": CLIENT_ID, "request_uri": pushed.json()["request_uri"]}))
        code = answer.headers["location"].split("code=")[1].split("&")[0]
        assert ask(server, redeemer, grant_type="authorization_code", code=code,
                   redirect_uri=REDIRECT_URI, code_verifier=pkce.verifier
                   ).status_code == status


def test_pushed_thumbprint_and_proof_are_of_one_key(server, prover):
    """RFC 9449 10.1"""
    assert push(server, prover, Pkce(), dpop_jkt=prover.jkt).status_code == 201
    oauth_error(push(server, prover, Pkce(), dpop_jkt=Prover().jkt), 400, "invalid_dpop_proof")


def test_client_that_always_proves(server, prover):
    """RFC 9449 5.2: dpop_bound_access_tokens"""
    server.database.add_client("prover", CLIENT_SECRET)
    server.database.rows("update oauth2.oauth2_clients set metadata = %s where client_id = %s",
                         json.dumps({"dpop_bound_access_tokens": True}), "prover")
    auth = ("prover", CLIENT_SECRET)
    bare = server.token(auth, grant_type="client_credentials")
    oauth_error(bare, 400, "invalid_dpop_proof")
    assert ask(server, prover, auth).json()["token_type"] == "DPoP"
