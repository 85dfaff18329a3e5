# SPDX-License-Identifier: MIT
"""sql/check: what differs from statements.def is told in a line."""

import pytest

from lib.postgres import ROOT, ask, run
from lib.statements import STATEMENTS


def check(conninfo):
    code, out, err = run(ROOT / "sql" / "check", conninfo)
    assert out == ""
    assert code == (1 if err else 0)
    return err.splitlines()


def test_check_passes(own):
    assert check(own) == []


FIND = "create function oauth2.reset_token_find(%s) %s language %s %s as $$ %s $$"
DEFINER = "stable security definer set search_path = oauth2, pg_temp"
BODY = "begin return; end"


@pytest.mark.parametrize("change,line", [
    ("drop function oauth2.health()", "health is not on the server"),
    ("create function oauth2.health(x integer) returns text language plpgsql"
     " as 'begin return null; end'", "health is there more than once"),
    ("alter function oauth2.health() security invoker", "health is not security definer"),
    ("alter function oauth2.health() reset search_path",
     "health is set [], not search_path = oauth2, pg_temp"),
    ("alter function oauth2.health() volatile", "health is FAST and its volatility is 'v'"),
    ("grant execute on function oauth2.health() to public",
     "health can be executed by public"),
    ("revoke execute on function oauth2.health() from oauth2_app",
     "health cannot be executed by oauth2_app"),
    ("grant execute on function oauth2.session_end(uuid) to oauth2_app",
     "session_end can be executed by oauth2_app"),
    ("grant select on oauth2.users to oauth2_app",
     "oauth2_app has rights on the table users"),
    ("drop function oauth2.reset_token_find(text);"
     + FIND % ("p uuid, out status text", "", "plpgsql", DEFINER, BODY),
     "reset_token_find takes (uuid), not (text)"),
    ("drop function oauth2.reset_token_find(text);"
     + FIND % ("p text, out state text, out n integer", "", "plpgsql", DEFINER, BODY),
     "reset_token_find answers (state text, n integer), not (status text)"),
    ("drop function oauth2.reset_token_find(text);"
     + FIND % ("p text, out status text", "", "sql", DEFINER, "select 'valid'"),
     "reset_token_find is written in sql, not in plpgsql"),
])
def test_check_finds(own, change, line):
    ask(own, change)
    assert f"statements.def: {line}" in check(own)


def test_check_without_a_server(tmp_path):
    (line,) = [s for s in check(f"host={tmp_path} dbname=x") if s.startswith("check: ")]
    assert "failed" in line


def test_every_statement_is_read():
    text = (ROOT / "src" / "db" / "statements.def").read_text()
    assert len(STATEMENTS) == text.count("\nOAUTH2_STATEMENT(") > 0
    assert STATEMENTS["health"] == ("FAST", [], ["status text", "version integer"])
