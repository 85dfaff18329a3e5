# SPDX-License-Identifier: MIT
"""Temporal's own replayer as an oracle: it replays our histories against the
same workflows written for the official Python SDK, and finds what differs."""

import asyncio
import datetime

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from lib.codec import converter
from lib.database import Database
from lib.process import wait_for
from lib.worker import KEY

SECONDS = datetime.timedelta(seconds=1)


async def local(name, value):
    return await workflow.execute_local_activity(
        name, value, start_to_close_timeout=5 * SECONDS,
        retry_policy=RetryPolicy(initial_interval=SECONDS), local_retry_threshold=SECONDS / 2)


async def remote(name, value):
    return await workflow.execute_activity(name, value, start_to_close_timeout=60 * SECONDS)


@workflow.defn(name="PingWorkflow", sandboxed=False)
class Ping:
    @workflow.run
    async def run(self, data: dict) -> dict:
        return {"status": "ok"}


@workflow.defn(name="UserRegistrationWorkflow", sandboxed=False)
class Registration:
    @workflow.run
    async def run(self, data: dict) -> dict:
        await local("generate_verification_token", data)
        outcome = await local("create_user", data)
        await remote("send_verification_email", data)
        return outcome


@workflow.defn(name="EmailVerificationWorkflow", sandboxed=False)
class Verification:
    @workflow.run
    async def run(self, data: dict) -> dict:
        outcome = await local("verify_user_email", data)
        await remote("send_welcome_email", data)
        return outcome


@workflow.defn(name="PasswordResetWorkflow", sandboxed=False)
class Reset:
    @workflow.run
    async def run(self, data: dict) -> dict:
        await local("generate_password_reset_token", data)
        outcome = await local("set_password_reset_token", data)
        await remote("send_password_reset_email", data)
        return outcome


@workflow.defn(name="PasswordResetConfirmationWorkflow", sandboxed=False)
class Confirmation:
    @workflow.run
    async def run(self, data: dict) -> dict:
        outcome = await local("confirm_password_reset", data)
        await remote("send_password_changed_email", data)
        return outcome


@workflow.defn(name="UserRegistrationWorkflow", sandboxed=False)
class WrongActivity:
    """As Registration, with another activity in the middle."""

    @workflow.run
    async def run(self, data: dict) -> dict:
        await local("generate_verification_token", data)
        outcome = await local("create_account", data)
        await remote("send_verification_email", data)
        return outcome


@workflow.defn(name="UserRegistrationWorkflow", sandboxed=False)
class WrongMail:
    """As Registration, with another mail."""

    @workflow.run
    async def run(self, data: dict) -> dict:
        await local("generate_verification_token", data)
        outcome = await local("create_user", data)
        await remote("send_welcome_email", data)
        return outcome


OURS = [Ping, Registration, Verification, Reset, Confirmation]


def replay(temporal, workflow_id, workflows=tuple(OURS)):
    """None, or what the replayer complains of."""
    async def main():
        made = converter(KEY)
        client = await Client.connect(temporal.address, data_converter=made)
        history = await client.get_workflow_handle(workflow_id).fetch_history()
        replayer = Replayer(workflows=list(workflows), data_converter=made,
                            workflow_runner=UnsandboxedWorkflowRunner())
        return (await replayer.replay_workflow(
            history, raise_on_replay_failure=False)).replay_failure

    return asyncio.run(main())


def completed(temporal, answer):
    assert answer.status == 200, answer
    wait_for(lambda: temporal.status(answer.workflow_id) == "COMPLETED", 30, "completed")
    return answer.workflow_id


def test_every_workflow_replays(worker, temporal, database):
    known = {"fingerprint": "00" * 32}
    answers = [
        worker.ping(),
        worker.register("replay@example.com"),
        worker.register("replay@example.com"),
        worker.operation("verify-email", {"token_digest": "0" * 64, **known}),
        worker.operation("password-reset", {"email": "replay@example.com",
                                            "token_lifetime": 60, **known}),
        worker.operation("password-reset-confirm", {"token_digest": "0" * 64,
                                                    "password_hash": "x", **known}),
    ]
    for answer in answers:
        assert replay(temporal, completed(temporal, answer)) is None, answer


@pytest.mark.parametrize("wrong", [WrongActivity, WrongMail])
def test_the_oracle_sees_a_difference(worker, temporal, wrong):
    workflow_id = completed(temporal, worker.register(f"{wrong.__name__}@example.com"))
    assert replay(temporal, workflow_id) is None
    assert "activity" in str(replay(temporal, workflow_id, [wrong])).lower()


def test_backoff_replays(own_postgres, temporal, start_worker, mail):
    """A local activity that had to wait for its database: markers of
    failures and timers, as the SDKs write them."""
    database = Database(own_postgres)
    worker = start_worker(database.app, temporal.address, mail.path,
                          task_queue=f"queue-{database.name}")
    own_postgres.stop()
    answer = worker.register("backoff@example.com")
    assert answer.status == 503
    wait_for(lambda: any("timerFiredEventAttributes" in e
                         for e in temporal.history(answer.workflow_id)), 30, "a timer")
    own_postgres.start()
    wait_for(lambda: temporal.status(answer.workflow_id) == "COMPLETED", 60, "completed")
    assert replay(temporal, answer.workflow_id) is None


def test_cancel_replays(temporal, start_worker, database, mail):
    """Cancelled at its mail, whose server is not there."""
    worker = start_worker(database.app, temporal.address, "smtp://127.0.0.1:9",
                          task_queue=f"queue-{database.name}-cancel", drain_interval="0")
    answer = worker.register("cancel@example.com")
    assert answer.json["status"] == "created"
    wait_for(lambda: worker.metric("mails_retried_total"), 20, "an attempt")
    temporal.run("workflow", "cancel", "-w", answer.workflow_id)
    wait_for(lambda: temporal.status(answer.workflow_id) == "CANCELED", 20, "canceled")
    assert replay(temporal, answer.workflow_id) is None
