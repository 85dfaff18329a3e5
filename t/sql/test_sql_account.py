# SPDX-License-Identifier: MIT
"""Verification, resending, password reset: the newest token, once, in time."""

import time
import uuid

import pytest
from lib.statements import fresh, secret


def operation():
    return str(uuid.uuid4())


def kinds(admin, *operations):
    return [row["kind"] for row in admin.execute(
        "select kind from oauth2.outbox where operation_id = any (%s)", [list(operations)])]


def verify(api, token, op=None):
    return api.verify_user_email(op or operation(), "direct_verification",
                                 {"token_digest": token, "fingerprint": "f"})


def ask(api, name, email, token=None, op=None, lifetime=3600):
    op, token = op or operation(), token or secret()
    row = getattr(api, name)(op, "direct_password_reset", {
        "email": email, "token_digest": token, "fingerprint": "f",
        "token_expires_at": int(time.time()) + lifetime})
    return op, token, row


def confirm(api, token, password="a new hash", op=None):
    return api.confirm_password_reset(
        op or operation(), "direct_password_reset_confirmation",
        {"token_digest": token, "password_hash": password, "fingerprint": "f"})


ACCEPTED = {"status": "accepted", "method": "direct_password_reset", "result": {}}


# verify_user_email

def test_verified(api, admin):
    _, given, made = api.register(first_name="Ada")
    op = operation()
    row = verify(api, given["token_digest"], op)

    assert row == {"status": "verified", "method": "direct_verification",
                   "result": {"user_id": made["result"]["user_id"],
                              "email": given["email"]}}
    assert api.login_find(given["email"])["is_verified"] is True
    assert verify(api, given["token_digest"], op) == row
    assert kinds(admin, op) == ["welcome"]


def test_second_click(api, admin):
    _, given, made = api.register()
    verify(api, given["token_digest"])
    op = operation()
    row = verify(api, given["token_digest"], op)
    assert row["status"] == "already_verified"
    assert row["result"]["user_id"] == made["result"]["user_id"]
    assert kinds(admin, op) == []


@pytest.mark.parametrize("is_verified", [False, True])
def test_expired_verification(api, admin, is_verified):
    _, given, _ = api.register()
    if is_verified:
        verify(api, given["token_digest"])
    admin.execute("update oauth2.users set email_verification_expires = now()"
                  " where email = %s", [given["email"]])
    assert verify(api, given["token_digest"]) == {
        "status": "invalid_token", "method": "direct_verification", "result": {}}
    assert api.login_find(given["email"])["is_verified"] is is_verified


def test_unknown_token(api):
    op = operation()
    row = verify(api, secret(), op)
    assert row["status"] == "invalid_token"
    assert verify(api, secret(), op) == row


def test_inactive_user_verifies_nothing(api, admin):
    _, given, _ = api.register()
    admin.execute("update oauth2.users set is_active = false where email = %s",
                  [given["email"]])
    assert verify(api, given["token_digest"])["status"] == "invalid_token"


def test_verify_key_reused(api):
    op = operation()
    verify(api, secret(), op)
    row = api.verify_user_email(op, "direct_verification",
                                {"token_digest": secret(), "fingerprint": "another"})
    assert row["status"] == "key_reused"


def test_two_clicks_at_once(api, second):
    _, given, _ = api.register()
    one, two = api.meanwhile(lambda a: verify(a, given["token_digest"]), second,
                             lambda a: verify(a, given["token_digest"]))
    assert (one["status"], two["status"]) == ("verified", "already_verified")


def test_one_operation_verifies_once(api, admin):
    _, given, _ = api.register()
    op = operation()
    rows = api.crowd(20, lambda a, n: verify(a, given["token_digest"], op))
    assert {row["status"] for row in rows} == {"verified"}
    assert kinds(admin, op) == ["welcome"]


# resend_verification

def test_resend_replaces_the_token(api, admin):
    _, given, _ = api.register()
    op, token, row = ask(api, "resend_verification", given["email"].upper())
    assert row == ACCEPTED
    assert kinds(admin, op) == ["verification"]
    assert verify(api, given["token_digest"])["status"] == "invalid_token"
    assert verify(api, token)["status"] == "verified"


def test_resend_to_nobody_and_to_the_verified(api, admin):
    user = api.verified_user()
    for email in (fresh() + "@example.com", user["email"]):
        op, token, row = ask(api, "resend_verification", email)
        assert row == ACCEPTED
        assert kinds(admin, op) == []
        assert verify(api, token)["status"] == "invalid_token"
    assert verify(api, user["token_digest"])["status"] == "already_verified"


def test_resend_to_the_inactive(api, admin):
    _, given, _ = api.register()
    admin.execute("update oauth2.users set is_active = false where email = %s",
                  [given["email"]])
    op, _, row = ask(api, "resend_verification", given["email"])
    assert row == ACCEPTED
    assert kinds(admin, op) == []


def test_resend_once_an_operation(api, admin):
    _, given, _ = api.register()
    op, token, row = ask(api, "resend_verification", given["email"])
    assert ask(api, "resend_verification", given["email"], secret(), op)[2] == row
    assert kinds(admin, op) == ["verification"]
    assert verify(api, token)["status"] == "verified"
    reused = api.resend_verification(op, "direct", {
        "email": given["email"], "token_digest": secret(), "token_expires_at": 0,
        "fingerprint": "another"})
    assert reused["status"] == "key_reused"


# set_password_reset_token, reset_token_find

def test_reset_token(api, admin):
    user = api.verified_user()
    op, token, row = ask(api, "set_password_reset_token", user["email"].upper())
    assert row == ACCEPTED
    assert kinds(admin, op) == ["reset"]
    assert api.reset_token_find(token) == {"status": "valid"}
    assert api.reset_token_find(secret()) == {"status": "invalid"}


def test_only_the_newest_reset_token(api, admin):
    user = api.verified_user()
    op, old, _ = ask(api, "set_password_reset_token", user["email"])
    _, new, _ = ask(api, "set_password_reset_token", user["email"])
    # a late repetition of the older one changes nothing
    assert ask(api, "set_password_reset_token", user["email"], old, op)[2] == ACCEPTED
    assert api.reset_token_find(old)["status"] == "invalid"
    assert confirm(api, old)["status"] == "invalid_token"
    assert api.reset_token_find(new)["status"] == "valid"
    assert kinds(admin, op) == ["reset"]


def test_reset_for_nobody_and_the_inactive(api, admin):
    user = api.verified_user()
    admin.execute("update oauth2.users set is_active = false where id = %s",
                  [user["user_id"]])
    for email in (fresh() + "@example.com", user["email"]):
        op, token, row = ask(api, "set_password_reset_token", email)
        assert row == ACCEPTED
        assert kinds(admin, op) == []
        assert api.reset_token_find(token)["status"] == "invalid"


def test_reset_key_reused(api):
    op, _, _ = ask(api, "set_password_reset_token", fresh() + "@example.com")
    row = api.set_password_reset_token(op, "direct", {
        "email": "x@example.com", "token_digest": secret(), "token_expires_at": 0,
        "fingerprint": "another"})
    assert row["status"] == "key_reused"


# confirm_password_reset

def test_changed(api, admin):
    user = api.verified_user()
    session = api.open_session(user)
    code = api.issue_code(session)
    _, token, _ = ask(api, "set_password_reset_token", user["email"])
    op = operation()
    row = confirm(api, token, "the new hash", op)

    assert row == {"status": "changed", "method": "direct_password_reset_confirmation",
                   "result": {"user_id": user["user_id"]}}
    assert confirm(api, token, "another salt", op) == row
    assert kinds(admin, op) == ["password_changed"]
    assert api.login_find(user["email"])["hashed_password"] == "the new hash"
    assert api.reset_token_find(token)["status"] == "invalid"
    assert confirm(api, token)["status"] == "invalid_token"

    # everything that the old password opened is shut
    assert api.session_find(session["session"])["status"] == "none"
    assert api.token_find(session["token"])["status"] == "none"
    assert api.rotate(session["refresh"])[1]["status"] == "invalid"
    assert api.redeem(code)[1]["status"] == "invalid"


def test_reset_leaves_others_alone(api):
    user, other = api.verified_user(), api.verified_user()
    session = api.open_session(other)
    _, token, _ = ask(api, "set_password_reset_token", user["email"])
    confirm(api, token)
    assert api.session_find(session["session"])["status"] == "active"
    assert api.token_find(session["token"])["status"] == "active"


@pytest.mark.parametrize("change", ["password_reset_expires = now()", "is_active = false"])
def test_reset_expired_or_inactive(api, admin, change):
    user = api.verified_user()
    _, token, _ = ask(api, "set_password_reset_token", user["email"])
    admin.execute(f"update oauth2.users set {change} where id = %s", [user["user_id"]])
    assert api.reset_token_find(token)["status"] == "invalid"
    assert confirm(api, token)["status"] == "invalid_token"
    assert api.login_find(user["email"])["hashed_password"] == user["password_hash"]


def test_confirm_key_reused(api):
    op = operation()
    confirm(api, secret(), op=op)
    row = api.confirm_password_reset(op, "direct", {
        "token_digest": secret(), "password_hash": "x", "fingerprint": "another"})
    assert row["status"] == "key_reused"


def test_one_token_changes_one_password(api, admin):
    user = api.verified_user()
    _, token, _ = ask(api, "set_password_reset_token", user["email"])
    rows = api.crowd(20, lambda a, n: (n, confirm(a, token, f"hash {n}")))
    winners = [n for n, row in rows if row["status"] == "changed"]
    assert len(winners) == 1
    assert {row["status"] for _, row in rows} == {"changed", "invalid_token"}
    assert api.login_find(user["email"])["hashed_password"] == f"hash {winners[0]}"


def test_log_in_during_a_reset(api, second):
    """A log-in with the old password that waits for the reset fails."""
    user = api.verified_user()
    _, token, _ = ask(api, "set_password_reset_token", user["email"])
    _, row = api.meanwhile(
        lambda a: confirm(a, token), second,
        lambda a: a.session_open(user["user_id"], user["password_hash"], secret(),
                                 operation(), secret(), "openid", 60, 60, 60, None, None))
    assert row["status"] == "none"


def test_reset_during_a_log_in(api, second):
    """A reset that waits for a log-in with the old password ends it."""
    user = api.verified_user()
    _, token, _ = ask(api, "set_password_reset_token", user["email"])
    session, row = api.meanwhile(lambda a: a.open_session(user), second,
                                 lambda a: confirm(a, token))
    assert row["status"] == "changed"
    assert api.session_find(session["session"])["status"] == "none"
    assert api.token_find(session["token"])["status"] == "none"


@pytest.mark.parametrize("what", ["rotate", "redeem", "refresh", "issue"])
def test_reset_during_an_exchange(api, second, what):
    """A reset that waits for a new token of the user ends that token, too."""
    user = api.verified_user()
    session = api.open_session(user)
    code = api.issue_code(session)
    _, token, _ = ask(api, "set_password_reset_token", user["email"])
    made = str(uuid.uuid4())

    def exchange(a):
        if what == "rotate":
            return a.rotate(session["refresh"], token=made)[1]
        if what == "redeem":
            return a.redeem(code, token=made)[1]
        if what == "refresh":
            return a.session_refresh(session["session"], made, secret(), "openid", 60, 60)
        return a.issue_code(session, code_challenge="late")

    one, row = api.meanwhile(exchange, second, lambda a: confirm(a, token))
    assert row["status"] == "changed"
    assert api.token_find(made)["status"] == "none"
    if what == "issue":
        assert api.redeem(one)[1]["status"] == "invalid"
