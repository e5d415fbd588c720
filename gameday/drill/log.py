"""Log of a drill as its owner writes it: durable where it must be, and never in the way of a revert."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from gameday.drill.state import State, fold_next
from gameday.events import Event, NewEvent, body_data
from gameday.store.protocols import Fenced, RevertAuthority, StoreError

Listener = Callable[[Event, State], None]


class Log:
    """The events of one drill and the state they fold to. Safe from several threads."""

    def __init__(self, store: RevertAuthority, drill: str, epoch: int, listen: Listener | None = None) -> None:
        self.store = store
        self.drill = drill
        self.epoch = epoch
        self.events: list[Event] = []
        self.state = State()
        self.fenced = False
        self._listen = listen
        self._unwritten: list[NewEvent] = []
        self._read = 0
        self._known: set[int] = set()
        self._lock = threading.RLock()

    def append(self, *drafts: NewEvent) -> None:
        """Append; what cannot be written now is printed on stderr and written later."""
        with suppress(Fenced):
            self._append(drafts)

    def append_from_state(self, make_events: Callable[[State], Sequence[NewEvent]]) -> Sequence[NewEvent]:
        """Make events from the state and append them as one step; return them.

        Of two equal requests the second sees what the first changed. What `make_events` raises passes on, and nothing
        is appended; so does Fenced, because the sender must not be told that the events were recorded.
        """
        with self._lock:
            drafts = make_events(self.state)
            self._append(tuple(drafts))
            return drafts

    def append_durably(self, draft: NewEvent) -> None:
        """Append; it is on the disk when this returns. Raises Fenced, StoreError."""
        with self._lock:
            self._write([draft])

    def _append(self, drafts: tuple[NewEvent, ...]) -> None:
        """Write the events, or keep them until they can be written. Raises Fenced."""
        with self._lock:
            try:
                self._write(drafts)
            except StoreError as error:
                self._buffer_unwritten(drafts, error)

    def _write(self, drafts: Sequence[NewEvent]) -> None:
        try:
            self._write_pending()
            self._read_written(self.store.append(self.drill, drafts, self.epoch))
        except Fenced:
            self.fenced = True
            raise

    def owned(self) -> bool:
        """Return True if this process still owns the drill, according to the store."""
        self.fenced = self.fenced or self.store.epoch(self.drill) != self.epoch
        return not self.fenced

    def beat(self) -> None:
        """Record that this process is alive; on a full disk its last beat ages."""
        try:
            self.store.beat(self.drill, self.epoch)
        except Fenced:
            self.fenced = True
        except StoreError:
            return

    def poll(self) -> None:
        """Read what other processes appended."""
        with self._lock:
            self._read_written([])

    def _read_written(self, written: list[Event]) -> None:
        """Read our events and, before them, those of others, whose numbers lie between ours."""
        if not written or written[0].seq != self._read + 1:
            written = self.store.events(self.drill, self._read)
        self._read = written[-1].seq if written else self._read
        self._apply_events([event for event in written if event.seq not in self._known])

    def _apply_events(self, events: list[Event]) -> None:
        for event in events:
            self.events.append(event)
            self.state = fold_next(self.state, event, self.events)
            if self._listen is not None:
                self._listen(event, self.state)

    def _buffer_unwritten(self, drafts: tuple[NewEvent, ...], error: Exception) -> None:
        for draft in drafts:
            shown = draft.body.visible_to(None)  # stderr may be a file that responders can read
            content = body_data(shown) if shown else ""
            with suppress(OSError):  # and that file may lie on the full disk
                print(f"gameday: not written yet ({error}): {draft.kind} {content}", file=sys.stderr, flush=True)
        self._unwritten += drafts
        self._apply_events([self.store.provisional_event(self.drill, draft, self.epoch) for draft in drafts])

    def _write_pending(self) -> None:
        """Write the events that were kept; they are folded already."""
        if self._unwritten:
            self._known |= {event.seq for event in self.store.append(self.drill, self._unwritten, self.epoch)}
            self._unwritten = []
