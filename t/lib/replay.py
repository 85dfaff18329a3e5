# SPDX-License-Identifier: MIT
"""Histories of workflows, and what our decision function makes of them."""

import json
import pathlib
import re
import subprocess

from temporalio.api.history.v1 import History
from temporalio.api.workflowservice.v1 import RespondWorkflowTaskCompletedRequest
from temporalio.client import WorkflowHistory

from lib.codec import Codec
from lib.process import ROOT
from lib.worker import KEY

FOLDER = ROOT / "t" / "worker" / "histories"
CODEC = Codec(KEY)


def build(name):
    """A program of "make replay"."""
    subprocess.run(["make", "-s", "replay"], check=True, cwd=ROOT)
    return ROOT / "build" / name


def recorded():
    return sorted(FOLDER.glob("*.json"))


def read(source):
    """From a file, or the JSON that the CLI writes."""
    text = source.read_text() if isinstance(source, pathlib.Path) else source
    return WorkflowHistory.from_json("replayed", text)


def record(name, text):
    """Keeps a history, without the name of the machine."""
    text = re.sub(r'("identity": )"[^"]*"', r'\1"worker"', text)
    (FOLDER / f"{name}.json").write_text(json.dumps(json.loads(text), indent=1) + "\n")


def replay(program, history):
    """What the program said: its exit status, its complaint, and its answers
    by the number of the task's event."""
    started = history.events[0].workflow_execution_started_event_attributes
    done = subprocess.run(
        [program, KEY, started.workflow_type.name, started.task_queue.name],
        input=History(events=history.events).SerializeToString(), capture_output=True,
        check=False, timeout=30)
    answers = {}
    rest = done.stdout
    while rest:
        size = 4 + int.from_bytes(rest[:4], "big")
        answer = RespondWorkflowTaskCompletedRequest.FromString(rest[4:size])
        answers[int(answer.task_token)] = [of_command(c) for c in answer.commands]
        rest = rest[size:]
    return done.returncode, done.stderr.decode().strip(), answers


def opened(payloads):
    return [json.loads(CODEC.open(p).data) for p in payloads.payloads]


def recorded_commands(history):
    """The same, as the history has it: each task that was completed."""
    answers = {}
    for event in history.events:
        kind = event.WhichOneof("attributes")
        attributes = getattr(event, kind)
        if kind == "workflow_task_completed_event_attributes":
            answers[event.event_id] = []
        task = getattr(attributes, "workflow_task_completed_event_id", 0)
        if task:
            answers[task].append(of_attributes(
                kind.removesuffix("_event_attributes"), attributes))
    return answers


# of a command: what its event is called
EVENTS = {
    "schedule_activity_task": "activity_task_scheduled",
    "request_cancel_activity_task": "activity_task_cancel_requested",
    "start_timer": "timer_started",
    "record_marker": "marker_recorded",
    "complete_workflow_execution": "workflow_execution_completed",
    "fail_workflow_execution": "workflow_execution_failed",
    "cancel_workflow_execution": "workflow_execution_canceled",
}


def of_command(command):
    kind = command.WhichOneof("attributes")
    return of_attributes(EVENTS[kind.removesuffix("_command_attributes")],
                         getattr(command, kind))


def of_attributes(kind, a):
    """What a workflow must say again: all but clock readings, and the times and
    attempts of an activity, which may change."""
    match kind:
        case "activity_task_scheduled":
            return (kind, a.activity_id, a.activity_type.name, a.task_queue.name,
                    opened(a.input))
        case "activity_task_cancel_requested":
            return (kind, a.scheduled_event_id)
        case "timer_started":
            return (kind, a.timer_id, a.start_to_fire_timeout.ToMilliseconds())
        case "marker_recorded":
            data = opened(a.details["data"])[0]
            return (kind, a.marker_name,
                    {k: v for k, v in data.items() if not k.endswith("_time")},
                    opened(a.details["result"]) if "result" in a.details else None,
                    a.failure.message)
        case "workflow_execution_completed":
            return (kind, opened(a.result))
        case "workflow_execution_failed":
            return (kind, a.failure.message, a.failure.application_failure_info.type)
        case "workflow_execution_canceled":
            return (kind,)
    raise AssertionError(f"no such event is ours: {kind}")
