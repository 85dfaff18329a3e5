# SPDX-License-Identifier: MIT
"""Where an application may be told of logouts, as clients register it."""

import pytest

SETTINGS = "oauth2_registration open;"


@pytest.mark.parametrize("member, uri, good", [
    ("backchannel_logout_uri", "https://app.example.com/back?a=b", True),
    ("backchannel_logout_uri", "https://elsewhere.example.com/back", True),
    ("backchannel_logout_uri", "https://app.example.com/back#part", False),
    ("backchannel_logout_uri", "/back", False),
    ("frontchannel_logout_uri", "https://app.example.com/front?a=b", True),
    ("frontchannel_logout_uri", "https://app.example.com/front#part", False),
    ("frontchannel_logout_uri", "https://elsewhere.example.com/front", False),
    ("frontchannel_logout_uri", "https://app.example.com:444/front", False)])
def test_registration(server, member, uri, good):
    """Back-Channel Logout 1.0 2.2, Front-Channel Logout 1.0 2: an absolute URI without a
    fragment; in the front channel of the origin of a redirect URI."""
    answer = server.post("/oauth/register", {
        "redirect_uris": ["https://app.example.com/callback"], member: uri,
        member.replace("_uri", "_session_required"): True})
    assert answer.status_code == (201 if good else 400), answer.text
    if good:
        body = answer.json()
        assert body[member] == uri
        assert body[member.replace("_uri", "_session_required")] is True
    else:
        assert answer.json()["error"] == "invalid_client_metadata"
