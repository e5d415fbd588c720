"""Actions to restore are read from the log; one without an undo command becomes a cleanup."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gameday.clock import JumpClock
from gameday.drill.revert.restore_actions import NO_COMMANDS, Commands, actions_to_restore, restore_actions
from gameday.drill.revert.takeover import take_over
from gameday.events import ActionFinished, ActionStarted, CleanedUp, LoadStarted, NewEvent
from gameday.model import Source
from gameday.process_identity import current_process
from gameday.store.sqlite import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "gameday.db")
    store.begin("gd-0001", "test", "rehearsal", "", current_process())
    return store


def test_unrestored_actions_are_listed_newest_first(store: Store) -> None:
    drafts = [
        NewEvent(LoadStarted(text="started")),
        NewEvent(ActionFinished(action="a", succeeded=True)),
        NewEvent(ActionFinished(action="b", succeeded=False)),
        NewEvent(ActionStarted(action="c")),
        NewEvent(ActionFinished(action="c", succeeded=True)),
        NewEvent(ActionStarted(action="d")),
        NewEvent(ActionFinished(action="d", succeeded=False)),
        NewEvent(ActionStarted(action="e")),
        NewEvent(CleanedUp(item="a", result="restored")),
    ]
    assert actions_to_restore(store.append("gd-0001", drafts, 1)) == ["e", "c", "load"]  # nobody knows how e ended


@pytest.mark.parametrize(
    ("known", "result"),
    [
        ({"a": (sys.executable, "-c", "")}, "restored"),
        ({"a": ("false",)}, "owed"),
        (NO_COMMANDS, "owed"),
        ({}, "no-undo"),
    ],
)
def test_action_is_restored_or_reported(known: Commands, result: str) -> None:
    said: list[NewEvent] = []
    restore_actions(["a"], known, said.append)
    assert [draft.body.result for draft in said if isinstance(draft.body, CleanedUp)] == [result]


def test_takeover_restores_actions_and_ends_the_drill(store: Store) -> None:
    store.append("gd-0001", [NewEvent(ActionFinished(action="a", succeeded=True))], 1)
    back = {"a": (sys.executable, "-c", "")}
    left = take_over(store, "gd-0001", "its owner is gone", {}, JumpClock(), source=Source.GUARDIAN, undo=back)
    assert left == []
    kinds = [event.kind for event in store.events("gd-0001")]
    assert kinds == ["action-finished", "takeover", "reverting", "cleanup", "halt", "end", "phase"]
    assert {event.source for event in store.events("gd-0001")[1:]} == {Source.GUARDIAN}, "no runner did any of it"
    assert store.unfinished() == []
