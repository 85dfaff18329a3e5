# SPDX-License-Identifier: MIT
"""What is deleted when nobody needs it any more, and what must stay until then."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.statements import operation, secret

DAY = 86400
TABLES = {"oauth2_access_tokens", "oauth2_authorization_codes", "authorization_requests",
          "sessions", "pushed_requests", "device_codes", "replays", "outbox", "logout_notices",
          "operations"}


@pytest.fixture(autouse=True)
def empty(admin):
    for table in ("sessions", "oauth2_access_tokens", "authorization_requests", "operations",
                  "logout_notices", "pushed_requests", "device_codes", "replays"):
        admin.execute(f"delete from oauth2.{table}")


def age(admin, *tables, days=8, where="true"):
    """As if everything there had happened so many days ago."""
    for table in tables or TABLES:
        times = [row["column_name"] for row in admin.execute(
            "select column_name from information_schema.columns where table_schema = 'oauth2'"
            " and table_name = %s and data_type like 'timestamp%%' and is_generated = 'NEVER'",
            [table])]
        moved = ", ".join(f"{name} = {name} - interval '{days} days'" for name in times)
        admin.execute(f"update oauth2.{table} set {moved} where {where}")


def counts(admin):
    """The tables that have rows, and how many."""
    found = {t: admin.execute(f"select count(*) as n from oauth2.{t}").fetchone()["n"]
             for t in TABLES}
    return {table: n for table, n in found.items() if n}


def purge(api, retention=DAY, limit=100):
    """Until it is done; how often it was called."""
    last = None
    for number in range(1, 200):
        row = api.purge(retention, limit, last)
        last = row["last"]
        if row["status"] == "done":
            return number
        assert row["status"] == "more"
    raise AssertionError("it comes to no end")


def test_nothing_to_do(api, admin):
    assert api.purge(DAY, 100, None) == {"status": "done", "last": None}
    assert counts(admin) == {}


def test_what_is_alive_stays(api, admin, session):
    api.redeem(api.issue_code(session))
    api.issue_code(session)
    before = counts(admin)
    assert purge(api, 0) == 1 and counts(admin) == before
    assert before["oauth2_access_tokens"] == 2 and before["oauth2_authorization_codes"] == 2


def test_everything_goes_in_the_end(api, admin, session):
    sent, _ = api.redeem(api.issue_code(session, scope="openid offline_access"))
    api.rotate(sent["refresh"], "demo")
    api.issue_code(session)
    api.register()
    admin.execute("update oauth2.outbox set sent_at = now()")
    age(admin, days=60)
    purge(api, 30 * DAY)
    assert counts(admin) == {}


def test_retention(api, admin, session):
    """A family stays for so long behind its end, not its beginning."""
    api.redeem(api.issue_code(session))
    age(admin, days=37)
    purge(api, 31 * DAY)
    assert counts(admin)["oauth2_access_tokens"] == 2
    purge(api, 6 * DAY)
    assert "oauth2_access_tokens" not in counts(admin)


def test_a_used_code_is_known_while_its_family_lives(api, admin, session):
    """RFC 6749 4.1.2, RFC 9700 2.1.1: a second use of a code ends its tokens, however late."""
    code = api.issue_code(session)
    sent, _ = api.redeem(code)
    age(admin, "oauth2_authorization_codes", "authorization_requests", days=6)
    purge(api, 0)
    assert counts(admin)["oauth2_authorization_codes"] == 1
    assert api.redeem(code)[1]["status"] == "reused"
    assert api.rotate(sent["refresh"], "demo")[1]["status"] == "invalid"


def test_a_rotated_token_is_known_while_its_family_lives(api, admin, session):
    """RFC 9700 4.14.2: a second use of a refresh token ends the family, however late."""
    first, _ = api.redeem(api.issue_code(session))
    second, _ = api.rotate(first["refresh"], "demo")
    third, row = api.rotate(second["refresh"], "demo")
    assert row["status"] == "rotated"
    # only the youngest is alive
    age(admin, "oauth2_access_tokens", days=10,
        where=f"client_id = 'demo' and id <> '{third['token']}'")
    purge(api, 0)
    assert counts(admin)["oauth2_access_tokens"] == 4
    admin.execute("update oauth2.oauth2_access_tokens set refresh_token_expires_at = now()"
                  " + interval '1 day' where client_id = 'demo'")
    assert api.rotate(first["refresh"], "demo")[1]["status"] == "reused"
    assert api.rotate(third["refresh"], "demo")[1]["status"] == "invalid"


def test_an_exchanged_token_goes_with_its_family(api, admin, app):
    made = str(uuid.uuid4())
    admin.execute(
        "insert into oauth2.oauth2_access_tokens (id, family_id, client_id, user_id, subject_id,"
        " expires_at) select %s, family_id, 'other', user_id, id, now() + interval '1 hour'"
        " from oauth2.oauth2_access_tokens where id = %s", [made, app["token"]])
    age(admin, "oauth2_access_tokens", days=60, where=f"id <> '{made}'")
    purge(api, 0)
    # its session's first tokens have gone
    assert counts(admin)["oauth2_access_tokens"] == 2
    age(admin, "oauth2_access_tokens", "sessions", days=60)
    purge(api, 0)
    assert "oauth2_access_tokens" not in counts(admin)


def test_a_session_stays_while_tokens_need_it(api, admin, session):
    api.redeem(api.issue_code(session))
    age(admin, "sessions", days=60)
    purge(api, 0)
    assert counts(admin)["sessions"] == 1
    age(admin, "oauth2_access_tokens", days=60)
    purge(api, 0)
    assert "sessions" not in counts(admin)


def test_offline_access_outlives_its_session(api, admin, session, app):
    """The session ends and goes only when the code is of no use any more."""
    api.session_close(session["session"], None, None)
    age(admin, "sessions", "oauth2_authorization_codes", "authorization_requests", days=60)
    age(admin, "oauth2_access_tokens", days=60, where="client_id = 'account'")
    purge(api, 0)
    assert counts(admin) == {"sessions": 1, "oauth2_access_tokens": 1,
                             "oauth2_authorization_codes": 1, "authorization_requests": 1}
    assert api.rotate(app["refresh"], "demo")[1]["status"] == "rotated"
    age(admin, "oauth2_access_tokens", days=60)
    purge(api, 0)
    assert counts(admin) == {}


def test_codes_that_came_to_nothing(api, admin, session):
    unused, burned = api.issue_code(session), api.issue_code(session)
    assert api.redeem(burned, redirect_uri="https://other.example/")[1]["status"] == "invalid"
    age(admin, "oauth2_authorization_codes", "authorization_requests")
    purge(api)
    assert counts(admin)["oauth2_authorization_codes"] == 1
    assert unused and counts(admin)["authorization_requests"] == 1
    age(admin, days=60)
    purge(api)
    assert counts(admin) == {}


@pytest.mark.parametrize("table, columns, values", [
    ("pushed_requests", "request_digest, client_id, parameters, expires_at",
     "%s, 'demo', '{}', now()"),
    ("device_codes", "device_digest, user_code, client_id, scope, poll_interval, expires_at",
     "%s, 'ABCDEFGH', 'demo', '', 5, now()"),
    ("authorization_requests", "request_digest, client_id, redirect_uri, scope, expires_at",
     "%s, 'demo', 'https://a.example/', '', now()")])
def test_by_their_time(api, admin, table, columns, values):
    admin.execute(f"insert into oauth2.{table} ({columns}) values ({values})", [secret()])
    purge(api, 60)
    assert counts(admin) == {table: 1}
    age(admin, table, days=1)
    purge(api, 60)
    assert counts(admin) == {}


def test_replays_need_no_retention(api, admin):
    old, new = secret(), secret()
    for digest, seconds in ((old, 1), (new, 600)):
        assert api.replay_use(digest, seconds) == {"status": "first"}
    admin.execute("update oauth2.replays set expires_at = now() where digest = %s", [old])
    purge(api, 30 * DAY)
    assert counts(admin) == {"replays": 1}
    assert api.replay_use(new, 600) == {"status": "again"}


def test_mail(api, admin):
    """Sent mail goes with the retention, what was given up and the operation a month later;
    waiting mail never."""
    sent, parked, waiting = (api.register()[0] for _ in range(3))
    admin.execute("update oauth2.outbox set sent_at = now() where operation_id = %s", [sent])
    admin.execute("update oauth2.outbox set parked_at = now() where operation_id = %s", [parked])
    age(admin, days=8)
    purge(api, 7 * DAY)
    assert counts(admin) == {"operations": 3, "outbox": 2}
    age(admin, days=23)
    purge(api, 7 * DAY)
    left = admin.execute("select operation_id from oauth2.outbox").fetchall()
    assert counts(admin) == {"operations": 1, "outbox": 1}
    assert [str(row["operation_id"]) for row in left] == [waiting]


def test_operations_stay_for_the_retention_when_that_is_longer(api, admin):
    api.verify(secret(), operation())
    age(admin, "operations", days=40)
    purge(api, 50 * DAY)
    assert counts(admin) == {"operations": 1}
    purge(api, 0)
    assert counts(admin) == {}


def test_notices(api, admin):
    for column in ("sent_at", "parked_at", "leased_until"):
        admin.execute("insert into oauth2.logout_notices"
                      f" (client_id, user_id, session_id, {column})"
                      " values ('demo', gen_random_uuid(), gen_random_uuid(), now())")
    age(admin, days=8)
    purge(api, 7 * DAY)
    assert counts(admin) == {"logout_notices": 2}
    age(admin, days=23)
    purge(api, 7 * DAY)
    assert counts(admin) == {"logout_notices": 1}


def test_batches(api, admin, user):
    """No call takes more than it may, and what must stay stops none."""
    opened = [api.open_session(user) for _ in range(25)]
    for session in opened[:12]:
        api.redeem(api.issue_code(session))
    for digest in (secret() for _ in range(25)):
        api.replay_use(digest, 600)
    age(admin, "sessions", "replays", days=60)
    age(admin, "oauth2_access_tokens", days=60, where="client_id = 'account'")
    row = api.purge(0, 10, None)
    assert row["status"] == "more" and row["last"]
    assert counts(admin)["replays"] == 15 and counts(admin)["oauth2_access_tokens"] == 27
    assert purge(api, 0, 10) <= 5
    assert counts(admin) == {"sessions": 12, "oauth2_access_tokens": 12,
                             "oauth2_authorization_codes": 12, "authorization_requests": 12}


def test_one_at_a_time(api, second, admin):
    with second.connection.transaction():
        assert second.purge(DAY, 100, None)["status"] == "done"
        assert api.purge(DAY, 100, None) == {"status": "busy", "last": None}
    assert api.purge(DAY, 100, None)["status"] == "done"


def test_what_somebody_works_on_is_left(api, second, admin, session):
    """A row that is locked is skipped, not waited for."""
    code = api.issue_code(session)
    age(admin, "oauth2_authorization_codes", "authorization_requests", days=60)
    with second.connection.transaction():
        assert second.redeem(code)[1]["status"] == "invalid"
        purge(api, 0)
        assert counts(admin)["oauth2_authorization_codes"] == 1


def test_crowd(api, admin, session):
    """While tokens are made and used, it takes none of them."""
    def use(number):
        with type(api)(api.conninfo) as caller:
            sent, row = caller.redeem(caller.issue_code(session))
            for _ in range(10):
                assert row["status"] in ("redeemed", "rotated")
                assert caller.purge(0, 10, None)["status"] in ("done", "more", "busy")
                sent, row = caller.rotate(sent["refresh"], "demo")
            return row["status"]

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(use, range(4))) == {"rotated"}
    assert counts(admin)["oauth2_access_tokens"] == 1 + 4 * 11


def test_who_took_part_in_an_open_session(api, admin, session):
    """The tokens are gone for long, and the application is still to be told of its end."""
    admin.execute("update oauth2.oauth2_clients set metadata = metadata"
                  " || '{\"backchannel_logout_uri\": \"https://app.example.com/back\"}'"
                  " where client_id = 'demo'")
    api.redeem(api.issue_code(session, scope="openid"))
    age(admin, days=20)
    admin.execute("update oauth2.sessions set expires_at = now() + interval '1 day'")
    purge(api)
    assert api.session_close(session["session"], None, None)["status"] == "closed"
    assert counts(admin)["logout_notices"] == 1
    age(admin, days=60)
    purge(api)
    assert counts(admin) == {"logout_notices": 1}, "it is still to be sent"
