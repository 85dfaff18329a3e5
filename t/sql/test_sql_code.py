# SPDX-License-Identifier: MIT
"""code_redeem: once, by its client, with its verifier, in time (RFC 6749 4.1.3)."""

import uuid

import pytest

from lib.statements import none, secret


def test_redeemed(api, user, session):
    code = api.issue_code(session)
    sent, row = api.redeem(code)
    assert isinstance(row.pop("updated_at"), int)
    assert row == {
        "status": "redeemed", "user_id": uuid.UUID(user["user_id"]),
        "session_id": session["session_id"], "scope": code["scope"], "nonce": "a nonce",
        "auth_time": session["auth_time"], "email": user["email"], "is_verified": True,
        "username": None, "first_name": "Ada", "last_name": "Lovelace",
        "parameters": {}, "claims": None}

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
    code = api.issue_code(mine, scope="openid profile")
    one, two = api.meanwhile(lambda a: a.redeem(code), second,
                             lambda a: a.session_close(mine["session"], None, None))
    assert one[1]["status"] == "redeemed"
    assert two["status"] == "closed"
    assert none(api.token_find(one[0]["token"]))
    assert api.rotate(one[0]["refresh"], "demo")[1]["status"] == "invalid"


@pytest.mark.parametrize("key, status", [({"jkt": "x"}, "redeemed"), ({"jkt": "y"}, "invalid"),
                                         ({"x5t#S256": "x"}, "invalid"), (None, "invalid")])
def test_code_of_a_key(api, session, key, status):
    """RFC 9449 10: and another key burns it"""
    issued = api.issue_code(session, dpop_jkt="x")
    assert api.redeem(issued, parameters=key and {"cnf": key})[1]["status"] == status
    if status == "invalid":
        assert none(api.redeem(issued, parameters={"cnf": {"jkt": "x"}})[1], "invalid")
