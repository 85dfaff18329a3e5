# SPDX-License-Identifier: MIT
"""profile_update: three columns and no other, a username once."""

import uuid

from lib.statements import fresh, none


def test_profile(api):
    user = api.verified_user(first_name="Ada", username=fresh("name"))
    name = fresh("Name")
    row = api.profile_update(user["user_id"], {"username": name, "last_name": "King"})
    assert row["status"] == "updated"
    assert row["profile"]["username"] == name
    assert row["profile"]["first_name"] == "Ada"
    assert row["profile"]["last_name"] == "King"

    row = api.profile_update(user["user_id"], {"username": None, "first_name": None})
    assert row["profile"]["username"] is None and row["profile"]["first_name"] is None
    assert row["profile"]["last_name"] == "King"
    assert api.login_find(name)["status"] == "none"


def test_profile_changes_nothing_else(api, admin):
    user = api.verified_user()
    api.profile_update(user["user_id"], {
        "email": "other@example.com", "is_superuser": True, "is_verified": False,
        "id": str(uuid.uuid4())})
    row = admin.execute("select * from oauth2.users where id = %s",
                        [user["user_id"]]).fetchone()
    assert row["email"] == user["email"]
    assert row["is_verified"] and not row["is_superuser"]


def test_profile_username_taken(api):
    owner = api.verified_user(username=fresh("owner"))
    user = api.verified_user(first_name="Ada")
    row = api.profile_update(user["user_id"], {"username": owner["username"].upper(),
                                               "first_name": "Eve"})
    assert row == {"status": "username_taken", "profile": None}
    assert api.profile_update(user["user_id"], {})["profile"]["first_name"] == "Ada"
    # one's own, in another spelling, is free
    assert api.profile_update(owner["user_id"], {"username": owner["username"].upper()})[
        "status"] == "updated"


def test_profile_none(api, admin):
    user = api.verified_user()
    admin.execute("update oauth2.users set is_active = false where id = %s",
                  [user["user_id"]])
    assert none(api.profile_update(user["user_id"], {"first_name": "Eve"}))
    assert none(api.profile_update(str(uuid.uuid4()), {"first_name": "Eve"}))


def test_two_take_one_username(api, second):
    first_user, second_user, name = api.verified_user(), api.verified_user(), fresh("name")
    one, two = api.meanwhile(
        lambda a: a.profile_update(first_user["user_id"], {"username": name}), second,
        lambda a: a.profile_update(second_user["user_id"], {"username": name.upper()}))
    assert (one["status"], two["status"]) == ("updated", "username_taken")
