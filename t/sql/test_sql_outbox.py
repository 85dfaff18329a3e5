# SPDX-License-Identifier: MIT
"""The outbox: one lease at a time, backoff, parking, counts."""

import uuid

import pytest
from lib.statements import fresh


@pytest.fixture(autouse=True)
def empty(admin):
    admin.execute("delete from oauth2.outbox")


@pytest.fixture
def mail(api):
    """An operation that has left one mail."""
    return api.register(first_name="Ada")


def claim(api, operation=None, owner="me", lease=60, limit=10):
    return api.rows("outbox_claim", operation, owner, lease, limit)


def lapse(admin):
    admin.execute("update oauth2.outbox set leased_until = now()")


def column(admin, name):
    return admin.execute(f"select {name} as it from oauth2.outbox").fetchone()["it"]


# claim


def test_claimed(api, mail):
    operation, given, _ = mail
    (row,) = claim(api)
    assert row == {
        "id": row["id"], "operation_id": uuid.UUID(operation), "kind": "verification",
        "recipient": given["email"], "data": {"first_name": "Ada"},
        "message_id": f"{row['id']}@oauth2.local", "attempts": 1}
    assert claim(api) == []
    assert claim(api, owner="another") == []
    assert claim(api, operation, "another") == []


def test_a_lapsed_lease_is_taken_over(api, admin, mail):
    (first,) = claim(api)
    lapse(admin)
    (again,) = claim(api, owner="another")
    assert again == {**first, "attempts": 2}
    # its old owner has no say any more
    assert api.outbox_sent(first["id"], "me") == {"status": "none"}
    assert api.outbox_failed(first["id"], "me", "late", True) == {"status": "none"}
    assert api.outbox_sent(first["id"], "another") == {"status": "sent"}


def test_a_workflow_claims_its_own_and_the_drain_waits(api):
    operation, _, _ = api.register(method="temporal_workflow")
    assert claim(api) == []
    (row,) = claim(api, operation)
    assert row["attempts"] == 1
    assert claim(api, operation, "another") == []


def test_a_workflow_claims_nothing_else(api, mail):
    assert claim(api, str(uuid.uuid4())) == []
    assert len(claim(api, mail[0])) == 1


def test_limit_and_order(api):
    operations = [uuid.UUID(api.register()[0]) for _ in range(5)]
    assert {r["operation_id"] for r in claim(api, limit=2)} == set(operations[:2])
    assert {r["operation_id"] for r in claim(api, limit=10)} == set(operations[2:])
    assert claim(api, limit=0) == []


def test_a_row_under_claim_is_skipped(api, second):
    operation, _, _ = api.register()
    api.register()
    api.connection.execute("begin")
    try:
        (mine,) = claim(api, limit=1)
        (theirs,) = claim(second, owner="another")
        assert claim(second, operation, "another") == []
    finally:
        api.connection.execute("commit")
    assert mine["id"] != theirs["id"]


def test_each_mail_is_claimed_once(api, admin):
    for _ in range(60):
        api.register()

    def drain(a, number):
        mine = []
        while True:
            rows = claim(a, owner=f"worker {number}", limit=3)
            if not rows:
                return mine
            for row in rows:
                assert a.outbox_sent(row["id"], f"worker {number}")["status"] == "sent"
                mine.append(row["id"])

    done = [m for mails in api.crowd(12, drain) for m in mails]
    done += [row["id"] for row in claim(api, owner="last")]
    assert len(done) == len(set(done)) == 60


def test_workflow_and_drain_claim_once(api):
    operation, _, _ = api.register()
    rows = api.crowd(20, lambda a, n: claim(a, operation if n % 2 else None, f"worker {n}"))
    assert sorted(len(r) for r in rows) == [0] * 19 + [1]


# sent


def test_sent(api, admin, mail):
    (row,) = claim(api)
    assert api.outbox_sent(row["id"], "another") == {"status": "none"}
    assert api.outbox_sent(str(uuid.uuid4()), "me") == {"status": "none"}
    assert api.outbox_sent(row["id"], "me") == {"status": "sent"}
    assert api.outbox_sent(row["id"], "me") == {"status": "sent"}
    assert api.outbox_failed(row["id"], "me", "late", False) == {"status": "none"}
    lapse(admin)
    assert claim(api) == [] and claim(api, mail[0]) == []


def test_sent_after_the_lease_lapsed(api, admin, mail):
    (row,) = claim(api)
    lapse(admin)
    assert api.outbox_sent(row["id"], "me") == {"status": "sent"}
    assert claim(api) == []


# renew, find


def test_renewed(api, admin, mail):
    (row,) = claim(api, lease=5)
    before = column(admin, "leased_until")
    assert api.outbox_renew(row["id"], "another", 60) == {"status": "none"}
    assert column(admin, "leased_until") == before
    assert api.outbox_renew(row["id"], "me", 60) == {"status": "held"}
    assert column(admin, "leased_until") > before
    later = column(admin, "leased_until")
    assert api.outbox_renew(row["id"], "me", 1) == {"status": "held"}
    assert column(admin, "leased_until") == later


def test_what_is_over_is_not_renewed(api, admin, mail):
    (row,) = claim(api)
    lapse(admin)
    assert api.outbox_renew(row["id"], "me", 60) == {"status": "none"}
    assert claim(api, owner="another")
    assert api.outbox_renew(row["id"], "me", 60) == {"status": "none"}
    assert api.outbox_sent(row["id"], "another") == {"status": "sent"}
    assert api.outbox_renew(row["id"], "another", 60) == {"status": "none"}


def test_found_until_it_is_sent_or_parked(api, admin, mail):
    assert api.outbox_find(str(uuid.uuid4())) == {"status": "none"}
    assert api.outbox_find(mail[0]) == {"status": "open"}
    (row,) = claim(api)
    assert api.outbox_find(mail[0]) == {"status": "open"}
    assert api.outbox_failed(row["id"], "me", "550", True) == {"status": "parked"}
    assert api.outbox_find(mail[0]) == {"status": "none"}
    admin.execute("update oauth2.outbox set parked_at = null")
    (row,) = claim(api, mail[0])
    assert api.outbox_sent(row["id"], "me") == {"status": "sent"}
    assert api.outbox_find(mail[0]) == {"status": "none"}


# failed


def test_retry(api, admin, mail):
    (row,) = claim(api)
    assert api.outbox_failed(row["id"], "another", "x", False) == {"status": "none"}
    assert api.outbox_failed(row["id"], "me", "451 try later", False) == {"status": "retry"}
    assert column(admin, "last_error") == "451 try later"
    # told twice: nothing changes, and the lease is given up
    when = column(admin, "next_attempt_at")
    assert api.outbox_failed(row["id"], "me", "other", True) == {"status": "retry"}
    assert column(admin, "next_attempt_at") == when
    assert api.outbox_sent(row["id"], "me") == {"status": "none"}
    # the drain waits for its time, the workflow for its own timer
    assert claim(api) == []
    assert claim(api, mail[0])[0]["attempts"] == 2


@pytest.mark.parametrize("attempts,seconds", [
    (1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (11, 3600)])
def test_backoff(api, admin, mail, attempts, seconds):
    (row,) = claim(api)
    admin.execute("update oauth2.outbox set attempts = %s", [attempts])
    assert api.outbox_failed(row["id"], "me", "x", False) == {"status": "retry"}
    delay = admin.execute("select extract(epoch from next_attempt_at - now())::float as s"
                          " from oauth2.outbox").fetchone()["s"]
    assert seconds * 0.8 - 5 <= delay <= seconds


def test_parked_for_good(api, admin, mail):
    (row,) = claim(api)
    assert api.outbox_failed(row["id"], "me", "550 no such user", True) == {
        "status": "parked"}
    assert api.outbox_failed(row["id"], "me", "550", True) == {"status": "parked"}
    assert api.outbox_sent(row["id"], "me") == {"status": "none"}
    admin.execute("update oauth2.outbox set next_attempt_at = now()")
    assert claim(api) == [] and claim(api, mail[0]) == []


def test_parked_after_twelve_attempts(api, admin, mail):
    for attempt in range(1, 13):
        (row,) = claim(api, mail[0])
        status = api.outbox_failed(row["id"], "me", "421", False)["status"]
        assert (row["attempts"], status) == (attempt, "retry" if attempt < 12 else "parked")
    assert claim(api, mail[0]) == []


def test_parked_when_every_sender_died(api, admin, mail):
    for _ in range(12):
        assert len(claim(api)) == 1
        lapse(admin)
    assert claim(api) == []
    assert api.outbox_state()["parked"] == 1
    assert column(admin, "last_error") == "no answer in 12 attempts"


@pytest.mark.parametrize("reason,kept", [
    ("550 <ada@example.com>: no such user", "550 <(address)>: no such user"),
    ("to ada.lovelace+x@mail.example.com failed", "to (address) failed"),
    ("link /verify?token=" + "aB3_" * 11 + " refused", "link /verify?token=(token) refused"),
    ("two\r\nlines\x07", "two lines "),
    ("x " * 300, ("x " * 300)[:200]),
    (None, ""),
])
def test_reason_holds_no_secret(api, admin, mail, reason, kept):
    (row,) = claim(api)
    api.outbox_failed(row["id"], "me", reason, False)
    assert column(admin, "last_error") == kept


# state


def test_state(api, admin):
    assert api.outbox_state() == {"status": "ok", "due": 0, "waiting": 0, "parked": 0}
    for _ in range(4):
        api.register()
    api.register(method="temporal_workflow")
    assert api.outbox_state() == {"status": "ok", "due": 4, "waiting": 1, "parked": 0}
    one, two, three = claim(api, limit=3)
    assert api.outbox_state() == {"status": "ok", "due": 1, "waiting": 4, "parked": 0}
    api.outbox_sent(one["id"], "me")
    api.outbox_failed(two["id"], "me", "x", True)
    api.outbox_failed(three["id"], "me", "x", False)
    assert api.outbox_state() == {"status": "ok", "due": 1, "waiting": 2, "parked": 1}


def test_names_cannot_leave_the_closed_sets(admin):
    operation = str(uuid.uuid4())
    admin.execute("insert into oauth2.operations (id, kind, fingerprint, method)"
                  " values (%s, 'x', 'f', 'm')", [operation])
    with pytest.raises(Exception, match="outbox_kind_check"):
        admin.execute("select oauth2.outbox_add(%s, 'm', %s, 'x@example.com', null)",
                      [operation, fresh()])
