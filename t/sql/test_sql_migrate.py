# SPDX-License-Identifier: MIT
"""sql/migrate: once, whole or not at all, and quiet."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.postgres import MIGRATE, ROOT, ask, run


@pytest.fixture
def empty(cluster):
    """The conninfo of a database without our schema."""
    return cluster.create_database(migrated=False)


@pytest.fixture
def tree(tmp_path):
    """A copy of sql/ that the test may change."""
    shutil.copytree(ROOT / "sql", tmp_path / "sql")
    return tmp_path / "sql"


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
