# SPDX-License-Identifier: MIT
"""The registration as workflows of the official SDK.  A module of its own:
the SDK's sandbox imports it anew for each workflow."""

from datetime import timedelta

from temporalio import workflow

STEP = timedelta(seconds=5)
MAIL = timedelta(seconds=60)


@workflow.defn
class RegisterRemote:
    """Each step is an activity, as most write it."""

    @workflow.run
    async def run(self, given: dict) -> dict:
        token = await workflow.execute_activity(
            "generate_verification_token", given, start_to_close_timeout=STEP)
        row = await workflow.execute_activity(
            "create_user", {**given, **token}, start_to_close_timeout=STEP)
        await workflow.execute_activity(
            "send_verification_email", given["operation_id"], start_to_close_timeout=MAIL)
        return row


@workflow.defn
class RegisterLocal:
    """The database steps are local activities, as in our worker."""

    @workflow.run
    async def run(self, given: dict) -> dict:
        token = await workflow.execute_local_activity(
            "generate_verification_token", given, start_to_close_timeout=STEP)
        row = await workflow.execute_local_activity(
            "create_user", {**given, **token}, start_to_close_timeout=STEP)
        await workflow.execute_activity(
            "send_verification_email", given["operation_id"], start_to_close_timeout=MAIL)
        return row
