# SPDX-License-Identifier: MIT
"""Temporal's own command line shows a history decoded to an administrator, and to nobody
else (issue of durable operations, privacy; docs/operations.md)."""

import base64
import json

import pytest

from lib.client import bearer, fresh_email
from lib.process import wait_for


@pytest.fixture(scope="module")
def workflow(full):
    """A registration through Temporal: its address and the id of its workflow."""
    email = fresh_email("history")
    answer = full.register(email, first_name="Ada")
    assert answer.json()["method"] == "temporal_workflow", answer.text
    operation = full.database.value(
        "select id from oauth2.operations where result ->> 'email' = %s", email)
    found = f"register-{operation}"
    wait_for(lambda: full.temporal.status(found) == "COMPLETED", 20, "completed")
    return email, found


def show(full, workflow, *options):
    return full.temporal.run("workflow", "show", "-w", workflow, "-o", "json", *options,
                             check=False)


def codec(full, token=None):
    options = ["--codec-endpoint", f"{full.base}/temporal/codec"]
    return options + (["--codec-auth", f"Bearer {token}"] if token else [])


def test_decoded_for_an_administrator(full, workflow):
    email, name = workflow
    user = full.user(login=True)
    full.database.rows("select * from oauth2.admin_user_set(%s)",
                       json.dumps({"email": user.email, "is_superuser": True}))

    done = show(full, name, *codec(full, user.tokens["access_token"]))
    assert done.returncode == 0, done.stderr
    started = json.loads(done.stdout)["events"][0]["workflowExecutionStartedEventAttributes"]
    payload = started["input"]["payloads"][0]
    assert base64.b64decode(payload["metadata"]["encoding"]) == b"json/plain"
    value = json.loads(base64.b64decode(payload["data"]))
    assert (value["input"]["email"], value["input"]["first_name"]) == (email, "Ada")
    assert base64.b64encode(b"binary/encrypted").decode() not in done.stdout

    readable = full.temporal.run("workflow", "show", "-w", name, "--detailed",
                                 *codec(full, user.tokens["access_token"])).stdout
    assert email in readable

    user.http.post("/auth/logout", headers=bearer(user.tokens["access_token"]))
    closed = show(full, name, *codec(full, user.tokens["access_token"]))
    assert closed.returncode != 0 and email not in closed.stdout


def test_closed_for_others(full, workflow):
    email, name = workflow
    user = full.user(login=True)
    for options in (codec(full), codec(full, user.tokens["access_token"])):
        done = show(full, name, *options)
        assert done.returncode != 0
        assert email not in done.stdout + done.stderr

    assert email not in full.temporal.history_text(name), "nor without a codec"
