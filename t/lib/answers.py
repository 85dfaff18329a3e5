# SPDX-License-Identifier: MIT
"""What an answer must look like when it is an error, by face."""

import base64
import json
import urllib.parse

from lib.client import query_of


def problem(answer, status, code, *pointers):
    """application/problem+json (RFC 9457) with our code, and exactly these
    fields complained about, in any order."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code), body
    assert body["title"]
    assert sorted(e["pointer"] for e in body.get("errors", [])) == sorted(pointers), body
    assert all(e["detail"] for e in body.get("errors", []))
    return body


def oauth_error(answer, status, error):
    """RFC 6749 5.2."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["error"] == error, body
    assert body["error_description"]
    return body


def page_error(answer, status=400):
    """A page of our own: no redirect, no script, no frame."""
    assert answer.status_code == status, answer.text
    assert "location" not in answer.headers
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["x-frame-options"] == "DENY"
    return answer.text


def redirect(answer, target):
    """303 to this URI; its query."""
    assert answer.status_code == 303, answer.text
    location = answer.headers["location"]
    parts = urllib.parse.urlsplit(location)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == target, location
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    return query_of(location)


def redirect_error(answer, target, error, issuer, state="a state"):
    """RFC 6749 4.1.2.1 with the issuer of RFC 9207."""
    query = redirect(answer, target)
    assert query["error"] == error, query
    assert query["iss"] == issuer
    assert query.get("state") == state
    assert "code" not in query
    return query


def claims_of(token):
    """The claims of a JWT, unchecked."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def compact(value):
    """JSON as httpx would send it, for bodies that it would not."""
    return json.dumps(value).encode()
