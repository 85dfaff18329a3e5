# SPDX-License-Identifier: MIT
"""Token exchange (RFC 8693): a service acts for a user, as far as it may."""

import base64
import json

import pytest

from lib.answers import oauth_error
from lib.client import Pkce
from lib.database import CLIENT_ID, CLIENT_SECRET, PUBLIC_ID

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
TYPE = "urn:ietf:params:oauth:token-type:"
API = "https://api.example.com/v1"

APP = (CLIENT_ID, CLIENT_SECRET)
SHOP = ("shop", "the secret of the shop")           # delegation
DESK = ("desk", "the secret of the help desk")      # impersonation
LEDGER = ("ledger", "the secret of the ledger")     # takes the shop's tokens
WALLET = ("wallet", "the secret of the wallet")     # may_act: the desk
NOBODY = ("nobody", "the secret of nobody")         # no policy


@pytest.fixture(scope="module", autouse=True)
def clients(server):
    policies = {
        SHOP: {"exchange": "delegation", "exchange_clients": [CLIENT_ID, "wallet"],
               "resources": [API, "billing"]},
        DESK: {"exchange": "impersonation", "exchange_clients": [CLIENT_ID, "shop", "wallet"]},
        LEDGER: {"exchange": "delegation", "exchange_resources": [API, "billing"],
                 "resources": ["self"]},
        WALLET: {"may_act": "desk"},
        NOBODY: {}}
    for client, metadata in policies.items():
        server.database.add_client(*client, grants=[
            GRANT, "authorization_code", "refresh_token", "client_credentials"],
            scope="openid profile email read")
        server.database.rows("update oauth2.oauth2_clients set metadata = %s"
                             " where client_id = %s", json.dumps(metadata), client[0])


def claims(token):
    text = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def tokens(server, user=None, client=APP, **changes):
    user, pkce = user or server.user(login=True), Pkce()
    changes = {"scope": "openid profile read write offline_access", **changes}
    if client != APP:
        changes["scope"] = "openid read"
    code = server.code(user, pkce, client_id=client[0], **changes)
    return server.redeem(code, pkce, auth=client).json()


def exchange(server, auth, token, actor=None, **changes):
    form = {"grant_type": GRANT, "subject_token": token,
            "subject_token_type": TYPE + "access_token"}
    if actor:
        form |= {"actor_token": actor, "actor_token_type": TYPE + "access_token"}
    form |= changes
    return server.token(auth, **{k: v for k, v in form.items() if v is not None})


def exchanged(answer):
    """The answer of RFC 8693 2.2.1; the claims of the token."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["issued_token_type"] == TYPE + "access_token"
    assert body["token_type"] == "Bearer"
    assert "refresh_token" not in body and "id_token" not in body
    return claims(body["access_token"])


def introspect(server, token, auth):
    return server.browser().post("/oauth/introspect", data={"token": token}, auth=auth).json()


def refused(answer, error, text=""):
    status = 401 if error == "invalid_client" else 400
    assert text in oauth_error(answer, status, error)["error_description"]


def test_delegation(server):
    """RFC 8693 2.2.1, 4.1: the client appears as the actor."""
    user = server.user(login=True)
    given = tokens(server, user)
    answer = exchange(server, SHOP, given["access_token"])
    made = exchanged(answer)
    assert made["sub"] == user.user_id and made["client_id"] == "shop"
    assert made["act"] == {"sub": "shop", "client_id": "shop"}
    assert made["aud"] == server.base and made["scope"] == "openid profile read"
    assert answer.json()["scope"] == "openid profile read"
    assert made["exp"] <= claims(given["access_token"])["exp"]
    assert abs(answer.json()["expires_in"] - (made["exp"] - made["iat"])) <= 1
    seen = introspect(server, answer.json()["access_token"], SHOP)
    assert seen["active"] and seen["act"] == made["act"] and seen["sub"] == user.user_id
    assert server.userinfo(answer.json()["access_token"]).json()["sub"] == user.user_id


def test_impersonation(server):
    """RFC 8693 1.1: nobody is to be seen, unless the client says who acts."""
    user = server.user(login=True)
    token = tokens(server, user)["access_token"]
    made = exchanged(exchange(server, DESK, token))
    assert made["sub"] == user.user_id and "act" not in made
    own = server.token(DESK, grant_type="client_credentials").json()["access_token"]
    made = exchanged(exchange(server, DESK, token, own))
    assert made["act"] == {"sub": "desk", "client_id": "desk"}


def test_a_person_acts(server):
    """RFC 8693 2.1, 4.1: the user of the actor token."""
    user, helper = server.user(login=True), server.user(login=True)
    actor = tokens(server, helper, DESK)["access_token"]
    made = exchanged(exchange(server, DESK, tokens(server, user)["access_token"], actor))
    assert (made["sub"], made["act"]) == (user.user_id, {"sub": helper.user_id})


def test_a_person_acts_for_a_pairwise_client(server):
    """OpenID Connect Core 8.1: all are called as the client knows them."""
    server.database.add_client("mask", "the secret of the mask", grants=[
        GRANT, "authorization_code"], scope="openid read")
    server.database.rows(
        "update oauth2.oauth2_clients set metadata = %s where client_id = 'mask'", json.dumps(
            {"exchange": "delegation", "exchange_clients": [CLIENT_ID],
             "subject_type": "pairwise"}))
    mask = ("mask", "the secret of the mask")
    user, helper = server.user(login=True), server.user(login=True)
    actor = tokens(server, helper, mask)["access_token"]
    answer = exchange(server, mask, tokens(server, user)["access_token"], actor)
    made = exchanged(answer)
    assert made["act"] == {"sub": claims(actor)["sub"]}
    assert made["sub"] == claims(tokens(server, user, mask)["access_token"])["sub"]
    assert user.user_id not in str(made) and helper.user_id not in str(made)
    assert introspect(server, answer.json()["access_token"], mask)["act"] == made["act"]


def test_chain(server):
    """RFC 8693 4.1: who acted before is inside, and an end to it."""
    user = server.user(login=True)
    first = exchange(server, SHOP, tokens(server, user)["access_token"], resource=API)
    second = exchange(server, LEDGER, first.json()["access_token"])
    shop = {"sub": "shop", "client_id": "shop"}
    made = exchanged(second)
    assert made["act"] == {"sub": "ledger", "client_id": "ledger", "act": shop}
    assert made["aud"] == API
    token = first.json()["access_token"]
    assert exchanged(exchange(server, DESK, token))["act"] == shop
    for _ in range(3):
        token = exchange(server, SHOP, token).json()["access_token"]
    refused(exchange(server, SHOP, token), "invalid_request", "actor_token")


def test_audience(server):
    """RFC 8693 2.1, RFC 8707 2: what the operator has listed."""
    token = tokens(server)["access_token"]
    assert exchanged(exchange(server, SHOP, token, audience="billing"))["aud"] == "billing"
    made = exchanged(exchange(server, SHOP, token, resource=API, audience="billing"))
    assert made["aud"] == [API, "billing"]
    for changes in ({"resource": "https://other.example"}, {"audience": "other"},
                    {"resource": "billing"}, {"resource": API, "audience": "other"}):
        refused(exchange(server, SHOP, token, **changes), "invalid_target")
    refused(exchange(server, DESK, token, resource=API), "invalid_target")


def test_back_to_us(server):
    """A token that an API was given opens our own endpoints if the operator
    says so."""
    token = exchange(server, SHOP, tokens(server)["access_token"],
                     resource=API).json()["access_token"]
    assert exchanged(exchange(server, SHOP, token))["aud"] == API
    refused(exchange(server, SHOP, token, resource=server.base), "invalid_target")
    made = exchange(server, LEDGER, token, resource=server.base)
    assert exchanged(made)["aud"] == server.base
    assert server.userinfo(made.json()["access_token"]).status_code == 200


def test_scope(server):
    """RFC 8693 2.1: no more than the subject token has, and the client may."""
    token = tokens(server)["access_token"]
    assert exchanged(exchange(server, SHOP, token, scope="read"))["scope"] == "read"
    for scope in "write", "email", "offline_access", "read x", '"':
        refused(exchange(server, SHOP, token, scope=scope), "invalid_scope")


def test_refresh_token_as_subject(server):
    """RFC 8693 3: the client's own only."""
    user = server.user(login=True)
    given = tokens(server, user, SHOP, scope=None)
    kind = {"subject_token_type": TYPE + "refresh_token"}
    made = exchanged(exchange(server, SHOP, given["refresh_token"], **kind))
    assert (made["sub"], made["scope"]) == (user.user_id, "openid read")
    refused(exchange(server, DESK, given["refresh_token"], **kind), "invalid_request",
            "subject_token")
    server.rotate(given["refresh_token"], SHOP)
    refused(exchange(server, SHOP, given["refresh_token"], **kind), "invalid_request")


def test_who_may(server):
    """RFC 8693 5: by policy, confidential clients only."""
    token = tokens(server)["access_token"]
    refused(exchange(server, NOBODY, token), "unauthorized_client")
    refused(exchange(server, APP, token), "unauthorized_client")
    refused(exchange(server, None, token, client_id=PUBLIC_ID), "unauthorized_client")
    refused(exchange(server, (SHOP[0], "wrong"), token), "invalid_client")
    refused(exchange(server, LEDGER, token), "invalid_request", "subject_token")
    public = "public-exchange"
    server.database.add_client(public, None, grants=[GRANT])
    server.database.rows("update oauth2.oauth2_clients set metadata = %s where client_id = %s",
                         json.dumps({"exchange": "impersonation",
                                     "exchange_clients": [CLIENT_ID]}), public)
    refused(exchange(server, None, token, client_id=public), "unauthorized_client")


def test_may_act(server):
    """RFC 8693 4.4: the token says who may, and it is honoured."""
    token = tokens(server, client=WALLET)["access_token"]
    assert claims(token)["may_act"] == {"sub": "desk", "client_id": "desk"}
    assert "may_act" not in exchanged(exchange(server, DESK, token))
    refused(exchange(server, SHOP, token), "invalid_request", "actor_token")
    helper = tokens(server, client=DESK)["access_token"]
    refused(exchange(server, DESK, token, helper), "invalid_request", "actor_token")


def test_may_act_of_a_token_outlives_the_policy(server):
    token = tokens(server, client=WALLET)["access_token"]
    say = "update oauth2.oauth2_clients set metadata = %s where client_id = 'wallet'"
    server.database.rows(say, "{}")
    try:
        refused(exchange(server, SHOP, token), "invalid_request", "actor_token")
        assert exchanged(exchange(server, DESK, token))
    finally:
        server.database.rows(say, json.dumps({"may_act": "desk"}))


@pytest.mark.parametrize("changes, error, text", [
    ({"subject_token": None}, "invalid_request", "subject_token: "),
    ({"subject_token_type": None}, "invalid_request", "subject_token_type: "),
    ({"subject_token_type": TYPE + "id_token"}, "invalid_request", "subject_token_type: "),
    ({"subject_token_type": TYPE + "saml2"}, "invalid_request", "subject_token_type: "),
    ({"actor_token": "x"}, "invalid_request", "actor_token_type: "),
    ({"actor_token_type": TYPE + "jwt"}, "invalid_request", "actor_token_type: "),
    ({"actor_token": "x", "actor_token_type": TYPE + "id_token"}, "invalid_request",
     "actor_token_type: "),
    ({"actor_token": "x", "actor_token_type": TYPE + "jwt"}, "invalid_request", "actor_token: "),
    ({"requested_token_type": TYPE + "refresh_token"}, "invalid_request",
     "requested_token_type: Only access tokens"),
    ({"requested_token_type": TYPE + "id_token"}, "invalid_request", "requested_token_type: "),
    ({"requested_token_type": "x"}, "invalid_request", "requested_token_type: "),
    ({"subject_token": "x"}, "invalid_request", "subject_token: "),
    ({"subject_token": "x.y.z"}, "invalid_request", "subject_token: "),
    ({"subject_token": "x", "subject_token_type": TYPE + "refresh_token"}, "invalid_request",
     "subject_token: ")])
def test_refused(server, changes, error, text):
    """RFC 8693 2.1, 2.2.2."""
    refused(exchange(server, SHOP, tokens(server)["access_token"], **changes), error, text)


def test_types(server):
    """RFC 8693 2.1, 3."""
    token = tokens(server)["access_token"]
    assert exchanged(exchange(server, SHOP, token, subject_token_type=TYPE + "jwt",
                              requested_token_type=TYPE + "access_token"))


def test_an_id_token_is_no_access_token(server):
    given = tokens(server)
    for kind in "jwt", "access_token":
        refused(exchange(server, SHOP, given["id_token"], subject_token_type=TYPE + kind),
                "invalid_request", "subject_token: ")


def test_a_clients_own_token_is_nobodys(server):
    own = server.token(grant_type="client_credentials").json()["access_token"]
    refused(exchange(server, SHOP, own), "invalid_request", "subject_token: ")


def test_actor_tokens_of_others(server):
    """RFC 8693 2.1: an actor token is the client's own, and lives."""
    token = tokens(server)["access_token"]
    refused(exchange(server, DESK, token, tokens(server)["access_token"]), "invalid_request",
            "actor_token: ")
    actor = tokens(server, client=DESK)["access_token"]
    server.browser().post("/oauth/revoke", data={"token": actor}, auth=DESK)
    refused(exchange(server, DESK, token, actor), "invalid_request", "actor_token: ")


def test_a_bound_subject(server):
    """RFC 8693 5: what is bound to a key is not turned into a bearer token."""
    token = tokens(server)["access_token"]
    server.database.rows(
        "update oauth2.oauth2_access_tokens set parameters = parameters ||"
        " '{\"cnf\": {\"jkt\": \"x\"}}' where id = %s", claims(token)["jti"])
    refused(exchange(server, SHOP, token), "invalid_request", "bound to a key")


def end_access_token(server, user, given):
    server.browser().post("/oauth/revoke", data={"token": given["access_token"]}, auth=APP)


def end_family(server, user, given):
    server.browser().post("/oauth/revoke", data={"token": given["refresh_token"]}, auth=APP)


def end_session(server, user, given):
    assert user.http.post("/auth/logout").status_code == 204


def end_consent(server, user, given):
    answer = user.http.delete("/users/me/grants", params={"client_id": CLIENT_ID})
    assert answer.status_code == 204, answer.text


@pytest.mark.parametrize("ending", [end_access_token, end_family, end_session, end_consent])
def test_ends_with_its_subject(server, ending):
    """RFC 8693 5, RFC 7009 2.1: along the whole chain."""
    user = server.user(login=True)
    given = tokens(server, user, scope="openid read")
    first = exchange(server, SHOP, given["access_token"], resource=API).json()["access_token"]
    second = exchange(server, LEDGER, first, resource=server.base).json()["access_token"]
    assert introspect(server, second, LEDGER)["active"]
    assert server.userinfo(second).status_code == 200
    ending(server, user, given)
    for token, auth in (first, SHOP), (second, LEDGER):
        assert introspect(server, token, auth) == {"active": False}
    assert server.userinfo(second).status_code == 401
    for token, auth in (given["access_token"], SHOP), (first, LEDGER):
        refused(exchange(server, auth, token), "invalid_request", "subject_token: ")


def test_ends_with_its_subjects_client(server):
    given = tokens(server)
    made = exchange(server, SHOP, given["access_token"]).json()["access_token"]
    say = "update oauth2.oauth2_clients set is_active = %s where client_id = %s"
    server.database.rows(say, False, CLIENT_ID)
    try:
        assert introspect(server, made, SHOP) == {"active": False}
    finally:
        server.database.rows(say, True, CLIENT_ID)
    assert introspect(server, made, SHOP)["active"]


def test_ends_alone(server):
    """RFC 7009 2.1: the subject's owner does not notice."""
    user = server.user(login=True)
    given = tokens(server, user)
    made = exchange(server, SHOP, given["access_token"]).json()["access_token"]
    server.browser().post("/oauth/revoke", data={"token": made}, auth=SHOP)
    assert introspect(server, made, SHOP) == {"active": False}
    made = exchange(server, SHOP, given["access_token"]).json()["access_token"]
    assert server.browser().post("/auth/logout", headers={
        "Authorization": f"Bearer {made}"}).status_code == 204
    assert introspect(server, made, SHOP) == {"active": False}
    assert introspect(server, given["access_token"], APP)["active"]
    assert server.rotate(given["refresh_token"]).status_code == 200
    assert user.http.get("/users/me").status_code == 200


def test_log(server):
    """Who acted for whom, and nothing secret."""
    user = server.user(login=True)
    token = tokens(server, user)["access_token"]
    made = exchange(server, SHOP, token).json()["access_token"]
    log = server.nginx.error_log.read_text()
    assert f'token exchanged: client "shop" for user "{user.user_id}", actor: ' in log
    assert token not in log and made not in log


def test_discovery(server):
    """RFC 8414 2."""
    known = server.get("/.well-known/openid-configuration").json()
    assert GRANT in known["grant_types_supported"]


def test_no_client_says_it_of_itself(server):
    """RFC 7591 2: what only the operator says is left out."""
    row = server.database.value(
        "select metadata from oauth2.client_register('self-made', null, null, %s, %s)", "0" * 64,
        json.dumps({"redirect_uris": [], "grant_types": [GRANT], "response_types": [],
                    "scope": "", "token_endpoint_auth_method": "none",
                    "exchange": "impersonation", "exchange_clients": [CLIENT_ID],
                    "exchange_resources": ["self"], "may_act": "self-made"}))
    kept = server.database.value("select metadata from oauth2.oauth2_clients"
                                 " where client_id = 'self-made'")
    assert kept == {}
    assert not {"exchange", "exchange_clients", "exchange_resources", "may_act"} & set(row)
