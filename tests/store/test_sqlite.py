"""The store: numbers without gaps, epochs that fence, room that is given back."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.events import body

from gameday.clock import JumpClock
from gameday.drill.revert.orphans import OWNER_TIMEOUT_S, find_orphaned_drills
from gameday.errors import Refused
from gameday.events import Ended, NewEvent, Note
from gameday.model import EndReason, Reading, Role, Source
from gameday.process_identity import current_process, process_with_pid
from gameday.store.open import open_for_revert, open_store
from gameday.store.paths import DataFolder
from gameday.store.protocols import Fenced, StoreError
from gameday.store.sqlite import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "gameday.db")
    store.begin("gd-0001", "test", "rehearsal", "", current_process())
    return store


def test_what_was_appended_is_read_back_as_it_was(store: Store) -> None:
    draft = NewEvent(Note(text="später ✓"), happened=12.5, source=Source.HUMAN, role=Role.SCRIBE)
    [event] = store.append("gd-0001", [draft], 1)
    assert store.events("gd-0001") == [event]
    assert (event.seq, event.happened, event.role, event.body) == (1, 12.5, Role.SCRIBE, draft.body)


def test_numbers_have_no_gaps_whoever_writes(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "gameday.db")
    writers = [
        threading.Thread(
            target=lambda at=at: [at.append("gd-0001", [NewEvent(Note(text="x"))], None) for _ in range(40)]
        )
        for at in (store, other, store)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [event.seq for event in store.events("gd-0001")] == list(range(1, 121))


def test_an_old_epoch_is_refused_and_a_stranger_is_not(store: Store) -> None:
    assert store.take_over("gd-0001", current_process()) == 2
    with pytest.raises(Fenced):
        store.append("gd-0001", [NewEvent(Note(text="late"))], 1)
    store.append("gd-0001", [NewEvent(Note(text="new owner"))], 2)
    store.append("gd-0001", [NewEvent(Note(text="another terminal"))], None)
    assert [event.epoch for event in store.events("gd-0001")] == [2, 2]


def test_an_event_with_a_source_and_role_of_a_later_version_is_read(store: Store, tmp_path: Path) -> None:
    store.append("gd-0001", [NewEvent(Note(text="x"), source=Source.HUMAN, role=Role.OPS)], None)
    with contextlib.closing(sqlite3.connect(tmp_path / "gameday.db")) as connection, connection:
        connection.execute("update events set source = 'satellite', role = 'liaison'")
    (event,) = store.events("gd-0001")
    assert (event.source, event.role, event.body) == (Source.RUNNER, None, Note(text="x"))


def test_of_two_that_take_over_at_once_one_succeeds(store: Store) -> None:
    store.take_over("gd-0001", current_process(), known=1)
    with pytest.raises(Fenced):
        store.take_over("gd-0001", current_process(), known=1)


def test_one_drill_at_a_time_per_environment(store: Store) -> None:
    with pytest.raises(Refused, match="gd-0001 is still running in test"):
        store.begin("gd-0002", "test", "rehearsal", "", current_process())
    store.begin("gd-0003", "elsewhere", "rehearsal", "", current_process())
    store.append("gd-0001", [NewEvent(Ended(EndReason.ENDS))], 1)
    store.begin("gd-0002", "test", "rehearsal", "", current_process())
    assert store.unfinished() == ["gd-0003", "gd-0002"]


def test_an_append_survives_the_death_of_its_process(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from gameday.store.sqlite import Store;"
        "from gameday.process_identity import current_process; from gameday.events import NewEvent, Note;"
        "s = Store(Path(sys.argv[1])); s.begin('gd-0001', 'test', 'rehearsal', '', current_process());"
        "s.append('gd-0001', [NewEvent(Note('last words'))], 1); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "gameday.db")], check=False)
    assert done.returncode == -9
    assert [event.body for event in Store(tmp_path / "gameday.db").events("gd-0001")] == [Note("last words")]


def test_an_owner_on_another_host_is_gone_when_it_has_not_beaten_for_long(tmp_path: Path) -> None:
    clock = JumpClock()
    store = Store(tmp_path / "gameday.db", clock)
    store.begin("gd-0001", "test", "rehearsal", "", replace(current_process(), host="another"))
    clock.advance(OWNER_TIMEOUT_S - 1)
    assert find_orphaned_drills(store) == []
    store.beat("gd-0001", 1)
    clock.advance(OWNER_TIMEOUT_S - 1)
    assert find_orphaned_drills(store) == []
    clock.advance(2)
    assert find_orphaned_drills(store) == ["gd-0001"]


def test_readings_come_back_in_their_order(store: Store) -> None:
    batches = [[Reading("a", 1.0, 0.5, 3)], [Reading("b", 1.5, None, 0, "no answer"), Reading("a", 2.0, 0.25, 4)],
               [Reading("b", 2.5, None, 1, "no response within 1 s", more_than=1.0)]]  # fmt: skip
    for number, batch in enumerate(batches, 1):
        store.put_readings("gd-0001", number, batch)
    assert store.readings("gd-0001") == [reading for batch in batches for reading in batch]


def test_the_last_batch_is_known_by_its_number(store: Store) -> None:
    assert store.last_batch("gd-0001") == 0
    for batch in (1, 2):
        store.put_readings("gd-0001", batch, [Reading("a", float(batch), 0.5, 3)])
    assert store.last_batch("gd-0001") == 2
    assert store.readings_after("gd-0001", 1) == ([Reading("a", 2.0, 0.5, 3)], 2)


def test_what_is_put_twice_is_stored_once(store: Store) -> None:
    events = store.append("gd-0001", [NewEvent(Note("one")), NewEvent(Note("two"))], 1)
    reading = Reading("a", 1.0, 0.5, 3)
    for _ in range(2):
        store.put_events(events)
        store.put_readings("gd-0001", 1, [reading])
    assert store.events("gd-0001") == events
    assert store.readings("gd-0001") == [reading]


def test_a_sink_takes_the_events_of_another_store_with_their_numbers(store: Store, tmp_path: Path) -> None:
    events = store.append("gd-0001", [NewEvent(Note(str(number))) for number in range(3)], 1)
    sink = Store(tmp_path / "copy.db")
    sink.put_events(events[1:])
    sink.put_events(events)
    assert sink.events("gd-0001") == store.events("gd-0001")


def test_a_beat_names_its_epoch_and_an_old_one_is_refused(store: Store) -> None:
    store.take_over("gd-0001", current_process())
    with pytest.raises(Fenced):
        store.beat("gd-0001", 1)
    store.beat("gd-0001", 2)


def test_a_store_that_cannot_be_read_or_written_says_so_in_its_own_words(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError):
        store.events("gd-0001")
    with pytest.raises(StoreError):
        store.append("gd-0001", [NewEvent(Note("x"))], 1)


def test_a_process_is_known_by_more_than_its_number() -> None:
    assert current_process().alive() is True
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    identity = process_with_pid(child.pid)
    assert identity.alive() is True
    child.communicate()
    assert identity.alive() is False
    assert (
        process_with_pid(child.pid).alive() is False
    )  # asked only after it had ended: nobody, not "the same nobody as now"


def test_a_store_that_cannot_be_opened_is_a_refusal_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Refused, match="GAMEDAY_STORE"):
        raise _refusal(DataFolder(tmp_path / "file"))
    (tmp_path / "gameday.db").write_bytes(b"no database" * 100)
    with pytest.raises(Refused):
        open_store(DataFolder(tmp_path))


def _refusal(folder: DataFolder) -> Refused:
    with pytest.raises(Refused) as caught:
        open_store(folder)
    return Refused(str(caught.value))


def test_no_store_is_nothing_to_revert(tmp_path: Path) -> None:
    assert open_for_revert(DataFolder(tmp_path)) is None


@given(st.lists(st.sampled_from(["note", "end", "take over"]), max_size=8))
def test_the_epoch_only_grows_and_old_ones_stay_refused(
    tmp_path_factory: pytest.TempPathFactory, moves: list[str]
) -> None:
    store = Store(tmp_path_factory.mktemp("epochs") / "gameday.db")
    epoch = store.begin("gd-0001", "test", "rehearsal", "", current_process())
    for move in moves:
        if move == "take over":
            old, epoch = epoch, store.take_over("gd-0001", current_process())
            with pytest.raises(Fenced):
                store.append("gd-0001", [NewEvent(Note(text="late"))], old)
        else:
            store.append("gd-0001", [NewEvent(body(move, {"text": move}))], epoch)
    assert [event.seq for event in store.events("gd-0001")] == list(range(1, len(moves) - moves.count("take over") + 1))
