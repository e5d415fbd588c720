"""A drill's log as its owner writes it: durable where it must be, never in the way of a revert."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from gameday.drill.state import State, fold
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
        """Append; what cannot be written now is said on stderr and written when it can be."""
        with suppress(Fenced):
            self._append(drafts)

    def append_from_state(self, made: Callable[[State], Sequence[NewEvent]]) -> Sequence[NewEvent]:
        """Make drafts from the state and append them, with nothing between: of two that ask for the same, the second is
        made from what the first has changed. What `made` raises passes on, and nothing is appended; so does Fenced:
        whoever asked is not to be told that it is written down."""
        with self._lock:
            drafts = made(self.state)
            self._append(tuple(drafts))
            return drafts

    def append_durably(self, draft: NewEvent) -> None:
        """Append; it is on the disk when this returns. Raises Fenced, StoreError."""
        with self._lock:
            self._write([draft])

    def _append(self, drafts: tuple[NewEvent, ...]) -> None:
        """Written, or kept until it can be. Raises Fenced."""
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
        """Whether this process still owns the drill, asked of the store."""
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
        """Take in what other processes appended."""
        with self._lock:
            self._read_written([])

    def _read_written(self, written: list[Event]) -> None:
        """Take in what we wrote, and before it what others wrote meanwhile: their numbers lie between ours."""
        if not written or written[0].seq != self._read + 1:
            written = self.store.events(self.drill, self._read)
        self._read = written[-1].seq if written else self._read
        self._apply_events([event for event in written if event.seq not in self._known])

    def _apply_events(self, events: list[Event]) -> None:
        for event in events:
            self.events.append(event)
            self.state = fold(self.state, event)
            if self._listen is not None:
                self._listen(event, self.state)

    def _buffer_unwritten(self, drafts: tuple[NewEvent, ...], error: Exception) -> None:
        for draft in drafts:
            shown = draft.body.visible_to(None)  # the file that takes it may be looked into
            content = body_data(shown) if shown else ""
            with suppress(OSError):  # and may lie on the disk that is full
                print(f"gameday: not written yet ({error}): {draft.kind} {content}", file=sys.stderr, flush=True)
        self._unwritten += drafts
        self._apply_events([self.store.provisional_event(self.drill, draft, self.epoch) for draft in drafts])

    def _write_pending(self) -> None:
        """What was kept is folded already: when it is written at last, it is known."""
        if self._unwritten:
            self._known |= {event.seq for event in self.store.append(self.drill, self._unwritten, self.epoch)}
            self._unwritten = []
