# SPDX-License-Identifier: MIT
"""replay_use: what may come once (RFC 7523 3, RFC 9449 11.1)."""

from lib.statements import digest


def test_used_once(api):
    assert api.replay_use(digest("one"), 60)["status"] == "first"
    assert api.replay_use(digest("one"), 60)["status"] == "again"
    assert api.replay_use(digest("two"), 60)["status"] == "first"


def test_once_more_when_it_is_over(api, admin):
    api.replay_use(digest("old"), 60)
    admin.execute("update oauth2.replays set expires_at = now() where digest = %s",
                  [digest("old")])
    assert api.replay_use(digest("old"), 60)["status"] == "first"
    assert api.replay_use(digest("old"), 60)["status"] == "again"


def test_used_once_by_many(api):
    said = api.crowd(6, lambda other, _: other.replay_use(digest("many"), 60)["status"])
    assert sorted(said) == ["again"] * 5 + ["first"]
