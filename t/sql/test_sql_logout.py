# SPDX-License-Identifier: MIT
"""What is queued when a session ends (OpenID Connect Back-Channel Logout 1.0), and how it is
handed out: one lease at a time, backoff, parking."""

import json
import uuid

import pytest

from lib.statements import fresh, secret


@pytest.fixture(autouse=True)
def empty(admin):
    admin.execute("delete from oauth2.logout_notices")


@pytest.fixture(scope="module", autouse=True)
def addresses(admin):
    for client in ("demo", "other"):
        admin.execute(
            "update oauth2.oauth2_clients set metadata = %s where client_id = %s",
            [json.dumps({"backchannel_logout_uri": f"https://{client}.example/back",
                         "frontchannel_logout_uri": f"https://app.example.com/{client}"}), client])


def take_part(api, session, client="demo", scope="openid profile"):
    sent, row = api.redeem(api.issue_code(session, client, scope=scope))
    assert row["status"] == "redeemed"
    return sent


@pytest.fixture
def notice(api, session):
    """One that is due."""
    take_part(api, session)
    close(api, session)
    return session


def close(api, session):
    assert api.session_close(session["session"], None, None)["status"] == "closed"


def queued(admin):
    return sorted((row["client_id"], str(row["user_id"]), str(row["session_id"]))
                  for row in admin.execute("select * from oauth2.logout_notices"))


def of(session, user, *clients):
    return [(client, str(user["user_id"]), str(session["session_id"])) for client in clients]


def claim(api, owner="me", lease=60):
    return api.rows("logout_claim", owner, lease)


def change(admin, what):
    admin.execute(f"update oauth2.logout_notices set {what}")


def column(admin, name):
    return admin.execute(f"select {name} as it from oauth2.logout_notices").fetchone()["it"]


# what is queued

def test_who_took_part_is_told(api, admin, user, session):
    """Back-Channel Logout 1.0 2.3: both clients, once each; and nobody else."""
    take_part(api, session)
    take_part(api, session)
    take_part(api, session, "other")
    take_part(api, api.open_session(user), "other")
    close(api, session)
    assert queued(admin) == of(session, user, "demo", "other")
    assert api.session_close(session["session"], None, None)["status"] == "none"
    assert len(queued(admin)) == 2


def test_who_did_not(api, admin, user, session):
    """Without an ID token, with a code that was not redeemed, without an address."""
    take_part(api, session, scope="profile")
    api.issue_code(session, "other")
    admin.execute("update oauth2.oauth2_clients set metadata = '{}' where client_id = 'other'")
    other = api.open_session(user)
    take_part(api, other, "other")
    close(api, session)
    close(api, other)
    assert queued(admin) == []
    admin.execute("update oauth2.oauth2_clients set metadata = %s where client_id = 'other'",
                  [json.dumps({"backchannel_logout_uri": "https://other.example/back",
                               "frontchannel_logout_uri": "https://app.example.com/other"})])


def test_a_client_that_is_off_is_not_told(api, admin, session, disabled, user):
    admin.execute("update oauth2.oauth2_clients set is_active = true where client_id = 'other'")
    take_part(api, session, disabled)
    admin.execute("update oauth2.oauth2_clients set is_active = false where client_id = 'other'")
    close(api, session)
    assert queued(admin) == []


def test_tokens_that_are_gone_do_not_matter(api, admin, user, session):
    """The user is still signed in there."""
    sent = take_part(api, session)
    assert api.token_revoke("demo", sent["refresh"], None)["status"] == "revoked"
    close(api, session)
    assert queued(admin) == of(session, user, "demo")


def test_a_refresh_token_that_comes_twice(api, admin, user, session):
    """Of our own pages: the session ends, and the clients hear of it."""
    take_part(api, session)
    api.rotate(session["refresh"])
    api.rotate(session["refresh"], token=str(uuid.uuid4()))
    assert queued(admin) == of(session, user, "demo")


def test_a_new_password(api, admin):
    user = api.verified_user()
    first, second = api.open_session(user), api.open_session(user)
    take_part(api, first)
    take_part(api, second, "other")
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    assert api.confirm(token)["status"] == "changed"
    assert queued(admin) == sorted(of(first, user, "demo") + of(second, user, "other"))


@pytest.mark.parametrize("by", ["admin_user_delete", "admin_user_set"])
def test_an_administrator(api, admin, by):
    user = api.verified_user()
    session = api.open_session(user)
    take_part(api, session)
    given = {"email": user["email"], **({"is_active": False} if by == "admin_user_set" else {})}
    row = admin.execute(f"select status from oauth2.{by}(%s)", [json.dumps(given)]).fetchone()
    assert row["status"] == 200
    assert queued(admin) == of(session, user, "demo")
    assert len(claim(api)) == 1, "it outlives the user"


def test_a_consent_that_is_taken_back(api, admin):
    user = api.verified_user()
    session, closed = api.open_session(user), api.open_session(user)
    for each in (session, closed):
        take_part(api, each)
        take_part(api, each, "other")
    close(api, closed)
    empty_now = admin.execute("delete from oauth2.logout_notices").rowcount
    assert empty_now == 2
    api.issue_code(session, remember=True)
    assert api.grant_revoke(user["user_id"], "demo")["status"] == "revoked"
    assert queued(admin) == of(session, user, "demo")
    assert api.grant_revoke(user["user_id"], "demo")["status"] == "none"
    assert len(queued(admin)) == 1


def test_what_a_browser_must_open(api, admin, user, session):
    """Front-Channel Logout 1.0 2."""
    assert api.session_clients_find(session["session_id"]) == {"status": "found", "items": []}
    take_part(api, session, "other")
    take_part(api, session)
    assert api.session_clients_find(session["session_id"])["items"] == [
        {"client_id": client, "uri": f"https://app.example.com/{client}"}
        for client in ("demo", "other")]
    assert api.session_clients_find(str(uuid.uuid4()))["items"] == []
    close(api, session)


# offline access

def test_offline_access_goes_on(api, session):
    """Back-Channel Logout 1.0 2.7: refresh tokens with offline_access stay, others do not."""
    offline = take_part(api, session, scope="openid offline_access")
    online = take_part(api, session, scope="openid")
    close(api, session)
    assert api.rotate(online["refresh"], "demo")[1]["status"] == "invalid"
    assert api.token_find(online["token"])["status"] == "none"
    assert api.token_find(offline["token"])["status"] == "active"
    sent, row = api.rotate(offline["refresh"], "demo")
    assert row["status"] == "rotated" and row["session_id"] is None
    assert api.token_find(sent["token"])["status"] == "active"
    assert api.rotate(offline["refresh"], "demo",
                      token=str(uuid.uuid4()))[1]["status"] == "reused"
    assert api.token_find(sent["token"])["status"] == "none", "it is still one family"


def test_offline_access_ends_with_the_password(api):
    user = api.verified_user()
    session = api.open_session(user)
    offline = take_part(api, session, scope="openid offline_access")
    close(api, session)
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    assert api.confirm(token)["status"] == "changed"
    assert api.rotate(offline["refresh"], "demo")[1]["status"] == "invalid"
    assert api.token_find(offline["token"])["status"] == "none"


# claim, sent, failed

def test_claimed(api, admin, user, notice):
    (row,) = claim(api)
    metadata = row.pop("metadata")
    assert metadata["backchannel_logout_uri"] == "https://demo.example/back"
    assert row == {"id": row["id"], "client_id": "demo", "user_id": uuid.UUID(user["user_id"]),
                   "session_id": notice["session_id"], "attempts": 1,
                   "uri": "https://demo.example/back"}
    assert claim(api, "another") == []
    assert api.logout_sent(row["id"], "another") == {"status": "none"}
    assert api.logout_sent(row["id"], "me") == {"status": "sent"}
    assert api.logout_sent(row["id"], "me") == {"status": "sent"}, "as the first"
    assert api.logout_failed(row["id"], "me", "late", True) == {"status": "none"}
    assert claim(api) == []


def test_a_lapsed_lease_is_taken_over(api, admin, notice):
    (first,) = claim(api)
    change(admin, "leased_until = now()")
    (again,) = claim(api, "another")
    assert again == {**first, "attempts": 2}
    assert api.logout_sent(first["id"], "me") == {"status": "none"}
    assert api.logout_failed(first["id"], "me", "late", True) == {"status": "none"}
    assert api.logout_sent(first["id"], "another") == {"status": "sent"}


def test_mails_and_notices_are_apart(api, admin, notice):
    api.register()
    assert all(row["kind"] != "logout" for row in api.rows("outbox_claim", None, "w", 60, 99))
    assert len(claim(api)) == 1


def test_one_of_a_client_at_a_time(api, user, session):
    """One that hangs holds up nobody but itself."""
    for each in (session, api.open_session(user)):
        take_part(api, each)
        take_part(api, each, "other")
        close(api, each)
    taken = [claim(api, f"thread {n}") for n in range(4)]
    assert sorted(rows[0]["client_id"] for rows in taken if rows) == ["demo", "other"]
    first = taken[0][0]
    assert api.logout_sent(first["id"], "thread 0")["status"] == "sent"
    (row,) = claim(api)
    assert row["client_id"] == first["client_id"] and row["id"] != first["id"]


def test_many_at_once(api, admin, user):
    for _ in range(4):
        session = api.open_session(user)
        take_part(api, session)
        close(api, session)
    rows = api.crowd(4, lambda own, n: claim(own, f"thread {n}"))
    assert sum(map(len, rows)) == 1


def test_backoff(api, admin, notice):
    """The waits double, up to an hour, and an attempt more each time."""
    for attempt in range(1, 13):
        (row,) = claim(api)
        assert row["attempts"] == attempt
        assert api.logout_failed(row["id"], "me", "no answer", False) == {"status": "retry"}
        assert api.logout_failed(row["id"], "me", "no answer", False) == {"status": "retry"}
        wait = column(admin, "extract(epoch from next_attempt_at - now())")
        most = min(5 * 2 ** (attempt - 1), 3600)
        assert 0.75 * most - 1 < wait <= most
        assert claim(api) == []
        change(admin, "next_attempt_at = now()")
    assert claim(api) == []
    assert column(admin, "parked_at") is not None


def test_the_others_of_a_client_wait_with_it(api, admin, user, session):
    for each in (session, api.open_session(user)):
        take_part(api, each)
        close(api, each)
    take_part(api, (third := api.open_session(user)), "other")
    close(api, third)
    (row,) = claim(api)
    assert api.logout_failed(row["id"], "me", "no answer", False) == {"status": "retry"}
    (other,) = claim(api)
    assert other["client_id"] == "other"
    assert claim(api) == []
    # and are told at once when it answers
    admin.execute("update oauth2.logout_notices set next_attempt_at = now() where id = %s",
                  [row["id"]])
    (row,) = claim(api)
    assert api.logout_sent(row["id"], "me")["status"] == "sent"
    assert len(claim(api)) == 1


def test_given_up_after_hours(api, admin, user, session):
    for each in (session, api.open_session(user)):
        take_part(api, each)
        close(api, each)
    change(admin, "created_at = now() - interval '7 hours'")
    (row,) = claim(api)
    assert api.logout_failed(row["id"], "me", "no answer", False) == {"status": "parked"}
    assert [r["parked_at"] is None for r in admin.execute(
        "select parked_at from oauth2.logout_notices")] == [False, False]


def test_permanent(api, admin, user, session):
    """One that is refused says nothing about the others."""
    for each in (session, api.open_session(user)):
        take_part(api, each)
        close(api, each)
    (row,) = claim(api)
    assert api.logout_failed(row["id"], "me", "it answered 400", True) == {"status": "parked"}
    (other,) = claim(api)
    assert other["id"] != row["id"]
    assert admin.execute("select last_error from oauth2.logout_notices where id = %s",
                         [row["id"]]).fetchone()["last_error"] == "it answered 400"


def test_nobody_to_tell(api, admin, session):
    client = fresh("client")
    admin.execute(
        "insert into oauth2.oauth2_clients (client_id, client_secret, client_name,"
        " redirect_uris, metadata) values (%s, %s, 'C', '[]', %s)",
        [client, secret(), json.dumps({"backchannel_logout_uri": "https://c.example/"})])
    take_part(api, session, client)
    close(api, session)
    admin.execute("select oauth2.client_end(%s)", [client])
    assert claim(api) == []
    assert column(admin, "last_error") == "there is nobody to tell"
