# SPDX-License-Identifier: MIT
"""Password reset: the newest token, once, in time, and an end to all sessions."""

import uuid

import pytest

from lib.statements import fresh, kinds, operation, secret

ACCEPTED = {"status": "accepted", "method": "direct_password_reset", "result": {}}


def test_reset_token(api, admin):
    user = api.verified_user()
    op, token, row = api.ask("set_password_reset_token", user["email"].upper())
    assert row == ACCEPTED
    assert kinds(admin, op) == ["reset"]
    assert api.reset_token_find(token) == {"status": "valid"}
    assert api.reset_token_find(secret()) == {"status": "invalid"}


def test_only_the_newest_reset_token(api, admin):
    user = api.verified_user()
    op, old, _ = api.ask("set_password_reset_token", user["email"])
    _, new, _ = api.ask("set_password_reset_token", user["email"])
    # a late repetition of the older one changes nothing
    assert api.ask("set_password_reset_token", user["email"], old, op)[2] == ACCEPTED
    assert api.reset_token_find(old)["status"] == "invalid"
    assert api.confirm(old)["status"] == "invalid_token"
    assert api.reset_token_find(new)["status"] == "valid"
    assert kinds(admin, op) == ["reset"]


def test_reset_for_nobody_and_the_inactive(api, admin):
    user = api.verified_user()
    admin.execute("update oauth2.users set is_active = false where id = %s",
                  [user["user_id"]])
    for email in (fresh() + "@example.com", user["email"]):
        op, token, row = api.ask("set_password_reset_token", email)
        assert row == ACCEPTED
        assert kinds(admin, op) == []
        assert api.reset_token_find(token)["status"] == "invalid"


def test_reset_key_reused(api):
    op, _, _ = api.ask("set_password_reset_token", fresh() + "@example.com")
    row = api.set_password_reset_token(op, "direct", {
        "email": "x@example.com", "token_digest": secret(), "token_expires_at": 0,
        "fingerprint": "another"})
    assert row["status"] == "key_reused"


def test_changed(api, admin):
    user = api.verified_user()
    session = api.open_session(user)
    code = api.issue_code(session)
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    op = operation()
    row = api.confirm(token, "the new hash", op)

    assert row == {"status": "changed", "method": "direct_password_reset_confirmation",
                   "result": {"user_id": user["user_id"]}}
    assert api.confirm(token, "another salt", op) == row
    assert kinds(admin, op) == ["password_changed"]
    assert api.login_find(user["email"])["hashed_password"] == "the new hash"
    assert api.reset_token_find(token)["status"] == "invalid"
    assert api.confirm(token)["status"] == "invalid_token"

    # everything that the old password opened is shut
    assert api.session_find(session["session"])["status"] == "none"
    assert api.token_find(session["token"])["status"] == "none"
    assert api.rotate(session["refresh"])[1]["status"] == "invalid"
    assert api.redeem(code)[1]["status"] == "invalid"


def test_reset_leaves_others_alone(api):
    user, other = api.verified_user(), api.verified_user()
    session = api.open_session(other)
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    api.confirm(token)
    assert api.session_find(session["session"])["status"] == "active"
    assert api.token_find(session["token"])["status"] == "active"


@pytest.mark.parametrize("change", ["password_reset_expires = now()", "is_active = false"])
def test_reset_expired_or_inactive(api, admin, change):
    user = api.verified_user()
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    admin.execute(f"update oauth2.users set {change} where id = %s", [user["user_id"]])
    assert api.reset_token_find(token)["status"] == "invalid"
    assert api.confirm(token)["status"] == "invalid_token"
    assert api.login_find(user["email"])["hashed_password"] == user["password_hash"]


def test_confirm_key_reused(api):
    op = operation()
    api.confirm(secret(), op=op)
    row = api.confirm_password_reset(op, "direct", {
        "token_digest": secret(), "password_hash": "x", "fingerprint": "another"})
    assert row["status"] == "key_reused"


def test_one_token_changes_one_password(api, admin):
    user = api.verified_user()
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    rows = api.crowd(20, lambda a, n: (n, a.confirm(token, f"hash {n}")))
    winners = [n for n, row in rows if row["status"] == "changed"]
    assert len(winners) == 1
    assert {row["status"] for _, row in rows} == {"changed", "invalid_token"}
    assert api.login_find(user["email"])["hashed_password"] == f"hash {winners[0]}"


def test_log_in_during_a_reset(api, second):
    """A log-in with the old password that waits for the reset fails."""
    user = api.verified_user()
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    _, row = api.meanwhile(
        lambda a: a.confirm(token), second,
        lambda a: a.session_open(user["user_id"], user["password_hash"], secret(),
                                 operation(), secret(), "openid", 60, 60, 60, None, None))
    assert row["status"] == "none"


def test_reset_during_a_log_in(api, second):
    """A reset that waits for a log-in with the old password ends it."""
    user = api.verified_user()
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    session, row = api.meanwhile(lambda a: a.open_session(user), second,
                                 lambda a: a.confirm(token))
    assert row["status"] == "changed"
    assert api.session_find(session["session"])["status"] == "none"
    assert api.token_find(session["token"])["status"] == "none"


@pytest.mark.parametrize("what", ["rotate", "redeem", "refresh", "issue"])
def test_reset_during_an_exchange(api, second, what):
    """A reset that waits for a new token of the user ends that token, too."""
    user = api.verified_user()
    session = api.open_session(user)
    code = api.issue_code(session)
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    made = str(uuid.uuid4())

    def exchange(a):
        if what == "rotate":
            return a.rotate(session["refresh"], token=made)[1]
        if what == "redeem":
            return a.redeem(code, token=made)[1]
        if what == "refresh":
            return a.session_refresh(session["session"], made, secret(), "openid", 60, 60)
        return a.issue_code(session, code_challenge="late")

    one, row = api.meanwhile(exchange, second, lambda a: a.confirm(token))
    assert row["status"] == "changed"
    assert api.token_find(made)["status"] == "none"
    if what == "issue":
        assert api.redeem(one)[1]["status"] == "invalid"
