# SPDX-License-Identifier: MIT
"""The official replayer takes our histories, recorded ones and new ones, for those of
equivalent workflows in Python, and notices a workflow that is not equivalent."""

import asyncio
import datetime
import json

import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from lib.codec import converter
from lib.database import Database
from lib.process import ROOT, wait_for
from lib.replay import read, recorded
from lib.worker import KEY

SECOND = datetime.timedelta(seconds=1)
RETRY = RetryPolicy(initial_interval=SECOND, backoff_coefficient=2, maximum_attempts=0)


async def local(name, argument):
    """A local activity that no replay runs."""
    @activity.defn(name=name)
    async def never(argument):
        raise AssertionError(argument)

    return await workflow.execute_local_activity(
        never, argument, start_to_close_timeout=5 * SECOND, retry_policy=RETRY,
        local_retry_threshold=SECOND / 2)


async def mail(name, argument):
    await workflow.execute_activity(name, argument, start_to_close_timeout=60 * SECOND)


async def rows(argument, *names):
    """The rows of an operation: the last one is mail, the one before decides."""
    for name in names[:-1]:
        outcome = await local(name, argument)
    try:
        await mail(names[-1], argument)
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        raise ApplicationError("an activity failed", non_retryable=True) from error
    return outcome


@workflow.defn(name="PingWorkflow")
class Ping:
    @workflow.run
    async def run(self, argument: dict) -> dict:
        return argument


@workflow.defn(name="UserRegistrationWorkflow")
class Registration:
    @workflow.run
    async def run(self, argument: dict) -> dict:
        return await rows(argument, "generate_verification_token", "create_user",
                          "send_verification_email")


@workflow.defn(name="EmailVerificationWorkflow")
class Verification:
    @workflow.run
    async def run(self, argument: dict) -> dict:
        return await rows(argument, "verify_user_email", "send_welcome_email")


@workflow.defn(name="PasswordResetWorkflow")
class Reset:
    @workflow.run
    async def run(self, argument: dict) -> dict:
        return await rows(argument, "generate_password_reset_token",
                          "set_password_reset_token", "send_password_reset_email")


@workflow.defn(name="PasswordResetConfirmationWorkflow")
class Confirmation:
    @workflow.run
    async def run(self, argument: dict) -> dict:
        return await rows(argument, "confirm_password_reset", "send_password_changed_email")


@workflow.defn(name="UserRegistrationWorkflow")
class OtherLocal:
    @workflow.run
    async def run(self, argument: dict) -> dict:
        return await rows(argument, "derive_verification_token", "create_user",
                          "send_verification_email")


@workflow.defn(name="UserRegistrationWorkflow")
class OtherMail:
    @workflow.run
    async def run(self, argument: dict) -> dict:
        return await rows(argument, "generate_verification_token", "create_user",
                          "send_letter")


@workflow.defn(name="UserRegistrationWorkflow")
class Shorter:
    @workflow.run
    async def run(self, argument: dict) -> dict:
        return await local("generate_verification_token", argument)


OURS = (Ping, Registration, Verification, Reset, Confirmation)


def replayed(history, *workflows):
    """The failure, or None."""
    replayer = Replayer(workflows=workflows, data_converter=converter(KEY),
                        workflow_runner=UnsandboxedWorkflowRunner())
    result = asyncio.run(replayer.replay_workflow(history, raise_on_replay_failure=False))
    return result.replay_failure


@pytest.mark.parametrize("path", recorded(), ids=lambda p: p.stem)
def test_equivalent(path):
    assert replayed(read(path), *OURS) is None


@pytest.mark.parametrize("changed", [OtherLocal, OtherMail, Shorter], ids=lambda w: w.__name__)
def test_changed(changed):
    history = read(next(p for p in recorded() if p.stem == "register"))
    failure = replayed(history, changed)
    assert failure is not None and "ondeterminis" in str(failure)


def test_nothing_personal_in_them():
    """Only the codec's key opens what is in the files, and they name no machine."""
    for path in recorded():
        text = path.read_text()
        assert "@" not in text, path
        assert json.loads(text)["events"], path
        assert str(ROOT) not in text


# New ones


def fetch(temporal, workflow_id):
    async def main():
        client = await Client.connect(temporal.address)
        return await client.get_workflow_handle(workflow_id).fetch_history()

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
        assert replayed(fetch(temporal, completed(temporal, answer)), *OURS) is None, answer


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
    assert replayed(fetch(temporal, answer.workflow_id), *OURS) is None


def test_cancel_replays(temporal, start_worker, database, mail):
    """Cancelled at its mail, whose server is not there."""
    worker = start_worker(database.app, temporal.address, "smtp://127.0.0.1:9",
                          task_queue=f"queue-{database.name}-cancel", drain_interval="0")
    answer = worker.register("cancel@example.com")
    assert answer.json["status"] == "created"
    wait_for(lambda: worker.metric("mails_retried_total"), 20, "an attempt")
    temporal.run("workflow", "cancel", "-w", answer.workflow_id)
    wait_for(lambda: temporal.status(answer.workflow_id) == "CANCELED", 20, "canceled")
    assert replayed(fetch(temporal, answer.workflow_id), *OURS) is None
