"""The journal keeps what a drill may have to revert, also when somebody empties or deletes its file."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from support.events import sample_intent
from support.takeover import DRILL, make_journal, take_over

from gameday.drill.revert import takeover_log
from gameday.drill.revert.takeover_log import read_journal
from gameday.events import Applied, Event, FaultReverted, Intended
from gameday.model import Source
from gameday.process_identity import current_process
from gameday.store.outstanding import outstanding_intents
from gameday.store.revert_journal import RevertJournal
from gameday.store.sqlite import Store

INTENT = sample_intent()


def event(at: float, *, is_reverted: bool = False) -> Event:
    body = FaultReverted(INTENT.marker) if is_reverted else Intended(INTENT)
    return Event(0, DRILL, at, at, at, Source.RUNNER, None, 1, "boot", body)


def test_another_process_reads_header_and_events(tmp_path: Path) -> None:
    journal = make_journal(tmp_path, {"a": ("undo", "it")})
    journal.append([event(1.0)], durable=True)
    other = RevertJournal(tmp_path / f"{DRILL}.journal")
    assert other.header == journal.header and other.header is not None
    assert other.header.undo == {"a": ("undo", "it")}
    assert list(outstanding_intents(other.events())) == [INTENT.marker]
    journal.append([event(2.0, is_reverted=True)])
    assert outstanding_intents(other.events()) == {}


def test_a_look_into_a_journal_leaves_no_file_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that waits for an engine looks ten times a second."""
    monkeypatch.setattr(takeover_log, "journal_path", lambda drill: tmp_path / f"{drill}.journal")
    journal = make_journal(tmp_path)
    journal.append([event(1.0)])
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert [len(read_journal(DRILL) or []) for _ in range(3)] == [1, 1, 1]
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert read_journal("gd-0002") is None


@pytest.mark.parametrize("damage", ["empty", "delete", "overwrite"])
def test_reader_keeps_what_it_has_read(tmp_path: Path, damage: str) -> None:
    path = tmp_path / f"{DRILL}.journal"
    journal = make_journal(tmp_path)
    journal.append([event(1.0)])
    guardian = RevertJournal(path)
    assert len(guardian.events()) == 1
    if damage == "delete":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "empty" else b"{}\n[]\nnothing\n" * 100)
    assert list(outstanding_intents(guardian.events())) == [INTENT.marker]
    journal.append([event(2.0, is_reverted=True)])
    assert outstanding_intents(guardian.events()) == {}


def test_half_a_line_of_a_killed_process_hides_no_later_one(tmp_path: Path) -> None:
    journal = make_journal(tmp_path)
    with (tmp_path / f"{DRILL}.journal").open("ab") as file:
        file.write(b'{"kind": "inten')
    journal.append([event(1.0)])
    assert list(outstanding_intents(journal.events())) == [INTENT.marker]


def test_takeover_writes_to_the_store_what_only_the_journal_has(tmp_path: Path) -> None:
    """The owner was killed before a locked store took its last events."""
    store = Store(tmp_path / "gameday.db")
    store.begin(DRILL, "test", "rehearsal", "", current_process())
    journal = make_journal(tmp_path)
    intended = event(1.0)
    journal.append([intended, replace(event(1.5), body=Applied(INTENT.marker)), event(2.0, is_reverted=True)])
    take_over(store, journal=journal)
    events = store.events(DRILL)
    assert [one.kind for one in events[:3]] == ["intended", "applied", "fault-reverted"]
    assert events[0].at == intended.at
    assert [one.kind for one in events].count("end") == 1


def test_what_must_be_durable_is_on_the_disk_before_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the order of the calls shows it: a machine that loses its power cannot be had in a test."""
    calls: list[str] = []
    write, fsync = os.write, os.fsync

    def record_write(file: int, data: bytes) -> int:
        calls.append("write")
        return write(file, data)

    def record_fsync(file: int) -> None:
        calls.append("fsync")
        fsync(file)

    monkeypatch.setattr(os, "write", record_write)
    monkeypatch.setattr(os, "fsync", record_fsync)
    journal = make_journal(tmp_path)
    assert calls == ["write", "fsync"], "the header, without which nobody can undo the actions"
    journal.append([event(1.0)], durable=True)
    assert calls == ["write", "fsync"] * 2
    journal.append([event(2.0)])
    assert calls == [*["write", "fsync"] * 2, "write"], "nothing else waits for the disk"


def test_only_its_user_can_read_the_journal(tmp_path: Path) -> None:
    """It names the fault while the drill runs."""
    before = os.umask(0)
    try:
        make_journal(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / f"{DRILL}.journal").stat().st_mode) == 0o600


@pytest.mark.parametrize("create", [True, False])
def test_a_link_in_place_of_the_journal_is_not_followed(tmp_path: Path, create: bool) -> None:
    other = tmp_path / "other"
    other.write_text("")
    (tmp_path / f"{DRILL}.journal").symlink_to(other)
    with pytest.raises(OSError, match=r"Too many levels of symbolic links|File exists"):
        RevertJournal(tmp_path / f"{DRILL}.journal", create=create)
    assert other.read_text() == ""


def test_a_journal_that_exists_is_not_created_again(tmp_path: Path) -> None:
    make_journal(tmp_path).append([event(1.0)])
    with pytest.raises(FileExistsError):
        make_journal(tmp_path)
