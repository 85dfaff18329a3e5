# SPDX-License-Identifier: MIT
"""/oauth/userinfo (OpenID Connect Core 5.3) and what a bearer token must be (RFC 6750, 9068)."""

import base64
import hashlib
import hmac
import json

import pytest

from lib.client import Pkce, bearer


def app_tokens(server, user, **changes):
    pkce = Pkce()
    return server.redeem(server.code(user, pkce, **changes), pkce).json()


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True, first_name="Ada", last_name="Lovelace", username="ada")


@pytest.fixture(scope="module")
def token(server, user):
    return app_tokens(server, user, scope="openid profile email")["access_token"]


def refused(answer, status=401, error="invalid_token"):
    """The code is in WWW-Authenticate and in the body; without a token in neither."""
    assert answer.status_code == status, answer.text
    header = answer.headers["www-authenticate"]
    assert header.startswith('Bearer realm="')
    if error is None:
        assert "error" not in header
    else:
        assert f'error="{error}"' in header
        assert answer.json()["error"] == error


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_claims(server, user, token, method):
    answer = server.browser().request(method, "/oauth/userinfo", headers=bearer(token))
    assert answer.status_code == 200
    body = answer.json()
    assert isinstance(body.pop("updated_at"), int)
    assert body == {"sub": user.user_id, "email": user.email, "email_verified": True,
                    "name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace",
                    "preferred_username": "ada"}


def test_token_in_the_body(server, token, user):
    """RFC 6750 2.2: of a form, by POST."""
    form = {"access_token": token}
    answer = server.browser().post("/oauth/userinfo", data=form)
    assert answer.status_code == 200 and answer.json()["sub"] == user.user_id
    refused(server.browser().post("/oauth/userinfo", data={"access_token": token[:-4] + "AAAA"}))
    refused(server.browser().post("/oauth/userinfo", json=form), error=None)
    refused(server.browser().post("/oauth/userinfo", data={"token": token}), error=None)


def test_token_in_two_ways(server, token):
    """RFC 6750 2, 3.1: one method in a request, and once."""
    for options in ({"data": {"access_token": token}, "headers": bearer(token)},
                    {"data": {"access_token": [token, token]}}):
        answer = server.browser().post("/oauth/userinfo", **options)
        assert answer.status_code == 400 and answer.json()["error"] == "invalid_request"


def test_token_in_the_query(server, token):
    """RFC 6750 2.3, RFC 9700 4.3.2: never."""
    for method in ("GET", "POST"):
        refused(server.browser().request(method, "/oauth/userinfo",
                                         params={"access_token": token}), error=None)


@pytest.mark.parametrize("scope, claims", [
    ("openid", {"sub"}), ("openid email", {"sub", "email", "email_verified"}),
    ("openid profile", {"sub", "name", "given_name", "family_name", "preferred_username",
                        "updated_at"})])
def test_claims_are_those_of_the_scope(server, user, scope, claims):
    body = server.userinfo(app_tokens(server, user, scope=scope)["access_token"]).json()
    assert set(body) == claims


def test_claims_without_a_value_are_left_out(server):
    nameless = server.user(login=True)
    body = server.userinfo(app_tokens(server, nameless)["access_token"]).json()
    assert set(body) == {"sub", "email", "email_verified", "updated_at"}


def test_token_of_a_login(server, user):
    assert server.userinfo(user.tokens["access_token"]).json()["sub"] == user.user_id


def test_without_openid(server, user):
    tokens = app_tokens(server, user, scope="profile email")
    refused(server.userinfo(tokens["access_token"]), 403, "insufficient_scope")


def test_no_token(server, user, token):
    browser = server.browser()
    refused(browser.get("/oauth/userinfo"), error=None)
    refused(browser.get("/oauth/userinfo", params={"access_token": token}), error=None)
    refused(user.http.get("/oauth/userinfo"), error=None)
    refused(browser.get("/oauth/userinfo", headers={"Authorization": "Basic x"}), error=None)


def parts(token):
    header, claims, signature = token.split(".")

    def read(text):
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))

    return read(header), read(claims), signature


def text(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_claims_of_the_token(server, user, token):
    header, claims, _ = parts(token)
    assert header["typ"] == "at+jwt" and header["alg"] == "ES256" and header["kid"]
    assert claims["iss"] == claims["aud"] == server.base
    assert claims["sub"] == user.user_id
    assert claims["client_id"] == "demo"
    assert claims["scope"] == "openid profile email"
    assert claims["exp"] - claims["iat"] == 1800
    assert claims["auth_time"] <= claims["iat"]
    assert set(claims) == {"iss", "aud", "sub", "client_id", "scope", "iat", "exp", "jti",
                           "auth_time", "acr", "sid"}


def test_forged(server, keys, token):
    header, claims, signature = parts(token)
    public = keys.signing.read_bytes()
    for forged_header in ({**header, "alg": "none"}, {**header, "alg": "NONE"},
                          {**header, "alg": "HS256"}, {**header, "typ": "JWT"},
                          {**header, "crit": ["x"]}, {**header, "kid": "../../etc/passwd"}):
        head = f"{text(forged_header)}.{text(claims)}"
        mac = hmac.new(public, head.encode(), hashlib.sha256).digest()
        mac = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        for end in ("", signature, mac):
            refused(server.userinfo(f"{head}.{end}"))
    changed = f"{text(header)}.{text({**claims, 'sub': 'x'})}.{signature}"
    refused(server.userinfo(changed))
    zeros = base64.urlsafe_b64encode(bytes(64)).rstrip(b"=").decode()
    refused(server.userinfo(f"{text(header)}.{text(claims)}.{zeros}"))
    assert server.userinfo(token).status_code == 200


def test_other_kinds_of_tokens(server, user):
    tokens = app_tokens(server, user)
    refused(server.userinfo(tokens["id_token"]))
    refused(server.userinfo(tokens["refresh_token"]))


@pytest.mark.parametrize("value", ["x", "x.y", "x.y.z", "..", "a.b.c.d", "é", "x" * 7000])
def test_no_tokens_at_all(server, value):
    answer = server.browser().get(
        "/oauth/userinfo", headers={"Authorization": f"Bearer {value}".encode()})
    refused(answer)


def test_disabled_user(server):
    gone = server.user(login=True)
    given = app_tokens(server, gone)["access_token"]
    server.database.rows("update oauth2.users set is_active = false where id = %s",
                         gone.user_id)
    refused(server.userinfo(given))


def test_method(server):
    answer = server.http.delete("/oauth/userinfo")
    assert answer.status_code == 405
    assert {m.strip() for m in answer.headers["allow"].split(",")} >= {"GET", "POST"}
