# SPDX-License-Identifier: MIT
"""Pairwise subjects (OpenID Connect Core 8.1): one user, another name in each sector."""

import json

import pytest

from lib.answers import claims_of, page_error, redirect, redirect_error
from lib.client import Pkce
from lib.database import REDIRECT_URI

SECRET = "a secret of these clients"
# client: (redirect URI, sector_identifier_uri); the first three are of one sector
CLIENTS = {
    "shop": ("https://shop.example/callback", None),
    "shop-too": ("https://shop.example:8443/other", None),
    "shop-by-uri": ("https://elsewhere.example/cb", "https://SHOP.example/uris.json"),
    "bank": ("https://bank.example/callback", None),
    "phone": ("com.example.app:/callback", None),
}
AFTER = "https://shop.example/signed-out"


@pytest.fixture(scope="module", autouse=True)
def clients(server):
    for client_id, (uri, sector) in CLIENTS.items():
        server.database.add_client(client_id, SECRET, redirect_uris=[uri])
        metadata = {"subject_type": "pairwise", "introspect_any": client_id == "bank",
                    "post_logout_redirect_uris": [AFTER]}
        if sector:
            metadata["sector_identifier_uri"] = sector
        server.database.rows(
            "update oauth2.oauth2_clients set metadata = %s where client_id = %s",
            json.dumps(metadata), client_id)


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True, first_name="Ada", username="ada")


def tokens(server, user, client_id, **changes):
    pkce, uri = Pkce(), CLIENTS[client_id][0]
    code = server.code(user, pkce, client_id=client_id, redirect_uri=uri, **changes)
    answer = server.redeem(code, pkce, (client_id, SECRET), redirect_uri=uri)
    assert answer.status_code == 200, answer.text
    return answer.json()


def subject(server, user, client_id):
    return claims_of(tokens(server, user, client_id)["id_token"])["sub"]


def introspect(server, token, client_id):
    return server.browser().post("/oauth/introspect", data={"token": token},
                                 auth=(client_id, SECRET)).json()


def test_one_sector_one_subject(server, user):
    """OpenID Connect Core 8.1: by the host of the redirect URIs, or of sector_identifier_uri."""
    shop = subject(server, user, "shop")
    assert shop == subject(server, user, "shop-too") == subject(server, user, "shop-by-uri")
    others = [subject(server, user, "bank"), subject(server, user, "phone"), user.user_id]
    assert len({shop, *others}) == 4
    assert len(shop) == 22


def test_another_user_is_another_subject(server, user):
    other = server.user(login=True)
    assert subject(server, other, "shop") != subject(server, user, "shop")


def test_the_same_everywhere(server, user):
    """RFC 9068 2.2: in the access token as in the ID token; userinfo (OpenID Connect Core 5.3.2:
    it must be that of the ID token), introspection, refresh and /users/me."""
    given = tokens(server, user, "shop")
    sub = claims_of(given["id_token"])["sub"]
    access = given["access_token"]
    assert claims_of(access)["sub"] == sub
    assert server.userinfo(access).json()["sub"] == sub
    assert introspect(server, access, "shop")["sub"] == sub
    assert introspect(server, given["refresh_token"], "shop")["sub"] == sub
    assert server.me(access).json()["id"] == sub
    rotated = server.rotate(given["refresh_token"], ("shop", SECRET)).json()
    assert claims_of(rotated["id_token"])["sub"] == sub
    assert user.user_id not in json.dumps([claims_of(given["id_token"]), claims_of(access)])


def test_to_a_resource_server_it_is_the_token_s(server, user):
    """Who asks learns the name that the token's client knows, and no other."""
    access = tokens(server, user, "shop")["access_token"]
    told = introspect(server, access, "bank")
    assert told["sub"] == claims_of(access)["sub"]
    assert "username" not in told


def test_public_stays_the_user_s_id(server, user):
    pkce = Pkce()
    given = server.redeem(server.code(user, pkce), pkce).json()
    assert claims_of(given["id_token"])["sub"] == user.user_id
    assert server.userinfo(given["access_token"]).json()["sub"] == user.user_id


def test_hint(server, user):
    """OpenID Connect Core 3.1.2.1: id_token_hint says whose session it must be."""
    hint = tokens(server, user, "shop")["id_token"]
    other = server.user(login=True)
    tokens(server, other, "shop")
    request = {"client_id": "shop", "redirect_uri": CLIENTS["shop"][0], "prompt": "none",
               "id_token_hint": hint}
    assert redirect(server.authorize(user.http, Pkce(), **request), CLIENTS["shop"][0])["code"]
    redirect_error(server.authorize(other.http, Pkce(), **request), CLIENTS["shop"][0],
                   "login_required", server.base)


def test_hint_of_another_client(server, user):
    """A name of another kind is nobody's here."""
    hint = tokens(server, user, "shop")["id_token"]
    redirect_error(server.authorize(user.http, Pkce(), id_token_hint=hint), REDIRECT_URI,
                   "invalid_request", server.base)
    bank = CLIENTS["bank"][0]
    tokens(server, user, "bank")
    redirect_error(server.authorize(user.http, Pkce(), client_id="bank", redirect_uri=bank,
                                    id_token_hint=hint, prompt="none"),
                   bank, "login_required", server.base)


def test_logout(server):
    """RP-Initiated Logout 2: the hint of a pairwise client is understood too."""
    user = server.user(login=True)
    hint = tokens(server, user, "shop")["id_token"]
    answer = user.http.get("/oauth/logout", params={
        "id_token_hint": hint, "post_logout_redirect_uri": AFTER})
    assert redirect(answer, AFTER) == {}
    assert user.http.get("/users/me").status_code == 401
    page_error(user.http.get("/oauth/logout", params={"id_token_hint": hint[:-4] + "AAAA"}))


def test_of_an_operator_s_client_with_several_hosts(server, user):
    """Made by the operator, it is a sector of its own, whichever host comes first."""
    uris = ["https://shop.example/x", "https://bank.example/x"]
    server.database.add_client("both", SECRET, redirect_uris=uris)
    server.database.rows("update oauth2.oauth2_clients set metadata = %s where client_id = 'both'",
                         json.dumps({"subject_type": "pairwise"}))
    subs = set()
    for uri in uris:
        pkce = Pkce()
        code = server.code(user, pkce, client_id="both", redirect_uri=uri)
        given = server.redeem(code, pkce, ("both", SECRET), redirect_uri=uri).json()
        subs.add(claims_of(given["id_token"])["sub"])
    assert len(subs) == 1
    assert not subs & {subject(server, user, "shop"), subject(server, user, "bank")}
