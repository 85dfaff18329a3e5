# SPDX-License-Identifier: MIT
"""Clients, authorization transactions, consent, and the one code of each."""

import pytest

from lib.statements import none, secret

PARAMETERS = {"redirect_uri": "https://app.example.com/callback", "scope": "openid profile",
              "state": "a state", "nonce": "a nonce", "code_challenge": "a challenge"}


def test_client(api):
    assert api.client_find("demo") == {
        "status": "found", "client_id": "demo", "client_secret": "0" * 64,
        "client_name": "The client demo",
        "redirect_uris": ["https://app.example.com/callback"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types": ["code"], "is_first_party": False,
        "scope": "openid profile email offline_access read write",
        "token_endpoint_auth_method": "client_secret_basic", "metadata": {},
        "sealed_secret": None}


def test_account_client_can_do_nothing_at_the_endpoints(api):
    row = api.client_find("account")
    assert row["status"] == "found" and row["is_first_party"] is True
    assert row["client_secret"] is None
    assert row["redirect_uris"] == row["grant_types"] == row["response_types"] == []


def test_client_none(api, disabled):
    assert none(api.client_find(disabled))
    assert none(api.client_find("nobody"))
    assert none(api.client_find("DEMO"))


def test_transaction(api, user):
    request = secret()
    assert api.authorization_start(request, "demo", PARAMETERS, 600) == {"status": "started"}
    row = api.authorization_find(request, user["user_id"])
    assert row == {
        "status": "found", "client_id": "demo", "client_name": "The client demo",
        "redirect_uri": PARAMETERS["redirect_uri"], "scope": "openid profile",
        "state": "a state", "is_granted": False, "parameters": {},
        "client_metadata": {}}
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
                   "state": "a state", "parameters": {}}
    assert api.authorization_deny(request) == row
    assert none(api.authorization_find(request, None))
    assert none(api.code_issue(request, session["session"], secret(), False, 60))
    assert none(api.authorization_deny(secret()))


def test_issued(api, session):
    request, code = secret(), secret()
    api.authorization_start(request, "demo", PARAMETERS, 600)
    row = api.code_issue(request, session["session"], code, False, 60)
    assert row == {"status": "issued", "redirect_uri": PARAMETERS["redirect_uri"],
                   "state": "a state", "parameters": {}}
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
