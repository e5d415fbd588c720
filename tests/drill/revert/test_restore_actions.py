"""What is to be handed back is read from the log; without a command for it, it is owed and said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gameday.clock import JumpClock
from gameday.drill.revert.restore_actions import NOTHING, Commands, actions_to_restore, restore_actions
from gameday.drill.revert.takeover import take_over
from gameday.events import NewEvent
from gameday.model import Source
from gameday.process_identity import current_process
from gameday.store.sqlite import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "gameday.db")
    store.begin("gd-0001", "test", "rehearsal", "", current_process())
    return store


def test_what_was_done_and_not_taken_back_is_owed_newest_first(store: Store) -> None:
    drafts = [
        NewEvent("load", {"say": "started"}),
        NewEvent("action", {"action": "a", "ok": True}),
        NewEvent("action", {"action": "b", "ok": False}),
        NewEvent("acting", {"action": "c"}),
        NewEvent("action", {"action": "c", "ok": True}),
        NewEvent("acting", {"action": "d"}),
        NewEvent("action", {"action": "d", "ok": False}),
        NewEvent("acting", {"action": "e"}),
        NewEvent("handed-back", {"item": "a", "result": "put back"}),
    ]
    assert actions_to_restore(store.append("gd-0001", drafts, 1)) == ["e", "c", "load"]  # nobody knows how e ended


@pytest.mark.parametrize(
    ("known", "result"),
    [({"a": (sys.executable, "-c", "")}, "put back"), ({"a": ("false",)}, "owed"), (NOTHING, "owed"), ({}, "unnamed")],
)
def test_a_hand_back_is_put_back_or_owed(known: Commands, result: str) -> None:
    said: list[NewEvent] = []
    restore_actions(["a"], known, said.append)
    assert [draft.data["result"] for draft in said] == [result]


def test_whoever_takes_a_drill_over_hands_back_too_and_ends_it(store: Store) -> None:
    store.append("gd-0001", [NewEvent("action", {"action": "a", "ok": True})], 1)
    back = {"a": (sys.executable, "-c", "")}
    left = take_over(store, "gd-0001", "its owner is gone", {}, JumpClock(), source=Source.GUARDIAN, back=back)
    assert left == []
    kinds = [event.kind for event in store.events("gd-0001")]
    assert kinds == ["action", "owner", "reverting", "handed-back", "halt", "end", "phase"]
    assert {event.source for event in store.events("gd-0001")[1:]} == {Source.GUARDIAN}, "no runner did any of it"
    assert store.unfinished() == []
