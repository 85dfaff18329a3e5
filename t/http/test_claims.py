# SPDX-License-Identifier: MIT
"""The request parameter claims (OpenID Connect Core 5.5): what it asks for is told, if the user
agrees, and where it says so."""

import json

import pytest

from lib.answers import claims_of, redirect, redirect_error
from lib.client import Pkce, bearer, query_of
from lib.database import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI
from lib.page import Page

ACR = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


@pytest.fixture
def user(server):
    return server.user(login=True, first_name="Ada", last_name="Lovelace")


def authorize(server, user, claims, **changes):
    text = claims if isinstance(claims, str) else json.dumps(claims)
    return server.authorize(user.http, changes.pop("pkce", None) or Pkce(), claims=text,
                            **{"scope": "openid offline_access", **changes})


def refused(server, user, claims, error, **changes):
    return redirect_error(authorize(server, user, claims, **changes), REDIRECT_URI, error,
                          server.base)


def tokens(server, user, claims, **changes):
    pkce = Pkce()
    answer = server.consent(user.http, authorize(server, user, claims, pkce=pkce, **changes))
    code = redirect(answer, REDIRECT_URI)["code"]
    answer = server.redeem(code, pkce)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_where_it_is_asked_for(server, user):
    """OpenID Connect Core 5.5: userinfo at the UserInfo endpoint, id_token in the ID token."""
    given = tokens(server, user, {
        "userinfo": {"email": {"essential": True}, "given_name": None},
        "id_token": {"email_verified": None, "family_name": {"value": "Smith"}}})
    told = server.userinfo(given["access_token"]).json()
    assert told == {"sub": user.user_id, "email": user.email, "given_name": "Ada"}
    claims = claims_of(given["id_token"])
    assert claims["email_verified"] is True and claims["family_name"] == "Lovelace"
    assert not {"email", "given_name", "name"} & set(claims)


@pytest.fixture
def told_twice(server):
    say = "update oauth2.oauth2_clients set metadata = %s where client_id = %s"
    server.database.rows(say, json.dumps({"id_token_scope_claims": True}), CLIENT_ID)
    yield
    server.database.rows(say, "{}", CLIENT_ID)


def test_scopes_in_the_id_token(server, user, told_twice):
    """OpenID Connect Core 5.4: where the operator wants them, those of the scopes and no others."""
    given = tokens(server, user, "{}", scope="openid profile offline_access")
    claims = claims_of(given["id_token"])
    assert claims["name"] == "Ada Lovelace" and "email" not in claims
    given = server.rotate(given["refresh_token"]).json()
    assert claims_of(given["id_token"])["name"] == "Ada Lovelace"
    given = tokens(server, user, "{}", scope="openid email")
    claims = claims_of(given["id_token"])
    assert claims["email"] == user.email and claims["email_verified"] is True
    assert "name" not in claims and claims["sub"] == user.user_id


def test_together_with_scopes(server, user):
    """OpenID Connect Core 5.5: in addition to those of the scopes."""
    given = tokens(server, user, {"userinfo": {"name": None}}, scope="openid email")
    told = server.userinfo(given["access_token"]).json()
    assert set(told) == {"sub", "email", "email_verified", "name"}


def test_they_last_with_the_family(server, user):
    """OpenID Connect Core 12.2: a refreshed ID token says the same of the user, as it is now."""
    given = tokens(server, user, {"id_token": {"given_name": None},
                                  "userinfo": {"family_name": None}})
    answer = user.http.put("/users/me", json={"first_name": "Augusta"})
    assert answer.status_code == 200, answer.text
    rotated = server.rotate(given["refresh_token"]).json()
    assert claims_of(rotated["id_token"])["given_name"] == "Augusta"
    assert server.userinfo(rotated["access_token"]).json()["family_name"] == "Lovelace"


def test_unknown_claims_are_ignored(server, user):
    """OpenID Connect Core 5.5: any members that are not understood MUST be ignored."""
    given = tokens(server, user, {
        "userinfo": {"http://example.com/shoe": {"essential": True}, "name#fr": None,
                     "groups": None}, "more": {"x": 1}, "id_token": {"name": {"else": [1]}}})
    assert set(server.userinfo(given["access_token"]).json()) == {"sub"}
    assert claims_of(given["id_token"])["name"] == "Ada Lovelace"


def test_without_openid_it_is_nothing(server, user):
    answer = authorize(server, user, "this is no JSON", scope="email")
    assert redirect(answer, f"{server.base}/oauth/consent")


@pytest.mark.parametrize("claims", [
    "", "x", "[]", "7", '{"userinfo": {"email": null}', '{"userinfo": []}',
    '{"userinfo": {"email": "yes"}}', '{"id_token": {"acr": {"values": "x"}}}',
    '{"id_token": {"email": {"essential": 1}}}', '{"id_token": {"email": null, "email": null}}'])
def test_malformed(server, user, claims):
    """OpenID Connect Core 5.5: a JSON object of objects; an empty parameter is none."""
    if claims:
        refused(server, user, claims, "invalid_request")
    else:
        assert redirect(authorize(server, user, claims), f"{server.base}/oauth/consent")


def shown(server, user, claims, **changes):
    """What the consent page lists; None when nothing is asked."""
    answer = authorize(server, user, claims, **changes)
    if not answer.headers["location"].startswith(f"{server.base}/oauth/consent"):
        assert redirect(answer, REDIRECT_URI)["code"]
        return None
    return Page(user.http.get(answer.headers["location"])).text


def test_the_user_is_asked(server, user):
    """OpenID Connect Core 5.5.1: no claim without the user's consent; once is enough."""
    asked = {"userinfo": {"email": None}, "id_token": {"name": None}}
    text = shown(server, user, asked)
    assert "See your email address" in text and "See your name" in text
    assert "See your username" not in text
    tokens(server, user, asked)
    assert shown(server, user, asked) is None
    assert shown(server, user, {"userinfo": {"name": None}}) is None
    assert "See your username" in shown(
        server, user, {"userinfo": {"preferred_username": None}})
    assert shown(server, user, asked) is None, "a page that was left takes nothing away"
    refused(server, user, {"userinfo": {"updated_at": None}}, "consent_required", prompt="none")


def test_a_scope_that_was_allowed_is_enough(server, user):
    server.code(user, Pkce(), scope="openid email")
    assert shown(server, user, {"userinfo": {"email": None}}, scope="openid email") is None


def test_consents_tell_of_claims(server, user):
    tokens(server, user, {"userinfo": {"email": None}})
    tokens(server, user, {"id_token": {"name": None}}, scope="openid profile")
    tokens(server, user, {"id_token": {"updated_at": None}})
    grant, = user.http.get("/users/me/grants").json()["items"]
    assert set(grant["claims"].split()) == {"email", "updated_at"}
    assert set(grant["scope"].split()) == {"openid", "offline_access", "profile"}


def test_refused_claims_are_not_told(server, user):
    answer = server.consent(user.http, authorize(server, user, {"userinfo": {"email": None}}),
                            "deny")
    redirect_error(answer, REDIRECT_URI, "access_denied", server.base)
    assert user.http.get("/users/me/grants").json()["items"] == []


@pytest.mark.parametrize("part", ["id_token", "userinfo"])
def test_this_user_and_no_other(server, user, part):
    """OpenID Connect Core 3.1.2.2, 5.5.1: the sub claim with a value MUST be the user's."""
    server.code(user, Pkce(), scope="openid offline_access")
    mine = {part: {"sub": {"value": user.user_id}}}
    assert redirect(authorize(server, user, mine, prompt="none"), REDIRECT_URI)["code"]
    other = server.user(login=True)
    server.code(other, Pkce(), scope="openid offline_access")
    for prompt in ("none", None):
        refused(server, other, mine, "login_required", prompt=prompt)
    refused(server, user, {part: {"sub": {"value": "nobody"}}}, "login_required")


def test_user_of_the_hint(server, user):
    """OpenID Connect Core 3.1.2.1: hint and claims that name two users."""
    other = server.user(login=True)
    hint = tokens(server, user, {})["id_token"]
    mine = {"id_token": {"sub": {"value": user.user_id}}}
    assert redirect(authorize(server, user, mine, id_token_hint=hint), REDIRECT_URI)["code"]
    theirs = {"id_token": {"sub": {"value": other.user_id}}}
    refused(server, user, theirs, "login_required", id_token_hint=hint)


def test_pairwise_user(server, user):
    """OpenID Connect Core 8.1: by the name that the client knows."""
    server.database.add_client("pair", CLIENT_SECRET)
    server.database.rows("update oauth2.oauth2_clients set metadata = %s where client_id = 'pair'",
                         json.dumps({"subject_type": "pairwise"}))
    pkce = Pkce()
    code = server.code(user, pkce, client_id="pair", scope="openid")
    sub = claims_of(server.redeem(code, pkce, ("pair", CLIENT_SECRET)).json()["id_token"])["sub"]
    changes = {"client_id": "pair", "scope": "openid", "prompt": "none"}
    asked = {"id_token": {"sub": {"value": sub}}}
    assert redirect(authorize(server, user, asked, **changes), REDIRECT_URI)["code"]
    refused(server, user, {"id_token": {"sub": {"value": user.user_id}}}, "login_required",
            **changes)


def test_how_the_user_signed_in(server, user):
    """OpenID Connect Core 2: acr and amr; RFC 9068 2.2.1, RFC 7662 2.2: of the access token."""
    given = tokens(server, user, {})
    claims = claims_of(given["id_token"])
    assert claims["acr"] == ACR and claims["amr"] == ["pwd"]
    assert claims_of(given["access_token"])["acr"] == ACR
    told = server.browser().post("/oauth/introspect", data={"token": given["access_token"]},
                                 auth=(CLIENT_ID, CLIENT_SECRET)).json()
    assert told["acr"] == ACR and told["auth_time"] == claims["auth_time"]
    offered = server.get("/.well-known/openid-configuration").json()
    assert offered["acr_values_supported"] == [ACR]
    own = server.token(grant_type="client_credentials").json()["access_token"]
    assert "acr" not in claims_of(own)


@pytest.mark.parametrize("request_", [
    {"acr": {"essential": True, "values": ["urn:mfa", ACR]}},
    {"acr": {"essential": True, "value": ACR}}, {"acr": {"essential": True}},
    {"acr": {"values": ["urn:mfa"]}}, {"acr": {"value": "urn:mfa"}}, {"acr": None}])
def test_acr_that_can_be_had(server, user, request_):
    """OpenID Connect Core 5.5.1.1: one of the values MUST be returned; or any, if voluntary."""
    assert claims_of(tokens(server, user, {"id_token": request_})["id_token"])["acr"] == ACR


@pytest.mark.parametrize("request_", [
    {"essential": True, "values": ["urn:mfa"]}, {"essential": True, "value": "urn:mfa"}])
def test_acr_that_cannot(server, user, request_):
    """OpenID Connect Core 5.5.1.1: MUST be treated as a failed authentication attempt."""
    for prompt in (None, "none", "login"):
        refused(server, user, {"id_token": {"acr": request_}},
                "unmet_authentication_requirements", prompt=prompt)


def test_acr_values_are_voluntary(server, user):
    """OpenID Connect Core 3.1.2.1."""
    given = tokens(server, user, {}, acr_values="urn:mfa 0")
    assert claims_of(given["id_token"])["acr"] == ACR


@pytest.mark.parametrize("claims, changes", [
    ({"id_token": {"auth_time": {"essential": True}}}, {}), ({}, {"max_age": "3600"})])
def test_auth_time(server, user, claims, changes):
    """OpenID Connect Core 2, 5.5.1: asked for as essential, or by max_age, it is REQUIRED."""
    claims = claims_of(tokens(server, user, claims, **changes)["id_token"])
    assert 0 <= claims["iat"] - claims["auth_time"] < 3600


@pytest.mark.parametrize("name, value", [
    ("ui_locales", "fr-CA fr en"), ("claims_locales", "de"), ("display", "popup"),
    ("display", "touch"), ("login_hint", "ada@example.com")])
def test_wishes(server, user, name, value):
    """OpenID Connect Core 3.1.2.1, 15.1: MUST NOT be an error where it is not followed."""
    assert redirect(server.authorize(user.http, Pkce(), **{name: value}),
                    f"{server.base}/oauth/consent")


def test_pushed(server, user):
    """RFC 9126 2: the parameter travels with the pushed request."""
    pkce = Pkce()
    answer = server.browser().post("/oauth/par", auth=(CLIENT_ID, CLIENT_SECRET), data={
        "response_type": "code", "redirect_uri": REDIRECT_URI, "scope": "openid", "state": "a",
        "code_challenge": pkce.challenge, "code_challenge_method": "S256",
        "claims": '{"userinfo":\n\t{"name": null}}'})
    assert answer.status_code == 201, answer.text
    answer = user.http.get("/oauth/authorize", params={
        "client_id": CLIENT_ID, "request_uri": answer.json()["request_uri"]})
    code = query_of(server.consent(user.http, answer).headers["location"])["code"]
    given = server.redeem(code, pkce).json()
    told = server.browser().get("/oauth/userinfo", headers=bearer(given["access_token"])).json()
    assert told["name"] == "Ada Lovelace"
