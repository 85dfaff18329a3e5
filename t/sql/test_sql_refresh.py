# SPDX-License-Identifier: MIT
"""refresh_rotate: one successor, reuse ends the family (RFC 9700 4.14)."""

import uuid

import pytest

from lib.statements import none, secret


def test_rotated(api, user, session):
    sent, row = api.rotate(session["refresh"])
    assert row == {
        "status": "rotated", "user_id": uuid.UUID(user["user_id"]),
        "session_id": session["session_id"], "scope": session["scope"],
        "auth_time": session["auth_time"], "profile": session["profile"], "parameters": {},
        "claims": None}
    assert api.token_find(sent["token"])["status"] == "active"
    assert api.token_find(session["token"])["status"] == "active"
    assert api.rotate(sent["refresh"])[1]["status"] == "rotated"


def test_rotated_again_with_the_same_token_is_answered_as_before(api, session):
    sent, row = api.rotate(session["refresh"])
    again = api.rotate(session["refresh"], token=sent["token"], refresh=sent["refresh"])[1]
    assert again == row
    assert api.token_find(sent["token"])["status"] == "active"


def test_after_the_grace_the_same_is_reuse(api, session, app):
    sent, row = api.rotate(app["refresh"], "demo")
    again = api.rotate(app["refresh"], "demo", token=sent["token"], refresh=sent["refresh"],
                       grace=0)[1]
    assert row["status"] == "rotated"
    assert none(again, "reused")
    assert none(api.token_find(sent["token"]))


def test_kept(api, app):
    """FAPI 2.0 5.3.2.1: without a successor, each call is a further access token."""
    made = [api.rotate(app["refresh"], "demo", refresh=None) for _ in range(2)]
    assert [row["status"] for _, row in made] == ["rotated", "rotated"]
    assert all(api.token_find(sent["token"])["status"] == "active" for sent, _ in made)
    narrow, row = api.rotate(app["refresh"], "demo", refresh=None, scope="openid")
    assert row["scope"] == api.token_find(narrow["token"])["scope"] == "openid"
    assert none(api.rotate(app["refresh"], "demo", refresh=None, scope="other")[1],
                "invalid_scope")
    assert api.token_revoke("demo", app["refresh"], None)["status"] == "revoked"
    assert none(api.rotate(app["refresh"], "demo", refresh=None)[1], "invalid")
    assert all(none(api.token_find(sent["token"])) for sent, _ in [*made, (narrow, None)])


def test_kept_after_it_was_replaced(api, app):
    """What was rotated before stays so."""
    new, _ = api.rotate(app["refresh"], "demo")
    assert none(api.rotate(app["refresh"], "demo", refresh=None)[1], "reused")
    assert none(api.token_find(new["token"]))


def test_a_retry_when_the_successor_was_used_is_reuse(api, app):
    sent, _ = api.rotate(app["refresh"], "demo")
    api.rotate(sent["refresh"], "demo")
    again = api.rotate(app["refresh"], "demo", token=sent["token"], refresh=sent["refresh"])[1]
    assert none(again, "reused")


def test_parameters_stay_with_the_family(api, session):
    issued = api.issue_code(session, claims={"userinfo": {"name": None}}, resource=["https://a"])
    token, row = api.redeem(issued, parameters={"cnf": {"jkt": "x"}})
    expected = {"claims": {"userinfo": {"name": None}}, "resource": ["https://a"],
                "cnf": {"jkt": "x"}}
    assert row["parameters"] == expected
    assert api.token_find(token["token"])["parameters"] == expected
    new, row = api.rotate(token["refresh"], "demo",
                          parameters={"resource": ["https://b"], "cnf": {"jkt": "x"}})
    assert row["parameters"] == {**expected, "resource": ["https://b"]}
    assert api.token_find(new["token"])["parameters"] == row["parameters"]


@pytest.fixture(scope="module")
def page(admin):
    """A public client."""
    admin.execute(
        "insert into oauth2.oauth2_clients (client_id, client_name, redirect_uris, scope,"
        " token_endpoint_auth_method)"
        " select 'page', 'Page', redirect_uris, scope, 'none'"
        " from oauth2.oauth2_clients where client_id = 'demo'")


@pytest.mark.parametrize("client, key, good", [
    ("demo", {"jkt": "x"}, True), ("demo", {"jkt": "y"}, True), ("demo", None, False),
    ("demo", {"x5t#S256": "x"}, False), ("page", {"jkt": "x"}, True),
    ("page", {"jkt": "x", "x5t#S256": "x"}, True), ("page", {"jkt": "y"}, False),
    ("page", None, False), ("page", {"x5t#S256": "x"}, False)])
def test_key_stays(api, session, page, client, key, good):
    """RFC 9449 5, RFC 8705 7.1: that of a public client; of others the kind"""
    token, _ = api.redeem(api.issue_code(session, client), parameters={"cnf": {"jkt": "x"}})
    _, row = api.rotate(token["refresh"], client, parameters=key and {"cnf": key})
    if good:
        assert row["parameters"]["cnf"] == key
    else:
        assert none(row, "invalid")
        assert api.rotate(token["refresh"], client,
                          parameters={"cnf": {"jkt": "x"}})[1]["status"] == "rotated"


def test_narrower_scope_is_that_of_the_access_token(api, app):
    narrow, row = api.rotate(app["refresh"], "demo", "profile")
    assert row["scope"] == "profile"
    assert api.token_find(narrow["token"])["scope"] == "profile"
    _, row = api.rotate(narrow["refresh"], "demo")
    assert row["scope"] == "openid profile offline_access"


def test_wider_scope_is_refused_and_costs_nothing(api, app):
    for scope in ("openid write", "write", "OPENID"):
        assert none(api.rotate(app["refresh"], "demo", scope)[1], "invalid_scope")
    assert api.rotate(app["refresh"], "demo")[1]["status"] == "rotated"


def test_reuse_revokes_the_family(api, session, app):
    one, _ = api.rotate(app["refresh"], "demo")
    two, _ = api.rotate(one["refresh"], "demo")
    sent, row = api.rotate(app["refresh"], "demo")

    assert none(row, "reused")
    for token in (app, one, two, sent):
        assert none(api.token_find(token["token"]))
    assert none(api.rotate(two["refresh"], "demo")[1], "invalid")
    assert none(api.rotate(one["refresh"], "demo")[1], "reused")
    # another's stolen token does not sign the user out of our pages
    assert api.session_find(session["session"])["status"] == "active"


def test_reuse_in_our_pages_ends_the_session(api, session, app):
    new, _ = api.rotate(session["refresh"])
    assert none(api.rotate(session["refresh"])[1], "reused")
    assert none(api.token_find(new["token"]))
    assert none(api.session_find(session["session"]))
    assert none(api.token_find(app["token"]))


def test_reuse_leaves_other_families_alone(api, user, session, app):
    other, _ = api.redeem(api.issue_code(session))
    api.rotate(app["refresh"], "demo")
    assert api.rotate(app["refresh"], "demo")[1]["status"] == "reused"
    assert api.token_find(other["token"])["status"] == "active"
    assert api.rotate(other["refresh"], "demo")[1]["status"] == "rotated"


def test_invalid(api, admin, app):
    assert none(api.rotate(secret(), "demo")[1], "invalid")
    assert none(api.rotate(app["refresh"], "other")[1], "invalid")
    assert none(api.rotate(app["refresh"])[1], "invalid")
    # nobody but the owner can spend it
    new, row = api.rotate(app["refresh"], "demo")
    assert row["status"] == "rotated"
    admin.execute("update oauth2.oauth2_access_tokens set refresh_token_expires_at = now()"
                  " where id = any (%s::uuid[])", [[app["token"], new["token"]]])
    assert none(api.rotate(new["refresh"], "demo")[1], "invalid")
    assert none(api.rotate(app["refresh"], "demo")[1], "invalid")


@pytest.mark.parametrize("change", [
    "update oauth2.sessions set closed_at = now() where id = %(session)s",
    "update oauth2.users set is_active = false where id = %(user)s",
    "update oauth2.oauth2_access_tokens set revoked_at = now() where id = %(token)s",
])
def test_invalid_when_what_it_stands_on_is_gone(api, admin, change):
    user = api.verified_user()
    mine = api.open_session(user)
    sent, _ = api.redeem(api.issue_code(mine))
    admin.execute(change, {"session": mine["session_id"], "user": user["user_id"],
                           "token": sent["token"]})
    assert none(api.rotate(sent["refresh"], "demo")[1], "invalid")


def test_the_family_grows_no_older(api, admin, session):
    app, _ = api.redeem(api.issue_code(session), refresh_lifetime=3600)
    new, _ = api.rotate(app["refresh"], "demo", refresh_lifetime=7 * 86400)
    last, _ = api.rotate(new["refresh"], "demo", refresh_lifetime=60)
    rows = admin.execute(
        "select id::text, refresh_token_expires_at as ends from oauth2.oauth2_access_tokens"
        " where id = any (%s::uuid[])", [[app["token"], new["token"], last["token"]]])
    ends = {row["id"]: row["ends"] for row in rows}
    assert ends[new["token"]] == ends[app["token"]]
    assert ends[last["token"]] < ends[app["token"]]


def test_twenty_refresh_at_once(api, app):
    done = api.crowd(20, lambda a, n: a.rotate(app["refresh"], "demo"))
    assert sorted(row["status"] for _, row in done) == ["reused"] * 19 + ["rotated"]
    for sent, _ in done:
        assert none(api.token_find(sent["token"]))


def test_the_same_refresh_from_everywhere(api, app):
    token, refresh = str(uuid.uuid4()), secret()
    done = api.crowd(20, lambda a, n: a.rotate(app["refresh"], "demo", token=token,
                                               refresh=refresh))
    assert {row["status"] for _, row in done} == {"rotated"}
    assert api.token_find(token)["status"] == "active"


def test_second_refresh_waits(api, second, app):
    one, two = api.meanwhile(lambda a: a.rotate(app["refresh"], "demo"), second,
                             lambda a: a.rotate(app["refresh"], "demo"))
    assert one[1]["status"] == "rotated"
    assert two[1]["status"] == "reused"


def test_sign_out_during_a_refresh(api, second, session):
    one, two = api.meanwhile(lambda a: a.rotate(session["refresh"]), second,
                             lambda a: a.session_close(session["session"], None, None))
    assert one[1]["status"] == "rotated"
    assert two["status"] == "closed"
    assert none(api.token_find(one[0]["token"]))
    assert none(api.rotate(one[0]["refresh"])[1], "invalid")


def test_revocation_during_a_refresh(api, second, app):
    one, two = api.meanwhile(lambda a: a.rotate(app["refresh"], "demo"), second,
                             lambda a: a.token_revoke("demo", app["refresh"], None))
    assert one[1]["status"] == "rotated"
    assert two["status"] == "revoked"
    assert none(api.token_find(one[0]["token"]))
    assert none(api.rotate(one[0]["refresh"], "demo")[1], "invalid")


@pytest.fixture
def loose(admin, user):
    """Tokens of a user that hang on no session."""
    sent = {"token": str(uuid.uuid4()), "refresh": secret()}
    admin.execute(
        "insert into oauth2.oauth2_access_tokens (id, refresh_token, family_id, client_id,"
        " user_id, scope, refresh_scope, expires_at, refresh_token_expires_at) values"
        " (%(token)s, %(refresh)s, %(token)s, 'demo', %(user)s, 'openid', 'openid',"
        " now() + interval '1 hour', now() + interval '1 day')",
        {**sent, "user": user["user_id"]})
    return sent


def test_without_a_session(api, loose):
    sent, row = api.rotate(loose["refresh"], "demo")
    assert (row["status"], row["session_id"], row["auth_time"]) == ("rotated", None, None)
    assert api.token_find(sent["token"])["status"] == "active"
    assert api.session_close(None, sent["refresh"], None) == {"status": "closed"}
    assert none(api.token_find(sent["token"]))


def test_twenty_at_once_without_a_session(api, loose):
    done = api.crowd(20, lambda a, n: a.rotate(loose["refresh"], "demo"))
    assert sorted(row["status"] for _, row in done) == ["reused"] * 19 + ["rotated"]


def test_reset_during_a_refresh_without_a_session(api, second, user, loose):
    _, token, _ = api.ask("set_password_reset_token", user["email"])
    one, two = api.meanwhile(lambda a: a.rotate(loose["refresh"], "demo"), second,
                             lambda a: a.confirm(token, user["password_hash"]))
    assert (one[1]["status"], two["status"]) == ("rotated", "changed")
    assert none(api.token_find(one[0]["token"]))
    assert none(api.rotate(one[0]["refresh"], "demo")[1], "invalid")
