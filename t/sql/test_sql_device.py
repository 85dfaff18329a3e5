# SPDX-License-Identifier: MIT
"""device_start, device_find, device_decide, device_redeem (RFC 8628)."""

import uuid

import pytest

from lib.statements import ACCESS, REFRESH, none, secret

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


def start(api, client="demo", lifetime=600):
    """(device digest, user code)"""
    device, number = secret(), uuid.uuid4().int
    code = "".join(LETTERS[number // 20 ** n % 20] for n in range(8))
    assert api.device_start(device, code, client, "openid", lifetime, 5) == {"status": "started"}
    return device, code


def redeem(api, device, client="demo", token=None, refresh=None):
    return api.device_redeem(device, client, token or str(uuid.uuid4()), refresh or secret(),
                             ACCESS, REFRESH, None)


def test_the_same_redemption_is_answered_as_before(api, session):
    device, code = start(api)
    assert api.device_decide(code, session["session"], True) == {"status": "allowed"}
    token, refresh = str(uuid.uuid4()), secret()
    row = redeem(api, device, token=token, refresh=refresh)
    assert row["status"] == "redeemed" and row["session_id"] is None
    assert redeem(api, device, token=token, refresh=refresh) == row
    assert none(redeem(api, device), "invalid")
    assert api.token_find(token)["status"] == "active"


def test_decided_once(api, session):
    _, code = start(api)
    assert api.device_decide(code, session["session"], False) == {"status": "denied"}
    assert api.device_decide(code, session["session"], True) == {"status": "none"}


def test_a_code_that_is_taken(api):
    _, code = start(api)
    assert api.device_start(secret(), code, "demo", "openid", 600, 5) == {"status": "taken"}
    assert api.device_start(secret(), code, "nobody", "openid", 600, 5) == {"status": "none"}


def test_a_session_that_has_ended_decides_nothing(api, session):
    _, code = start(api)
    api.session_close(session["session"], None, None)
    assert api.device_decide(code, session["session"], True) == {"status": "none"}


@pytest.fixture
def owner(api):
    """Somebody of this test alone, who is signed in."""
    user = api.verified_user()
    return user, api.open_session(user)


def test_a_new_password_takes_back_what_was_allowed_before(api, owner):
    """ASVS 7.4.3: whoever allowed it may not have been the user."""
    user, session = owner
    device, code = start(api)
    api.device_decide(code, session["session"], True)
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    assert api.confirm(token)["status"] == "changed"
    assert none(redeem(api, device), "denied")


def test_so_does_a_consent_that_is_taken_back(api, owner):
    user, session = owner
    device, code = start(api)
    api.device_decide(code, session["session"], True)
    api.redeem(api.issue_code(session, remember=True))
    assert api.grant_revoke(user["user_id"], "demo") == {"status": "revoked"}
    assert none(redeem(api, device), "denied")


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_new_password_during_a_redemption(api, owner, end):
    """One waits for the other, and nothing is left behind; no two wait for each other."""
    user, session = owner
    device, code = start(api)
    api.device_decide(code, session["session"], True)
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    new = str(uuid.uuid4())
    with type(api)(api.conninfo) as second:
        one, two = api.meanwhile(lambda a: redeem(a, device, token=new), second,
                                 lambda a: a.confirm(token), end)
    assert (one["status"], two["status"]) == ("redeemed", "changed")
    assert none(api.token_find(new))
    assert redeem(api, device)["status"] == ("invalid" if end == "commit" else "denied")


def test_a_new_password_during_a_decision(api, owner):
    """The session has ended when it is its turn."""
    user, session = owner
    device, code = start(api)
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    with type(api)(api.conninfo) as second:
        one, two = api.meanwhile(lambda a: a.confirm(token), second,
                                 lambda a: a.device_decide(code, session["session"], True))
    assert (one["status"], two["status"]) == ("changed", "none")
    assert none(redeem(api, device), "pending")
