# SPDX-License-Identifier: MIT
"""admin_user_set: for the owner of the schema only, at once, and strict."""

import uuid

import psycopg
import pytest

from lib.postgres import MIGRATE, ask, run
from psycopg.types.json import Jsonb


@pytest.fixture
def change(admin):
    """The answer's status and body."""
    def call(value):
        row = admin.execute("select * from oauth2.admin_user_set(%s)", [Jsonb(value)]).fetchone()
        return row["status"], row["body"]
    return call


def test_administrator_and_back(api, change):
    user = api.verified_user(first_name="Ada")
    session = api.open_session(user)
    for value in (True, False):
        status, body = change({"email": user["email"].upper(), "is_superuser": value})
        assert status == 200
        assert body.pop("last_login")
        assert body == {**session["profile"], "is_superuser": value, "is_active": True}
        assert api.session_find(session["session"])["is_superuser"] is value
        assert api.token_find(session["token"])["is_superuser"] is value


def test_disabled_and_enabled(api, change):
    user = api.verified_user()
    session = api.open_session(user)
    status, body = change({"id": user["user_id"], "is_active": False})
    assert (status, body["is_active"]) == (200, False)
    assert api.session_find(session["session"])["status"] == "none"
    assert api.login_find(user["email"])["is_active"] is False

    assert change({"id": user["user_id"].upper(), "is_active": True})[0] == 200
    assert api.session_find(session["session"])["status"] == "none", "the session has ended"
    assert api.login_find(user["email"])["is_active"] is True


def test_nothing_to_set_changes_nothing(api, admin, change):
    user = api.verified_user()
    change({"id": user["user_id"], "is_superuser": True})
    assert change({"id": user["user_id"]})[1]["is_superuser"] is True


@pytest.mark.parametrize("value", [{"email": "nobody@example.com"}, {"id": str(uuid.uuid4())},
                                   {"id": "no id", "is_superuser": True}, {"email": ""}])
def test_unknown(change, value):
    assert change(value) == (404, {"code": "not_found"})


@pytest.mark.parametrize("value, pointers", [
    ({}, ["/email"]),
    ([], ["/email"]),
    ("x", ["/email"]),
    ({"email": None, "is_superuser": True}, ["/email"]),
    ({"email": "a@example.com", "id": str(uuid.uuid4())}, ["/email"]),
    ({"email": "a@example.com", "is_superuser": "true"}, ["/is_superuser"]),
    ({"email": "a@example.com", "is_superuser": None, "is_active": 1},
     ["/is_active", "/is_superuser"]),
    ({"email": "a@example.com", "hashed_password": "x"}, ["/hashed_password"]),
])
def test_refused(change, value, pointers):
    status, body = change(value)
    assert (status, body["code"]) == (422, "invalid_fields")
    assert [e["pointer"] for e in body["errors"]] == pointers
    assert all(e["detail"] for e in body["errors"])


def test_programs_make_no_administrators(api):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        api.connection.execute("select * from oauth2.admin_user_set('{}')")


def test_migrate_over_functions_without_the_column(own):
    """As a database of the days before has them."""
    ask(own, """
        do $$ begin
        drop function oauth2.session_find(text);
        drop function oauth2.token_find(uuid);
        create function oauth2.session_find(p text, out status text) language plpgsql
        as 'begin end';
        create function oauth2.token_find(p uuid, out status text) language plpgsql
        as 'begin end';
        update oauth2.schema_functions set sha256 = 'old'
        where name in ('api/session_find.sql', 'api/token_find.sql');
        end $$""")
    assert run(MIGRATE, own) == (
        0, "replaced api/session_find.sql\nreplaced api/token_find.sql\n", "")
    app = own.replace("user=postgres", "user=oauth2_app")
    assert ask(app, "select status, is_superuser from oauth2.session_find('x')")[0] == "none"
    assert ask(app, "select status, is_superuser from oauth2.token_find(gen_random_uuid())"
               )[0] == "none"
