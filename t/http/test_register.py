# SPDX-License-Identifier: MIT
"""POST /auth/register: a user, a mail, and every field that is not acceptable."""

import uuid

import pytest

from lib.answers import problem
from lib.client import PASSWORD, fresh_email

SETTINGS = "oauth2_register_reveal on;"


def test_created(server):
    email = fresh_email()
    answer = server.register(email, username="ada.lovelace", first_name="Ada",
                             last_name="Lovelace")
    assert answer.status_code == 201
    body = answer.json()
    assert uuid.UUID(body.pop("user_id"))
    assert body.pop("message")
    assert body == {"success": True, "email": email, "is_verified": False,
                    "verification_email_sent": True, "method": "direct_registration"}
    assert answer.headers["cache-control"] == "no-store"

    user, = server.database.rows("select * from oauth2.users where email = %s", email)
    assert user["hashed_password"].startswith("$2b$")
    assert (user["username"], user["first_name"], user["last_name"]) == (
        "ada.lovelace", "Ada", "Lovelace")
    assert not user["is_verified"] and user["is_active"]


def test_token_is_in_the_mail_and_only_its_digest_in_the_table(server):
    email = fresh_email()
    assert server.register(email).status_code == 201
    token = server.mail_token(email)
    assert len(token) == 43
    kept = server.database.value(
        "select email_verification_token from oauth2.users where email = %s", email)
    assert len(kept) == 64 and kept != token


@pytest.mark.parametrize("path", ["/auth/register", "/user/register"])
def test_both_paths(server, path):
    answer = server.post(path, {"email": fresh_email(), "password": PASSWORD})
    assert answer.status_code == 201


def test_address_is_normalized(server):
    email = fresh_email()
    answer = server.register(f"  {email.upper()} ")
    assert answer.status_code == 201
    assert answer.json()["email"] == email
    problem(server.register(email), 409, "user_exists")
    problem(server.register(email.title()), 409, "user_exists")


def test_username_is_taken(server):
    assert server.register(username="grace").status_code == 201
    problem(server.register(username="Grace"), 409, "username_taken")


def test_empty_optional_fields_are_none(server):
    email = fresh_email()
    assert server.register(email, username="", first_name=" ", last_name=None).status_code == 201
    user, = server.database.rows("select * from oauth2.users where email = %s", email)
    assert (user["username"], user["first_name"], user["last_name"]) == (None, None, None)


def test_all_complaints_at_once(server):
    before = server.database.value("select count(*) from oauth2.users")
    answer = server.post("/auth/register", {
        "email": "nobody", "password": "short", "username": "a@b",
        "first_name": "<b>", "last_name": "x" * 51})
    problem(answer, 422, "invalid_fields", "/email", "/password", "/username", "/first_name",
            "/last_name")
    problem(server.post("/auth/register", {}), 422, "invalid_fields", "/email", "/password")
    assert server.database.value("select count(*) from oauth2.users") == before


@pytest.mark.parametrize("email", [
    "a", "a@", "@b.example", "a@b@c.example", "a b@c.example", "a@c", "a@-c.example",
    "a\r\nBcc: x@y.example", "a@c.example\n", '"a"@c.example', "a@c..example", "ä@c.example",
    "x" * 65 + "@c.example"])
def test_addresses_that_are_none(server, email):
    problem(server.register(email), 422, "invalid_fields", "/email")


@pytest.mark.parametrize("password", ["", "seven77", "x" * 73, "é" * 37])
def test_passwords_that_will_not_do(server, password):
    problem(server.register(password=password), 422, "invalid_fields", "/password")


@pytest.mark.parametrize("password", ["eightchr", "x" * 72, "é" * 36, "  spaces  ", "\ttab in it"])
def test_passwords_that_do(server, password):
    user = server.user(password, login=True)
    assert user.tokens["access_token"]


def test_nobody_sets_what_is_not_asked_for(server):
    email = fresh_email()
    answer = server.register(email, is_superuser=True, is_verified=True, is_active=False,
                             id=str(uuid.uuid4()), reveal=False)
    assert answer.status_code == 201
    user, = server.database.rows("select * from oauth2.users where email = %s", email)
    assert not user["is_verified"] and user["is_active"] and not user.get("is_superuser")


def test_sql_is_text(server):
    name = "Robert'); drop table oauth2.users; --"
    email = fresh_email()
    assert server.register(email, first_name=name).status_code == 201
    assert server.database.value(
        "select first_name from oauth2.users where email = %s", email) == name
