# SPDX-License-Identifier: MIT
"""Nobody learns who has an account: the same words, the same mail path, the same steps."""

import re

import pytest

from lib.answers import problem
from lib.client import fresh_email
from lib.site import end_server, start_server
from lib.smtp import text_of


@pytest.fixture(scope="module")
def quiet(request, database, keys, flavour):
    """A server that logs its steps."""
    made = start_server(request, database, keys, flavour, level="debug")
    yield made
    end_server(made, request)


def same(one, two, *fresh):
    """Answers that differ in nothing but what must be fresh."""
    assert one.status_code == two.status_code
    bodies = [a.json() for a in (one, two)]
    for body in bodies:
        for name in ("request_id", *fresh):
            body.pop(name, None)
    assert bodies[0] == bodies[1]
    names = [sorted(a.headers) for a in (one, two)]
    assert names[0] == names[1]


def test_register(server):
    """An address that is taken: its owner gets a mail, the caller a success."""
    user = server.user(first_name="Ada")
    taken, free = server.register(user.email, first_name="Eve"), server.register()
    assert taken.status_code == 201
    assert taken.json()["user_id"] not in (user.user_id, free.json()["user_id"])
    assert taken.json().pop("email") == user.email
    same(taken, free, "user_id", "email")
    mail = server.mail.wait_message(user.email, 3)
    assert "token=" not in text_of(mail)
    assert "Eve" not in text_of(mail)
    server.login(user)


def test_register_again_and_again(server):
    """The id of the answer is no handle either: it is another each time."""
    user = server.user()
    ids = {server.register(user.email).json()["user_id"] for _ in range(3)}
    assert len(ids) == 3 and user.user_id not in ids


def test_login(server):
    user, waiting, off = server.user(), fresh_email(), server.user()
    server.register(waiting)
    server.database.rows("update oauth2.users set is_active = false where id = %s", off.user_id)
    answers = [server.post("/auth/login", {"email": e, "password": "not it at all"})
               for e in (user.email, waiting, off.email, fresh_email(), "some-username", "x")]
    for answer in answers:
        problem(answer, 401, "invalid_credentials")
        same(answer, answers[0])


def test_reset(server):
    user, off = server.user(), server.user()
    server.database.rows("update oauth2.users set is_active = false where id = %s", off.user_id)
    answers = [server.post("/auth/password-reset/request", {"email": e})
               for e in (user.email, off.email, fresh_email())]
    for answer in answers:
        assert answer.status_code == 202
        same(answer, answers[0])


def test_resend(server):
    user, waiting = server.user(), fresh_email()
    server.register(waiting)
    answers = [server.post("/auth/verify-email/resend", {"email": e})
               for e in (user.email, waiting, fresh_email())]
    for answer in answers:
        assert answer.status_code == 202
        same(answer, answers[0])


def steps(server, do):
    """The steps that a request goes through: the same steps, the same time.
    A hash is one of them, and so is each call of the database."""
    log = server.nginx.error_log
    before = log.stat().st_size
    do()
    return re.findall(r"oauth2 step: (.*?)(?:,|$)", log.read_bytes()[before:].decode(),
                      flags=re.MULTILINE)


def test_login_takes_the_same_steps(quiet):
    """An unknown user costs a password check as well."""
    user = quiet.user()

    def login(email, password):
        return steps(quiet, lambda: quiet.post(
            "/auth/login", {"email": email, "password": password}))

    known = login(user.email, "not the password")
    assert "checking password" in known
    assert login(fresh_email(), "not the password") == known
    assert login(fresh_email(), "x" * 1000) == known


def test_register_takes_the_same_steps(quiet):
    user = quiet.user()
    taken = steps(quiet, lambda: quiet.register(user.email))
    assert any("hashing" in step for step in taken), taken
    assert steps(quiet, quiet.register) == taken


def test_reset_takes_the_same_steps(quiet):
    user = quiet.user()

    def request(email):
        return steps(quiet, lambda: quiet.post("/auth/password-reset/request", {"email": email}))

    assert request(user.email) == request(fresh_email()) != []
