# SPDX-License-Identifier: MIT
"""verify_user_email, resend_verification: the newest token, in time."""

import pytest

from lib.statements import fresh, kinds, operation, secret

ACCEPTED = {"status": "accepted", "method": "direct_password_reset", "result": {}}


def test_verified(api, admin):
    _, given, made = api.register(first_name="Ada")
    op = operation()
    row = api.verify(given["token_digest"], op)

    assert row == {"status": "verified", "method": "direct_verification",
                   "result": {"user_id": made["result"]["user_id"],
                              "email": given["email"]}}
    assert api.login_find(given["email"])["is_verified"] is True
    assert api.verify(given["token_digest"], op) == row
    assert kinds(admin, op) == ["welcome"]


def test_second_click(api, admin):
    _, given, made = api.register()
    api.verify(given["token_digest"])
    op = operation()
    row = api.verify(given["token_digest"], op)
    assert row["status"] == "already_verified"
    assert row["result"]["user_id"] == made["result"]["user_id"]
    assert kinds(admin, op) == []


@pytest.mark.parametrize("is_verified", [False, True])
def test_expired_verification(api, admin, is_verified):
    _, given, _ = api.register()
    if is_verified:
        api.verify(given["token_digest"])
    admin.execute("update oauth2.users set email_verification_expires = now()"
                  " where email = %s", [given["email"]])
    assert api.verify(given["token_digest"]) == {
        "status": "invalid_token", "method": "direct_verification", "result": {}}
    assert api.login_find(given["email"])["is_verified"] is is_verified


def test_unknown_token(api):
    op = operation()
    row = api.verify(secret(), op)
    assert row["status"] == "invalid_token"
    assert api.verify(secret(), op) == row


def test_inactive_user_verifies_nothing(api, admin):
    _, given, _ = api.register()
    admin.execute("update oauth2.users set is_active = false where email = %s",
                  [given["email"]])
    assert api.verify(given["token_digest"])["status"] == "invalid_token"


def test_verify_key_reused(api):
    op = operation()
    api.verify(secret(), op)
    row = api.verify_user_email(op, "direct_verification",
                                {"token_digest": secret(), "fingerprint": "another"})
    assert row["status"] == "key_reused"


def test_two_clicks_at_once(api, second):
    _, given, _ = api.register()
    one, two = api.meanwhile(lambda a: a.verify(given["token_digest"]), second,
                             lambda a: a.verify(given["token_digest"]))
    assert (one["status"], two["status"]) == ("verified", "already_verified")


def test_one_operation_verifies_once(api, admin):
    _, given, _ = api.register()
    op = operation()
    rows = api.crowd(20, lambda a, n: a.verify(given["token_digest"], op))
    assert {row["status"] for row in rows} == {"verified"}
    assert kinds(admin, op) == ["welcome"]


def test_resend_replaces_the_token(api, admin):
    _, given, _ = api.register()
    op, token, row = api.ask("resend_verification", given["email"].upper())
    assert row == ACCEPTED
    assert kinds(admin, op) == ["verification"]
    assert api.verify(given["token_digest"])["status"] == "invalid_token"
    assert api.verify(token)["status"] == "verified"


def test_resend_to_nobody_and_to_the_verified(api, admin):
    user = api.verified_user()
    for email in (fresh() + "@example.com", user["email"]):
        op, token, row = api.ask("resend_verification", email)
        assert row == ACCEPTED
        assert kinds(admin, op) == []
        assert api.verify(token)["status"] == "invalid_token"
    assert api.verify(user["token_digest"])["status"] == "already_verified"


def test_resend_to_the_inactive(api, admin):
    _, given, _ = api.register()
    admin.execute("update oauth2.users set is_active = false where email = %s",
                  [given["email"]])
    op, _, row = api.ask("resend_verification", given["email"])
    assert row == ACCEPTED
    assert kinds(admin, op) == []


def test_resend_once_an_operation(api, admin):
    _, given, _ = api.register()
    op, token, row = api.ask("resend_verification", given["email"])
    assert api.ask("resend_verification", given["email"], secret(), op)[2] == row
    assert kinds(admin, op) == ["verification"]
    assert api.verify(token)["status"] == "verified"
    reused = api.resend_verification(op, "direct", {
        "email": given["email"], "token_digest": secret(), "token_expires_at": 0,
        "fingerprint": "another"})
    assert reused["status"] == "key_reused"
