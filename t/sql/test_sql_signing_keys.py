# SPDX-License-Identifier: MIT
"""signing_keys_find, signing_key_claim, _add and _reseal, and the owner's admin_key_*."""

import pytest
from psycopg.types.json import Jsonb

from lib.statements import fresh

ROTATION, PUBLISH, KEEP = 90 * 86400, 86400, 8 * 86400
ALGS = "ES256 RS256"


@pytest.fixture(autouse=True)
def empty(admin):
    admin.execute("delete from oauth2.signing_keys")
    admin.execute("delete from oauth2.signing_rotations")


@pytest.fixture
def later(admin):
    """As if so much time had passed."""
    def run(interval):
        admin.execute(
            "update oauth2.signing_keys set created_at = created_at - %(i)s::interval,"
            " active_from = active_from - %(i)s::interval,"
            " retired_at = retired_at - %(i)s::interval,"
            " verify_until = verify_until - %(i)s::interval,"
            " revoked_at = revoked_at - %(i)s::interval", {"i": interval})
        admin.execute("update oauth2.signing_rotations"
                      " set claimed_until = claimed_until - %s::interval", [interval])
    return run


@pytest.fixture
def ask(admin):
    """An admin function: (status, body)."""
    def run(name, **p):
        row = admin.execute(f"select * from oauth2.admin_key_{name}(%s)", [Jsonb(p)]).fetchone()
        return row["status"], row["body"]
    return run


def add(api, alg="ES256", kid=None):
    kid = kid or fresh("kid")
    return kid, api.signing_key_add(alg, kid, "00ff", "key", ROTATION, PUBLISH, KEEP)["status"]


def find(api, algs=ALGS, version=None):
    return api.rows("signing_keys_find", algs, ROTATION, PUBLISH, KEEP, version)


def states(api, algs=ALGS):
    return {row["kid"]: row["state"] for row in find(api, algs) if row["kid"]}


def due(api, algs=ALGS):
    return find(api, algs)[0]["due"]


def claim(api, owner="a", alg="ES256"):
    return api.signing_key_claim(alg, owner, ROTATION, PUBLISH, 60)["status"]


def test_first_key_signs_at_once(api):
    rows = find(api)
    assert [(r["status"], r["due"], r["kid"]) for r in rows] == [("changed", "ES256", None)]
    kid, status = add(api)
    assert status == "added"
    row, = find(api)
    assert (row["kid"], row["state"], row["due"]) == (kid, "signing", "RS256")
    assert (row["sealed"], row["sealed_by"], row["alg"]) == ("00ff", "key", "ES256")
    assert add(api, "RS256")[1] == "added"
    assert due(api) is None


def test_nothing_new_is_one_short_row(api):
    add(api)
    version = find(api)[0]["version"]
    row, = find(api, version=version)
    assert (row["status"], row["version"], row["kid"], row["due"]) == ("same", version, None,
                                                                       "RS256")
    add(api, "RS256")
    assert find(api, version=version)[0]["status"] == "changed"


def test_schedule(api, later):
    """Published before it signs, and verified with after."""
    first, _ = add(api)
    assert add(api)[1] == "not_due"
    later("88 days 23 hours")
    assert due(api, "ES256") is None
    later("1 hour")
    assert due(api, "ES256") == "ES256"
    second, status = add(api)
    assert status == "added"
    assert states(api) == {first: "signing", second: "published"}
    before = find(api)[0]["version"]
    assert due(api, "ES256") is None
    later("1 day")
    assert states(api) == {first: "retired", second: "signing"}
    assert find(api)[0]["kid"] == second and find(api)[0]["version"] != before
    later("8 days")
    assert states(api) == {second: "signing"}


def test_order_is_that_of_the_configuration(api):
    es, rs, ed = (add(api, alg)[0] for alg in ("ES256", "RS256", "EdDSA"))
    assert list(states(api, "RS256 EdDSA ES256")) == [rs, ed, es]
    assert states(api, "RS256") == {rs: "signing", es: "retired", ed: "retired"}


def test_key_of_an_algorithm_that_is_left_out_ends(api, later):
    es, rs = add(api, "ES256")[0], add(api, "RS256")[0]
    later("98 days")
    assert states(api, "ES256") == {es: "signing"}
    assert states(api) == {es: "signing", rs: "signing"}


def test_two_adders_make_one_key(api, admin):
    """The race: all of them saw that a key is due."""
    for _ in range(5):
        said = api.crowd(8, lambda caller, n: add(caller, "EdDSA")[1])
        assert sorted(said) == ["added"] + ["not_due"] * 7
        assert len(states(api, "EdDSA")) == 1
        admin.execute("delete from oauth2.signing_keys")


def test_the_same_key_twice(api):
    kid, _ = add(api)
    assert add(api, kid=kid)[1] == "added"
    assert len(states(api)) == 1


def test_sealed_again(api, ask):
    """By one of those who try; what was revoked is not brought back."""
    kid, _ = add(api)
    version = find(api)[0]["version"]
    assert api.signing_key_reseal(kid, "key", "0102", "another") == {"status": "resealed"}
    assert api.signing_key_reseal(kid, "key", "0304", "third") == {"status": "none"}
    row = find(api)[0]
    assert (row["sealed"], row["sealed_by"], row["version"]) == ("0102", "another", version)
    ask("revoke", kid=kid)
    assert api.signing_key_reseal(kid, "another", "0304", "third") == {"status": "none"}


def test_claim(api, later):
    assert claim(api) == claim(api) == "claimed"
    assert claim(api, "b") == "taken"
    later("61 seconds")
    assert claim(api, "b") == "claimed"
    add(api)
    assert claim(api, "b") == "not_due"


def test_claims_at_once(api):
    said = api.crowd(8, lambda caller, n: claim(caller, f"owner {n}", "PS256"))
    assert sorted(said) == ["claimed"] + ["taken"] * 7


def test_rotate(api, ask, later):
    first, _ = add(api)
    assert ask("rotate") == (202, {"algs": ["ES256"]})
    assert ask("wanted")[0] == 202
    assert due(api, "ES256") == "ES256"
    second, _ = add(api)
    assert states(api) == {first: "signing", second: "published"}
    assert ask("wanted") == (200, {"algs": []})
    assert due(api, "ES256") is None

    assert ask("rotate")[0] == 202          # there is one already
    assert due(api, "ES256") is None
    assert ask("rotate", alg="ES256", at_once=True)[0] == 202
    assert states(api) == {first: "retired", second: "signing"}
    later("8 days 1 second")
    assert states(api) == {second: "signing"}


def test_rotate_at_once(api, ask):
    first, _ = add(api)
    assert ask("rotate", at_once=True)[0] == 202
    second, _ = add(api)
    assert states(api) == {second: "signing", first: "retired"}


def test_rotate_refused(api, ask):
    assert ask("rotate") == (409, {"code": "no_keys"})
    for alg in ("HS256", "none", ""):
        assert ask("rotate", alg=alg)[1]["errors"][0]["pointer"] == "/alg"
    for _ in range(32):
        if ask("rotate", alg="ES256", at_once=True)[0] == 409:
            break
        add(api)
    assert ask("rotate", alg="ES256") == (409, {"code": "too_many_keys"})
    assert len(find(api)) <= 32


def test_revoke(api, ask, admin):
    first, _ = add(api)
    status, body = ask("revoke", kid=first)
    assert (status, body["items"][0]["state"]) == (200, "revoked")
    assert not states(api) and due(api) == "ES256"
    assert admin.execute("select sealed from oauth2.signing_keys").fetchone()["sealed"] == b""
    assert ask("revoke", kid=first)[1]["items"][0]["revoked_at"] == body["items"][0]["revoked_at"]
    assert ask("revoke", kid="nobody") == (404, {"code": "not_found"})
    assert ask("revoke")[0] == 422
    second, _ = add(api)
    assert states(api) == {second: "signing"}


def test_revoked_key_is_followed_by_the_published_one(api, ask):
    first, _ = add(api)
    ask("rotate")
    second, _ = add(api)
    ask("revoke", kid=first)
    assert states(api) == {second: "signing"}


def test_published_key_revoked(api, ask, later):
    """The one before it goes on as if there had been none."""
    first, _ = add(api)
    ask("rotate")
    second, _ = add(api)
    ask("revoke", kid=second)
    later("30 days")
    assert states(api) == {first: "signing"}
    assert due(api, "ES256") is None


def test_revoke_all(api, ask):
    add(api)
    add(api, "RS256")
    assert [k["state"] for k in ask("revoke", all=True)[1]["items"]] == ["revoked"] * 2
    assert not states(api)
    assert ask("revoke", all=True) == (200, {"items": []})


def test_list(api, ask, later):
    first, _ = add(api)
    ask("rotate", at_once=True)
    second, _ = add(api)
    status, body = ask("list")
    assert status == 200
    assert {k["kid"]: k["state"] for k in body["items"]} == {first: "retired", second: "signing"}
    assert not any("sealed" in k for k in body["items"])
    later("9 days")
    assert {k["kid"]: k["state"] for k in ask("list")[1]["items"]} == {
        first: "expired", second: "signing"}
    later("90 days")
    add(api)
    assert first not in {k["kid"] for k in ask("list")[1]["items"]}
