# SPDX-License-Identifier: MIT
"""The functions of statements.def, called with the types that it names."""

import hashlib
import importlib.machinery
import importlib.util
import itertools
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from .postgres import ROOT

ACCESS = 1800
REFRESH = 7 * 86400
SESSION = 30 * 86400

_numbers = itertools.count(1)


def load_check():
    """sql/check as a module, for its reader of statements.def."""
    loader = importlib.machinery.SourceFileLoader("sql_check", str(ROOT / "sql" / "check"))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("sql_check", loader))
    loader.exec_module(module)
    return module


STATEMENTS = load_check().statements()


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def fresh(prefix="x"):
    """A text that no one else in this process has."""
    return f"{prefix}{next(_numbers)}-{uuid.uuid4().hex[:8]}"


def secret():
    return digest(fresh())


def none(row, status="none"):
    """The row says nothing but that there is nothing."""
    return row["status"] == status and not any(v for k, v in row.items() if k != "status")


def opening(user, **changes):
    """The values of session_open, in order."""
    return list({
        "user": user["user_id"], "hash": user["password_hash"], "session": secret(),
        "token": str(uuid.uuid4()), "refresh": secret(), "scope": "openid", "lifetime": 3600,
        "access": 1800, "refresh_lifetime": 7200, "agent": "a browser",
        "address": "192.0.2.1", **changes,
    }.values())


def operation():
    return str(uuid.uuid4())


def kinds(admin, *operations):
    """The kinds of the mails that operations have left."""
    return [row["kind"] for row in admin.execute(
        "select kind from oauth2.outbox where operation_id = any (%s)", [list(operations)])]


class Api:
    """One connection; api.f(...) answers f's row, api.rows("f", ...) all rows."""

    def __init__(self, conninfo):
        self.conninfo = conninfo
        # a test that waits for itself fails, rather than its whole run
        self.connection = psycopg.connect(conninfo, autocommit=True, row_factory=dict_row,
                                          options="-c lock_timeout=20s")

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.connection.close()

    def rows(self, name, *values):
        _, types, columns = STATEMENTS[name]
        assert len(values) == len(types), f"{name} takes {len(types)} values"

        places = ", ".join(f"%s::{t}" for t in types)
        sent = [Jsonb(v) if t == "jsonb" and v is not None else v for t, v in zip(types, values)]
        rows = self.connection.execute(
            f"select * from oauth2.{name}({places})", sent).fetchall()

        for row in rows:
            assert list(row) == [c.split()[0] for c in columns]
        return rows

    def __getattr__(self, name):
        if name not in STATEMENTS:
            raise AttributeError(name)

        def call(*values):
            rows = self.rows(name, *values)
            assert len(rows) == 1
            return rows[0]

        return call

    def crowd(self, count, call):
        """
        Calls call(api, number) on so many connections at the same moment;
        answers the list of what they answered.
        """
        barrier = Barrier(count)

        def one(number):
            with Api(self.conninfo) as api:
                api.connection.execute("select 1")
                barrier.wait(30)
                return call(api, number)

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))

    @property
    def pid(self):
        return self.connection.info.backend_pid

    def wait_blocked(self, pid, deadline=10):
        """Until the backend of this pid waits for another one's lock."""
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            row = self.connection.execute(
                "select cardinality(pg_blocking_pids(%s)) as n", [pid]).fetchone()
            if row["n"] > 0:
                return
            time.sleep(0.01)
        raise TimeoutError("nothing waits")

    def meanwhile(self, first, second, call, end="commit"):
        """
        first(self) in an open transaction; call(second) in a thread, which
        must wait for it; then the end.  Answers what both answered.
        """
        with ThreadPoolExecutor(1) as pool, Api(self.conninfo) as watch:
            self.connection.execute("begin")
            try:
                one = first(self)
                waiting = pool.submit(call, second)
                watch.wait_blocked(second.pid)
                assert not waiting.done()
            finally:
                self.connection.execute(end)
            return one, waiting.result(10)

    # what most tests begin with

    def register(self, method="direct_registration", operation=None, **changes):
        """(operation id, input, row) of create_user."""
        operation = operation or str(uuid.uuid4())
        given = {
            "email": fresh("user") + "@example.com",
            "password_hash": "$2b$12$" + fresh(),
            "token_digest": secret(),
            "token_expires_at": int(time.time()) + 3600,
            "reveal": False,
            "fingerprint": "f",
            **changes,
        }
        return operation, given, self.create_user(operation, method, given)

    def verify(self, token, op=None):
        return self.verify_user_email(op or operation(), "direct_verification",
                                      {"token_digest": token, "fingerprint": "f"})

    def ask(self, name, email, token=None, op=None):
        """(operation id, token, row) of a function that mails a token."""
        op, token = op or operation(), token or secret()
        row = getattr(self, name)(op, "direct_password_reset", {
            "email": email, "token_digest": token, "fingerprint": "f",
            "token_expires_at": int(time.time()) + 3600})
        return op, token, row

    def confirm(self, token, password="a new hash", op=None):
        return self.confirm_password_reset(
            op or operation(), "direct_password_reset_confirmation",
            {"token_digest": token, "password_hash": password, "fingerprint": "f"})

    def verified_user(self, **changes):
        """{user_id, email, password_hash, ...} of somebody who may log in."""
        _, given, row = self.register(**changes)
        assert row["status"] == "created"
        verified = self.verify(given["token_digest"])
        assert verified["status"] == "verified"
        return {**given, "user_id": row["result"]["user_id"]}

    def open_session(self, user, **changes):
        """{session, token, refresh, session_id} of a log-in."""
        given = {
            "session": secret(), "token": str(uuid.uuid4()), "refresh": secret(),
            "scope": "openid profile email", "session_lifetime": SESSION,
            "access_lifetime": ACCESS, "refresh_lifetime": REFRESH, **changes,
        }
        row = self.session_open(
            user["user_id"], user["password_hash"], given["session"], given["token"],
            given["refresh"], given["scope"], given["session_lifetime"],
            given["access_lifetime"], given["refresh_lifetime"], "a browser", "192.0.2.1")
        assert row["status"] == "opened"
        return {**given, **row}

    def issue_code(self, session, client="demo", lifetime=60, remember=False, **parameters):
        """{code, request, redirect_uri, ...} of an authorization transaction."""
        given = {
            "redirect_uri": "https://app.example.com/callback",
            "scope": "openid profile offline_access", "state": "a state",
            "nonce": "a nonce", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            **parameters,
        }
        request, code = secret(), secret()
        assert self.authorization_start(request, client, given, 600)["status"] == "started"
        row = self.code_issue(request, session["session"], code, remember, lifetime)
        assert row["status"] == "issued"
        return {**given, "request": request, "code": code, "client": client}

    def redeem(self, issued, **changes):
        """(what was sent, row) of code_redeem, by default as the client does it."""
        sent = {
            "code": issued["code"], "client": issued["client"],
            "redirect_uri": issued["redirect_uri"], "challenge": issued["code_challenge"],
            "token": str(uuid.uuid4()), "refresh": secret(), "access_lifetime": ACCESS,
            "refresh_lifetime": REFRESH, "parameters": None, **changes,
        }
        return sent, self.code_redeem(*sent.values())

    def rotate(self, old, client="account", scope=None, **changes):
        """(what was sent, row) of refresh_rotate."""
        sent = {
            "old": old, "client": client, "scope": scope, "token": str(uuid.uuid4()),
            "refresh": secret(), "access_lifetime": ACCESS, "refresh_lifetime": REFRESH,
            "grace": 10, "parameters": None, **changes,
        }
        return sent, self.refresh_rotate(*sent.values())
