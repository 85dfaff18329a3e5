# SPDX-License-Identifier: MIT
"""docs/openapi.yaml: what it says is what the server does, for requests that are made up."""

import json

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (content_type_conformance,
                                               response_headers_conformance,
                                               response_schema_conformance,
                                               status_code_conformance)

from lib.client import bearer
from lib.database import CLIENT_ID, CLIENT_SECRET
from lib.process import ROOT

EXAMPLES = 3
SETTINGS = f"root {ROOT}/build/html;\noauth2_registration open;"
LOCATIONS = f"include {ROOT}/conf/pages.conf;"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance,
          response_schema_conformance, response_headers_conformance]
CLIENT = (CLIENT_ID, CLIENT_SECRET)


def read():
    document = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())
    del document["x-shared"]
    return document


OPERATIONS = {
    f"{operation.method.upper()} {operation.path}": operation
    for operation in (found.ok() for found in
                      schemathesis.openapi.from_dict(read()).get_all_operations())}


@pytest.fixture(scope="module")
def admin(server):
    user = server.user()
    server.database.rows("select * from oauth2.admin_user_set(%s)",
                         json.dumps({"id": user.user_id, "is_superuser": True}))
    return user


def try_out(server, operation, mode, options=None):
    """Makes up requests of one kind; the statuses of the answers."""
    statuses = []

    @seed(7)
    @settings(max_examples=EXAMPLES, database=None, deadline=None, derandomize=False,
              phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        if options:
            # Only these credentials, none that were made up.
            case.headers.pop("Authorization", None)
            case.cookies.clear()
        answer = case.call(base_url=server.base, allow_redirects=False, timeout=15,
                           **(options or {}))
        case.validate_response(answer, checks=CHECKS)
        statuses.append(answer.status_code)

    ask()
    return statuses


@pytest.mark.parametrize("name", OPERATIONS)
def test_right(server, name):
    """Requests as the document wants them, by somebody whom the server does not know."""
    assert try_out(server, OPERATIONS[name], GenerationMode.POSITIVE)


@pytest.mark.parametrize("name", [n for n, o in OPERATIONS.items() if {
    "parameters", "requestBody", "security"} & set(o.definition.raw)])
def test_wrong(server, name):
    """Others are refused in the documented form (RFC 9457 3, RFC 6749 5.2)."""
    assert try_out(server, OPERATIONS[name], GenerationMode.NEGATIVE)


@pytest.mark.parametrize("name", [n for n, o in OPERATIONS.items() if o.definition.raw.get(
    "security")])
def test_somebody(server, admin, name):
    """With what the operation wants: a client's secret, else a session or a token."""
    operation = OPERATIONS[name]
    ways = [way for way in operation.definition.raw["security"] if way]
    signed = server.login(admin)
    for way in ways:
        options = {
            "client_basic": {"auth": CLIENT},
            "bearer": {"headers": bearer(signed.tokens["access_token"])},
            "session": {"cookies": dict(signed.http.cookies)},
        }[next(iter(way))]
        statuses = try_out(server, operation, GenerationMode.POSITIVE, options)
        assert name not in READS or 401 not in statuses


# What a user or an access token of one may always read.
READS = {"GET /auth/check", "GET /users/me", "GET /user/me", "GET /oauth/userinfo",
         "POST /temporal/codec/decode", "POST /oauth/introspect", "POST /oauth/revoke"}


def test_document(server):
    """The build tells the same document, which names no server but the one it comes from."""
    answer = server.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == read()
    assert answer.json()["servers"] == [{"url": "/"}]


def test_cookie_and_version(server, admin):
    """What the document repeats of the server."""
    document = read()
    assert list(server.login(admin).http.cookies) == [
        document["components"]["securitySchemes"]["session"]["name"]]
    assert server.get("/health").json()["version"] == document["info"]["version"]
