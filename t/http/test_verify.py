# SPDX-License-Identifier: MIT
"""POST /auth/verify-email and /resend: a link works once, the newest only, within its time."""

import pytest

from lib.answers import problem
from lib.client import fresh_email


def test_verified(server):
    email = fresh_email()
    user_id = server.register(email).json()["user_id"]
    answer = server.verify(server.mail_token(email))
    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("message")
    assert body == {"success": True, "user_id": user_id, "method": "direct_verification"}
    assert server.database.value(
        "select is_verified from oauth2.users where email = %s", email)


def test_second_time_is_fine_and_sends_no_second_welcome(server):
    email = fresh_email()
    server.register(email)
    token = server.mail_token(email)
    assert server.verify(token).status_code == 200
    again = server.verify(token)
    assert again.status_code == 200
    assert again.json()["success"]
    assert server.database.value(
        "select count(*) from oauth2.outbox where recipient = %s and kind = 'welcome'",
        email) == 1


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 255, "a'; --", "ä"])
def test_guesses(server, token):
    problem(server.verify(token), 400, "invalid_token")


def test_digest_is_not_the_token(server):
    email = fresh_email()
    server.register(email)
    digest = server.database.value(
        "select email_verification_token from oauth2.users where email = %s", email)
    problem(server.verify(digest), 400, "invalid_token")


def test_expired(server):
    email = fresh_email()
    server.register(email)
    token = server.mail_token(email)
    server.database.rows(
        "update oauth2.users set email_verification_expires = now() where email = %s", email)
    problem(server.verify(token), 400, "invalid_token")


def test_reading_the_link_uses_nothing(server):
    email = fresh_email()
    server.register(email)
    token = server.mail_token(email)
    for method in ("GET", "HEAD"):
        answer = server.http.request(method, "/auth/verify-email", params={"token": token})
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
    assert server.verify(token).status_code == 200


def test_field(server):
    problem(server.post("/auth/verify-email", {}), 422, "invalid_fields", "/token")
    problem(server.post("/auth/verify-email", {"token": "x" * 256}), 422, "invalid_fields",
            "/token")
    problem(server.post("/auth/verify-email", {"token": 1}), 422, "invalid_fields", "/token")


@pytest.mark.parametrize("path", ["/auth/verify-email/resend", "/user/verify-email/resend"])
def test_resend(server, path):
    email = fresh_email()
    server.register(email)
    first = server.mail_token(email)
    answer = server.post(path, {"email": email.upper()})
    assert answer.status_code == 202
    assert answer.json()["method"] == "direct_verification"
    second = server.mail_token(email, 2)
    assert second != first
    problem(server.verify(first), 400, "invalid_token")
    assert server.verify(second).status_code == 200


def test_resend_says_nothing(server):
    """Unknown, verified and waiting: one answer, and mail for the last only."""
    waiting, done = fresh_email(), server.user().email
    server.register(waiting)
    answers = [server.post("/auth/verify-email/resend", {"email": e})
               for e in (waiting, done, fresh_email())]
    assert {a.status_code for a in answers} == {202}
    assert len({a.text for a in answers}) == 1
    server.mail_token(waiting, 2)
    assert server.database.value(
        "select count(*) from oauth2.outbox where recipient = %s and kind = 'verification'",
        done) == 1


def test_resend_field(server):
    problem(server.post("/auth/verify-email/resend", {"email": "x"}), 422, "invalid_fields",
            "/email")
