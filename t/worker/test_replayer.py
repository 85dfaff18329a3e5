# SPDX-License-Identifier: MIT
"""The official replayer takes our histories for those of equivalent workflows
in Python, and notices a workflow that is not equivalent."""

import asyncio
import datetime
import json

import pytest
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from lib.codec import converter
from lib.process import ROOT
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


def replayed(history, *workflows):
    """The failure, or None."""
    replayer = Replayer(workflows=workflows, data_converter=converter(KEY),
                        workflow_runner=UnsandboxedWorkflowRunner())
    result = asyncio.run(replayer.replay_workflow(history, raise_on_replay_failure=False))
    return result.replay_failure


@pytest.mark.parametrize("path", recorded(), ids=lambda p: p.stem)
def test_equivalent(path):
    assert replayed(read(path), Ping, Registration, Verification, Reset, Confirmation) is None


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
