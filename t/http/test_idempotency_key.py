# SPDX-License-Identifier: MIT
"""Idempotency-Key: the same key and body happen once; the same key and another body never."""

import concurrent.futures
import secrets

import pytest

from lib.answers import problem
from lib.client import PASSWORD, fresh_email
from lib.smtp import text_of

SETTINGS = "oauth2_register_reveal on;"


def key():
    return {"Idempotency-Key": secrets.token_hex(8)}


def test_register_twice(server):
    email, headers = fresh_email(), key()
    one = server.register(email, headers=headers, first_name="Ada")
    two = server.register(email, headers=headers, first_name="Ada")
    assert one.status_code == two.status_code == 201
    assert one.json() == two.json()
    server.mail_token(email)
    assert server.database.value(
        "select count(*) from oauth2.outbox where recipient = %s", email) == 1
    problem(server.register(email), 409, "user_exists")


def test_failure_is_kept_as_well(server):
    user, headers = server.user(), key()
    problem(server.register(user.email, headers=headers), 409, "user_exists")
    server.database.rows("delete from oauth2.users where id = %s", user.user_id)
    problem(server.register(user.email, headers=headers), 409, "user_exists")
    assert server.register(user.email).status_code == 201


def test_parallel(server):
    email, headers = fresh_email(), key()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: server.register(email, headers=headers), range(8)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.text for a in answers}) == 1
    assert server.database.value(
        "select count(*) from oauth2.users where email = %s", email) == 1


@pytest.mark.parametrize("changes", [
    {"email": None}, {"password": PASSWORD + "!"}, {"first_name": "Eve"}, {"first_name": None},
    {"username": "eve-idem"}])
def test_another_body(server, changes):
    headers = key()
    body = {"email": fresh_email(), "password": PASSWORD, "first_name": "Ada"}
    assert server.browser().post("/auth/register", json=body, headers=headers).status_code == 201
    other = {**body, **changes}
    other["email"] = other["email"] or fresh_email()
    answer = server.browser().post("/auth/register", json=other, headers=headers)
    problem(answer, 422, "idempotency_key_reused")


def test_order_and_blanks_of_the_body_do_not_matter(server):
    headers = key()
    email = fresh_email()
    for body in (f'{{"email":"{email}","password":"{PASSWORD}"}}',
                 f'{{ "password": "{PASSWORD}",\n "email": "{email}", "username": null }}'):
        answer = server.browser().post("/auth/register", content=body, headers={
            **headers, "Content-Type": "application/json"})
        assert answer.status_code == 201


def test_a_key_is_for_one_operation(server):
    headers, user = key(), server.user()
    assert server.register(headers=headers).status_code == 201
    answer = server.browser().post("/auth/password-reset/request", headers=headers,
                                   json={"email": user.email})
    assert answer.status_code == 202


def test_reset(server):
    user, headers = server.user(), key()
    for _ in range(2):
        answer = server.browser().post("/auth/password-reset/request", headers=headers,
                                       json={"email": user.email})
        assert answer.status_code == 202
    message = server.mail.wait_message(user.email, 3)
    assert server.database.value(
        "select count(*) from oauth2.outbox where recipient = %s and kind = 'reset'",
        user.email) == 1
    token = text_of(message).split("token=")[1].split()[0]
    headers, body = key(), {"token": token, "new_password": "another good password"}
    one, two = (server.browser().post("/auth/password-reset/confirm", headers=headers, json=body)
                for _ in range(2))
    assert one.status_code == two.status_code == 200
    assert one.json() == two.json()
    answer = server.browser().post("/auth/password-reset/confirm", json=body)
    problem(answer, 400, "invalid_token")


def test_verify(server):
    email, headers = fresh_email(), key()
    server.register(email)
    token = server.mail_token(email)
    answers = [server.browser().post("/auth/verify-email", json={"token": token},
                                     headers=headers) for _ in range(2)]
    assert answers[0].status_code == 200
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("value", ["", "x" * 256, "é".encode(), "a\tb"])
def test_keys_that_are_none(server, value):
    answer = server.register(headers={"Idempotency-Key": value})
    problem(answer, 400, "invalid_idempotency_key")


def test_longest_key(server):
    assert server.register(headers={"Idempotency-Key": "~" * 255}).status_code == 201
