# SPDX-License-Identifier: MIT
"""create_user: one user and one mail an operation, whoever comes twice."""

import uuid

import pytest
from lib.statements import fresh, secret


def users(admin, email):
    return admin.execute(
        "select * from oauth2.users where lower(email) = lower(%s)", [email]).fetchall()


def mails(admin, operation):
    return admin.execute(
        "select *, next_attempt_at - created_at as delay from oauth2.outbox"
        " where operation_id = %s", [operation]).fetchall()


def test_created(api, admin):
    operation, given, row = api.register(username=fresh("Name"), first_name="Ada",
                                         last_name="Lovelace")
    (user,) = users(admin, given["email"])
    (mail,) = mails(admin, operation)

    assert row == {
        "status": "created", "method": "direct_registration",
        "result": {"user_id": str(user["id"]), "email": given["email"],
                   "is_verified": False, "verification_email_sent": True},
    }
    assert uuid.UUID(row["result"]["user_id"]).version == 4
    assert user["username"] == given["username"]
    assert (user["first_name"], user["last_name"]) == ("Ada", "Lovelace")
    assert user["hashed_password"] == given["password_hash"]
    assert user["email_verification_token"] == given["token_digest"]
    assert user["is_active"] and not user["is_verified"] and not user["is_superuser"]
    assert int(user["email_verification_expires"].timestamp()) == given["token_expires_at"]
    assert (mail["kind"], mail["recipient"]) == ("verification", given["email"])
    assert mail["data"] == {"first_name": "Ada"}
    assert mail["delay"].total_seconds() == 0
    assert str(mail["id"]) in mail["message_id"]


def test_workflow_sends_its_own_mail(api, admin):
    operation, _, row = api.register(method="temporal_workflow")
    (mail,) = mails(admin, operation)
    assert row["method"] == "temporal_workflow"
    assert mail["delay"].total_seconds() == 30
    assert mail["data"] == {}


def test_no_one_makes_a_superuser(api, admin):
    _, given, _ = api.register(is_superuser=True, is_verified=True, id=str(uuid.uuid4()))
    (user,) = users(admin, given["email"])
    assert not user["is_superuser"] and not user["is_verified"]
    assert str(user["id"]) != given["id"]


def test_address_is_kept_in_lower_case(api, admin):
    _, given, row = api.register(email=f" {fresh('Mixed')}@Example.COM ")
    assert row["result"]["email"] == given["email"].strip().lower()
    assert users(admin, given["email"].strip())[0]["email"] == row["result"]["email"]


def test_again_is_answered_as_before(api, admin):
    operation, given, first = api.register()
    again = api.create_user(operation, "temporal_workflow",
                            {**given, "password_hash": "another salt"})
    assert again == first
    assert again["method"] == "direct_registration"
    assert len(users(admin, given["email"])) == 1
    assert len(mails(admin, operation)) == 1


def test_key_reused_for_other_input(api, admin):
    operation, _, _ = api.register()
    _, given, row = api.register(operation=operation, fingerprint="another")
    assert row == {"status": "key_reused", "method": "direct_registration", "result": {}}
    assert users(admin, given["email"]) == []


def test_key_reused_for_another_kind(api):
    operation, given, _ = api.register()
    row = api.verify_user_email(operation, "direct_verification", given)
    assert row["status"] == "key_reused"


def test_taken_address_is_told_when_revealed(api, admin):
    _, given, _ = api.register()
    operation, _, row = api.register(email=given["email"].upper(), reveal=True)
    assert row == {"status": "user_exists", "method": "direct_registration", "result": {}}
    assert len(users(admin, given["email"])) == 1
    assert mails(admin, operation) == []


def test_taken_address_looks_like_success(api, admin):
    _, owner, made = api.register(first_name="Ada")
    operation, given, row = api.register(email=owner["email"], first_name="Eve")
    (mail,) = mails(admin, operation)

    assert row["status"] == "created"
    assert row["result"].keys() == made["result"].keys()
    assert row["result"]["verification_email_sent"] is True
    assert uuid.UUID(row["result"]["user_id"]).version == 4
    assert row["result"]["user_id"] != made["result"]["user_id"]
    assert (mail["kind"], mail["recipient"]) == ("account_exists", owner["email"])
    assert mail["data"] == {"first_name": "Ada"}
    assert users(admin, owner["email"])[0]["hashed_password"] == owner["password_hash"]

    again = api.create_user(operation, "direct_registration", given)
    assert again == row
    assert len(mails(admin, operation)) == 1


@pytest.mark.parametrize("reveal", [True, False])
@pytest.mark.parametrize("same_address", [True, False])
def test_username_taken_is_always_told(api, admin, reveal, same_address):
    _, owner, _ = api.register(username=fresh("taken"))
    email = owner["email"] if same_address else fresh() + "@example.com"
    operation, given, row = api.register(
        email=email, username=owner["username"].upper(), reveal=reveal)

    assert row == {"status": "username_taken", "method": "direct_registration", "result": {}}
    assert len(users(admin, given["email"])) == int(same_address)
    assert mails(admin, operation) == []
    assert api.create_user(operation, "direct_registration", given) == row


def test_second_caller_waits_for_the_first(api, second, admin):
    operation, email = str(uuid.uuid4()), fresh() + "@example.com"
    given = {"email": email, "token_digest": secret()}
    one, two = api.meanwhile(
        lambda a: a.register(operation=operation, **given)[2], second,
        lambda a: a.register(operation=operation, method="temporal_workflow", **given)[2])
    assert one == two
    assert two["method"] == "direct_registration"
    assert len(users(admin, email)) == 1


def test_second_caller_does_it_when_the_first_fails(api, second, admin):
    operation, email = str(uuid.uuid4()), fresh() + "@example.com"
    given = {"email": email, "token_digest": secret()}
    one, two = api.meanwhile(
        lambda a: a.register(operation=operation, **given)[2], second,
        lambda a: a.register(operation=operation, method="temporal_workflow", **given)[2],
        end="rollback")
    assert two["status"] == "created"
    assert two["method"] == "temporal_workflow"
    assert two["result"]["user_id"] != one["result"]["user_id"]
    assert str(users(admin, email)[0]["id"]) == two["result"]["user_id"]


def test_same_operation_from_everywhere(api, admin):
    operation, email, token = str(uuid.uuid4()), fresh() + "@example.com", secret()
    rows = api.crowd(20, lambda a, n: a.register(
        operation=operation, email=email, token_digest=token)[2])
    assert all(row == rows[0] for row in rows)
    assert len(users(admin, email)) == 1
    assert len(mails(admin, operation)) == 1


@pytest.mark.parametrize("reveal,told", [(True, "user_exists"), (False, "created")])
def test_two_registrations_of_one_address(api, second, admin, reveal, told):
    email = fresh() + "@example.com"
    one, two = api.meanwhile(
        lambda a: a.register(email=email, reveal=reveal), second,
        lambda a: a.register(email=email, reveal=reveal))
    (user,) = users(admin, email)

    assert one[2]["status"] == "created"
    assert two[2]["status"] == told
    assert one[2]["result"]["user_id"] == str(user["id"])
    assert two[2]["result"].get("user_id") != str(user["id"])
    assert [m["kind"] for m in mails(admin, one[0])] == ["verification"]
    assert [m["kind"] for m in mails(admin, two[0])] == ([] if reveal else ["account_exists"])


def test_many_registrations_of_one_address(api, admin):
    email = fresh() + "@example.com"
    done = api.crowd(20, lambda a, n: a.register(email=email))
    kinds = sorted(m["kind"] for d in done for m in mails(admin, d[0]))
    assert len(users(admin, email)) == 1
    assert {d[2]["status"] for d in done} == {"created"}
    assert kinds == ["account_exists"] * 19 + ["verification"]
    assert len({d[2]["result"]["user_id"] for d in done}) == 20


def test_many_registrations_of_one_username(api):
    username = fresh("name")
    done = api.crowd(20, lambda a, n: a.register(username=username))
    assert sorted(d[2]["status"] for d in done) == ["created"] + ["username_taken"] * 19


def test_operation_find(api):
    operation, _, row = api.register()
    assert api.operation_find(operation) == {
        "status": "done", "method": row["method"], "outcome": "created",
        "result": row["result"]}
    assert api.operation_find(str(uuid.uuid4())) == {
        "status": "none", "method": None, "outcome": None, "result": None}
