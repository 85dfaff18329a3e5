# SPDX-License-Identifier: MIT
"""Device authorization (RFC 8628)."""

import re

import pytest

from lib.answers import claims_of, oauth_error, page_error
from lib.database import CLIENT_ID, CLIENT_SECRET

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
TV = ("a-tv", "the secret of the TV")


@pytest.fixture(scope="module", autouse=True)
def registered(server):
    server.database.add_client(*TV, name="The TV", grants=[GRANT, "refresh_token"])


def start(server, auth=TV, **form):
    return server.browser().post("/oauth/device_authorization", data={"scope": "openid read",
                                                                      **form}, auth=auth)


def ask(server, device_code, auth=TV):
    return server.token(auth, grant_type=GRANT, device_code=device_code)


def fields(answer, status=200):
    assert answer.status_code == status, answer.text
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text))


def decide(user, code, **decision):
    form = fields(user.http.get("/oauth/device"))
    answer = user.http.post("/oauth/device", data={**form, "user_code": code})
    page = answer.text
    return page, user.http.post("/oauth/device", data={**fields(answer), **decision})


def forget_polls(server, begun):
    """As if the device had waited as long as it should."""
    server.database.rows("update oauth2.device_codes set polled_at = null where user_code = %s",
                         begun["user_code"].replace("-", ""))


def test_the_whole_flow(server):
    """RFC 8628 3.2, 3.3, 3.5."""
    answer = start(server)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    begun = answer.json()
    assert re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", begun["user_code"])
    assert begun["verification_uri"] == f"{server.base}/oauth/device"
    assert begun["verification_uri_complete"] == (
        f"{server.base}/oauth/device?user_code={begun['user_code']}")
    assert (begun["expires_in"], begun["interval"]) == (600, 5)
    oauth_error(ask(server, begun["device_code"]), 400, "authorization_pending")

    user = server.user(login=True)
    page, answer = decide(user, begun["user_code"].lower().replace("-", " "), allow="yes")
    assert "The TV" in page and begun["user_code"] in page
    assert answer.status_code == 200 and "Device connected" in answer.text

    tokens = ask(server, begun["device_code"]).json()
    assert tokens["scope"] == "openid read" and tokens["id_token"]
    assert server.userinfo(tokens["access_token"]).json()["sub"] == user.user_id
    assert server.rotate(tokens["refresh_token"], TV).status_code == 200
    oauth_error(ask(server, begun["device_code"]), 400, "invalid_grant")


def test_it_outlives_the_browsers_session(server):
    begun, user = start(server).json(), server.user(login=True)
    decide(user, begun["user_code"], allow="yes")
    tokens = ask(server, begun["device_code"]).json()
    user.http.post("/auth/logout")
    assert server.userinfo(tokens["access_token"]).status_code == 200


def test_denied(server):
    """RFC 8628 3.5."""
    begun = start(server).json()
    _, answer = decide(server.user(login=True), begun["user_code"], deny="yes")
    assert "Device refused" in answer.text
    oauth_error(ask(server, begun["device_code"]), 400, "access_denied")


def test_slow_down(server):
    """RFC 8628 3.5: five seconds more, for this and all that follow."""
    begun = start(server).json()
    oauth_error(ask(server, begun["device_code"]), 400, "authorization_pending")
    oauth_error(ask(server, begun["device_code"]), 400, "slow_down")
    assert server.database.value(
        "select poll_interval from oauth2.device_codes where user_code = %s",
        begun["user_code"].replace("-", "")) == 10
    forget_polls(server, begun)
    oauth_error(ask(server, begun["device_code"]), 400, "authorization_pending")


def test_expired(server):
    """RFC 8628 3.5."""
    begun, user = start(server).json(), server.user(login=True)
    server.database.rows("update oauth2.device_codes set expires_at = now() where user_code = %s",
                         begun["user_code"].replace("-", ""))
    oauth_error(ask(server, begun["device_code"]), 400, "expired_token")
    form = fields(user.http.get("/oauth/device"))
    answer = user.http.post("/oauth/device", data={**form, "user_code": begun["user_code"]})
    assert answer.status_code == 400 and "No device waits with this code" in answer.text


def test_another_clients_code(server):
    """RFC 8628 3.4, RFC 6749 5.2."""
    other = server.database.add_client("other-tv", "another secret", grants=[GRANT])
    begun = start(server).json()
    oauth_error(ask(server, begun["device_code"], (other, "another secret")), 400,
                "invalid_grant")
    oauth_error(ask(server, "A" * 43), 400, "invalid_grant")
    oauth_error(server.token(TV, grant_type=GRANT), 400, "invalid_request")


def test_who_may_begin(server):
    oauth_error(start(server, (CLIENT_ID, CLIENT_SECRET)), 400, "unauthorized_client")
    oauth_error(start(server, (TV[0], "wrong")), 401, "invalid_client")
    oauth_error(start(server, scope="openid admin"), 400, "invalid_scope")


def test_a_code_in_the_address_is_only_filled_in(server):
    """RFC 8628 3.3.1: the user still has to look and to decide."""
    begun, user = start(server).json(), server.user(login=True)
    answer = user.http.get("/oauth/device", params={"user_code": begun["user_code"]})
    assert f'value="{begun["user_code"]}"' in answer.text and 'id="allow"' not in answer.text


def test_somebody_signs_in_first(server):
    answer = server.browser().get("/oauth/device", params={"user_code": "BCDF-GHJK"})
    assert answer.status_code == 303
    assert answer.headers["location"] == (
        f"{server.base}/oauth/login?next=%2Foauth%2Fdevice%3Fuser_code%3DBCDF-GHJK")
    assert server.browser().get(answer.headers["location"]).status_code == 200


def test_forged(server):
    begun, user, other = start(server).json(), server.user(login=True), server.user(login=True)
    theirs = fields(other.http.get("/oauth/device"))
    for form, headers in ((theirs, {}), ({"csrf": "A" * 43}, {}),
                          (fields(user.http.get("/oauth/device")),
                           {"Origin": "https://evil.example"})):
        page_error(user.http.post("/oauth/device", headers=headers, data={
            **form, "user_code": begun["user_code"], "allow": "yes"}), 403)
    oauth_error(ask(server, begun["device_code"]), 400, "authorization_pending")


def test_nothing_of_the_input_becomes_markup(server):
    user = server.user(login=True)
    code = "\"><script>alert(1)</script>"
    form = fields(user.http.get("/oauth/device"))
    for answer in (user.http.get("/oauth/device", params={"user_code": code}),
                   user.http.post("/oauth/device", data={**form, "user_code": code})):
        assert "<script>" not in answer.text


def test_discovery(server):
    body = server.get("/.well-known/openid-configuration").json()
    assert body["device_authorization_endpoint"] == f"{server.base}/oauth/device_authorization"
    assert GRANT in body["grant_types_supported"]


def test_claims_in_the_id_token(server):
    """OpenID Connect Core 5.4: where the operator wants those of the scopes there."""
    say = "update oauth2.oauth2_clients set metadata = %s where client_id = %s"
    user = server.user(login=True)
    for metadata, known in (("{}", False), ('{"id_token_scope_claims": true}', True)):
        server.database.rows(say, metadata, TV[0])
        begun = start(server, scope="openid email").json()
        decide(user, begun["user_code"], allow="yes")
        told = claims_of(ask(server, begun["device_code"]).json()["id_token"])
        assert (told.get("email") == user.email) is known
    server.database.rows(say, "{}", TV[0])
