"""Takeover of the drill `gd-0001`, as the guardian does it."""

from __future__ import annotations

from pathlib import Path

from gameday.clock import Clock, JumpClock
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.revert.takeover import Takeover
from gameday.drill.revert.takeover_log import TakeoverLog
from gameday.model import Source
from gameday.plugins.types import Intent
from gameday.process_identity import process_with_pid
from gameday.store.protocols import RevertAuthority
from gameday.store.revert_journal import Command, JournalHeader, RevertJournal

DRILL = "gd-0001"


def make_journal(folder: Path, undo: dict[str, Command] | None = None, **on_halt: Command) -> RevertJournal:
    """Create a journal whose owner is dead."""
    header = JournalHeader(DRILL, "test", process_with_pid(2**22 + 1), str(folder), str(folder), undo or {}, on_halt)
    return RevertJournal.create(folder / f"{DRILL}.journal", header)


def take_over(
    store: RevertAuthority | None, why: str = "its owner has ended", injectors: InjectorLookup | None = None,
    clock: Clock | None = None, journal: RevertJournal | None = None,
) -> list[Intent]:  # fmt: skip
    """Take it over, and wait until that is recorded."""
    clock = clock or JumpClock()
    log = TakeoverLog(DRILL, lambda: store, journal, Source.GUARDIAN, clock)
    return Takeover(log, injectors or {}, clock, record_timeout=10.0).run(why)
