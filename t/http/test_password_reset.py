# SPDX-License-Identifier: MIT
"""POST /auth/password-reset/request and /confirm: one use, the newest, and everything ends."""

import pytest

from lib.answers import problem
from lib.client import PASSWORD, Pkce, fresh_email
from lib.smtp import text_of

NEW = "another good password"


def request(server, email, path="/auth/password-reset/request"):
    answer = server.browser().post(path, json={"email": email})
    assert answer.status_code == 202, answer.text
    return answer


def confirm(server, token, password=NEW, path="/auth/password-reset/confirm"):
    return server.browser().post(path, json={"token": token, "new_password": password})


def reset_token(server, user, number=1):
    """The mails of a verified user: verification, welcome, resets."""
    messages = [server.mail.wait_message(user.email, n) for n in range(1, number + 3)]
    links = [text_of(m) for m in messages if "/reset-password?token=" in text_of(m)]
    assert len(links) == number
    return links[-1].split("/reset-password?token=")[1].split()[0]


@pytest.mark.parametrize("face", ["/auth", "/user"])
def test_whole(server, face):
    user = server.user()
    answer = request(server, user.email, f"{face}/password-reset/request")
    assert answer.json()["method"] == "direct_password_reset"
    answer = confirm(server, reset_token(server, user), path=f"{face}/password-reset/confirm")
    assert answer.status_code == 200
    assert answer.json()["success"]
    assert answer.json()["method"] == "direct_password_reset_confirmation"
    problem(server.post("/auth/login", {"email": user.email, "password": PASSWORD}), 401,
            "invalid_credentials")
    user.password = NEW
    server.login(user)


def test_everything_of_the_user_ends(server):
    user, pkce = server.user(login=True), Pkce()
    app = server.redeem(server.code(user, pkce), pkce).json()
    request(server, user.email)
    assert confirm(server, reset_token(server, user)).status_code == 200
    problem(user.http.get("/users/me"), 401, "unauthenticated")
    answer = server.browser().post(
        "/auth/refresh", json={"refresh_token": user.tokens["refresh_token"]})
    problem(answer, 401, "invalid_refresh_token")
    assert server.rotate(app["refresh_token"]).json()["error"] == "invalid_grant"


def test_once(server):
    user = server.user()
    request(server, user.email)
    token = reset_token(server, user)
    assert confirm(server, token).status_code == 200
    problem(confirm(server, token, "yet another one"), 400, "invalid_token")
    user.password = NEW
    server.login(user)


def test_newest_only(server):
    user = server.user()
    request(server, user.email)
    first = reset_token(server, user)
    request(server, user.email)
    second = reset_token(server, user, 2)
    problem(confirm(server, first), 400, "invalid_token")
    assert confirm(server, second).status_code == 200


def test_expired(server):
    user = server.user()
    request(server, user.email)
    token = reset_token(server, user)
    server.database.rows(
        "update oauth2.users set password_reset_expires = now() where email = %s", user.email)
    problem(confirm(server, token), 400, "invalid_token")


def test_a_verification_token_is_none(server):
    email = fresh_email()
    server.register(email)
    problem(confirm(server, server.mail_token(email)), 400, "invalid_token")


def test_a_bad_password_uses_nothing(server):
    user = server.user()
    request(server, user.email)
    token = reset_token(server, user)
    problem(confirm(server, token, "short"), 422, "invalid_fields", "/new_password")
    problem(confirm(server, token, "x" * 73), 422, "invalid_fields", "/new_password")
    assert confirm(server, token).status_code == 200


def test_fields(server):
    problem(server.post("/auth/password-reset/request", {}), 422, "invalid_fields", "/email")
    problem(server.post("/auth/password-reset/request", {"email": "x"}), 422, "invalid_fields",
            "/email")
    problem(server.post("/auth/password-reset/confirm", {}), 422, "invalid_fields", "/token",
            "/new_password")


def test_token_is_kept_as_a_digest(server):
    user = server.user()
    request(server, user.email)
    token = reset_token(server, user)
    kept = server.database.value(
        "select password_reset_token from oauth2.users where email = %s", user.email)
    assert len(kept) == 64
    problem(confirm(server, kept), 400, "invalid_token")
    for table in ("operations", "outbox"):
        assert token not in str(server.database.rows(f"select * from oauth2.{table}"))
