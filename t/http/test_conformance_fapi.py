# SPDX-License-Identifier: MIT
"""The OpenID conformance suite's plan for FAPI 2.0 Security Profile, private_key_jwt and DPoP, as
it is played: a test a module, or some modules that ask the same of other values."""

import json
import time

import pytest

from lib.assertion import Key, claims, form, jwks
from lib.client import Pkce, query_of
from lib.conformance import ALICE, BACK, header
from lib.dpop import Prover
from lib.page import Page

METADATA = {"fapi2": True, "dpop_bound_access_tokens": True,
            "id_token_signed_response_alg": "PS256"}


class Client:
    """One that the operator registered, and its keys."""

    def __init__(self, suite, client_id, alg="ES256"):
        self.suite, self.client_id = suite, client_id
        self.key, self.prover, self.pkce = Key(alg, "key"), Prover(), Pkce()
        self.http = suite.browser()
        suite.ctl("client", "create", "--id", client_id, "--redirect-uri", BACK, "--grant",
                  "authorization_code", "--grant", "refresh_token", "--auth-method",
                  "private_key_jwt", "--metadata",
                  json.dumps({**METADATA, "jwks": jwks(self.key)}))

    def assertion(self, **changes):
        made = claims(self.client_id, changes.pop("aud", self.suite.issuer), **changes)
        return form(self.key.sign(made), client_id=self.client_id)

    def push(self, assertion=None, **changes):
        """The answer of the PAR endpoint."""
        asked = {"response_type": "code", "redirect_uri": BACK, "scope": "openid",
                 "state": "s", "nonce": "n", "code_challenge": self.pkce.challenge,
                 "code_challenge_method": "S256", **changes}
        return self.http.post(
            self.suite.metadata["pushed_authorization_request_endpoint"],
            data={**{k: v for k, v in asked.items() if v is not None},
                  **self.assertion(**(assertion or {}))})

    def start(self, browser, **parameters):
        return browser.get(self.suite.metadata["authorization_endpoint"], params={
            "client_id": self.client_id, **parameters})

    def code(self, browser=None, **changes):
        browser = browser or self.suite.browser()
        pushed = self.push(**changes)
        assert pushed.status_code == 201, pushed.text
        answer = self.start(browser, request_uri=pushed.json()["request_uri"])
        party = self.suite.client()
        party.redirect_uri = BACK
        back, _ = party.walk(browser, answer, ALICE)
        assert back["iss"] == self.suite.issuer and back["code"]
        return back["code"]

    def token(self, prover=None, **asked):
        """The answer of the token endpoint, with a proof."""
        url = self.suite.metadata["token_endpoint"]
        asked = {k: v for k, v in asked.items() if v is not None}
        prover = prover or self.prover
        for _ in range(2):
            answer = self.http.post(url, data={**asked, **self.assertion()},
                                    headers={"DPoP": prover.proof("POST", url)})
            prover.nonce = answer.headers.get("dpop-nonce", prover.nonce)
            if "use_dpop_nonce" not in answer.text:
                break
        return answer

    def redeem(self, code, **changes):
        return self.token(**{"grant_type": "authorization_code", "code": code,
                             "redirect_uri": BACK, "code_verifier": self.pkce.verifier,
                             **changes})


@pytest.fixture(scope="module")
def client(suite):
    return Client(suite, "fapi")


def refused(answer, *errors):
    assert answer.status_code in (400, 401), answer.text
    assert answer.json()["error"] in errors, answer.text


def test_discovery(suite):
    """FAPI 2.0 5.3.2.1: what must be offered."""
    found = suite.metadata
    assert found["authorization_response_iss_parameter_supported"] is True
    assert found["pushed_authorization_request_endpoint"].startswith("https://")
    assert "S256" in found["code_challenge_methods_supported"]
    assert "private_key_jwt" in found["token_endpoint_auth_methods_supported"]
    assert {"PS256", "ES256"} & set(found["dpop_signing_alg_values_supported"])


@pytest.mark.parametrize("changes", [
    {}, {"state": None}, {"nonce": None}, {"nonce": "x" * 64}, {"scope": "profile openid"}])
def test_happy_flow(suite, client, changes):
    """FAPI 2.0 5.3.2.1, 5.3.2.2: pushed, with PKCE, tokens bound to the key of a proof."""
    answer = client.redeem(client.code(**changes))
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    assert tokens["token_type"] == "DPoP" and tokens["id_token"]
    url = suite.metadata["userinfo_endpoint"]
    answer = client.prover.ask(client.http, "GET", url, token=tokens["access_token"])
    assert answer.status_code == 200 and answer.json()["sub"]
    answer = client.http.get(url, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert answer.status_code == 401
    assert header(tokens["id_token"])["alg"] == "PS256"


def test_the_user_denies(suite, client):
    """FAPI 2.0 5.3.2.2: an error, with iss."""
    browser = suite.browser()
    answer = client.start(browser, request_uri=client.push(
        prompt="consent").json()["request_uri"])
    party = suite.client()
    party.redirect_uri = BACK
    back, _ = party.walk(browser, answer, ALICE, "deny")
    assert back["error"] == "access_denied" and back["iss"] == suite.issuer


def test_without_pushing(suite, client):
    """FAPI 2.0 5.3.2.2: requests that are not pushed are refused."""
    answer = client.start(suite.browser(), response_type="code", redirect_uri=BACK,
                          scope="openid", code_challenge=client.pkce.challenge,
                          code_challenge_method="S256")
    assert query_of(answer.headers["location"])["error"] == "invalid_request"


@pytest.mark.parametrize("changes", [
    {"code_challenge": None, "code_challenge_method": None},
    {"code_challenge_method": "plain"}, {"redirect_uri": None}, {"redirect_uri": f"{BACK}/x"},
    {"response_type": "code id_token"}, {"response_type": "token"},
    {"request_uri": "urn:ietf:params:oauth:request_uri:x"}])
def test_what_cannot_be_pushed(client, changes):
    """FAPI 2.0 5.3.2.2: PKCE by S256, a redirect URI, the code flow."""
    refused(client.push(**changes), "invalid_request", "unsupported_response_type",
            "invalid_request_object")


@pytest.mark.parametrize("aud", ["array", "par", "token"])
def test_audience(suite, client, aud):
    """FAPI 2.0 5.3.2.1: the issuer, as a string, and nothing else."""
    value = {"array": [suite.issuer, "https://other.example"], "token":
             suite.metadata["token_endpoint"],
             "par": suite.metadata["pushed_authorization_request_endpoint"]}[aud]
    refused(client.push({"aud": value}), "invalid_client", "invalid_request")
    refused(client.push({"aud": [suite.issuer]}), "invalid_client", "invalid_request")


def test_rs256(suite):
    """FAPI 2.0 5.4.1: no RS256 of a client."""
    refused(Client(suite, "fapi-rs256", "RS256").push(), "invalid_client", "invalid_request")
    assert Client(suite, "fapi-ps256", "PS256").push().status_code == 201


def test_clocks(client):
    """FAPI 2.0 5.3.2.1: ten seconds early is accepted, a minute is not."""
    now = int(time.time())
    assert client.push({"iat": now + 8, "nbf": now + 8, "exp": now + 68}).status_code == 201
    refused(client.push({"nbf": now + 70, "exp": now + 130}), "invalid_client")


def test_request_uri_of_another(suite, client):
    """FAPI 2.0 5.3.2.2: of one client, once."""
    uri = client.push().json()["request_uri"]
    other = Client(suite, "fapi-2")
    assert Page(other.start(suite.browser(), request_uri=uri), 400).ids["code"]
    assert client.start(suite.browser(), request_uri=uri).status_code == 303
    assert Page(client.start(suite.browser(), request_uri=uri), 400).ids["code"]


def test_code(suite, client):
    """FAPI 2.0 5.3.2.1: of this client, with its proof and verifier, once, in a minute."""
    other = Client(suite, "fapi-3")
    other.pkce = client.pkce
    refused(other.redeem(client.code()), "invalid_grant")
    refused(client.redeem(client.code(), code_verifier=None), "invalid_grant")
    refused(client.redeem(client.code(), code_verifier=Pkce().verifier), "invalid_grant")
    code = client.code(dpop_jkt=client.prover.jkt)
    refused(client.redeem(code, prover=Prover()), "invalid_grant", "invalid_dpop_proof")
    code = client.code()
    assert client.redeem(code).status_code == 200
    refused(client.redeem(code), "invalid_grant")
    code = client.code()
    suite.database.rows("update oauth2.oauth2_authorization_codes"
                        " set expires_at = expires_at - interval '60 seconds'")
    refused(client.redeem(code), "invalid_grant")


def test_without_a_proof(suite, client):
    """FAPI 2.0 5.3.2.1: no token that is not bound."""
    answer = client.http.post(suite.metadata["token_endpoint"], data={
        "grant_type": "authorization_code", "code": client.code(), "redirect_uri": BACK,
        "code_verifier": client.pkce.verifier, **client.assertion()})
    refused(answer, "invalid_dpop_proof", "invalid_request", "invalid_grant")


def test_refresh(suite, client):
    """FAPI 2.0 5.3.2.1: a refresh token is not replaced, so that nothing can get lost."""
    tokens = client.redeem(client.code(scope="openid offline_access",
                                       prompt="consent")).json()
    url = suite.metadata["userinfo_endpoint"]
    for prover in (client.prover, Prover()):
        answer = client.token(prover, grant_type="refresh_token",
                              refresh_token=tokens["refresh_token"])
        assert answer.status_code == 200, answer.text
        assert answer.json()["token_type"] == "DPoP"
        assert "refresh_token" not in answer.json()
        answer = prover.ask(client.http, "GET", url, token=answer.json()["access_token"])
        assert answer.status_code == 200, answer.text
    assert client.http.post(suite.metadata["token_endpoint"], data={
        "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"],
        "client_id": client.client_id}).status_code == 401
