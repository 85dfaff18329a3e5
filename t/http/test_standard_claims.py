# SPDX-License-Identifier: MIT
"""The standard claims (OpenID Connect Core 5.1) from PUT /users/me to userinfo, by the scopes of
5.4, and what users may not write into them."""

import pytest

from lib.answers import claims_of, problem, redirect
from lib.client import Pkce, bearer
from lib.database import CLIENT_SECRET, REDIRECT_URI

PROFILE = {
    "middle_name": "King", "nickname": "Countess", "profile": "https://example.com/~ada#me",
    "picture": "https://example.com/ada.png?size=2", "website": "http://example.com",
    "gender": "female", "birthdate": "1815-12-10", "zoneinfo": "Europe/London",
    "locale": "en-GB"}
PHONE = {"phone_number": "+44 (20) 7946-0018;ext=5"}
ADDRESS = {"formatted": "12 St James's Square\nLondon\nUK", "street_address": "12 St James's Sq",
           "locality": "London", "region": "London", "postal_code": "SW1Y 4JH", "country": "UK"}
ALL = {**PROFILE, **PHONE, "address": ADDRESS}
SCOPE = "openid profile email address phone"


@pytest.fixture(scope="module", autouse=True)
def client(server):
    server.database.add_client("all", CLIENT_SECRET, scope=SCOPE)


@pytest.fixture
def user(server):
    user = server.user(login=True, first_name="Ada", last_name="Lovelace")
    answer = user.http.put("/users/me", json=ALL)
    assert answer.status_code == 200, answer.text
    return user


def tokens(server, user, scope, **changes):
    pkce = Pkce()
    code = server.code(user, pkce, client_id="all", scope=scope, **changes)
    return server.redeem(code, pkce, ("all", CLIENT_SECRET)).json()


def userinfo(server, user, scope):
    body = server.userinfo(tokens(server, user, scope)["access_token"]).json()
    assert body.pop("sub") == user.user_id
    return body


def test_profile(server, user):
    """OpenID Connect Core 5.4: the scope profile is for these."""
    body = userinfo(server, user, "openid profile")
    assert isinstance(body.pop("updated_at"), int)
    assert body == {"name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace",
                    **PROFILE}


def test_phone(server, user):
    """OpenID Connect Core 5.4; the number was never verified."""
    assert userinfo(server, user, "openid phone") == {**PHONE, "phone_number_verified": False}


def test_address(server, user):
    """OpenID Connect Core 5.1.1, 5.4."""
    assert userinfo(server, user, "openid address") == {"address": ADDRESS}


def test_every_claim_is_listed(server, user):
    """OpenID Connect Discovery 3: claims_supported, scopes_supported."""
    body = server.get("/.well-known/openid-configuration").json()
    assert set(SCOPE.split()) < set(body["scopes_supported"])
    assert set(userinfo(server, user, SCOPE)) | {"preferred_username"} < set(
        body["claims_supported"])


def test_by_the_claims_parameter(server, user):
    """OpenID Connect Core 5.5: an object is told as one in the ID token, too."""
    given = tokens(server, user, "openid",
                   claims='{"id_token": {"address": null, "phone_number_verified": null}}')
    claims = claims_of(given["id_token"])
    assert claims["address"] == ADDRESS and claims["phone_number_verified"] is False


def test_the_consent_names_them(server, user):
    answer = server.authorize(user.http, Pkce(), client_id="all", scope=SCOPE)
    text = user.http.get(answer.headers["location"]).text
    assert "See your postal address" in text and "See your phone number" in text


def test_scope_that_is_not_the_client_s(server, user):
    """RFC 6749 3.3."""
    answer = server.authorize(user.http, Pkce(), scope="openid address")
    assert redirect(answer, REDIRECT_URI)["error"] == "invalid_scope"


def test_read_by_oneself_and_by_an_app(server, user):
    """/users/me: all of it to the user, to an app what its scopes are for."""
    mine = user.http.get("/users/me").json()
    assert {k: mine[k] for k in ALL} == ALL
    assert server.me(user.tokens["access_token"]).json() == mine
    given = tokens(server, user, "openid profile email")
    theirs = server.me(given["access_token"]).json()
    assert theirs == {k: v for k, v in mine.items() if k not in ("phone_number", "address")}
    given = tokens(server, user, SCOPE)
    assert server.me(given["access_token"]).json() == mine


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_cleared(server, user, nothing):
    """Null and empty clear, absent stays; an address goes as a whole."""
    answer = user.http.put("/users/me", json={"nickname": nothing, "address": nothing})
    assert answer.status_code == 200
    assert not {"nickname", "address"} & set(answer.json())
    assert answer.json()["middle_name"] == "King"
    assert userinfo(server, user, "openid address") == {}


def test_address_is_replaced(server, user):
    answer = user.http.put("/users/me", json={"address": {
        "country": " FR ", "region": "", "locality": None, "planet": "Earth"}})
    assert answer.json()["address"] == {"country": "FR"}
    answer = user.http.put("/users/me", json={"address": {"country": " ", "region": None}})
    assert "address" not in answer.json()


@pytest.mark.parametrize("name, values", [
    ("middle_name", ["x" * 51, "<b>", "a\u0007b", 7, ["x"]]),
    ("profile", ["ftp://example.com", "javascript:alert(1)", "https://", "//example.com",
                 "https://me:pw@example.com/", "https://example.com/a b", "https://ex.com/\"",
                 "https://example.com/" + "x" * 512, {"href": "x"}]),
    ("birthdate", ["10.12.1815", "1815-13-01", "1815-02-30", "1900-02-29", "0000", "18151210",
                   "1815-12", "1815-12-10T00:00"]),
    ("zoneinfo", ["Europe//London", "/London", "Europe/", "Europe/Lon don", "x" * 65, "../etc"]),
    ("locale", ["e", "en-", "-en", "englishlanguage", "en US", "12", "en--US", "a-b",
                "en-US-" + "x" * 40]),
    ("phone_number", ["110", "+1", "020 7946 0018", "+44x20", "+" + "1" * 16, "+44207946;ext=",
                      "+44207946;ext=x", "+44207946;evil=1"]),
    ("address", ["London", 7, ["London"]])])
def test_refused(user, name, values):
    for value in values:
        answer = user.http.put("/users/me", json={name: value, "gender": "other"})
        problem(answer, 422, "invalid_fields", f"/{name}")
    assert user.http.get("/users/me").json()["gender"] == "female", "nothing was changed"


@pytest.mark.parametrize("name, value", [
    ("birthdate", "2024-02-29"), ("birthdate", "0000-02-29"), ("birthdate", "1815"),
    ("zoneinfo", "America/Argentina/Buenos_Aires"), ("zoneinfo", "UTC"), ("zoneinfo", "Etc/GMT+5"),
    ("locale", "de"), ("locale", "zh-Hant-TW"), ("locale", "en_US"), ("locale", "es-419"),
    ("phone_number", "+1 (425) 555-1212"), ("gender", "неважно"),
    ("website", "https://[2001:db8::1]:8080/a?b#c")])
def test_accepted(user, name, value):
    """OpenID Connect Core 5.1: what its table allows."""
    answer = user.http.put("/users/me", json={name: f" {value} "})
    assert answer.status_code == 200, answer.text
    assert answer.json()[name] == value


def test_each_part_of_an_address_is_pointed_at(user):
    answer = user.http.put("/users/me", json={"address": {
        "country": 7, "locality": "a\nb", "street_address": "x" * 513, "region": "<x>",
        "formatted": "a\r\nb"}})
    problem(answer, 422, "invalid_fields", "/address/country", "/address/locality",
            "/address/street_address", "/address/region")


def test_what_is_no_claim_to_set(server, user):
    answer = user.http.put("/users/me", json={
        "email_verified": True, "phone_number_verified": True, "name": "Eve", "sub": "x",
        "id": "x", "updated_at": 1, "is_superuser": True, "groups": ["admin"]})
    assert answer.status_code == 200
    assert not {"phone_number_verified", "name", "sub", "groups"} & set(answer.json())
    body = userinfo(server, user, SCOPE)
    assert body["phone_number_verified"] is False and body["name"] == "Ada Lovelace"


def test_an_app_changes_nothing(server, user):
    given = tokens(server, user, SCOPE)
    answer = server.browser().put("/users/me", json={"nickname": "Eve"},
                                  headers=bearer(given["access_token"]))
    problem(answer, 403, "insufficient_scope")
