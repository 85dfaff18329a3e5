# SPDX-License-Identifier: MIT
"""src/db in service: pipelines, errors, deadlines, detaching, statements that differ."""

import pytest

from lib.db_layer import (  # noqa: F401
    backends, calls, create_function, schema, server, start)
from lib.process import wait_for


def test_a_thousand_at_once(start, server):
    drive = start()
    drive.say("start 1 1000 login_find hello")
    answers = drive.done(1000)
    assert set(answers) == set(range(1, 1001))
    assert {a[:2] + a[3:] for a in answers.values()} == {("ok", 1, "hello")}
    assert calls(server, "login_find") == 1000
    assert drive.state() == (0, True)
    assert drive.errors() == []


def test_an_error_touches_no_neighbour(start, server):
    drive = start(fast=1).ready()
    drive.say("start 1 4 login_find a", "start 5 1 login_find error", "start 6 4 login_find b")
    answers = drive.done(9)
    assert answers.pop(5)[0] == "error"
    assert {a[0] for a in answers.values()} == {"ok"}
    assert calls(server, "login_find") == 8
    assert drive.errors() == ["oauth2.login_find failed: wished for (SQLSTATE P0001)"]


def test_a_commit_that_fails_is_no_success(start, server):
    server.psql("create table parents (id text primary key);"
                "alter table calls add foreign key (arg) references parents"
                " deferrable initially deferred")
    drive = start().ready()
    drive.say("start 1 1 login_find orphan")
    answers = drive.done(1)
    assert answers[1][:2] == ("error", 0)
    server.psql("drop table calls, parents; create table calls (name text, arg text)")


def test_slow_ones_do_not_delay_fast_ones(start):
    drive = start().ready()
    drive.say("start 1 2 session_close sleep:1 - -", "start 3 1 session_close next - -",
              "start 4 20 login_find hello")
    answers = drive.done(23)
    assert all(answers[i][2] < 500 for i in range(4, 24))
    assert 900 < answers[3][2] < 2000
    assert {a[0] for a in answers.values()} == {"ok"}


def test_too_slow_a_statement_keeps_its_connection(start, server):
    drive = start(slow=1, timeout=500).ready()
    old = set(backends(server))
    drive.say("start 1 1 session_close sleep:5 - -")
    answer = drive.done(1)[1]
    assert answer[0] == "unavailable" and 450 < answer[2] < 700
    wait_for(lambda: drive.state()[0] == 0, what="drained")
    drive.say("start 2 1 session_close hello - -")
    assert drive.done(2)[2][0] == "ok"
    assert set(backends(server)) == old
    assert drive.errors() == []


def test_a_full_queue(start):
    drive = start(slow=1, queue=5).ready()
    drive.say("start 1 10 session_close sleep:0.1 - -")
    answers = drive.done(10)
    assert [answers[i][0] for i in range(1, 11)] == ["ok"] * 6 + ["busy"] * 4
    drive.say("start 11 1 session_close hello - -")
    assert drive.done(11)[11][0] == "ok"


def test_detached(start, server):
    drive = start(slow=1).ready()
    drive.say("start 1 3 session_close sleep:0.2 - -", "detach 1", "detach 2")
    answers = drive.done(1)
    assert set(answers) == {3}
    assert drive.state() == (0, True)
    assert calls(server, "session_close") == 2, "the one in flight was drained"


def test_done_may_do_anything(start):
    """Start others, detach one in flight and one that waits."""
    drive = start(fast=1, depth=2).ready()
    drive.say("chain 1 300 login_find hello", "start 1001 6 login_find sleep:0.05",
              "when 1001 detach 1002", "when 1003 detach 1006")
    answers = drive.done(304)
    assert set(answers) == {*range(1, 301), 1001, 1003, 1004, 1005}
    assert {a[0] for a in answers.values()} == {"ok"}


def test_done_may_destroy(start):
    drive = start(slow=1).ready()
    drive.say("start 1 3 session_close sleep:0.1 - -", "start 4 10 login_find sleep:0.5",
              "when 1 destroy")
    drive.wait("destroyed")
    answers = drive.done(13)
    assert answers.pop(1)[0] == "ok"
    assert {a[0] for a in answers.values()} == {"unavailable"}


def test_destroyed_while_connecting(start, server):
    drive = start()
    drive.say("start 1 3 login_find hello", "quit")
    drive.wait("destroyed")
    assert len(drive.done(3)) == 3


@pytest.mark.parametrize(("change", "line"), [
    ("drop function oauth2.health();"
     "create function oauth2.health() returns table (status text, version bigint)"
     " language sql as $$ select 'ok', 1::bigint $$",
     'oauth2.health: column "version" is bigint, not integer'),
    ("drop function oauth2.health()",
     "oauth2.health: function oauth2.health() does not exist"),
    ("drop function oauth2.health(); drop function oauth2.login_find(text)",
     "oauth2.health: function oauth2.health() does not exist (and 1 more)"),
    ("drop function oauth2.login_find(text);"
     "create function oauth2.login_find(uuid) returns table (status text, user_id uuid,"
     " hashed_password text, is_active boolean, is_verified boolean)"
     " language sql as $$ select 'none', null::uuid, null, true, true $$",
     "oauth2.login_find: function oauth2.login_find(text) does not exist"),
    ("drop function oauth2.login_find(text);"
     "create function oauth2.login_find(text) returns table (status text, user_id uuid,"
     " password text, is_active boolean, is_verified boolean)"
     " language sql as $$ select 'none', null::uuid, null, true, true $$",
     'oauth2.login_find: column "hashed_password" does not exist'),
])
def test_another_signature_keeps_it_unready(start, schema, change, line):
    schema.psql(change)
    drive = start()
    drive.wait("log debug database does not match .*", 8)
    assert drive.errors() == [f"database does not match this program: {line}"]
    assert drive.state()[1] is False
    drive.say("start 1 1 login_find hello")
    assert drive.done(1)[1][0] == "unavailable"

    names = [n for n in ("health", "login_find") if n in change]
    schema.psql("".join(f"drop function if exists oauth2.{n};{create_function(n)}"
                        for n in names))
    drive.ready()


def test_a_signature_that_changes_in_service(start, schema):
    """No wrong read: the connection is checked anew, and heals."""
    drive = start().ready()
    drive.say("start 1 1 login_find hello")
    assert drive.done(1)[1][0] == "ok"
    schema.psql("drop function oauth2.login_find;"
                "create function oauth2.login_find(text) returns table (status varchar,"
                " user_id uuid, hashed_password text, is_active boolean, is_verified boolean)"
                " language sql as $$ select 'x'::varchar, null::uuid, null, true, true $$")
    drive.say("start 2 4 login_find hello")
    assert {drive.done(5)[i][0] for i in (2, 3, 4, 5)} == {"unavailable"}
    drive.wait('log error .*: column "status" is of another type, not text')
    schema.psql("drop function oauth2.login_find;" + create_function("login_find"))
    wait_for(lambda: drive.state() == (0, True), what="ready")
    drive.say("start 9 1 login_find hello")
    assert drive.done(6)[9][0] == "ok"


def test_what_it_says_never_holds_a_parameter(start):
    drive = start().ready()
    drive.say("start 1 1 session_close a - no-uuid", "start 2 1 profile_update - {secret")
    answers = drive.done(2)
    assert {a[0] for a in answers.values()} == {"error"}
    assert not [line for line in drive.errors() if "no-uuid" in line or "secret" in line]
    assert len(drive.errors()) == 2


def test_the_functions_that_we_have(start, database):
    """The real ones, as the role that the programs use."""
    drive = start(database.replace("user=postgres", "user=oauth2_app")).ready()
    drive.say("start 1 1 health", "start 2 1 login_find nobody@example.com")
    answers = drive.done(2)
    assert answers[1][0::3] == ("ok", "ok")
    assert answers[2][0::3] == ("ok", "none")
