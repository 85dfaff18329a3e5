# SPDX-License-Identifier: MIT
"""The four operations of the matrix: what they need, what is sent, and what
must be true afterwards, once."""

import hashlib
import secrets

from lib.client import PASSWORD, fresh_email
from lib.smtp import token_of, link_of

OLD_HASH = "$2b$04$" + "N" * 53
NEW_PASSWORD = "another good password"


class Operation:
    """One of them, for an address of its own.  The user it needs is put
    into the database, so that nothing else is under way."""

    name = path = workflow = kind = None
    success = 200

    def __init__(self, system):
        self.system = system
        self.email = fresh_email(self.name)
        self.token = secrets.token_urlsafe(32)
        self.prepare()

    def prepare(self):
        """Makes what it begins with."""

    def body(self):
        raise NotImplementedError

    def check(self, answer):
        """The state, after a success that answered this."""
        raise NotImplementedError

    def add_user(self, **columns):
        columns = {"email": self.email, "hashed_password": OLD_HASH, **columns}
        self.system.database.rows(
            f"insert into oauth2.users ({', '.join(columns)})"
            f" values ({', '.join(['%s'] * len(columns))})", *columns.values())

    def digest(self):
        return hashlib.sha256(self.token.encode()).hexdigest()

    def user(self):
        rows = self.system.database.rows(
            "select * from oauth2.users where lower(email) = %s", self.email)
        assert len(rows) == 1, f"{len(rows)} users {self.email}"
        return rows[0]


class Register(Operation):
    name, path, workflow = "register", "/auth/register", "register"
    kind, success = "verification", 201

    def body(self):
        return {"email": self.email, "password": PASSWORD, "first_name": "Ada"}

    def check(self, answer):
        assert str(self.user()["id"]) == answer["user_id"]
        token = token_of(link_of(self.system.mail.messages(self.email)[0]))
        assert self.user()["email_verification_token"] == (
            hashlib.sha256(token.encode()).hexdigest())


class Verify(Operation):
    name, path, workflow, kind = "verify", "/auth/verify-email", "verify-email", "welcome"

    def prepare(self):
        self.add_user(email_verification_token=self.digest(),
                      email_verification_expires="tomorrow")

    def body(self):
        return {"token": self.token}

    def check(self, answer):
        assert str(self.user()["id"]) == answer["user_id"]
        assert self.user()["is_verified"]


class Reset(Operation):
    name, path, workflow = "reset", "/auth/password-reset/request", "password-reset"
    kind, success = "reset", 202

    def prepare(self):
        self.add_user(is_verified=True)

    def body(self):
        return {"email": self.email}

    def check(self, answer):
        token = token_of(link_of(self.system.mail.messages(self.email)[0]))
        assert self.user()["password_reset_token"] == hashlib.sha256(token.encode()).hexdigest()
        assert self.user()["hashed_password"] == OLD_HASH


class Confirm(Operation):
    name, path = "confirm", "/auth/password-reset/confirm"
    workflow, kind = "password-reset-confirm", "password_changed"

    def prepare(self):
        self.add_user(is_verified=True, password_reset_token=self.digest(),
                      password_reset_expires="tomorrow")

    def body(self):
        return {"token": self.token, "new_password": NEW_PASSWORD}

    def check(self, answer):
        assert self.user()["password_reset_token"] is None
        login = self.system.browser().post(
            "/auth/login", json={"email": self.email, "password": NEW_PASSWORD})
        assert login.status_code == 200, login.text


OPERATIONS = {o.name: o for o in (Register, Verify, Reset, Confirm)}
