# SPDX-License-Identifier: MIT
"""Registration of clients: every status, and removal while a client is at work."""

import uuid

import pytest

from lib.statements import digest, fresh, none, secret

METADATA = {"client_name": "App", "redirect_uris": ["https://app.example.com/callback"],
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "scope": "openid offline_access", "token_endpoint_auth_method": "client_secret_basic",
            "logo_uri": "https://app.example.com/logo.png"}


@pytest.fixture
def client(api):
    """A registered one: id, secret and registration token, as digests."""
    made = {"id": fresh("c"), "secret": secret(), "token": secret()}
    row = api.client_register(made["id"], made["secret"], None, made["token"], METADATA)
    assert row["status"] == "registered"
    assert row["metadata"] == METADATA
    return made


def replace(api, client, metadata=None, **changes):
    values = {"id": client["id"], "token": client["token"], "given": None, "new": secret(),
              "sealed": None, **changes}
    return api.client_registration_replace(
        values["id"], values["token"], values["given"], values["new"], values["sealed"],
        {**METADATA, **(metadata or {})})


def test_registered_as_a_client(api, client):
    row = api.client_find(client["id"])
    assert (row["status"], row["client_secret"]) == ("found", client["secret"])
    assert row["metadata"] == {"logo_uri": METADATA["logo_uri"]}
    assert row["is_first_party"] is False


def test_taken(api, client):
    row = api.client_register(client["id"], secret(), None, secret(), METADATA)
    assert none(row, "taken")
    assert api.client_find(client["id"])["client_secret"] == client["secret"]


def test_found_with_its_own_token_only(api, client, admin):
    row = api.client_registration_find(client["id"], client["token"])
    assert (row["status"], row["has_secret"], row["metadata"]) == ("found", True, METADATA)
    assert none(api.client_registration_find(client["id"], secret()))
    assert none(api.client_registration_find("demo", client["token"]))
    admin.execute("update oauth2.oauth2_clients set is_active = false where client_id = %s",
                  [client["id"]])
    assert none(api.client_registration_find(client["id"], client["token"]))
    assert none(replace(api, client))
    assert none(api.client_registration_remove(client["id"], client["token"]))


def test_replaced(api, client):
    row = replace(api, client, {"client_name": "New", "logo_uri": None},
                  given=client["secret"])
    assert (row["status"], row["created_secret"], row["has_secret"]) == ("replaced", False, True)
    assert row["metadata"]["client_name"] == "New"
    assert api.client_find(client["id"])["client_secret"] == client["secret"]


def test_secret_goes_and_comes(api, client):
    row = replace(api, client, {"token_endpoint_auth_method": "none"}, new=None)
    assert (row["status"], row["has_secret"]) == ("replaced", False)
    assert none(replace(api, client, given=client["secret"]), "wrong_secret")
    new = secret()
    row = replace(api, client, new=new)
    assert (row["status"], row["created_secret"]) == ("replaced", True)
    assert api.client_find(client["id"])["client_secret"] == new


def test_sealed_secret(api, client):
    """Made with a new secret where there was none, kept, and gone when nobody needs it."""
    sealed = "0123abcd." + "A" * 90
    jwt = {"token_endpoint_auth_method": "client_secret_jwt"}
    new = secret()
    row = replace(api, client, jwt, new=new, sealed=sealed)
    assert (row["status"], row["created_secret"]) == ("replaced", True)
    row = replace(api, client, jwt, sealed="another")
    assert (row["created_secret"], row["has_secret"]) == (False, True)
    found = api.client_find(client["id"])
    assert (found["client_secret"], found["sealed_secret"]) == (new, sealed)
    assert replace(api, client)["created_secret"] is False
    found = api.client_find(client["id"])
    assert (found["client_secret"], found["sealed_secret"]) == (new, None)


def test_replace_refused(api, client):
    assert none(replace(api, client, given=secret()), "wrong_secret")
    assert none(replace(api, client, token=secret()))
    assert none(replace(api, client, id="demo"))
    assert api.client_registration_find(client["id"], client["token"])["metadata"] == METADATA


def test_removed(api, client):
    assert none(api.client_registration_remove(client["id"], secret()))
    assert api.client_registration_remove(client["id"], client["token"])["status"] == "removed"
    assert none(api.client_registration_remove(client["id"], client["token"]))
    assert none(api.client_find(client["id"]))


@pytest.fixture
def tokens(api, session, client):
    sent, row = api.redeem(api.issue_code(session, client=client["id"],
                                          scope="openid offline_access"), client=client["id"])
    assert row["status"] == "redeemed"
    return sent


def remove(client):
    return lambda a: a.client_registration_remove(client["id"], client["token"])


def test_removed_during_a_refresh(api, second, client, tokens):
    one, two = api.meanwhile(lambda a: a.rotate(tokens["refresh"], client["id"]), second,
                             remove(client))
    assert (one[1]["status"], two["status"]) == ("rotated", "removed")
    assert none(api.token_find(one[0]["token"]))


def test_refresh_during_a_removal(api, second, client, tokens):
    one, two = api.meanwhile(remove(client), second,
                             lambda a: a.rotate(tokens["refresh"], client["id"]))
    assert one["status"] == "removed"
    assert none(two[1], "invalid")


def test_removed_while_a_code_is_redeemed(api, second, session, client):
    issued = api.issue_code(session, client=client["id"], scope="openid")
    one, two = api.meanwhile(lambda a: a.redeem(issued, client=client["id"]), second,
                             remove(client))
    assert (one[1]["status"], two["status"]) == ("redeemed", "removed")
    assert none(api.token_find(one[0]["token"]))


def test_token_for_a_client_that_is_removed(api, second, client):
    token = str(uuid.uuid4())
    one, two = api.meanwhile(
        lambda a: a.token_issue(token, client["id"], "", 60, None), second, remove(client))
    assert (one["status"], two["status"]) == ("issued", "removed")
    assert none(api.token_find(token))


def test_digests_only(api):
    """The type refuses what is no digest."""
    with pytest.raises(Exception, match="violates check constraint"):
        api.client_register(fresh("c"), "a secret", None, digest("x"), METADATA)
