"""Log of a drill in the hands of a process that takes it over.

What to revert is decided from the journal and the store, and neither is waited for.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from gameday.clock import Clock, boot_id
from gameday.drill.control.drill_registry import journal_path
from gameday.errors import Refused
from gameday.events import Event, NewEvent, TakenOver, encode_body
from gameday.model import Source
from gameday.process_identity import current_process
from gameday.store.paths import DataFolder
from gameday.store.protocols import Fenced, RevertAuthority, StoreBusy, StoreError, StoreLost
from gameday.store.revert_journal import JournalHeader, RevertJournal
from gameday.store.write_queue import WriteQueue

CLAIM_TIMEOUT_S = 0.4
"""For the store to record the takeover; after it the reverts begin, and the store is written afterwards."""
OpenStore = Callable[[], RevertAuthority | None]


def find_journal(drill: str) -> RevertJournal | None:
    """Open the journal of a drill; None if there is none any more."""
    with suppress(OSError, Refused):
        return RevertJournal(journal_path(drill))
    return None


def read_journal(drill: str) -> list[Event] | None:
    """Return the events of a drill's journal; None if there is none any more. Leaves no file open."""
    journal = find_journal(drill)
    if journal is None:
        return None
    try:
        return journal.events()
    finally:
        journal.close()


class TakeoverLog:
    """Log of a drill under the epoch of this process.

    `open_store` is called in the thread that writes; what it opens stays with it. A store that is locked, lost or
    damaged delays no revert: then the journal alone tells what to revert.
    """

    def __init__(
        self, drill: str, open_store: OpenStore, journal: RevertJournal | None, source: Source, clock: Clock
    ) -> None:  # fmt: skip
        self.drill = drill
        self.silent = 0.0
        """Seconds since the last beat of the former owner, as far as known."""
        self._open_store = open_store
        self._store: RevertAuthority | None = None
        self._journal = journal
        self._source = source
        self._clock = clock
        self._known_before = len(journal.events()) if journal else 0
        self._queue = WriteQueue()
        self._epoch: int | None = None
        self._has_waited = False
        self._is_lost = False
        self._stored: list[Event] = []
        self._recorded: list[Event] = []

    @property
    def header(self) -> JournalHeader | None:
        return self._journal.header if self._journal else None

    def claim(self, why: str) -> None:
        """Become the owner of the drill. Raises Fenced if another process did so at the same time."""
        has_read = threading.Event()
        write = self._queue.submit(lambda: self._claim(has_read))
        try:
            write.wait(CLAIM_TIMEOUT_S)
        except StoreError as error:
            self._has_waited = isinstance(error, StoreBusy)
            print(f"gameday: the store cannot be written now ({error}); reverting anyway", file=sys.stderr)
        self.record(NewEvent(TakenOver(self._epoch or 0, why)))

    def fill_store_gaps(self) -> None:
        """Write to the store what is missing there of a drill that has ended."""
        self._queue.submit(self._complete)

    def _complete(self) -> None:
        store = self._opened()
        if store is None or self.drill not in store.unfinished():
            return
        self._epoch = store.take_over(self.drill, current_process())
        self._write_missing(store)

    def _claim(self, has_read: threading.Event) -> None:
        """Read the log first: that waits for no other process."""
        store = self._opened()
        if store is None:
            return
        if not has_read.is_set():
            self._stored, self.silent = store.events(self.drill), store.heartbeat_age(self.drill)
            has_read.set()
        try:
            self._epoch = store.take_over(self.drill, current_process(), store.epoch(self.drill))
            self._write_missing(store)
        except StoreLost:
            self._is_lost = True
        except Fenced:
            if not self._has_waited:
                raise  # else the faults are reverted already, and that is recorded all the same

    def _opened(self) -> RevertAuthority | None:
        """Return the store, opened once; None if there is none, or it does not know the drill."""
        if self._store is None and not self._is_lost:
            self._store = self._open_store()
            self._is_lost = self._store is None
        return None if self._is_lost else self._store

    def _write_missing(self, store: RevertAuthority) -> None:
        """Write what the former owner has in its journal, and could not write to the store any more."""
        stored = {_key(event) for event in store.events(self.drill)}
        before = self._journal.events()[: self._known_before] if self._journal else []
        drafts = [_draft(event) for event in before if _key(event) not in stored]
        store.append(self.drill, drafts, self._epoch)

    def events(self) -> list[Event]:
        """Return what the journal and the store have, each event once, and what was recorded here."""
        journaled = [*(self._journal.events() if self._journal else ()), *self._recorded]
        known = {_key(event) for event in journaled}
        return [*(event for event in self._stored if _key(event) not in known), *journaled]

    def record(self, *drafts: NewEvent) -> None:
        """Record events with the source of this process instead of the runner. Never waits."""
        events = [self._stamp(draft) for draft in drafts]
        try:
            if self._journal is not None:
                self._journal.append(events)
            else:
                self._recorded += events
        except OSError:
            self._recorded += events
        recorded = [_draft(event) for event in events]
        self._queue.submit(lambda: self._write(recorded))

    def _write(self, drafts: Sequence[NewEvent]) -> None:
        store = self._opened()
        if store is None:
            return
        try:
            store.append(self.drill, drafts, self._epoch)
        except Fenced:
            store.append(self.drill, drafts, None)
        except StoreLost:
            self._is_lost = True

    def _stamp(self, draft: NewEvent) -> Event:
        at, wall = self._clock.monotonic(), self._clock.wall()
        happened = at if draft.happened is None else draft.happened
        return Event(
            0, self.drill, at, wall, happened, self._source, draft.role, self._epoch or 0, boot_id(), draft.body
        )  # fmt: skip

    def save_lost_log(self) -> Path | None:
        """Save the log of a drill that the store does not know any more; return where, None if that was not needed."""
        header = self.header
        if not self._is_lost or self._journal is None or header is None:
            return None
        path = DataFolder(Path(header.data)).lost_log(self.drill)
        return path if self._journal.save_copy(path) else None

    def flush(self, seconds: float) -> bool:
        """Wait for the store; return False if it could not be written in time. Without a store there is no wait."""
        return self._queue.flush(seconds)


def _key(event: Event) -> tuple[str, float, str]:
    return event.kind, round(event.at, 6), encode_body(event.body)


def _draft(event: Event) -> NewEvent:
    return NewEvent(event.body, event.happened, event.source, event.role, (event.at, event.wall))
