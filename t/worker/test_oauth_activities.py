# SPDX-License-Identifier: MIT
"""generate_oauth_authorization_code and exchange_authorization_code, as a
workflow of somebody else uses them."""

import asyncio
import datetime
import uuid

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RawValue, RetryPolicy
from temporalio.converter import DataConverter
from temporalio.exceptions import ActivityError, RetryState
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from lib.codec import converter
from lib.process import wait_for
from lib.statements import Api, secret
from lib.worker import KEY

ISSUE = "generate_oauth_authorization_code"
REDEEM = "exchange_authorization_code"


@workflow.defn(name="Theirs", sandboxed=False)
class Theirs:
    @workflow.run
    async def run(self, queue, calls, attempts):
        return [await workflow.execute_activity(
            name, given, task_queue=queue,
            start_to_close_timeout=datetime.timedelta(seconds=5),
            schedule_to_close_timeout=datetime.timedelta(seconds=60),
            retry_policy=RetryPolicy(initial_interval=datetime.timedelta(milliseconds=100),
                                     backoff_coefficient=1.0, maximum_attempts=attempts))
                for name, given in calls]


@workflow.defn(name="InClear", sandboxed=False)
class InClear:
    """Without the codec: how the answers are encoded."""

    @workflow.run
    async def run(self, queue, calls, attempts):
        answers = [await workflow.execute_activity(
            name, given, task_queue=queue, result_type=RawValue,
            start_to_close_timeout=datetime.timedelta(seconds=5),
            retry_policy=RetryPolicy(maximum_attempts=attempts)) for name, given in calls]
        return [a.payload.metadata["encoding"].decode() for a in answers]


@pytest.fixture
def api(database):
    database.add_client(f"app-{uuid.uuid4().hex[:8]}")
    with Api(database.app) as made:
        yield made


@pytest.fixture
def call(temporal, worker):
    """call((activity, input), ...): the results, in a workflow."""
    def run(*calls, key=KEY, during=None, name="Theirs", attempts=0):
        async def main():
            client = await Client.connect(
                temporal.address,
                data_converter=DataConverter.default if key is None else converter(key))
            theirs = f"theirs-{uuid.uuid4()}"
            async with Worker(client, task_queue=theirs, workflows=[Theirs, InClear],
                              workflow_runner=UnsandboxedWorkflowRunner()):
                handle = await client.start_workflow(
                    name, args=[worker.settings["task_queue"], list(calls), attempts],
                    id=theirs, task_queue=theirs)
                run.workflow_id = theirs
                if during is not None:
                    await asyncio.to_thread(during)
                return await handle.result()
        return asyncio.run(main())
    return run


@pytest.fixture
def begun(api, database):
    """A session, and an authorization transaction of a client."""
    client = database.rows("select client_id from oauth2.oauth2_clients"
                           " where client_id like 'app-%%' limit 1")[0]["client_id"]
    session = api.open_session(api.verified_user())
    request = secret()
    given = {"redirect_uri": "https://app.example.com/cb", "scope": "openid", "state": "s",
             "nonce": "n", "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}
    assert api.authorization_start(request, client, given, 600)["status"] == "started"
    code = secret()
    issue = {"request_digest": request, "session_digest": session["session"],
             "code_digest": code, "remember": False, "code_lifetime": 60}
    redeem = {"code_digest": code, "client_id": client, "redirect_uri": given["redirect_uri"],
              "code_challenge": given["code_challenge"], "token_id": str(uuid.uuid4()),
              "refresh_digest": secret(), "access_lifetime": 1800, "refresh_lifetime": 7200}
    return issue, redeem, session


def test_both(call, api, begun, temporal):
    issue, redeem, session = begun
    one, two = call((ISSUE, issue), (REDEEM, redeem))
    assert one == {"status": "issued", "redirect_uri": redeem["redirect_uri"], "state": "s"}
    assert two == {"status": "redeemed", "user_id": str(session["profile"]["id"]),
                   "session_id": str(session["session_id"]), "scope": "openid", "nonce": "n",
                   "auth_time": session["auth_time"]}
    assert api.token_find(redeem["token_id"])["status"] == "active"

    history = temporal.history_text(call.workflow_id)
    for hidden in (issue["code_digest"], redeem["refresh_digest"], redeem["redirect_uri"],
                   session["profile"]["email"], str(session["profile"]["id"])):
        assert hidden not in history


def test_again_is_the_same(call, api, begun):
    """An activity runs at least once; what it does happens once."""
    issue, redeem, _ = begun
    results = call((ISSUE, issue), (ISSUE, issue), (REDEEM, redeem), (REDEEM, redeem))
    assert results[0] == results[1] and results[2] == results[3]
    other = call((REDEEM, {**redeem, "token_id": str(uuid.uuid4())}))
    assert other == [{"status": "reused"}]
    assert api.token_find(redeem["token_id"])["status"] == "none"


@pytest.mark.parametrize("change", [
    {"code_digest": "the code itself"}, {"code_digest": "A" * 64}, {"code_digest": None},
    {"code_lifetime": "soon"}, {"code_lifetime": -1}, {"remember": "perhaps"},
    {"session_digest": 7},
])
def test_input(call, begun, change):
    with pytest.raises(WorkflowFailureError) as caught:
        call((ISSUE, {**begun[0], **change}))
    failure = caught.value.cause
    assert isinstance(failure, ActivityError)
    assert (failure.cause.type, failure.cause.non_retryable) == ("InvalidInput", True)


def test_in_clear(call, begun):
    """The input holds no secret and may come so; the answers are sealed all the same."""
    issue, redeem, _ = begun
    assert call((ISSUE, issue), (REDEEM, redeem), key=None, name="InClear",
                attempts=3) == ["binary/encrypted"] * 2


def test_unknown_activity(call, begun):
    """Tried again, as a worker that knows it may come, for as long as its caller says."""
    with pytest.raises(WorkflowFailureError) as caught:
        call(("revoke_authorization_code", begun[0]), attempts=2)
    failure = caught.value.cause
    assert isinstance(failure, ActivityError)
    assert failure.retry_state == RetryState.MAXIMUM_ATTEMPTS_REACHED
    assert (failure.cause.type, failure.cause.non_retryable) == ("UnknownActivity", False)


def test_a_stranger_has_another_key(call, begun):
    with pytest.raises(WorkflowFailureError) as caught:
        call((ISSUE, begun[0]), key="11" * 32)
    assert caught.value.cause.cause.type == "InvalidInput"


def test_a_failure_of_the_database_is_not_the_end(call, begun, database, worker):
    """Temporal asks again until it works."""
    function = "oauth2.code_issue(text, text, text, boolean, integer)"
    database.rows(f"revoke execute on function {function} from oauth2_app")

    def repair():
        try:
            wait_for(lambda: worker.metric("activity_tasks_failed_total") > 1, 30, "attempts")
        finally:
            database.rows(f"grant execute on function {function} to oauth2_app")

    assert call((ISSUE, begun[0]), during=repair)[0]["status"] == "issued"
