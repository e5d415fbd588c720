"""The owner's log: what others write between its own lines is folded too, and what was kept is folded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gameday.drill.log import Log
from gameday.events import Event, NewEvent, Note, Stopped, body_data
from gameday.process_identity import current_process
from gameday.store.protocols import StoreFull
from gameday.store.sqlite import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "gameday.db")
    store.begin("gd-0001", "test", "rehearsal", "", current_process())
    return store


def note(say: str) -> NewEvent:
    return NewEvent(Note(text=say))


def test_stop_written_by_another_process_is_folded(store: Store) -> None:
    log = Log(store, "gd-0001", 1)
    log.append(note("ours"))
    store.append("gd-0001", [NewEvent(Stopped(text="enough"))], None)
    log.append(note("ours again"))
    assert log.state.halt_reason == "STOP: enough"
    assert [event.kind for event in log.events] == ["note", "stop", "note"]


def test_poll_folds_new_events_once(store: Store) -> None:
    log = Log(store, "gd-0001", 1)
    log.append(note("ours"))
    store.append("gd-0001", [NewEvent(Stopped(text="enough"))], None)
    log.read_events_of_others()
    log.read_events_of_others()
    assert [event.kind for event in log.events] == ["note", "stop"]


def test_unwritten_event_is_folded_once_and_written_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(store, "gd-0001", 1)
    append = store.append

    def full(*_: object) -> list[Event]:
        raise StoreFull("no room")

    monkeypatch.setattr(store, "append", full)
    log.append(note("kept"))
    monkeypatch.setattr(store, "append", append)
    store.append("gd-0001", [note("another terminal")], None)
    log.append(note("after"))
    log.read_events_of_others()
    assert sorted(str(body_data(event.body)["text"]) for event in log.events) == ["after", "another terminal", "kept"]
    assert [body_data(event.body)["text"] for event in store.events("gd-0001")] == ["another terminal", "kept", "after"]
