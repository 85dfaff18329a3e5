# SPDX-License-Identifier: MIT
"""Rights, columns, indexes, and the demo client."""

import uuid

import psycopg
import pytest

from lib.postgres import ask
from lib.statements import fresh


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
            api.create_user(str(uuid.uuid4()), "direct_registration", given)


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
