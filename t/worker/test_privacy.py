# SPDX-License-Identifier: MIT
"""No address, name, hash, digest or token in any history or memo, and none
in the log (design, section 4: payloads are sealed)."""

import asyncio
import base64
import json

from temporalio.api.common.v1 import Payload

from lib.codec import converter
from lib.process import wait_for
from lib.worker import KEY


def test_histories_hold_nothing_personal(worker, temporal, database, mail):
    answer = worker.register("privacy@example.com", request_id="request-4711")
    assert answer.json["status"] == "created"
    wait_for(lambda: temporal.status(answer.workflow_id) == "COMPLETED", 20, "completed")
    mail.wait_message("privacy@example.com")

    user = database.rows("select * from oauth2.users where email = 'privacy@example.com'")[0]
    secrets = ["privacy@example.com", "privacy@", "Lovelace-Ada", user["hashed_password"], "$2b$",
               user["email_verification_token"], str(user["id"]), "request-4711"]
    describe = temporal.run("workflow", "describe", "-w", answer.workflow_id, "-o", "json").stdout
    text = temporal.history_text(answer.workflow_id) + describe
    assert "core_local_activity" in text and "binary/encrypted" in text
    assert [s for s in secrets if s in text] == []

    log = worker.log()
    assert [s for s in secrets[:6] if s in log] == []


def test_the_codec_opens_them(worker, temporal):
    """What is sealed is what was asked for, by an independent implementation."""
    answer = worker.register("codec@example.com")
    event = temporal.history(answer.workflow_id)[0]["workflowExecutionStartedEventAttributes"]
    raw = event["input"]["payloads"][0]
    payload = Payload(metadata={k: base64.b64decode(v) for k, v in raw["metadata"].items()},
                      data=base64.b64decode(raw["data"]))

    plain = asyncio.run(converter(KEY).payload_codec.decode([payload]))[0]
    assert plain.metadata["encoding"] == b"json/plain"
    value = json.loads(plain.data)
    assert value["operation_id"] == answer.operation_id
    assert value["input"]["email"] == "codec@example.com"
