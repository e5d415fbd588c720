"""Log of a drill as its owner writes it: durable where it must be, and never in the way of a revert."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from gameday.drill.state import DrillState, fold_with_retractions
from gameday.events import Event, NewEvent, body_data
from gameday.model import Reading
from gameday.store.protocols import DrillStore, Fenced, StoreBusy, StoreError, StoreLost
from gameday.store.revert_journal import RevertJournal
from gameday.store.write_queue import Write, WriteQueue

Listener = Callable[[Event, DrillState], None]
WRITE_TIMEOUT_S = 0.25
"""For an event to be written; after it the drill goes on, and the event is written later."""
DURABLE_TIMEOUT_S = 5.0
"""For an event that must be on the disk before something is touched."""


class Log:
    """The events of one drill and the state they fold to. Safe from several threads."""

    def __init__(self, store: DrillStore, drill: str, epoch: int, listen: Listener | None = None) -> None:
        self.store = store
        self.drill = drill
        self.epoch = epoch
        self.events: list[Event] = []
        self.state = DrillState()
        self.fenced = False
        self.lost = ""
        """Reason why the store has lost the drill; empty while it has not."""
        self._listen = listen
        self._journal: RevertJournal | None = None
        self._queue = WriteQueue()
        self._is_stalled = False
        self._late: list[Write[list[Event]]] = []
        self._read = 0
        self._known: set[int] = set()
        self._lock = threading.RLock()
        self._readings_lock = threading.Lock()
        self._unsaved: list[Reading] = []
        self._batches = 0
        self._saving: Write[None] | None = None

    def keep_journal(self, journal: RevertJournal) -> None:
        """Write every event to the journal too, from now on and those so far."""
        with self._lock:
            journal.append(self.events)
            self._journal = journal

    def append(self, *drafts: NewEvent) -> None:
        """Append; what cannot be written now is printed on stderr and written later."""
        with suppress(Fenced):
            self._append(drafts)

    def append_atomically(self, make_events: Callable[[DrillState], Sequence[NewEvent]]) -> Sequence[NewEvent]:
        """Make events from the state and append them as one step; return them.

        Of two equal requests the second sees what the first changed. What `make_events` raises passes on, and nothing
        is appended; so does Fenced, because the sender must not be told that the events were recorded.
        """
        with self._lock:
            drafts = make_events(self.state)
            self._append(tuple(drafts))
            return drafts

    def append_durably(self, draft: NewEvent, give_up: Callable[[], bool] = lambda: False) -> None:
        """Append; it is on the disk when this returns. Raises Fenced, StoreError; the latter also when told to give up.

        An event that failed so may still be written, and counts as appended then.
        """
        with self._lock:
            [recorded], [event] = self._stamp([draft])
            write = self._submit([recorded])
            try:
                self._read_written(self._wait_durably(write, give_up))
                self._write_journal([event], durable=True)
            except Fenced:
                self.fenced = True
                raise
            except StoreError:
                if not self._queue.withdraw(write):
                    self._fold_unwritten(write, [event])
                raise

    @staticmethod
    def _wait_durably(write: Write[list[Event]], give_up: Callable[[], bool]) -> list[Event]:
        try:
            return write.wait(WRITE_TIMEOUT_S)
        except StoreBusy:
            return write.wait(DURABLE_TIMEOUT_S, give_up)

    def _append(self, drafts: Sequence[NewEvent]) -> None:
        """Write the events, or leave them to the queue. Raises Fenced."""
        with self._lock:
            if not drafts:
                self.read_events_of_others()
                return
            recorded, events = self._stamp(drafts)
            with suppress(StoreError):
                self._write_journal(events)
            write = self._submit(recorded)
            try:
                self._read_written(write.wait(0.0 if self._is_stalled else WRITE_TIMEOUT_S))
            except Fenced:
                self.fenced = True
                raise
            except StoreError as error:
                self._report_unwritten(events, error)
                self._fold_unwritten(write, events)

    def _stamp(self, drafts: Sequence[NewEvent]) -> tuple[list[NewEvent], list[Event]]:
        """Return the events with the time of now, so that one that is written later keeps it."""
        events = [self.store.provisional_event(self.drill, draft, self.epoch) for draft in drafts]
        recorded = [
            replace(draft, happened=event.happened, recorded=(event.at, event.wall))
            for draft, event in zip(drafts, events, strict=True)
        ]
        return recorded, events

    def _submit(self, recorded: Sequence[NewEvent]) -> Write[list[Event]]:
        self._is_stalled = self._is_stalled and not self._queue.is_empty
        return self._queue.submit(lambda: self.store.append(self.drill, recorded, self.epoch))

    def _write_journal(self, events: Sequence[Event], *, durable: bool = False) -> None:
        """Append to the journal, if there is one. Raises StoreError."""
        try:
            if self._journal is not None:
                self._journal.append(events, durable=durable)
        except OSError as error:
            raise StoreError(f"the journal of the drill cannot be written: {error}") from error

    def is_owned(self) -> bool:
        """Return True if this process still owns the drill, as far as the store can tell."""
        self._check_late_writes()
        self.check_in_place()
        try:
            epoch = self.store.epoch(self.drill)
        except StoreError:
            return not self.fenced
        self.fenced = self.fenced or epoch > self.epoch
        if epoch < self.epoch:
            self._record_lost(StoreLost(self.drill))
        return not self.fenced

    def check_in_place(self) -> None:
        """Note a store whose file was deleted or replaced: what is written there from then on is lost."""
        if not self.lost and not self.store.is_in_place():
            self._record_lost(StoreLost(self.drill))

    def save_readings(self, readings: Sequence[Reading]) -> None:
        """Store a batch of readings and record that this process is alive; waits for nothing."""
        with self._readings_lock:
            self._unsaved += readings
            if self._saving is None or self._saving.is_done:
                self._saving = self._queue.submit(self._write_readings)

    def _write_readings(self) -> None:
        """Write what was collected; what a full disk refuses is in the next batch."""
        with self._readings_lock:
            readings, self._unsaved = self._unsaved, []
        try:
            self.store.beat(self.drill, self.epoch)
            if readings:
                self.store.put_readings(self.drill, self._batches + 1, readings)
                self._batches += 1
        except (Fenced, StoreError) as error:
            self.fenced = self.fenced or isinstance(error, Fenced)
            with self._readings_lock:
                self._unsaved = [*readings, *self._unsaved]

    def read_events_of_others(self) -> None:
        """Read what other processes appended; later, if some of our own events are not written yet."""
        with self._lock:
            self._check_late_writes()
            if not self._late:
                with suppress(StoreError):
                    self._read_written([])

    def flush(self, seconds: float) -> bool:
        """Wait until everything is written; return False if that takes longer than `seconds`."""
        is_written = self._queue.flush(seconds)
        self._check_late_writes()
        return is_written

    @property
    def store_error(self) -> str:
        """Reason why the store refuses writes; empty while it is merely locked or slow."""
        error = self._queue.error
        return str(error) if isinstance(error, StoreError) and not isinstance(error, StoreBusy) else ""

    def _read_written(self, written: list[Event]) -> None:
        """Read our events and, before them, those of others, whose numbers lie between ours."""
        self._check_late_writes()
        if written and written[-1].seq <= self._read:
            self._record_lost(StoreLost(self.drill))
            self._apply_events(written)
            return
        if not written or written[0].seq != self._read + 1:
            written = self.store.events(self.drill, self._read)
        self._read = written[-1].seq if written else self._read
        self._apply_events([event for event in written if event.seq not in self._known])

    def _apply_events(self, events: list[Event]) -> None:
        for event in events:
            self.events.append(event)
            self.state = fold_with_retractions(self.state, event, self.events)
            if self._listen is not None:
                self._listen(event, self.state)

    def _fold_unwritten(self, write: Write[list[Event]], events: list[Event]) -> None:
        self._late.append(write)
        self._apply_events(events)

    def _check_late_writes(self) -> None:
        """Note the numbers of events that were folded first and are written now."""
        with self._lock:
            for write in [write for write in self._late if write.is_done]:
                self._late.remove(write)
                self._known |= {event.seq for event in write.result or ()}
                self.fenced = self.fenced or isinstance(write.error, Fenced)

    def _record_lost(self, error: StoreLost) -> None:
        self.lost = self.lost or str(error)

    def _report_unwritten(self, events: Sequence[Event], error: StoreError) -> None:
        """Print what is not written; of a store that is locked, only that it is."""
        if isinstance(error, StoreLost):
            self._record_lost(error)
        was_stalled, self._is_stalled = self._is_stalled, isinstance(error, StoreBusy)
        if self._is_stalled:
            lines = [] if was_stalled else [f"the log is written later: {error}"]
        else:
            lines = [f"not written yet ({error}): {_describe(event)}" for event in events]
        for line in lines:
            with suppress(OSError):  # stderr may be a file on the full disk
                print(f"gameday: {line}", file=sys.stderr, flush=True)


def _describe(event: Event) -> str:
    """Describe an event for stderr, which may be a file that responders can read."""
    shown = event.body.visible_to(None)
    return f"{event.kind} {body_data(shown) if shown else ''}"
