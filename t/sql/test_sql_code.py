# SPDX-License-Identifier: MIT
"""The authorization code flow: one transaction, one code, one redemption."""

import uuid

import pytest
from lib.statements import secret

PARAMETERS = {"redirect_uri": "https://app.example.com/callback", "scope": "openid profile",
              "state": "a state", "nonce": "a nonce", "code_challenge": "a challenge"}


def none(row, status="none"):
    return row["status"] == status and not any(v for k, v in row.items() if k != "status")


@pytest.fixture(scope="module")
def session(api, user):
    return api.open_session(user)


@pytest.fixture
def disabled(admin):
    """A client that is switched off while the test runs."""
    admin.execute("update oauth2.oauth2_clients set is_active = false"
                  " where client_id = 'other'")
    yield "other"
    admin.execute("update oauth2.oauth2_clients set is_active = true"
                  " where client_id = 'other'")


# client_find

def test_client(api):
    assert api.client_find("demo") == {
        "status": "found", "client_id": "demo", "client_secret": "0" * 64,
        "client_name": "The client demo",
        "redirect_uris": ["https://app.example.com/callback"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types": ["code"], "is_first_party": False,
        "scope": "openid profile email offline_access read write"}


def test_account_client_can_do_nothing_at_the_endpoints(api):
    row = api.client_find("account")
    assert row["status"] == "found" and row["is_first_party"] is True
    assert row["client_secret"] is None
    assert row["redirect_uris"] == row["grant_types"] == row["response_types"] == []


def test_client_none(api, disabled):
    assert none(api.client_find(disabled))
    assert none(api.client_find("nobody"))
    assert none(api.client_find("DEMO"))


# authorization_start, authorization_find, authorization_deny

def test_transaction(api, user):
    request = secret()
    assert api.authorization_start(request, "demo", PARAMETERS, 600) == {"status": "started"}
    row = api.authorization_find(request, user["user_id"])
    assert row == {
        "status": "found", "client_id": "demo", "client_name": "The client demo",
        "redirect_uri": PARAMETERS["redirect_uri"], "scope": "openid profile",
        "state": "a state", "is_granted": False}
    assert api.authorization_find(request, None) == row


def test_transaction_without_the_optional(api):
    request = secret()
    api.authorization_start(request, "demo", {"redirect_uri": "https://app/"}, 600)
    row = api.authorization_find(request, None)
    assert (row["state"], row["scope"]) == (None, "")


def test_transaction_cannot_be_changed(api):
    request = secret()
    for _ in range(2):
        assert api.authorization_start(request, "demo", PARAMETERS, 600)["status"] == "started"
    for changed in ({"scope": "openid write"}, {"redirect_uri": "https://evil.example/"},
                    {"code_challenge": None}, {"state": "x"}, {"nonce": "x"}):
        row = api.authorization_start(request, "demo", {**PARAMETERS, **changed}, 600)
        assert row == {"status": "none"}
    assert api.authorization_start(request, "other", PARAMETERS, 600) == {"status": "none"}
    assert api.authorization_find(request, None)["scope"] == "openid profile"


def test_start_none(api, disabled):
    assert api.authorization_start(secret(), "nobody", PARAMETERS, 600) == {"status": "none"}
    assert api.authorization_start(secret(), disabled, PARAMETERS, 600) == {"status": "none"}


def test_find_none(api, admin, session):
    assert none(api.authorization_find(secret(), None))

    expired = secret()
    api.authorization_start(expired, "demo", PARAMETERS, 600)
    admin.execute("update oauth2.authorization_requests set expires_at = now()"
                  " where request_digest = %s", [expired])
    assert none(api.authorization_find(expired, None))
    assert none(api.authorization_deny(expired))
    assert none(api.code_issue(expired, session["session"], secret(), False, 60))


def test_find_none_when_the_client_is_switched_off(api, admin, session):
    request = secret()
    api.authorization_start(request, "other", PARAMETERS, 600)
    admin.execute("update oauth2.oauth2_clients set is_active = false"
                  " where client_id = 'other'")
    try:
        assert none(api.authorization_find(request, None))
        assert none(api.code_issue(request, session["session"], secret(), False, 60))
    finally:
        admin.execute("update oauth2.oauth2_clients set is_active = true"
                      " where client_id = 'other'")


def test_denied(api, session):
    request = secret()
    api.authorization_start(request, "demo", PARAMETERS, 600)
    row = api.authorization_deny(request)
    assert row == {"status": "denied", "redirect_uri": PARAMETERS["redirect_uri"],
                   "state": "a state"}
    assert api.authorization_deny(request) == row
    assert none(api.authorization_find(request, None))
    assert none(api.code_issue(request, session["session"], secret(), False, 60))
    assert none(api.authorization_deny(secret()))


# code_issue, consent

def test_issued(api, session):
    request, code = secret(), secret()
    api.authorization_start(request, "demo", PARAMETERS, 600)
    row = api.code_issue(request, session["session"], code, False, 60)
    assert row == {"status": "issued", "redirect_uri": PARAMETERS["redirect_uri"],
                   "state": "a state"}
    assert api.code_issue(request, session["session"], code, False, 60) == row
    assert none(api.code_issue(request, session["session"], secret(), False, 60))
    assert none(api.authorization_find(request, None))
    assert none(api.authorization_deny(request))


def test_issue_waits_for_a_session(api, session):
    request = secret()
    api.authorization_start(request, "demo", PARAMETERS, 600)
    assert none(api.code_issue(request, secret(), secret(), False, 60))
    assert api.authorization_find(request, None)["status"] == "found"
    assert api.code_issue(request, session["session"], secret(), False,
                          60)["status"] == "issued"


@pytest.mark.parametrize("change", [
    "update oauth2.sessions set expires_at = now() where id = %(session)s",
    "update oauth2.sessions set closed_at = now() where id = %(session)s",
    "update oauth2.users set is_active = false where id = %(user)s",
])
def test_issue_none_without_a_live_session(api, admin, change):
    user = api.verified_user()
    mine = api.open_session(user)
    request = secret()
    api.authorization_start(request, "demo", PARAMETERS, 600)
    admin.execute(change, {"session": mine["session_id"], "user": user["user_id"]})
    assert none(api.code_issue(request, mine["session"], secret(), False, 60))


def test_one_code_a_transaction(api, session):
    request = secret()
    api.authorization_start(request, "demo", PARAMETERS, 600)
    rows = api.crowd(20, lambda a, n: a.code_issue(request, session["session"], secret(),
                                                   True, 60))
    assert sorted(row["status"] for row in rows) == ["issued"] + ["none"] * 19


def test_consent_or_denial(api, second, session):
    request = secret()
    api.authorization_start(request, "demo", PARAMETERS, 600)
    one, two = api.meanwhile(
        lambda a: a.code_issue(request, session["session"], secret(), False, 60), second,
        lambda a: a.authorization_deny(request))
    assert one["status"] == "issued"
    assert none(two)


def test_consent_is_remembered(api):
    user, stranger = api.verified_user(), api.verified_user()
    mine = api.open_session(user)

    def granted(scope, who=user, client="demo"):
        request = secret()
        api.authorization_start(request, client, {**PARAMETERS, "scope": scope}, 600)
        return api.authorization_find(request, who["user_id"])["is_granted"]

    api.issue_code(mine, scope="openid profile")
    assert not granted("openid")
    api.issue_code(mine, scope="openid profile", remember=True)
    assert granted("openid profile") and granted("profile")
    assert not granted("openid read")
    assert not granted("openid", stranger)
    assert not granted("openid", client="other")
    api.issue_code(mine, scope="read", remember=True)
    assert granted("openid read profile")
    assert not granted("write")


def test_first_party_needs_no_consent(api, admin, user):
    admin.execute("update oauth2.oauth2_clients set is_first_party = true"
                  " where client_id = 'other'")
    try:
        request = secret()
        api.authorization_start(request, "other", PARAMETERS, 600)
        assert api.authorization_find(request, user["user_id"])["is_granted"] is True
    finally:
        admin.execute("update oauth2.oauth2_clients set is_first_party = false"
                      " where client_id = 'other'")


# code_redeem

def test_redeemed(api, user, session):
    code = api.issue_code(session)
    sent, row = api.redeem(code)
    assert isinstance(row.pop("updated_at"), int)
    assert row == {
        "status": "redeemed", "user_id": uuid.UUID(user["user_id"]),
        "session_id": session["session_id"], "scope": code["scope"], "nonce": "a nonce",
        "auth_time": session["auth_time"], "email": user["email"], "is_verified": True,
        "username": None, "first_name": "Ada", "last_name": "Lovelace"}

    token = api.token_find(sent["token"])
    assert (token["client_id"], token["scope"]) == ("demo", code["scope"])
    assert token["auth_time"] == session["auth_time"]
    assert api.rotate(sent["refresh"], "demo")[1]["status"] == "rotated"


def test_redeemed_without_refresh_token_or_challenge(api, session):
    code = api.issue_code(session, code_challenge=None, nonce=None)
    sent, row = api.redeem(code, refresh=None)
    assert (row["status"], row["nonce"]) == ("redeemed", None)
    assert api.token_find(sent["token"])["status"] == "active"


def test_redeem_again_with_the_same_token_is_answered_as_before(api, admin, session):
    code = api.issue_code(session)
    sent, row = api.redeem(code)
    assert api.redeem(code, **sent)[1] == row
    assert api.token_find(sent["token"])["status"] == "active"
    count = admin.execute(
        "select count(*) as n from oauth2.oauth2_access_tokens as t"
        " join oauth2.oauth2_authorization_codes as c on c.id = t.code_id"
        " where c.code = %s", [code["code"]]).fetchone()
    assert count["n"] == 1


@pytest.mark.parametrize("client", ["demo", "other"])
def test_reuse_revokes_what_the_first_use_gave(api, session, client):
    code = api.issue_code(session)
    first, _ = api.redeem(code)
    rotated, _ = api.rotate(first["refresh"], "demo")
    sent, row = api.redeem(code, client=client)

    assert none(row, "reused")
    assert none(api.token_find(sent["token"]))
    assert none(api.token_find(first["token"]))
    assert none(api.token_find(rotated["token"]))
    assert api.rotate(rotated["refresh"], "demo")[1]["status"] == "invalid"
    assert none(api.redeem(code)[1], "reused")
    assert api.session_find(session["session"])["status"] == "active"


@pytest.mark.parametrize("wrong", [
    {"client": "other"}, {"redirect_uri": "https://app.example.com/callback/"},
    {"redirect_uri": None}, {"challenge": "another"}, {"challenge": None},
])
def test_a_wrong_request_burns_the_code(api, session, wrong):
    code = api.issue_code(session)
    sent, row = api.redeem(code, **wrong)
    assert none(row, "invalid")
    assert none(api.token_find(sent["token"]))
    assert none(api.redeem(code)[1], "invalid")


def test_a_verifier_where_none_was_announced(api, session):
    code = api.issue_code(session, code_challenge=None)
    assert none(api.redeem(code, challenge="downgraded")[1], "invalid")
    assert none(api.redeem(code)[1], "invalid")


@pytest.mark.parametrize("change", [
    "update oauth2.oauth2_authorization_codes set expires_at = now() where code = %(code)s",
    "update oauth2.sessions set closed_at = now() where id = %(session)s",
    "update oauth2.users set is_active = false where id = %(user)s",
])
def test_redeem_too_late(api, admin, change):
    user = api.verified_user()
    mine = api.open_session(user)
    code = api.issue_code(mine)
    admin.execute(change, {"code": code["code"], "session": mine["session_id"],
                           "user": user["user_id"]})
    assert none(api.redeem(code)[1], "invalid")


def test_redeem_unknown(api, session):
    code = api.issue_code(session)
    assert none(api.redeem({**code, "code": secret()})[1], "invalid")


def test_twenty_redeem_one_code(api, session):
    code = api.issue_code(session)
    done = api.crowd(20, lambda a, n: a.redeem(code))
    assert sorted(row["status"] for _, row in done) == ["redeemed"] + ["reused"] * 19
    # the nineteen took the one's tokens away
    for sent, _ in done:
        assert none(api.token_find(sent["token"]))


def test_the_same_redemption_from_everywhere(api, session):
    code = api.issue_code(session)
    token, refresh = str(uuid.uuid4()), secret()
    done = api.crowd(20, lambda a, n: a.redeem(code, token=token, refresh=refresh))
    assert {row["status"] for _, row in done} == {"redeemed"}
    assert api.token_find(token)["status"] == "active"


def test_second_redemption_waits(api, second, session):
    code = api.issue_code(session)
    one, two = api.meanwhile(lambda a: a.redeem(code), second, lambda a: a.redeem(code))
    assert one[1]["status"] == "redeemed"
    assert two[1]["status"] == "reused"


def test_second_redemption_succeeds_when_the_first_fails(api, second, session):
    code = api.issue_code(session)
    _, two = api.meanwhile(lambda a: a.redeem(code), second, lambda a: a.redeem(code),
                           end="rollback")
    assert two[1]["status"] == "redeemed"
    assert api.token_find(two[0]["token"])["status"] == "active"


def test_sign_out_during_a_redemption(api, second, user):
    mine = api.open_session(user)
    code = api.issue_code(mine)
    one, two = api.meanwhile(lambda a: a.redeem(code), second,
                             lambda a: a.session_close(mine["session"], None, None))
    assert one[1]["status"] == "redeemed"
    assert two["status"] == "closed"
    assert none(api.token_find(one[0]["token"]))
    assert api.rotate(one[0]["refresh"], "demo")[1]["status"] == "invalid"
