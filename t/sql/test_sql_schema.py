# SPDX-License-Identifier: MIT
"""The migration runner, the contract check, the rights, the demo client."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from lib.postgres import MIGRATE, ROOT
from lib.statements import STATEMENTS, fresh, secret


def run(program, conninfo):
    done = subprocess.run([program, conninfo], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def empty(cluster):
    """The conninfo of a database without our schema."""
    return cluster.create_database(migrated=False)


@pytest.fixture
def own(cluster):
    """The conninfo of a migrated database for one test."""
    return cluster.create_database()


@pytest.fixture
def tree(tmp_path):
    """A copy of sql/ that the test may change."""
    shutil.copytree(ROOT / "sql", tmp_path / "sql")
    return tmp_path / "sql"


def ask(conninfo, sql):
    with psycopg.connect(conninfo, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone() if cursor.description else None


# sql/migrate

def test_migrate_then_nothing(empty):
    code, out, err = run(MIGRATE, empty)
    assert (code, err) == (0, "")
    assert "applied migrations/0001_accounts.sql\n" in out
    assert "replaced api/create_user.sql\n" in out
    assert run(MIGRATE, empty) == (0, "", "")


def test_migrate_by_several_at_once(empty):
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: run(MIGRATE, empty), range(4)))
    applied = "".join(out for _, out, _ in results).count("applied migrations/0001")
    assert [(code, err) for code, _, err in results] == [(0, "")] * 4
    assert applied == 1


def test_migrate_refuses_a_changed_migration(own, tree):
    with open(tree / "migrations" / "0002_authorization.sql", "a") as f:
        f.write("-- a change\n")
    assert run(tree / "migrate", own) == (
        1, "", "migrate: migrations/0002_authorization.sql was changed after it had been"
               " applied\n")


def test_migrate_applies_what_is_new(own, tree):
    number = len(list((tree / "migrations").glob("*.sql"))) + 1
    (tree / "migrations" / f"{number:04}_more.sql").write_text(
        "create table oauth2.more (id integer);\n")
    code, out, err = run(tree / "migrate", own)
    assert (code, out, err) == (0, f"applied migrations/{number:04}_more.sql\n", "")
    assert ask(own, "select to_regclass('oauth2.more') is not null")[0]
    assert ask(own, "select version from oauth2.health()")[0] == number
    # and the older files leave a newer database alone
    code, out, err = run(MIGRATE, own)
    assert (code, out) == (1, "")
    assert err == (f"migrate: the database is newer than these files, which end at"
                   f" {number - 1}\n")


def test_migrate_keeps_nothing_of_a_failure(own, tree):
    number = len(list((tree / "migrations").glob("*.sql"))) + 1
    (tree / "migrations" / f"{number:04}_broken.sql").write_text(
        "create table oauth2.half (id integer);\nselect 1 / 0;\n")
    code, out, err = run(tree / "migrate", own)
    assert (code, out) == (1, "")
    assert "division by zero" in err and "migrate: stopped" in err
    assert ask(own, "select to_regclass('oauth2.half') is null")[0]
    assert run(MIGRATE, own) == (0, "", "")


def test_migrate_refuses_a_gap(own, tree):
    (tree / "migrations" / "0099_far.sql").write_text("select 1;\n")
    code, _, err = run(tree / "migrate", own)
    assert code == 1 and "0099_far.sql is not number" in err


def test_migrate_replaces_what_changed(own, tree):
    path = tree / "api" / "health.sql"
    path.write_text(path.read_text().replace("'ok'", "'fine'"))
    assert run(tree / "migrate", own) == (0, "replaced api/health.sql\n", "")
    app = own.replace("user=postgres", "user=oauth2_app")
    assert ask(app, "select status from oauth2.health()")[0] == "fine"
    assert run(tree / "migrate", own) == (0, "", "")


def test_migrate_gives_a_new_function_to_nobody_else(own, tree):
    (tree / "api" / "added.sql").write_text(
        "create or replace function oauth2.added() returns integer language plpgsql\n"
        "as $$ begin return 1; end $$;\n")
    (tree / "lib" / "inner.sql").write_text(
        "create or replace function oauth2.inner() returns integer language plpgsql\n"
        "as $$ begin return 1; end $$;\n")
    assert run(tree / "migrate", own)[0] == 0
    row = ask(own, "select proacl::text from pg_proc where proname = 'added'")
    assert row[0] == "{postgres=X/postgres,oauth2_app=X/postgres}"
    row = ask(own, "select proacl::text from pg_proc where proname = 'inner'")
    assert row[0] == "{postgres=X/postgres}"


def test_migrate_says_how_it_is_called():
    done = subprocess.run([MIGRATE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'migrate: usage: sql/migrate "<conninfo>"\n'


def test_migrate_without_a_server(tmp_path):
    code, out, err = run(MIGRATE, f"host={tmp_path} dbname=x")
    assert (code, out) == (1, "")
    assert err.endswith("migrate: the database cannot be read\n")


# sql/check

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


# rights and shape

def test_app_sees_no_table(api, admin):
    tables = [r["relname"] for r in admin.execute(
        "select relname from pg_class where relnamespace = 'oauth2'::regnamespace"
        " and relkind = 'r'")]
    assert "users" in tables
    for table in tables:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            api.connection.execute(f"select from oauth2.{table}")


def test_app_cannot_call_what_is_inside(api):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        api.connection.execute("select oauth2.user_end_sessions(gen_random_uuid())")


def test_a_search_path_changes_nothing(api, database):
    with psycopg.connect(database.replace("user=postgres", "user=oauth2_app"),
                         autocommit=True) as connection:
        connection.execute("create temp table users (id integer)")
        connection.execute("set search_path = pg_temp, public")
        row = connection.execute("select status from oauth2.login_find('nobody')").fetchone()
    assert row == ("none",)


def test_health(api, admin):
    newest = admin.execute("select max(version) as v from oauth2.schema_migrations").fetchone()
    assert api.health() == {"status": "ok", "version": newest["v"]}


SEED = {
    "users": "id email username hashed_password first_name last_name is_active is_verified"
             " is_superuser email_verification_token email_verification_expires"
             " password_reset_token password_reset_expires created_at updated_at last_login",
    "oauth2_clients": "id client_id client_secret client_name redirect_uris grant_types"
                      " response_types scope is_active created_at",
    "oauth2_authorization_codes": "id code client_id user_id redirect_uri scope state"
                                  " expires_at is_used created_at",
    "oauth2_access_tokens": "id access_token refresh_token client_id user_id scope token_type"
                            " expires_at refresh_token_expires_at is_revoked created_at",
}


@pytest.mark.parametrize("table", SEED)
def test_tables_keep_their_columns(admin, table):
    columns = {row["column_name"] for row in admin.execute(
        "select column_name from information_schema.columns"
        " where table_schema = 'oauth2' and table_name = %s", [table])}
    assert set(SEED[table].split()) <= columns


def test_every_foreign_key_has_an_index(admin):
    rows = admin.execute("""
        select c.conrelid::regclass::text || '.' || a.attname as it
        from pg_constraint as c
        join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f'
            and c.connamespace = 'oauth2'::regnamespace
            and not exists (
                select from pg_index as i
                where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1]
            )""").fetchall()
    assert rows == []


def test_secrets_are_digests_or_nothing(admin, api):
    _, given, _ = api.register()
    for table, column in (("users", "email_verification_token"),
                          ("users", "password_reset_token")):
        with pytest.raises(psycopg.errors.CheckViolation):
            admin.execute(f"update oauth2.{table} set {column} = 'in clear' where email = %s",
                          [given["email"]])


def test_exceptions_are_for_bugs(api):
    """A caller that leaves out what it must send is told by an exception."""
    for given in ({"email": fresh() + "@example.com"}, {"fingerprint": "f"}):
        with pytest.raises(psycopg.errors.NotNullViolation):
            api.create_user(str(secret())[:32], "direct_registration", given)


def test_every_statement_is_read():
    text = (ROOT / "src" / "db" / "statements.def").read_text()
    assert len(STATEMENTS) == text.count("\nOAUTH2_STATEMENT(") > 0
    assert STATEMENTS["health"] == ("FAST", [], ["status text", "version integer"])


# sql/seed_demo.sql

def test_demo_client_is_brought_up_to_date(cluster, own):
    cluster.seed_client(own, "it's mine", "1" * 64)
    cluster.seed_client(own, "it's mine", "2" * 64, '["https://b.example/cb"]')
    row = ask(own, "select client_secret, redirect_uris, is_active from oauth2.oauth2_clients"
                   " where client_id = 'it''s mine'")
    assert row == ("2" * 64, ["https://b.example/cb"], True)


def test_demo_client_cannot_replace_our_own(cluster, own):
    cluster.seed_client(own, "account", "1" * 64)
    row = ask(own, "select client_secret, grant_types from oauth2.oauth2_clients"
                   " where client_id = 'account'")
    assert row == (None, [])
