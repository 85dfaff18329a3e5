# SPDX-License-Identifier: MIT
"""Every recorded history (t/worker/histories) replays to the commands that it
holds.  "./dev test t/worker/test_histories.py --record-histories" writes them."""

import pytest

from lib.replay import build, read, recorded, recorded_commands, replay

NAMES = [path.stem for path in recorded()]
EXPECTED = {
    "ping", "register", "verify-email", "password-reset", "password-reset-confirm",
    "local-activity-retried", "activity-retried", "activity-failed", "activity-timed-out",
    "worker-lost", "reset", "canceled"}


@pytest.fixture(scope="module")
def program():
    return build("replay")


def test_the_recorded_ones_are_all_there():
    assert set(NAMES) == EXPECTED


@pytest.mark.parametrize("path", recorded(), ids=lambda p: p.stem)
def test_same_commands(program, path):
    history = read(path)
    status, complaint, answers = replay(program, history)

    assert (status, complaint) == (0, "")
    assert answers == recorded_commands(history)
    assert sum(len(commands) for commands in answers.values()) >= 1


def test_another_table_is_noticed(program):
    """What a changed table does to the histories of its workflow, and only to
    them."""
    other = build("replay-incompatible")
    for path in recorded():
        history = read(path)
        started = history.events[0].workflow_execution_started_event_attributes
        status, complaint, _ = replay(other, history)
        if started.workflow_type.name == "UserRegistrationWorkflow":
            assert status == 1, path
            assert "the marker of another activity" in complaint, path
        else:
            assert (status, complaint) == (0, ""), path


def test_an_event_at_a_wrong_place_is_noticed(program):
    """A history without its first marker: the second takes its place."""
    history = read(next(p for p in recorded() if p.stem == "register"))
    marker = next(i for i, e in enumerate(history.events)
                  if e.HasField("marker_recorded_event_attributes"))
    del history.events[marker]
    status, complaint, answers = replay(program, history)
    assert status == 1
    assert complaint == 'the history has no marker of "create_user"'
    assert not answers


def test_a_newer_table_of_old_workflows(program):
    """Rows since another shape are not for workflows that began before."""
    newer = build("replay-compatible")
    for path in recorded():
        history = read(path)
        status, complaint, answers = replay(newer, history)
        assert (status, complaint) == (0, ""), path
        assert answers == recorded_commands(history)
